//! The only maker of SQL text (invariant I2). Pure: it opens no connection and reads no clock.
//!
//! A statement is built from a [`Fragment`], which takes nothing that could carry somebody's text except as a quoted name or
//! a parameter. [`introspect`] reads the catalogue into the picture of [`model`], from which the other modules build.

pub mod ddl;
pub mod frag;
pub mod ident;
pub mod introspect;
pub mod model;
pub mod session;
pub mod type_ref;

pub use frag::{Bind, Fragment, Statement};
pub use ident::{Ident, IdentError, QName};
pub use type_ref::TypeRef;
