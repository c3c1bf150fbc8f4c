//! Says why a change was not made. A change that did not happen is never reported as success.

use indexmap::IndexMap;
use mathesar_api::{ErrorCode, Json, methods::records::ChangeFailure};
use mathesar_pg::{DbError, RawRow, Transaction};
use mathesar_sql::{
    RowKey,
    dml::{self, Values},
    model::{Attnum, Table},
    select::{self, Output},
};
use mathesar_types::wire::Form;

use super::body::RowWriter;
use crate::{Error, Result};

/// The error for a change that hit no row: it has changed since it was read, it is gone, or a policy hides it.
///
/// # Errors
/// Those of PostgreSQL, while the row is looked at.
pub(super) async fn diagnose(
    tx: &Transaction<'_>,
    table: &Table,
    index: usize,
    key: &RowKey,
    expect: &Values,
) -> Result<Error> {
    let output = Output::new(table, None, Form::Iso, false);
    let present = select::present(table, &output, key)?;
    let Some(row) = tx.row(&present.statement).await? else {
        let message = "The row is gone: it was deleted meanwhile, its key was changed, or your role may no longer see it. \
                       Nothing was changed.";
        return Ok(failure(index, "gone", message, None));
    };
    let shown = Some(read(table, &present.shape, &row)?);
    let held = match tx.row(&dml::holds(table, key, expect)?).await? {
        Some(row) => row.get::<&str>(0)? == "true",
        // The row stands there in another version than the key names.
        None => false,
    };
    if held {
        return Ok(failure(index, "hidden", kept_back(table), shown));
    }
    let message = "The row was changed by somebody else since it was read. Nothing was changed; look at the present values and \
                   decide again.";
    Ok(failure(index, "conflict", message, shown))
}

/// Why a row that is there was not changed.
fn kept_back(table: &Table) -> &'static str {
    if table.summary.row_security {
        "0 rows changed: the row is there, but hidden from changes by a row-level security policy, if not kept as it is by a trigger or a \
         rule of the table."
    } else {
        "0 rows changed: the row is there, but a trigger or a rule of the table kept it as it is."
    }
}

fn failure(index: usize, reason: &str, message: &str, present: Option<IndexMap<String, Json>>) -> Error {
    let failure = ChangeFailure { index, attnum: None, reason: reason.to_owned(), present };
    Error::new(ErrorCode::ROW_CONFLICT, message).with_data(&failure)
}

/// A row in the contract's text form. Only the rare answer of a conflict takes this way over values.
fn read(table: &Table, shape: &select::RowShape, row: &RawRow) -> Result<IndexMap<String, Json>> {
    let mut out = Vec::new();
    RowWriter::new(table, shape, Form::Iso).row(row, 0, &mut out)?;
    serde_json::from_slice(&out).map_err(Error::internal)
}

/// PostgreSQL's refusal, with the change and, where it is known, the column at fault.
pub(super) fn refused(index: usize, attnum: Option<Attnum>, error: mathesar_pg::Error) -> Error {
    if error.db().is_none() {
        return error.into();
    }
    let failure = ChangeFailure { index, attnum, reason: "refused".to_owned(), present: None };
    Error::from(error).with_data(&failure)
}

/// The column that a report names by itself or by its constraint.
pub(super) fn column_at_fault(table: &Table, db: &DbError) -> Option<Attnum> {
    let by_constraint = || {
        let name = db.constraint.as_deref()?;
        let constraint = table.constraints.iter().find(|constraint| constraint.name.as_str() == name)?;
        constraint.columns.first().copied()
    };
    db.column.as_deref().and_then(|name| column_named(table, name)).or_else(by_constraint)
}

fn column_named(table: &Table, name: &str) -> Option<Attnum> {
    table.columns.iter().find(|column| column.name.as_str() == name).map(|column| column.attnum)
}

/// The error for a new row that PostgreSQL took and did not keep: a trigger or a rule returned nothing for it.
pub(super) fn swallowed(index: usize) -> Error {
    let message = "PostgreSQL accepted the row and did not keep it: a trigger or a rule of the table dropped it. Nothing was \
                   changed.";
    failure(index, "hidden", message, None)
}
