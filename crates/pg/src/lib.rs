//! The `pg` crate.
