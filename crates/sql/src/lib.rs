//! The `sql` crate.
