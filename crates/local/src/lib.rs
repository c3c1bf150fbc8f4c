//! The `local` crate.
