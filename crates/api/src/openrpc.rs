//! The contract as an [OpenRPC 1.3](https://spec.open-rpc.org) document.

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    error::{CODES, ErrorCode},
    method::{MethodInfo, summary},
    methods::methods,
};

/// Writes the document for the program of this `version`. The order is stable, so that a committed copy can be compared.
pub fn document(version: &str) -> Value {
    let mut schemas = SchemaSettings::draft07()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let methods: Vec<Value> = methods().map(|method| method_object(method, &mut schemas)).collect();
    json!({
        "openrpc": "1.3.2",
        "info": {
            "title": "Mathesar",
            "version": version,
            "description": "JSON-RPC 2.0 at `/api/rpc/v0/`, with named parameters and batches. Each method also answers at \
                `POST /api/rpc/v0/<method>`, with its parameters as the body and an HTTP status.",
            "license": { "name": "Apache-2.0" },
        },
        "methods": methods,
        "components": {
            "schemas": schemas.take_definitions(true),
            "errors": CODES.iter().map(|code| (code.name.to_owned(), error_object(*code))).collect::<Map<_, _>>(),
        },
    })
}

fn method_object(method: &MethodInfo, schemas: &mut SchemaGenerator) -> Value {
    let doc = method.doc_text("\n");
    let params = (method.params_schema)(schemas);
    json!({
        "name": method.name,
        "summary": summary(&doc),
        "description": doc,
        "tags": [{ "name": method.name.split('.').next() }],
        "paramStructure": "by-name",
        "params": params_objects(&params, schemas),
        "result": { "name": "result", "schema": (method.result_schema)(schemas) },
        "errors": access_errors(method),
        "x-access": method.access.as_str(),
        "x-effect": method.effect.as_str(),
    })
}

/// OpenRPC lists parameters one by one, while we have one object schema: its properties are taken apart.
fn params_objects(params: &Schema, schemas: &SchemaGenerator) -> Vec<Value> {
    let object = resolve(params, schemas);
    let required: Vec<&str> =
        object.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = object.get("properties").and_then(Value::as_object);
    let mut list: Vec<Value> = properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            json!({
                "name": name,
                "description": schema.get("description").cloned().unwrap_or(Value::Null),
                "required": required.contains(&name.as_str()),
                "schema": schema,
            })
        })
        .collect();
    // The specification wants required parameters before optional ones.
    list.sort_by_key(|param| !param["required"].as_bool().unwrap_or_default());
    list
}

fn resolve<'a>(schema: &'a Schema, schemas: &'a SchemaGenerator) -> &'a Map<String, Value> {
    let referred = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.rsplit('/').next())
        .and_then(|name| schemas.definitions().get(name));
    let object = referred.map_or_else(|| schema.as_object(), Value::as_object);
    object.expect("parameters are an object with named members")
}

fn access_errors(method: &MethodInfo) -> Vec<Value> {
    let mut errors = vec![ErrorCode::INVALID_PARAMS];
    if method.access != crate::Access::Anonymous {
        errors.extend([ErrorCode::AUTHENTICATION_FAILED, ErrorCode::PERMISSION_DENIED]);
    }
    errors.into_iter().map(|code| json!({ "$ref": format!("#/components/errors/{}", code.name) })).collect()
}

fn error_object(code: ErrorCode) -> Value {
    json!({ "code": code.code, "message": code.name, "data": { "sqlstate": code.sqlstate, "kind": code.kind } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_one_by_one_and_required_ones_come_first() {
        let document = document("0");
        let list =
            document["methods"].as_array().unwrap().iter().find(|method| method["name"] == "records.list").unwrap();
        let params = list["params"].as_array().unwrap();
        let names: Vec<&str> = params.iter().map(|param| param["name"].as_str().unwrap()).collect();
        assert_eq!(names[..2], ["database_id", "table_oid"]);
        assert!(names.contains(&"filter"));
        assert_eq!(params[2]["required"], false);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(Value::as_str));
                    map.values().for_each(|value| references(value, found));
                }
                Value::Array(list) => list.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document = document("0");
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    }
}
