//! `/licenses`: what the executable carries, and under which licences. For anybody, as licences want it.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::on,
};

use super::{
    page,
    routes::{Answer, Audience, Operation, PAGE, Route, Verb},
};
use crate::licences::{Licences, Text};

/// The one address.
pub const ROUTES: &[Route] = &[Route {
    operation: Operation::new(Verb::Get, "/licenses", "licenses", "Shows the licences of everything that is carried.")
        .audience(Audience::Anybody)
        .answers(&[Answer { status: 200, doc: "The page.", content: &[PAGE] }])
        .failure(&[PAGE]),
    handler: |verb| on(verb, list),
}];

/// The page.
async fn list() -> Response {
    match tokio::task::spawn_blocking(|| Licences::read().map(|licences| body(&licences))).await {
        Ok(Ok(body)) => page::html("Licences", &body).into_response(),
        Ok(Err(error)) => {
            let body = format!("<h1>Licences</h1><p>{}</p>", page::escape(&error.to_string()));
            (StatusCode::NOT_FOUND, page::html("Licences", &body)).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn body(licences: &Licences) -> String {
    let mut body =
        "<h1>Licences</h1><p>Mathesar is under the Apache License 2.0. It carries these works of others, with thanks:\
                    </p>"
            .to_owned();
    for Text { text, of } in licences.texts() {
        let names: Vec<_> = of.iter().map(|part| format!("{} {}", part.name, part.version)).collect();
        let licence = of.first().map(|part| part.licence.as_str()).unwrap_or_default();
        body.push_str(&format!(
            "<details><summary>{} <small>({})</small></summary><pre style=\"white-space: pre-wrap; overflow-wrap: anywhere\">{}</pre></details>",
            page::escape(&names.join(", ")),
            page::escape(licence),
            page::escape(text)
        ));
    }
    body
}
