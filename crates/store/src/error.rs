//! What can go wrong with our own data.

use std::path::PathBuf;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// What the engine said, for the log. PostgreSQL's detail is left out: it quotes rows, hashes and sealed values included.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct EngineError(String);

impl EngineError {
    pub(crate) fn of(error: &DbErr) -> Self {
        sqlx_error(error).map_or_else(|| Self(error.to_string()), Self::of_sqlx)
    }

    pub(crate) fn of_sqlx(error: &sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else { return Self(error.to_string()) };
        let code = database.code().unwrap_or_default();
        Self(format!("{} ({code})", database.message()))
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// What an error of the engine means for us.
enum Meaning {
    /// Nobody answers, or not now: the network, the pool, a server that stops (SQLSTATE classes 08, 53 and 57), a SQLite
    /// file that another process writes to for too long (5, 517).
    Away,
    /// A right is missing (42501), or the file is read-only (SQLite's 8).
    Forbidden,
    /// A text that PostgreSQL cannot store, because of the character NUL (22021, 22P05).
    Nul,
    /// Anything else.
    Other,
}

impl Meaning {
    fn of(error: &DbErr) -> Self {
        use sqlx::Error as Sqlx;
        if matches!(error, DbErr::ConnectionAcquire(_)) {
            return Self::Away;
        }
        match sqlx_error(error) {
            Some(Sqlx::Database(database)) => match database.code().as_deref() {
                Some(code) if code.len() == 5 && ["08", "53", "57"].contains(&&code[..2]) => Self::Away,
                Some("5" | "517") => Self::Away,
                Some("42501" | "8") => Self::Forbidden,
                Some("22021" | "22P05") => Self::Nul,
                _ => Self::Other,
            },
            Some(Sqlx::Io(_) | Sqlx::Tls(_) | Sqlx::PoolTimedOut | Sqlx::PoolClosed | Sqlx::WorkerCrashed) => {
                Self::Away
            }
            _ if matches!(error, DbErr::Conn(_)) => Self::Away,
            _ => Self::Other,
        }
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
    /// What answers at its address does not prove that it is the internal database, as its address asks it to.
    #[error(
        "The internal database is not trusted: {0}. As its address asks for TLS, the server must offer it; with \
         sslmode=verify-ca or verify-full its certificate must be signed by an authority that is known here (add \
         sslrootcert=/path/to/ca.pem to the address), and with verify-full it must be made out to the host of the address."
    )]
    Untrusted(#[source] EngineError),
    /// The role of the internal database lacks a right, or its file cannot be written.
    #[error(
        "The internal database does not let us work: {0}. Its role needs CREATE on the database and must own the schema \
         mathesar_internal; a SQLite file and its directory must be writable."
    )]
    Forbidden(#[source] EngineError),
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
    /// A pass phrase that is to seal something would be easy to guess.
    #[error(
        "The pass phrase is too short: it needs 12 characters or more. A few words that belong to no saying are good."
    )]
    WeakPassPhrase,
    /// The pass phrase is not the one that something was sealed with.
    #[error("The pass phrase is not the one that the key was sealed with.")]
    WrongPassPhrase,
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
        let words = EngineError::of(&error);
        match (Meaning::of(&error), error) {
            (Meaning::Away, _) => Self::Unavailable(words),
            (Meaning::Forbidden, _) => Self::Forbidden(words),
            (Meaning::Nul, _) => Self::Conflict { what: "A text holds the character NUL, which cannot be stored." },
            (Meaning::Other, DbErr::Type(what)) => Self::Corrupt { what },
            (Meaning::Other, _) => Self::Database(words),
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

    /// [`Self::unique`] and [`Self::reference`] at once.
    pub(crate) fn taken_or_gone(error: DbErr, taken: &'static str, gone: &'static str) -> Self {
        match error.sql_err() {
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Self::Conflict { what: gone },
            _ => Self::unique(error, taken),
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
