//! People who may sign in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{NoParams, methods};
use crate::value::{Patch, present};

/// A user.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct UserInfo {
    /// Our number of the user.
    pub id: i64,
    /// Name to sign in with.
    pub username: String,
    /// Whether they administer this installation.
    pub is_superuser: bool,
    /// E-mail address, or an empty string.
    pub email: String,
    /// Full name, or an empty string.
    pub full_name: String,
    /// Language of the interface, a BCP 47 tag.
    pub display_language: String,
}

/// A new user.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct UserDef {
    /// Name to sign in with, at most 63 characters.
    pub username: String,
    /// First password; the user must change it at the first sign-in.
    pub password: String,
    /// Whether they administer this installation.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub is_superuser: bool,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Full name.
    #[serde(default)]
    pub full_name: Option<String>,
    /// Language of the interface, a BCP 47 tag.
    #[serde(default)]
    pub display_language: Option<String>,
}

/// Parameters of `users.add`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "UsersAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The new user.
    pub user_def: UserDef,
}

/// Names a user.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct UserParams {
    /// Our number of the user.
    pub user_id: i64,
}

/// Parameters of `users.patch_self`: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PatchSelfParams {
    /// New name to sign in with.
    #[serde(default)]
    pub username: Option<String>,
    /// New e-mail address; `null` removes it.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub email: Patch<String>,
    /// New full name; `null` removes it.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub full_name: Patch<String>,
    /// Language of the interface.
    #[serde(default)]
    pub display_language: Option<String>,
}

/// Parameters of `users.patch_other`: what is absent stays.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PatchOtherParams {
    /// Our number of the user.
    pub user_id: i64,
    /// New name to sign in with.
    #[serde(default)]
    pub username: Option<String>,
    /// Whether they administer this installation.
    #[serde(default)]
    pub is_superuser: Option<bool>,
    /// New e-mail address; `null` removes it.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub email: Patch<String>,
    /// New full name; `null` removes it.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub full_name: Patch<String>,
    /// Language of the interface.
    #[serde(default)]
    pub display_language: Option<String>,
}

/// Parameters of `users.password.replace_own`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplaceOwnPasswordParams {
    /// The present password.
    pub old_password: String,
    /// The new password.
    pub new_password: String,
}

/// Parameters of `users.password.revoke`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct RevokePasswordParams {
    /// Our number of the user.
    pub user_id: i64,
    /// A password for one sign-in; the user must then choose another.
    pub new_password: String,
}

methods! {
    /// Lists the users.
    Superuser Read "users.list" UsersList (NoParams) -> Vec<UserInfo>;
    /// Gives one user.
    Superuser Read "users.get" UsersGet (UserParams) -> UserInfo;
    /// Adds a user, who must change the password at the first sign-in.
    Superuser Settings "users.add" UsersAdd (AddParams) -> UserInfo;
    /// Deletes a user and their sessions. The explorations, forms and saved views that they own stay, without an owner. The last superuser cannot be
    /// deleted.
    Superuser Settings "users.delete" UsersDelete (UserParams) -> ();
    /// Changes the caller's own account.
    Login Settings "users.patch_self" UsersPatchSelf (PatchSelfParams) -> UserInfo;
    /// Changes another account.
    Superuser Settings "users.patch_other" UsersPatchOther (PatchOtherParams) -> UserInfo;
    /// Changes the caller's own password and ends their other sessions.
    Login Settings "users.password.replace_own" UsersPasswordReplaceOwn (ReplaceOwnPasswordParams) -> ();
    /// Gives a user a new first password and ends all their sessions.
    Superuser Settings "users.password.revoke" UsersPasswordRevoke (RevokePasswordParams) -> ();
}
