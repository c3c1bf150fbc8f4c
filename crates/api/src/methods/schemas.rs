//! Schemas of a database.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use super::privileges::{
    DefaultPrivileges, ReplaceSchemaDefaultsParams, ReplaceSchemaPrivilegesParams, RolePrivileges, TransferSchemaParams,
};
use crate::value::{Patch, present};

/// A schema.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct SchemaInfo {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
    /// Object identifier of the owning role.
    pub owner_oid: u32,
    /// Comment.
    pub description: Option<String>,
    /// What the caller's role may do: `USAGE`, `CREATE`.
    pub current_role_priv: Vec<String>,
    /// Whether the caller's role is, or is a member of, the owner.
    pub current_role_owns: bool,
    /// How many tables it has.
    pub table_count: i64,
}

/// Parameters of `schemas.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "SchemasListParams", deny_unknown_fields)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
}

/// Names a schema.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SchemaParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
}

/// Parameters of `schemas.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "SchemasAddParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// Name of the new schema.
    pub name: String,
    /// The role that shall own it; the caller's when absent.
    #[serde(default)]
    pub owner_oid: Option<u32>,
    /// Comment.
    #[serde(default)]
    pub description: Option<String>,
}

/// What to change: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct SchemaPatch {
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// New comment; `null` removes it.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub description: Patch<String>,
}

/// Parameters of `schemas.patch`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "SchemasPatchParams", deny_unknown_fields)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
    /// What to change.
    pub patch: SchemaPatch,
}

/// Parameters of `schemas.delete`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "SchemasDeleteParams", deny_unknown_fields)]
pub struct DeleteParams {
    /// The database.
    pub database_id: i64,
    /// The schemas, dropped with what they hold, but not with what depends on it from outside.
    pub schema_oids: Vec<u32>,
}

methods! {
    /// Lists the schemas, PostgreSQL's own left out.
    Collaborator Read "schemas.list" SchemasList (ListParams) -> Vec<SchemaInfo>;
    /// Gives one schema.
    Collaborator Read "schemas.get" SchemasGet (SchemaParams) -> SchemaInfo;
    /// Creates a schema.
    Collaborator Schema "schemas.add" SchemasAdd (AddParams) -> SchemaInfo;
    /// Renames a schema or changes its comment.
    Collaborator Schema "schemas.patch" SchemasPatch (PatchParams) -> SchemaInfo;
    /// Drops schemas with what they hold; refused while something outside depends on it.
    Collaborator Schema "schemas.delete" SchemasDelete (DeleteParams) -> ();
    /// Lists what roles were granted on a schema, by the roles' names.
    Collaborator Read "schemas.privileges.list_direct" SchemasPrivilegesList (SchemaParams) -> Vec<RolePrivileges>;
    /// Grants and takes back what differs, in one transaction, and gives the new list. What cannot be had as asked is refused as
    /// a whole.
    Collaborator Schema "schemas.privileges.replace_for_roles" SchemasPrivilegesReplace (ReplaceSchemaPrivilegesParams) -> Vec<RolePrivileges>;
    /// Gives a schema to another role; what it holds keeps its owners.
    Collaborator Schema "schemas.privileges.transfer_ownership" SchemasTransfer (TransferSchemaParams) -> SchemaInfo;
    /// Lists the rights that objects are given when they are made in the schema, besides those that they are given in the whole database, by
    /// the names of the roles that make them. Ours.
    Collaborator Read "schemas.default_privileges.list" SchemasDefaultsList (SchemaParams) -> Vec<DefaultPrivileges>;
    /// Changes what differs of them, in one transaction, and gives the new list. What is there already keeps the rights that it has. Only
    /// members of a role can say what it gives. Ours.
    Collaborator Schema "schemas.default_privileges.replace_for_roles" SchemasDefaultsReplace (ReplaceSchemaDefaultsParams) -> Vec<DefaultPrivileges>;
}
