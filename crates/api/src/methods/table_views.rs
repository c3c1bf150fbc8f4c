//! Saved views: how people look at a table, which rows in which order with which columns, kept under a name. All of it is ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use super::records::{FilterNode, JoinedColumn, OrderBy};
use super::sharing::{SharedAccess, Sharing};

/// How a table is looked at. What is left out leaves out nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct TableViewDefinition {
    /// Which rows, as in `records.list`.
    #[serde(default)]
    pub filter: Option<FilterNode>,
    /// Words of which some column that is shown contains all, whatever the case, besides. The interface makes a filter of them.
    #[serde(default)]
    pub search: Option<String>,
    /// In which order, as in `records.list`.
    #[serde(default)]
    pub order: Option<Vec<OrderBy>>,
    /// Attribute numbers of columns that are not shown.
    #[serde(default)]
    pub hidden: Option<Vec<i16>>,
    /// Linked records that are shown beside each row, as in `records.list`.
    #[serde(default)]
    pub joined_columns: Option<Vec<JoinedColumn>>,
}

/// A saved view.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct TableViewInfo {
    /// Our number of it.
    pub id: i64,
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// How the table is looked at.
    pub definition: TableViewDefinition,
    /// Whose it is, and what others may do with it.
    pub sharing: Sharing,
}

/// Parameters of `table_views.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TableViewsListParams", deny_unknown_fields)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
}

/// Parameters of `table_views.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TableViewsAddParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// How the table is looked at.
    pub definition: TableViewDefinition,
    /// What others who work in the database may do with it; `write` when absent.
    #[serde(default)]
    pub access: Option<SharedAccess>,
}

/// Parameters of `table_views.patch`: what is absent stays.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TableViewsPatchParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// The view.
    pub table_view_id: i64,
    /// Its name, 1 to 128 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// How the table is looked at, all of it.
    #[serde(default)]
    pub definition: Option<TableViewDefinition>,
}

/// Parameters of `table_views.share`: what is absent stays.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "TableViewsShareParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ShareParams {
    /// The database.
    pub database_id: i64,
    /// The view.
    pub table_view_id: i64,
    /// The user who owns it from now on, a collaborator of the database.
    #[serde(default)]
    pub owner_id: Option<i64>,
    /// What the other collaborators may do.
    #[serde(default)]
    pub access: Option<SharedAccess>,
}

/// Names a saved view.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TableViewParams {
    /// The database.
    pub database_id: i64,
    /// The view.
    pub table_view_id: i64,
}

methods! {
    /// Lists the saved views of a table that the caller may see, oldest first. Ours.
    Collaborator Read "table_views.list" TableViewsList (ListParams) -> Vec<TableViewInfo>;
    /// Saves a view of a table. Its filter, its order and its columns are compared with the table as the caller's role sees it. Ours.
    Collaborator Settings "table_views.add" TableViewsAdd (AddParams) -> TableViewInfo;
    /// Renames a view, or saves it anew. Ours.
    Collaborator Settings "table_views.patch" TableViewsPatch (PatchParams) -> TableViewInfo;
    /// Says what the other collaborators may do with a view, or gives it to another owner, as `explorations.share` does. Ours.
    Collaborator Settings "table_views.share" TableViewsShare (ShareParams) -> Sharing;
    /// Deletes a view. The table and its rows stay. Ours.
    Collaborator Settings "table_views.delete" TableViewsDelete (TableViewParams) -> ();
}
