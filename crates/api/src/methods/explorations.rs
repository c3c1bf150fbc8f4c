//! Explorations: saved queries over a table and the tables that it is linked with.
//!
//! A definition names columns by *alias*. It begins with columns of tables (`initial_columns`), and each of its
//! `transformations` works on what the one before it gave.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned, de::Error as _};
use ts_rs::TS;

use super::columns::{ColumnMetadata, TypeOptions};
use super::methods;
use super::records::{Direction, ValueForm};
use super::sharing::{SharedAccess, Sharing};
use crate::value::{Json, read};

/// One end of a link: a table and the column in it, or several columns for a link over a composite key. Several columns are ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct JoinEnd(pub u32, pub JoinColumns);

/// The columns of one end of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(untagged, expecting = "expected the number of a column or a list of them")]
pub enum JoinColumns {
    /// The only one.
    One(i16),
    /// In the order of the other end's.
    Many(Vec<i16>),
}

impl JoinColumns {
    /// The columns.
    pub fn as_slice(&self) -> &[i16] {
        match self {
            Self::One(attnum) => std::slice::from_ref(attnum),
            Self::Many(attnums) => attnums,
        }
    }
}

/// A column that an exploration begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ExplorationColumn {
    /// What it is called in the exploration.
    pub alias: String,
    /// Its number in its table.
    pub attnum: i16,
    /// The links that lead to its table, each `[[table, column], [table, column]]`, from the base table on; none for a column of
    /// the base table itself. Rows without a counterpart stay, with NULL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_path: Option<Vec<[JoinEnd; 2]>>,
}

/// A condition: an object with one member, the filter's id, whose value are its operands: `{"column_name": [alias]}`,
/// `{"literal": [value]}`, or conditions where it combines such (`and`, `or`, `not`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(transparent)]
#[ts(type = "{ [filter in string]: (ExplorationFilter | { column_name: [string] } | { literal: [unknown] })[] }")]
pub struct ExplorationFilter(pub Json);

/// One column of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ExplorationOrder {
    /// The column's alias.
    pub field: String,
    /// Which way.
    pub direction: Direction,
    /// NULL before all values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nullsfirst: Option<bool>,
    /// NULL after all values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nullslast: Option<bool>,
}

/// A column that rows are grouped by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct GroupingExpression {
    /// The column's alias.
    pub input_alias: String,
    /// What it is called from here on.
    pub output_alias: String,
    /// How its values are reduced first: `truncate_to_year`, `truncate_to_month`, `truncate_to_day`, `uri_scheme`,
    /// `uri_authority` or `email_domain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preproc: Option<String>,
}

/// A column whose values are put together, one value for each group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AggregationExpression {
    /// The column's alias.
    pub input_alias: String,
    /// What the result is called.
    pub output_alias: String,
    /// `distinct_aggregate_to_array`, `aggregate_to_array`, `count`, `sum`, `mean`, `median`, `mode`, `min`, `max`,
    /// `percentage_true`, `peak_time`, `peak_month`; ours are `count_null` and `count_distinct`.
    pub function: String,
}

/// One row for each group of rows.
///
/// Columns that are mentioned nowhere are added. Where each value of the base column names one record (its table has a primary
/// key or unique constraint over it alone, and it is not reduced), those that have one value for this record are grouped by,
/// as `<alias>_grouped`; all others become lists of their different values, as `<alias>_agged`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ExplorationSummary {
    /// The alias of the column that decides what becomes of those that are not mentioned. It is grouped by.
    pub base_grouping_column: String,
    /// What rows are grouped by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grouping_expressions: Option<Vec<GroupingExpression>>,
    /// What is computed for each group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation_expressions: Option<Vec<AggregationExpression>>,
}

/// A step of an exploration.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema, TS)]
#[serde(tag = "type", content = "spec", rename_all = "snake_case")]
pub enum Transformation {
    /// Keeps the rows that fulfil a condition.
    Filter(ExplorationFilter),
    /// Sorts rows; what was sorted by before decides among equals.
    Order(Vec<ExplorationOrder>),
    /// Groups rows.
    Summarize(ExplorationSummary),
    /// Leaves these columns out.
    Hide(Vec<String>),
    /// Keeps these columns only, in this order.
    Select(Vec<String>),
    /// Keeps so many rows.
    Limit(u64),
    /// Leaves out so many rows.
    Offset(u64),
}

/// Serde's own reading of tagged enums loses what [`Json`] has to keep.
impl<'de> Deserialize<'de> for Transformation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Step {
            #[serde(rename = "type")]
            kind: String,
            spec: Json,
        }
        fn spec<T: DeserializeOwned, E: serde::de::Error>(step: &Step) -> Result<T, E> {
            read(step.spec.text()).map_err(|misfit| misfit.of_member("spec"))
        }
        let step = Step::deserialize(deserializer)?;
        Ok(match step.kind.as_str() {
            "filter" => Self::Filter(spec(&step)?),
            "order" => Self::Order(spec(&step)?),
            "summarize" => Self::Summarize(spec(&step)?),
            "hide" => Self::Hide(spec(&step)?),
            "select" => Self::Select(spec(&step)?),
            "limit" => Self::Limit(spec(&step)?),
            "offset" => Self::Offset(spec(&step)?),
            other => {
                let known = "filter, order, summarize, hide, select, limit and offset";
                return Err(D::Error::custom(format!(".type: \"{other:.40}\" is unknown; known are {known}")));
            }
        })
    }
}

/// What an exploration shows. An [`ExplorationInfo`] can be given as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ExplorationDef {
    /// Our number of it; which one `explorations.replace` replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The database, if it is repeated here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_id: Option<i64>,
    /// Its name, 1 to 128 characters, unique within the schema; needed to save it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The table that it begins with.
    pub base_table_oid: u32,
    /// The schema that it is listed in; needed to save it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_oid: Option<u32>,
    /// The columns that it begins with.
    pub initial_columns: Vec<ExplorationColumn>,
    /// Its steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transformations: Option<Vec<Transformation>>,
    /// How it is shown; kept as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_options: Option<Json>,
    /// Alias → what people read above the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_names: Option<IndexMap<String, String>>,
    /// What it is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What others may do with it from when `explorations.add` saves it, by its `access`; not looked at otherwise:
    /// `explorations.share` changes it. Ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
}

/// A saved exploration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ExplorationInfo {
    /// Our number of it.
    pub id: i64,
    /// The database.
    pub database_id: i64,
    /// Its name.
    pub name: String,
    /// The table that it begins with.
    pub base_table_oid: u32,
    /// The schema that it is listed in.
    pub schema_oid: u32,
    /// The columns that it begins with.
    pub initial_columns: Vec<ExplorationColumn>,
    /// Its steps.
    pub transformations: Option<Vec<Transformation>>,
    /// How it is shown.
    pub display_options: Option<Json>,
    /// Alias → what people read above the column.
    pub display_names: Option<IndexMap<String, String>>,
    /// What it is good for.
    pub description: Option<String>,
    /// Whose it is, and what others may do with it. Ours.
    pub sharing: Sharing,
}

impl From<ExplorationInfo> for ExplorationDef {
    fn from(saved: ExplorationInfo) -> Self {
        Self {
            id: Some(saved.id),
            database_id: Some(saved.database_id),
            name: Some(saved.name),
            base_table_oid: saved.base_table_oid,
            schema_oid: Some(saved.schema_oid),
            initial_columns: saved.initial_columns,
            transformations: saved.transformations,
            display_options: saved.display_options,
            display_names: saved.display_names,
            description: saved.description,
            sharing: Some(saved.sharing),
        }
    }
}

/// Parameters of `explorations.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ExplorationsListParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
    /// Only those of this schema.
    #[serde(default)]
    pub schema_oid: Option<u32>,
}

/// Names a saved exploration.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ExplorationParams {
    /// The database.
    pub database_id: i64,
    /// The exploration.
    pub exploration_id: i64,
}

/// Parameters of `explorations.share`: what is absent stays.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ExplorationsShareParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ShareParams {
    /// The database.
    pub database_id: i64,
    /// The exploration.
    pub exploration_id: i64,
    /// The user who owns it from now on, a collaborator of the database.
    #[serde(default)]
    pub owner_id: Option<i64>,
    /// What the other collaborators may do.
    #[serde(default)]
    pub access: Option<SharedAccess>,
}

/// Parameters of `explorations.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ExplorationsAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// What to save.
    pub exploration_def: ExplorationDef,
}

/// Parameters of `explorations.replace`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ExplorationsReplaceParams", deny_unknown_fields)]
pub struct ReplaceParams {
    /// The database.
    pub database_id: i64,
    /// What to save under its `id`.
    pub new_exploration: ExplorationDef,
}

/// Rows when the caller does not say, as in the original.
const fn default_limit() -> u32 {
    100
}

/// The original always counts.
const fn counts_by_default() -> bool {
    true
}

/// Parameters of `explorations.run`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "ExplorationsRunParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct RunParams {
    /// The database.
    pub database_id: i64,
    /// What to show; it need not be saved.
    pub exploration_def: ExplorationDef,
    /// Most rows to give; at most 10,000.
    #[serde(default = "default_limit")]
    #[ts(as = "Option<u32>", optional = nullable)]
    pub limit: u32,
    /// Rows to pass over.
    #[serde(default)]
    #[ts(as = "Option<u64>", optional = nullable)]
    pub offset: u64,
    /// Whether to count all rows. Ours.
    #[serde(default = "counts_by_default")]
    #[ts(as = "Option<bool>", optional = nullable)]
    pub count: bool,
    /// How values are written. Ours.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub values: ValueForm,
}

/// The rows of an exploration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ExplorationRecords {
    /// How many rows there are in all; null when not counted.
    pub count: Option<i64>,
    /// Those of the page, by alias, in the form that was asked for.
    pub results: Vec<IndexMap<String, Json>>,
}

/// A column of the result of an exploration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ExplorationResultColumn {
    /// Its alias.
    pub alias: String,
    /// What people read above it, where the definition names it.
    pub display_name: Option<String>,
    /// PostgreSQL's name of its type; `_array` for arrays, `_enum` for enums.
    #[serde(rename = "type")]
    pub kind: String,
    /// The type's modifiers.
    pub type_options: Option<TypeOptions>,
    /// Family in the registry of types. Ours.
    pub family: String,
    /// The type as PostgreSQL writes it with modifiers. Ours.
    pub display_type: String,
    /// Whether it is a column of a table that belongs to the table's primary key.
    pub primary_key: bool,
    /// How to show it, where it is a column of a table and somebody chose.
    pub metadata: Option<ColumnMetadata>,
    /// Whether it is one of the columns that the exploration begins with.
    pub is_initial_column: bool,
    /// The name of that column in its table.
    pub input_column_name: Option<String>,
    /// The name of its table.
    pub input_table_name: Option<String>,
    /// The object identifier of its table.
    pub input_table_id: Option<u32>,
    /// For a column that a step made: the alias of the column that it was made from.
    pub input_alias: Option<String>,
}

/// What an exploration gives.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ExplorationResult {
    /// The definition, as it was given.
    pub query: ExplorationDef,
    /// The rows.
    pub records: ExplorationRecords,
    /// The aliases of the columns, in their order.
    pub output_columns: Vec<String>,
    /// Alias → what is known about the column.
    pub column_metadata: IndexMap<String, ExplorationResultColumn>,
    /// As it was given.
    pub limit: u32,
    /// As it was given.
    pub offset: u64,
}

methods! {
    /// Lists the saved explorations of a database that the caller may see, oldest first.
    Collaborator Read "explorations.list" ExplorationsList (ListParams) -> Vec<ExplorationInfo>;
    /// Gives one saved exploration. One that its owner keeps to themselves is not there for others.
    Collaborator Read "explorations.get" ExplorationsGet (ExplorationParams) -> ExplorationInfo;
    /// Saves an exploration. Its name is unique within its schema; in the original, within the whole installation. It need not
    /// run for everybody: what it reads is decided when it runs, by the role of whoever runs it. It is the caller's, and everybody who works
    /// in the database may change it, unless its `sharing.access` says otherwise.
    Collaborator Settings "explorations.add" ExplorationsAdd (AddParams) -> ExplorationInfo;
    /// Saves an exploration anew under its number; all of it is replaced but whose it is, and what others may do with it.
    Collaborator Settings "explorations.replace" ExplorationsReplace (ReplaceParams) -> ExplorationInfo;
    /// Deletes a saved exploration.
    Collaborator Settings "explorations.delete" ExplorationsDelete (ExplorationParams) -> ();
    /// Says what the other collaborators may do with an exploration, or gives it to another owner. Its owner and superusers of the installation
    /// may; one that nobody owns, superusers. Ours.
    Collaborator Settings "explorations.share" ExplorationsShare (ShareParams) -> Sharing;
    /// Runs a definition as the caller's role, which only reads. What it names that is unknown, cannot be read or does not fit is an
    /// error with its path. Rows always have a total order: what was asked for, completed by the keys of the tables or by what
    /// was grouped by.
    Collaborator Read "explorations.run" ExplorationsRun (RunParams) -> ExplorationResult;
}
