//! Finds out where rows stand.

use futures_util::TryStreamExt as _;
use mathesar_api::{ErrorCode, methods::records::RowPlace};
use mathesar_pg::Transaction;
use mathesar_sql::{RowKey, model::TableKind, page::Place, places as sql, select};
use tokio::time::Instant;

use super::keys::{self, Keys};
use super::marks::{Marks, Most, Thinning};
use super::shelf::{Kept, Known, Selection};
use super::{Rows, is_exact};
use crate::records::{count, table};
use crate::{Ctx, Error, Result, limits};

/// How many rows stand before the row of a key; reads all rows where that is not known yet. `None` while somebody else does
/// so, and for orders that are too long to be remembered.
pub(in crate::records) async fn locate(
    ctx: &Ctx,
    tx: &Transaction<'_>,
    rows: &Rows<'_>,
    key: &RowKey,
) -> Result<Option<RowPlace>> {
    let places = &ctx.app.places;
    let selection = Selection::new(tx.scope(), rows.table, rows.filter, rows.order);
    let kept = places.find(&selection, Instant::now()).filter(|kept| !matches!(kept.known, Known::Sampled(_)));
    if let Some(kept) = kept {
        let exact = is_exact(tx, rows.table, &kept).await?;
        if exact || kept.made.elapsed() < limits::PLACES_FRESH {
            return Ok(stands(tx, rows, &kept.known, key).await?.map(|offset| RowPlace { offset, exact }));
        }
    }
    let Some(permit) = places.survey(&selection) else { return Ok(None) };
    let Some(made) = all(tx, rows).await? else { return Ok(None) };
    let kept = places.keep(selection, made);
    drop(permit);
    // One transaction sees one state of the table: the row and what stands before it belong together.
    Ok(stands(tx, rows, &kept.known, key).await?.map(|offset| RowPlace { offset, exact: true }))
}

async fn stands(tx: &Transaction<'_>, rows: &Rows<'_>, known: &Known, key: &RowKey) -> Result<Option<u64>> {
    let marks = match known {
        Known::Sampled(_) => return Ok(None),
        Known::Listed(keys) => return keys.find(key).map(u64::try_from).transpose().map_err(Error::internal),
        Known::Marked(marks) => marks,
    };
    let Some(place) = select::place_of_key(rows.order, key) else { return Ok(None) };
    let keys: Vec<RowKey> = marks.places().filter_map(key_of).collect();
    let before = sql::keys_before(rows.table, &keys.iter().collect::<Vec<_>>(), key)?;
    let gone = || Error::new(ErrorCode::ROW_CONFLICT, "key: the row is gone, so that it stands nowhere.");
    let before = tx.row(&before).await?.ok_or_else(gone)?;
    let before: usize = before.get::<&str>(0)?.parse().map_err(Error::internal)?;
    let mark = before.checked_sub(1).and_then(|index| marks.get(index));
    let (up_to, mark) = mark.map_or((0, None), |(rows, place)| (rows, Some(place)));
    let rest = count::number(tx, &sql::rows_between(rows.table, rows.order, mark, &place)).await?;
    Ok(Some(up_to + u64::try_from(rest).map_err(Error::internal)?))
}

fn key_of(place: &Place) -> Option<RowKey> {
    place.0.iter().cloned().collect::<Option<Vec<_>>>().map(RowKey::Columns)
}

/// Reads the keys of all rows in their order. Of the order by key, which its index serves from anywhere, every n-th is enough;
/// of others all are kept. `None` when those are too many.
async fn all(tx: &Transaction<'_>, rows: &Rows<'_>) -> Result<Option<Kept>> {
    let made = Instant::now();
    let seen = snapshot(tx).await?;
    let mut reading = if rows.order.is_by_key_only() && rows.filter.is_none() {
        let most = Most { marks: limits::MARKS, bytes: limits::MARKS_BYTES };
        Reading::Marks(Thinning::new(limits::MARK_ROWS, most))
    } else {
        Reading::Keys(Keys::new(rows.table))
    };
    let mut stream = tx.copy_out(&sql::keys_in_order(rows.table, rows.filter, rows.order)).await?;
    // A piece is one line in all versions so far, which the protocol does not promise.
    let mut begun = Vec::new();
    while let Some(piece) = stream.try_next().await? {
        let mut rest = &piece[..];
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            if begun.is_empty() {
                reading.line(&rest[..end])?;
            } else {
                begun.extend_from_slice(&rest[..end]);
                reading.line(&begun)?;
                begun.clear();
            }
            rest = &rest[end + 1..];
        }
        begun.extend_from_slice(rest);
        if reading.is_too_long() {
            return Ok(None);
        }
    }
    Ok(Some(Kept { known: reading.finish(), snapshot: seen, made }))
}

enum Reading {
    Marks(Thinning),
    Keys(Keys),
}

impl Reading {
    fn line(&mut self, line: &[u8]) -> Result<()> {
        match self {
            Self::Marks(thinning) => thinning.row(|| Ok(Place(keys::read(line)?.into_iter().map(Some).collect()))),
            Self::Keys(keys) => keys.push(line),
        }
    }

    fn is_too_long(&self) -> bool {
        matches!(self, Self::Keys(keys) if keys.used() > limits::LISTED_BYTES)
    }

    fn finish(self) -> Known {
        match self {
            Self::Marks(thinning) => Known::Marked(thinning.finish()),
            Self::Keys(mut keys) => {
                keys.shrink();
                Known::Listed(keys)
            }
        }
    }
}

/// What the transaction sees of the whole server; see [`sql::snapshot`].
pub(super) async fn snapshot(tx: &Transaction<'_>) -> Result<Option<String>> {
    let row = tx.row(&sql::snapshot()).await?.ok_or_else(|| Error::internal("there is no snapshot"))?;
    Ok(row.get::<Option<String>>(0)?)
}

/// Marks at once, about where they say: by PostgreSQL's statistics of the key, else by a sample of the rows. `None` where neither
/// is to be had.
pub(super) async fn sample(tx: &Transaction<'_>, rows: &Rows<'_>) -> Result<Option<Marks>> {
    let table = rows.table;
    if rows.order.is_by_key_only()
        && rows.filter.is_none()
        && let [attnum] = table.key.columns()
        && let Some(column) = table.column(*attnum)
    {
        let bounds = tx.rows(&sql::histogram(table, column)).await?;
        if bounds.len() > 2 {
            let mut marks = Marks::new(u64::try_from(bounds.len() - 1).map_err(Error::internal)?);
            // The first bound is the first row, and the last one is the last.
            for (share, row) in (1..).zip(&bounds[1..bounds.len() - 1]) {
                marks.push(share, Place(vec![row.get::<Option<String>>(0)?]));
            }
            return Ok(Some(marks));
        }
    }
    if !matches!(table.summary.kind, TableKind::Table | TableKind::Partitioned) {
        return Ok(None);
    }
    let estimate = u64::try_from(count::estimate(tx, table, rows.filter).await?).unwrap_or(0).max(1);
    let sample =
        sql::sample(table, rows.filter, rows.order, millionths(estimate, table.summary.pages), limits::SAMPLE_MARKS);
    let mut marks = Marks::default();
    for row in tx.rows(&sample).await? {
        let number = |at| row.get::<&str>(at)?.parse::<u64>().map_err(Error::internal);
        if marks.is_empty() {
            marks = Marks::rough(number(1)?);
        }
        marks.push(number(0)?, table::read_place(&row, 2)?);
    }
    Ok((!marks.is_empty()).then_some(marks))
}

/// How much of a table to sample, so that enough rows come, but not too many pages are read.
fn millionths(rows: u64, pages: u32) -> u32 {
    let wanted = limits::SAMPLE_ROWS * 1_000_000 / rows;
    // Of a partitioned table PostgreSQL does not know the pages.
    let most = if pages == 0 { 10_000 } else { limits::SAMPLE_PAGES * 1_000_000 / u64::from(pages) };
    u32::try_from(wanted.min(most).clamp(1, 1_000_000)).unwrap_or(1_000_000)
}
