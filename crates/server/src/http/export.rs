//! `/api/export/v0/tables/` and `/api/export/v0/explorations/`: a table or a saved exploration as a CSV file, streamed from
//! PostgreSQL to the client.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::on,
};
use mathesar_api::{
    ErrorCode, Method as _, MethodInfo,
    methods::{explorations::ExplorationsRun, records::RecordsList},
};
use mathesar_app::{
    Ctx, Error, Result, access,
    export::{self, Download, ExplorationExport, TableExport},
};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    auth,
    client::Client,
    failure, headers,
    routes::{Answer, Content, Operation, Route, TEXT, Verb, shape},
    state::Shared,
};

const CSV: &[Answer] =
    &[Answer { status: 200, doc: "A CSV file.", content: &[Content { kind: "text/csv", shape: TEXT.shape }] }];

/// Tables and explorations.
pub const ROUTES: &[Route] = &[
    Route {
        operation: Operation::new(
            Verb::Get,
            "/api/export/v0/tables/",
            "export.table",
            "Sends a table, filtered and sorted, as a file.",
        )
        .query(shape::<TableParameters>)
        .answers(CSV),
        handler: |verb| on(verb, table),
    },
    Route {
        operation: Operation::new(
            Verb::Get,
            "/api/export/v0/explorations/",
            "export.exploration",
            "Sends a saved exploration as a file.",
        )
        .query(shape::<ExplorationParameters>)
        .answers(CSV),
        handler: |verb| on(verb, exploration),
    },
];

/// What of which table; `filter`, `order` and `columns` are JSON as in `records.list`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TableExport")]
struct TableParameters {
    /// The database.
    database_id: i64,
    /// The table.
    table_oid: u32,
    /// Which rows: JSON as in `records.list`.
    #[serde(default)]
    filter: Option<String>,
    /// In which order: JSON as in `records.list`.
    #[serde(default)]
    order: Option<String>,
    /// Which columns: JSON as in `records.list`.
    #[serde(default)]
    columns: Option<String>,
}

/// What of which saved exploration.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExplorationExport")]
struct ExplorationParameters {
    /// The database.
    database_id: i64,
    /// The exploration.
    exploration_id: i64,
    /// Rows, at most.
    #[serde(default)]
    limit: Option<u32>,
    /// Rows that are left out before.
    #[serde(default)]
    offset: u64,
}

type Given<T> = std::result::Result<Query<T>, QueryRejection>;

/// Sends a table, filtered and sorted, as a file.
async fn table(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    parameters: Given<TableParameters>,
    headers: HeaderMap,
) -> Response {
    answer(async {
        let Query(given) = parameters.map_err(misfit)?;
        // Whoever may list the rows may have them as a file.
        let ctx = admitted(&shared, &client, &headers, RecordsList::INFO, given.database_id).await?;
        let export = TableExport {
            database_id: given.database_id,
            table_oid: given.table_oid,
            filter: parse("filter", given.filter.as_deref())?,
            order: parse("order", given.order.as_deref())?.unwrap_or_default(),
            columns: parse("columns", given.columns.as_deref())?,
        };
        export::table_csv(&ctx, export).await
    })
    .await
}

/// Sends a saved exploration as a file.
async fn exploration(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    parameters: Given<ExplorationParameters>,
    headers: HeaderMap,
) -> Response {
    answer(async {
        let Query(given) = parameters.map_err(misfit)?;
        let ExplorationParameters { database_id, exploration_id, limit, offset } = given;
        let ctx = admitted(&shared, &client, &headers, ExplorationsRun::INFO, database_id).await?;
        export::exploration_csv(&ctx, ExplorationExport { database_id, exploration_id, limit, offset }).await
    })
    .await
}

/// The context of a caller who may call `method`.
async fn admitted(
    shared: &Shared,
    client: &Client,
    headers: &HeaderMap,
    method: &MethodInfo,
    database_id: i64,
) -> Result<Ctx> {
    let ctx = auth::identify(shared, client, headers, Some(database_id)).await?;
    access::authorize(&ctx, method, Some(database_id)).await
}

async fn answer(begun: impl Future<Output = Result<Download>>) -> Response {
    match begun.await {
        Ok(download) => file(download),
        Err(error) => {
            failure::log(&error);
            failure::response(&error)
        }
    }
}

fn misfit(rejection: QueryRejection) -> Error {
    Error::new(ErrorCode::INVALID_PARAMS, rejection.body_text())
}

fn parse<T: DeserializeOwned>(name: &str, text: Option<&str>) -> Result<Option<T>> {
    text.map(serde_json::from_str)
        .transpose()
        .map_err(|error| Error::new(ErrorCode::INVALID_PARAMS, format!("{name}: {error}.")))
}

/// An error in the middle breaks the connection off, so that the client sees that the file is not whole.
fn file(download: Download) -> Response {
    let disposition = HeaderValue::try_from(headers::disposition("attachment", &download.file_name))
        .unwrap_or(HeaderValue::from_static("attachment; filename=\"table.csv\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from_stream(download.body)).into_response()
}
