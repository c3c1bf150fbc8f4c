//! `records.locate`.

use mathesar_api::methods::records::{LocateParams, RowPlace};
use mathesar_pg::{Transaction, TxOptions};
use mathesar_sql::session::Mode;

use super::input;
use super::places::{self, Rows};
use super::table::{self, Work};
use crate::{Ctx, Result, limits, selection};

/// How many rows stand before one; `None` while others find that out, and where it would be too long.
///
/// # Errors
/// Those of PostgreSQL and of filters and orders that do not fit the table; `RowConflict` when the row is gone.
pub async fn locate(ctx: &Ctx, params: LocateParams) -> Result<Option<RowPlace>> {
    let options = TxOptions::new(Mode::Snapshot, limits::SURVEY_TIMEOUT, limits::ROW_LOCK_TIMEOUT);
    table::read(ctx, params.database_id, &options, &params).await
}

impl Work for LocateParams {
    type Output = Option<RowPlace>;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Self::Output> {
        let table = table::open(tx, self.table_oid).await?;
        let order = selection::order(&table, self.order.as_deref().unwrap_or_default())?;
        let filter = selection::filter(&table, self.filter.clone())?;
        let key = input::key(&table, &self.key, "key")?;
        let rows = Rows { table: &table, filter: filter.as_ref(), order: &order };
        places::locate(ctx, tx, &rows, &key).await
    }
}
