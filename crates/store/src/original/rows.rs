//! The rows of the original's tables, as far as they mean something here. Columns that came or went between its versions may be absent.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Table `mathesar_user`.
#[derive(Deserialize)]
#[expect(missing_docs, reason = "its columns have the names of ours")]
pub struct OriginalUser {
    pub id: i64,
    pub username: String,
    /// The hash, in Django's form.
    pub password: String,
    pub email: String,
    pub full_name: Option<String>,
    pub is_superuser: bool,
    pub is_active: bool,
    pub password_change_needed: bool,
    pub display_language: Option<String>,
}

/// Table `mathesar_server`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "its columns have the names of ours")]
pub struct OriginalServer {
    pub id: i64,
    pub host: String,
    pub port: Option<u16>,
    pub sslmode: Option<String>,
}

/// Table `mathesar_database`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "its columns have the names of ours")]
pub struct OriginalDatabase {
    pub id: i64,
    pub server_id: i64,
    pub name: String,
    pub nickname: Option<String>,
}

/// Table `mathesar_configuredrole`.
#[derive(Deserialize)]
#[expect(missing_docs, reason = "its columns have the names of ours")]
pub struct OriginalRole {
    pub id: i64,
    pub server_id: i64,
    pub name: String,
    /// Sealed: see [`Unsealer`](super::Unsealer).
    pub password: Option<String>,
}

/// Table `mathesar_userdatabaserolemap`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "its columns have the names of ours")]
pub struct OriginalCollaborator {
    pub user_id: i64,
    pub database_id: i64,
    pub configured_role_id: i64,
}

/// Table `mathesar_tablemetadata`.
#[derive(Debug, Deserialize)]
pub struct OriginalTable {
    /// Its database.
    pub database_id: i64,
    /// Its object identifier there.
    pub table_oid: u32,
    /// The other columns: settings, by the names of the contract, and what is of use for the original only.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

/// Table `mathesar_columnmetadata`.
#[derive(Debug, Deserialize)]
pub struct OriginalColumn {
    /// Its database.
    pub database_id: i64,
    /// Its table's object identifier there.
    pub table_oid: u32,
    /// Its number in the table.
    pub attnum: i16,
    /// The other columns: settings, by the names of the contract, and what is of use for the original only.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

/// Table `mathesar_explorations`. What is JSON there stays a text, so that its numbers keep their digits.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "its columns have the names of ours, and of the contract")]
pub struct OriginalExploration {
    pub database_id: i64,
    pub schema_oid: u32,
    pub base_table_oid: u32,
    pub name: String,
    pub initial_columns: Box<RawValue>,
    pub transformations: Option<Box<RawValue>>,
    pub display_options: Option<Box<RawValue>>,
    pub display_names: Option<Box<RawValue>>,
    pub description: Option<String>,
}

/// Table `mathesar_form`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "its columns have the names of ours, and of the contract")]
pub struct OriginalForm {
    pub id: i64,
    pub database_id: i64,
    pub schema_oid: u32,
    pub base_table_oid: u32,
    pub token: String,
    pub name: String,
    pub description: Option<String>,
    pub associated_role_id: Option<i64>,
    pub publish_public: bool,
    pub header_title: Option<Value>,
    pub header_subtitle: Option<Value>,
    pub submit_message: Option<Value>,
    pub submit_redirect_url: Option<String>,
    pub submit_button_label: Option<String>,
}

/// Table `mathesar_formfield`.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "its columns have the names of the contract")]
pub struct OriginalFormField {
    pub id: i64,
    pub form_id: i64,
    pub parent_field_id: Option<i64>,
    pub key: String,
    pub index: i32,
    pub label: Option<String>,
    pub help: Option<String>,
    pub kind: String,
    pub column_attnum: i16,
    pub related_table_oid: Option<u32>,
    pub fk_interaction_rule: Option<String>,
    pub styling: Option<Value>,
    #[serde(default)]
    pub is_required: bool,
}

/// What is no secret by itself is still nothing that a log should hold.
macro_rules! debug_by_name {
    ($($type:ident: $name:ident),+) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).field(stringify!($name), &self.$name).finish_non_exhaustive()
            }
        }
    )+};
}

debug_by_name!(OriginalUser: username, OriginalRole: name);
