//! The whole HTTP surface as an [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1) document.
//!
//! It is made of two tables: the [addresses](super::routes) and the methods of the contract. Each method stands in it twice: at an
//! address of its own, where errors have statuses, and as one of the calls that JSON-RPC takes.

use mathesar_api::{Access, MethodInfo, error::RpcError, method::summary, methods, rpc::VERSION};
use mathesar_app::limits;
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Map, Value, json};

use super::{
    auth::SESSION_COOKIE,
    routes::{Answer, Audience, Content, FAILURE, Operation, Parameter, Verb, operations, shape},
    rpc,
};

const DESCRIPTION: &str = "Everything that this server answers over HTTP. Each method of the API has an address of its own here, and takes \
    and gives JSON there; `/api/rpc/v0/` takes the same calls as JSON-RPC 2.0, batches included. An error says in its `code` what it \
    is, and in its status what can be done about it. Paths that are not listed are those of the application in the browser.";

/// Writes the document for the program of this `version` below this base path. The order is stable, so that a committed copy can
/// be compared.
pub fn document(version: &str, base_path: &str) -> Value {
    let mut shapes = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths = Map::new();
    for operation in operations() {
        let path = operation.path.replace("{*", "{");
        add(&mut paths, path, operation.verb, operation_object(operation, &mut shapes));
    }
    for method in methods() {
        let path = format!("{}{}", rpc::PATH, method.name);
        add(&mut paths, path, Verb::Post, method_object(method, &mut shapes));
    }
    let calls: Vec<_> = methods().map(|method| (call_name(method), call_object(method, &mut shapes))).collect();
    let mut schemas = shapes.take_definitions(true);
    schemas.insert("Call".to_owned(), one_of_the_calls());
    schemas.extend(calls);
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Mathesar",
            "version": version,
            "description": DESCRIPTION,
            "license": { "name": "Apache License 2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": if base_path.is_empty() { "/" } else { base_path } }],
        "paths": paths,
        "components": { "schemas": schemas, "securitySchemes": security_schemes() },
    })
}

fn add(paths: &mut Map<String, Value>, path: String, verb: Verb, operation: Value) {
    let item = paths.entry(path).or_insert_with(|| json!({}));
    item[verb.as_str()] = operation;
}

fn operation_object(operation: &Operation, shapes: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = operation.parameters.iter().map(|one| path_parameter(one, shapes)).collect();
    if let Some(query) = operation.query {
        parameters.extend(query_parameters(&query(shapes), shapes));
    }
    let mut object = json!({
        "operationId": operation.id,
        "tags": [operation.id.split('.').next()],
        "summary": summary(operation.doc),
        "description": operation.doc,
        "security": security(operation.audience),
        "responses": responses(operation.answers, operation.failure, shapes),
    });
    if !parameters.is_empty() {
        object["parameters"] = parameters.into();
    }
    if !operation.body.is_empty() {
        object["requestBody"] = json!({ "required": true, "content": contents(operation.body, shapes) });
    }
    if operation.audience == Audience::Monitoring {
        // It listens at an address of its own.
        object["servers"] = json!([{
            "url": "http://{metrics_bind}",
            "variables": { "metrics_bind": { "default": "127.0.0.1:9090", "description": "The setting `metrics_bind`." } },
        }]);
    }
    object
}

fn path_parameter(parameter: &Parameter, shapes: &mut SchemaGenerator) -> Value {
    let Parameter { name, doc, shape } = parameter;
    json!({ "name": name, "in": "path", "required": true, "description": doc, "schema": shape(shapes) })
}

/// OpenAPI lists what may stand in the query one by one, while we have one object schema: its properties are taken apart.
fn query_parameters(query: &Schema, shapes: &SchemaGenerator) -> Vec<Value> {
    let object = shapes.definitions().get(name_of(query)).expect("the query is a struct with a name");
    let required = object["required"].as_array().cloned().unwrap_or_default();
    let properties = object["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let required = required.contains(&json!(name));
            json!({ "name": name, "in": "query", "required": required, "description": schema["description"], "schema": schema })
        })
        .collect()
}

fn name_of(reference: &Schema) -> &str {
    let reference = reference.get("$ref").and_then(Value::as_str).unwrap_or_default();
    reference.rsplit('/').next().unwrap_or_default()
}

fn responses(answers: &[Answer], failure: &[Content], shapes: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for Answer { status, doc, content } in answers {
        let mut answer = json!({ "description": doc });
        if !content.is_empty() {
            answer["content"] = contents(content, shapes);
        }
        responses.insert(status.to_string(), answer);
    }
    let default =
        json!({ "description": "What is wrong, where, and what next.", "content": contents(failure, shapes) });
    responses.insert("default".to_owned(), default);
    responses.into()
}

fn contents(contents: &[Content], shapes: &mut SchemaGenerator) -> Value {
    let one = |content: &Content| (content.kind.to_owned(), json!({ "schema": (content.shape)(shapes) }));
    contents.iter().map(one).collect::<Map<_, _>>().into()
}

fn method_object(method: &MethodInfo, shapes: &mut SchemaGenerator) -> Value {
    let doc = method.doc_text("\n");
    let audience = if method.access == Access::Anonymous { Audience::Anybody } else { Audience::SignedIn };
    let mut responses = responses(&[], FAILURE, shapes);
    responses["200"] = json!({
        "description": "The result.",
        "content": { "application/json": { "schema": (method.result_schema)(shapes) } },
    });
    json!({
        "operationId": method.name,
        "tags": [method.name.split('.').next()],
        "summary": summary(&doc),
        "description": doc,
        "security": security(audience),
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": (method.params_schema)(shapes) } },
        },
        "responses": responses,
        "x-access": method.access.as_str(),
        "x-effect": method.effect.as_str(),
    })
}

fn call_name(method: &MethodInfo) -> String {
    format!("Call.{}", method.name)
}

fn call_object(method: &MethodInfo, shapes: &mut SchemaGenerator) -> Value {
    let params = (method.params_schema)(shapes);
    let takes_any = shapes.definitions().get(name_of(&params)).and_then(|object| object.get("required")).is_some();
    let required: &[&str] = if takes_any { &["jsonrpc", "method", "params"] } else { &["jsonrpc", "method"] };
    json!({
        "type": "object",
        "properties": {
            "jsonrpc": { "const": VERSION },
            "method": { "const": method.name },
            "params": params,
            "id": { "description": "Comes back with the answer. A call without it is a notification, and gets none." },
        },
        "required": required,
        "additionalProperties": false,
    })
}

fn one_of_the_calls() -> Value {
    let reference = |method: &MethodInfo| format!("#/components/schemas/{}", call_name(method));
    let mapping: Map<String, Value> =
        methods().map(|method| (method.name.to_owned(), reference(method).into())).collect();
    json!({
        "description": "A call of JSON-RPC 2.0.",
        "oneOf": methods().map(|method| json!({ "$ref": reference(method) })).collect::<Vec<_>>(),
        "discriminator": { "propertyName": "method", "mapping": mapping },
    })
}

/// What JSON-RPC takes: a call or a batch.
pub fn calls(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "oneOf": [
            { "$ref": "#/components/schemas/Call" },
            {
                "type": "array",
                "items": { "$ref": "#/components/schemas/Call" },
                "minItems": 1,
                "maxItems": limits::BATCH_CALLS,
            },
        ],
    })
}

/// What JSON-RPC answers: one answer, or a list for a batch.
pub fn rpc_answers(shapes: &mut SchemaGenerator) -> Schema {
    let answer = rpc_answer(shapes);
    json_schema!({ "oneOf": [answer, { "type": "array", "items": answer }] })
}

/// What JSON-RPC answers to one call: a result or an error.
pub fn rpc_answer(shapes: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": { "jsonrpc": { "const": VERSION }, "id": true, "result": true, "error": shape::<RpcError>(shapes) },
        "required": ["jsonrpc", "id"],
        "oneOf": [{ "required": ["result"] }, { "required": ["error"] }],
    })
}

fn security(audience: Audience) -> Value {
    match audience {
        Audience::Anybody => json!([{}, { "basic": [] }, { "token": [] }, { "session": [] }]),
        Audience::SignedIn => json!([{ "basic": [] }, { "token": [] }, { "session": [] }]),
        Audience::Monitoring => json!([{ "metrics": [] }]),
    }
}

fn security_schemes() -> Value {
    json!({
        "basic": { "type": "http", "scheme": "basic", "description": "Name and password of a user." },
        "token": { "type": "http", "scheme": "bearer", "description": "A token, as `users.tokens.add` makes them." },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": SESSION_COOKIE,
            "description": "The cookie of a session, as `session.sign_in` begins them. Whatever changes something also needs the \
                session's `csrf_token`, which the cookie `csrftoken` holds too, as the header `X-CSRFToken`.",
        },
        "metrics": { "type": "http", "scheme": "bearer", "description": "The setting `metrics_token`." },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn all_operations(document: &Value) -> impl Iterator<Item = &Value> {
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values())
    }

    #[test]
    fn every_method_has_an_address_and_a_call_with_its_own_parameters() {
        let document = document("0", "");
        let calls = document["components"]["schemas"]["Call"]["oneOf"].as_array().unwrap();
        assert_eq!(calls.len(), methods().count());
        for method in methods() {
            let operation = &document["paths"][format!("/api/rpc/v0/{}", method.name)]["post"];
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            let call = &document["components"]["schemas"][format!("Call.{}", method.name)];
            assert_eq!((&call["properties"]["params"], body.is_null()), (body, false), "{}", method.name);
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
        let document = document("0", "");
        let text = document.to_string();
        let references: Vec<_> = text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(references.len() > 100);
        for reference in references {
            assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
        }
        let mut names = HashSet::new();
        assert!(all_operations(&document).all(|operation| names.insert(operation["operationId"].as_str().unwrap())));
    }

    #[test]
    fn what_may_stand_in_a_query_is_told_one_by_one() {
        let document = document("0", "/tables");
        let parameters = document["paths"]["/api/export/v0/tables/"]["get"]["parameters"].as_array().unwrap();
        let told = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name).unwrap();
        assert_eq!((&told("table_oid")["required"], &told("filter")["required"]), (&json!(true), &json!(false)));
        assert!(parameters.iter().all(|parameter| parameter["description"].is_string()));
        assert_eq!(document["servers"][0]["url"], "/tables");
    }
}
