//! What can go wrong between us and a user's database.

use std::fmt;

use mathesar_sql::introspect::DecodeError;
use tokio_postgres::error::{ErrorPosition, SqlState};

use crate::connect::ConnectError;

/// A statement or a connection that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL refused a statement; its own words.
    #[error("{}", .0.message)]
    Db(Box<DbError>),
    /// No connection could be made.
    #[error(transparent)]
    Connect(#[from] Box<ConnectError>),
    /// The connection broke while it was in use: the server stopped, restarted, or the network went away.
    #[error("the connection to PostgreSQL was lost; look at what is there now and try again")]
    Lost,
    /// A text with the character NUL, which the protocol has no way to send. Nothing was sent.
    #[error("PostgreSQL's texts cannot hold the character NUL (\\u0000); leave it out")]
    Nul,
    /// Every connection that the limits allow is in use and none came free in time.
    #[error("all connections to this database are in use; try again in a moment")]
    Busy,
    /// A value did not have the type that the catalogue's description promised, or was NULL.
    #[error("column {column} of the result is not a {expected}")]
    Decode {
        /// Position in the result, from 0.
        column: usize,
        /// The Rust type that was asked for.
        expected: &'static str,
    },
    /// The catalogue's rows are not what they should be, or the object is gone.
    #[error(transparent)]
    Catalog(#[from] DecodeError),
    /// The server follows another one, and does not take changes.
    #[error("this server is a standby, which can only be read; connect its primary to change something")]
    Standby,
    /// A table was changed by another program since its picture was taken; the transaction was rolled back.
    #[error("the structure of the table was changed a moment ago; read it again and repeat")]
    Outdated,
    /// A transaction was ended although one of its statements had failed.
    #[error("the transaction was rolled back because a statement in it had failed")]
    RolledBack,
    /// The answer had a shape that the protocol does not allow at that place.
    #[error("PostgreSQL answered in an unexpected way")]
    Protocol,
}

/// PostgreSQL's error report, field by field.
///
/// `Debug` leaves out the fields that may quote cell values (`message`, `detail`, `hint`, `context`), so that a log cannot leak them.
#[derive(Clone, PartialEq, Eq)]
pub struct DbError {
    /// `ERROR`, `FATAL` or `PANIC`, untranslated.
    pub severity: String,
    /// The five characters of SQLSTATE.
    pub sqlstate: String,
    /// Primary message, in the server's language.
    pub message: String,
    /// Secondary message.
    pub detail: Option<String>,
    /// Advice.
    pub hint: Option<String>,
    /// Where in PL/pgSQL and the like it happened.
    pub context: Option<String>,
    /// Schema of the object.
    pub schema: Option<String>,
    /// Table.
    pub table: Option<String>,
    /// Column.
    pub column: Option<String>,
    /// Data type.
    pub datatype: Option<String>,
    /// Constraint.
    pub constraint: Option<String>,
    /// Character of the statement's text, from 1.
    pub position: Option<u32>,
}

impl DbError {
    pub(crate) fn read(error: &tokio_postgres::error::DbError) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            severity: error.severity().to_owned(),
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: owned(error.detail()),
            hint: owned(error.hint()),
            context: owned(error.where_()),
            schema: owned(error.schema()),
            table: owned(error.table()),
            column: owned(error.column()),
            datatype: owned(error.datatype()),
            constraint: owned(error.constraint()),
            position: match error.position() {
                Some(ErrorPosition::Original(position)) => Some(*position),
                _ => None,
            },
        }
    }

    /// Whether this is the given state.
    pub fn is(&self, state: &SqlState) -> bool {
        self.sqlstate == state.code()
    }
}

impl fmt::Debug for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbError")
            .field("sqlstate", &self.sqlstate)
            .field("schema", &self.schema)
            .field("table", &self.table)
            .field("column", &self.column)
            .field("constraint", &self.constraint)
            .finish_non_exhaustive()
    }
}

impl Error {
    /// PostgreSQL's report, where there is one.
    pub fn db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }

    /// SQLSTATE, where there is one.
    pub fn sqlstate(&self) -> Option<&str> {
        self.db().map(|error| error.sqlstate.as_str())
    }

    fn is_state(&self, state: &SqlState) -> bool {
        self.db().is_some_and(|error| error.is(state))
    }

    /// The statement was cancelled: by `statement_timeout`, by the caller going away or by an administrator.
    pub fn is_cancelled(&self) -> bool {
        self.is_state(&SqlState::QUERY_CANCELED)
    }

    /// A lock was not free within `lock_timeout`, so that nothing happened and trying again is sensible.
    pub fn is_lock_timeout(&self) -> bool {
        self.is_state(&SqlState::LOCK_NOT_AVAILABLE)
    }

    /// The role lacks a right.
    pub fn is_permission(&self) -> bool {
        self.is_state(&SqlState::INSUFFICIENT_PRIVILEGE)
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        // FATAL reports (an administrator's pg_terminate_backend, a shutdown) come as PostgreSQL's words too: they say more
        // than "lost".
        if let Some(db) = error.as_db_error() {
            return Self::Db(Box::new(DbError::read(db)));
        }
        let io = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<std::io::Error>());
        match io {
            Some(io) if io.kind() == std::io::ErrorKind::InvalidInput => Self::Nul,
            Some(_) => Self::Lost,
            None if error.is_closed() => Self::Lost,
            None => Self::Protocol,
        }
    }
}
