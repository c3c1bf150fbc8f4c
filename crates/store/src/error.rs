//! What can go wrong with our own data.

use std::path::PathBuf;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// What the engine said, for the log. PostgreSQL's detail is left out: it quotes rows, hashes and sealed values included.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct EngineError(String);

impl EngineError {
    pub(crate) fn of(error: &DbErr) -> Self {
        let (DbErr::Conn(inner) | DbErr::Exec(inner) | DbErr::Query(inner)) = error else {
            return Self(error.to_string());
        };
        match inner {
            RuntimeErr::SqlxError(error) => Self::of_sqlx(error),
            RuntimeErr::Internal(words) => Self(words.clone()),
        }
    }

    pub(crate) fn of_sqlx(error: &sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else { return Self(error.to_string()) };
        let code = database.code().unwrap_or_default();
        Self(format!("{} ({code})", database.message()))
    }
}

/// Why the internal database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such row.
    #[error("There is no {what} with this number or name. It may have been deleted meanwhile.")]
    NotFound {
        /// The noun, such as `user`.
        what: &'static str,
    },
    /// A rule of uniqueness or of belonging together is broken.
    #[error("{what}")]
    Conflict {
        /// A whole sentence for people.
        what: &'static str,
    },
    /// The internal database cannot be reached or refuses its service.
    #[error("The internal database does not answer. Check that it runs and that its address and password are right.")]
    Unavailable(#[source] EngineError),
    /// The sealed values were sealed with a key that is not in the key ring.
    #[error(
        "The secret key does not fit this data: the stored passwords were sealed with another key. Start with the key that \
         was in use before (SECRET_KEY, SECRET_KEY_FILE or the key file in the data directory)."
    )]
    KeyDoesNotFit,
    /// A string that was given as a key would be easy to guess.
    #[error("The secret key is too weak: {why} Generate one with `mathesar secrets generate`.")]
    WeakKey {
        /// What is wrong with it, a sentence.
        why: &'static str,
    },
    /// The data was written by a later version of the program.
    #[error(
        "This data was written by a later version of the program (it has the schema change {version:?}, which this version \
         does not know). Start the later version, or restore a backup made before it."
    )]
    NewerSchema {
        /// Name of the first schema change that is not known.
        version: String,
    },
    /// Another server process has the data directory.
    #[error("Another server already works with {path:?}. Stop it first, or give this one a data directory of its own.")]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// What is stored is not what this program stores.
    #[error("The internal database holds something unexpected: {what}. Restore a backup, or report this with the log.")]
    Corrupt {
        /// What was found.
        what: String,
    },
    /// The address of the internal database cannot be read. The address itself is never repeated: it holds a password.
    #[error("The address of the internal database cannot be understood: {what}.")]
    BadAddress {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A file beside the SQLite file cannot be made or read.
    #[error("{path:?} cannot be opened: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The engine refused a statement; a defect of ours, or a full disk.
    #[error("The internal database refused a statement.")]
    Database(#[source] EngineError),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::Unavailable(EngineError::of(&error)),
            DbErr::Type(what) => Self::Corrupt { what },
            error => Self::Database(EngineError::of(&error)),
        }
    }
}

impl Error {
    /// `Conflict` when `error` is a broken uniqueness, otherwise what it would be anyway.
    pub(crate) fn unique(error: DbErr, what: &'static str) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Conflict { what },
            _ => error.into(),
        }
    }

    /// `Conflict` when `error` is a broken reference, otherwise what it would be anyway.
    pub(crate) fn reference(error: DbErr, what: &'static str) -> Self {
        match error.sql_err() {
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Self::Conflict { what },
            _ => error.into(),
        }
    }
}

/// The result of work on our own data.
pub type Result<T> = std::result::Result<T, Error>;
