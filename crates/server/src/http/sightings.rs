//! What we saw of requests that were marked by `mathesar doctor`, so that it can tell what a proxy in between makes of them.
//!
//! The mark is a long random number that only its sender knows, and what is told about it is only what became of its own request.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::on,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    client::Client,
    routes::{Answer, Audience, Operation, PAGE, Parameter, Route, Verb, json, shape},
    serve::Peer,
    state::Shared,
};

/// The one address.
pub const ROUTES: &[Route] = &[Route {
    operation: Operation::new(Verb::Get, "/sightings/{mark}", "sightings.get", "Says how a marked request arrived.")
        .audience(Audience::Anybody)
        .parameters(&[Parameter {
            name: "mark",
            doc: "What the request had as the header `X-Mathesar-Mark`: 32 hexadecimal digits.",
            shape: shape::<String>,
        }])
        .answers(&[
            Answer { status: 200, doc: "How it arrived.", content: &[json(shape::<Sighting>)] },
            Answer { status: 404, doc: "No such request is remembered.", content: &[] },
        ])
        .failure(&[PAGE]),
    handler: |verb| on(verb, get),
}];

/// The header that holds the mark.
pub const MARK: HeaderName = HeaderName::from_static("x-mathesar-mark");
/// Bytes of a mark, in hexadecimal digits.
const MARK_DIGITS: usize = 32;
/// How many are remembered; strangers can send marks, too.
const REMEMBERED: usize = 16;

/// How one request arrived.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Sighting {
    /// The other end of the connection.
    pub peer: IpAddr,
    /// Whose request we take it to be.
    pub client: IpAddr,
    /// The host that we take it to be for, with its port.
    pub host: String,
    /// Whether we take it to be encrypted on its way.
    pub https: bool,
    /// Whether the other end is a trusted proxy.
    pub believed: bool,
    /// Whether the header that names the client is there, whoever wrote it.
    pub forwarded_for: bool,
    /// Whether the header that names the scheme is there.
    pub forwarded_proto: bool,
}

/// The last ones.
#[derive(Default)]
pub struct Sightings(Mutex<VecDeque<(String, Sighting)>>);

impl Sightings {
    /// Notes how a marked request arrived; others are none of its business.
    pub fn note(&self, peer: Peer, client: &Client, believed: bool, headers: &HeaderMap) {
        let Some(mark) = headers.get(MARK).and_then(|mark| mark.to_str().ok()) else { return };
        if mark.len() != MARK_DIGITS || !mark.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return;
        }
        let sighting = Sighting {
            peer: peer.address.ip().to_canonical(),
            client: client.address,
            host: client.host.clone(),
            https: client.https,
            believed,
            forwarded_for: headers.contains_key("x-forwarded-for"),
            forwarded_proto: headers.contains_key("x-forwarded-proto"),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.truncate(REMEMBERED - 1);
        all.push_front((mark.to_owned(), sighting));
    }

    fn of(&self, mark: &str) -> Option<Sighting> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(known, _)| known == mark).map(|(_, sighting)| sighting.clone())
    }
}

/// `/sightings/{mark}`: how the request with this mark arrived.
async fn get(State(shared): State<Arc<Shared>>, Path(mark): Path<String>) -> Response {
    match shared.sightings.of(&mark) {
        Some(sighting) => Json(sighting).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
