//! Rows of a table.
//!
//! Columns are named by attribute number. A row is named by a *record id*: the value of a single-column primary key, as in the
//! original, or a [`RowKey`] object for every other kind of identity.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use crate::value::Json;

/// A row's identity as an object: `{"<attnum>": "<value as text>", …}` for a key of one or many columns, or
/// `{"ctid": "(0,1)", "tableoid": "16384", "digest": "<hex>"}` where a table has none. Ours.
pub type RowKey = IndexMap<String, String>;

/// A filter in the original's grammar: a leaf `{type: "attnum" | "literal", value}` or a node `{type: <operator>, args}`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct FilterNode {
    /// `attnum`, `literal`, or an operator.
    #[serde(rename = "type")]
    pub kind: String,
    /// The attribute number or the literal, for a leaf.
    #[serde(default)]
    pub value: Option<Json>,
    /// The operands, for an operator.
    #[serde(default)]
    pub args: Option<Vec<FilterNode>>,
}

/// Which way to sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// Where NULL sorts. Ours; PostgreSQL's default (last when ascending) without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum Nulls {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

/// One column of an order.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct OrderBy {
    /// The column.
    pub attnum: i16,
    /// Which way.
    pub direction: Direction,
    /// Where NULL sorts.
    #[serde(default)]
    pub nulls: Option<Nulls>,
}

/// Groups of rows.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct Grouping {
    /// The columns.
    pub columns: Vec<i16>,
    /// For each column, how its value is reduced first, or null.
    #[serde(default)]
    pub preproc: Option<Vec<Option<String>>>,
}

/// How exactly rows are counted. Ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum CountMode {
    /// To the last row, as the original does.
    #[default]
    Exact,
    /// PostgreSQL's estimate.
    Estimate,
    /// Exactly up to 10,000, else an estimate.
    Capped,
    /// Not at all.
    None,
}

/// How values are written. Ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum ValueForm {
    /// The original's forms: JSON numbers, dates with era, arrays as JSON.
    #[default]
    Original,
    /// Every value as a string in ISO 8601 or PostgreSQL's own text form, booleans as JSON booleans, NULL as null. Exact and
    /// accepted back as it is.
    Text,
}

/// Parameters of `records.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "RecordsListParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Most rows to give; 10,000 when absent, and at most.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Rows to pass over.
    #[serde(default)]
    pub offset: Option<u64>,
    /// Sort order; completed by the key.
    #[serde(default)]
    pub order: Option<Vec<OrderBy>>,
    /// Which rows.
    #[serde(default)]
    pub filter: Option<FilterNode>,
    /// Groups.
    #[serde(default)]
    pub grouping: Option<Grouping>,
    /// Columns of records that a table in between connects with the rows.
    #[serde(default)]
    pub joined_columns: Option<Vec<JoinedColumn>>,
    /// Also give how each record is called.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub return_record_summaries: bool,
    /// Only these columns (the key's are always read). Ours.
    #[serde(default)]
    pub columns: Option<Vec<i16>>,
    /// How exactly to count. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub count: CountMode,
    /// How values are written. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub values: ValueForm,
    /// Also give the key of each row. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub keys: bool,
    /// Only rows after this one in the order, by its key: constant time at any depth. Excludes `offset`. Ours.
    #[serde(default)]
    pub after: Option<RowKey>,
    /// The rows that end before this one in the order, by its key. Excludes `offset` and `after`. Ours.
    #[serde(default)]
    pub before: Option<RowKey>,
    /// How many rows the caller takes to be there. With it a page may be answered that stands only about where it was asked
    /// for, in constant time at any depth: a far `offset` is then a share of all rows, and `after` and `before` may go by the
    /// order as it was some minutes ago. `place` says where the page stands. Without it every page is exact. Ours.
    #[serde(default)]
    pub approximate_count: Option<u64>,
}

/// A column by its table's object identifier and its number.
pub type ColumnPlace = (u32, i16);

/// Records that a table in between connects with each row. They come in the row, by the alias: `{"count": …, "result": […]}` with the
/// keys of the first 25.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct JoinedColumn {
    /// Name of the column in the answer; no number.
    pub alias: String,
    /// The pairs of columns that are equal on the way, as `tables.list_joinable` tells them: from the table to the one in between,
    /// and from there to the records.
    pub join_path: Vec<(ColumnPlace, ColumnPlace)>,
}

/// Where a file of a cell is to be had, as paths of this installation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct FileLinks {
    /// Where its bytes are, as the storage says it.
    pub uri: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mimetype: String,
    /// A small picture of it.
    pub thumbnail: String,
    /// The file, to be saved.
    pub attachment: String,
    /// The file, to be shown.
    pub direct: String,
}

/// A page of rows.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[ts(optional_fields = nullable)]
pub struct RecordList {
    /// Number of rows that match; null when not counted.
    pub count: Option<i64>,
    /// Whether `count` is exact. Ours.
    pub count_exact: Option<bool>,
    /// The rows, by attribute number.
    pub results: Vec<IndexMap<String, Json>>,
    /// The key of each row, when asked for. Ours.
    pub keys: Option<Vec<RowKey>>,
    /// The groups, when asked for.
    pub grouping: Option<GroupingResult>,
    /// For each linking column: linked value → how that record is called.
    pub linked_record_summaries: Option<IndexMap<String, IndexMap<String, String>>>,
    /// Primary key → how the record is called.
    pub record_summaries: Option<IndexMap<String, String>>,
    /// For each joined column: key → how that record is called; null when none was asked for.
    pub joined_record_summaries: Option<IndexMap<String, IndexMap<String, String>>>,
    /// For each column with files: mark → links to the file. Null without such a column, and where values are asked for in our form.
    pub download_links: Option<IndexMap<String, IndexMap<String, FileLinks>>>,
    /// Where the page stands, when `approximate_count` was given and the page was found by what is known of the order; such a
    /// page does not tell how many rows there are by ending early. Ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<RowPlace>,
}

/// Where a row stands in an order. Ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RowPlace {
    /// How many rows stand before it.
    pub offset: u64,
    /// Whether that was counted, and not estimated.
    pub exact: bool,
}

/// Parameters of `records.locate`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "RecordsLocateParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct LocateParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Sort order; completed by the key.
    #[serde(default)]
    pub order: Option<Vec<OrderBy>>,
    /// Which rows.
    #[serde(default)]
    pub filter: Option<FilterNode>,
    /// The row.
    pub key: RowKey,
}

/// The groups of a page.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct GroupingResult {
    /// The columns asked for.
    pub columns: Vec<i16>,
    /// The reductions asked for.
    pub preproc: Option<Vec<Option<String>>>,
    /// The groups that have rows on this page.
    pub groups: Vec<Group>,
}

/// One group.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct Group {
    /// Its number, counted over the whole table from 1.
    pub id: i64,
    /// Its rows in the whole filtered table.
    pub count: i64,
    /// What its rows have in common, by attribute number.
    pub results_eq: IndexMap<String, Json>,
    /// Where its rows stand on this page, from 0.
    pub result_indices: Vec<i64>,
}

/// Parameters of `records.get`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct GetParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Primary-key value, or a [`RowKey`].
    pub record_id: Json,
    /// Columns of records that a table in between connects with the row.
    #[serde(default)]
    pub joined_columns: Option<Vec<JoinedColumn>>,
    /// Also give how the record is called.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub return_record_summaries: bool,
    /// How records of some tables are called in this answer, whatever was chosen for them: templates by object identifier.
    #[serde(default)]
    pub table_record_summary_templates: Option<IndexMap<String, Json>>,
    /// How values are written. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub values: ValueForm,
    /// Also give the key of the row. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub keys: bool,
}

/// Parameters of `records.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "RecordsAddParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Values by attribute number; a column left out gets its default.
    pub record_def: IndexMap<String, Json>,
    /// Also give how the record is called.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub return_record_summaries: bool,
    /// How values are written. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub values: ValueForm,
    /// Also give the key of the row. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub keys: bool,
}

/// Parameters of `records.patch`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "RecordsPatchParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Primary-key value, or a [`RowKey`].
    pub record_id: Json,
    /// New values by attribute number.
    pub record_def: IndexMap<String, Json>,
    /// Values last read, in the `text` form; if one has changed since, the answer is a conflict. Ours.
    #[serde(default)]
    pub expect: Option<IndexMap<String, Json>>,
    /// Also give how the record is called.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub return_record_summaries: bool,
    /// How values are written. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub values: ValueForm,
    /// Also give the key of the row. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub keys: bool,
}

/// Parameters of `records.delete`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "RecordsDeleteParams", deny_unknown_fields)]
pub struct DeleteParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Primary-key values, or [`RowKey`]s; at most 10,000.
    pub record_ids: Vec<Json>,
}

/// One column's part of a search.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SearchParam {
    /// The column.
    pub attnum: i16,
    /// What to look for.
    pub literal: Json,
}

/// Parameters of `records.search`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct SearchParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// What to look for; all of nothing gives all rows.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub search_params: Vec<SearchParam>,
    /// Most rows to give; 10 when absent.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Rows to pass over.
    #[serde(default)]
    pub offset: Option<u64>,
    /// Also give how each record is called.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub return_record_summaries: bool,
}

/// Parameters of `records.list_summaries`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ListSummariesParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Most records to give; 10,000 when absent, and at most.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Records to pass over.
    #[serde(default)]
    pub offset: Option<u64>,
    /// Only records whose summary contains this, whatever the case.
    #[serde(default)]
    pub search: Option<String>,
    /// The column whose value is the key: the one that a foreign key refers to; the primary key when absent. Ours.
    #[serde(default)]
    pub key_attnum: Option<i16>,
    /// Also say which of the records a table in between connects with one of another table.
    #[serde(default)]
    pub linked_record_path: Option<LinkedRecordPath>,
}

/// A record, and the way from it over a table in between.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LinkedRecordPath {
    /// The record: the value of a primary key of one column, or a key as an object.
    pub record_pkey: Json,
    /// The pairs of columns that are equal on the way, as in a `JoinedColumn`: from the record's table to the one in between, and from
    /// there to the records that are listed.
    pub join_path: Vec<(ColumnPlace, ColumnPlace)>,
    /// List the linked records before the others. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub linked_first: bool,
}

/// How a record is called.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct RecordSummary {
    /// Its primary key.
    pub key: Json,
    /// Its summary.
    pub summary: String,
}

/// Summaries of records.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct RecordSummaryList {
    /// Number of records that match.
    pub count: i64,
    /// The records.
    pub results: Vec<RecordSummary>,
    /// Which of them are linked, when a `linked_record_path` was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub mapping: Option<LinkedRecords>,
}

/// Which records of a list a table in between connects with a record.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct LinkedRecords {
    /// The table in between.
    pub join_table: u32,
    /// For the key of each record that is linked, the rows of the table in between, as `records.delete` takes them; none for a table whose
    /// rows nothing names.
    pub joined_values: IndexMap<String, Vec<Json>>,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum ChangeOp {
    /// Adds a row.
    Insert,
    /// Changes a row.
    Update,
    /// Deletes a row.
    Delete,
}

/// One change of one row. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct Change {
    /// What it does.
    pub op: ChangeOp,
    /// The row, for `update` and `delete`.
    #[serde(default)]
    pub key: Option<RowKey>,
    /// New values by attribute number in the `text` form, for `insert` and `update`.
    #[serde(default)]
    pub set: Option<IndexMap<String, Json>>,
    /// Values last read by attribute number in the `text` form, for `update` and `delete`: if one has changed since, the
    /// change is a conflict.
    #[serde(default)]
    pub expect: Option<IndexMap<String, Json>>,
}

/// Parameters of `records.apply`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ApplyParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The changes, at most 20,000, made in their order in one transaction: all of them or none.
    pub changes: Vec<Change>,
}

/// What became of one change. Ours.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[ts(optional_fields = nullable)]
pub struct Applied {
    /// The row's key after the change; absent for a deleted row.
    pub key: Option<RowKey>,
    /// The row after the change, by attribute number in the `text` form; absent for a deleted row. For a deleted row it is the
    /// row as it was, so that it can be brought back.
    pub row: Option<IndexMap<String, Json>>,
}

/// Result of `records.apply`. Ours.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ApplyResult {
    /// One for each change, in their order.
    pub results: Vec<Applied>,
    /// For each linking column: linked value → how that record is called, for the rows above.
    pub linked_record_summaries: IndexMap<String, IndexMap<String, String>>,
}

/// Why one change of `records.apply` was not made; the `data` of the error. Ours.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[ts(optional_fields = nullable)]
pub struct ChangeFailure {
    /// Which change, from 0.
    pub index: usize,
    /// Column at fault, when PostgreSQL names it.
    pub attnum: Option<i16>,
    /// `conflict` (changed since it was read), `gone` (deleted meanwhile), `hidden` (a policy or missing right hides it), or
    /// `refused` (PostgreSQL refuses the value).
    pub reason: String,
    /// The row as it is now, by attribute number in the `text` form, for a conflict.
    pub present: Option<IndexMap<String, Json>>,
}

/// Parameters of `records.count`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct CountParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Which rows.
    #[serde(default)]
    pub filter: Option<FilterNode>,
    /// How exactly.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub count: CountMode,
}

/// A number of rows. Ours.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct RowCount {
    /// The number.
    pub count: i64,
    /// Whether it is exact.
    pub exact: bool,
}

methods! {
    /// Lists rows: filtered, sorted, a page at a time.
    Collaborator Read "records.list" RecordsList (ListParams) -> RecordList;
    /// Gives one row.
    Collaborator Read "records.get" RecordsGet (GetParams) -> RecordList;
    /// Adds a row.
    Collaborator Write "records.add" RecordsAdd (AddParams) -> RecordList;
    /// Changes a row.
    Collaborator Write "records.patch" RecordsPatch (PatchParams) -> RecordList;
    /// Deletes rows, all of them or none; gives their primary keys.
    Collaborator Write "records.delete" RecordsDelete (DeleteParams) -> Vec<Json>;
    /// Finds rows that resemble what is looked for, the best first.
    Collaborator Read "records.search" RecordsSearch (SearchParams) -> RecordList;
    /// Lists how records are called, for choosing one.
    Collaborator Read "records.list_summaries" RecordsListSummaries (ListSummariesParams) -> RecordSummaryList;
    /// Tells how many rows stand before one. Reads all rows once, and remembers where they stand, so that far pages are found
    /// at once afterwards; null while that is being done for somebody else, and where there are too many rows. Ours.
    Collaborator Read "records.locate" RecordsLocate (LocateParams) -> Option<RowPlace>;
    /// Counts rows. Ours.
    Collaborator Read "records.count" RecordsCount (CountParams) -> RowCount;
    /// Makes many changes in one transaction: all of them or none. Ours.
    Collaborator Write "records.apply" RecordsApply (ApplyParams) -> ApplyResult;
}
