//! PostgreSQL servers that this installation knows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{NoParams, methods};
use crate::value::{Patch, present};

/// How a connection is protected, in libpq's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// TLS when the server offers it, unverified.
    #[default]
    Prefer,
    /// TLS or nothing, unverified.
    Require,
    /// TLS with a certificate of a trusted authority, for whatever name.
    VerifyCa,
    /// TLS with a certificate of a trusted authority for this very name.
    VerifyFull,
}

/// A server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConfiguredServerInfo {
    /// Our number of the server.
    pub id: i64,
    /// Host name, address, or the directory of a Unix socket.
    pub host: String,
    /// TCP port; null for a Unix socket.
    pub port: Option<u16>,
    /// How connections are protected.
    pub sslmode: SslMode,
    /// PEM certificates of the authorities to trust instead of the system's. Ours.
    pub ca_certificate: Option<String>,
    /// Whether it is the managed PostgreSQL. Ours.
    pub managed: bool,
}

/// What to change of a server: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ServerPatch {
    /// Host name or address.
    #[serde(default)]
    pub host: Option<String>,
    /// TCP port.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "number | null", optional = nullable)]
    pub port: Patch<u16>,
    /// How connections are protected.
    #[serde(default)]
    pub sslmode: Option<SslMode>,
    /// PEM certificates to trust; `null` means the system's.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub ca_certificate: Patch<String>,
}

/// Parameters of `servers.configured.patch`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ServersPatchParams", deny_unknown_fields)]
pub struct PatchParams {
    /// The server.
    pub server_id: i64,
    /// What to change.
    pub patch: ServerPatch,
}

methods! {
    /// Lists the servers.
    Login Read "servers.configured.list" ServersList (NoParams) -> Vec<ConfiguredServerInfo>;
    /// Changes how a server is reached. The managed server cannot be changed.
    Superuser Settings "servers.configured.patch" ServersPatch (PatchParams) -> ConfiguredServerInfo;
}
