//! `/files/`: files in cells, with the original's shapes.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::on,
};
use mathesar_api::ErrorCode;
use mathesar_app::{
    Ctx, Error, Result,
    files::{self, ByForm},
};
use mathesar_store::StoredFile;
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Serialize};

use super::{
    auth,
    client::Client,
    data_files::{answer, bad, file_part, pour},
    headers,
    routes::{Answer, Audience, Content, Operation, Parameter, Route, Verb, json, shape},
    state::Shared,
};

const MASH: &[Parameter] =
    &[Parameter { name: "mash", doc: "The file's mark, as the cell holds it.", shape: shape::<String> }];
const CONTENT: &[Answer] =
    &[Answer { status: 200, doc: "The file.", content: &[Content { kind: "*/*", shape: file_part }] }];

/// Taking files, and giving them in three ways. A visitor comes by a form.
pub const ROUTES: &[Route] = &[
    Route {
        operation: Operation::new(Verb::Post, "/files/", "files.upload", "Takes a file, and gives what a cell is to hold.")
            .audience(Audience::Anybody)
            .query(shape::<Parameters>)
            .body(&[Content {
                kind: "multipart/form-data",
                shape: |shapes| {
                    json_schema!({ "type": "object", "properties": { "file": file_part(shapes) }, "required": ["file"] })
                },
            }])
            .answers(&[Answer {
                status: 200,
                doc: "The file is kept.",
                content: &[json(shape::<Added<'static>>)],
            }]),
        // A file has a limit of its own, which is kept while it is spooled.
        handler: |verb| on(verb, upload).layer(DefaultBodyLimit::disable()),
    },
    Route {
        operation: Operation::new(Verb::Get, "/files/{mash}/", "files.show", "Shows a file.")
            .audience(Audience::Anybody)
            .parameters(MASH)
            .query(shape::<Parameters>)
            .answers(CONTENT),
        handler: |verb| on(verb, show),
    },
    Route {
        operation: Operation::new(Verb::Get, "/files/{mash}/download/", "files.download", "Sends a file to be saved.")
            .audience(Audience::Anybody)
            .parameters(MASH)
            .query(shape::<Parameters>)
            .answers(CONTENT),
        handler: |verb| on(verb, download),
    },
    Route {
        operation: Operation::new(Verb::Get, "/files/{mash}/thumbnail/", "files.thumbnail", "Shows a small picture of a file.")
            .audience(Audience::Anybody)
            .parameters(MASH)
            .query(shape::<Parameters>)
            .answers(&[Answer { status: 200, doc: "The picture.", content: &[Content { kind: "image/*", shape: file_part }] }]),
        handler: |verb| on(verb, thumbnail),
    },
];

/// A mark leads to the same bytes for ever; nobody but this browser may keep them.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// Browsers show a PDF by a page of their own, which a sandbox forbids.
const PDF_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// Pixels of a side of a small picture when nobody says, as in the original.
const THUMBNAIL_SIDE: u32 = 500;

/// What a cell holds.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FileCell")]
struct Cell<'f> {
    /// Where the file is kept, its name at the end.
    uri: &'f str,
    /// Its mark.
    mash: &'f str,
}

/// A file that is kept.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FileAdded")]
struct Added<'f> {
    /// What the cell is to hold.
    result: Cell<'f>,
    /// The path at which it can be had.
    download_link: String,
}

/// The form by which a visitor comes, and how large a picture shall be.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FileParameters")]
struct Parameters {
    /// The token in the link of the form.
    #[serde(default)]
    form_token: Option<String>,
    /// The key of the form's field that takes or shows the file.
    #[serde(default)]
    form_field_key: Option<String>,
    /// Pixels, at most, of a small picture; 500 when nobody says.
    #[serde(default)]
    width: Option<u32>,
    /// Pixels, at most, of a small picture; 500 when nobody says.
    #[serde(default)]
    height: Option<u32>,
}

impl Parameters {
    fn by_form(&self) -> Option<ByForm> {
        let (form_token, form_field_key) = (self.form_token.clone()?, self.form_field_key.clone()?);
        Some(ByForm { form_token, form_field_key })
    }
}

type Given = std::result::Result<Query<Parameters>, QueryRejection>;

/// Takes a file, as the part `file` of a form, and gives what a cell is to hold.
async fn upload(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    given: Given,
    request: Request,
) -> Response {
    let uploaded = async {
        let headers = request.headers().clone();
        let ctx = auth::identify(&shared, &client, &headers, None).await?;
        auth::guard_against_forgery(&shared, &client, &headers, &ctx)?;
        let file = take(&ctx, parameters(given)?.by_form().as_ref(), request).await?;
        let download_link = format!("{}/files/{}/download/", shared.base_path, file.mash);
        Ok(Json(Added { result: Cell { uri: &file.uri, mash: &file.mash }, download_link }).into_response())
    };
    answer(uploaded.await)
}

async fn take(ctx: &Ctx, by: Option<&ByForm>, request: Request) -> Result<StoredFile> {
    let sender = files::admit(ctx, by).await?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| bad(&error.body_text()))?;
    let part = form.next_field().await.map_err(|error| bad(&error.body_text()))?;
    let part = part.filter(|part| part.name() == Some("file")).ok_or_else(|| bad("its first part is not `file`"))?;
    let name = part.file_name().unwrap_or("file").to_owned();
    let spool = pour(part, sender.spool(ctx).await?).await?;
    files::add(ctx, sender, spool, &name).await
}

/// Shows a file.
async fn show(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    Path(mash): Path<String>,
    given: Given,
    headers: HeaderMap,
) -> Response {
    answer(sent(&shared, &client, &headers, &mash, given, may_be_shown).await)
}

/// Sends a file to be saved.
async fn download(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    Path(mash): Path<String>,
    given: Given,
    headers: HeaderMap,
) -> Response {
    answer(sent(&shared, &client, &headers, &mash, given, |_| false).await)
}

/// Shows a small picture of a file.
async fn thumbnail(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    Path(mash): Path<String>,
    given: Given,
    headers: HeaderMap,
) -> Response {
    let made = async {
        let given = parameters(given)?;
        let (ctx, file) = find(&shared, &client, &headers, &mash, &given).await?;
        let side = |said: Option<u32>| said.unwrap_or(THUMBNAIL_SIDE);
        let picture = files::thumbnail(&ctx, &file, side(given.width), side(given.height)).await?;
        let kind = HeaderValue::from_static(picture.media_type);
        Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, KEPT)], picture.bytes))
    };
    answer(made.await)
}

fn parameters(given: Given) -> Result<Parameters> {
    let Query(given) = given.map_err(|rejection| Error::new(ErrorCode::INVALID_PARAMS, rejection.body_text()))?;
    Ok(given)
}

async fn find(
    shared: &Shared,
    client: &Client,
    headers: &HeaderMap,
    mash: &str,
    given: &Parameters,
) -> Result<(Ctx, StoredFile)> {
    let ctx = auth::identify(shared, client, headers, None).await?;
    let file = files::get(&ctx, mash, given.by_form().as_ref()).await?;
    Ok((ctx, file))
}

/// The file itself, for the browser to show when its type is one that is `shown`.
async fn sent(
    shared: &Shared,
    client: &Client,
    headers: &HeaderMap,
    mash: &str,
    given: Given,
    shown: fn(&str) -> bool,
) -> Result<Response> {
    let (ctx, file) = find(shared, client, headers, mash, &parameters(given)?).await?;
    let body = Body::from_stream(files::read(&ctx, &file).await?);
    let mut response = body.into_response();
    let how = if shown(&file.media_type) { "inline" } else { "attachment" };
    let fields = response.headers_mut();
    let mut set = |name: HeaderName, value: String| {
        let value = HeaderValue::try_from(value).map_err(Error::internal)?;
        fields.insert(name, value);
        Ok::<_, Error>(())
    };
    set(header::CONTENT_TYPE, file.media_type.clone())?;
    set(header::CONTENT_LENGTH, file.size_bytes.to_string())?;
    set(header::CONTENT_DISPOSITION, headers::disposition(how, &file.name))?;
    fields.insert(header::CACHE_CONTROL, KEPT);
    if file.media_type == "application/pdf" {
        fields.insert(header::CONTENT_SECURITY_POLICY, PDF_POLICY);
    }
    Ok(response)
}

/// What browsers show without treating it as a page of this site; everything else is saved.
fn may_be_shown(media_type: &str) -> bool {
    let kinds = ["image/", "audio/", "video/"];
    kinds.iter().any(|kind| media_type.starts_with(kind)) || matches!(media_type, "application/pdf" | "text/plain")
}
