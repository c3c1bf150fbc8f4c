//! `sql.show` for rows: the plans of the use cases, not run.

use std::sync::Arc;

use mathesar_api::{
    Json,
    methods::records::{
        AddParams, ApplyParams, CountParams, DeleteParams, GetParams, ListParams, ListSummariesParams, PatchParams,
        SearchParams,
    },
    value,
};
use mathesar_pg::Transaction;
use mathesar_sql::{Statement, model::Oid, model::Table};
use serde::de::DeserializeOwned;

use super::editor::LastEditor;
use super::names::Names;
use super::{add, apply, count, delete, get, list, patch, search, summaries, table};
use crate::{Ctx, Error, Result, selection};

/// The statements that a call of a method on rows would run, with their values written out; `None` for other methods.
///
/// # Errors
/// `InvalidParams` when the parameters are not the method's, and what the method itself would find wrong before running.
pub async fn show(ctx: &Ctx, database_id: i64, method: &str, params: &Json) -> Result<Option<Vec<String>>> {
    let Some(noun) = method.strip_prefix("records.") else { return Ok(None) };
    let mut session = ctx.connect(database_id).await?;
    let tx = session.begin(&table::reading());
    let statements = plan(ctx, &tx, database_id, noun, params).await?;
    Ok(statements.map(|statements| statements.iter().map(Statement::shown).collect()))
}

async fn plan(
    ctx: &Ctx,
    tx: &Transaction<'_>,
    database_id: i64,
    verb: &str,
    params: &Json,
) -> Result<Option<Vec<Statement>>> {
    Ok(Some(match verb {
        "list" => on(tx, params, |p: &ListParams| p.table_oid, |t, p| list::Plan::new(t, &p)?.shown(t, &p)).await?,
        "get" => on(tx, params, |p: &GetParams| p.table_oid, |t, p| Ok(vec![get::plan(t, &p)?.statement])).await?,
        "add" => {
            let params: AddParams = parse(params)?;
            let (table, editor) = written(ctx, tx, database_id, params.table_oid).await?;
            vec![add::plan(&table, &params, &editor)?.query.statement]
        }
        "patch" => {
            let params: PatchParams = parse(params)?;
            let (table, editor) = written(ctx, tx, database_id, params.table_oid).await?;
            vec![patch::plan(&table, &params, &editor)?.query.statement]
        }
        "delete" => {
            on(tx, params, |p: &DeleteParams| p.table_oid, |t, p| Ok(vec![delete::plan(t, &p)?.query.statement]))
                .await?
        }
        "apply" => {
            let params: ApplyParams = parse(params)?;
            let (table, editor) = written(ctx, tx, database_id, params.table_oid).await?;
            apply::shown(&table, &params, &editor)?
        }
        "search" => {
            let params: SearchParams = parse(params)?;
            let table = table::open(tx, params.table_oid).await?;
            let plan = search::plan(tx, &table, &params).await?;
            vec![plan.query.statement, plan.count]
        }
        "count" => {
            on(
                tx,
                params,
                |p: &CountParams| p.table_oid,
                |t, p| {
                    let filter = selection::filter(t, p.filter)?;
                    Ok(count::statement(t, filter.as_ref(), p.count).into_iter().collect())
                },
            )
            .await?
        }
        "list_summaries" => {
            let params: ListSummariesParams = parse(params)?;
            let names = Names::load(ctx, tx, database_id, &[params.table_oid]).await?;
            let plan = summaries::Plan::new(tx, &names, &params).await?;
            vec![plan.list, plan.count]
        }
        _ => return Ok(None),
    }))
}

/// Plans with the picture of the table that the parameters name.
async fn on<P: DeserializeOwned>(
    tx: &Transaction<'_>,
    params: &Json,
    oid: impl Fn(&P) -> Oid,
    plan: impl Fn(&Table, P) -> Result<Vec<Statement>>,
) -> Result<Vec<Statement>> {
    let params: P = parse(params)?;
    let table = table::open(tx, oid(&params)).await?;
    plan(&table, params)
}

/// The picture of a table whose rows are written, and who is noted in them.
async fn written(ctx: &Ctx, tx: &Transaction<'_>, database_id: i64, table: Oid) -> Result<(Arc<Table>, LastEditor)> {
    Ok((table::open(tx, table).await?, LastEditor::of(ctx, database_id, table).await?))
}

fn parse<P: DeserializeOwned>(params: &Json) -> Result<P> {
    value::read(params.text()).map_err(|misfit| Error::misfit("params", &misfit))
}
