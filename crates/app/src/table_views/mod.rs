//! `table_views.*`: how people look at a table, kept under a name.
//!
//! Whoever works in a database may use and change what is kept for it, as far as its owner lets them ([`sharing`](crate::sharing)). Which rows a
//! view shows is decided when they are read, by the role of whoever looks.

mod follow;

use mathesar_api::ErrorCode;
use mathesar_api::methods::sharing::{Sharing, SharingRight};
use mathesar_api::methods::table_views::{
    AddParams, ListParams, PatchParams, ShareParams, TableViewDefinition, TableViewInfo, TableViewParams,
};
use mathesar_sql::model::Oid;
use mathesar_store::{NewTableView, TableView, TableViewChange};

pub(crate) use follow::follow_copy;

use crate::records::{joined, table};
use crate::{Ctx, Error, Result, limits, model, saved, selection, sharing};

/// `table_views.list`.
///
/// # Errors
/// Those of our own database.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<TableViewInfo>> {
    let stored = ctx.app.store.table_views().list(params.database_id, params.table_oid).await?;
    sharing::visible(ctx, stored).await?.into_iter().map(|(stored, sharing)| info(stored, sharing)).collect()
}

/// `table_views.add`.
///
/// # Errors
/// `ValueError` for a name that cannot be used; `UndefinedTable`; `UnknownDBFunctionID` for a filter, `BadSortFormat` for an order and
/// `UndefinedColumn` and `ValueError` for columns that do not fit the table; `LimitReached`.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<TableViewInfo> {
    let (database_id, table_oid, name) = (params.database_id, params.table_oid, params.name);
    saved::check_name(&name, "table_view")?;
    let definition = checked(ctx, database_id, table_oid, &params.definition).await?;
    let sharing = sharing::new(ctx, params.access)?;
    let new = NewTableView { database_id, table_oid, name, definition };
    told(ctx, ctx.app.store.table_views().add(new, sharing, ctx.app.clock.now()).await?).await
}

/// `table_views.patch`.
///
/// # Errors
/// Those of [`add`]; `DoesNotExist`, also for one of another database and for one that the caller may not see; `PermissionError` for one that
/// they may only see.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<TableViewInfo> {
    let (database_id, id) = (params.database_id, params.table_view_id);
    let before = admitted(ctx, database_id, id, SharingRight::Write).await?;
    params.name.as_deref().map_or(Ok(()), |name| saved::check_name(name, "table_view"))?;
    let definition = match &params.definition {
        Some(definition) => Some(checked(ctx, database_id, before.table_oid.0, definition).await?),
        None => None,
    };
    let change = TableViewChange { name: params.name, definition };
    told(ctx, ctx.app.store.table_views().change(database_id, id, change, ctx.app.clock.now()).await?).await
}

/// `table_views.share`.
///
/// # Errors
/// As `explorations.share`.
pub async fn share(ctx: &Ctx, params: ShareParams) -> Result<Sharing> {
    let (database_id, id) = (params.database_id, params.table_view_id);
    let before = admitted(ctx, database_id, id, SharingRight::Share).await?.sharing();
    let after = sharing::changed(ctx, database_id, before, params.owner_id, params.access).await?;
    sharing::told(ctx, ctx.app.store.table_views().share(database_id, id, after).await?.sharing()).await
}

/// `table_views.delete`.
///
/// # Errors
/// `DoesNotExist`, also for one of another database and for one that the caller may not see; `PermissionError` for one that they may only see.
pub async fn delete(ctx: &Ctx, params: TableViewParams) -> Result<()> {
    admitted(ctx, params.database_id, params.table_view_id, SharingRight::Write).await?;
    Ok(ctx.app.store.table_views().delete(params.database_id, params.table_view_id).await?)
}

/// A saved view that the caller has this right to.
async fn admitted(ctx: &Ctx, database_id: i64, id: i64, needed: SharingRight) -> Result<TableView> {
    sharing::admit(ctx, ctx.app.store.table_views().get(database_id, id).await?, needed).await
}

async fn told(ctx: &Ctx, stored: TableView) -> Result<TableViewInfo> {
    let sharing = sharing::told(ctx, stored.sharing()).await?;
    info(stored, sharing)
}

fn info(stored: TableView, sharing: Sharing) -> Result<TableViewInfo> {
    Ok(TableViewInfo {
        id: stored.id,
        database_id: stored.database_id,
        table_oid: stored.table_oid.0,
        name: stored.name,
        definition: serde_json::from_str(&stored.definition).map_err(Error::internal)?,
        sharing,
    })
}

/// A definition as it is stored.
async fn checked(ctx: &Ctx, database_id: i64, table_oid: Oid, definition: &TableViewDefinition) -> Result<String> {
    let mut session = ctx.connect(database_id).await?;
    let tx = session.begin(&model::reading());
    let table = table::open(&tx, table_oid).await?;
    selection::filter(&table, definition.filter.clone())?;
    selection::order(&table, definition.order.as_deref().unwrap_or_default())?;
    joined::check(&tx, &table, definition.joined_columns.as_deref().unwrap_or_default()).await?;
    for attnum in definition.hidden.iter().flatten() {
        if table.column(*attnum).is_none() {
            let message = format!("hidden: {} has no column with the number {attnum}.", table.name());
            return Err(Error::new(ErrorCode::UNDEFINED_COLUMN, message));
        }
    }
    let text = serde_json::to_string(definition).map_err(Error::internal)?;
    if text.len() > limits::TABLE_VIEW_BYTES {
        return Err(Error::limit(format!(
            "definition: a view can have {} kB as JSON. Filter by fewer values.",
            limits::TABLE_VIEW_BYTES / 1024
        )));
    }
    Ok(text)
}
