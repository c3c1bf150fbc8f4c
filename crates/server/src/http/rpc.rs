//! `/api/rpc/v0/`: JSON-RPC 2.0 with batches, and the plain form `/api/rpc/v0/<method>`.

use std::{sync::Arc, time::Instant};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::on,
};
use futures_util::{StreamExt as _, stream};
use mathesar_api::{Effect, ErrorCode, Json, error::RpcError, rpc};
use mathesar_app::{Ctx, Error, Result, limits};
use schemars::json_schema;
use serde_json::value::RawValue;

use super::{
    auth,
    client::Client,
    failure, openapi,
    routes::{Answer, Audience, Operation, PAGE, Parameter, Route, Verb, json, shape},
    state::Shared,
    system,
};
use crate::dispatch::{self, Handler, Params, Reply, SessionChange};

/// Reads of one batch that run at the same time.
const READS_AT_ONCE: usize = 4;
/// The body types that mean JSON, as in the original. None of them can be sent by a form of another site.
const JSON_TYPES: [&str; 3] = ["application/json", "application/json-rpc", "application/jsonrequest"];

/// Where JSON-RPC answers, and below it each method by its name.
pub const PATH: &str = "/api/rpc/v0/";

/// JSON-RPC and the plain form. Whom a call lets in depends on the method.
pub const ROUTES: &[Route] = &[
    Route {
        operation: Operation::new(Verb::Post, PATH, "rpc.call", "Answers calls of JSON-RPC 2.0, one or a batch.")
            .audience(Audience::Anybody)
            .body(&[json(openapi::calls)])
            .answers(&[
                Answer {
                    status: 200,
                    doc: "A result or an error for each call; also an error when name and password are wrong.",
                    content: &[json(openapi::rpc_answers)],
                },
                Answer { status: 204, doc: "There were only notifications.", content: &[] },
            ])
            .failure(&[json(openapi::rpc_answer), PAGE]),
        handler: |verb| on(verb, json_rpc),
    },
    Route {
        operation: Operation::new(
            Verb::Post,
            "/api/rpc/v0/{method}",
            "rpc.method",
            "Answers one call of a method. The addresses of all methods are listed, too.",
        )
        .audience(Audience::Anybody)
        .parameters(&[Parameter { name: "method", doc: "The method's name.", shape: shape::<String> }])
        .body(&[json(|_| json_schema!({ "type": "object" }))])
        .answers(&[Answer { status: 200, doc: "The result.", content: &[json(shape::<Json>)] }]),
        handler: |verb| on(verb, plain),
    },
];

/// Answers a JSON-RPC call or batch.
async fn json_rpc(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let body = match read(&headers, body).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_rpc(),
    };
    let sent = Sent::read(&body);
    let database_id = sent.as_ref().ok().and_then(Sent::database_id);
    let ctx = match admit(&shared, &client, &headers, database_id).await {
        Ok(ctx) => ctx,
        Err(refusal) => return refusal.of_calls(sent.as_ref().ok()),
    };
    let mut changes = Vec::new();
    let answer = match sent {
        Err(error) => Some(failed(None, &error.to_rpc())),
        Ok(Sent::Batch(calls)) => batch(&ctx, &calls, &mut changes).await,
        Ok(Sent::One(call)) => {
            let (answer, change) = call.answer(&ctx).await;
            changes.push(change);
            answer
        }
    };
    let mut response = match answer {
        Some(answer) => json_answer(StatusCode::OK, answer),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    for change in &changes {
        auth::set_session(&shared, &client, change, response.headers_mut());
    }
    response
}

/// Answers the plain form of a call: the parameters are the body, the result is the answer's body.
async fn plain(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let body = match read(&headers, body).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    let text = std::str::from_utf8(&body).map(str::trim);
    let params = text.map(|text| Params::new(if text.is_empty() { "{}" } else { text }));
    let database_id = params.ok().and_then(|params| params.database_id);
    let ctx = match admit(&shared, &client, &headers, database_id).await {
        Ok(ctx) => ctx,
        Err(refusal) => return refusal.into_response(),
    };
    let Ok(params) = params else {
        return failure::response(&Error::new(ErrorCode::PARSE_ERROR, "The body is not UTF-8."));
    };
    match call(&ctx, &method, params).await {
        Ok(reply) => {
            let mut response = json_answer(StatusCode::OK, reply.body);
            auth::set_session(&shared, &client, &reply.session, response.headers_mut());
            response
        }
        Err(error) => failure::response(&error),
    }
}

/// Why a request is not looked into.
struct Refusal {
    status: StatusCode,
    error: Error,
}

impl Refusal {
    /// As a JSON-RPC answer to no call in particular.
    fn into_rpc(self) -> Response {
        json_answer(self.status, failed(None, &self.error.to_rpc()))
    }

    /// As a JSON-RPC answer to calls that were sent: to each of them, as in the original, where credentials have failed.
    fn of_calls(self, sent: Option<&Sent>) -> Response {
        match sent.filter(|_| self.status == StatusCode::UNAUTHORIZED) {
            Some(sent) => sent
                .refused(&self.error)
                .map_or_else(|| StatusCode::NO_CONTENT.into_response(), |answer| json_answer(StatusCode::OK, answer)),
            None => self.into_rpc(),
        }
    }

    fn into_response(self) -> Response {
        (self.status, failure::response(&self.error)).into_response()
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { status: failure::status(&error), error }
    }
}

async fn read(headers: &HeaderMap, body: Body) -> std::result::Result<Bytes, Refusal> {
    if !is_json(headers) {
        let message = "The body must be JSON and say so: Content-Type: application/json.";
        let error = Error::new(ErrorCode::INVALID_REQUEST, message);
        return Err(Refusal { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, error });
    }
    axum::body::to_bytes(body, limits::CALL_BYTES).await.map_err(|_| Refusal {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        error: Error::limit(format!(
            "The call is larger than {} MiB or did not arrive in whole. Make smaller calls, and send files to \
             /api/db/v0/data_files/.",
            limits::CALL_BYTES >> 20
        )),
    })
}

async fn admit(
    shared: &Shared,
    client: &Client,
    headers: &HeaderMap,
    database_id: Option<i64>,
) -> std::result::Result<Ctx, Refusal> {
    let ctx = auth::identify(shared, client, headers, database_id).await?;
    auth::guard_against_forgery(shared, client, headers, &ctx)?;
    Ok(ctx)
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = given.split(';').next().unwrap_or_default().trim();
    JSON_TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

/// What a body holds.
enum Sent {
    One(Call),
    Batch(Vec<Call>),
}

impl Sent {
    fn read(body: &[u8]) -> Result<Self> {
        let value: &RawValue = serde_json::from_slice(body)
            .map_err(|error| Error::new(ErrorCode::PARSE_ERROR, format!("This is no JSON: {error}.")))?;
        if !value.get().starts_with('[') {
            return Ok(Self::One(Call::read(value)));
        }
        let values: Vec<&RawValue> =
            serde_json::from_str(value.get()).map_err(|error| Error::new(ErrorCode::PARSE_ERROR, error.to_string()))?;
        if values.is_empty() {
            return Err(Error::new(ErrorCode::INVALID_REQUEST, "The batch is empty."));
        }
        if values.len() > limits::BATCH_CALLS {
            let message = format!("A batch may hold {} calls, this one has {}.", limits::BATCH_CALLS, values.len());
            return Err(Error::limit(message));
        }
        Ok(Self::Batch(values.into_iter().map(Call::read).collect()))
    }

    /// The same error for each call; nothing for notifications.
    fn refused(&self, error: &Error) -> Option<Vec<u8>> {
        match self {
            Self::One(call) => call.refused(error),
            Self::Batch(calls) => joined(calls.iter().filter_map(|call| call.refused(error))),
        }
    }

    /// The database that all of it is about, as far as that can be told before. Of a batch that writes it cannot: a call may change
    /// who has a place where, and those behind it must see that.
    fn database_id(&self) -> Option<i64> {
        match self {
            Self::One(call) => call.database_id,
            Self::Batch(calls) if calls.iter().all(Call::only_reads) => calls.first()?.database_id,
            Self::Batch(_) => None,
        }
    }
}

/// Reads of a batch run side by side; as soon as one call writes, all run one after the other.
async fn batch(ctx: &Ctx, calls: &[Call], changes: &mut Vec<SessionChange>) -> Option<Vec<u8>> {
    let only_reads = calls.iter().all(Call::only_reads);
    let answers: Vec<_> = calls.iter().map(|call| call.answer(ctx)).collect();
    let mut answers = stream::iter(answers).buffered(if only_reads { READS_AT_ONCE } else { 1 });
    let mut given = Vec::with_capacity(calls.len());
    while let Some((answer, change)) = answers.next().await {
        changes.push(change);
        given.extend(answer);
    }
    joined(given.into_iter())
}

/// The answer to a batch; `None` when no call of it gets one.
fn joined(answers: impl Iterator<Item = Vec<u8>>) -> Option<Vec<u8>> {
    let mut out = vec![b'['];
    for answer in answers {
        if out.len() > 1 {
            out.push(b',');
        }
        out.extend(answer);
    }
    out.push(b']');
    (out.len() > 2).then_some(out)
}

/// A call as it was sent.
struct Call {
    /// Or why it is none.
    request: std::result::Result<rpc::Request, String>,
    database_id: Option<i64>,
}

impl Call {
    fn read(value: &RawValue) -> Self {
        let request = match serde_json::from_str::<rpc::Request>(value.get()) {
            Ok(request) if request.jsonrpc != rpc::VERSION => Err("`jsonrpc` must be \"2.0\".".to_owned()),
            request => request.map_err(|error| format!("This is no JSON-RPC call: {error}.")),
        };
        let database_id = request.as_ref().ok().and_then(|request| Params::new(params(request)).database_id);
        Self { request, database_id }
    }

    fn only_reads(&self) -> bool {
        let handler = self.request.as_ref().ok().and_then(|request| dispatch::find(&request.method));
        handler.is_none_or(|handler| handler.info.effect == Effect::Read)
    }

    /// The error as this call's answer; `None` for a notification.
    fn refused(&self, error: &Error) -> Option<Vec<u8>> {
        match &self.request {
            Ok(request) => request.id.as_ref().map(|id| failed(Some(id), &of_method(&request.method, error))),
            Err(why) => Some(failed(None, &Error::new(ErrorCode::INVALID_REQUEST, why.as_str()).to_rpc())),
        }
    }

    /// `None` for a notification, which gets no answer.
    async fn answer(&self, ctx: &Ctx) -> (Option<Vec<u8>>, SessionChange) {
        let request = match &self.request {
            Ok(request) => request,
            Err(why) => {
                let error = Error::new(ErrorCode::INVALID_REQUEST, why.as_str());
                return (Some(failed(None, &error.to_rpc())), SessionChange::Keep);
            }
        };
        let params = Params { text: params(request), database_id: self.database_id };
        let result = call(ctx, &request.method, params).await;
        let id = request.id.as_ref();
        match result {
            Ok(reply) => (id.map(|id| succeeded(id, &reply.body)), reply.session),
            Err(error) => (id.map(|id| failed(Some(id), &of_method(&request.method, &error))), SessionChange::Keep),
        }
    }
}

/// The parameters as JSON text; without any, the object that has none.
fn params(request: &rpc::Request) -> &str {
    request.params.as_ref().filter(|params| !params.is_null()).map_or("{}", Json::text)
}

/// Calls a method by its name, and leaves a line in the log and a number in the metrics.
async fn call(ctx: &Ctx, method: &str, params: Params<'_>) -> Result<Reply> {
    if let Some(result) = system::call(method, params.text) {
        return result;
    }
    let Some(handler) = dispatch::find(method) else {
        let message = format!("There is no method {method:.100}. `system.listMethods` lists all.");
        return Err(Error::new(ErrorCode::METHOD_NOT_FOUND, message));
    };
    let begun = Instant::now();
    let result = handler.call(ctx, params).await;
    note(handler, begun, result.as_ref().err());
    result
}

fn note(handler: &Handler, begun: Instant, error: Option<&Error>) {
    let (method, seconds) = (handler.info.name, begun.elapsed().as_secs_f64());
    let outcome = error.map_or("ok", |error| error.code().name);
    metrics::counter!("mathesar_calls_total", "method" => method, "outcome" => outcome).increment(1);
    metrics::histogram!("mathesar_call_seconds", "method" => method).record(seconds);
    tracing::debug!(method, outcome, milliseconds = seconds * 1e3, "call");
    if let Some(error) = error {
        failure::log(error);
    }
}

fn succeeded(id: &Json, result: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(result.len() + id.text().len() + 40);
    out.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":");
    out.extend_from_slice(id.text().as_bytes());
    out.extend_from_slice(b",\"result\":");
    out.extend_from_slice(result);
    out.push(b'}');
    out
}

/// An error of a call. Who is not let in hears it in the original's words, too, which its scripts look for.
fn of_method(method: &str, error: &Error) -> RpcError {
    let mut error = error.to_rpc();
    if error.code == ErrorCode::AUTHENTICATION_FAILED.code {
        error.message = format!("Authentication failed when calling \"{method:.100}\". {}", error.message);
    }
    error
}

fn failed(id: Option<&Json>, error: &RpcError) -> Vec<u8> {
    let response = rpc::ErrorResponse { jsonrpc: rpc::VERSION, id, error };
    serde_json::to_vec(&response).expect("an error is text, a number and JSON")
}

fn json_answer(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.into()).into_response()
}
