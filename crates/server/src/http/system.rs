//! `system.*`: what the server says about itself, as in the original. Open to everybody.

use mathesar_api::{ErrorCode, find, methods};
use mathesar_app::{Error, Result};
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Serialize};

use super::routes::{Answer, Audience, Operation, Verb, json, shape};
use crate::dispatch::{Reply, SessionChange};

/// These methods, which are not among those of the contract.
pub const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Post,
        "/api/rpc/v0/system.listMethods",
        "system.listMethods",
        "Lists the names of all methods.",
    )
    .audience(Audience::Anybody)
    .body(&[json(|_| json_schema!({ "type": "object" }))])
    .answers(&[Answer { status: 200, doc: "The names.", content: &[json(shape::<Vec<String>>)] }]),
    Operation::new(Verb::Post, "/api/rpc/v0/system.methodHelp", "system.methodHelp", "Says what a method does.")
        .audience(Audience::Anybody)
        .body(&[json(shape::<Named>)])
        .answers(&[Answer { status: 200, doc: "The text.", content: &[json(shape::<String>)] }]),
    Operation::new(
        Verb::Post,
        "/api/rpc/v0/system.methodSignature",
        "system.methodSignature",
        "Lists the names of a method's parameters.",
    )
    .audience(Audience::Anybody)
    .body(&[json(shape::<Named>)])
    .answers(&[Answer { status: 200, doc: "The names.", content: &[json(shape::<Vec<String>>)] }]),
];

/// The method that is asked about.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Its name.
    method_name: String,
}

/// Answers one of these methods; `None` when `method` is none of them.
pub fn call(method: &str, params: &str) -> Option<Result<Reply>> {
    match method {
        "system.listMethods" => Some(answer(&list())),
        "system.methodHelp" => Some(named(params).and_then(|name| answer(&help(&name)?))),
        "system.methodSignature" => Some(named(params).and_then(|name| answer(&signature(&name)?))),
        _ => None,
    }
}

fn list() -> Vec<&'static str> {
    methods().map(|method| method.name).chain(OPERATIONS.iter().map(|own| own.id)).collect()
}

fn named(params: &str) -> Result<String> {
    serde_json::from_str(params)
        .map(|named: Named| named.method_name)
        .map_err(|error| Error::new(ErrorCode::INVALID_PARAMS, error.to_string()))
}

fn help(name: &str) -> Result<String> {
    let method = find(name).ok_or_else(|| unknown(name))?;
    Ok(method.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n"))
}

/// The names of the parameters, in the order of the OpenRPC document; `/api/openrpc.json` has their shapes.
fn signature(name: &str) -> Result<Vec<String>> {
    let method = find(name).ok_or_else(|| unknown(name))?;
    let mut generator = schemars::SchemaGenerator::default();
    let schema = (method.params_schema)(&mut generator);
    let definition = schema
        .get("$ref")
        .and_then(|reference| reference.as_str()?.rsplit('/').next())
        .and_then(|name| generator.definitions().get(name)?.get("properties"))
        .or_else(|| schema.get("properties"));
    Ok(definition
        .and_then(|properties| properties.as_object())
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect())
}

fn unknown(name: &str) -> Error {
    Error::new(ErrorCode::METHOD_NOT_FOUND, format!("There is no method {name:.100}. `system.listMethods` lists all."))
}

fn answer(value: &impl Serialize) -> Result<Reply> {
    let body = serde_json::to_vec(value).map_err(Error::internal)?;
    Ok(Reply { body: body.into(), session: SessionChange::Keep })
}
