//! Which user works in which database, as which PostgreSQL role.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{methods, users::UserInfo};

/// A user's place in a database.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct CollaboratorInfo {
    /// Our number of the collaborator.
    pub id: i64,
    /// The user.
    pub user_id: i64,
    /// The database.
    pub database_id: i64,
    /// The stored role that every statement of the user runs as.
    pub configured_role_id: i64,
    /// The user, spelled out.
    pub user_info: UserInfo,
}

/// Parameters of `collaborators.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "CollaboratorsListParams", deny_unknown_fields)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
}

/// Parameters of `collaborators.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "CollaboratorsAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The user.
    pub user_id: i64,
    /// A stored role of the database's server.
    pub configured_role_id: i64,
}

/// Parameters of `collaborators.set_role`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SetRoleParams {
    /// The collaborator.
    pub collaborator_id: i64,
    /// A stored role of the database's server.
    pub configured_role_id: i64,
}

/// Names a collaborator.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct CollaboratorParams {
    /// The collaborator.
    pub collaborator_id: i64,
}

methods! {
    /// Lists who works in a database.
    Collaborator Read "collaborators.list" CollaboratorsList (ListParams) -> Vec<CollaboratorInfo>;
    /// Lets a user into a database as a stored role.
    Superuser Settings "collaborators.add" CollaboratorsAdd (AddParams) -> CollaboratorInfo;
    /// Changes the role that a collaborator works as.
    Superuser Settings "collaborators.set_role" CollaboratorsSetRole (SetRoleParams) -> CollaboratorInfo;
    /// Takes a user out of a database.
    Superuser Settings "collaborators.delete" CollaboratorsDelete (CollaboratorParams) -> ();
}
