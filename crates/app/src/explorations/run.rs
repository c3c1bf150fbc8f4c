//! `explorations.run`.

use std::collections::HashMap;
use std::io::Write as _;

use bytes::Bytes;
use futures_util::{TryStreamExt as _, future::try_join_all};
use indexmap::IndexMap;
use mathesar_api::methods::columns::ColumnMetadata;
use mathesar_api::methods::explorations::{ExplorationResultColumn, RunParams};
use mathesar_api::{Json, value};
use mathesar_pg::Transaction;
use mathesar_sql::exploration::{Column, Exploration, Source};
use mathesar_sql::model::{Attnum, Oid};

use super::{Pictures, exploration};
use crate::fields::{Fields, json};
use crate::model::{column_info, metadata};
use crate::records::table::{self, Work};
use crate::{Ctx, Error, Result, limits, saved};

/// What the definition is called in errors.
const PATH: &str = "exploration_def";

/// Runs a definition as the caller's role. The result is an `ExplorationResult` as JSON.
///
/// # Errors
/// Those of PostgreSQL; with the path of what is wrong: `UndefinedTable`, `UndefinedColumn`, `InsufficientPrivilege`,
/// `UnknownDBFunctionID` for a filter, `BadSortFormat` for an order, `LimitReached`, `ValueError` for all else.
pub async fn run(ctx: &Ctx, params: RunParams) -> Result<Bytes> {
    check(&params)?;
    // The count has to be that of the rows.
    table::read(ctx, params.database_id, &table::reading_at_once(), &params).await
}

/// The statements that `explorations.run` would run; `None` for other methods.
///
/// # Errors
/// Those of [`run`] before anything runs; `InvalidParams`.
pub async fn show(ctx: &Ctx, database_id: i64, method: &str, given: &Json) -> Result<Option<Vec<String>>> {
    if method != "explorations.run" {
        return Ok(None);
    }
    let given: RunParams = value::read(given.text()).map_err(|misfit| Error::misfit("params", &misfit))?;
    check(&given)?;
    table::read(ctx, database_id, &table::reading_at_once(), &Shown(given)).await.map(Some)
}

/// A definition whose statements are asked for.
struct Shown(RunParams);

impl Work for Shown {
    type Output = Vec<String>;

    async fn run(&self, _: &Ctx, tx: &Transaction<'_>) -> Result<Vec<String>> {
        let Self(params) = self;
        let pictures = Pictures::load(tx, &params.exploration_def, PATH).await?;
        let exploration = exploration(&pictures)?;
        let mut statements = vec![exploration.page(table::form(params.values), params.limit, params.offset).shown()];
        if params.count {
            statements.push(exploration.count().shown());
        }
        Ok(statements)
    }
}

fn check(params: &RunParams) -> Result<()> {
    if params.limit > limits::PAGE_ROWS {
        return Err(Error::limit(format!("limit: at most {} rows can be asked for at once.", limits::PAGE_ROWS)));
    }
    saved::refuse_other_database(params.database_id, params.exploration_def.database_id, PATH)
}

impl Work for RunParams {
    type Output = Bytes;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Bytes> {
        let pictures = Pictures::load(tx, &self.exploration_def, PATH).await?;
        let exploration = exploration(&pictures)?;
        let (rows, results) = results(self, tx, &exploration).await?;
        let count = count(self, tx, &exploration, rows).await?;
        let names = self.exploration_def.display_names.as_ref();
        let columns = described(ctx, self.database_id, exploration.columns(), names).await?;

        let mut out = Vec::with_capacity(results.len() + 4096);
        out.extend_from_slice(b"{\"query\":");
        json(&self.exploration_def, &mut out)?;
        out.extend_from_slice(b",\"records\":{\"count\":");
        json(&count, &mut out)?;
        out.extend_from_slice(b",\"results\":[");
        out.extend_from_slice(&results);
        out.extend_from_slice(b"]},\"output_columns\":");
        json(&columns.keys().collect::<Vec<_>>(), &mut out)?;
        out.extend_from_slice(b",\"column_metadata\":");
        json(&columns, &mut out)?;
        write!(out, ",\"limit\":{},\"offset\":{}}}", self.limit, self.offset).map_err(Error::internal)?;
        Ok(out.into())
    }
}

/// The rows of the page, written one after the other with commas between, and how many they are.
async fn results(params: &RunParams, tx: &Transaction<'_>, exploration: &Exploration<'_>) -> Result<(u64, Vec<u8>)> {
    let form = table::form(params.values);
    let aliases = exploration.columns().iter().map(|column| column.alias.clone());
    let writer = Fields::new(aliases.zip(exploration.wires(form)), form);
    let (mut rows, mut out) = (0, Vec::new());
    let mut stream = tx.stream(&exploration.page(form, params.limit, params.offset)).await?;
    while let Some(row) = stream.try_next().await? {
        if rows > 0 {
            out.push(b',');
        }
        writer.object(&row, 0, &mut out)?;
        rows += 1;
    }
    Ok((rows, out))
}

/// How many rows there are in all, if that was asked. A page that ends early has counted them by itself.
async fn count(
    params: &RunParams,
    tx: &Transaction<'_>,
    exploration: &Exploration<'_>,
    rows: u64,
) -> Result<Option<u64>> {
    if !params.count {
        return Ok(None);
    }
    if rows < u64::from(params.limit) && (rows > 0 || params.offset == 0) {
        return Ok(Some(params.offset + rows));
    }
    let row = tx.row(&exploration.count()).await?.ok_or_else(|| Error::internal("a count gave no row"))?;
    row.get::<&str>(0)?.parse().map(Some).map_err(Error::internal)
}

/// What is known about the columns of the result, by alias.
async fn described(
    ctx: &Ctx,
    database_id: i64,
    columns: &[Column<'_>],
    display_names: Option<&IndexMap<String, String>>,
) -> Result<IndexMap<String, ExplorationResultColumn>> {
    let metadata = chosen_for(ctx, database_id, columns).await?;
    let described = columns.iter().map(|column| {
        let name = display_names.and_then(|names| names.get(&column.alias)).cloned();
        (column.alias.clone(), describe(column, name, &metadata))
    });
    Ok(described.collect())
}

type Chosen = HashMap<(Oid, Attnum), ColumnMetadata>;

/// How people chose to show the columns of the tables that are to be seen.
async fn chosen_for(ctx: &Ctx, database_id: i64, columns: &[Column<'_>]) -> Result<Chosen> {
    let mut tables: Vec<Oid> = columns
        .iter()
        .filter_map(|column| match &column.source {
            Source::Table { table, .. } => Some(table.oid()),
            Source::Summary { .. } => None,
        })
        .collect();
    tables.sort_unstable();
    tables.dedup();
    let found = tables.into_iter().map(|oid| async move {
        let columns = metadata::of_columns(ctx, database_id, oid).await?;
        Ok::<_, Error>(columns.into_iter().map(move |(attnum, metadata)| ((oid, attnum), metadata)))
    });
    Ok(try_join_all(found).await?.into_iter().flatten().collect())
}

fn describe(column: &Column<'_>, display_name: Option<String>, chosen: &Chosen) -> ExplorationResultColumn {
    let described = ExplorationResultColumn {
        alias: column.alias.clone(),
        display_name,
        kind: column_info::kind(&column.ty),
        type_options: column_info::options(&column.ty),
        family: column_info::family(&column.ty),
        display_type: column.ty.display.clone(),
        primary_key: false,
        metadata: None,
        is_initial_column: false,
        input_column_name: None,
        input_table_name: None,
        input_table_id: None,
        input_alias: None,
    };
    match &column.source {
        Source::Table { table, column } => ExplorationResultColumn {
            primary_key: table.primary_key().contains(&column.attnum),
            metadata: chosen.get(&(table.oid(), column.attnum)).cloned(),
            is_initial_column: true,
            input_column_name: Some(column.name.as_str().to_owned()),
            input_table_name: Some(table.name().name.as_str().to_owned()),
            input_table_id: Some(table.oid()),
            ..described
        },
        Source::Summary { input } => ExplorationResultColumn { input_alias: Some(input.clone()), ..described },
    }
}
