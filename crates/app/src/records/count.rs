//! `records.count`, and the counts of pages.

use mathesar_api::methods::records::{CountMode, CountParams, RowCount};
use mathesar_pg::Transaction;
use mathesar_sql::{Statement, count as sql, filter::Filter, model::Table};
use serde::Deserialize;

use super::table::{self, Work};
use crate::{Ctx, Error, Result, limits, selection};

/// Counts rows.
///
/// # Errors
/// Those of PostgreSQL; `UnknownDBFunctionID` for a filter that does not fit the table.
pub async fn count(ctx: &Ctx, params: CountParams) -> Result<RowCount> {
    if params.count == CountMode::None {
        return Err(Error::value("count: \"none\" counts nothing; give exact, capped or estimate."));
    }
    let counted = table::read(ctx, params.database_id, &table::reading(), &params).await?;
    let (count, exact) = counted.ok_or_else(|| Error::internal("nothing was counted"))?;
    Ok(RowCount { count, exact })
}

impl Work for CountParams {
    type Output = Option<(i64, bool)>;

    async fn run(&self, _: &Ctx, tx: &Transaction<'_>) -> Result<Self::Output> {
        let table = table::open(tx, self.table_oid).await?;
        let filter = selection::filter(&table, self.filter.clone())?;
        run(tx, &table, filter.as_ref(), self.count).await
    }
}

/// The statement that counts first, for people to read.
pub(super) fn statement(table: &Table, filter: Option<&Filter>, mode: CountMode) -> Option<Statement> {
    match mode {
        CountMode::Exact => Some(sql::exact(table, filter)),
        CountMode::Capped => Some(sql::capped(table, filter, most())),
        CountMode::Estimate => Some(sql::estimate(table, filter)),
        CountMode::None => None,
    }
}

/// One more than is counted exactly: the answer for "more".
fn most() -> u32 {
    u32::try_from(limits::COUNT_CAP).unwrap_or(u32::MAX - 1) + 1
}

/// How many rows match, and whether that is exact.
pub(super) async fn run(
    tx: &Transaction<'_>,
    table: &Table,
    filter: Option<&Filter>,
    mode: CountMode,
) -> Result<Option<(i64, bool)>> {
    Ok(match mode {
        CountMode::None => None,
        CountMode::Exact => Some((number(tx, &sql::exact(table, filter)).await?, true)),
        CountMode::Estimate => Some((estimate(tx, table, filter).await?, false)),
        CountMode::Capped => {
            let counted = number(tx, &sql::capped(table, filter, most())).await?;
            if counted < i64::from(most()) {
                Some((counted, true))
            } else {
                // There are at least as many as were counted, whatever the planner thinks.
                Some((estimate(tx, table, filter).await?.max(counted), false))
            }
        }
    })
}

/// A statement's one number, which comes as text.
pub(super) async fn number(tx: &Transaction<'_>, statement: &Statement) -> Result<i64> {
    let row = tx.row(statement).await?.ok_or_else(|| Error::internal("a count gave no row"))?;
    row.get::<&str>(0)?.parse().map_err(Error::internal)
}

/// The planner's estimate of how many rows match.
pub(super) async fn estimate(tx: &Transaction<'_>, table: &Table, filter: Option<&Filter>) -> Result<i64> {
    #[derive(Deserialize)]
    struct Explained {
        #[serde(rename = "Plan")]
        plan: Plan,
    }
    #[derive(Deserialize)]
    struct Plan {
        #[serde(rename = "Plan Rows")]
        rows: f64,
    }
    let row = tx.row(&sql::estimate(table, filter)).await?.ok_or_else(|| Error::internal("EXPLAIN gave no row"))?;
    let bytes = row.bytes(0)?.unwrap_or_default();
    let explained: Vec<Explained> = serde_json::from_slice(bytes).map_err(Error::internal)?;
    let rows = explained.first().map_or(0.0, |explained| explained.plan.rows);
    // An estimate is far below the limit where a float loses whole numbers, and a cast saturates.
    Ok(rows as i64)
}
