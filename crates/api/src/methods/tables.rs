//! Tables and what is like them: views, partitioned and foreign tables.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::columns::{CastOptions, ColumnDef, ColumnPatch, TypeOptions};
use super::constraints::ConstraintDef;
use super::explorations::JoinEnd;
use super::methods;
use super::privileges::{ReplaceTablePrivilegesParams, RolePrivileges, TransferTableParams};
use crate::value::{Json, Patch, present};

/// What kind of relation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// An ordinary table.
    Table,
    /// A view.
    View,
    /// A materialised view.
    MaterializedView,
    /// A partitioned table; its partitions are folded under it. Ours: the original does not show them.
    PartitionedTable,
    /// A foreign table. Ours: the original does not show them.
    ForeignTable,
}

/// How rows are told apart. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RowIdentityInfo {
    /// `primary_key`, `unique`, `row_version` or `none`.
    pub kind: String,
    /// Attribute numbers of the key's columns, in the key's order.
    pub columns: Vec<i16>,
    /// Why rows cannot be written, when `kind` is `none`.
    pub reason: Option<String>,
}

/// A table.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct TableInfo {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
    /// Object identifier of its schema.
    pub schema: u32,
    /// Comment.
    pub description: Option<String>,
    /// Object identifier of the owning role.
    pub owner_oid: u32,
    /// What the caller's role may do: `SELECT`, `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, `REFERENCES`, `TRIGGER`, and from PostgreSQL 17
    /// on `MAINTAIN`.
    pub current_role_priv: Vec<String>,
    /// Whether the caller's role is, or is a member of, the owner.
    pub current_role_owns: bool,
    /// What kind of relation it is.
    #[serde(rename = "type")]
    pub kind: TableKind,
    /// The parent, for a partition. Ours.
    pub partition_of: Option<u32>,
    /// PostgreSQL's own estimate of the number of rows; null when never analysed. Ours.
    pub estimated_rows: Option<i64>,
    /// How rows are told apart; only with `tables.get` and `tables.get_with_metadata`. Ours.
    pub row_identity: Option<RowIdentityInfo>,
    /// What we know beyond PostgreSQL; only with the methods that say so.
    pub metadata: Option<TableMetadata>,
    /// How the caller arranged the columns; only with `tables.get_with_metadata`. Ours.
    pub layout: Option<TableLayout>,
}

/// How one person arranged the columns of a table for themselves. Ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct TableLayout {
    /// Attribute numbers in the order to show; columns that are not named follow. Empty for the table's own order.
    pub order: Vec<i16>,
    /// Attribute numbers of columns that are not shown.
    pub hidden: Vec<i16>,
    /// Widths in CSS pixels, 20 to 1000.
    pub widths: Vec<ColumnWidth>,
    /// How many of the first columns shown stay in place when the others scroll sideways.
    pub frozen: u16,
}

/// The width of a column. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ColumnWidth {
    /// Attribute number.
    pub attnum: i16,
    /// In CSS pixels.
    pub width: i32,
}

/// What we know of a table beyond PostgreSQL.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct TableMetadata {
    /// The uploaded file that it was made from.
    #[serde(default)]
    pub data_file_id: Option<i64>,
    /// Whether the import was confirmed.
    #[serde(default)]
    pub import_verified: Option<bool>,
    /// Attribute numbers in the order to show.
    #[serde(default)]
    pub column_order: Option<Vec<i16>>,
    /// How a record is called: strings and chains of attribute numbers, such as `["#",[1]," – ",[2,5]]`.
    #[serde(default)]
    #[ts(type = "unknown[] | null")]
    pub record_summary_template: Option<Json>,
    /// The primary key that an import added.
    #[serde(default)]
    pub mathesar_added_pkey_attnum: Option<i16>,
    /// The column that holds who edited last.
    #[serde(default)]
    pub user_tracking_attnum: Option<i16>,
}

/// The metadata of a table, with its name tag.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct TableMetadataRecord {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The uploaded file that it was made from.
    pub data_file_id: Option<i64>,
    /// Whether the import was confirmed.
    pub import_verified: Option<bool>,
    /// Attribute numbers in the order to show.
    pub column_order: Option<Vec<i16>>,
    /// How a record is called.
    #[ts(type = "unknown[] | null")]
    pub record_summary_template: Option<Json>,
    /// The primary key that an import added.
    pub mathesar_added_pkey_attnum: Option<i16>,
    /// The column that holds who edited last.
    pub user_tracking_attnum: Option<i16>,
}

/// Parameters of `tables.list` and `tables.list_with_metadata`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TablesListParams", deny_unknown_fields)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
}

/// Names a table.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TableParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
}

/// What kind of primary key a new table gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub enum PkeyType {
    /// An integer that counts up.
    #[serde(rename = "IDENTITY")]
    Identity,
    /// A random UUID.
    #[serde(rename = "UUIDv4")]
    Uuidv4,
}

/// The primary key of a new table.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PkeyColumnDef {
    /// Its name; `id` when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Its kind; `IDENTITY` when absent.
    #[serde(default, rename = "type")]
    pub kind: Option<PkeyType>,
}

/// Parameters of `tables.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TablesAddParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The schema.
    pub schema_oid: u32,
    /// Name; the first free "Table N" when absent.
    #[serde(default)]
    pub table_name: Option<String>,
    /// The primary key.
    #[serde(default)]
    pub pkey_column_info: Option<PkeyColumnDef>,
    /// The other columns.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub column_data_list: Vec<ColumnDef>,
    /// Constraints beside the primary key.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub constraint_data_list: Vec<ConstraintDef>,
    /// The role that shall own it; the caller's when absent.
    #[serde(default)]
    pub owner_oid: Option<u32>,
    /// Comment.
    #[serde(default)]
    pub comment: Option<String>,
}

/// A table that was made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct AddedTable {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
    /// Columns that had to be called otherwise than asked: from → to.
    pub renamed_columns: indexmap::IndexMap<String, String>,
}

/// Parameters of `tables.import`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TablesImportParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ImportParams {
    /// The database.
    pub database_id: i64,
    /// The uploaded file.
    pub data_file_id: i64,
    /// The schema.
    pub schema_oid: u32,
    /// Name; that of the file, with a number behind it where it is taken, when absent.
    #[serde(default)]
    pub table_name: Option<String>,
    /// Comment.
    #[serde(default)]
    pub comment: Option<String>,
}

/// A column as it could be.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PreviewColumn {
    /// Attribute number.
    pub id: i16,
    /// Another type.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// The type's modifiers.
    #[serde(default)]
    pub type_options: Option<TypeOptions>,
    /// How its text is read.
    #[serde(default)]
    pub cast_options: Option<CastOptions>,
}

/// Parameters of `tables.get_import_preview`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TablesImportPreviewParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ImportPreviewParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The columns to show.
    pub columns: Vec<PreviewColumn>,
    /// How many rows at most; 20 when absent, as in the original.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// What to change: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct TablePatch {
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// New comment; `null` removes it.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub description: Patch<String>,
    /// What to change of its columns, as in `columns.patch`, in the same transaction.
    #[serde(default)]
    pub columns: Option<Vec<ColumnPatch>>,
}

/// Parameters of `tables.patch`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TablesPatchParams", deny_unknown_fields)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// What to change.
    pub table_data_dict: TablePatch,
}

/// Parameters of `tables.delete`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TablesDeleteParams", deny_unknown_fields)]
pub struct DeleteParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Also drop what depends on it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub cascade: bool,
}

/// Result of `tables.refresh`. Ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RefreshedView {
    /// Whether others could read the view meanwhile.
    pub concurrently: bool,
}

/// Parameters of `tables.metadata.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct MetadataListParams {
    /// The database.
    pub database_id: i64,
}

/// Parameters of `tables.metadata.set`: what is absent stays.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TablesMetadataSetParams", deny_unknown_fields)]
pub struct MetadataSetParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Fields of [`TableMetadata`] by name: one that is given is stored, `null` removes it.
    #[ts(type = "Partial<TableMetadata>")]
    pub metadata: indexmap::IndexMap<String, Json>,
}

/// Parameters of `tables.layout.set`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LayoutSetParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The whole arrangement, in place of the present one; `null` forgets it.
    pub layout: Option<TableLayout>,
}

/// Parameters of `tables.list_joinable`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ListJoinableParams {
    /// The database.
    pub database_id: i64,
    /// The table to start from.
    pub table_oid: u32,
    /// How many foreign keys a way may follow: from 1 to 5.
    #[serde(default = "usual_depth")]
    #[ts(optional = nullable)]
    pub max_depth: u8,
    /// Also follow foreign keys of several columns, whose ends in `join_path` are then lists. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub several_columns: bool,
}

fn usual_depth() -> u8 {
    3
}

/// A table that can be joined, by one of the ways that lead to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct JoinableTable {
    /// The table to start from.
    pub base: u32,
    /// The table that the way leads to.
    pub target: u32,
    /// What is equal on the way.
    pub join_path: Vec<[JoinEnd; 2]>,
    /// The foreign keys on the way, and whether each is followed from the table that is referred to.
    pub fkey_path: Vec<(u32, bool)>,
    /// How many they are.
    pub depth: u8,
    /// Whether a record of the base may meet several of the target.
    pub multiple_results: bool,
}

/// A column of a table that can be joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct JoinableColumn {
    /// Name.
    pub name: String,
    /// Type, as the lists of columns tell it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it belongs to the primary key.
    pub primary_key: bool,
}

/// What a table that can be joined is called, and its columns by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct JoinTargetInfo {
    /// Name.
    pub name: String,
    /// Those that the caller's role may read.
    pub columns: IndexMap<i16, JoinableColumn>,
}

/// Result of `tables.list_joinable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct JoinableTables {
    /// Every way, shorter ones first.
    pub joinable_tables: Vec<JoinableTable>,
    /// The tables that they lead to, by object identifier.
    pub target_table_info: IndexMap<u32, JoinTargetInfo>,
}

methods! {
    /// Lists the tables of a schema; partitions follow their parent.
    Collaborator Read "tables.list" TablesList (ListParams) -> Vec<TableInfo>;
    /// Lists the tables of a schema with their metadata.
    Collaborator Read "tables.list_with_metadata" TablesListWithMetadata (ListParams) -> Vec<TableInfo>;
    /// Gives one table.
    Collaborator Read "tables.get" TablesGet (TableParams) -> TableInfo;
    /// Gives one table with its metadata and how the caller arranged its columns.
    Collaborator Read "tables.get_with_metadata" TablesGetWithMetadata (TableParams) -> TableInfo;
    /// Creates a table.
    Collaborator Schema "tables.add" TablesAdd (AddParams) -> AddedTable;
    /// Renames a table, changes its comment or its columns; gives the name that it has then.
    Collaborator Schema "tables.patch" TablesPatch (PatchParams) -> String;
    /// Drops a table; gives its qualified name.
    Collaborator Schema "tables.delete" TablesDelete (DeleteParams) -> String;
    /// Fills a materialised view from its query anew: while others read it where a unique index over columns tells its rows apart, and
    /// otherwise while they wait. Ours.
    Collaborator Write "tables.refresh" TablesRefresh (TableParams) -> RefreshedView;
    /// Loads an uploaded file into a new table of texts with a key `id`, and waits for it. The file stays. Where its types matter from
    /// the start, and for files that take longer than a request may, there is `imports.load`.
    Collaborator Schema "tables.import" TablesImport (ImportParams) -> AddedTable;
    /// Gives the first rows of a table as they would be with other types of its columns, by the columns' names. A value that does not
    /// fit is refused as `columns.patch` would.
    Collaborator Read "tables.get_import_preview" TablesImportPreview (ImportPreviewParams) -> Vec<IndexMap<String, Json>>;
    /// Lists the tables that foreign keys lead to from a table, in either direction: those of one column, unless more are asked for.
    Collaborator Read "tables.list_joinable" TablesListJoinable (ListJoinableParams) -> JoinableTables;
    /// Lists what roles were granted on a table or view, by the roles' names.
    Collaborator Read "tables.privileges.list_direct" TablesPrivilegesList (TableParams) -> Vec<RolePrivileges>;
    /// Grants and takes back what differs, in one transaction, and gives the new list. What cannot be had as asked is refused as
    /// a whole. With a right on the table PostgreSQL also takes the same right on single columns back.
    Collaborator Schema "tables.privileges.replace_for_roles" TablesPrivilegesReplace (ReplaceTablePrivilegesParams) -> Vec<RolePrivileges>;
    /// Gives a table or view to another role.
    Collaborator Schema "tables.privileges.transfer_ownership" TablesTransfer (TransferTableParams) -> TableInfo;
    /// Lists what is known of the database's tables beyond PostgreSQL.
    Collaborator Read "tables.metadata.list" TablesMetadataList (MetadataListParams) -> Vec<TableMetadataRecord>;
    /// Stores what is known of a table beyond PostgreSQL. Where the database's `metadata_access` is `owners`, only who owns the table may.
    Collaborator Settings "tables.metadata.set" TablesMetadataSet (MetadataSetParams) -> ();
    /// Stores how the caller arranged the columns of a table, for nobody else. Ours.
    Collaborator Settings "tables.layout.set" TablesLayoutSet (LayoutSetParams) -> ();
}
