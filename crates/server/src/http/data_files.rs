//! `/api/db/v0/data_files/`: files on their way into a table, with the original's shapes.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{
        DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State, multipart::Field, rejection::PathRejection,
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::on,
};
use mathesar_api::{
    ErrorCode, Method as _,
    methods::imports::{Dialect, ImportsPreview},
};
use mathesar_app::{Ctx, Error, Result, access, import, limits, spool::Spool};
use mathesar_store::DataFile;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{
    auth,
    client::Client,
    failure,
    routes::{Answer, Content, Operation, Parameter, Route, Verb, json, shape},
    state::Shared,
};

const PATH: &str = "/api/db/v0/data_files/";
const PATH_OF_ONE: &str = "/api/db/v0/data_files/{id}/";
const ID: &[Parameter] = &[Parameter { name: "id", doc: "The file's number.", shape: shape::<i64> }];
const FILE: &[Answer] = &[Answer { status: 200, doc: "The file.", content: &[json(shape::<Described>)] }];

/// Listing, describing, changing, uploading.
pub const ROUTES: &[Route] = &[
    Route {
        operation: Operation::new(Verb::Get, PATH, "data_files.list", "Lists the caller's files, the newest first.")
            .answers(&[Answer { status: 200, doc: "The files.", content: &[json(shape::<Listed>)] }]),
        handler: |verb| on(verb, list),
    },
    Route {
        operation: Operation::new(
            Verb::Post,
            PATH,
            "data_files.upload",
            "Takes a file or a pasted text, from which `imports.preview` and `imports.load` make a table.",
        )
        .body(&[Content { kind: "multipart/form-data", shape: form }, json(shape::<Told>)])
        .answers(&[Answer {
            status: 201,
            doc: "The file as it was found to be.",
            content: &[json(shape::<Described>)],
        }]),
        // A file has a limit of its own, which is kept while it is spooled.
        handler: |verb| on(verb, upload).layer(DefaultBodyLimit::disable()),
    },
    Route {
        operation: Operation::new(Verb::Get, PATH_OF_ONE, "data_files.get", "Describes one of the caller's files.")
            .parameters(ID)
            .answers(FILE),
        handler: |verb| on(verb, get),
    },
    Route {
        operation: Operation::new(
            Verb::Patch,
            PATH_OF_ONE,
            "data_files.patch",
            "Changes whether the first row of a file holds the names.",
        )
        .parameters(ID)
        .body(&[json(shape::<Change>)])
        .answers(FILE),
        handler: |verb| on(verb, patch),
    },
];

/// What a pasted text is called; a table that is made of it is called so, too.
const PASTED: &str = "Pasted";

/// A file, as the original describes it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DataFile")]
struct Described {
    /// Its number.
    id: i64,
    /// Its name; the original has an address here under which anybody could read the file.
    file: String,
    /// Whose it is.
    user: i64,
    /// Whether its first row holds the names of the columns.
    header: Option<bool>,
    /// What stands between two fields.
    delimiter: Option<String>,
    /// What stands around a field.
    quotechar: Option<String>,
    /// Always null: a quote within quotes is doubled.
    escapechar: Option<String>,
    /// `file` or `paste`.
    created_from: &'static str,
    /// Always 0.
    max_level: u8,
    /// Always 0.
    sheet_index: u8,
    /// Bytes. Ours.
    size: i64,
}

/// The caller's files.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DataFiles")]
struct Listed {
    /// How many.
    count: usize,
    /// They themselves.
    results: Vec<Described>,
}

/// How the sender says that the file is cut; what is absent is found out.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PastedText")]
struct Told {
    /// The text itself.
    #[serde(default)]
    paste: Option<String>,
    /// Whether the first row holds the names of the columns.
    #[serde(default)]
    header: Option<bool>,
    /// What stands between two fields.
    #[serde(default)]
    delimiter: Option<String>,
    /// What stands around a field.
    #[serde(default)]
    quotechar: Option<String>,
    /// Nothing or `"`: a quote within quotes can only be doubled.
    #[serde(default)]
    escapechar: Option<String>,
}

/// What can be changed about a file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DataFileChange")]
struct Change {
    /// Whether its first row holds the names of the columns.
    header: bool,
}

/// A part of a form that is a file.
pub(super) fn file_part(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "binary" })
}

/// A form with a file or a pasted text.
fn form(shapes: &mut SchemaGenerator) -> Schema {
    let text = shape::<String>(shapes);
    json_schema!({
        "type": "object",
        "properties": {
            "file": file_part(shapes),
            "paste": text,
            "header": { "enum": ["true", "false"] },
            "delimiter": text,
            "quotechar": text,
            "escapechar": { "enum": ["", "\""] },
        },
        "additionalProperties": false,
        "oneOf": [{ "required": ["file"] }, { "required": ["paste"] }],
    })
}

/// Lists the caller's files, the newest first.
async fn list(State(shared): State<Arc<Shared>>, Extension(client): Extension<Client>, headers: HeaderMap) -> Response {
    let listed = async {
        let ctx = caller(&shared, &client, &headers).await?;
        let files = ctx.app.store.data_files().list(ctx.signed_in()?.user_id).await?;
        let results = files.into_iter().map(describe).collect::<Result<Vec<_>>>()?;
        Ok(Json(Listed { count: results.len(), results }))
    };
    answer(listed.await)
}

/// Describes one of the caller's files.
async fn get(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    id: Given,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let ctx = caller(&shared, &client, &headers).await?;
        describe(own(&ctx, id).await?).map(Json)
    };
    answer(found.await)
}

/// Changes whether the first row of a file holds the names.
async fn patch(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    id: Given,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    let changed = async {
        let ctx = caller(&shared, &client, &headers).await?;
        auth::guard_against_forgery(&shared, &client, &headers, &ctx)?;
        access::authorize_upload(&ctx)?;
        let change: Change = serde_json::from_slice(&body).map_err(|error| {
            Error::new(ErrorCode::INVALID_PARAMS, format!("Only `header` can be changed: {error}."))
        })?;
        let told = Told { header: Some(change.header), ..Told::default() };
        let file = own(&ctx, id).await?;
        describe(tell(&ctx, file, told).await?).map(Json)
    };
    answer(changed.await)
}

/// Takes a file or a pasted text, as a form or, for a pasted text, as JSON.
async fn upload(State(shared): State<Arc<Shared>>, Extension(client): Extension<Client>, request: Request) -> Response {
    let uploaded = async {
        let headers = request.headers().clone();
        let ctx = caller(&shared, &client, &headers).await?;
        auth::guard_against_forgery(&shared, &client, &headers, &ctx)?;
        access::authorize_upload(&ctx)?;
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let file = if kind.starts_with("multipart/form-data") {
            from_form(&ctx, request).await?
        } else {
            from_json(&ctx, request).await?
        };
        Ok((StatusCode::CREATED, Json(describe(file)?)))
    };
    answer(uploaded.await)
}

type Given = std::result::Result<Path<i64>, PathRejection>;

/// The caller's own file with this number.
async fn own(ctx: &Ctx, id: Given) -> Result<DataFile> {
    let Path(id) = id.map_err(|rejection| Error::new(ErrorCode::INVALID_PARAMS, rejection.body_text()))?;
    Ok(ctx.app.store.data_files().get(ctx.signed_in()?.user_id, id).await?)
}

/// Every caller who may preview a file may have files.
async fn caller(shared: &Shared, client: &Client, headers: &HeaderMap) -> Result<Ctx> {
    let ctx = auth::identify(shared, client, headers, None).await?;
    access::authorize(&ctx, ImportsPreview::INFO, None).await?;
    Ok(ctx)
}

/// The answer, or the error with its status.
pub(super) fn answer(result: Result<impl IntoResponse>) -> Response {
    match result {
        Ok(answer) => answer.into_response(),
        Err(error) => {
            failure::log(&error);
            failure::response(&error)
        }
    }
}

async fn from_json(ctx: &Ctx, request: Request) -> Result<DataFile> {
    let body = axum::body::to_bytes(request.into_body(), limits::CALL_BYTES).await.map_err(|_| {
        Error::limit(format!("A pasted text may have {} MiB. Send it as a file.", limits::CALL_BYTES >> 20))
    })?;
    let told: Told = serde_json::from_slice(&body).map_err(|error| bad(&error.to_string()))?;
    let text = told.paste.as_deref().ok_or_else(|| bad("neither a file nor a pasted text was sent"))?;
    let mut upload = import::spool(ctx).await?;
    upload.write(text.as_bytes()).await?;
    let file = import::enter(ctx, upload, PASTED).await?;
    tell(ctx, file, told).await
}

/// Fields may come in any order; the file goes to the disk as it arrives.
async fn from_form(ctx: &Ctx, request: Request) -> Result<DataFile> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| bad(&error.body_text()))?;
    let mut upload: Option<(Spool, String)> = None;
    let mut told = Told::default();
    while let Some(field) = form.next_field().await.map_err(|error| bad(&error.body_text()))? {
        match field.name().unwrap_or_default().to_owned().as_str() {
            "file" | "paste" if upload.is_some() => return Err(bad("there is more than one file or pasted text")),
            "file" => {
                let name = field.file_name().unwrap_or("file").to_owned();
                upload = Some((pour(field, import::spool(ctx).await?).await?, name));
            }
            "paste" => upload = Some((pour(field, import::spool(ctx).await?).await?, PASTED.to_owned())),
            "header" => told.header = Some(text(field).await? == "true"),
            "delimiter" => told.delimiter = Some(text(field).await?),
            "quotechar" => told.quotechar = Some(text(field).await?),
            "escapechar" => told.escapechar = Some(text(field).await?),
            other => {
                return Err(bad(&format!(
                    "there is no field {other:?}; expected file, paste, header, delimiter, quotechar, escapechar"
                )));
            }
        }
    }
    let (upload, name) = upload.ok_or_else(|| bad("neither a file nor a pasted text was sent"))?;
    let file = import::enter(ctx, upload, &name).await?;
    tell(ctx, file, told).await
}

/// Writes a part of a form to the disk.
///
/// # Errors
/// Those of [`Spool`]; `BadFile` when the form breaks off.
pub(super) async fn pour(mut field: Field<'_>, mut spool: Spool) -> Result<Spool> {
    let written = write(&mut field, &mut spool).await;
    if written.is_err() {
        discard(field).await;
    }
    written.map(|()| spool)
}

async fn write(field: &mut Field<'_>, spool: &mut Spool) -> Result<()> {
    while let Some(chunk) = field.chunk().await.map_err(|error| bad(&error.body_text()))? {
        spool.write(&chunk).await?;
    }
    Ok(())
}

/// Reads on to the end: a browser that is still sending when it is answered reports a broken connection and not the answer.
async fn discard(mut field: Field<'_>) {
    let mut left = limits::UPLOAD_BYTES;
    while let Ok(Some(chunk)) = field.chunk().await {
        left = left.saturating_sub(chunk.len() as u64);
        if left == 0 {
            return;
        }
    }
}

/// A part of a form as text.
///
/// # Errors
/// `BadFile` when the form breaks off.
pub(super) async fn text(field: Field<'_>) -> Result<String> {
    field.text().await.map_err(|error| bad(&error.body_text()))
}

/// Keeps with the file what its sender knows about it.
async fn tell(ctx: &Ctx, file: DataFile, told: Told) -> Result<DataFile> {
    if told.escapechar.as_deref().is_some_and(|escape| !matches!(escape, "" | "\"")) {
        return Err(bad("a quote within quotes can only be doubled; leave `escapechar` out"));
    }
    if told.header.is_none() && told.delimiter.is_none() && told.quotechar.is_none() {
        return Ok(file);
    }
    let found = dialect(&file)?;
    let dialect = Dialect {
        encoding: found.encoding,
        delimiter: told.delimiter.or(found.delimiter),
        quote: told.quotechar.or(found.quote),
        header: told.header.or(found.header),
    };
    let stored = serde_json::to_value(dialect).map_err(Error::internal)?;
    Ok(ctx.app.store.data_files().set_dialect(file.user_id, file.id, stored).await?)
}

fn dialect(file: &DataFile) -> Result<Dialect> {
    serde_json::from_value(file.dialect.clone()).map_err(Error::internal)
}

fn describe(file: DataFile) -> Result<Described> {
    let dialect = dialect(&file)?;
    Ok(Described {
        id: file.id,
        created_from: if file.name == PASTED { "paste" } else { "file" },
        file: file.name,
        user: file.user_id,
        header: dialect.header,
        delimiter: dialect.delimiter,
        quotechar: dialect.quote,
        escapechar: None,
        max_level: 0,
        sheet_index: 0,
        size: file.size_bytes,
    })
}

/// The error for a form that is none.
pub(super) fn bad(why: &str) -> Error {
    Error::new(ErrorCode::BAD_FILE, format!("The upload cannot be taken: {why}."))
}
