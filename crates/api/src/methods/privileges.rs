//! The shapes of rights on databases, schemas, tables and columns, whose methods are with those of their nouns.
//!
//! Only what was granted to a role itself is told and changed: what it has as a member of another role, from `PUBLIC` or as a
//! superuser is not among it, and rights on single columns are apart from those on the whole table. What the owner has by owning is told as PostgreSQL keeps it: as
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
    /// `UPDATE`, `DELETE`, `TRUNCATE`, `REFERENCES`, `TRIGGER`, and from PostgreSQL 17 on `MAINTAIN`, of a table. Others that
    /// PostgreSQL may have are neither told nor changed.
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

/// The rights on one column that a role was granted itself, on that column and not on the whole table. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ColumnRolePrivileges {
    /// The role.
    pub role_oid: u32,
    /// Attribute number of the column.
    pub attnum: i16,
    /// `SELECT`, `INSERT`, `UPDATE`, `REFERENCES`.
    pub direct: Vec<String>,
}

/// Parameters of `columns.privileges.replace_for_roles`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplaceColumnPrivilegesParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// What each of these roles shall have on each of these columns; other roles, and other columns, keep what they have.
    pub privileges: Vec<ColumnRolePrivileges>,
}

/// The kinds of objects that there are default rights for. Ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum DefaultObjects {
    /// Tables, views and foreign tables.
    Tables,
    /// Sequences.
    Sequences,
    /// Functions and procedures.
    Functions,
    /// Types and domains.
    Types,
    /// Schemas, for which there are default rights of the database only.
    Schemas,
    /// Large objects, for which there are default rights of the database only, from PostgreSQL 18 on.
    LargeObjects,
}

/// What a role is given. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct DefaultRolePrivileges {
    /// The role; null is everybody (`PUBLIC`).
    #[serde(default)]
    pub role_oid: Option<u32>,
    /// `SELECT`, `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, `REFERENCES`, `TRIGGER`, and from PostgreSQL 17 on `MAINTAIN`, of tables;
    /// `USAGE`, `SELECT`, `UPDATE` of sequences; `EXECUTE` of functions; `USAGE` of types; `USAGE`, `CREATE` of schemas; `SELECT`,
    /// `UPDATE` of large objects.
    pub direct: Vec<String>,
}

/// The rights that objects are given at the moment when they are made (`ALTER DEFAULT PRIVILEGES`). Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DefaultPrivileges {
    /// The role that makes them, and so owns them. What other roles make, members of this one included, is not meant.
    pub owner_oid: u32,
    /// What they are.
    pub objects: DefaultObjects,
    /// Who is given what.
    pub privileges: Vec<DefaultRolePrivileges>,
}

/// Parameters of `databases.default_privileges.replace_for_roles`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplaceDatabaseDefaultsParams {
    /// The database.
    pub database_id: i64,
    /// What each of these roles shall be given on what is made later; others are given what they were.
    pub default_privileges: Vec<DefaultPrivileges>,
}

/// Parameters of `schemas.default_privileges.replace_for_roles`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplaceSchemaDefaultsParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
    /// What each of these roles shall be given on what is made in the schema later, besides what it is given in the whole database;
    /// others are given what they were.
    pub default_privileges: Vec<DefaultPrivileges>,
}
