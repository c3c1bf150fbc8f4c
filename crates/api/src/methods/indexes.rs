//! Indexes of a table. Ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use super::tables::TableParams;

/// A method by which PostgreSQL finds rows. Ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum IndexMethod {
    /// Equality and order.
    #[default]
    Btree,
    /// Equality.
    Hash,
    /// Overlap, nearness and whatever else a type defines.
    Gist,
    /// The same over a partitioned space.
    Spgist,
    /// The parts of arrays, documents and texts.
    Gin,
    /// Ranges of pages, for rows that lie in their order.
    Brin,
}

/// An index. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct IndexInfo {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
    /// PostgreSQL's word for its method, which an extension may have brought.
    pub method: String,
    /// Whether no two rows may have the same keys.
    pub unique: bool,
    /// Attribute numbers of what it finds rows by; 0 stands for an expression.
    pub columns: Vec<i16>,
    /// The condition for the rows that are in it, as PostgreSQL writes it; null for all.
    pub predicate: Option<String>,
    /// The whole index as PostgreSQL writes it.
    pub definition: String,
    /// Object identifier of the constraint that it is for, with which it is dropped.
    pub constraint_oid: Option<u32>,
    /// Whether queries can use it; not so after `CREATE INDEX CONCURRENTLY` failed.
    pub valid: bool,
}

/// What rows are found by: a column, or an expression. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct IndexKey {
    /// Attribute number of the column.
    #[serde(default)]
    pub attnum: Option<i16>,
    /// An expression in SQL instead of a column, such as `lower(name)`: without comments, and giving the same for the same row at any time.
    #[serde(default)]
    pub expression: Option<String>,
    /// Whether the greatest comes first; false when absent.
    #[serde(default)]
    pub descending: Option<bool>,
    /// Whether NULL comes first; as if it were the greatest when absent.
    #[serde(default)]
    pub nulls_first: Option<bool>,
}

/// A new index. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct IndexDef {
    /// Name; PostgreSQL chooses when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// What rows are found by.
    pub keys: Vec<IndexKey>,
    /// How; `btree` when absent.
    #[serde(default)]
    pub method: Option<IndexMethod>,
    /// Whether no two rows may have the same keys; false when absent.
    #[serde(default)]
    pub unique: Option<bool>,
    /// Attribute numbers of columns that are only carried along.
    #[serde(default)]
    pub include: Option<Vec<i16>>,
    /// A condition in SQL for the rows that are in it; all when absent.
    #[serde(default)]
    pub predicate: Option<String>,
}

/// Parameters of `indexes.add`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "IndexesAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The new index.
    pub index_def: IndexDef,
}

/// Parameters of `indexes.delete`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "IndexesDeleteParams", deny_unknown_fields)]
pub struct DeleteParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The index.
    pub index_oid: u32,
}

methods! {
    /// Lists the indexes of a table or materialised view, those of its constraints among them. Ours.
    Collaborator Read "indexes.list" IndexesList (TableParams) -> Vec<IndexInfo>;
    /// Creates an index, also over expressions, or of some rows only; gives all that the table then has. Others wait with changes
    /// of the table meanwhile. Ours.
    Collaborator Schema "indexes.add" IndexesAdd (AddParams) -> Vec<IndexInfo>;
    /// Drops an index; gives those that the table then has. That of a constraint goes with the constraint. Ours.
    Collaborator Schema "indexes.delete" IndexesDelete (DeleteParams) -> Vec<IndexInfo>;
}
