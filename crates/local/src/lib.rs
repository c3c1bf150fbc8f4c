//! The PostgreSQL that this program brings and runs itself.
//!
//! [`Managed`] is asked to run, and then does what is missing: finds or unpacks the programs ([`binaries`]), chooses a user that is
//! not root, makes the cluster, starts the server on a private socket, watches over it, and stops it. It recovers from every end:
//! its own, the server's, and that of both at once.
//!
//! Other programs never share a cluster: a lock keeps out a second one of ours, and a server that somebody else started in our
//! folder is refused and left alone.

pub mod binaries;
pub mod bundle;
mod cluster;
mod config;
mod databases;
mod error;
mod identity;
mod layout;
mod managed;
mod postmaster;
mod processes;
mod settings;
mod socket;

pub use config::{Config, Endpoint, ManagedDatabase, Secrets, Status};
pub use error::{Error, Result};
pub use managed::Managed;
