//! Enums: types whose values are named one by one. Ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;

/// An enum. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct EnumInfo {
    /// Object identifier.
    pub oid: u32,
    /// Object identifier of its schema.
    pub schema_oid: u32,
    /// Name.
    pub name: String,
    /// Its name with its schema, as a column's type in `columns.add` and `columns.patch`.
    #[serde(rename = "type")]
    pub kind: String,
    /// As `display_type` of a column tells it.
    pub display_type: String,
    /// Its values in their order.
    pub values: Vec<String>,
    /// Whether the caller's role is, or is a member of, the owner, and so may change it.
    pub current_role_owns: bool,
}

/// Parameters of `enums.list`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "EnumsListParams", deny_unknown_fields)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
}

/// Parameters of `enums.add`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "EnumsAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
    /// Name, which no other type or table of the schema has.
    pub name: String,
    /// The values in their order, each of at most 63 bytes.
    pub values: Vec<String>,
}

/// A value that gets another name. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct RenamedValue {
    /// The value as it is.
    pub value: String,
    /// What it shall be.
    pub new_value: String,
}

/// A new value. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddedValue {
    /// The value.
    pub value: String,
    /// The value before which it stands; behind all others when absent.
    #[serde(default)]
    pub before: Option<String>,
}

/// Parameters of `enums.patch`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "EnumsPatchParams", deny_unknown_fields)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// The enum.
    pub enum_oid: u32,
    /// What is renamed, first.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub renamed: Vec<RenamedValue>,
    /// What is added, one after the other.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub added: Vec<AddedValue>,
}

methods! {
    /// Lists the enums of a database, by name. Ours.
    Collaborator Read "enums.list" EnumsList (ListParams) -> Vec<EnumInfo>;
    /// Creates an enum. Ours.
    Collaborator Schema "enums.add" EnumsAdd (AddParams) -> EnumInfo;
    /// Renames values of an enum and adds some, in one transaction; rows keep their values under the new names. PostgreSQL takes no
    /// value away. Ours.
    Collaborator Schema "enums.patch" EnumsPatch (PatchParams) -> EnumInfo;
}
