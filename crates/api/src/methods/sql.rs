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
    /// What they cost others, table by table; nothing where they hold up nobody but who changes the same rows.
    pub costs: Vec<StatementCost>,
}

/// What a change of structure costs others: nobody gets further than `lock` lets them until all statements are done. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct StatementCost {
    /// Place of the statement in `statements`, from 0.
    pub statement: usize,
    /// The table or view, as a person would write its name with its schema.
    pub relation: String,
    /// The lock on it.
    pub lock: TableLock,
    /// What is done with its rows meanwhile.
    pub work: RowWork,
}

/// A lock on a table, in PostgreSQL's words. Ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub enum TableLock {
    /// Others read.
    #[serde(rename = "SHARE")]
    Share,
    /// Others read.
    #[serde(rename = "SHARE ROW EXCLUSIVE")]
    ShareRowExclusive,
    /// Others read.
    #[serde(rename = "EXCLUSIVE")]
    Exclusive,
    /// Others wait.
    #[serde(rename = "ACCESS EXCLUSIVE")]
    AccessExclusive,
}

/// What is done with the rows of a table. Ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RowWork {
    /// Nothing: it takes a moment, whatever the size of the table.
    None,
    /// All are read.
    Scan,
    /// All are read, and an index over them is built.
    Index,
    /// All are written anew where an expression may give another value for each row; else nothing is done.
    RewriteIfVolatile,
    /// All are written anew.
    Rewrite,
}

methods! {
    /// Gives the SQL that a call would run and what it would cost others, without running it. Ours.
    Collaborator Read "sql.show" SqlShow (ShowParams) -> ShownSql;
}
