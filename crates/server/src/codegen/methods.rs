//! The reference page of the API, in Markdown: what the OpenRPC document says, for people.

use std::{collections::BTreeSet, fmt::Write as _};

use mathesar_api::{error::CODES, sqlstate::CONDITIONS};
use serde_json::{Map, Value};

/// The page that lists every method, every shape and every error. `document` is the OpenRPC document.
pub(super) fn page(document: &Value) -> String {
    let mut page = "# Methods\n\n\
        Call them as JSON-RPC 2.0 at `POST /api/rpc/v0/` (batches included, parameters by name), or plainly at\n\
        `POST /api/rpc/v0/<method>` with the parameters as the body. The page [by curl](../api/curl.md) shows how. The same is\n\
        in [`openrpc.json`](openrpc.json) for programs, and at `/api/openrpc.json` of the running one;\n\
        [`openapi.json`](openapi.json), at `/api/openapi.json`, has every other address too, in OpenAPI 3.1.\n\n\
        Each method says who may call it (`anonymous`, `login`, a `collaborator` of the database, or a `superuser` of the\n\
        installation) and what it does (`read`, `write` to rows, change `schema`, change `settings` of ours). A parameter\n\
        whose name is in **bold** must be given. *Ours* are additions to the original's API.\n"
        .to_owned();
    let mut shapes = BTreeSet::new();
    let mut section = "";
    for method in document["methods"].as_array().into_iter().flatten() {
        let name = text(&method["name"]);
        if noun(name) != section {
            section = noun(name);
            let _ = write!(page, "\n## `{section}`\n");
        }
        write_method(&mut page, name, method);
        note_shapes(method, document, &mut shapes);
    }
    page.push_str("\n## Shapes\n");
    for name in shapes {
        write_shape(&mut page, name, &document["components"]["schemas"][name]);
    }
    page.push_str("\n## Errors\n\n| Number | Name | SQLSTATE | HTTP status of the plain form |\n|---|---|---|---|\n");
    for code in CODES {
        let sqlstate = if code.sqlstate.is_empty() { String::new() } else { format!("`{}`", code.sqlstate) };
        let _ = writeln!(page, "| {} | `{}` | {sqlstate} | {} |", code.code, code.name, code.kind.http_status());
    }
    page.push_str(
        "\nThe other states of PostgreSQL have the status of their class: 503 where the connection, the server or its resources are at\n\
        fault, 409 where rows, the state of something or another transaction stand in the way, 400 for what is refused as it stands.\n\
        A state that is in neither table has the number of its class, such as −30104 (`IntegrityError`) for those that begin with 23.\n\
        \n| Number | Name | SQLSTATE |\n|---|---|---|\n",
    );
    for (sqlstate, number, name) in CONDITIONS {
        let _ = writeln!(page, "| {number} | `{name}` | `{sqlstate}` |");
    }
    page
}

fn write_method(page: &mut String, name: &str, method: &Value) {
    let (access, effect) = (text(&method["x-access"]), text(&method["x-effect"]));
    let _ = write!(page, "\n### `{name}`\n\n{}\n\n", prose(&method["description"]));
    let parameters: Vec<String> = method["params"].as_array().into_iter().flatten().map(parameter).collect();
    if !parameters.is_empty() {
        let _ = writeln!(page, "| Parameter | Type | Meaning |\n|---|---|---|\n{}\n", parameters.join("\n"));
    }
    let _ = writeln!(page, "Result: {}. For: `{access}`. Effect: `{effect}`.", kind(&method["result"]["schema"]));
}

fn parameter(parameter: &Value) -> String {
    let name = text(&parameter["name"]);
    let required = parameter["required"] == true;
    let shown = if required { format!("**`{name}`**") } else { format!("`{name}`") };
    format!("| {shown} | {} | {} |", kind(&parameter["schema"]), cell(&parameter["description"]))
}

fn write_shape(page: &mut String, name: &str, schema: &Value) {
    let _ = write!(page, "\n### `{name}`\n\n{}\n", prose(&schema["description"]));
    let Some(properties) = schema["properties"].as_object() else {
        let _ = write!(page, "\nOne of: {}.\n", kind(schema));
        return;
    };
    page.push_str("\n| Member | Type | Meaning |\n|---|---|---|\n");
    for (member, schema) in properties {
        let _ = writeln!(page, "| `{member}` | {} | {} |", kind(schema), cell(&schema["description"]));
    }
}

/// Adds the names of all shapes that `value` mentions, and those that these mention.
fn note_shapes<'d>(value: &'d Value, document: &'d Value, shapes: &mut BTreeSet<&'d str>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = referred(object)
                && document["components"]["schemas"].get(name).is_some()
                && shapes.insert(name)
            {
                note_shapes(&document["components"]["schemas"][name], document, shapes);
            }
            object.values().for_each(|inner| note_shapes(inner, document, shapes));
        }
        Value::Array(list) => list.iter().for_each(|inner| note_shapes(inner, document, shapes)),
        _ => {}
    }
}

fn referred(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next())
}

/// What a JSON Schema allows, in a few words.
fn kind(schema: &Value) -> String {
    let Some(object) = schema.as_object() else { return "anything".to_owned() };
    if let Some(name) = referred(object) {
        return format!("[`{name}`](#{})", name.to_lowercase());
    }
    for choice in ["anyOf", "oneOf", "allOf"] {
        if let Some(choices) = object.get(choice).and_then(Value::as_array) {
            return or(choices.iter().map(kind));
        }
    }
    if let Some(constant) = object.get("const") {
        return format!("`{constant}`");
    }
    if let Some(words) = object.get("enum").and_then(Value::as_array) {
        return or(words.iter().map(|word| format!("`{word}`")));
    }
    match &object.get("type") {
        Some(Value::Array(names)) => or(names.iter().map(|name| of_type(text(name), object))),
        Some(Value::String(name)) => of_type(name, object),
        _ => "anything".to_owned(),
    }
}

fn of_type(name: &str, schema: &Map<String, Value>) -> String {
    match name {
        "array" => format!("list of {}", schema.get("items").map_or_else(|| "anything".to_owned(), kind)),
        "object" => match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => format!("object of {}", kind(values)),
            _ => "object".to_owned(),
        },
        other => other.to_owned(),
    }
}

fn or(kinds: impl Iterator<Item = String>) -> String {
    let kinds: Vec<String> = kinds.collect();
    kinds.join(" or ")
}

/// A doc comment as a paragraph, without the brackets of rustdoc's links.
fn prose(doc: &Value) -> String {
    text(doc).replace('\n', " ").replace("[`", "`").replace("`]", "`")
}

fn cell(doc: &Value) -> String {
    prose(doc).replace('|', "\\|")
}

/// What a doc comment says first, for lists.
pub(super) fn first_sentence(doc: &Value) -> String {
    let whole = cell(doc);
    whole.split_once(". ").map_or(whole.clone(), |(first, _)| format!("{first}."))
}

/// What a method is about: the first part of its name.
pub(super) fn noun(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// A member that is a text.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_told_in_words() {
        for (schema, words) in [
            (json!({ "type": "integer" }), "integer"),
            (json!({ "type": ["string", "null"] }), "string or null"),
            (
                json!({ "type": "array", "items": { "$ref": "#/components/schemas/OrderBy" } }),
                "list of [`OrderBy`](#orderby)",
            ),
            (
                json!({ "anyOf": [{ "$ref": "#/components/schemas/Kind" }, { "type": "null" }] }),
                "[`Kind`](#kind) or null",
            ),
            (json!({ "type": "string", "enum": ["asc", "desc"] }), "`\"asc\"` or `\"desc\"`"),
            (json!({ "type": "object", "additionalProperties": { "type": "string" } }), "object of string"),
            (json!(true), "anything"),
        ] {
            assert_eq!(kind(&schema), words);
        }
    }

    #[test]
    fn every_shape_that_is_mentioned_is_told() {
        let page = page(&mathesar_api::openrpc::document("0"));
        for target in page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(page.to_lowercase().contains(&format!("\n### `{target}`\n")), "{target}");
        }
    }
}
