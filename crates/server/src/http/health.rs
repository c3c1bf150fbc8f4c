//! Whether the process lives, and whether it can do its work.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::on,
};
use tokio::{sync::Mutex, time::Instant};

use super::{
    routes::{Answer, Audience, Operation, Route, TEXT, Verb},
    state::Shared,
};

/// Both questions.
pub const ROUTES: &[Route] = &[
    Route {
        operation: Operation::new(Verb::Get, "/healthz", "health.healthz", "Says whether the process answers.")
            .audience(Audience::Anybody)
            .answers(&[Answer { status: 200, doc: "It does.", content: &[TEXT] }]),
        handler: |verb| on(verb, healthz),
    },
    Route {
        operation: Operation::new(Verb::Get, "/readyz", "health.readyz", "Says whether the process can do its work.")
            .audience(Audience::Anybody)
            .answers(&[
                Answer { status: 200, doc: "It can.", content: &[TEXT] },
                Answer { status: 503, doc: "The internal database does not answer.", content: &[TEXT] },
            ]),
        handler: |verb| on(verb, readyz),
    },
];

/// How long an answer of `/readyz` is good, so that asking often costs nothing.
const FRESH: Duration = Duration::from_secs(2);

/// The last answer of `/readyz`.
#[derive(Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    async fn check(&self, shared: &Shared) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, ready)) = *last
            && at.elapsed() < FRESH
        {
            return ready;
        }
        let ready = match tokio::time::timeout(FRESH, shared.app.store.ping()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready");
                false
            }
            Err(_) => {
                tracing::warn!("not ready: the internal database is slow to answer");
                false
            }
        };
        *last = Some((Instant::now(), ready));
        ready
    }
}

/// `/healthz`: the process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// `/readyz`: the internal database answers, too.
async fn readyz(State(shared): State<Arc<Shared>>) -> Response {
    if shared.readiness.check(&shared).await {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}
