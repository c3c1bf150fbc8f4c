//! The SQL behind what people see and do. Ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use crate::value::Json;

/// Parameters of `sql.show`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ShowParams {
    /// The database, the same as in `params`.
    pub database_id: i64,
    /// A method that reads or changes a user database.
    pub method: String,
    /// The parameters that it would be called with.
    pub params: Json,
}

/// SQL for people to read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ShownSql {
    /// The statements, with their values written out, in the order in which they would run.
    pub statements: Vec<String>,
}

methods! {
    /// Gives the SQL that a call would run, without running it. Ours.
    Collaborator Read "sql.show" SqlShow (ShowParams) -> ShownSql;
}
