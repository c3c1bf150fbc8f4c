//! First run: nobody has an account yet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{NoParams, methods, session::SessionInfo};

/// What the set-up page must know.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct SetupStatus {
    /// Whether a superuser exists, so that there is nothing left to set up.
    pub complete: bool,
    /// The command that prints the link again, as it is called in this installation.
    pub link_command: String,
}

/// Parameters of `setup.complete`.
#[derive(Clone, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct CompleteParams {
    /// The one-time token from the link's fragment.
    pub token: String,
    /// The new superuser's name, at most 63 characters.
    pub username: String,
    /// The new superuser's password.
    pub password: String,
    /// Optional e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Optional full name.
    #[serde(default)]
    pub full_name: Option<String>,
    /// Language of the interface, a BCP 47 tag.
    #[serde(default)]
    pub display_language: Option<String>,
}

methods! {
    /// Tells whether this installation still waits for its first superuser. Ours.
    Anonymous Read "setup.status" SetupStatusMethod (NoParams) -> SetupStatus;
    /// Creates the first superuser and signs them in. The token dies with success. Ours.
    Anonymous Settings "setup.complete" SetupComplete (CompleteParams) -> SessionInfo;
}
