//! The Helm chart's schema of values and its README: the comments of `values.yaml`, a schema of the chart's own values written by
//! hand, and the table of settings, put together.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::config::{
    form::Form,
    settings::{SETTINGS, Setting},
};

const VALUES: &str = include_str!("../../../../packaging/helm/mathesar/values.yaml");
const SCHEMA: &str = include_str!("../../../../packaging/helm/values.schema.base.json");
const HEAD: &str = include_str!("../../../../packaging/helm/README.head.md");

/// Settings that cannot stand under `settings` or `secretSettings`, because the chart decides them; and by what.
const DECIDED: &[(&str, &str)] = &[
    ("data_dir", "`persistence`"),
    ("bind", "the chart"),
    ("port", "the chart; see `service.port`"),
    ("external_url", "`externalUrl`, `ingress` and `httpRoute`"),
    ("base_path", "`basePath`"),
    ("tls_cert", "`ingress` and `httpRoute`, which encrypt before the pods"),
    ("tls_key", "`ingress` and `httpRoute`, which encrypt before the pods"),
    ("open_browser", "the chart"),
    ("database_url", "`database`"),
    ("postgres_host", "`database`"),
    ("postgres_port", "`database`"),
    ("postgres_db", "`database`"),
    ("postgres_user", "`database`"),
    ("postgres_password", "`database`"),
    ("postgres_sslmode", "`database`"),
    ("secret_key", "`secretKey`"),
    ("managed_postgres_bin_dir", "the image"),
    ("managed_postgres_user", "`podSecurityContext`"),
    ("metrics_bind", "`metrics`"),
    ("metrics_token", "`metrics`"),
];

fn decided_by(setting: &Setting) -> Option<&'static str> {
    DECIDED.iter().find(|(name, _)| *name == setting.name).map(|(_, by)| *by)
}

/// Settings that can be given, those that are secrets or the others.
fn given(secret: bool) -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(move |setting| setting.secret == secret && decided_by(setting).is_none())
}

/// `values.schema.json`, which helm holds every value against.
///
/// # Panics
/// When the part written by hand is no JSON object with `properties`; every run of the tests reads it.
pub(super) fn schema() -> String {
    let mut schema: Value = serde_json::from_str(SCHEMA).expect("the schema's hand-written part is JSON");
    let properties = schema["properties"].as_object_mut().expect("a schema of values has properties");
    let plain =
        given(false).map(|setting| (setting.name.to_owned(), described(form_schema(setting.form), setting.doc)));
    let reference = || json!({ "$ref": "#/definitions/secretReference" });
    let secret = given(true).map(|setting| (setting.name.to_owned(), described(reference(), setting.doc)));
    properties.insert("settings".into(), closed(plain.collect()));
    properties.insert("secretSettings".into(), closed(secret.collect()));
    for row in rows(VALUES) {
        let place = row.path.iter().try_fold(&mut schema, |place, name| place.get_mut("properties")?.get_mut(name));
        if let Some(place) = place.filter(|_| !row.doc.is_empty()) {
            *place = described(place.take(), &row.doc);
        }
    }
    format!("{schema:#}\n")
}

fn closed(properties: Map<String, Value>) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

/// A schema with a description. Beside a `$ref`, draft 7 ignores everything.
fn described(schema: Value, doc: &str) -> Value {
    let mut schema = if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
    schema["description"] = doc.replace('`', "").into();
    schema
}

/// What YAML may give for a setting. It is looser than [`Form::check`], which the program applies when it starts, and catches what was
/// put in the wrong place.
fn form_schema(form: Form) -> Value {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let list = || json!({ "oneOf": [text("^.+$"), { "type": "array", "items": text("^[^,]+$") }] });
    match form {
        Form::Text | Form::LogLevel => text("^.+$"),
        Form::Bool => json!({ "type": "boolean" }),
        // Without quotes, YAML reads `on` and `off` as yes and no.
        Form::OneOf(words) if words.contains(&"on") => {
            json!({ "enum": words.iter().map(|word| json!(word)).chain([json!(true), json!(false)]).collect::<Vec<_>>() })
        }
        Form::OneOf(words) => json!({ "enum": words }),
        Form::Count { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Port => json!({ "type": "integer", "minimum": 0, "maximum": u16::MAX }),
        Form::IpAddress => text("^[0-9A-Fa-f.:]+$"),
        Form::SocketAddress => text("^([0-9.]+|\\[[0-9A-Fa-f.:]+\\]):[0-9]+$"),
        Form::Url => text("^https?://"),
        Form::UrlPath | Form::Path => text("^/"),
        Form::PostgresUrl => text("^postgres(ql)?://"),
        Form::Key => text("^.{32,}$"),
        Form::Schedule => text("^([0-9]{1,2}:[0-9]{2}|[0-9]+[mhd])$"),
        Form::Hosts | Form::Networks => list(),
    }
}

/// The chart's `README.md`.
pub(super) fn readme() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## Values\n\n| Value | Default | What it does |\n|---|---|---|\n");
    for row in rows(VALUES).iter().filter(|row| !row.doc.is_empty()) {
        let default = if row.default.is_empty() { String::new() } else { format!("`{}`", row.default) };
        let _ = writeln!(page, "| `{}` | {default} | {} |", row.path.join("."), row.doc.replace('|', "\\|"));
    }
    page.push_str("\n## Settings\n\nUnder `settings`, by their names in the configuration file:\n\n");
    let table = |page: &mut String, secret: bool| {
        page.push_str("| Setting | Expected | What it does |\n|---|---|---|\n");
        for setting in given(secret) {
            let allowed = setting.form.allowed().replace('|', "\\|");
            let _ = writeln!(page, "| `{}` | {allowed} | {} |", setting.name, setting.doc.replace('|', "\\|"));
        }
    };
    table(&mut page, false);
    page.push_str("\nUnder `secretSettings`, each with the Secret that holds it:\n\n");
    table(&mut page, true);
    page.push_str("\nThe chart decides the others itself:\n\n| Setting | By |\n|---|---|\n");
    for (name, by) in DECIDED {
        let _ = writeln!(page, "| `{name}` | {by} |");
    }
    page
}

/// A value of `values.yaml`.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    path: Vec<String>,
    /// As it is written; empty for what has members of its own that are explained.
    default: String,
    /// The comment above it, in one line.
    doc: String,
}

/// Reads the part of YAML that `values.yaml` is written in: mappings by indentation, lists and scalars as leaves.
fn rows(values: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in values.lines() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        if let Some(text) = trimmed.strip_prefix('#') {
            comment.push(text.trim());
        } else if let Some(item) = trimmed.strip_prefix("- ") {
            if let Some(list) = rows.last_mut() {
                let before = list.default.trim_end_matches(']').trim_start_matches('[').to_owned();
                let separator = if before.is_empty() { "" } else { ", " };
                list.default = format!("[{before}{separator}{item}]");
            }
        } else if let Some((name, value)) = trimmed.split_once(':') {
            open.retain(|(at, _)| *at < indent);
            open.push((indent, name.trim_matches('"').to_owned()));
            let path = open.iter().map(|(_, name)| name.clone()).collect();
            rows.push(Row { path, default: value.trim().to_owned(), doc: comment.join(" ") });
            comment.clear();
        } else {
            comment.clear();
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_comments() {
        let read = rows(
            "# About\n# all.\n\n# One.\na: 1\n# Group.\ng:\n  # Two\n  # lines.\n  b: \"\"\n  c:\n    - x\n    - y\nd: {}\n",
        );
        let row = |path: &[&str], default: &str, doc: &str| Row {
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            default: default.to_owned(),
            doc: doc.to_owned(),
        };
        let expected = [
            row(&["a"], "1", "One."),
            row(&["g"], "", "Group."),
            row(&["g", "b"], "\"\"", "Two lines."),
            row(&["g", "c"], "[x, y]", ""),
            row(&["d"], "{}", ""),
        ];
        assert_eq!(read, expected);
    }

    /// helm itself refuses a value that the schema does not know; this is the other direction.
    #[test]
    fn everything_in_the_schema_is_explained_in_the_values() {
        fn leaves(schema: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
            for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
                path.push(name.clone());
                found.push(path.clone());
                leaves(inner, path, found);
                path.pop();
            }
        }
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let mut named = Vec::new();
        leaves(&schema, &mut Vec::new(), &mut named);
        let rows = rows(VALUES);
        for path in named {
            // `global` is what helm itself hands to every chart, and resources have Kubernetes' own members.
            if path[0] == "global" || path[0] == "resources" && path.len() > 1 {
                continue;
            }
            let row = rows.iter().find(|row| row.path == path);
            let row = row.unwrap_or_else(|| panic!("values.yaml has no {path:?}"));
            let explained = !row.doc.is_empty() || row.default.is_empty();
            assert!(explained, "{path:?} has no comment in values.yaml");
        }
    }

    #[test]
    fn what_the_chart_decides_are_settings() {
        for (name, _) in DECIDED {
            assert!(SETTINGS.iter().any(|setting| setting.name == *name), "{name} is no setting");
        }
    }
}
