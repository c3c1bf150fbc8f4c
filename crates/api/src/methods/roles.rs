//! PostgreSQL roles, and the stored ones that we sign in as.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use super::privileges::DefaultObjects;
use super::tables::TableKind;

/// A stored role. Its password never leaves.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConfiguredRoleInfo {
    /// Our number of the stored role.
    pub id: i64,
    /// Its name in PostgreSQL.
    pub name: String,
    /// Its server.
    pub server_id: i64,
}

/// A member of a role.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct RoleMember {
    /// The member.
    pub oid: u32,
    /// Whether it may grant the membership on.
    pub admin: bool,
}

/// A PostgreSQL role.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct RoleInfo {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
    /// `SUPERUSER`.
    #[serde(rename = "super")]
    pub superuser: bool,
    /// `INHERIT`.
    pub inherits: bool,
    /// `CREATEROLE`.
    pub create_role: bool,
    /// `CREATEDB`.
    pub create_db: bool,
    /// `LOGIN`.
    pub login: bool,
    /// Comment.
    pub description: Option<String>,
    /// Its members.
    pub members: Option<Vec<RoleMember>>,
}

/// The role that the caller works as.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct CurrentRole {
    /// The role itself.
    pub current_role: RoleInfo,
    /// The roles that it is a member of.
    pub parent_roles: Vec<RoleInfo>,
}

/// Parameters of `roles.list` and `roles.get_current_role`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "RolesListParams", deny_unknown_fields)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
}

/// Parameters of `roles.add`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "RolesAddParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddParams {
    /// The database whose server gets the role.
    pub database_id: i64,
    /// Name of the role.
    pub rolename: String,
    /// Password, for a role that signs in.
    #[serde(default)]
    pub password: Option<String>,
    /// Whether it signs in.
    #[serde(default)]
    pub login: Option<bool>,
}

/// Parameters of `roles.delete`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "RolesDeleteParams", deny_unknown_fields)]
pub struct DeleteParams {
    /// The database whose server has the role.
    pub database_id: i64,
    /// The role.
    pub role_oid: u32,
}

/// Parameters of `roles.set_members`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SetMembersParams {
    /// The database whose server has the roles.
    pub database_id: i64,
    /// The role whose rights the members get.
    pub parent_role_oid: u32,
    /// All that shall be its members, directly; who is one and not named here is one no longer. What PostgreSQL 16 and later gave the
    /// caller's role with the role that it made stays.
    pub members: Vec<u32>,
}

/// Parameters of `roles.configured.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConfiguredListParams {
    /// The database.
    pub database_id: i64,
    /// Its server.
    pub server_id: i64,
}

/// Parameters of `roles.configured.add`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConfiguredAddParams {
    /// The server.
    pub server_id: i64,
    /// Name of a role that exists there.
    pub name: String,
    /// Its password.
    pub password: String,
}

/// Parameters of `roles.configured.set_password`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SetPasswordParams {
    /// The stored role.
    pub configured_role_id: i64,
    /// The password that the role has in PostgreSQL now.
    pub password: String,
}

/// Names a stored role.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConfiguredRoleParams {
    /// The stored role.
    pub configured_role_id: i64,
}

/// Parameters of `roles.reach`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ReachParams {
    /// The database.
    pub database_id: i64,
    /// The role, which may also be one of PostgreSQL's own.
    pub role_oid: u32,
    /// Only this table and its schema; the whole database when absent.
    #[serde(default)]
    pub table_oid: Option<u32>,
}

/// By what a role has rights. Ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReachBy {
    /// As a superuser.
    Superuser,
    /// As the owner.
    Owner,
    /// By a grant to a role.
    Grant,
    /// By a grant to `PUBLIC`: every role has it.
    Public,
    /// By one of PostgreSQL's own roles, which have rights on everything, such as `pg_read_all_data`.
    PredefinedRole,
}

/// Rights, and by what a role has them. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ReachReason {
    /// By what.
    pub by: ReachBy,
    /// The roles on the way to the one that has the rights, each a member of the next. The last one has them; none when it is the
    /// role itself, or everybody.
    pub via: Vec<String>,
    /// The role that must be taken on first, by `SET ROLE`, because its rights are not inherited; null when the role has them at once.
    pub set_role: Option<String>,
    /// PostgreSQL's words.
    pub privileges: Vec<String>,
    /// The columns that it is about, by name; none when it is the whole object.
    pub columns: Vec<String>,
}

/// What a role may do with an object, and why. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ObjectReach {
    /// PostgreSQL's words for the rights on the whole of it that the role has at once.
    pub privileges: Vec<String>,
    /// Everything that gives rights on it, what the role has at once first.
    pub reasons: Vec<ReachReason>,
}

/// What a role may do with a schema, and why. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SchemaReach {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
    /// `USAGE`, `CREATE`.
    pub reach: ObjectReach,
}

/// A policy of row-level security that holds for a role. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ReachPolicy {
    /// Name.
    pub name: String,
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub command: String,
    /// Whether it lets rows through, rather than holding back what others let through.
    pub permissive: bool,
}

/// What a role may do with a table, and why. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct TableReach {
    /// Object identifier.
    pub oid: u32,
    /// Object identifier of its schema.
    pub schema_oid: u32,
    /// Name.
    pub name: String,
    /// What kind of relation it is.
    #[serde(rename = "type")]
    pub kind: TableKind,
    /// `SELECT`, `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, `REFERENCES`, `TRIGGER`, and `MAINTAIN` from PostgreSQL 17 on.
    pub reach: ObjectReach,
    /// What the role lacks to use any of it: `CONNECT` to the database, `USAGE` of the schema.
    pub missing: Vec<String>,
    /// The policies that decide which rows the role meets, none of which means no row; null when it meets all.
    pub policies: Option<Vec<ReachPolicy>>,
}

/// What a role will be able to do with objects that are yet to be made, because its rights are given by default. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DefaultReach {
    /// Name of the role that makes them.
    pub owner: String,
    /// Object identifier of the schema in which it makes them; null is any schema of the database.
    pub schema_oid: Option<u32>,
    /// What they are.
    pub objects: DefaultObjects,
    /// Everything that gives rights on them, besides owning them.
    pub reasons: Vec<ReachReason>,
}

/// What a role may do in a database, and why. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RoleReach {
    /// `CONNECT`, `CREATE`, `TEMPORARY`.
    pub database: ObjectReach,
    /// The schemas by name.
    pub schemas: Vec<SchemaReach>,
    /// Their tables and views by name, partitions among them: the first 10 000.
    pub tables: Vec<TableReach>,
    /// How many more tables there are; with `table_oid` any of them is told.
    pub tables_left: i64,
    /// What it is given by default on what is made later, where somebody changed PostgreSQL's own defaults; none with `table_oid`.
    pub defaults: Vec<DefaultReach>,
}

methods! {
    /// Lists the roles of the database's server, PostgreSQL's own left out.
    Collaborator Read "roles.list" RolesList (ListParams) -> Vec<RoleInfo>;
    /// Tells which role the caller works as, and what it is a member of.
    Collaborator Read "roles.get_current_role" RolesGetCurrent (ListParams) -> CurrentRole;
    /// Creates a role on the database's server.
    Collaborator Schema "roles.add" RolesAdd (AddParams) -> RoleInfo;
    /// Drops a role that owns nothing and has rights on nothing; what it was granted on the caller's own database itself goes
    /// with it. A stored role of its name stays stored.
    Collaborator Schema "roles.delete" RolesDelete (DeleteParams) -> ();
    /// Grants memberships in a role and takes them back, where they differ, in one transaction.
    Collaborator Schema "roles.set_members" RolesSetMembers (SetMembersParams) -> RoleInfo;
    /// Explains what a role may do with the database, its schemas and its tables, and by what: as the owner, by grants to it, to the roles
    /// that it is a member of or to everybody; what it lacks to use that, which row-level policies narrow it, and what it will be given by
    /// default on what is made later. Ours.
    Collaborator Read "roles.reach" RolesReach (ReachParams) -> RoleReach;
    /// Lists the stored roles of a server.
    Collaborator Read "roles.configured.list" ConfiguredRolesList (ConfiguredListParams) -> Vec<ConfiguredRoleInfo>;
    /// Stores name and password of a role that exists on the server.
    Superuser Settings "roles.configured.add" ConfiguredRolesAdd (ConfiguredAddParams) -> ConfiguredRoleInfo;
    /// Replaces the stored password. The role in PostgreSQL is not changed.
    Superuser Settings "roles.configured.set_password" ConfiguredRolesSetPassword (SetPasswordParams) -> ();
    /// Forgets a stored role and the collaborators that use it.
    Superuser Settings "roles.configured.delete" ConfiguredRolesDelete (ConfiguredRoleParams) -> ();
}
