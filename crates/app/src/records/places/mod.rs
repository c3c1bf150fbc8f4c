//! Pages far down an order, without passing over all rows before them.
//!
//! What is known about an order is kept for a while ([`Places`]): at first marks that PostgreSQL's statistics or a sample give at
//! once; then, when somebody has asked where a row stands (`records.locate`), every n-th key, or the list of all keys where no
//! index could be trusted to lead from one mark to the next.
//!
//! It is exact for a transaction that sees what the one saw that found it out, which one look at the server's snapshot proves.
//! After any change, whoever made it, it is an estimate, and serves only those who said that an estimate will do.

mod keys;
mod marks;
mod shelf;
mod survey;

use mathesar_api::methods::records::RowPlace;
use mathesar_pg::Transaction;
use mathesar_sql::{
    RowKey,
    filter::Filter,
    model::{Table, TableKind},
    order::Order,
    page::{Page, Start},
    select::{self, Output, RowQuery},
};
use tokio::time::Instant;

use self::keys::Keys;
use self::marks::Marks;
pub use self::shelf::Places;
use self::shelf::{Kept, Known, Selection};
pub(super) use self::survey::locate;
use crate::{Ctx, Result, limits};

/// The rows of a table that somebody looks at, in their order.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) table: &'a Table,
    pub(super) filter: Option<&'a Filter>,
    pub(super) order: &'a Order<'a>,
}

/// What page of them.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'k> {
    /// After so many rows.
    Offset(u64),
    /// After a row.
    After(&'k RowKey),
    /// The rows that end before a row.
    Before(&'k RowKey),
}

/// How to read a page that was found, and where it stands.
pub(super) struct Found {
    read: Read,
    pub(super) place: RowPlace,
}

enum Read {
    Page(Page),
    Keys { keys: Vec<RowKey>, end: select::End, limit: u32 },
}

impl Found {
    /// The statement.
    pub(super) fn query(&self, rows: &Rows<'_>, output: &Output<'_>) -> Result<RowQuery> {
        Ok(match &self.read {
            Read::Page(page) => select::page(rows.table, output, rows.filter, rows.order, page),
            Read::Keys { keys, end, limit } => {
                select::listed(rows.table, output, rows.filter, &keys.iter().collect::<Vec<_>>(), *end, *limit)?
            }
        })
    }
}

/// Finds a page by what is known; `None` when the page has to be found by its own statement, which is always exact.
///
/// `count` is how many rows the caller takes to be there, if the page may stand somewhere about there.
pub(super) async fn find(
    ctx: &Ctx,
    tx: &Transaction<'_>,
    rows: &Rows<'_>,
    wanted: Wanted<'_>,
    limit: u32,
    count: Option<u64>,
) -> Result<Option<Found>> {
    if rows.table.key.columns().is_empty() {
        return Ok(None);
    }
    let far = matches!(wanted, Wanted::Offset(limits::FAR_OFFSET..));
    let selection = Selection::new(tx.scope(), rows.table, rows.filter, rows.order);
    let kept = ctx.app.places.find(&selection, Instant::now());
    let kept = kept.filter(|kept| far || matches!(kept.known, Known::Listed(_)));
    if let Some(kept) = &kept
        && is_exact(tx, rows.table, kept).await?
    {
        return by_known(&kept.known, wanted, limit, None);
    }
    let Some(count) = count else { return Ok(None) };
    if let Some(found) = near_the_end(wanted, limit, count).filter(|_| far) {
        return Ok(Some(found));
    }
    match kept {
        Some(kept) => by_known(&kept.known, wanted, limit, Some(count)),
        None if far => {
            let Some(marks) = survey::sample(tx, rows).await? else { return Ok(None) };
            let sampled = Kept { known: Known::Sampled(marks), snapshot: None, made: Instant::now() };
            by_known(&ctx.app.places.keep(selection, sampled).known, wanted, limit, Some(count))
        }
        None => Ok(None),
    }
}

/// Whether a transaction sees what was seen when something was found out.
///
/// A policy may let other rows through whatever was committed, and the rows of partitions and children may be on other servers.
async fn is_exact(tx: &Transaction<'_>, table: &Table, kept: &Kept) -> Result<bool> {
    let summary = &table.summary;
    let told = summary.kind == TableKind::Table && !summary.row_security && !summary.has_inheritors;
    Ok(told && kept.snapshot.is_some() && survey::snapshot(tx).await? == kept.snapshot)
}

/// A page by the way that is known; exact without a `count`.
fn by_known(known: &Known, wanted: Wanted<'_>, limit: u32, count: Option<u64>) -> Result<Option<Found>> {
    match (known, wanted) {
        (Known::Listed(keys), wanted) => listed(keys, wanted, limit, count),
        (Known::Marked(marks), Wanted::Offset(offset)) => Ok(Some(marked(marks, offset, limit, count))),
        (Known::Sampled(marks), Wanted::Offset(offset)) if count.is_some() => {
            Ok(Some(marked(marks, offset, limit, count)))
        }
        _ => Ok(None),
    }
}

fn marked(marks: &Marks, offset: u64, limit: u32, count: Option<u64>) -> Found {
    let way = marks.way(offset, count.unwrap_or(marks.total()));
    let start = way.mark.map_or(Start::First, |place| Start::After(place.clone()));
    let page = Page { start, skip: way.skip, limit };
    Found { read: Read::Page(page), place: RowPlace { offset, exact: count.is_none() } }
}

fn listed(keys: &Keys, wanted: Wanted<'_>, limit: u32, count: Option<u64>) -> Result<Option<Found>> {
    let total = keys.len();
    // Of what may have changed, some rows may be gone: more are asked for, and the first that are there are taken.
    let window = limit as usize * if count.is_some() { 2 } else { 1 };
    let (range, end) = match wanted {
        Wanted::Offset(offset) => {
            let index = match count {
                Some(count) => u128::from(offset) * total as u128 / u128::from(count.max(1)),
                None => offset.into(),
            };
            let index = usize::try_from(index).unwrap_or(total).min(total);
            (index..total.min(index + window), select::End::First)
        }
        Wanted::After(key) => {
            let Some(index) = keys.find(key) else { return Ok(None) };
            (index + 1..total.min(index + 1 + window), select::End::First)
        }
        Wanted::Before(key) => {
            let Some(index) = keys.find(key) else { return Ok(None) };
            (index.saturating_sub(window)..index, select::End::Last)
        }
    };
    let first = match (wanted, count) {
        (Wanted::Offset(offset), None) => offset,
        (Wanted::Before(_), _) => (range.end as u64).saturating_sub(limit.into()),
        _ => range.start as u64,
    };
    let place = RowPlace { offset: first, exact: count.is_none() };
    let keys = range.map(|index| keys.get(index)).collect::<Result<_>>()?;
    Ok(Some(Found { read: Read::Keys { keys, end, limit }, place }))
}

/// A page so near to the supposed end that it is read from there: what ends it is then the last row, however many there are.
fn near_the_end(wanted: Wanted<'_>, limit: u32, count: u64) -> Option<Found> {
    let Wanted::Offset(offset) = wanted else { return None };
    let rest = count.saturating_sub(offset).max(1);
    let skip = rest.saturating_sub(limit.into());
    let limit = u32::try_from(rest).unwrap_or(limit).min(limit);
    let page = Page { start: Start::Last, skip, limit };
    (skip < limits::FAR_OFFSET).then_some(Found { read: Read::Page(page), place: RowPlace { offset, exact: false } })
}
