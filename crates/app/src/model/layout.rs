//! How each person arranged the columns of a table for themselves: `tables.layout.set`.

use std::collections::{HashMap, HashSet};

use mathesar_api::methods::tables::{ColumnWidth, LayoutSetParams, TableLayout};
use mathesar_sql::model::Oid;
use mathesar_store::{LiveTable, Store};
use serde_json::Value;

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

/// Lets the arrangements follow their tables into a copy of the database, where tables and columns have other numbers. Those of
/// tables that are not in the copy are forgotten: their numbers may be other tables' there.
///
/// # Errors
/// Those of our own database.
pub(super) async fn follow_copy(
    store: &Store,
    database_id: i64,
    before: &[LiveTable],
    now: &[LiveTable],
) -> Result<()> {
    let place = |table: &LiveTable| (table.table.schema.clone(), table.table.name.clone());
    let copies: HashMap<_, &LiveTable> = now.iter().map(|table| (place(table), table)).collect();
    let pairs: HashMap<String, (&LiveTable, &LiveTable)> = before
        .iter()
        .filter_map(|old| Some((name(database_id, old.table.oid), (old, *copies.get(&place(old))?))))
        .collect();
    let change = |stored: &str, value: Value| {
        let (old, new) = pairs.get(stored)?;
        let renumbered = renumber(serde_json::from_value(value).ok()?, old, new);
        Some((name(database_id, new.table.oid), serde_json::to_value(renumbered).ok()?))
    };
    Ok(store.preferences().rewrite(&format!("layout/{database_id}/"), change).await?)
}

fn renumber(layout: TableLayout, old: &LiveTable, new: &LiveTable) -> TableLayout {
    let number = |attnum: &i16| {
        let name = &old.columns.iter().find(|column| column.attnum == *attnum)?.name;
        Some(new.columns.iter().find(|column| column.name == *name)?.attnum)
    };
    let all = |attnums: &[i16]| attnums.iter().filter_map(number).collect();
    TableLayout {
        order: all(&layout.order),
        hidden: all(&layout.hidden),
        widths: layout
            .widths
            .iter()
            .filter_map(|column| Some(ColumnWidth { attnum: number(&column.attnum)?, ..column.clone() }))
            .collect(),
        ..layout
    }
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
