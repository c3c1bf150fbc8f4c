//! HTTP: routes, and what stands before and after each of them.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Uri},
    middleware::{self, Next},
    response::Response,
};
use mathesar_app::limits;
use tower::{Layer, ServiceBuilder};
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::RequestBodyTimeoutLayer,
};
use tracing::Instrument as _;

pub mod assets;
pub mod auth;
mod bulk_insert;
pub mod client;
pub mod confirmed;
mod data_files;
mod documentation;
mod documents;
mod export;
mod failure;
mod files;
mod headers;
pub mod health;
pub mod hosts;
mod licenses;
mod login;
pub mod metrics;
pub mod openapi;
mod page;
mod plain_http;
pub mod routes;
mod rpc;
pub mod serve;
pub mod sightings;
pub mod state;
mod system;
pub mod tls;

use client::Client;
use state::Shared;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every route, and the gate before them.
pub fn service(shared: Arc<Shared>) -> impl serve::HttpService {
    let api = routes::router()
        .layer(
            ServiceBuilder::new()
                .layer(CatchPanicLayer::custom(failure::panicked))
                .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
                .layer(RequestBodyTimeoutLayer::new(limits::BODY_PAUSE)),
        )
        .with_state(shared.clone());
    // Around the router, not in it, because the path is changed before a route is chosen.
    middleware::from_fn_with_state(shared, gate).layer(api)
}

/// Stands before every route: who asks, under which name, below which path; and marks what goes out.
async fn gate(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let unknown = serve::Peer { address: SocketAddr::from(([0, 0, 0, 0], 0)), encrypted: false };
    let peer = request.extensions().get().copied().unwrap_or(unknown);
    let network = shared.network();
    let client = Client::of(peer, request.headers(), &network.trusted_proxies, shared.external.as_ref());
    let believed = client::is_trusted(peer.address.ip().to_canonical(), &network.trusted_proxies);
    shared.sightings.note(peer, &client, believed, request.headers());
    let id = random_hex(&shared);
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    // A browser remembers it for the name, and other programs of this machine have the name localhost, too.
    let only_https = client.https && client.host_name() != "localhost";
    let answer = async {
        let is_probe = is_probe(request.uri().path());
        strip_base(&mut request, &shared.base_path);
        if is_probe || confirmed::is_allowed(&shared, &network.hosts, &client.host).await {
            request.extensions_mut().insert(client);
            next.run(request).await
        } else {
            let path = request.uri().path().to_owned();
            confirmed::refuse(&shared, &network.hosts, &client, &path, request).await
        }
    };
    let mut response = answer.instrument(span).await;
    headers::protect(response.headers_mut(), only_https);
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Probes of an orchestrator may come under any name and learn nothing.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}

fn random_hex(shared: &Shared) -> String {
    let mut bytes = [0; 8];
    shared.app.random.fill(&mut bytes);
    hex::encode(bytes)
}

/// Takes the base path away where it is there: a proxy in front may have taken it away already.
fn strip_base(request: &mut Request, base: &str) {
    let path = request.uri().path();
    let Some(rest) = path.strip_prefix(base).filter(|_| !base.is_empty()) else { return };
    if !rest.is_empty() && !rest.starts_with('/') {
        return;
    }
    let rest = if rest.is_empty() { "/" } else { rest };
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(uri) = Uri::try_from(format!("{rest}{query}")) {
        *request.uri_mut() = uri;
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn the_base_path_is_taken_away_once_and_whole() {
        let stripped = |path: &str, base: &str| {
            let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
            strip_base(&mut request, base);
            request.uri().to_string()
        };
        assert_eq!(stripped("/t/api/x?y=1", "/t"), "/api/x?y=1");
        assert_eq!(stripped("/t", "/t"), "/");
        assert_eq!(stripped("/tables", "/t"), "/tables");
        assert_eq!(stripped("/api/x", "/t"), "/api/x");
        assert_eq!(stripped("/t/t/x", "/t"), "/t/x");
        assert_eq!(stripped("/api", ""), "/api");
    }
}
