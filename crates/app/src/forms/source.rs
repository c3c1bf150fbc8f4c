//! What those who fill in a form have to know about its tables, and the records that they can choose.

use std::sync::Arc;

use futures_util::future::try_join_all;
use indexmap::{IndexMap, IndexSet};
use mathesar_api::ErrorCode;
use mathesar_api::methods::columns::{ColumnDefault, ColumnInfo};
use mathesar_api::methods::forms::{
    FormField, FormSourceTable, FormSourceTableInfo, FormTokenParams, ListRelatedRecordsParams,
};
use mathesar_api::methods::records::{ListSummariesParams, RecordSummaryList};
use mathesar_pg::{Transaction, TxOptions};
use mathesar_sql::model::{Attnum, Column, Oid, Table};
use mathesar_sql::session::Mode;
use mathesar_sql::summary::link;

use super::link::Opened;
use crate::model::{column_info, constraints, metadata};
use crate::records::table::{self, Work};
use crate::{Ctx, Error, Result, limits};

/// A transaction that reads for people whom nobody knows.
fn reading() -> TxOptions {
    TxOptions::new(Mode::ReadOnly, limits::FORM_READ_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

/// `forms.get_source_info`.
///
/// # Errors
/// `DoesNotExist` in the same words whether there is no such form or the caller may not see it; `Throttled`; when the database cannot be
/// reached.
pub async fn get_source_info(ctx: &Ctx, params: FormTokenParams) -> Result<IndexMap<String, FormSourceTable>> {
    let opened = Opened::to_read(ctx, &params.form_token).await?;
    let database_id = opened.form.database_id;
    let read = async {
        let source = Source { database_id, named: named(opened.form.base_table_oid.0, &opened.definition.fields) };
        table::read(&opened.as_its_role(ctx).await?, database_id, &reading(), &source).await
    };
    read.await.map_err(|error| opened.told(error))
}

/// The columns that fields name, by their tables.
type Named = IndexMap<Oid, IndexSet<Attnum>>;

fn named(base: Oid, fields: &[FormField]) -> Named {
    fn note(named: &mut Named, table: Oid, fields: &[FormField]) {
        let columns = named.entry(table).or_default();
        columns.extend(fields.iter().map(|field| field.column_attnum));
        for field in fields {
            if let Some((related, _)) = field.link().filter(|(_, rule)| rule.creates()) {
                note(named, related, field.fields_to_create());
            }
        }
    }
    let mut named = Named::new();
    note(&mut named, base, fields);
    named
}

struct Source {
    database_id: i64,
    named: Named,
}

impl Work for Source {
    type Output = IndexMap<String, FormSourceTable>;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Self::Output> {
        let tables = try_join_all(self.named.keys().map(|oid| tx.picture_to_read(*oid))).await?;
        let mut source = IndexMap::new();
        for (table, columns) in tables.iter().zip(self.named.values()) {
            let Some(table) = table else { continue };
            let metadata = metadata::of_columns(ctx, self.database_id, table.oid()).await?;
            let mut shown = shown(table, columns);
            for (attnum, metadata) in metadata {
                if let Some(column) = shown.columns.get_mut(&attnum.to_string()) {
                    column.metadata = Some(metadata);
                }
            }
            source.insert(table.oid().to_string(), shown);
        }
        Ok(source)
    }
}

/// A table as those see it who fill in these columns of it.
fn shown(table: &Arc<Table>, columns: &IndexSet<Attnum>) -> FormSourceTable {
    let constraints = table.constraints.iter().filter(|constraint| {
        !constraint.columns.is_empty() && constraint.columns.iter().all(|attnum| columns.contains(attnum))
    });
    let columns = columns.iter().filter_map(|attnum| table.column(*attnum));
    FormSourceTable {
        table_info: FormSourceTableInfo { oid: table.oid(), name: table.name().name.as_str().to_owned() },
        columns: columns.map(|column| (column.attnum.to_string(), column_to_fill_in(table, column))).collect(),
        constraints: constraints.map(constraints::info).collect(),
    }
}

/// A column without what only those need to know who work with the table.
fn column_to_fill_in(table: &Table, column: &Column) -> ColumnInfo {
    let info = column_info::info(table, column);
    let default = info.default.map(|default| match default.is_dynamic {
        true => ColumnDefault { value: String::new(), ..default },
        false => default,
    });
    ColumnInfo { default, description: None, has_dependents: false, read_only_reason: None, ..info }
}

/// `forms.list_related_records`.
///
/// # Errors
/// Those of [`get_source_info`]; `ValueError` for a field in which nothing can be chosen; `LimitReached`.
pub async fn list_related_records(ctx: &Ctx, params: ListRelatedRecordsParams) -> Result<RecordSummaryList> {
    let opened = Opened::to_read(ctx, &params.form_token).await?;
    let fields = Fields { table: opened.form.base_table_oid.0, fields: &opened.definition.fields };
    let (table, field) = fields.find(&params.field_key).ok_or_else(|| nothing_to_choose(&params.field_key))?;
    let (related, _) = field.link().filter(|(_, rule)| rule.picks()).ok_or_else(|| nothing_to_choose(&field.key))?;
    if params.limit.is_some_and(|limit| limit > limits::FORM_RECORDS) {
        return Err(Error::limit(format!("limit: at most {} records can be asked for at once.", limits::FORM_RECORDS)));
    }
    let database_id = opened.form.database_id;
    let read = async {
        let records = Related { database_id, table, column: field.column_attnum, related, params: &params };
        table::read(&opened.as_its_role(ctx).await?, database_id, &reading(), &records).await
    };
    read.await.map_err(|error| opened.told(error))
}

fn nothing_to_choose(key: &str) -> Error {
    Error::value(format!("field_key: the form has no field \"{key:.100}\" in which a record can be chosen."))
}

/// Fields of one table.
#[derive(Clone, Copy)]
struct Fields<'f> {
    table: Oid,
    fields: &'f [FormField],
}

impl<'f> Fields<'f> {
    /// The field of this key, here or below, with the table of its column.
    fn find(self, key: &str) -> Option<(Oid, &'f FormField)> {
        self.fields.iter().find_map(|field| {
            if field.key == key {
                return Some((self.table, field));
            }
            let (table, _) = field.link()?;
            Fields { table, fields: field.fields_to_create() }.find(key)
        })
    }
}

struct Related<'p> {
    database_id: i64,
    /// The table of the field's column.
    table: Oid,
    column: Attnum,
    /// The table that it links to.
    related: Oid,
    params: &'p ListRelatedRecordsParams,
}

impl Work for Related<'_> {
    type Output = RecordSummaryList;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<RecordSummaryList> {
        let table = table::open(tx, self.table).await?;
        let key = linked_to(&table, self.column, self.related)?;
        let records = ListSummariesParams {
            database_id: self.database_id,
            table_oid: self.related,
            limit: self.params.limit,
            offset: self.params.offset,
            search: self.params.search.clone(),
            key_attnum: Some(key),
            linked_record_path: None,
        };
        records.run(ctx, tx).await
    }
}

/// The column of the linked table that a field's column refers to.
///
/// # Errors
/// `UndefinedColumn` when the foreign key is gone.
pub(super) fn linked_to(table: &Table, column: Attnum, related: Oid) -> Result<Attnum> {
    let found = link(table, column).filter(|(target, _)| *target == related);
    found.map(|(_, attnum)| attnum).ok_or_else(|| {
        let message = format!(
            "The column {column} of {} has no foreign key any more to the table that the form was made for. Change the form.",
            table.name()
        );
        Error::new(ErrorCode::UNDEFINED_COLUMN, message)
    })
}
