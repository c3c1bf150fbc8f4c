//! The answers that give rows: the rows, their keys, and what they and their links are called.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::{
    TryStreamExt as _,
    future::{join, try_join},
};
use indexmap::IndexSet;
use mathesar_pg::{RawRow, Transaction};
use mathesar_sql::{
    RowKey,
    model::{Attnum, Oid, RowIdentity, Table},
    select::{RowQuery, RowShape},
    summary::Part,
};
use mathesar_types::wire::Form;

use super::body::{ListBody, RowWriter};
use super::downloads::FileColumns;
use super::joined::{Joined, Joins};
use super::names::{Labels, Links, Lookups, Names};
use super::table::Last;
use crate::{Ctx, Error, Result};

/// What an answer shall hold.
pub(super) struct Answer<'a> {
    pub(super) database_id: i64,
    pub(super) shape: &'a RowShape,
    pub(super) form: Form,
    pub(super) keys: bool,
    pub(super) summaries: bool,
    /// How records of some tables shall be called, whatever was chosen for them.
    pub(super) templates: HashMap<Oid, Vec<Part>>,
}

/// Reads the rows of a statement, writes them as they come, and looks up what they and their links are called. The pictures
/// of the linked tables travel in the same round trip as the rows.
pub(super) async fn read(
    ctx: &Ctx,
    tx: &Transaction<'_>,
    table: &Table,
    query: &RowQuery,
    answer: &Answer<'_>,
    mut joins: Joins,
) -> Result<ListBody> {
    let writer = RowWriter::new(table, answer.shape, answer.form);
    let mut rows = Rows::new(table, answer);
    let mut files = FileColumns::open(ctx, table, answer).await?;
    let mut wanted = rows.wanted(table, answer);
    wanted.extend(joins.targets());
    let reading = async {
        let mut stream = tx.stream(&query.statement).await?;
        while let Some(row) = stream.try_next().await? {
            rows.push(&writer, &row)?;
            joins.note(&writer, &row)?;
            files.note(&writer, &row)?;
        }
        Ok::<_, Error>(())
    };
    let ((), names) =
        try_join(reading, Names::load_with(ctx, tx, answer.database_id, &wanted, &answer.templates)).await?;
    let joined = joins.run(tx).await?;
    let records: Vec<_> = joined.iter().map(Joined::wanted).collect();
    let labels = rows.lookups(&names, &records).run(tx).await?;
    let mut body = rows.named(&labels);
    body.downloads = files.links(ctx).await?;
    body.joined = joined.into_iter().map(|column| column.finish(&labels)).collect::<Result<_>>()?;
    Ok(body)
}

/// Writes the rows that `change` gives back as the contract's list: the answer of `add` and `patch`. The pictures of the linked
/// tables travel in the same round trip as the change.
pub(super) async fn written(
    ctx: &Ctx,
    tx: &Transaction<'_>,
    table: &Table,
    answer: &Answer<'_>,
    change: impl Future<Output = Result<Vec<RawRow>>>,
) -> Result<Last<Bytes>> {
    let writer = RowWriter::new(table, answer.shape, answer.form);
    let mut rows = Rows::new(table, answer);
    let wanted = rows.wanted(table, answer);
    // A refused change fails what travels with it as well; its own words are those that count.
    let (changed, names) = join(change, Names::load(ctx, tx, answer.database_id, &wanted)).await;
    for row in &changed? {
        rows.push(&writer, row)?;
    }
    Ok(Last::named(rows.lookups(&names?, &[]), move |labels| rows.named(&labels).finish()))
}

/// The rows of an answer so far.
struct Rows {
    body: ListBody,
    links: Links,
    /// The keys of the rows themselves, when their summaries are asked for.
    own: Option<((Oid, Attnum), IndexSet<String>)>,
}

impl Rows {
    fn new(table: &Table, answer: &Answer<'_>) -> Self {
        let own = match &table.key {
            // The original names records by a key of one column, and has no name for others.
            RowIdentity::PrimaryKey(columns) | RowIdentity::Unique(columns)
                if answer.summaries && columns.len() == 1 =>
            {
                Some(((table.oid(), columns[0]), IndexSet::new()))
            }
            _ => None,
        };
        // Rows that nothing names have no keys to give: those of views.
        let keys = answer.keys && !matches!(table.key, RowIdentity::ReadOnly(_));
        Self { body: ListBody::new(keys, answer.summaries), links: Links::new(table, answer.shape), own }
    }

    /// The tables whose records have to be called by name.
    fn wanted(&self, table: &Table, answer: &Answer<'_>) -> Vec<Oid> {
        let mut wanted = self.links.targets();
        if answer.summaries && !wanted.contains(&table.oid()) {
            wanted.push(table.oid());
        }
        wanted
    }

    fn push(&mut self, writer: &RowWriter, row: &RawRow) -> Result<()> {
        self.body.push(writer, row)?;
        self.links.note(writer, row, 0)?;
        if let (Some((_, keys)), Some(RowKey::Columns(values))) = (&mut self.own, writer.key(row, 0)?) {
            keys.extend(values);
        }
        Ok(())
    }

    /// Look-ups of what the rows, the records that they link to and some more are called.
    fn lookups(&self, names: &Names, more: &[((Oid, Attnum), IndexSet<String>)]) -> Lookups {
        let own = self.own.iter().chain(more).map(|(target, keys)| (*target, keys));
        Lookups::new(names, self.links.wanted().chain(own))
    }

    fn named(mut self, labels: &Labels) -> ListBody {
        self.body.linked = self.links.named(labels);
        if let Some((target, keys)) = &self.own
            && let Some(summaries) = labels.of(*target, keys)
        {
            self.body.summaries = Some(summaries);
        }
        self.body
    }
}
