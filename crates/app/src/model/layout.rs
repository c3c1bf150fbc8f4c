//! How each person arranged the columns of a table for themselves: `tables.layout.set`.

use std::collections::HashSet;

use mathesar_api::methods::tables::{LayoutSetParams, TableLayout};
use mathesar_sql::model::Oid;

use super::metadata::{DISPLAY_WIDTHS, live};
use crate::{Ctx, Error, Result, limits};

/// What the caller stored for a table. One of another form, from a program of another version, counts as none.
pub(super) async fn of_table(ctx: &Ctx, database_id: i64, oid: Oid) -> Result<Option<TableLayout>> {
    let stored = ctx.app.store.preferences().get(ctx.signed_in()?.user_id, &name(database_id, oid)).await?;
    Ok(stored.and_then(|stored| serde_json::from_value(stored).ok()))
}

/// `tables.layout.set`.
///
/// # Errors
/// `UndefinedTable`; `ValueError` for a width out of range, for a column that is named twice and for more columns than a
/// table can have.
pub async fn set(ctx: &Ctx, params: LayoutSetParams) -> Result<()> {
    let user_id = ctx.signed_in()?.user_id;
    live(ctx, params.database_id, params.table_oid).await?;
    let preferences = ctx.app.store.preferences();
    let name = name(params.database_id, params.table_oid);
    let Some(layout) = params.layout else { return Ok(preferences.remove(user_id, &name).await?) };
    check(&layout)?;
    let stored = serde_json::to_value(&layout).map_err(Error::internal)?;
    Ok(preferences.set(user_id, &name, stored, ctx.app.clock.now()).await?)
}

fn name(database_id: i64, oid: Oid) -> String {
    format!("layout/{database_id}/{oid}")
}

fn check(layout: &TableLayout) -> Result<()> {
    check_columns("order", layout.order.iter().copied())?;
    check_columns("hidden", layout.hidden.iter().copied())?;
    check_columns("widths", layout.widths.iter().map(|column| column.attnum))?;
    if layout.widths.iter().any(|column| !DISPLAY_WIDTHS.contains(&column.width)) {
        return Err(Error::value(format!("A width is from {} to {}.", DISPLAY_WIDTHS.start(), DISPLAY_WIDTHS.end())));
    }
    if usize::from(layout.frozen) > limits::TABLE_COLUMNS {
        return Err(Error::value(format!("`frozen` is at most {}.", limits::TABLE_COLUMNS)));
    }
    Ok(())
}

/// Columns that were dropped meanwhile are no error: whoever arranges a table has not always heard of it.
fn check_columns(field: &str, attnums: impl ExactSizeIterator<Item = i16>) -> Result<()> {
    let named = attnums.len();
    if attnums.collect::<HashSet<_>>().len() < named {
        return Err(Error::value(format!("`{field}` names a column twice.")));
    }
    if named > limits::TABLE_COLUMNS {
        return Err(Error::value(format!("`{field}` names more columns than a table can have.")));
    }
    Ok(())
}
