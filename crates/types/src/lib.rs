//! What a value is: the registry of data types, the form in which values travel, and the inference of types from text.
//!
//! Pure: no I/O, no clock, no driver. `sql` turns what is said here into SQL, the client reads [`family::registry_json`].

mod families;
pub mod family;
pub mod infer;
pub mod pgtype;
pub mod wire;
