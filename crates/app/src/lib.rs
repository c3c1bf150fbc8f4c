//! Use cases: the only place that sees both the user databases (`pg`) and our own data (`store`).
//!
//! A use case takes a [`Ctx`] (who asks, and everything that there is) and the parameters of its method, and gives the method's
//! result or an [`Error`]. It does not know HTTP (invariant I4). Where it runs SQL in a user database it first makes a *plan*
//! of statements, which `sql.show` shows and the use case runs, so that what is shown is what runs.

pub mod access;
pub mod auth;
pub mod collaborators;
mod connection;
pub mod context;
pub mod databases;
pub mod error;
pub mod explorations;
pub mod export;
mod fields;
pub mod files;
pub mod forms;
pub mod import;
pub mod jobs;
pub mod limits;
pub mod managed;
pub mod migrate;
pub mod model;
pub mod records;
mod saved;
mod selection;
pub mod setup;
mod sharing;
pub mod spool;
pub mod sql;
pub mod table_views;
mod throttle;
pub mod users;

pub use context::{App, Caller, Ctx, Options, Place, SignedIn};
pub use error::{Error, Result};
pub use managed::{ManagedDatabase, ManagedPostgres};
pub use mathesar_store::{Clock, Random};
