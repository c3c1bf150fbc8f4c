//! Who is signed in, and from where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{NoParams, methods, users::UserInfo};

/// The signed-in user and what the interface needs to start.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct SessionInfo {
    /// The signed-in user; absent for a visitor.
    pub user: Option<UserInfo>,
    /// The value for `X-CSRFToken`; absent for a visitor.
    pub csrf_token: Option<String>,
    /// Whether the user must choose a new password before anything else.
    pub password_change_needed: bool,
    /// Whether the first superuser is still to be created.
    pub setup_needed: bool,
    /// Version of the program.
    pub version: String,
    /// Whether databases can be created in the managed PostgreSQL.
    pub can_create_databases: bool,
    /// Personal settings of the interface, as `session.set_preferences` stored them.
    pub preferences: Option<Preferences>,
}

/// Personal settings of the interface.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct Preferences {
    /// `light`, `dark` or `system`.
    #[serde(default)]
    pub theme: Option<String>,
    /// Language of the interface, a BCP 47 tag.
    #[serde(default)]
    pub language: Option<String>,
}

/// Parameters of `session.sign_in`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SignInParams {
    /// Name of the user.
    pub username: String,
    /// The password.
    pub password: String,
}

/// One place where the user is signed in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct SessionEntry {
    /// Identifies the session for `session.revoke`; not the cookie.
    pub id: i64,
    /// When it began, RFC 3339.
    pub created_at: String,
    /// When it was last used, RFC 3339.
    pub last_seen_at: String,
    /// The browser's own description of itself.
    pub user_agent: Option<String>,
    /// Address of the client.
    pub address: Option<String>,
    /// Whether it is the session that asks.
    pub current: bool,
}

/// Parameters of `session.revoke`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct RevokeParams {
    /// `id` of the session.
    pub session_id: i64,
}

methods! {
    /// Tells who is signed in; answers visitors too. Ours.
    Anonymous Read "session.get" SessionGet (NoParams) -> SessionInfo;
    /// Signs in with name and password and sets the session cookie. Ours; the original's form at `/auth/login/` works too.
    Anonymous Settings "session.sign_in" SessionSignIn (SignInParams) -> SessionInfo;
    /// Signs out and ends the session. Ours.
    Login Settings "session.sign_out" SessionSignOut (NoParams) -> ();
    /// Lists where the user is signed in. Ours.
    Login Read "session.list" SessionList (NoParams) -> Vec<SessionEntry>;
    /// Ends one of the user's sessions. Ours.
    Login Settings "session.revoke" SessionRevoke (RevokeParams) -> ();
    /// Stores personal settings of the interface. Ours.
    Login Settings "session.set_preferences" SessionSetPreferences (Preferences) -> Preferences;
}
