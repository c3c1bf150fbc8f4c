//! `records.patch`.

use std::collections::HashMap;

use bytes::Bytes;
use mathesar_api::methods::records::PatchParams;
use mathesar_pg::Transaction;
use mathesar_sql::{
    RowKey,
    dml::{self, Values},
    model::Table,
    select::{Output, RowQuery},
};

use super::answer::{Answer, written};
use super::attempt::attempt;
use super::editor::LastEditor;
use super::table::{Last, Work};
use super::{conflict, input, table};
use crate::{Ctx, Result};

/// Changes one row, if it still holds what the caller last read. The result is a `RecordList` with the row after the change,
/// as JSON.
///
/// # Errors
/// `RowConflict`, with a `ChangeFailure` as data, when the row has changed, is gone or is hidden: nothing was changed then.
/// Those of PostgreSQL; `ReadOnly` for tables and columns that cannot be changed.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<Bytes> {
    table::write(ctx, params.database_id, &params).await
}

impl Work for PatchParams {
    type Output = Last<Bytes>;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Last<Bytes>> {
        let table = table::open(tx, self.table_oid).await?;
        let editor = LastEditor::of(ctx, self.database_id, self.table_oid).await?;
        let Plan { key, set, expect, query } = plan(&table, self, &editor)?;
        let answer = Answer {
            database_id: self.database_id,
            shape: &query.shape,
            form: table::form(self.values),
            keys: self.keys,
            summaries: self.return_record_summaries,
            templates: HashMap::new(),
        };
        let change = async {
            let rows = attempt(tx, &table, 0, &set, &query).await?;
            if rows.is_empty() { Err(conflict::diagnose(tx, &table, 0, &key, &expect).await?) } else { Ok(rows) }
        };
        written(ctx, tx, &table, &answer, change).await
    }
}

/// What is run.
pub(super) struct Plan {
    key: RowKey,
    set: Values,
    expect: Values,
    pub(super) query: RowQuery,
}

pub(super) fn plan(table: &Table, params: &PatchParams, editor: &LastEditor) -> Result<Plan> {
    table::refuse_read_only(table)?;
    let key = input::record_id(table, &params.record_id, "record_id")?;
    let mut set = input::values(table, &params.record_def, "record_def")?;
    if !set.is_empty() {
        editor.sign(table, &mut set);
    }
    let expect = params.expect.as_ref().map(|expect| input::values(table, expect, "expect")).transpose()?;
    let expect = expect.unwrap_or_default();
    let output = Output::new(table, None, table::form(params.values), true);
    let query = dml::update(table, &key, &set, &expect, &output)?;
    Ok(Plan { key, set, expect, query })
}
