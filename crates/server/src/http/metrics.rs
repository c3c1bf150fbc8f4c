//! Metrics for Prometheus, on an address of their own and only for who has the token.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::on,
};
use mathesar_app::App;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::{
    routes::{Answer, Audience, Operation, PAGE, Route, TEXT, Verb, router_of},
    serve::HttpService,
};

/// The one address.
pub const ROUTE: &Route<Arc<Exporter>> = &Route {
    operation: Operation::new(Verb::Get, "/metrics", "metrics", "Gives the metrics to Prometheus.")
        .audience(Audience::Monitoring)
        .answers(&[
            Answer { status: 200, doc: "The metrics.", content: &[TEXT] },
            Answer { status: 401, doc: "The token is missing or wrong.", content: &[] },
        ])
        .failure(&[PAGE]),
    handler: |verb| on(verb, render),
};

/// What the answer is made of.
pub struct Exporter {
    handle: PrometheusHandle,
    token: SecretString,
    app: Arc<App>,
}

/// Begins to count, and gives what answers `/metrics`.
///
/// # Errors
/// When something else counts already.
pub fn service(app: Arc<App>, token: SecretString) -> anyhow::Result<impl HttpService> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    let exporter = Arc::new(Exporter { handle, token, app });
    Ok(router_of([ROUTE].into_iter()).with_state(exporter))
}

async fn render(State(exporter): State<Arc<Exporter>>, headers: HeaderMap) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let right = given.is_some_and(|given| given.as_bytes().ct_eq(exporter.token.expose_secret().as_bytes()).into());
    if !right {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    let open = u32::try_from(exporter.app.pools.open_connections()).unwrap_or(u32::MAX);
    metrics::gauge!("mathesar_user_database_connections").set(open);
    exporter.handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], exporter.handle.render()).into_response()
}
