//! Whose a saved thing is, and what others may do with it: what explorations, forms and saved views have in common. All of it is ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the other collaborators of a database may do with what one of them saved for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum SharedAccess {
    /// Nothing: for them it does not exist.
    None,
    /// See it.
    Read,
    /// See, change and delete it, as in the original.
    #[default]
    Write,
}

/// What the caller may do with a saved thing; each includes those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum SharingRight {
    /// Nothing.
    #[default]
    None,
    /// See it.
    Read,
    /// Change and delete it.
    Write,
    /// Say what others may do with it, and give it to another owner: its owner, and superusers of the installation.
    Share,
}

/// A user who owns something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct OwnerInfo {
    /// Our number of the user.
    pub id: i64,
    /// Name to sign in with.
    pub username: String,
    /// Full name, or an empty string.
    pub full_name: String,
}

/// Whose a saved thing is, and what others may do with it. What it shows of a database is decided by PostgreSQL all the same, by the
/// role of whoever looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// The user who saved it or got it since. What nobody owns, since it was there before there were owners or its owner was deleted, every
    /// collaborator of the database may change.
    #[serde(default)]
    pub owner: Option<OwnerInfo>,
    /// What the other collaborators may do.
    #[serde(default)]
    pub access: SharedAccess,
    /// What the caller may do.
    #[serde(default)]
    pub caller_may: SharingRight,
}
