//! From a table or an exploration to a file, streamed: PostgreSQL writes the CSV, we gather its rows into frames and pass them on.
//!
//! NULL is an empty field, the empty text is `""`, dates and times are ISO 8601: what is exported imports again to the same
//! values.

mod explorations;
mod frames;

use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use mathesar_api::{
    ErrorCode,
    methods::records::{FilterNode, OrderBy},
};
use mathesar_pg::{Transaction, TxOptions};
use mathesar_sql::{
    copy::{self, Format},
    session::Mode,
};

pub use explorations::{ExplorationExport, exploration_csv};

use crate::{Ctx, Error, Result, limits, selection};

/// What of a table to export.
#[derive(Clone, Debug)]
pub struct TableExport {
    /// The database.
    pub database_id: i64,
    /// The table or view.
    pub table_oid: u32,
    /// Which rows; all when absent.
    pub filter: Option<FilterNode>,
    /// How they are sorted, completed by the key.
    pub order: Vec<OrderBy>,
    /// The columns by attribute number, in this order; all that the role may read when absent.
    pub columns: Option<Vec<i16>>,
}

/// A file on its way to the caller.
pub struct Download {
    /// A name for it.
    pub file_name: String,
    /// Its bytes, in frames of about 64 kB. An error in the middle means that the file is not whole: the caller must be able to
    /// see that. Dropping the stream stops PostgreSQL.
    pub body: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>,
}

/// A table as CSV with a header, filtered and sorted.
///
/// # Errors
/// When the caller has no role in the database, the table is not there, or filter, order and columns do not fit it. What
/// PostgreSQL finds wrong while rows are written comes in the body.
pub async fn table_csv(ctx: &Ctx, export: TableExport) -> Result<Download> {
    let mut session = ctx.connect(export.database_id).await?;
    let oid = export.table_oid;
    let table = session.read(&TxOptions::read(), async |tx: &Transaction<'_>| tx.table(oid).await).await?;
    let table =
        table.ok_or_else(|| Error::new(ErrorCode::DOES_NOT_EXIST, "There is no such table that you may see."))?;
    refuse_columns(&table, export.columns.as_deref())?;
    let order = selection::order(&table, &export.order)?;
    let filter = selection::filter(&table, export.filter)?;
    let statement = copy::to_stdout(&table, export.columns.as_deref(), filter.as_ref(), &order, Format::Csv, true);
    let rows = session.stream_copy(&writing_out(), &statement).await?;
    Ok(Download { file_name: format!("{}.csv", table.name().name), body: Box::pin(frames::Frames::new(rows)) })
}

/// A transaction that gives a file out.
fn writing_out() -> TxOptions {
    TxOptions::new(Mode::ReadOnly, limits::EXPORT_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

fn refuse_columns(table: &mathesar_sql::model::Table, only: Option<&[i16]>) -> Result<()> {
    let readable = |attnum: &i16| table.column(*attnum).is_some_and(|column| column.privileges.select);
    match only {
        Some([]) => Err(Error::value("Choose at least one column to export.")),
        Some(only) => match only.iter().find(|attnum| !readable(attnum)) {
            Some(attnum) => Err(Error::value(format!("The table has no column {attnum} that you may read."))),
            None => Ok(()),
        },
        None if table.readable().next().is_none() => {
            Err(Error::new(ErrorCode::PERMISSION_DENIED, "Your role may not read any column of this table."))
        }
        None => Ok(()),
    }
}
