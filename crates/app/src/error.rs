//! What a use case answers when it cannot do what was asked: a code of the contract's table, words for people, and data for
//! programs.

use std::fmt;

use mathesar_api::{ErrorCode, Json, error::RpcError, value::Misfit};
use mathesar_pg::ConnectErrorKind;
use serde::Serialize;

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// An error that a caller may see. The message says what, where and what next; it never holds a password or a token.
pub struct Error {
    code: ErrorCode,
    message: String,
    data: Option<Json>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with words of ours.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None, source: None }
    }

    /// Parameters that fit the method's shape, but not each other or the world.
    pub fn value(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::VALUE_ERROR, message)
    }

    /// Parameters that do not fit the shape of `what`.
    pub fn misfit(what: &str, misfit: &Misfit) -> Self {
        Self::new(ErrorCode::INVALID_PARAMS, format!("{what}: {misfit}."))
    }

    /// A limit of [`limits`](crate::limits) that is reached.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::LIMIT, message)
    }

    /// Something that is needed is not there now.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::OPERATIONAL_ERROR, message)
    }

    /// A fault of ours: the caller sees that it happened, the log sees why.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::INTERNAL, "Something went wrong on our side. The log has the details.").caused_by(source)
    }

    /// Says which parameter it is about, as in `privileges[0].role_oid`.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.message = format!("{path}: {}", self.message);
        self
    }

    /// Adds what programs need to know.
    #[must_use]
    pub fn with_data(mut self, data: &impl Serialize) -> Self {
        self.data = Json::from_serialize(data).ok();
        self
    }

    /// Adds what the log needs to know.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Its row in the table of errors.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// Its words for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Its data for programs.
    pub fn data(&self) -> Option<&Json> {
        self.data.as_ref()
    }

    /// As it goes over the wire.
    pub fn to_rpc(&self) -> RpcError {
        RpcError { code: self.code.code, message: self.message.clone(), data: self.data.clone() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The message may quote a value of a cell (PostgreSQL's own messages do), so that only the name goes to a log.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("code", &self.code.name).field("source", &self.source).finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<mathesar_store::Error> for Error {
    fn from(error: mathesar_store::Error) -> Self {
        use mathesar_store::Error as Store;
        let code = match &error {
            Store::NotFound { .. } => ErrorCode::DOES_NOT_EXIST,
            Store::Conflict { .. } => ErrorCode::ALREADY_EXISTS,
            Store::Unavailable(_) => ErrorCode::OPERATIONAL_ERROR,
            Store::KeyDoesNotFit => ErrorCode::BAD_DB_CREDENTIALS,
            _ => return Self::internal(error),
        };
        Self::new(code, error.to_string()).caused_by(error)
    }
}

impl From<mathesar_pg::Error> for Error {
    fn from(error: mathesar_pg::Error) -> Self {
        match &error {
            mathesar_pg::Error::Db(_) if error.is_lock_timeout() => Self::unavailable(
                "Somebody else's transaction holds what this needs, and did not let it go in time. Nothing was changed; try \
                 again in a moment.",
            )
            .caused_by(error),
            mathesar_pg::Error::Db(db) => {
                let code = ErrorCode::of_sqlstate(&db.sqlstate);
                Self::new(code, composed_message(code.name, db)).caused_by(error)
            }
            // The address of the server is not for every collaborator's eyes; the log has it.
            mathesar_pg::Error::Connect(connect) => match &connect.kind {
                ConnectErrorKind::Db(db) => {
                    let code = ErrorCode::of_sqlstate(&db.sqlstate);
                    Self::new(code, composed_message(code.name, db)).caused_by(error)
                }
                kind => Self::unavailable(format!("No connection to PostgreSQL could be made: {kind}.")).caused_by(error),
            },
            mathesar_pg::Error::Standby => Self::new(
                ErrorCode::READ_ONLY_SQL_TRANSACTION,
                "This server of PostgreSQL is a standby, which can only be read. Changes are made at its primary: connect the database \
                 there.",
            )
            .caused_by(error),
            mathesar_pg::Error::Nul => Self::value(error.to_string()).caused_by(error),
            mathesar_pg::Error::Decode { .. } | mathesar_pg::Error::Protocol => Self::internal(error),
            _ => Self::new(ErrorCode::OPERATIONAL_ERROR, error.to_string()).caused_by(error),
        }
    }
}

/// PostgreSQL's report as the original words it: a line for each part that there is.
fn composed_message(name: &str, db: &mathesar_pg::DbError) -> String {
    let mut message = format!("{name}: {}", db.message);
    let parts = [
        ("Detail", &db.detail),
        ("Hint", &db.hint),
        ("Constraint", &db.constraint),
        ("Column", &db.column),
        ("Table", &db.table),
        ("Schema", &db.schema),
        ("Datatype", &db.datatype),
    ];
    for (label, part) in parts {
        if let Some(part) = part {
            message.push_str(&format!("\n{label}: {part}"));
        }
    }
    message.push_str(&format!("\nSQLSTATE: {}", db.sqlstate));
    message
}
