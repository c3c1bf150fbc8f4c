//! The use cases without HTTP, on real PostgreSQL servers of our own.

#![expect(clippy::unwrap_used, reason = "clippy takes what tests share for no test")]

mod installation;
mod world;

mod accounts;
mod cell_files;
mod explorations;
mod files;
mod forms;
mod rows;
mod servers;
mod structure;
mod torture;
