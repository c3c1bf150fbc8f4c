//! From an uploaded file to a table. Files are uploaded over plain HTTP at `/api/db/v0/data_files/`. Ours; the original's two steps
//! are `tables.import` and `tables.get_import_preview`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{columns::TypeOptions, methods, tables::PkeyType};

/// How the text of a file is cut into fields. What is absent is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct Dialect {
    /// Name of the encoding in the WHATWG list, such as `utf-8`, `windows-1252`, `utf-16le`.
    #[serde(default)]
    pub encoding: Option<String>,
    /// One character between fields.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// One character around fields; an empty string for none.
    #[serde(default)]
    pub quote: Option<String>,
    /// Whether the first row holds the names.
    #[serde(default)]
    pub header: Option<bool>,
}

/// Parameters of `imports.preview`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PreviewParams {
    /// The uploaded file.
    pub data_file_id: i64,
    /// How it is cut, where it was found out wrongly.
    #[serde(default)]
    pub dialect: Option<Dialect>,
}

/// Something that a type would change or refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportSample {
    /// Line of the file, from 1.
    pub line: i64,
    /// The field as it stands there.
    pub value: String,
}

/// A word for "no value" that stands in a column, such as `NA`, `N/A`, `\N`, `null` or `-`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportNullWord {
    /// As it is written.
    pub word: String,
    /// In how many rows.
    pub count: i64,
    /// Line of the first, from 1.
    pub line: i64,
}

/// Another type that a column could have.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportAlternative {
    /// PostgreSQL's name of the type.
    #[serde(rename = "type")]
    pub kind: String,
    /// How the fields are then read; see [`LoadColumn::format`].
    pub format: Option<String>,
    /// Fields that do not fit it, those with one of the column's `null_words` left out.
    pub failing: i64,
    /// Up to five of them.
    pub samples: Vec<ImportSample>,
    /// Sentences about what the type would lose; empty when nothing.
    pub losses: Vec<String>,
}

/// A column of a file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportColumn {
    /// Its place in the file, from 0.
    pub index: usize,
    /// Its name there; an empty string when it has none.
    pub header: String,
    /// The name that it would get.
    pub name: String,
    /// The type that it would get, in PostgreSQL's name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The type's modifiers.
    pub type_options: Option<TypeOptions>,
    /// How its fields are read; see [`LoadColumn::format`].
    pub format: Option<String>,
    /// How sure the type is, 0 to 1.
    pub confidence: f64,
    /// Fields that are empty and become NULL.
    pub empty: i64,
    /// Words for "no value" in it, in the order of the file. They fit no type but text unless they are read as NULL.
    pub null_words: Vec<ImportNullWord>,
    /// Whether the type is meant for reading them as NULL: only where the other fields are surely of one type that is not text.
    pub null_words_are_null: bool,
    /// Sentences about what the type would lose, such as leading zeros; empty when nothing.
    pub losses: Vec<String>,
    /// Other types, the best first.
    pub alternatives: Vec<ImportAlternative>,
    /// Whether all fields are there and differ, so that it can be the primary key.
    pub unique: bool,
}

/// What a file would become.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportPreview {
    /// The uploaded file.
    pub data_file_id: i64,
    /// A name for the table.
    pub table_name: String,
    /// How the file is cut.
    pub dialect: Dialect,
    /// Rows in all, the header left out.
    pub rows: i64,
    /// Its columns.
    pub columns: Vec<ImportColumn>,
    /// The first rows, as text; null for an empty field.
    pub sample: Vec<Vec<Option<String>>>,
    /// Sentences about the whole file: short lines, NUL bytes, undecodable bytes, too many columns.
    pub warnings: Vec<String>,
    /// Most columns that can be loaded; when there are more, some must be left out.
    pub column_limit: usize,
}

/// A column to load.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct LoadColumn {
    /// Its place in the file, from 0.
    pub index: usize,
    /// Its name in the table.
    pub name: String,
    /// PostgreSQL's name of its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The type's modifiers.
    #[serde(default)]
    pub type_options: Option<TypeOptions>,
    /// How its fields are written where that is not the type's usual way: `dmy`, `mdy`, `named` for dates and timestamps,
    /// `1,234.5` or `1.234,5` for numbers.
    #[serde(default)]
    pub format: Option<String>,
    /// Words that are read as NULL, such as `NA`, whatever the type; spaces around them do not count. At most 20.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub null_words: Vec<String>,
}

/// Parameters of `imports.load`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct LoadParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
    /// The uploaded file.
    pub data_file_id: i64,
    /// Name of the new table.
    pub table_name: String,
    /// Its comment.
    #[serde(default)]
    pub comment: Option<String>,
    /// How the file is cut, as the preview said or was told.
    pub dialect: Dialect,
    /// The columns to load; others are left out.
    pub columns: Vec<LoadColumn>,
    /// A primary key to add; none when absent.
    #[serde(default)]
    pub add_key: Option<PkeyType>,
    /// The loaded column that becomes the primary key, by its name.
    #[serde(default)]
    pub key_column: Option<String>,
    /// Take NUL bytes out instead of refusing the file.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub remove_nul: bool,
    /// Drop what a line has beyond the last column instead of refusing the file.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub cut_long_lines: bool,
}

/// A column of a file that goes to a column of a table.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AppendColumn {
    /// Its place in the file, from 0.
    pub index: usize,
    /// Attribute number of the column that takes its fields.
    pub attnum: i16,
    /// How its fields are written; see [`LoadColumn::format`].
    #[serde(default)]
    pub format: Option<String>,
    /// Words that are read as NULL; see [`LoadColumn::null_words`].
    #[serde(default)]
    #[ts(optional = nullable)]
    pub null_words: Vec<String>,
}

/// Parameters of `imports.append`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AppendParams {
    /// The database.
    pub database_id: i64,
    /// The table that takes the rows.
    pub table_oid: u32,
    /// The uploaded file.
    pub data_file_id: i64,
    /// How the file is cut, as the preview said or was told.
    pub dialect: Dialect,
    /// Which column of the file goes where; others of the file are left out, others of the table get their defaults.
    pub columns: Vec<AppendColumn>,
    /// Take NUL bytes out instead of refusing the file.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub remove_nul: bool,
    /// Drop what a line has beyond the last column instead of refusing the file.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub cut_long_lines: bool,
}

methods! {
    /// Reads an uploaded file and says what it would become, without touching a database. Ours.
    Login Read "imports.preview" ImportsPreview (PreviewParams) -> ImportPreview;
    /// Loads a file into a new table, in one transaction; gives a job to follow with `jobs.get`. Its `result` has `table_oid`,
    /// `table_name` and `rows`. Ours.
    Collaborator Schema "imports.load" ImportsLoad (LoadParams) -> super::jobs::JobInfo;
    /// Adds the rows of a file to a table, all or none; gives a job as `imports.load` does. Ours.
    Collaborator Write "imports.append" ImportsAppend (AppendParams) -> super::jobs::JobInfo;
}
