//! Row-level security of a table. Ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use super::tables::TableParams;
use crate::value::{Patch, present};

/// A command that a policy is about. Ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum PolicyCommand {
    /// All of them.
    #[default]
    All,
    /// `SELECT`, and what other commands read.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
}

/// A policy. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PolicyInfo {
    /// Object identifier.
    pub oid: u32,
    /// Name, unique within the table.
    pub name: String,
    /// The commands that it is about.
    pub command: PolicyCommand,
    /// Whether it lets rows through (`PERMISSIVE`), rather than holding back what others let through (`RESTRICTIVE`).
    pub permissive: bool,
    /// Object identifiers of the roles that it is about; none is everybody.
    pub role_oids: Vec<u32>,
    /// The condition in SQL for the rows that are seen, as PostgreSQL writes it.
    pub using: Option<String>,
    /// The condition in SQL for the rows that may be written; null where `using` is that too.
    pub check: Option<String>,
}

/// The row-level security of a table. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RowSecurity {
    /// Whether policies decide which rows roles meet. With none of them, nobody but the owner meets any.
    pub enabled: bool,
    /// Whether they do so for the owner too.
    pub forced: bool,
    /// The policies by name; they are there also while it is not enabled.
    pub policies: Vec<PolicyInfo>,
}

/// A new policy. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PolicyDef {
    /// Name, unique within the table.
    pub name: String,
    /// The commands that it is about; `ALL` when absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub command: PolicyCommand,
    /// Whether it lets rows through, rather than holding back what others let through; true when absent.
    #[serde(default = "yes")]
    #[ts(optional = nullable)]
    pub permissive: bool,
    /// Object identifiers of the roles that it is about; everybody when absent or empty.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub role_oids: Vec<u32>,
    /// A condition in SQL for the rows that are seen: one expression, without comments. Not for `INSERT`.
    #[serde(default)]
    pub using: Option<String>,
    /// A condition in SQL for the rows that may be written; `using` where it is absent. Not for `SELECT` and `DELETE`.
    #[serde(default)]
    pub check: Option<String>,
}

fn yes() -> bool {
    true
}

/// Parameters of `policies.add`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "PoliciesAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The new policy.
    pub policy_def: PolicyDef,
}

/// What to change of a policy: what is absent stays. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PolicyPatch {
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// Taken for symmetry with what `policies.list` gives: PostgreSQL cannot change it.
    #[serde(default)]
    pub command: Option<PolicyCommand>,
    /// Taken for symmetry, like `command`.
    #[serde(default)]
    pub permissive: Option<bool>,
    /// Object identifiers of the roles that it is about from now on; everybody when empty.
    #[serde(default)]
    pub role_oids: Option<Vec<u32>>,
    /// The new condition in SQL for the rows that are seen. PostgreSQL cannot take one away, so that `null` does only where there is none.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub using: Patch<String>,
    /// The new condition in SQL for the rows that may be written; `null` as with `using`.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub check: Patch<String>,
}

/// Parameters of `policies.patch`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "PoliciesPatchParams", deny_unknown_fields)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The policy.
    pub policy_oid: u32,
    /// What to change.
    pub patch: PolicyPatch,
}

/// Parameters of `policies.delete`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "PoliciesDeleteParams", deny_unknown_fields)]
pub struct DeleteParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The policy.
    pub policy_oid: u32,
}

/// Parameters of `policies.set_row_security`: what is absent stays. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct SetRowSecurityParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Whether policies shall decide which rows roles meet.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Whether they shall do so for the owner too.
    #[serde(default)]
    pub forced: Option<bool>,
}

methods! {
    /// Tells whether row-level security is on for a table, and lists its policies. Ours.
    Collaborator Read "policies.list" PoliciesList (TableParams) -> RowSecurity;
    /// Creates a policy; gives what the table then has. Ours.
    Collaborator Schema "policies.add" PoliciesAdd (AddParams) -> RowSecurity;
    /// Changes name, roles and conditions of a policy; gives what the table then has. Ours.
    Collaborator Schema "policies.patch" PoliciesPatch (PatchParams) -> RowSecurity;
    /// Drops a policy; gives what the table then has. Ours.
    Collaborator Schema "policies.delete" PoliciesDelete (DeleteParams) -> RowSecurity;
    /// Turns row-level security of a table on or off, for its owner too or not; gives what the table then has. Ours.
    Collaborator Schema "policies.set_row_security" PoliciesSetRowSecurity (SetRowSecurityParams) -> RowSecurity;
}
