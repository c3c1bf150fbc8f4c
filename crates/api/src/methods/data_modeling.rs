//! Changes that touch several tables at once.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::columns::CastOptions;
use super::methods;
use super::tables::PkeyType;

/// Parameters of `data_modeling.add_foreign_key_column`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddForeignKeyColumnParams {
    /// The database.
    pub database_id: i64,
    /// Name of the new column; where the key referred to has several columns, each gets this name and its own.
    pub column_name: String,
    /// The table that gets the column.
    pub referrer_table_oid: u32,
    /// The table that it refers to, by its primary key.
    pub referent_table_oid: u32,
    /// Whether no two records may refer to the same one. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub unique: bool,
    /// What an update there does, in the letters of `constraints.add`. Ours.
    #[serde(default)]
    pub fkey_update_action: Option<String>,
    /// What a delete there does, in the same letters. Ours.
    #[serde(default)]
    pub fkey_delete_action: Option<String>,
}

/// A column of a mapping table.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct MappingColumn {
    /// Its name.
    pub column_name: String,
    /// The table that it refers to, by its primary key.
    pub referent_table_oid: u32,
}

/// Parameters of `data_modeling.add_mapping_table`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AddMappingTableParams {
    /// The database.
    pub database_id: i64,
    /// Name of the new table.
    pub table_name: String,
    /// A column for each table that it maps.
    pub mapping_columns: Vec<MappingColumn>,
    /// The schema that it is made in.
    pub schema_oid: u32,
}

/// Parameters of `data_modeling.split_table`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct SplitTableParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// The columns that go.
    pub column_attnums: Vec<i16>,
    /// Name of the table that they go to, in the same schema.
    pub extracted_table_name: String,
    /// Name of the column that refers to it; the name of the table with `_id` when absent.
    #[serde(default)]
    pub relationship_fk_column_name: Option<String>,
}

/// What `data_modeling.split_table` made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SplitTable {
    /// The new table.
    pub extracted_table_oid: u32,
    /// The column that refers to it.
    pub new_fkey_attnum: i16,
}

/// Parameters of `data_modeling.move_columns`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct MoveColumnsParams {
    /// The database.
    pub database_id: i64,
    /// The table that has the columns.
    pub source_table_oid: u32,
    /// The table that gets them: one that the other refers to.
    pub target_table_oid: u32,
    /// The columns.
    pub move_column_attnums: Vec<i16>,
}

/// Parameters of `data_modeling.change_primary_key_column`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ChangePrimaryKeyColumnParams {
    /// The database.
    pub database_id: i64,
    /// The column that becomes the primary key.
    pub column_attnum: i16,
    /// The table.
    pub table_oid: u32,
    /// What new records get in it; what it had when absent.
    #[serde(default)]
    pub default: Option<PkeyType>,
    /// Whether the columns of the primary key until now are dropped.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub drop_existing_pk_column: bool,
}

/// Parameters of `data_modeling.suggest_types`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SuggestTypesParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
}

/// A type that a column could have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[ts(optional_fields = nullable)]
pub struct SuggestedType {
    /// PostgreSQL's name.
    #[serde(rename = "type")]
    pub kind: String,
    /// How the column's text is read then, for `cast_options` of `columns.patch`; absent where that is the type's usual way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<CastOptions>,
}

methods! {
    /// Adds a column that refers to the records of a table.
    Collaborator Schema "data_modeling.add_foreign_key_column" AddForeignKeyColumn (AddForeignKeyColumnParams) -> ();
    /// Adds a table whose records each connect one record of every table that it maps.
    Collaborator Schema "data_modeling.add_mapping_table" AddMappingTable (AddMappingTableParams) -> ();
    /// Moves columns into a new table that holds each of their different records once, and refers to it.
    Collaborator Schema "data_modeling.split_table" SplitTableColumns (SplitTableParams) -> SplitTable;
    /// Moves columns into a table that is referred to. Where records that refer to the same one hold different values, that one is
    /// copied for each of them.
    Collaborator Schema "data_modeling.move_columns" MoveColumns (MoveColumnsParams) -> ();
    /// Looks at the texts of a table (the first 100,000 rows) and says of each column, by attribute number, which type it could have so
    /// that `columns.patch` takes every one of them. What is not surely something else stays what it is.
    Collaborator Read "data_modeling.suggest_types" SuggestTypes (SuggestTypesParams) -> IndexMap<i16, SuggestedType>;
    /// Makes a column the primary key.
    Collaborator Schema "data_modeling.change_primary_key_column" ChangePrimaryKeyColumn (ChangePrimaryKeyColumnParams) -> ();
}
