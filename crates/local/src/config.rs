//! What the managed PostgreSQL is told from outside: settings, and the keeper of secrets.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use mathesar_pg::Host;
use secrecy::SecretString;

/// Settings of the managed PostgreSQL. All paths are absolute.
#[derive(Clone, Debug)]
pub struct Config {
    /// The program's data directory. Everything of ours lies in its folder `postgres`.
    pub data_dir: PathBuf,
    /// The running executable, which may carry a PostgreSQL behind its last byte (see [`crate::bundle`]).
    pub executable: Option<PathBuf>,
    /// A folder with `postgres` and `initdb`, chosen by a setting; nothing else is then looked at.
    pub bin_dir: Option<PathBuf>,
    /// The value of `PATH`, the last place where binaries are looked for.
    pub search_path: Option<OsString>,
    /// The user whose processes PostgreSQL's are when we are root; `None` chooses one. Without root it must be `None` or
    /// the user that we already are.
    pub run_as: Option<String>,
    /// The value of `XDG_RUNTIME_DIR`, the first choice for the socket.
    pub runtime_dir: Option<PathBuf>,
    /// Listens on TCP too, for other programs of the same user. `None`, the default, listens on the Unix socket alone.
    pub tcp: Option<SocketAddr>,
}

/// What `local` needs from whoever keeps the master key. Implemented by `server`.
pub trait Secrets: Send + Sync + 'static {
    /// Seals `plain` so that only [`Secrets::open`] with the same `identity` gets it back; the result is printable ASCII
    /// without line breaks.
    ///
    /// # Errors
    /// In words for an administrator, without the secret.
    fn seal(&self, identity: &str, plain: &SecretString) -> Result<String, String>;

    /// Opens what [`Secrets::seal`] sealed.
    ///
    /// # Errors
    /// In words for an administrator: the key does not fit, or the text was damaged.
    fn open(&self, identity: &str, sealed: &str) -> Result<SecretString, String>;

    /// Fills `bytes` with cryptographic randomness.
    fn random(&self, bytes: &mut [u8]);
}

/// Where the running PostgreSQL answers. The socket's folder may change from one start to the next, so that this is asked for
/// before each connection and never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its Unix socket, which every database of it is connected through.
    pub host: Host,
    /// The TCP address, when asked for.
    pub tcp: Option<SocketAddr>,
    /// The server's version as it says itself, such as `18.4`.
    pub version: String,
}

/// What the managed PostgreSQL is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not started, or stopped by [`crate::Managed::stop`].
    Stopped,
    /// Being unpacked, created or started.
    Starting,
    /// Answering.
    Running(Endpoint),
    /// It ended by itself and is being started again; the reason in words.
    Restarting(String),
    /// The last start failed; the reason in words. The next [`crate::Managed::ensure_running`] tries again.
    Failed(String),
}

/// A database that was made in the managed PostgreSQL, with the role that owns it.
#[derive(Clone, Debug)]
pub struct ManagedDatabase {
    /// The database's name.
    pub database: String,
    /// Its owner: LOGIN, CREATEDB, CREATEROLE, and not a superuser.
    pub owner: String,
    /// The owner's random password.
    pub password: SecretString,
}
