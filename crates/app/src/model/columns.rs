//! `columns.*`.

use std::collections::HashMap;

use mathesar_api::ErrorCode;
use mathesar_api::methods::columns::{
    AddParams, CastReport, CheckCastParams, ColumnDef, ColumnInfo, ColumnPatch, DeleteParams, ListParams, PatchParams,
};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::model::{Attnum, Column, Table};
use mathesar_sql::{Ident, Statement, ddl};

use super::{column_info, metadata, new_column, reading, retype, run, table};
use crate::{Ctx, Error, Result, limits};

/// `columns.list`.
///
/// # Errors
/// `UndefinedTable`.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<ColumnInfo>> {
    let mut session = ctx.connect(params.database_id).await?;
    let table = table(&session.begin(&reading()), params.table_oid).await?;
    Ok(table.columns.iter().map(|column| column_info::info(&table, column)).collect())
}

/// `columns.list_with_metadata`.
///
/// # Errors
/// Those of [`list`].
pub async fn list_with_metadata(ctx: &Ctx, params: ListParams) -> Result<Vec<ColumnInfo>> {
    let known = metadata::of_columns(ctx, params.database_id, params.table_oid).await?;
    let mut known: HashMap<Attnum, _> = known.into_iter().collect();
    let mut columns = list(ctx, params).await?;
    for column in &mut columns {
        column.metadata = known.remove(&column.id);
    }
    Ok(columns)
}

/// The column of that number.
///
/// # Errors
/// `UndefinedColumn`.
pub(crate) fn column(table: &Table, attnum: Attnum) -> Result<&Column> {
    table.column(attnum).ok_or_else(|| {
        let message = format!("{} has no column number {attnum} any more. Read its columns again.", table.name());
        Error::new(ErrorCode::UNDEFINED_COLUMN, message)
    })
}

/// `columns.add`; gives the attribute numbers.
///
/// # Errors
/// `UndefinedTable`, `LimitReached`, and PostgreSQL's, such as `DuplicateColumn`.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<Vec<i16>> {
    run(ctx, params.database_id, &Add(params)).await
}

pub(super) struct Add(pub AddParams);

impl Change for Add {
    type Made = Vec<Ident>;
    type Output = Vec<i16>;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<Vec<Ident>>> {
        let definitions = &self.0.column_data_list;
        let table = table(tx, self.0.table_oid).await?;
        if table.columns.len() + definitions.len() > limits::TABLE_COLUMNS {
            return Err(Error::limit(format!("A table can have {} columns at most.", limits::TABLE_COLUMNS)));
        }
        let definitions = with_names(&table, definitions);
        let columns = definitions
            .iter()
            .map(|definition| new_column::define(definition, tx.version()))
            .collect::<Result<Vec<_>>>()?;
        let mut statements = Vec::new();
        if !columns.is_empty() {
            statements.push(ddl::column::add(table.name(), &columns));
        }
        for (definition, column) in definitions.iter().zip(&columns) {
            if let Some(comment) = &definition.description {
                statements.push(ddl::column::comment(table.name(), &column.name, Some(comment)));
            }
        }
        Ok(Plan { statements, made: columns.into_iter().map(|column| column.name).collect() })
    }

    async fn read_back(&self, tx: &Transaction<'_>, names: Vec<Ident>) -> Result<Vec<i16>> {
        let table = table(tx, self.0.table_oid).await?;
        let numbers = names.iter().map(|name| table.columns.iter().find(|c| c.name == *name).map(|c| c.attnum));
        numbers.collect::<Option<_>>().ok_or_else(|| Error::internal("a column that was just made is not there"))
    }
}

fn with_names(table: &Table, definitions: &[ColumnDef]) -> Vec<ColumnDef> {
    let mut taken: Vec<String> = table.columns.iter().map(|column| column.name.as_str().to_owned()).collect();
    taken.extend(definitions.iter().filter_map(|definition| definition.name.clone()));
    let name = |definition: &ColumnDef, taken: &mut Vec<String>| match &definition.name {
        Some(name) => name.clone(),
        None => new_column::free_name(table.columns.len() + 1, taken),
    };
    definitions
        .iter()
        .map(|definition| ColumnDef { name: Some(name(definition, &mut taken)), ..definition.clone() })
        .collect()
}

/// `columns.patch`: all changes in one transaction; gives how many columns were named.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`, and PostgreSQL's, such as a value that does not fit the new type.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<i64> {
    let (database_id, table_oid) = (params.database_id, params.table_oid);
    let changed = run(ctx, database_id, &Patch(params)).await?;
    metadata::follow(ctx, database_id, &[table_oid]).await?;
    Ok(changed)
}

pub(super) struct Patch(pub PatchParams);

impl Change for Patch {
    type Made = ();
    type Output = i64;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = table(tx, self.0.table_oid).await?;
        Ok(changes(&table, &self.0.column_data_list)?.into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<i64> {
        Ok(i64::try_from(self.0.column_data_list.len()).unwrap_or(i64::MAX))
    }
}

/// What changes columns of a table, which has its present name meanwhile.
pub(super) fn changes(table: &Table, patches: &[ColumnPatch]) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    for patch in patches {
        statements.extend(retype::statements(table, column(table, patch.id)?, patch)?);
    }
    Ok(statements)
}

/// `columns.delete`; gives how many.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`; `DependentObjectsStillExist` when a view or a foreign key needs a column.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<i64> {
    let (database_id, table_oid) = (params.database_id, params.table_oid);
    let dropped = run(ctx, database_id, &Delete(params)).await?;
    metadata::follow(ctx, database_id, &[table_oid]).await?;
    Ok(dropped)
}

pub(super) struct Delete(pub DeleteParams);

impl Change for Delete {
    type Made = ();
    type Output = i64;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = table(tx, self.0.table_oid).await?;
        let mut names = Vec::new();
        for attnum in &self.0.column_attnums {
            let name = &column(&table, *attnum)?.name;
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let statements = if names.is_empty() { vec![] } else { vec![ddl::column::drop(table.name(), &names)] };
        Ok(statements.into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<i64> {
        Ok(i64::try_from(self.0.column_attnums.len()).unwrap_or(i64::MAX))
    }
}

/// `columns.check_cast`: tries a change of type on every value, without making it.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`; `QueryCanceled` when the table is too large to try in time.
pub async fn check_cast(ctx: &Ctx, params: CheckCastParams) -> Result<CastReport> {
    let ty = new_column::type_ref(&params.kind, params.type_options.as_ref())?;
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&reading());
    let table = table(&tx, params.table_oid).await?;
    let column = column(&table, params.attnum)?;
    tx.execute(&ddl::trial::count_failures(table.name(), column, &ty)).await?;
    let found = tx.row(&ddl::trial::failures()).await?;
    let found = found.ok_or_else(|| Error::internal("the trial of a cast told nothing"))?;
    Ok(CastReport { failing: found.get(0)?, samples: found.get(1)?, rewrites: ddl::column::rewrites(column, &ty) })
}
