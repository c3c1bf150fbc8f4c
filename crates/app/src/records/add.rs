//! `records.add`.

use std::collections::HashMap;

use bytes::Bytes;
use mathesar_api::methods::records::AddParams;
use mathesar_pg::Transaction;
use mathesar_sql::{
    dml::{self, Values},
    model::{RowIdentity, Table},
    select::{Output, RowQuery},
};

use super::answer::{Answer, written};
use super::attempt::attempt;
use super::editor::LastEditor;
use super::table::{Last, Work};
use super::{conflict, input, table};
use crate::{Ctx, Result};

/// Adds a row; a column that is left out gets its default. The result is a `RecordList` with the new row, as JSON.
///
/// # Errors
/// Those of PostgreSQL, with the column at fault in their data where it is known; `ReadOnly` for a column that PostgreSQL
/// computes.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<Bytes> {
    table::write(ctx, params.database_id, &params).await
}

impl Work for AddParams {
    type Output = Last<Bytes>;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Last<Bytes>> {
        let table = table::open(tx, self.table_oid).await?;
        let editor = LastEditor::of(ctx, self.database_id, self.table_oid).await?;
        let Plan { set, query } = plan(&table, self, &editor)?;
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
            if rows.is_empty() { Err(conflict::swallowed(0)) } else { Ok(rows) }
        };
        written(ctx, tx, &table, &answer, change).await
    }
}

/// What is run.
pub(super) struct Plan {
    set: Values,
    pub(super) query: RowQuery,
}

pub(super) fn plan(table: &Table, params: &AddParams, editor: &LastEditor) -> Result<Plan> {
    let mut set = input::values(table, &params.record_def, "record_def")?;
    editor.sign(table, &mut set);
    let keyed = !matches!(table.key, RowIdentity::ReadOnly(_));
    let output = Output::new(table, None, table::form(params.values), keyed);
    let query = dml::insert(table, &set, &output)?;
    Ok(Plan { set, query })
}
