//! Errors, in one table.
//!
//! The numbers are the original's, so that clients written for it keep working: PostgreSQL's own errors by SQLSTATE, the
//! original's own −28xxx, and JSON-RPC's. Numbers from −24001 down are ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{sqlstate, value::Json};

/// What a caller can do about an error; decides the HTTP status of the plain form of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The request is wrong as it stands.
    BadRequest,
    /// Nobody is signed in.
    Unauthenticated,
    /// Signed in, but not allowed.
    Forbidden,
    /// What is named does not exist.
    NotFound,
    /// The world has changed since it was read, or something stands in the way.
    Conflict,
    /// A limit is reached.
    TooMany,
    /// Something that we need is not there now; the same call may work later.
    Unavailable,
    /// Our fault.
    Internal,
}

impl ErrorKind {
    /// The HTTP status for the plain form of a call.
    pub fn http_status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

/// The `error` member of an answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct RpcError {
    /// See [`CODES`].
    pub code: i32,
    /// What, where, and what next.
    pub message: String,
    /// More for programs, or null.
    pub data: Option<Json>,
}

/// A row of the table of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The number on the wire.
    pub code: i32,
    /// Its name: PostgreSQL's condition in the original's spelling, or ours.
    pub name: &'static str,
    /// The SQLSTATE that it stands for, or an empty string.
    pub sqlstate: &'static str,
    /// What a caller can do about it.
    pub kind: ErrorKind,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $constant:ident = $code:literal, $name:literal, $sqlstate:literal, $kind:ident;)+) => {
        impl ErrorCode {
            $(
                $(#[doc = $doc])*
                pub const $constant: ErrorCode =
                    ErrorCode { code: $code, name: $name, sqlstate: $sqlstate, kind: ErrorKind::$kind };
            )+
        }

        /// Every error that a caller can meet.
        pub const CODES: &[ErrorCode] = &[$(ErrorCode::$constant),+];
    };
}

codes! {
    /// The request is not JSON.
    PARSE_ERROR = -32700, "ParseError", "", BadRequest;
    /// The request is not a JSON-RPC call.
    INVALID_REQUEST = -32600, "InvalidRequest", "", BadRequest;
    /// There is no such method.
    METHOD_NOT_FOUND = -32601, "MethodNotFound", "", NotFound;
    /// The parameters do not fit the method.
    INVALID_PARAMS = -32602, "InvalidParams", "", BadRequest;
    /// Nobody is signed in; the number is the original's.
    AUTHENTICATION_FAILED = -32603, "AuthenticationFailed", "", Unauthenticated;
    /// Signed in, but not allowed; the number is the original's.
    PERMISSION_DENIED = -31035, "PermissionError", "", Forbidden;
    /// Our fault.
    INTERNAL = -31000, "InternalError", "", Internal;
    /// What has to be so is not, such as that a form is public; the number is the original's.
    ASSERTION = -31002, "AssertionError", "", Forbidden;
    /// A value cannot be what it must be.
    VALUE_ERROR = -31057, "ValueError", "", BadRequest;
    /// A thing of ours does not exist.
    DOES_NOT_EXIST = -29025, "DoesNotExist", "", NotFound;
    /// A thing of ours exists already.
    ALREADY_EXISTS = -29042, "IntegrityError", "", Conflict;
    /// A thing of ours breaks its rules, such as a weak password.
    VALIDATION = -29107, "ValidationError", "", BadRequest;
    /// The stored credentials do not work.
    BAD_DB_CREDENTIALS = -28001, "BadDBCredentials", "", BadRequest;
    /// The database may not be connected, such as the internal one.
    BAD_INSTALLATION_TARGET = -28002, "BadInstallationTarget", "", BadRequest;
    /// The old password is wrong.
    INCORRECT_OLD_PASSWORD = -28014, "IncorrectOldPassword", "", BadRequest;
    /// The user has no role in this database.
    NO_CONNECTION_AVAILABLE = -28030, "NoConnectionAvailable", "", Forbidden;
    /// The sort order is malformed.
    BAD_SORT_FORMAT = -27003, "BadSortFormat", "", BadRequest;
    /// The filter is malformed or uses an unknown operator.
    BAD_FILTER = -27024, "UnknownDBFunctionID", "", BadRequest;
    /// Rows changed since they were read, are gone, or are hidden; `data` says which. Ours.
    ROW_CONFLICT = -24001, "RowConflict", "", Conflict;
    /// A limit is reached; the message names it. Ours.
    LIMIT = -24002, "LimitReached", "", BadRequest;
    /// Too many tries; wait. Ours.
    THROTTLED = -24003, "Throttled", "", TooMany;
    /// A new password must be chosen first. Ours.
    PASSWORD_CHANGE_NEEDED = -24004, "PasswordChangeNeeded", "", Forbidden;
    /// No connection can be made with what the caller says about it; `data` is a diagnosis. Ours.
    CONNECTION_FAILED = -24005, "ConnectionFailed", "", BadRequest;
    /// The setup link is wrong, old or used. Ours.
    SETUP_TOKEN = -24006, "SetupToken", "", Forbidden;
    /// The uploaded file cannot be read as asked. Ours.
    BAD_FILE = -24007, "BadFile", "", BadRequest;
    /// The table or its rows cannot be written, and the message says why. Ours.
    READ_ONLY = -24008, "ReadOnly", "", Forbidden;

    /// `check_violation`.
    CHECK_VIOLATION = -30017, "CheckViolation", "23514", Conflict;
    /// `datatype_mismatch`.
    DATATYPE_MISMATCH = -30032, "DatatypeMismatch", "42804", BadRequest;
    /// `dependent_objects_still_exist`.
    DEPENDENT_OBJECTS_STILL_EXIST = -30035, "DependentObjectsStillExist", "2BP01", Conflict;
    /// `duplicate_column`.
    DUPLICATE_COLUMN = -30041, "DuplicateColumn", "42701", Conflict;
    /// `duplicate_database`.
    DUPLICATE_DATABASE = -30043, "DuplicateDatabase", "42P04", Conflict;
    /// `duplicate_object`.
    DUPLICATE_OBJECT = -30047, "DuplicateObject", "42710", Conflict;
    /// `duplicate_schema`.
    DUPLICATE_SCHEMA = -30049, "DuplicateSchema", "42P06", Conflict;
    /// `duplicate_table`.
    DUPLICATE_TABLE = -30050, "DuplicateTable", "42P07", Conflict;
    /// `foreign_key_violation`.
    FOREIGN_KEY_VIOLATION = -30087, "ForeignKeyViolation", "23503", Conflict;
    /// `insufficient_privilege`.
    INSUFFICIENT_PRIVILEGE = -30101, "InsufficientPrivilege", "42501", Forbidden;
    /// `invalid_catalog_name`.
    INVALID_CATALOG_NAME = -30117, "InvalidCatalogName", "3D000", NotFound;
    /// `invalid_grant_operation`.
    INVALID_GRANT_OPERATION = -30131, "InvalidGrantOperation", "0LP01", Conflict;
    /// `invalid_object_definition`, such as a policy that reads its own table.
    INVALID_OBJECT_DEFINITION = -30137, "InvalidObjectDefinition", "42P17", BadRequest;
    /// `invalid_password`.
    INVALID_PASSWORD = -30139, "InvalidPassword", "28P01", BadRequest;
    /// `invalid_text_representation`.
    INVALID_TEXT_REPRESENTATION = -30156, "InvalidTextRepresentation", "22P02", BadRequest;
    /// `not_null_violation`.
    NOT_NULL_VIOLATION = -30185, "NotNullViolation", "23502", Conflict;
    /// `numeric_value_out_of_range`.
    NUMERIC_VALUE_OUT_OF_RANGE = -30190, "NumericValueOutOfRange", "22003", BadRequest;
    /// `object_in_use`.
    OBJECT_IN_USE = -30191, "ObjectInUse", "55006", Conflict;
    /// A connection to PostgreSQL broke or could not be made.
    OPERATIONAL_ERROR = -30193, "OperationalError", "", Unavailable;
    /// `query_canceled`.
    QUERY_CANCELED = -30204, "QueryCanceled", "57014", Unavailable;
    /// `raise_exception`.
    RAISE_EXCEPTION = -30206, "RaiseException", "P0001", Conflict;
    /// `read_only_sql_transaction`.
    READ_ONLY_SQL_TRANSACTION = -30207, "ReadOnlySqlTransaction", "25006", Forbidden;
    /// `string_data_right_truncation`.
    STRING_DATA_RIGHT_TRUNCATION = -30235, "StringDataRightTruncation", "22001", BadRequest;
    /// `syntax_error`, in SQL that a user wrote.
    SYNTAX_ERROR = -30237, "SyntaxError", "42601", BadRequest;
    /// `undefined_column`.
    UNDEFINED_COLUMN = -30254, "UndefinedColumn", "42703", NotFound;
    /// `undefined_function`.
    UNDEFINED_FUNCTION = -30256, "UndefinedFunction", "42883", BadRequest;
    /// `undefined_object`, such as a type.
    UNDEFINED_OBJECT = -30257, "UndefinedObject", "42704", NotFound;
    /// `undefined_table`.
    UNDEFINED_TABLE = -30259, "UndefinedTable", "42P01", NotFound;
    /// `unique_violation`.
    UNIQUE_VIOLATION = -30260, "UniqueViolation", "23505", Conflict;
    /// `wrong_object_type`, such as a view where there must be a table.
    WRONG_OBJECT_TYPE = -30267, "WrongObjectType", "42809", BadRequest;
}

impl ErrorCode {
    /// The row for a SQLSTATE. One without a row of its own has the original's number and name for it, and the kind that its class
    /// says: most states are refusals of what was asked, and asking again does not help.
    pub fn of_sqlstate(sqlstate: &str) -> Self {
        let row = CODES.iter().find(|row| !row.sqlstate.is_empty() && row.sqlstate == sqlstate);
        row.copied().unwrap_or_else(|| {
            let (code, name) = sqlstate::condition(sqlstate);
            Self { code, name, sqlstate: "", kind: kind_of_state(sqlstate) }
        })
    }
}

/// What a caller can do about a state without a row of its own; the classes are those of
/// [PostgreSQL's list](https://www.postgresql.org/docs/current/errcodes-appendix.html).
fn kind_of_state(sqlstate: &str) -> ErrorKind {
    match (sqlstate, sqlstate.get(..2).unwrap_or_default()) {
        // `lock_not_available`, which frees itself.
        ("55P03", _) => ErrorKind::Unavailable,
        // The connection, too few resources, an administrator's intervention, the system below, and faults of PostgreSQL's own.
        (_, "08" | "53" | "57" | "58" | "F0" | "XX") => ErrorKind::Unavailable,
        // Rows, other transactions or the state of the object stand in the way.
        (_, "23" | "25" | "40" | "55") => ErrorKind::Conflict,
        (_, "28") => ErrorKind::Forbidden,
        _ => ErrorKind::BadRequest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_without_a_row_is_unavailable_only_where_waiting_helps() {
        for (sqlstate, number, status) in [
            ("42P16", -30153, 400),
            ("0A000", -30085, 400),
            ("22007", -30125, 400),
            ("23001", -30211, 409),
            ("55000", -30192, 409),
            ("40P01", -30034, 409),
            ("08006", -30023, 503),
            ("57P01", -30002, 503),
            ("53300", -30242, 503),
            ("55P03", -30169, 503),
        ] {
            let code = ErrorCode::of_sqlstate(sqlstate);
            assert_eq!((code.code, code.kind.http_status()), (number, status), "{sqlstate}");
        }
        assert_eq!(ErrorCode::of_sqlstate("23505"), ErrorCode::UNIQUE_VIOLATION);
    }
}
