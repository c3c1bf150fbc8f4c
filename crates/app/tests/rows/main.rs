//! Rows of a real PostgreSQL through the use cases, as any role, in tables of every kind.

#![expect(clippy::unwrap_used, reason = "clippy takes what tests share for no test")]

mod apply;
mod changes;
mod far;
mod kinds;
mod list;
mod pictures;
mod show;
mod values;
mod world;
