//! `records.get`.

use bytes::Bytes;
use mathesar_api::methods::records::GetParams;
use mathesar_sql::select::{self, Output, RowQuery};
use mathesar_sql::{model::RowIdentity, model::Table};

use super::answer::{Answer, read};
use super::{input, table};
use crate::{Ctx, Result};

/// Gives one row: a `RecordList` of one, or of none when the row is gone or hidden. As JSON.
///
/// # Errors
/// Those of PostgreSQL; `ValueError` for a record id that does not fit the table's key.
pub async fn get(ctx: &Ctx, params: GetParams) -> Result<Bytes> {
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&table::reading());
    let table = table::open(&tx, params.table_oid).await?;
    let query = plan(&table, &params)?;
    let answer = Answer {
        database_id: params.database_id,
        shape: &query.shape,
        form: table::form(params.values),
        keys: params.keys,
        summaries: params.return_record_summaries,
    };
    let mut body = read(ctx, &tx, &table, &query, &answer).await?;
    body.count = Some((i64::from(body.rows > 0), true));
    body.finish()
}

/// What is run.
pub(super) fn plan(table: &Table, params: &GetParams) -> Result<RowQuery> {
    let key = input::record_id(table, &params.record_id, "record_id")?;
    let keyed = !matches!(table.key, RowIdentity::ReadOnly(_));
    let output = Output::new(table, None, table::form(params.values), keyed);
    Ok(select::one(table, &output, &key)?)
}
