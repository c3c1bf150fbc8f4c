//! `records.get`.

use std::collections::HashMap;

use bytes::Bytes;
use indexmap::IndexMap;
use mathesar_api::{Json, methods::records::GetParams};
use mathesar_pg::Transaction;
use mathesar_sql::model::{Oid, RowIdentity, Table};
use mathesar_sql::select::{self, Output, RowQuery};
use mathesar_sql::summary::Part;

use super::answer::{Answer, read};
use super::joined::Joins;
use super::table::Work;
use super::{input, names, table};
use crate::{Ctx, Error, Result};

/// Gives one row: a `RecordList` of one, or of none when the row is gone or hidden. As JSON.
///
/// # Errors
/// Those of PostgreSQL; `ValueError` for a record id that does not fit the table's key.
pub async fn get(ctx: &Ctx, params: GetParams) -> Result<Bytes> {
    table::read(ctx, params.database_id, &table::reading(), &params).await
}

impl Work for GetParams {
    type Output = Bytes;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Bytes> {
        let table = table::open(tx, self.table_oid).await?;
        let query = plan(&table, self)?;
        let answer = Answer {
            database_id: self.database_id,
            shape: &query.shape,
            form: table::form(self.values),
            keys: self.keys,
            summaries: self.return_record_summaries,
            templates: templates(self.table_record_summary_templates.as_ref())?,
        };
        let joins = Joins::open(tx, &table, &query.shape, self.joined_columns.as_deref()).await?;
        let mut body = read(ctx, tx, &table, &query, &answer, joins).await?;
        body.count = Some((i64::from(body.rows > 0), true));
        body.finish()
    }
}

/// How records of some tables shall be called in this answer, whatever was chosen for them.
fn templates(given: Option<&IndexMap<String, Json>>) -> Result<HashMap<Oid, Vec<Part>>> {
    let read = |(table, template): (&String, &Json)| {
        let at = |why: &str| Error::value(format!("table_record_summary_templates[\"{table}\"]: {why}"));
        let oid = table.parse().map_err(|_| at("this is no object identifier of a table."))?;
        let parts = names::template(template.text()).ok_or_else(|| {
            at("a template is a list of texts and of lists of attribute numbers, such as [\"#\", [1], \" – \", [2, 5]].")
        })?;
        Ok((oid, parts))
    };
    given.into_iter().flatten().map(read).collect()
}

/// What is run.
pub(super) fn plan(table: &Table, params: &GetParams) -> Result<RowQuery> {
    let key = input::record_id(table, &params.record_id, "record_id")?;
    let keyed = !matches!(table.key, RowIdentity::ReadOnly(_));
    let output = Output::new(table, None, table::form(params.values), keyed);
    Ok(select::one(table, &output, &key)?)
}
