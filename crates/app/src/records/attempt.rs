//! Runs one change, and finds the column at fault when PostgreSQL refuses it.

use futures_util::future::join3;
use mathesar_pg::{RawRow, Transaction};
use mathesar_sql::{
    Statement,
    dml::{self, Values},
    model::{Attnum, Column, Table},
    select::RowQuery,
    session,
};
use mathesar_types::pgtype::Modifier;

use super::conflict;
use crate::{Error, Result};

/// Values that are tried one by one to find the one at fault.
const TRIED: usize = 100;

/// The rows that a change gives back. `set` are its values, `index` is its place among the caller's changes.
pub(super) async fn attempt(
    tx: &Transaction<'_>,
    table: &Table,
    index: usize,
    set: &Values,
    query: &RowQuery,
) -> Result<Vec<RawRow>> {
    let tried = run(tx, table, set, &query.statement).await?;
    tried.map_err(|refusal| conflict::refused(index, refusal.attnum, refusal.error))
}

/// A change that PostgreSQL refuses.
pub(crate) struct Refusal {
    /// The column at fault, where it is known.
    pub(crate) attnum: Option<Attnum>,
    /// PostgreSQL's report, or what became of the connection.
    pub(crate) error: mathesar_pg::Error,
}

/// Runs a change. `set` are its values.
///
/// # Errors
/// What fails while the column at fault is looked for.
pub(crate) async fn run(
    tx: &Transaction<'_>,
    table: &Table,
    set: &Values,
    statement: &Statement,
) -> Result<std::result::Result<Vec<RawRow>, Refusal>> {
    // All three travel together, so that the mark costs no round trip. After a refusal it stands, as its release is refused too.
    let (savepoint, release) = (session::savepoint(), session::release_savepoint());
    let (marked, rows, released) = join3(tx.run_script(&savepoint), tx.rows(statement), tx.run_script(&release)).await;
    marked?;
    match rows {
        Ok(rows) => {
            released?;
            Ok(Ok(rows))
        }
        Err(error) => {
            let attnum = at_fault(tx, table, set, &error).await?;
            Ok(Err(Refusal { attnum, error }))
        }
    }
}

/// The column that a refusal is about: named by PostgreSQL, or by its constraint, or the one whose value it cannot read.
async fn at_fault(
    tx: &Transaction<'_>,
    table: &Table,
    set: &Values,
    error: &mathesar_pg::Error,
) -> Result<Option<Attnum>> {
    let Some(db) = error.db() else { return Ok(None) };
    let named = conflict::column_at_fault(table, db);
    // Class 22 is about values; a domain's check is one, too, although it counts as a constraint.
    if named.is_some() || !(db.sqlstate.starts_with("22") || db.sqlstate == "23514") {
        return Ok(named);
    }
    if let [(only, _)] = set[..] {
        return Ok(Some(only));
    }
    let given = || {
        let given = set.iter().filter_map(|(attnum, value)| Some((table.column(*attnum)?, value.as_deref()?)));
        given.take(TRIED)
    };
    if let Some((column, _)) = given().find(|(column, value)| is_too_long(column, value)) {
        return Ok(Some(column.attnum));
    }
    for (column, value) in given() {
        tx.run_script(&session::rollback_to_savepoint()).await?;
        match tx.execute(&dml::read_value(column, value)).await {
            Ok(_) => {}
            Err(error) if error.db().is_some() => return Ok(Some(column.attnum)),
            Err(error) => return Err(Error::from(error)),
        }
    }
    Ok(None)
}

/// An assignment refuses what a plain cast does not: a text longer than its column.
fn is_too_long(column: &Column, value: &str) -> bool {
    matches!(column.ty.modifier(), Modifier::Length(most) if value.chars().count() > most as usize)
}
