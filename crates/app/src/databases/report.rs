//! A diagnosis in the contract's words.

use mathesar_api::ErrorCode;
use mathesar_api::methods::databases::{ConnectionProblem, ConnectionReport};
use mathesar_pg::{Facts, Problem};

use crate::Error;

const INTERNAL_DATABASE: &str = "This is the database that this installation keeps its own users and passwords in.";
const INTERNAL_DATABASE_NEXT: &str =
    "It cannot be opened as a user database. Connect another database, or create one on the same server.";

pub(super) fn works(facts: &Facts) -> ConnectionReport {
    ConnectionReport {
        ok: true,
        server_version: Some(facts.server.version.clone()),
        encrypted: Some(facts.encrypted),
        warnings: facts.warnings(),
        problem: None,
    }
}

pub(super) fn fails(problem: ConnectionProblem) -> ConnectionReport {
    ConnectionReport { ok: false, server_version: None, encrypted: None, warnings: Vec::new(), problem: Some(problem) }
}

pub(super) fn problem(problem: Problem) -> ConnectionProblem {
    ConnectionProblem {
        kind: problem.kind.as_str().to_owned(),
        what: problem.what,
        detail: problem.detail,
        next: problem.next,
        field: problem.kind.field().map(str::to_owned),
    }
}

/// The problem as an error: its words in the message, all of it in the data.
pub(super) fn error(problem: &ConnectionProblem) -> Error {
    let detail = problem.detail.as_ref().map_or_else(String::new, |detail| format!("\n{detail}"));
    let message = format!("{} {}{detail}", problem.what, problem.next);
    let internal = problem.kind == "internal_database";
    let code = if internal { ErrorCode::BAD_INSTALLATION_TARGET } else { ErrorCode::CONNECTION_FAILED };
    Error::new(code, message).with_data(problem)
}

pub(super) fn internal_database_problem() -> ConnectionProblem {
    ConnectionProblem {
        kind: "internal_database".to_owned(),
        what: INTERNAL_DATABASE.to_owned(),
        detail: None,
        next: INTERNAL_DATABASE_NEXT.to_owned(),
        field: Some("database".to_owned()),
    }
}

pub(super) fn internal_database() -> Error {
    error(&internal_database_problem())
}
