//! What the managed PostgreSQL asks about itself before it changes itself.

use crate::frag::{Fragment, Statement};
use crate::ident::Ident;

/// Reads the name of the role that owns a database: one row of one `text`, or none where there is no such database.
pub fn owner_of(database: &Ident) -> Statement {
    let mut fragment = Fragment::of("SELECT pg_catalog.pg_get_userbyid(d.datdba)::text FROM pg_catalog.pg_database d");
    fragment.sql(" WHERE d.datname = ").bind(database.as_str());
    fragment.finish()
}
