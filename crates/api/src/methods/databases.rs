//! Databases: connecting, creating, describing, forgetting.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    methods,
    privileges::{
        DefaultPrivileges, ReplaceDatabaseDefaultsParams, ReplaceDatabasePrivilegesParams, RolePrivileges,
        TransferDatabaseParams,
    },
    roles::ConfiguredRoleInfo,
    servers::{ConfiguredServerInfo, SslMode},
};
use crate::value::{Patch, present};

/// Who may set what is kept about the tables and columns of a database beyond PostgreSQL, such as formats and record summaries. Ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum MetadataAccess {
    /// Every collaborator, as in the original.
    #[default]
    Collaborators,
    /// Of each table those whose role is its owner or a member of it; and superusers of the installation.
    Owners,
}

/// A database that this installation knows.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConfiguredDatabaseInfo {
    /// Our number of the database.
    pub id: i64,
    /// Its name in PostgreSQL.
    pub name: String,
    /// Its server.
    pub server_id: i64,
    /// Our version: nothing is installed in databases, so it is always confirmed.
    pub last_confirmed_sql_version: String,
    /// Always false: there is nothing to upgrade in a database.
    pub needs_upgrade_attention: bool,
    /// A name for people.
    pub nickname: Option<String>,
    /// Whether it lives in the managed PostgreSQL and can be dropped by us. Ours.
    pub managed: bool,
    /// Whether the caller is a collaborator, so that it can be opened. Ours.
    pub accessible: bool,
    /// Who may set what is kept about its tables. Ours.
    pub metadata_access: MetadataAccess,
}

/// Parameters of `databases.configured.list`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "DatabasesListParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ListParams {
    /// Only those of this server.
    #[serde(default)]
    pub server_id: Option<i64>,
}

/// What to change of a database's entry: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct DatabasePatch {
    /// The name in PostgreSQL, when it was renamed there.
    #[serde(default)]
    pub name: Option<String>,
    /// A name for people; `null` removes it.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub nickname: Patch<String>,
    /// Who may set what is kept about its tables. Ours.
    #[serde(default)]
    pub metadata_access: Option<MetadataAccess>,
}

/// Parameters of `databases.configured.patch`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "DatabasesPatchParams", deny_unknown_fields)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// What to change.
    pub patch: DatabasePatch,
}

/// Parameters of `databases.configured.disconnect`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct DisconnectParams {
    /// The database.
    pub database_id: i64,
    /// Also forget the server and its stored roles when no other database of it is left.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub disconnect_db_server: bool,
    /// Schemas of the original's to drop before: `msar`, `__msar`, `mathesar_types`. None when absent, since the original may still
    /// be at work there.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub schemas_to_remove: Vec<String>,
    /// Whether the database stays when they cannot be dropped; true when absent.
    #[serde(default)]
    pub strict: Option<bool>,
    /// The role that drops them; the caller's own when absent.
    #[serde(default)]
    pub role_name: Option<String>,
    /// Its password, which is not kept.
    #[serde(default)]
    pub password: Option<String>,
}

/// Result of `databases.configured.disconnect`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct Disconnected {
    /// Whether schemas of the original were removed from the database.
    pub sql_cleaned: bool,
}

/// Names a database.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DatabaseParams {
    /// The database.
    pub database_id: i64,
}

/// A database as PostgreSQL sees it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct DatabaseInfo {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
    /// Object identifier of the owning role.
    pub owner_oid: u32,
    /// What the caller's role may do: `CONNECT`, `CREATE`, `TEMPORARY`.
    pub current_role_priv: Vec<String>,
    /// Whether the caller's role is, or is a member of, the owner.
    pub current_role_owns: bool,
    /// Those of the schemas `msar`, `__msar` and `mathesar_types` that are there: an installation of the original works or worked with
    /// the database. They are left out of lists. Ours.
    pub original_schemas: Vec<String>,
    /// The server's version, such as `18.4`. Ours.
    pub server_version: String,
    /// The role that the caller works as. Ours.
    pub current_role: String,
    /// Whether nothing can be written, as on a replica. Ours.
    pub read_only: bool,
}

/// Parameters of `databases.delete`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "DatabasesDeleteParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct DeleteParams {
    /// Object identifier, as a second key that the right database is meant. It can be read by collaborators only.
    pub database_oid: Option<u32>,
    /// The database.
    pub database_id: i64,
}

/// Parameters of `databases.setup.create_new`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct CreateNewParams {
    /// Name of the new database.
    pub database: String,
    /// Sample schemas to fill it with, by their ids.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub sample_data: Vec<String>,
    /// A name for people.
    #[serde(default)]
    pub nickname: Option<String>,
}

/// How to reach an existing database. Either `url`, or the parts.
#[derive(Clone, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ConnectExistingParams {
    /// Host name or address.
    #[serde(default)]
    pub host: Option<String>,
    /// TCP port; 5432 when absent.
    #[serde(default)]
    pub port: Option<u16>,
    /// Name of the database.
    #[serde(default)]
    pub database: Option<String>,
    /// Role to sign in as.
    #[serde(default)]
    pub role: Option<String>,
    /// Password of the role.
    #[serde(default)]
    pub password: Option<String>,
    /// How the connection is protected.
    #[serde(default)]
    pub sslmode: Option<SslMode>,
    /// PEM certificates of the authorities to trust instead of the system's. Ours.
    #[serde(default)]
    pub ca_certificate: Option<String>,
    /// A `postgres://` address instead of the parts. Ours.
    #[serde(default)]
    pub url: Option<String>,
    /// Sample schemas to create in it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub sample_data: Vec<String>,
    /// A name for people.
    #[serde(default)]
    pub nickname: Option<String>,
}

/// Result of connecting or creating.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct DatabaseConnection {
    /// The server.
    pub server: ConfiguredServerInfo,
    /// The database.
    pub database: ConfiguredDatabaseInfo,
    /// The stored role that the caller works as.
    pub configured_role: ConfiguredRoleInfo,
}

/// Why a connection fails, in words.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConnectionProblem {
    /// A stable word for the kind: `name_not_found`, `refused`, `timeout`, `unreachable`, `socket`, `tls_unsupported`,
    /// `tls_certificate`, `tls_name`, `password`, `no_such_role`, `no_such_database`, `no_connect`, `not_allowed`,
    /// `too_old`, `too_many_connections`, `starting`, `localhost_in_container`, `not_postgresql`, `internal_database`,
    /// `other`.
    pub kind: String,
    /// What went wrong.
    pub what: String,
    /// The server's or the system's own words.
    pub detail: Option<String>,
    /// What to try next.
    pub next: String,
    /// The parameter to look at first: `host`, `port`, `database`, `role`, `password`, `sslmode`, `ca_certificate`.
    pub field: Option<String>,
}

/// What a trial connection found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConnectionReport {
    /// Whether a connection could be made.
    pub ok: bool,
    /// The server's version, when connected.
    pub server_version: Option<String>,
    /// Whether the connection is encrypted, when connected.
    pub encrypted: Option<bool>,
    /// Facts worth a warning, when connected: a superuser role, a read-only replica, no right to create.
    pub warnings: Vec<String>,
    /// Why it failed.
    pub problem: Option<ConnectionProblem>,
}

/// A sample schema that can be created.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct SampleInfo {
    /// Its id.
    pub id: String,
    /// The schema that it makes.
    pub schema: String,
    /// What it is about, one sentence.
    pub description: String,
}

/// Parameters of `databases.upgrade_sql`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct UpgradeSqlParams {
    /// The database.
    pub database_id: i64,
    /// Taken as in the original, and not used.
    #[serde(default)]
    pub username: Option<String>,
    /// Taken as in the original, and neither used nor kept.
    #[serde(default)]
    pub password: Option<String>,
}

methods! {
    /// Lists the databases that the caller may open; for a superuser, all.
    Login Read "databases.configured.list" DatabasesList (ListParams) -> Vec<ConfiguredDatabaseInfo>;
    /// Changes the entry of a database: its name, its nickname, or who may set what is kept about its tables.
    Superuser Settings "databases.configured.patch" DatabasesPatch (PatchParams) -> ConfiguredDatabaseInfo;
    /// Forgets a database: connections, metadata and collaborators. Of the database itself nothing is touched but the schemas of the
    /// original that `schemas_to_remove` names. They are not dropped while something else needs them, such as a column of one of
    /// their types.
    Superuser Settings "databases.configured.disconnect" DatabasesDisconnect (DisconnectParams) -> Disconnected;
    /// Describes a database as PostgreSQL sees it.
    Collaborator Read "databases.get" DatabasesGet (DatabaseParams) -> DatabaseInfo;
    /// Drops a database that lives in the managed PostgreSQL, and forgets it.
    Superuser Schema "databases.delete" DatabasesDelete (DeleteParams) -> ();
    /// Succeeds for every database that is known: nothing is installed in it that could be older than this program.
    Superuser Read "databases.upgrade_sql" DatabasesUpgradeSql (UpgradeSqlParams) -> ();
    /// Lists what roles were granted on the database, by the roles' names.
    Collaborator Read "databases.privileges.list_direct" DatabasesPrivilegesList (DatabaseParams) -> Vec<RolePrivileges>;
    /// Grants and takes back what differs, in one transaction, and gives the new list. What cannot be had as asked is refused as
    /// a whole.
    Collaborator Schema "databases.privileges.replace_for_roles" DatabasesPrivilegesReplace (ReplaceDatabasePrivilegesParams) -> Vec<RolePrivileges>;
    /// Gives the database to another role.
    Collaborator Schema "databases.privileges.transfer_ownership" DatabasesTransfer (TransferDatabaseParams) -> DatabaseInfo;
    /// Lists the rights that objects of the database are given when they are made, by the names of the roles that make them. Of a role and a
    /// kind of objects that are not listed, what is made has PostgreSQL's own: everybody may execute functions and use types, and
    /// only the owner may do anything else. Ours.
    Collaborator Read "databases.default_privileges.list" DatabasesDefaultsList (DatabaseParams) -> Vec<DefaultPrivileges>;
    /// Changes what differs of them, in one transaction, and gives the new list. What is there already keeps the rights that it has. Only
    /// members of a role can say what it gives. Ours.
    Collaborator Schema "databases.default_privileges.replace_for_roles" DatabasesDefaultsReplace (ReplaceDatabaseDefaultsParams) -> Vec<DefaultPrivileges>;
    /// Creates a database in the managed PostgreSQL and connects it.
    Superuser Schema "databases.setup.create_new" DatabasesCreateNew (CreateNewParams) -> DatabaseConnection;
    /// Connects an existing database. Nothing is installed in it.
    Superuser Settings "databases.setup.connect_existing" DatabasesConnectExisting (ConnectExistingParams) -> DatabaseConnection;
    /// Tries a connection without storing anything, and says in words what is wrong. Ours.
    Superuser Read "databases.setup.test" DatabasesTest (ConnectExistingParams) -> ConnectionReport;
    /// Lists the sample schemas. Ours.
    Login Read "databases.setup.samples" DatabasesSamples (super::NoParams) -> Vec<SampleInfo>;
}
