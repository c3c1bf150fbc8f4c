//! Whether the process lives, and whether it can do its work.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio::{sync::Mutex, time::Instant};

use super::state::Shared;

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
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `/readyz`: the internal database answers, too.
pub async fn readyz(State(shared): State<Arc<Shared>>) -> Response {
    if shared.readiness.check(&shared).await {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}
