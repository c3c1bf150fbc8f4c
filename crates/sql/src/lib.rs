//! The only maker of SQL text (invariant I2). Pure: it opens no connection and reads no clock.
//!
//! A statement is built from a [`Fragment`], which takes nothing that could carry somebody's text except as a quoted name or
//! a parameter. [`introspect`] reads the catalogue into the picture of [`model`], from which the other modules build.

pub mod copy;
pub mod cost;
pub mod count;
pub mod ddl;
pub mod dml;
pub mod exploration;
pub mod expr;
pub mod expression;
pub mod files;
pub mod filter;
pub mod frag;
pub mod group;
pub mod ident;
pub mod introspect;
pub mod joined;
pub mod key;
pub mod model;
pub mod order;
pub mod page;
pub mod places;
pub mod search;
pub mod select;
pub mod session;
pub mod summary;
pub mod type_ref;

pub use frag::{Bind, Fragment, Statement};
pub use ident::{Ident, IdentError, QName};
pub use key::RowKey;
pub use type_ref::TypeRef;
