//! `records.search`.

use std::collections::HashMap;

use bytes::Bytes;
use mathesar_api::{
    ErrorCode,
    methods::records::{SearchParams, ValueForm},
};
use mathesar_pg::Transaction;
use mathesar_sql::{
    Statement, dml,
    model::{RowIdentity, Table},
    order::Order,
    search::{self as sql, Term},
    select::{Output, RowQuery},
    session,
};

use super::answer::{Answer, read};
use super::joined::Joins;
use super::table::Work;
use super::{count, table};
use crate::{Ctx, Error, Result, limits};

/// Finds rows that resemble what is looked for, the best first. The result is a `RecordList` as JSON.
///
/// # Errors
/// Those of PostgreSQL; `UndefinedColumn` for a column that the table does not have.
pub async fn search(ctx: &Ctx, params: SearchParams) -> Result<Bytes> {
    table::read(ctx, params.database_id, &table::reading(), &params).await
}

impl Work for SearchParams {
    type Output = Bytes;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Bytes> {
        let table = table::open(tx, self.table_oid).await?;
        let plan = plan(tx, &table, self).await?;
        let answer = Answer {
            database_id: self.database_id,
            shape: &plan.query.shape,
            form: table::form(ValueForm::Original),
            keys: false,
            summaries: self.return_record_summaries,
            templates: HashMap::new(),
        };
        let mut body = read(ctx, tx, &table, &plan.query, &answer, Joins::default()).await?;
        body.count = Some((count::number(tx, &plan.count).await?, true));
        body.finish()
    }
}

/// What is run.
pub(super) struct Plan {
    pub(super) query: RowQuery,
    pub(super) count: Statement,
}

pub(super) async fn plan(tx: &Transaction<'_>, table: &Table, params: &SearchParams) -> Result<Plan> {
    const ROWS: u32 = 10;
    let limit = params.limit.unwrap_or(ROWS);
    if limit > limits::PAGE_ROWS {
        return Err(Error::limit(format!("limit: at most {} rows can be asked for at once.", limits::PAGE_ROWS)));
    }
    let terms = params.search_params.iter().filter_map(|param| {
        // Nothing is looked for in a column whose literal is null.
        let json = param.literal.text();
        let text = serde_json::from_str::<Option<String>>(json).unwrap_or_else(|_| Some(json.to_owned()))?;
        Some(Term { attnum: param.attnum, text, readable: false })
    });
    let mut terms: Vec<Term> = terms.filter(|term| !term.text.is_empty()).collect();
    if terms.iter().any(|term| term.text.contains('\0')) {
        return Err(Error::value("search_params: PostgreSQL keeps no NUL characters in a text."));
    }
    find_readable(tx, table, &mut terms).await?;
    let keyed = !matches!(table.key, RowIdentity::ReadOnly(_));
    let output = Output::new(table, None, table::form(ValueForm::Original), keyed);
    let order = Order::new(table, &[]).map_err(Error::internal)?;
    let unknown = |error: sql::SearchError| Error::new(ErrorCode::UNDEFINED_COLUMN, error.to_string());
    Ok(Plan {
        query: sql::rows(table, &output, &terms, &order, limit, params.offset.unwrap_or(0)).map_err(unknown)?,
        count: sql::count(table, &terms).map_err(unknown)?,
    })
}

/// Notes which texts PostgreSQL can read as values of their columns: only it knows.
async fn find_readable(tx: &Transaction<'_>, table: &Table, terms: &mut [Term]) -> Result<()> {
    for term in terms {
        let Some(column) = table.column(term.attnum).filter(|column| sql::is_read(column)) else { continue };
        tx.run_script(&session::savepoint()).await?;
        match tx.execute(&dml::read_value(column, &term.text)).await {
            Ok(_) => term.readable = true,
            Err(error) if error.db().is_some() => tx.run_script(&session::rollback_to_savepoint()).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
