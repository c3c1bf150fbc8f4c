//! Rows of a real PostgreSQL through the use cases, as any role, in tables of every kind.

mod apply;
mod changes;
mod far;
mod kinds;
mod list;
mod pictures;
mod show;
mod values;
pub mod world;
