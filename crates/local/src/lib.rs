//! The PostgreSQL that this program brings and runs itself.
//!
//! [`Managed`] is asked to run, and then does what is missing: finds or unpacks the programs ([`binaries`]), chooses a user that is
//! not root, makes the cluster, starts the server on a private socket, watches over it, and stops it. It recovers from every end:
//! its own, the server's, and that of both at once.
//!
//! Other programs never share a cluster: a lock keeps out a second one of ours, and a server that somebody else started in our
//! folder is refused and left alone.

//!
//! [`Access`] is the running cluster in the hands of its superuser. Through it the cluster is copied as a whole and made from a
//! copy ([`Globals`] and one dump for each database), which is how backups and the move to a newer major version
//! ([`upgrade`]) work.

mod access;
pub mod binaries;
pub mod bundle;
mod cluster;
mod config;
mod databases;
mod dump;
mod error;
mod globals;
mod identity;
mod layout;
mod managed;
mod postmaster;
mod processes;
pub mod python;
mod settings;
mod socket;
pub mod upgrade;

pub use access::Access;
pub use config::{Config, Endpoint, ManagedDatabase, Secrets, Status};
pub use dump::try_dump;
pub use error::{Error, Result};
pub use globals::{Database, Globals, TableNumbers};
pub use managed::{Claim, Managed, claim, client_programs};
