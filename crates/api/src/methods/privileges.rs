//! The shapes of rights on databases, schemas and tables, whose methods are with those of their nouns.
//!
//! Only what was granted to a role itself is told and changed: what it has as a member of another role, from `PUBLIC` or as a
//! superuser is not among it, nor are rights on single columns. What the owner has by owning is told as PostgreSQL keeps it: as
//! rights that the owner can be without.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The rights that a role was granted itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct RolePrivileges {
    /// The role.
    pub role_oid: u32,
    /// PostgreSQL's words: `CONNECT`, `CREATE`, `TEMPORARY` of a database; `USAGE`, `CREATE` of a schema; `SELECT`, `INSERT`,
    /// `UPDATE`, `DELETE`, `TRUNCATE`, `REFERENCES`, `TRIGGER` of a table. Others that PostgreSQL may have are neither told nor
    /// changed.
    pub direct: Vec<String>,
}

/// Parameters of `databases.privileges.replace_for_roles`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplaceDatabasePrivilegesParams {
    /// The database.
    pub database_id: i64,
    /// What each of these roles shall have; other roles keep what they have.
    pub privileges: Vec<RolePrivileges>,
}

/// Parameters of `databases.privileges.transfer_ownership`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TransferDatabaseParams {
    /// The database.
    pub database_id: i64,
    /// The role that shall own it.
    pub new_owner_oid: u32,
}

/// Parameters of `schemas.privileges.replace_for_roles`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplaceSchemaPrivilegesParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
    /// What each of these roles shall have; other roles keep what they have.
    pub privileges: Vec<RolePrivileges>,
}

/// Parameters of `schemas.privileges.transfer_ownership`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TransferSchemaParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
    /// The role that shall own it.
    pub new_owner_oid: u32,
}

/// Parameters of `tables.privileges.replace_for_roles`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplaceTablePrivilegesParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// What each of these roles shall have; other roles keep what they have.
    pub privileges: Vec<RolePrivileges>,
}

/// Parameters of `tables.privileges.transfer_ownership`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TransferTableParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The role that shall own it.
    pub new_owner_oid: u32,
}
