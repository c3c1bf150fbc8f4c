//! `/bulk_insert/`: the rows of a file join those of a table in one request, with the original's shapes.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State},
    response::Response,
    routing::on,
};
use mathesar_api::{ErrorCode, Method as _, methods::imports::ImportsAppend};
use mathesar_app::{
    Ctx, Error, Result, access,
    import::{self, BulkInsert},
    spool::Spool,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{
    auth,
    client::Client,
    data_files::{answer, bad, file_part, pour, text},
    routes::{Answer, Content, Operation, Route, Verb, json, shape},
    state::Shared,
};

/// The one address.
pub const ROUTES: &[Route] = &[Route {
    operation: Operation::new(
        Verb::Post,
        "/bulk_insert/",
        "bulk_insert",
        "Adds the rows of a file to those of a table.",
    )
    .body(&[Content { kind: "multipart/form-data", shape: form }])
    .answers(&[Answer { status: 200, doc: "All rows are there.", content: &[json(shape::<Inserted>)] }]),
    // A file has a limit of its own, which is kept while it is spooled.
    handler: |verb| on(verb, insert).layer(DefaultBodyLimit::disable()),
}];

/// What has to be sent.
fn form(shapes: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "file": file_part(shapes),
            "database_id": shape::<i64>(shapes),
            "target_table_oid": shape::<u32>(shapes),
            "mappings": {
                "type": "string",
                "description": "Which column of the file goes into which of the table, as JSON: \
                    `[{\"csv_column\": {\"index\": 0, \"name\": \"Name\"}, \"table_column\": 2}]`.",
                "contentMediaType": "application/json",
            },
            "header": { "enum": ["true", "false"] },
        },
        "required": ["file", "database_id", "target_table_oid", "mappings"],
        "additionalProperties": false,
    })
}

/// Which column of the file goes where.
#[derive(Deserialize)]
struct Mapping {
    csv_column: CsvColumn,
    /// Attribute number; null for a column of the file that is left out.
    table_column: Option<i16>,
}

/// A column of the file. Its name comes along and decides nothing.
#[derive(Deserialize)]
struct CsvColumn {
    index: usize,
}

/// What became of a file.
#[derive(Serialize, JsonSchema)]
struct Inserted {
    /// How many rows it had.
    inserted_rows: u64,
}

/// What the form holds, in whatever order it came.
#[derive(Default)]
struct Form {
    file: Option<(Spool, String)>,
    database_id: Option<i64>,
    table_oid: Option<u32>,
    mappings: Option<Vec<Mapping>>,
    header: Option<bool>,
}

/// Takes a file and where its columns go.
async fn insert(State(shared): State<Arc<Shared>>, Extension(client): Extension<Client>, request: Request) -> Response {
    let inserted = async {
        let headers = request.headers().clone();
        let ctx = auth::identify(&shared, &client, &headers, None).await?;
        auth::guard_against_forgery(&shared, &client, &headers, &ctx)?;
        access::authorize_upload(&ctx)?;
        let form = Form::read(&ctx, request).await?;
        let database_id = form.database_id.ok_or_else(|| missing("database_id"))?;
        // Whoever may queue the same as a job may have it at once.
        let ctx = access::authorize(&ctx, ImportsAppend::INFO, Some(database_id)).await?;
        let (upload, name) = form.file.ok_or_else(|| missing("file"))?;
        let mappings = form.mappings.ok_or_else(|| missing("mappings"))?;
        let wanted = BulkInsert {
            database_id,
            table_oid: form.table_oid.ok_or_else(|| missing("target_table_oid"))?,
            columns: mappings.iter().filter_map(|one| Some((one.csv_column.index, one.table_column?))).collect(),
            header: form.header,
        };
        let inserted_rows = import::bulk_insert(&ctx, upload, &name, wanted).await?;
        Ok(Json(Inserted { inserted_rows }))
    };
    answer(inserted.await)
}

impl Form {
    async fn read(ctx: &Ctx, request: Request) -> Result<Self> {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|error| bad(&error.body_text()))?;
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|error| bad(&error.body_text()))? {
            match part.name().unwrap_or_default().to_owned().as_str() {
                "file" if form.file.is_some() => return Err(bad("there is more than one file")),
                "file" => {
                    let name = part.file_name().unwrap_or("file").to_owned();
                    form.file = Some((pour(part, import::spool(ctx).await?).await?, name));
                }
                "database_id" => form.database_id = Some(number("database_id", &text(part).await?)?),
                "target_table_oid" => form.table_oid = Some(number("target_table_oid", &text(part).await?)?),
                "mappings" => form.mappings = Some(mappings(&text(part).await?)?),
                "header" => form.header = Some(text(part).await? == "true"),
                other => {
                    return Err(bad(&format!(
                        "there is no field {other:?}; expected file, database_id, target_table_oid, mappings, header"
                    )));
                }
            }
        }
        Ok(form)
    }
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T> {
    let wrong = |_| Error::new(ErrorCode::INVALID_PARAMS, format!("{name}: {text:?} is no number of that kind."));
    text.trim().parse().map_err(wrong)
}

fn mappings(text: &str) -> Result<Vec<Mapping>> {
    serde_json::from_str(text).map_err(|error| {
        let example = r#"[{"csv_column": {"index": 0, "name": "Name"}, "table_column": 2}]"#;
        Error::new(ErrorCode::INVALID_PARAMS, format!("mappings: {error}. It is written like {example}."))
    })
}

fn missing(name: &str) -> Error {
    Error::new(ErrorCode::INVALID_PARAMS, format!("The field `{name}` is missing."))
}
