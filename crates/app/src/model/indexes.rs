//! `indexes.*`.

use mathesar_api::ErrorCode;
use mathesar_api::methods::indexes::{AddParams, DeleteParams, IndexDef, IndexInfo, IndexKey, IndexMethod};
use mathesar_api::methods::tables::TableParams;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::index::{self, Key, Method, NewIndex, OrderedKey};
use mathesar_sql::model::{Attnum, Index, Oid, Table};
use mathesar_sql::{Ident, introspect};

use super::columns::column;
use super::{expression, ident, reading, run, summary, table};
use crate::{Ctx, Error, Result};

fn info(index: Index) -> IndexInfo {
    IndexInfo {
        oid: index.oid,
        name: index.name.as_str().to_owned(),
        method: index.method,
        unique: index.unique,
        columns: index.columns,
        predicate: index.predicate,
        definition: index.definition,
        constraint_oid: index.constraint,
        valid: index.valid,
    }
}

pub(super) const fn method(method: IndexMethod) -> Method {
    match method {
        IndexMethod::Btree => Method::Btree,
        IndexMethod::Hash => Method::Hash,
        IndexMethod::Gist => Method::Gist,
        IndexMethod::Spgist => Method::Spgist,
        IndexMethod::Gin => Method::Gin,
        IndexMethod::Brin => Method::Brin,
    }
}

async fn of_table(tx: &Transaction<'_>, table: Oid) -> Result<Vec<IndexInfo>> {
    Ok(tx.introspect(&introspect::indexes(table)).await?.into_iter().map(info).collect())
}

/// What rows are found by, as the parameter at `path` says it: the column `attnum`, or an expression.
///
/// # Errors
/// `ValueError` for none of them or both.
pub(super) fn key(
    attnum: Option<Attnum>,
    text: Option<&str>,
    path: &str,
    name_of: &impl Fn(Attnum) -> Result<Ident>,
) -> Result<Key> {
    match (attnum, text) {
        (Some(attnum), None) => Ok(Key::Column(name_of(attnum).map_err(|error| error.at(&format!("{path}.attnum")))?)),
        (None, Some(text)) => Ok(Key::Expression(expression(text, &format!("{path}.expression"))?)),
        _ => Err(Error::value(format!("{path}: say either `attnum`, a column, or `expression`."))),
    }
}

/// `indexes.list`.
///
/// # Errors
/// `UndefinedTable`.
pub async fn list(ctx: &Ctx, params: TableParams) -> Result<Vec<IndexInfo>> {
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&reading());
    summary(&tx, params.table_oid).await.map_err(|error| error.at("table_oid"))?;
    of_table(&tx, params.table_oid).await
}

/// `indexes.add`.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`; `ValueError` for an expression that is more than one; and PostgreSQL's, such as
/// `UniqueViolation`, `InvalidObjectDefinition` for an expression that may change, and `UndefinedObject` for a type that the method cannot compare.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<Vec<IndexInfo>> {
    run(ctx, params.database_id, &Add(params)).await
}

pub(super) struct Add(pub AddParams);

impl Add {
    fn define(table: &Table, definition: &IndexDef) -> Result<NewIndex> {
        let name_of = |attnum| Ok(column(table, attnum)?.name.clone());
        if definition.keys.is_empty() {
            return Err(Error::value(
                "index_def.keys: an index needs at least one column or expression to find rows by.",
            ));
        }
        let keys = definition.keys.iter().enumerate().map(|(place, wanted)| {
            let IndexKey { attnum, expression, descending, nulls_first } = wanted;
            let key = key(*attnum, expression.as_deref(), &format!("index_def.keys[{place}]"), &name_of)?;
            Ok(OrderedKey { key, descending: *descending == Some(true), nulls_first: *nulls_first })
        });
        let include = definition.include.iter().flatten().map(|attnum| name_of(*attnum));
        let predicate = definition.predicate.as_deref().map(|text| expression(text, "index_def.predicate"));
        Ok(NewIndex {
            name: definition.name.as_deref().map(ident).transpose()?,
            unique: definition.unique == Some(true),
            method: method(definition.method.unwrap_or_default()),
            keys: keys.collect::<Result<_>>()?,
            include: include.collect::<Result<_>>().map_err(|error: Error| error.at("index_def.include"))?,
            predicate: predicate.transpose()?,
        })
    }
}

impl Change for Add {
    type Made = ();
    type Output = Vec<IndexInfo>;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = table(tx, self.0.table_oid).await.map_err(|error| error.at("table_oid"))?;
        Ok(vec![index::create(table.name(), &Self::define(&table, &self.0.index_def)?)].into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<Vec<IndexInfo>> {
        of_table(tx, self.0.table_oid).await
    }
}

/// `indexes.delete`.
///
/// # Errors
/// `UndefinedTable`; `DoesNotExist` when the table has no such index; `DependentObjectsStillExist` for one of a constraint.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<Vec<IndexInfo>> {
    run(ctx, params.database_id, &Delete(params)).await
}

pub(super) struct Delete(pub DeleteParams);

impl Change for Delete {
    type Made = ();
    type Output = Vec<IndexInfo>;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = summary(tx, self.0.table_oid).await.map_err(|error| error.at("table_oid"))?.name;
        let indexes = tx.introspect(&introspect::indexes(self.0.table_oid)).await?;
        let Some(found) = indexes.iter().find(|index| index.oid == self.0.index_oid) else {
            let message = format!("index_oid: {table} has no such index any more. Read its indexes again.");
            return Err(Error::new(ErrorCode::DOES_NOT_EXIST, message));
        };
        Ok(vec![index::drop(&table, &found.name)].into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<Vec<IndexInfo>> {
        of_table(tx, self.0.table_oid).await
    }
}
