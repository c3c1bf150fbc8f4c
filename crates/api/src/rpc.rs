//! The JSON-RPC 2.0 envelope.

use serde::{Deserialize, Serialize};

use crate::{error::RpcError, value::Json};

/// The version that every message carries.
pub const VERSION: &str = "2.0";

/// A call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Must be [`VERSION`].
    pub jsonrpc: String,
    /// The method's name.
    pub method: String,
    /// Named parameters; positional ones are refused, as the original does.
    #[serde(default)]
    pub params: Option<Json>,
    /// Comes back with the answer, `null` too. Without it the call is a notification, and there is no answer.
    #[serde(default, deserialize_with = "even_null")]
    pub id: Option<Json>,
}

fn even_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// An answer that failed. An answer that succeeded is written by hand around the bytes of its result.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorResponse<'a> {
    /// [`VERSION`].
    pub jsonrpc: &'static str,
    /// The call's.
    pub id: Option<&'a Json>,
    /// What went wrong.
    pub error: &'a RpcError,
}
