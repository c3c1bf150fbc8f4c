//! `tables.import` and `/bulk_insert/`: the original's ways of loading, which answer when the rows are there.

use std::sync::Arc;

use mathesar_api::methods::{
    columns::ColumnDef,
    imports::{AppendColumn, AppendParams, Dialect, LoadColumn, LoadParams},
    tables::{AddedTable, ImportParams, PkeyColumnDef, PkeyType},
};
use mathesar_sql::{introspect, model::Table};
use mathesar_store::DataFile;
use mathesar_types::infer::{Guess, Reading};
use tokio::sync::Semaphore;

use super::{
    dialect::Known,
    load::{Loaded, Target, perform},
    names,
    plan::read_as,
    preview,
    survey::headers,
    upload,
};
use crate::{
    Ctx, Error, Result,
    jobs::Progress,
    limits,
    model::{self, columns::column, tables::beside_key},
    spool::Spool,
};

/// A load keeps a processor and a connection busy, whether it is a job or somebody waits for it.
static AT_WORK: Semaphore = Semaphore::const_new(limits::IMPORTS_AT_ONCE);

/// The type of all columns of a table that [`import`] makes.
const TEXT: &str = "text";

/// `tables.import`: a file becomes a table of texts. The upload stays, since clients of the original may come back to it.
///
/// # Errors
/// `DoesNotExist` for a file that is not one of the caller's, or a schema; words with a line number for a file that cannot be read;
/// PostgreSQL's own.
pub async fn import(ctx: &Ctx, params: ImportParams) -> Result<AddedTable> {
    let file = ctx.app.store.data_files().get(ctx.signed_in()?.user_id, params.data_file_id).await?;
    let dialect = preview::stored_dialect(&file);
    let path = upload::path(&ctx.app, &file);
    let said = dialect.clone();
    let read = move || headers(&path, Known::find(&path, &said)?);
    let headers = tokio::task::spawn_blocking(read).await.map_err(Error::internal)??;
    let texts = names::column_names(&headers).into_iter().map(|name| ColumnDef {
        name: Some(name),
        kind: Some(TEXT.to_owned()),
        ..ColumnDef::default()
    });
    let key = PkeyColumnDef { name: None, kind: None };
    let (columns, renamed_columns) = beside_key(&key, &texts.collect::<Vec<_>>())?;
    let table_name = match params.table_name {
        Some(name) => name,
        None => free_table_name(ctx, params.database_id, params.schema_oid, &file).await?,
    };
    let target = Target::New(LoadParams {
        database_id: params.database_id,
        schema_oid: params.schema_oid,
        data_file_id: file.id,
        table_name,
        comment: params.comment,
        dialect,
        columns: columns.into_iter().enumerate().map(|(index, column)| as_it_stands(index, column)).collect(),
        add_key: Some(PkeyType::Identity),
        key_column: None,
        remove_nul: false,
        cut_long_lines: false,
    });
    let Loaded { table, table_oid, .. } = wait_for(ctx, &target).await?;
    Ok(AddedTable { oid: table_oid, name: table.name.as_str().to_owned(), renamed_columns })
}

fn as_it_stands(index: usize, column: ColumnDef) -> LoadColumn {
    LoadColumn {
        index,
        name: column.name.unwrap_or_default(),
        kind: column.kind.unwrap_or_default(),
        type_options: None,
        format: None,
        null_words: vec![],
    }
}

async fn free_table_name(ctx: &Ctx, database_id: i64, schema_oid: u32, file: &DataFile) -> Result<String> {
    let mut session = ctx.connect(database_id).await?;
    let tables = session.begin(&model::reading()).introspect(&introspect::tables(schema_oid)).await?;
    let taken = |name: &str| tables.iter().any(|table| table.name.name.as_str() == name);
    Ok(names::free_name(&names::table_name(&file.name), taken))
}

/// Which rows go where, for [`bulk_insert`].
#[derive(Clone, Debug)]
pub struct BulkInsert {
    /// The database.
    pub database_id: i64,
    /// The table that takes the rows.
    pub table_oid: u32,
    /// Places in the file, from 0, and the attribute numbers of the columns that take their fields.
    pub columns: Vec<(usize, i16)>,
    /// Whether the first row holds the names; found out when absent.
    pub header: Option<bool>,
}

/// `/bulk_insert/`: the rows of a file join those of a table, all or none; gives how many. The upload is gone afterwards, however it
/// ends. Values are read in the one way in which the whole column of the file can be written, such as `31.12.2024`.
///
/// # Errors
/// `BadFile`; words with line number and column for the first field that does not fit; PostgreSQL's own.
pub async fn bulk_insert(ctx: &Ctx, upload: Spool, name: &str, wanted: BulkInsert) -> Result<u64> {
    let file = upload::finish(ctx, upload, name).await?;
    let inserted = insert(ctx, &file, wanted).await;
    upload::remove(ctx, file.id).await?;
    inserted
}

async fn insert(ctx: &Ctx, file: &DataFile, wanted: BulkInsert) -> Result<u64> {
    let mut session = ctx.connect(wanted.database_id).await?;
    let table = model::table(&session.begin(&model::reading()), wanted.table_oid).await?;
    drop(session);
    let said = Dialect { header: wanted.header, ..Dialect::default() };
    let (known, survey) = preview::look(ctx, file, said).await?;
    let columns = wanted.columns.iter().map(|place| append_column(&table, &survey.guesses, *place));
    let target = Target::Present(AppendParams {
        database_id: wanted.database_id,
        table_oid: wanted.table_oid,
        data_file_id: file.id,
        dialect: known.to_api(),
        columns: columns.collect::<Result<_>>()?,
        remove_nul: false,
        cut_long_lines: false,
    });
    Ok(wait_for(ctx, &target).await?.report.rows)
}

fn append_column(table: &Table, guesses: &[Guess], (index, attnum): (usize, i16)) -> Result<AppendColumn> {
    let guess = guesses.get(index).ok_or_else(|| {
        Error::value(format!("The file has {} columns, and none with the index {index}.", guesses.len()))
    })?;
    let kind = read_as(&column(table, attnum)?.ty);
    let format = guess.reading.format().filter(|format| Reading::choose(&kind, Some(format)).is_some());
    Ok(AppendColumn { index, attnum, format: format.map(str::to_owned), null_words: vec![] })
}

async fn wait_for(ctx: &Ctx, target: &Target) -> Result<Loaded> {
    let _turn = AT_WORK.acquire().await.map_err(Error::internal)?;
    perform(ctx, target, &Arc::new(Progress::default())).await
}
