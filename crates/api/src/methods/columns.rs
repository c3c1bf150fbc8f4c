//! Columns of a table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use super::privileges::{ColumnRolePrivileges, ReplaceColumnPrivilegesParams};
use super::tables::{PkeyType, TableParams};
use crate::value::{Json, Patch, present};

/// The modifiers of a type, as far as it has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct TypeOptions {
    /// Digits in all (`numeric`), or digits of a second (times).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<i32>,
    /// Digits after the point (`numeric`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<i32>,
    /// Fields of an `interval`, such as `day to second`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<String>,
    /// Longest text (`varchar`, `char`, `bit`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<i32>,
    /// Type of an array's elements; never taken as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_type: Option<String>,
    /// The type's own name, where `type` says `_array` or `_enum`; never taken as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_type: Option<String>,
    /// Labels of an enum; never taken as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enum_values: Option<Vec<String>>,
}

/// What a column holds when nothing is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ColumnDefault {
    /// The value of a static default, or the expression of a dynamic one.
    pub value: String,
    /// Whether it is an expression that PostgreSQL evaluates at each insert.
    pub is_dynamic: bool,
}

/// Which record a column's values link to. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ColumnLink {
    /// The table linked to.
    pub table_oid: u32,
    /// The column there, when the link has a single one.
    pub attnum: i16,
    /// Name of the foreign-key constraint.
    pub constraint: String,
}

/// A column.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ColumnInfo {
    /// Attribute number.
    pub id: i16,
    /// Name.
    pub name: String,
    /// PostgreSQL's name of the type; `_array` for arrays, `_enum` for enums.
    #[serde(rename = "type")]
    pub kind: String,
    /// The type's modifiers.
    pub type_options: Option<TypeOptions>,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Whether it is part of the primary key.
    pub primary_key: bool,
    /// What it holds when nothing is given.
    pub default: Option<ColumnDefault>,
    /// Whether something depends on it.
    pub has_dependents: bool,
    /// Comment.
    pub description: Option<String>,
    /// What the caller's role may do: `SELECT`, `INSERT`, `UPDATE`, `REFERENCES`.
    pub current_role_priv: Vec<String>,
    /// Family in the registry of types, which chooses editor, filters and display. Ours.
    pub family: String,
    /// The type as PostgreSQL writes it with modifiers, such as `numeric(10,2)`. Ours.
    pub display_type: String,
    /// `always` or `by_default` for an identity column. Ours.
    pub identity: Option<String>,
    /// Whether it is computed from other columns. Ours.
    pub generated: bool,
    /// Why the caller cannot write it; absent when they can. Ours.
    pub read_only_reason: Option<String>,
    /// The record that a value links to. Ours.
    pub link: Option<ColumnLink>,
    /// How to show it; only with `columns.list_with_metadata`.
    pub metadata: Option<ColumnMetadata>,
}

/// How to show a column. The fields are the original's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ColumnMetadata {
    /// `dropdown` or `checkbox`.
    #[serde(default)]
    pub bool_input: Option<String>,
    /// Words for true.
    #[serde(default)]
    pub bool_true: Option<String>,
    /// Words for false.
    #[serde(default)]
    pub bool_false: Option<String>,
    /// Fewest digits after the point, 0 to 20.
    #[serde(default)]
    pub num_min_frac_digits: Option<i32>,
    /// Most digits after the point, 0 to 20.
    #[serde(default)]
    pub num_max_frac_digits: Option<i32>,
    /// `always`, `auto` or `never`.
    #[serde(default)]
    pub num_grouping: Option<String>,
    /// `english`, `german`, `french`, `hindi` or `swiss`.
    #[serde(default)]
    pub num_format: Option<String>,
    /// Sign of the currency.
    #[serde(default)]
    pub mon_currency_symbol: Option<String>,
    /// `after-minus` or `end-with-space`.
    #[serde(default)]
    pub mon_currency_location: Option<String>,
    /// How times are shown.
    #[serde(default)]
    pub time_format: Option<String>,
    /// How dates are shown.
    #[serde(default)]
    pub date_format: Option<String>,
    /// Smallest unit of a duration.
    #[serde(default)]
    pub duration_min: Option<String>,
    /// Largest unit of a duration.
    #[serde(default)]
    pub duration_max: Option<String>,
    /// Width in CSS pixels, 20 to 1000.
    #[serde(default)]
    pub display_width: Option<i32>,
    /// Where files are kept.
    #[serde(default)]
    pub file_backend: Option<String>,
    /// How a user is shown: `full_name`, `email` or `username`.
    #[serde(default)]
    pub user_display_field: Option<String>,
}

/// A new column.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ColumnDef {
    /// Name; the first free "Column N" when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Type; `character varying` when absent. A type of the database is named with its schema: `public.mood`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Modifiers of the type.
    #[serde(default)]
    pub type_options: Option<TypeOptions>,
    /// Whether NULL is allowed; true when absent.
    #[serde(default)]
    pub nullable: Option<bool>,
    /// What it holds when nothing is given.
    #[serde(default)]
    pub default: Option<DefaultDef>,
    /// What it always holds, instead of a default. Ours.
    #[serde(default)]
    pub generated: Option<GeneratedDef>,
    /// Comment.
    #[serde(default)]
    pub description: Option<String>,
}

/// A value that PostgreSQL computes from the row's other columns (`GENERATED ALWAYS AS`). Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct GeneratedDef {
    /// One expression in SQL over other columns of the row, without comments, that gives the same for the same row at any time.
    pub expression: String,
    /// Whether the value is kept in the row (`STORED`), rather than computed when it is read (`VIRTUAL`, from PostgreSQL 18 on); true when
    /// absent.
    #[serde(default)]
    pub stored: Option<bool>,
}

/// A default for a column: a static value, in the type's own text form, or an expression.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct DefaultDef {
    /// The value; of a dynamic default one expression in SQL, without comments.
    pub value: Json,
    /// Whether `value` is an expression, such as `now()`, that PostgreSQL evaluates at each insert. That it can be set is ours.
    #[serde(default)]
    pub is_dynamic: Option<bool>,
}

/// How a text writes numbers, as `data_modeling.suggest_types` says it. What is written otherwise is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct CastOptions {
    /// Taken for the original's clients: nothing depends on it here.
    #[serde(default)]
    pub mathesar_casting: Option<bool>,
    /// The character between the digits of thousands; an empty string for none.
    #[serde(default)]
    pub group_sep: Option<String>,
    /// The character before the fraction; an empty string where there is none.
    #[serde(default)]
    pub decimal_p: Option<String>,
    /// What stands before the number, such as `$`.
    #[serde(default)]
    pub curr_pref: Option<String>,
    /// What stands behind the number, such as `€`.
    #[serde(default)]
    pub curr_suff: Option<String>,
}

/// What to change of a column: what is absent stays, `null` removes.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ColumnPatch {
    /// Attribute number.
    pub id: i16,
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// New type; values are cast. A type of the database is named with its schema: `public.mood`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// How a text is read on the way to the new type.
    #[serde(default)]
    pub cast_options: Option<CastOptions>,
    /// New modifiers.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "TypeOptions | null", optional = nullable)]
    pub type_options: Patch<TypeOptions>,
    /// Whether NULL is allowed.
    #[serde(default)]
    pub nullable: Option<bool>,
    /// New default.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "DefaultDef | null", optional = nullable)]
    pub default: Patch<DefaultDef>,
    /// New comment.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub description: Patch<String>,
}

/// Parameters of `columns.list` and `columns.list_with_metadata`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ColumnsListParams", deny_unknown_fields)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
}

/// Parameters of `columns.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ColumnsAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The new columns.
    pub column_data_list: Vec<ColumnDef>,
}

/// Parameters of `columns.patch`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ColumnsPatchParams", deny_unknown_fields)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// What to change, in one transaction.
    pub column_data_list: Vec<ColumnPatch>,
}

/// Parameters of `columns.delete`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ColumnsDeleteParams", deny_unknown_fields)]
pub struct DeleteParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Attribute numbers.
    pub column_attnums: Vec<i16>,
}

/// The metadata of a column, with its name tag.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ColumnMetadataRecord {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Attribute number.
    pub attnum: i16,
    /// The metadata.
    #[serde(flatten)]
    #[ts(flatten)]
    pub metadata: ColumnMetadata,
}

/// One column's part of `columns.metadata.set`: `attnum`, and fields of [`ColumnMetadata`]; one that is given is stored, `null`
/// removes it, and one that is unknown is refused.
pub type ColumnMetadataSet = indexmap::IndexMap<String, Json>;

/// Parameters of `columns.metadata.set`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ColumnsMetadataSetParams", deny_unknown_fields)]
pub struct MetadataSetParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// What to store: for each column its `attnum` and the fields to change.
    #[ts(type = "Array<{ attnum: number } & ColumnMetadata>")]
    pub column_meta_data_list: Vec<ColumnMetadataSet>,
}

/// Parameters of `columns.add_primary_key_column`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddPrimaryKeyColumnParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// What its records get as their key.
    pub pkey_type: PkeyType,
    /// Whether the columns of the primary key until now are dropped.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub drop_existing_pkey_column: bool,
    /// Name of the column.
    #[serde(default = "usual_key")]
    #[ts(optional = nullable)]
    pub name: String,
}

fn usual_key() -> String {
    "id".to_owned()
}

/// Parameters of `columns.check_cast`. Ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct CheckCastParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Attribute number.
    pub attnum: i16,
    /// The type to try.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its modifiers.
    #[serde(default)]
    pub type_options: Option<TypeOptions>,
}

/// Parameters of `columns.reset_mash`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ResetMashParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Attribute number of a column of type `jsonb`.
    pub column_attnum: i16,
}

/// What a change of type would do. Ours.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct CastReport {
    /// How many values cannot be cast.
    pub failing: i64,
    /// Up to ten of them.
    pub samples: Vec<String>,
    /// Whether the table must be rewritten, and so is locked for the time.
    pub rewrites: bool,
}

methods! {
    /// Lists the columns of a table.
    Collaborator Read "columns.list" ColumnsList (ListParams) -> Vec<ColumnInfo>;
    /// Lists the columns of a table with how to show them.
    Collaborator Read "columns.list_with_metadata" ColumnsListWithMetadata (ListParams) -> Vec<ColumnInfo>;
    /// Adds columns; gives their attribute numbers.
    Collaborator Schema "columns.add" ColumnsAdd (AddParams) -> Vec<i16>;
    /// Changes columns in one transaction; gives how many.
    Collaborator Schema "columns.patch" ColumnsPatch (PatchParams) -> i64;
    /// Drops columns; gives how many.
    Collaborator Schema "columns.delete" ColumnsDelete (DeleteParams) -> i64;
    /// Adds a column that is the primary key from now on.
    Collaborator Schema "columns.add_primary_key_column" ColumnsAddPrimaryKeyColumn (AddPrimaryKeyColumnParams) -> ();
    /// Lists how the columns of a table are shown.
    Collaborator Read "columns.metadata.list" ColumnsMetadataList (ListParams) -> Vec<ColumnMetadataRecord>;
    /// Stores how columns are shown. Where the database's `metadata_access` is `owners`, only who owns the table may.
    Collaborator Settings "columns.metadata.set" ColumnsMetadataSet (MetadataSetParams) -> ();
    /// Gives the files of a column the marks that this installation knows them by, after they came from another one.
    Collaborator Write "columns.reset_mash" ColumnsResetMash (ResetMashParams) -> ();
    /// Lists what roles were granted on single columns of a table, by the roles' names and the columns' numbers. What they were granted on
    /// the whole table is not among it. Ours.
    Collaborator Read "columns.privileges.list_direct" ColumnsPrivilegesList (TableParams) -> Vec<ColumnRolePrivileges>;
    /// Grants and takes back what differs, in one transaction, and gives the new list. What cannot be had as asked is refused as
    /// a whole. What a role has on the whole table it keeps on each column. Ours.
    Collaborator Schema "columns.privileges.replace_for_roles" ColumnsPrivilegesReplace (ReplaceColumnPrivilegesParams) -> Vec<ColumnRolePrivileges>;
    /// Tries a change of type without making it. Ours.
    Collaborator Read "columns.check_cast" ColumnsCheckCast (CheckCastParams) -> CastReport;
}
