//! What those hear who only have the link of a form: enough to put right what they entered, and nothing about the database beyond
//! the form. PostgreSQL's own reports name tables and columns, and quote whole rows.

use std::error::Error as _;

use mathesar_api::ErrorCode;
use mathesar_pg::DbError;

use crate::Error;

/// The error in words that anybody may read. Its number and our data stay.
pub(super) fn told(error: Error) -> Error {
    let words = match report(&error) {
        Some(report) => refusal(report),
        None if is_about_the_form(error.code()) => return error,
        None if matches!(error.code(), ErrorCode::OPERATIONAL_ERROR | ErrorCode::CONNECTION_FAILED) => NO_ANSWER,
        None => BROKEN,
    };
    let mut told = Error::new(error.code(), format!("{words} Nothing was saved."));
    if let Some(data) = error.data() {
        told = told.with_data(data);
    }
    told.caused_by(error)
}

const NO_ANSWER: &str = "The database does not answer as it should. Try again in a few minutes.";
const BROKEN: &str = "The form does not work at the moment. Tell whoever gave you its link.";

/// Whether an error is one of ours about what was sent, which names nothing but keys of the form.
fn is_about_the_form(code: ErrorCode) -> bool {
    let codes = [
        ErrorCode::VALUE_ERROR,
        ErrorCode::VALIDATION,
        ErrorCode::LIMIT,
        ErrorCode::THROTTLED,
        ErrorCode::DOES_NOT_EXIST,
        ErrorCode::INTERNAL,
    ];
    codes.contains(&code)
}

/// PostgreSQL's report that an error comes from.
fn report(error: &Error) -> Option<&DbError> {
    error.source()?.downcast_ref::<mathesar_pg::Error>()?.db()
}

/// A refusal in our words, by its SQLSTATE.
fn refusal(report: &DbError) -> &str {
    match report.sqlstate.as_str() {
        "23502" => "A value is needed here.",
        "23503" => "The chosen record is not there any more. Choose another one.",
        "23505" | "23P01" => "This is there already, and is allowed only once.",
        "23514" => "This value is not allowed here.",
        "22001" => "This text is too long.",
        "22003" => "This number is too large.",
        // RAISE EXCEPTION of a trigger: its words were written for people to read.
        "P0001" => &report.message,
        "55P03" | "57014" => NO_ANSWER,
        state if state.starts_with("22") => "This cannot be read as a value of this kind.",
        state if state.starts_with("08") || state.starts_with("53") => NO_ANSWER,
        _ => BROKEN,
    }
}
