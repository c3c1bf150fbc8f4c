//! `columns.reset_mash`: files that this installation does not know by the marks of their cells.

use mathesar_api::ErrorCode;
use mathesar_api::methods::columns::ResetMashParams;
use mathesar_pg::Transaction;
use mathesar_sql::files;
use mathesar_sql::model::{Attnum, Column, Oid, Table};
use mathesar_store::NewFile;
use mathesar_types::pgtype::oids;

use super::{by_name, new_mark, storage};
use crate::model::columns::column;
use crate::records::table::{self, Last, Work};
use crate::{Ctx, Error, Result};

/// Addresses that are looked up at once.
const AT_ONCE: u32 = 500;

/// Gives the files of a column the marks that this installation knows them by, after the cells or the internal database came from
/// another one. A file that is in our storage and not known yet becomes known, when a superuser asks: whoever can write a cell could
/// else name any file there is, and read it.
///
/// # Errors
/// `UndefinedColumn`; `ValueError` for a column that is not `jsonb`; `Unavailable` without a storage; PostgreSQL's own.
pub async fn reset_mash(ctx: &Ctx, params: ResetMashParams) -> Result<()> {
    let work = ResetMash { table_oid: params.table_oid, attnum: params.column_attnum };
    table::write(ctx, params.database_id, &work).await
}

struct ResetMash {
    table_oid: Oid,
    attnum: Attnum,
}

impl Work for ResetMash {
    type Output = Last<()>;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Last<()>> {
        storage(ctx)?;
        let table = table::open(tx, self.table_oid).await?;
        let column = column(&table, self.attnum)?;
        if column.ty.pg.oid != oids::JSONB {
            let message = format!("\"{}\" holds no files: only columns of type jsonb can.", column.name);
            return Err(Error::new(ErrorCode::VALUE_ERROR, message));
        }
        let mut after = String::new();
        while let Some(last) = reset_some(ctx, tx, &table, column, &after).await? {
            after = last;
        }
        Ok(Last::done(()))
    }
}

/// Resets the marks of the first files whose addresses follow `after`; gives the last of these addresses.
async fn reset_some(
    ctx: &Ctx,
    tx: &Transaction<'_>,
    table: &Table,
    column: &Column,
    after: &str,
) -> Result<Option<String>> {
    let rows = tx.rows(&files::addresses(table, column, after, AT_ONCE)).await?;
    let uris = rows.iter().map(|row| row.get::<String>(0)).collect::<std::result::Result<Vec<_>, _>>()?;
    let mut marks = Vec::new();
    for uri in &uris {
        if let Some(mash) = known_or_new(ctx, uri).await? {
            marks.push((uri.clone(), mash));
        }
    }
    if !marks.is_empty() {
        tx.execute(&files::set_marks(table, column, &marks)).await?;
    }
    Ok(uris.into_iter().next_back())
}

/// The mark of the file at an address; `None` where there is no file, or none that this caller may make known.
async fn known_or_new(ctx: &Ctx, uri: &str) -> Result<Option<String>> {
    let files = ctx.app.store.files();
    if let Some(file) = files.by_uri(uri).await? {
        return Ok(Some(file.mash));
    }
    let signed_in = ctx.signed_in()?;
    if !signed_in.is_superuser {
        return Ok(None);
    }
    let Some(size_bytes) = storage(ctx)?.size(uri).await? else { return Ok(None) };
    let name = name_of(uri);
    let media_type = by_name(&name);
    let mash = new_mark(ctx);
    let user_id = Some(signed_in.user_id);
    let new = NewFile { mash, uri: uri.to_owned(), name, media_type, size_bytes, user_id, form_id: None };
    Ok(Some(files.add(new, ctx.app.clock.now()).await?.mash))
}

/// The name in an address: its last part.
fn name_of(uri: &str) -> String {
    uri.rsplit('/').next().unwrap_or_default().to_owned()
}
