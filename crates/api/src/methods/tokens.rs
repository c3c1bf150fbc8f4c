//! Tokens with which programs work as a user: sent as `Authorization: Bearer …`, limited to what their user gave them. Ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{NoParams, methods};

/// A token as its user sees it afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct TokenInfo {
    /// Identifies it for `users.tokens.revoke`.
    pub id: i64,
    /// What its user calls it.
    pub name: String,
    /// Patterns of the methods that it may call.
    pub methods: Vec<String>,
    /// The databases that it may work in; null for all of its user's.
    pub databases: Option<Vec<i64>>,
    /// Whether it may only read.
    pub read_only: bool,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// From when on it is void, RFC 3339; null when it does not end by itself.
    pub expires_at: Option<String>,
    /// Whether that is over.
    pub expired: bool,
    /// When it was last used, RFC 3339, to within five minutes; null when never.
    pub last_used_at: Option<String>,
}

/// Parameters of `users.tokens.add`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TokensAddParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddParams {
    /// What to call it, 1 to 100 characters, unlike the user's other tokens.
    pub name: String,
    /// The methods that it may call: names, `noun.*` for all whose names begin so, or `*`, which is what it has when absent. Uploads
    /// count as `imports.preview`, `/bulk_insert/` as `imports.append`, the exports as `records.list` and `explorations.run`.
    #[serde(default)]
    pub methods: Option<Vec<String>>,
    /// The databases that it may work in; all of its user's when absent. With them it may call nothing that is not about one of them,
    /// but for `session.get`, `databases.configured.list`, `imports.preview` and `jobs.*`.
    #[serde(default)]
    pub databases: Option<Vec<i64>>,
    /// Whether it may only call methods whose effect is `read`, and upload nothing.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub read_only: bool,
    /// From when on it is void, RFC 3339; it does not end by itself when absent.
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// A token that was made.
#[derive(Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct NewToken {
    /// The token itself. It is not stored and cannot be shown again.
    pub token: String,
    /// What is kept of it.
    pub info: TokenInfo,
}

/// Parameters of `users.tokens.revoke`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TokensRevokeParams", deny_unknown_fields)]
pub struct RevokeParams {
    /// `id` of the token.
    pub token_id: i64,
}

methods! {
    /// Lists the caller's tokens, oldest first. No token may call this or the other methods about tokens. Ours.
    Login Read "users.tokens.list" TokensList (NoParams) -> Vec<TokenInfo>;
    /// Makes a token for the caller, which is shown this once. Ours.
    Login Settings "users.tokens.add" TokensAdd (AddParams) -> NewToken;
    /// Revokes one of the caller's tokens, at once. Ours.
    Login Settings "users.tokens.revoke" TokensRevoke (RevokeParams) -> ();
}
