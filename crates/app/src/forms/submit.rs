//! `forms.submit`: what somebody filled in becomes rows, all of them or none.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use indexmap::IndexMap;
use mathesar_api::methods::forms::{FormField, FormFieldKind, SubmissionFailure, SubmitParams};
use mathesar_api::{ErrorCode, Json};
use mathesar_pg::Transaction;
use mathesar_sql::dml;
use mathesar_sql::model::{Attnum, Oid, Table};

use super::definition::fillable;
use super::link::Opened;
use super::source::linked_to;
use crate::records::table::{self, Last, Work};
use crate::records::{attempt, input};
use crate::{Ctx, Error, Result, files};

/// Adds a record, and those that it links to, as the form's role.
///
/// # Errors
/// `DoesNotExist` in the same words whether there is no such form or the caller may not see it; `AssertionError` for one that is not
/// public; `ValidationError` for a required field that is empty; `ValueError` for what is no value of a field; PostgreSQL's, with the
/// field at fault in a `SubmissionFailure`; `Throttled`.
pub async fn submit(ctx: &Ctx, params: SubmitParams) -> Result<()> {
    let opened = Opened::to_submit(ctx, &params.form_token).await?;
    let base = opened.form.base_table_oid.0;
    let submission = Submission(Row::read(base, &opened.definition.fields, params.values)?);
    let written = async {
        let ctx = opened.as_its_role(ctx).await?;
        let marks = known_marks(&ctx, &submission.0).await?;
        let write = table::write(&ctx, opened.form.database_id, &submission);
        files::sending(&ctx, opened.form.id, &marks, write).await
    };
    written.await.map_err(|error| opened.told(error))
}

/// A row to add, as the form's definition reads what was sent.
struct Row<'f> {
    table: Oid,
    /// All that the form asks for in it, also what was left out.
    fields: &'f [FormField],
    cells: Vec<Cell<'f>>,
}

struct Cell<'f> {
    field: &'f FormField,
    value: Value<'f>,
}

enum Value<'f> {
    /// As it was sent.
    Given(Json),
    /// The key of a record that is added first.
    Added { table: Oid, row: Row<'f> },
}

impl<'f> Row<'f> {
    /// Reads the values of `fields`. What the form does not name is an error.
    fn read(table: Oid, fields: &'f [FormField], mut given: IndexMap<String, Json>) -> Result<Self> {
        let mut cells = Vec::new();
        for field in fields {
            let value = match given.shift_remove(&field.key) {
                Some(json) => read(field, json)?,
                None => None,
            };
            match value {
                Some(Value::Given(json)) if field.is_required && is_blank(&json) => return Err(missing(field)),
                Some(value) => cells.push(Cell { field, value }),
                None if field.is_required => return Err(missing(field)),
                None => {}
            }
        }
        match given.keys().next() {
            Some(unknown) => {
                Err(Error::value(format!("values: the form has no field \"{unknown:.100}\" here. Load it again.")))
            }
            None => Ok(Self { table, fields, cells }),
        }
    }
}

/// The marks of the files among the values.
///
/// # Errors
/// `ValueError` for a file that is gone, as one is that was chosen days ago.
async fn known_marks(ctx: &Ctx, row: &Row<'_>) -> Result<Vec<String>> {
    let mut sent = Vec::new();
    collect_marks(row, &mut sent);
    let marks: Vec<String> = sent.iter().map(|(_, mark)| mark.clone()).collect();
    let known = ctx.app.store.files().by_mashes(&marks).await?;
    match sent.iter().find(|(_, mark)| known.iter().all(|file| file.mash != *mark)) {
        Some((field, _)) => Err(at_fault(field, "the file is here no longer. Choose it again.")),
        None => Ok(marks),
    }
}

fn collect_marks<'r>(row: &'r Row<'_>, marks: &mut Vec<(&'r FormField, String)>) {
    for cell in &row.cells {
        match &cell.value {
            Value::Given(json) => marks.extend(files::own_mark_of(json).map(|mark| (cell.field, mark))),
            Value::Added { row, .. } => collect_marks(row, marks),
        }
    }
}

fn is_blank(json: &Json) -> bool {
    json.is_null() || serde_json::from_str::<String>(json.text()).is_ok_and(|text| text.trim().is_empty())
}

fn read(field: &FormField, json: Json) -> Result<Option<Value<'_>>> {
    match field.kind {
        FormFieldKind::ScalarColumn => Ok(Some(Value::Given(json))),
        FormFieldKind::ForeignKey if json.is_null() => Ok(Some(Value::Given(json))),
        FormFieldKind::ForeignKey => linked(field, &json).map(Some),
    }
}

/// A record that was chosen, or is to be added.
fn linked<'f>(field: &'f FormField, json: &Json) -> Result<Value<'f>> {
    let misfit = || at_fault(field, "expected {\"type\": \"pick\", \"value\": …} or {\"type\": \"create\", …}.");
    let (table, rule) = field.link().ok_or_else(|| Error::internal("a linked record without its table"))?;
    let mut members: IndexMap<String, Json> = serde_json::from_str(json.text()).map_err(|_| misfit())?;
    let kind = members.shift_remove("type").ok_or_else(misfit)?;
    match kind.text() {
        "\"pick\"" if rule.picks() => {
            let value = members.shift_remove("value").filter(|_| members.is_empty());
            value.map(Value::Given).ok_or_else(misfit)
        }
        "\"create\"" if rule.creates() => {
            Ok(Value::Added { table, row: Row::read(table, field.fields_to_create(), members)? })
        }
        "\"pick\"" => Err(at_fault(field, "a record can only be added here, not chosen.")),
        "\"create\"" => Err(at_fault(field, "a record can only be chosen here, not added.")),
        _ => Err(misfit()),
    }
}

fn failure(field: Option<&FormField>) -> SubmissionFailure {
    SubmissionFailure { field_key: field.map(|field| field.key.clone()) }
}

fn at_fault(field: &FormField, why: &str) -> Error {
    Error::value(format!("values.{}: {why}", field.key)).with_data(&failure(Some(field)))
}

fn missing(field: &FormField) -> Error {
    let message = format!("values.{}: this has to be filled in.", field.key);
    Error::new(ErrorCode::VALIDATION, message).with_data(&failure(Some(field)))
}

struct Submission<'f>(Row<'f>);

impl Work for Submission<'_> {
    type Output = Last<()>;

    async fn run(&self, _: &Ctx, tx: &Transaction<'_>) -> Result<Last<()>> {
        add(tx, &self.0, None).await?;
        Ok(Last::done(()))
    }
}

/// Adds a row after those that it links to, and gives its value of the column `read` as text.
fn add<'a>(tx: &'a Transaction<'_>, row: &'a Row<'_>, read: Option<Attnum>) -> BoxFuture<'a, Result<Option<String>>> {
    async move {
        let table = table::open(tx, row.table).await?;
        let mut set = Vec::with_capacity(row.cells.len());
        for cell in &row.cells {
            set.push((cell.field.column_attnum, value(tx, &table, cell).await?));
        }
        let read = read.and_then(|attnum| table.column(attnum));
        let statement = dml::insert_unread(&table, &set, read)?;
        let rows = attempt::run(tx, &table, &set, &statement).await?.map_err(|refusal| {
            let field = row.fields.iter().find(|field| Some(field.column_attnum) == refusal.attnum);
            Error::from(refusal.error).with_data(&failure(field))
        })?;
        let added = rows.first().ok_or_else(dropped)?;
        Ok(if read.is_some() { added.get::<Option<String>>(0)? } else { None })
    }
    .boxed()
}

/// The value of a cell, as its column reads it; `None` is NULL.
async fn value(tx: &Transaction<'_>, table: &Table, cell: &Cell<'_>) -> Result<Option<String>> {
    let column = fillable(table, cell.field.column_attnum)?;
    match &cell.value {
        Value::Given(json) => input::value(column, json.text()).map_err(|why| at_fault(cell.field, &format!("{why}."))),
        Value::Added { table: related, row } => {
            let key = linked_to(table, column.attnum, *related)?;
            add(tx, row, Some(key)).await
        }
    }
}

fn dropped() -> Error {
    let message = "PostgreSQL accepted the entry and did not keep it: a trigger or a rule of the table dropped it.";
    Error::new(ErrorCode::ROW_CONFLICT, message)
}
