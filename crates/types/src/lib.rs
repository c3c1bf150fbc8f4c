//! The `types` crate.
