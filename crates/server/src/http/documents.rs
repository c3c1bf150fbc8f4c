//! What describes the API to programs, for anybody.

use std::sync::{Arc, LazyLock, OnceLock};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::on,
};
use schemars::json_schema;

use super::{
    routes::{Answer, Audience, Operation, Route, Verb, json},
    state::Shared,
};
use crate::codegen;

const DOCUMENT: &[Answer] =
    &[Answer { status: 200, doc: "The document.", content: &[json(|_| json_schema!({ "type": "object" }))] }];

/// Both documents.
pub const ROUTES: &[Route] = &[
    Route {
        operation: Operation::new(
            Verb::Get,
            "/api/openrpc.json",
            "documents.openrpc",
            "Describes the methods in OpenRPC.",
        )
        .audience(Audience::Anybody)
        .answers(DOCUMENT),
        handler: |verb| on(verb, openrpc),
    },
    Route {
        operation: Operation::new(
            Verb::Get,
            "/api/openapi.json",
            "documents.openapi",
            "Describes every address in OpenAPI.",
        )
        .audience(Audience::Anybody)
        .answers(DOCUMENT),
        handler: |verb| on(verb, openapi),
    },
];

async fn openrpc() -> Response {
    static DOCUMENT: LazyLock<String> = LazyLock::new(codegen::openrpc);
    document(&DOCUMENT)
}

async fn openapi(State(shared): State<Arc<Shared>>) -> Response {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    // A process has one base path from its beginning to its end.
    document(DOCUMENT.get_or_init(|| codegen::openapi(&shared.base_path)))
}

fn document(document: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document).into_response()
}
