//! `tables.get_import_preview` and `data_modeling.suggest_types`: which types the columns of a table could have.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use indexmap::IndexMap;
use mathesar_api::methods::columns::CastOptions;
use mathesar_api::methods::data_modeling::{SuggestTypesParams, SuggestedType};
use mathesar_api::methods::tables::{ImportPreviewParams, PreviewColumn};
use mathesar_pg::Transaction;
use mathesar_sql::ddl::trial::{self, Tried};
use mathesar_sql::model::{Attnum, Column, Table};
use mathesar_types::family::{FamilyId, family_of};
use mathesar_types::infer::{ColumnInference, Guess, Reading};
use mathesar_types::wire::{Form, wire};

use super::column_info::kind;
use super::columns::column;
use super::{reading, retype, table};
use crate::fields::Fields;
use crate::{Ctx, Error, Result, limits};

/// Rows that a preview shows when the caller does not say, as in the original.
const PREVIEW_ROWS: u32 = 20;

/// `tables.get_import_preview`.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`, and PostgreSQL's for a value that does not fit its new type.
pub async fn preview(ctx: &Ctx, params: ImportPreviewParams) -> Result<Bytes> {
    if params.columns.is_empty() {
        return Err(Error::value("Name the columns to preview: there is none."));
    }
    let limit = params.limit.unwrap_or(PREVIEW_ROWS);
    if limit > limits::PAGE_ROWS {
        return Err(Error::limit(format!("A preview shows {} rows at most.", limits::PAGE_ROWS)));
    }
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&reading());
    let table = table(&tx, params.table_oid).await?;
    let tried = params.columns.iter().map(|wanted| tried(&table, wanted)).collect::<Result<Vec<_>>>()?;
    let names = tried.iter().map(|tried| (tried.column.name.as_str().to_owned(), tried.wire));
    let writer = Fields::new(names, Form::Original);
    let mut out = vec![b'['];
    let mut rows = tx.stream(&trial::first_rows(table.name(), &tried, limit)).await?;
    while let Some(row) = rows.try_next().await? {
        if out.len() > 1 {
            out.push(b',');
        }
        writer.object(&row, 0, &mut out)?;
    }
    out.push(b']');
    Ok(out.into())
}

fn tried<'t>(table: &'t Table, wanted: &PreviewColumn) -> Result<Tried<'t>> {
    let column = column(table, wanted.id)?;
    let to = retype::wanted_type(column, wanted.kind.as_deref(), wanted.type_options.as_ref().map(Some))?;
    let ty = retype::typed_as(column, to.as_ref()).ty;
    let wire = wire(&ty, Form::Original);
    let to = to.map(|ty| retype::number_text(column, &ty, wanted.cast_options.as_ref()).map(|how| (ty, how)));
    Ok(Tried { column, to: to.transpose()?, ty: ty.pg, wire })
}

/// `data_modeling.suggest_types`.
///
/// # Errors
/// `UndefinedTable`, and PostgreSQL's.
pub async fn suggest(ctx: &Ctx, params: SuggestTypesParams) -> Result<IndexMap<Attnum, SuggestedType>> {
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&reading());
    let table = table(&tx, params.table_oid).await?;
    let texts: Vec<&Column> = table.readable().filter(|column| is_text(column)).collect();
    let guesses = guesses(&tx, &table, &texts).await?;
    let mut suggested: IndexMap<_, _> = table
        .columns
        .iter()
        .map(|column| (column.attnum, SuggestedType { kind: kind(&column.ty), details: None }))
        .collect();
    for (column, guess) in texts.iter().zip(&guesses) {
        if let Some(better) = suggestion(guess) {
            suggested.insert(column.attnum, better);
        }
    }
    Ok(suggested)
}

fn is_text(column: &Column) -> bool {
    column.ty.pg.schema == "pg_catalog" && family_of(&column.ty.pg).id == FamilyId::Text
}

/// What an import would take each of the columns for.
async fn guesses(tx: &Transaction<'_>, table: &Table, columns: &[&Column]) -> Result<Vec<Guess>> {
    if columns.is_empty() {
        return Ok(vec![]);
    }
    let mut inferences: Vec<_> = columns.iter().map(|_| ColumnInference::new(0)).collect();
    let tried: Vec<_> = columns
        .iter()
        .map(|column| Tried { column, to: None, ty: column.ty.pg.clone(), wire: wire(&column.ty, Form::Iso) })
        .collect();
    let mut rows = tx.stream(&trial::first_rows(table.name(), &tried, limits::SUGGESTION_ROWS)).await?;
    let mut number = 0;
    while let Some(row) = rows.try_next().await? {
        number += 1;
        for (index, inference) in inferences.iter_mut().enumerate() {
            inference.observe(number, row.get(index)?);
        }
    }
    Ok(inferences.into_iter().map(ColumnInference::finish).collect())
}

/// A type that a change of the column's type reads as the inference did, if there is one: it knows no words for NULL, and no other way
/// to write a date than PostgreSQL's.
fn suggestion(guess: &Guess) -> Option<SuggestedType> {
    if !guess.null_words.is_empty() {
        return None;
    }
    let details = match (guess.reading, guess.reading.format()) {
        (Reading::Text | Reading::Verbatim, _) => return None,
        (_, None) => None,
        (Reading::Numeric(_), Some("1,234.5")) => Some(separated_by(",", ".")),
        (Reading::Numeric(_), Some("1.234,5")) => Some(separated_by(".", ",")),
        (_, Some(_)) => return None,
    };
    Some(SuggestedType { kind: guess.reading.pg_type().to_owned(), details })
}

fn separated_by(group: &str, point: &str) -> CastOptions {
    CastOptions {
        mathesar_casting: Some(true),
        group_sep: Some(group.to_owned()),
        decimal_p: Some(point.to_owned()),
        ..CastOptions::default()
    }
}
