//! Constraints of a table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::indexes::IndexMethod;
use super::methods;

/// A constraint.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConstraintInfo {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
    /// `check`, `foreignkey`, `primary`, `unique` or `exclude`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Attribute numbers of its columns.
    pub columns: Vec<i16>,
    /// The table referred to, for a foreign key.
    pub referent_table_oid: Option<u32>,
    /// Attribute numbers there, for a foreign key.
    pub referent_columns: Option<Vec<i16>>,
    /// The whole rule as PostgreSQL writes it. Ours.
    pub definition: String,
}

/// A new constraint.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ConstraintDef {
    /// `f` foreign key, `p` primary key, `u` unique; ours: `c` check, `x` exclusion.
    #[serde(rename = "type")]
    pub kind: String,
    /// Attribute numbers of its columns; not for a check and an exclusion, which name them themselves.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub columns: Vec<i16>,
    /// Name; PostgreSQL chooses when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether the check may wait for the end of the transaction.
    #[serde(default)]
    pub deferrable: Option<bool>,
    /// The table referred to, for a foreign key.
    #[serde(default)]
    pub fkey_relation_id: Option<u32>,
    /// Attribute numbers there; its primary key when absent.
    #[serde(default)]
    pub fkey_columns: Option<Vec<i16>>,
    /// What an update there does: `a` no action, `r` restrict, `c` cascade, `n` set null, `d` set default.
    #[serde(default)]
    pub fkey_update_action: Option<String>,
    /// What a delete there does, in the same letters.
    #[serde(default)]
    pub fkey_delete_action: Option<String>,
    /// `f` full or `s` simple.
    #[serde(default)]
    pub fkey_match_type: Option<String>,
    /// For a check: the condition in SQL that no row may make false; one expression, without comments. Ours.
    #[serde(default)]
    pub expression: Option<String>,
    /// For an exclusion: what no two rows may have together. Ours.
    #[serde(default)]
    pub exclusion: Option<ExclusionDef>,
}

/// A rule that no two rows may break together: not all comparisons may be true for them. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ExclusionDef {
    /// What is compared.
    pub elements: Vec<ExclusionElement>,
    /// The method of its index; `gist` when absent, which knows `=` of numbers and texts only with the extension `btree_gist`.
    #[serde(default)]
    pub method: Option<IndexMethod>,
    /// A condition in SQL for the rows that it is about; all when absent.
    #[serde(default)]
    pub predicate: Option<String>,
}

/// One comparison of an exclusion: of a column, or of an expression. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ExclusionElement {
    /// Attribute number of the column.
    #[serde(default)]
    pub attnum: Option<i16>,
    /// An expression in SQL instead of a column.
    #[serde(default)]
    pub expression: Option<String>,
    /// `=`, `<>`, `&&` (overlaps), `-|-` (is adjacent to) or `~=` (is the same as).
    pub operator: String,
}

/// Parameters of `constraints.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ConstraintsListParams", deny_unknown_fields)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
}

/// Parameters of `constraints.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ConstraintsAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The new constraints, in one transaction.
    pub constraint_def_list: Vec<ConstraintDef>,
}

/// Parameters of `constraints.delete`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ConstraintsDeleteParams", deny_unknown_fields)]
pub struct DeleteParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The constraint.
    pub constraint_oid: u32,
}

methods! {
    /// Lists the constraints of a table.
    Collaborator Read "constraints.list" ConstraintsList (ListParams) -> Vec<ConstraintInfo>;
    /// Adds constraints; gives the object identifiers of all that the table then has.
    Collaborator Schema "constraints.add" ConstraintsAdd (AddParams) -> Vec<u32>;
    /// Drops a constraint; gives its name.
    Collaborator Schema "constraints.delete" ConstraintsDelete (DeleteParams) -> String;
}
