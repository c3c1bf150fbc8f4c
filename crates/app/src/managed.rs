//! What the use cases need of the PostgreSQL that we run ourselves. `local` runs it, `server` brings the two together.

use async_trait::async_trait;
use mathesar_pg::Host;
use secrecy::SecretString;

use crate::Result;

/// A database that was made in the managed PostgreSQL.
pub struct ManagedDatabase {
    /// The role that owns it and signs in to it.
    pub role: String,
    /// The role's password.
    pub password: SecretString,
}

/// The managed PostgreSQL.
#[async_trait]
pub trait ManagedPostgres: Send + Sync {
    /// Where it listens; starts it first when it does not run.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error) when there are no programs to run, or it does not start; the message says why.
    async fn host(&self) -> Result<Host>;

    /// Creates a database that is owned by a role of its own.
    ///
    /// # Errors
    /// When the name is taken or cannot be a name, or the managed PostgreSQL does not run.
    async fn create_database(&self, name: &str) -> Result<ManagedDatabase>;

    /// The object identifier of a database; `None` where there is none of this name.
    ///
    /// # Errors
    /// When the managed PostgreSQL does not run.
    async fn database_oid(&self, name: &str) -> Result<Option<u32>>;

    /// Drops a database, and the role that owned it when nothing else is its own; gives the name of a role that is gone.
    ///
    /// # Errors
    /// When it does not exist, or the managed PostgreSQL does not run.
    async fn drop_database(&self, name: &str) -> Result<Option<String>>;
}
