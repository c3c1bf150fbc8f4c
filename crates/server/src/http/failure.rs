//! Errors of use cases as plain HTTP answers: the status says the kind, the body is `{"code", "message", "data"}`.

use std::any::Any;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use mathesar_api::{ErrorCode, ErrorKind};
use mathesar_app::Error;

/// The status that says what kind of error it is.
pub fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.code().kind.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The whole answer.
pub fn response(error: &Error) -> Response {
    (status(error), Json(error.to_rpc())).into_response()
}

/// Writes to the log what the caller is not told: why something is our fault.
pub fn log(error: &Error) {
    let kind = error.code().kind;
    if error.code() == ErrorCode::INTERNAL {
        tracing::error!(error = ?error, "a call failed by a fault of ours");
    } else if kind == ErrorKind::Unavailable {
        tracing::warn!(error = ?error, "a call failed because something does not answer");
    }
}

/// The answer when a handler panicked, which is always a fault of ours. The panic itself is in the log.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    response(&Error::internal("a handler panicked"))
}
