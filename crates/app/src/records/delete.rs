//! `records.delete`.

use std::collections::HashSet;

use mathesar_api::{Json, methods::records::DeleteParams};
use mathesar_pg::Transaction;
use mathesar_sql::{
    RowKey,
    dml::{self, Values},
    model::Table,
    select::{Output, RowQuery},
};
use mathesar_types::wire::Form;

use super::table::{Last, Work};
use super::{conflict, input, table};
use crate::{Ctx, Error, Result, limits};

/// Deletes rows, all of them or none, and gives their ids back.
///
/// # Errors
/// `RowConflict`, with a `ChangeFailure` as data, when one of them is gone or hidden: none was deleted then. Those of
/// PostgreSQL, above all foreign keys that still point at a row.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<Vec<Json>> {
    table::write(ctx, params.database_id, &params).await?;
    Ok(params.record_ids)
}

impl Work for DeleteParams {
    type Output = Last<()>;

    async fn run(&self, _: &Ctx, tx: &Transaction<'_>) -> Result<Last<()>> {
        if self.record_ids.is_empty() {
            return Ok(Last::done(()));
        }
        let table = table::open(tx, self.table_oid).await?;
        let Plan { keys, query } = plan(&table, self)?;
        let rows = tx.rows(&query.statement).await.map_err(|error| conflict::refused(0, None, error))?;
        let deleted: HashSet<usize> =
            rows.iter().map(|row| row.get::<&str>(0)?.parse().map_err(Error::internal)).collect::<Result<_>>()?;
        match (0..keys.len()).find(|index| !deleted.contains(index)) {
            // Rows that were deleted are there again after the rollback, but their diagnosis has to wait for nothing: the missing
            // row is another one.
            Some(missing) => {
                let index = self
                    .record_ids
                    .iter()
                    .position(|id| input::record_id(&table, id, "record_ids").is_ok_and(|key| key == keys[missing]));
                Err(conflict::diagnose(tx, &table, index.unwrap_or(missing), &keys[missing], &Values::new()).await?)
            }
            None => Ok(Last::done(())),
        }
    }
}

/// What is run, and the rows that it names, each once.
pub(super) struct Plan {
    keys: Vec<RowKey>,
    pub(super) query: RowQuery,
}

pub(super) fn plan(table: &Table, params: &DeleteParams) -> Result<Plan> {
    table::refuse_read_only(table)?;
    if params.record_ids.len() > limits::DELETE_ROWS {
        let most = limits::DELETE_ROWS;
        return Err(Error::limit(format!("record_ids: at most {most} rows can be deleted at once.")));
    }
    let mut keys: Vec<RowKey> = Vec::with_capacity(params.record_ids.len());
    let mut seen = HashSet::new();
    for (index, id) in params.record_ids.iter().enumerate() {
        let key = input::record_id(table, id, &format!("record_ids[{index}]"))?;
        if seen.insert(key.clone()) {
            keys.push(key);
        }
    }
    let output = Output::new(table, Some(&[]), Form::Iso, false);
    let nothing = Values::new();
    let query = dml::delete_many(table, &keys.iter().map(|key| (key, &nothing)).collect::<Vec<_>>(), &output)?;
    Ok(Plan { keys, query })
}
