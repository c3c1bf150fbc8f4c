//! Connecting databases and changing their structure, on a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "clippy takes what tests share for no test")]

mod world;

mod columns;
mod constraints;
mod databases;
mod managed;
mod reading_only;
mod roles;
mod schemas;
mod show;
mod tables;
