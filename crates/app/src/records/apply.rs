//! `records.apply`: many changes of one table in one transaction, all of them or none.
//!
//! Neighbouring changes of one kind and of the same columns run as one statement (a paste of ten thousand cells is one
//! `UPDATE … FROM unnest`). When PostgreSQL refuses such a run, it is halved until the change at fault is found by name.

use std::collections::HashSet;
use std::ops::Range;

use bytes::Bytes;
use futures_util::future::join;
use mathesar_api::methods::records::{ApplyParams, Change, ChangeOp};
use mathesar_pg::{RawRow, Transaction};
use mathesar_sql::{
    RowKey, Statement,
    dml::{self, RowUpdate, Values},
    model::Table,
    select::{Output, RowQuery},
    session,
};
use mathesar_types::wire::Form;

use super::attempt::attempt;
use super::body::{self, RowWriter};
use super::editor::LastEditor;
use super::names::{Labels, Links, Lookups, Names};
use super::table::{Last, Work};
use super::{conflict, input, table};
use crate::{Ctx, Error, Result, limits};

/// Makes changes in their order, all or none. The result is an `ApplyResult` as JSON.
///
/// # Errors
/// `RowConflict`, or PostgreSQL's refusal, with a `ChangeFailure` as data that names the first change at fault; none was made
/// then. `LimitReached` for too many changes; `ReadOnly` for a table whose rows cannot be changed.
pub async fn apply(ctx: &Ctx, params: ApplyParams) -> Result<Bytes> {
    table::write(ctx, params.database_id, &params).await
}

impl Work for ApplyParams {
    type Output = Last<Bytes>;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Last<Bytes>> {
        let table = table::open(tx, self.table_oid).await?;
        let editor = LastEditor::of(ctx, self.database_id, self.table_oid).await?;
        let changes = read(&table, &self.changes, &editor)?;
        let mut answer = Written::new(&table);
        let change = async {
            let mut done = Done { table: &table, rows: Vec::with_capacity(changes.len()) };
            for run in runs(&changes) {
                done.run(tx, &changes, run).await?;
            }
            Ok::<_, Error>(done.rows)
        };
        // A refused change fails what travels with it as well; its own words are those that count.
        let (rows, names) = join(change, Names::load(ctx, tx, self.database_id, &answer.links.targets())).await;
        answer.write(&changes, &rows?)?;
        Ok(Last::named(Lookups::new(&names?, answer.links.wanted()), move |labels| answer.finish(&labels)))
    }
}

/// The statements, for people to read.
pub(super) fn shown(table: &Table, params: &ApplyParams, editor: &LastEditor) -> Result<Vec<Statement>> {
    let changes = read(table, &params.changes, editor)?;
    runs(&changes).into_iter().map(|run| Ok(plan(table, &changes[run])?.statement)).collect()
}

/// A change whose parts were checked against the table.
enum Checked {
    Insert { set: Values },
    Update { key: RowKey, set: Values, expect: Values },
    Delete { key: RowKey, expect: Values },
}

fn read(table: &Table, changes: &[Change], editor: &LastEditor) -> Result<Vec<Checked>> {
    if changes.len() > limits::CHANGES {
        let most = limits::CHANGES;
        return Err(Error::limit(format!("changes: at most {most} changes can be made at once; make several calls.")));
    }
    let check = |(index, change)| {
        let mut checked = check(table, change, &format!("changes[{index}]"))?;
        if let Checked::Insert { set } | Checked::Update { set, .. } = &mut checked {
            editor.sign(table, set);
        }
        Ok(checked)
    };
    changes.iter().enumerate().map(check).collect()
}

fn check(table: &Table, change: &Change, place: &str) -> Result<Checked> {
    let values = |part: &Option<_>, name: &str| match part {
        Some(given) => input::values(table, given, &format!("{place}.{name}")),
        None => Ok(Values::new()),
    };
    let (set, expect) = (values(&change.set, "set")?, values(&change.expect, "expect")?);
    if change.op == ChangeOp::Insert {
        return match (&change.key, &change.expect) {
            (None, None) => Ok(Checked::Insert { set }),
            _ => Err(Error::value(format!("{place}: a new row has no \"key\" and nothing to \"expect\"."))),
        };
    }
    table::refuse_read_only(table)?;
    let missing = || Error::value(format!("{place}.key: the row to change is not named."));
    let key = input::key(table, change.key.as_ref().ok_or_else(missing)?, &format!("{place}.key"))?;
    match change.op {
        ChangeOp::Update if set.is_empty() => {
            Err(Error::value(format!("{place}.set: there is nothing to change; give a value for a column.")))
        }
        ChangeOp::Delete if change.set.is_some() => {
            Err(Error::value(format!("{place}.set: a row that is deleted takes no values.")))
        }
        ChangeOp::Delete => Ok(Checked::Delete { key, expect }),
        ChangeOp::Update | ChangeOp::Insert => Ok(Checked::Update { key, set, expect }),
    }
}

/// Cuts the changes into runs of neighbours that one statement can make: of one kind, of the same columns, no row twice.
fn runs(changes: &[Checked]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut keys: HashSet<&RowKey> = HashSet::new();
    for (index, change) in changes.iter().enumerate() {
        let joins = runs.last().is_some_and(|run| alike(&changes[run.start], change))
            && change.key().is_none_or(|key| !keys.contains(key));
        match runs.last_mut() {
            Some(run) if joins => run.end = index + 1,
            _ => {
                keys.clear();
                runs.push(index..index + 1);
            }
        }
        keys.extend(change.key());
    }
    runs
}

fn alike(a: &Checked, b: &Checked) -> bool {
    let same = |a: &Values, b: &Values| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0);
    match (a, b) {
        // Rows of defaults only have no columns to list, so each is a statement of its own.
        (Checked::Insert { set: a }, Checked::Insert { set: b }) => !a.is_empty() && same(a, b),
        (Checked::Update { set: a, expect: c, .. }, Checked::Update { set: b, expect: d, .. }) => {
            same(a, b) && same(c, d)
        }
        (Checked::Delete { expect: a, .. }, Checked::Delete { expect: b, .. }) => same(a, b),
        _ => false,
    }
}

impl Checked {
    fn key(&self) -> Option<&RowKey> {
        match self {
            Self::Insert { .. } => None,
            Self::Update { key, .. } | Self::Delete { key, .. } => Some(key),
        }
    }

    fn set(&self) -> &Values {
        const NOTHING: &Values = &Values::new();
        match self {
            Self::Insert { set } | Self::Update { set, .. } => set,
            Self::Delete { .. } => NOTHING,
        }
    }

    fn expect(&self) -> &Values {
        const NOTHING: &Values = &Values::new();
        match self {
            Self::Insert { .. } => NOTHING,
            Self::Update { expect, .. } | Self::Delete { expect, .. } => expect,
        }
    }
}

fn output(table: &Table) -> Output<'_> {
    let keyed = !matches!(table.key, mathesar_sql::model::RowIdentity::ReadOnly(_));
    Output::new(table, None, Form::Iso, keyed)
}

/// The statement for a run. For several updates or deletes the first field of a row is its position in the run.
fn plan(table: &Table, run: &[Checked]) -> Result<RowQuery> {
    let output = output(table);
    Ok(match run {
        [] => return Err(Error::internal("an empty run of changes")),
        [Checked::Insert { set }] => dml::insert(table, set, &output)?,
        [Checked::Update { key, set, expect }] => dml::update(table, key, set, expect, &output)?,
        [Checked::Delete { key, expect }] => dml::delete(table, key, expect, &output)?,
        [Checked::Insert { .. }, ..] => {
            let rows =
                run.iter().filter_map(|change| if let Checked::Insert { set } = change { Some(set) } else { None });
            dml::insert_many(table, &rows.collect::<Vec<_>>(), &output)?
        }
        [Checked::Update { .. }, ..] => {
            let rows = run.iter().filter_map(|change| match change {
                Checked::Update { key, set, expect } => Some(RowUpdate { key, set, expect }),
                _ => None,
            });
            dml::update_many(table, &rows.collect::<Vec<_>>(), &output)?
        }
        [Checked::Delete { .. }, ..] => {
            let rows = run.iter().filter_map(|change| match change {
                Checked::Delete { key, expect } => Some((key, expect)),
                _ => None,
            });
            dml::delete_many(table, &rows.collect::<Vec<_>>(), &output)?
        }
    })
}

/// A row as PostgreSQL gave it back, and where its fields begin.
struct Returned {
    row: RawRow,
    first: usize,
}

struct Done<'t> {
    table: &'t Table,
    /// One for each change so far, in their order.
    rows: Vec<Returned>,
}

impl Done<'_> {
    /// Makes the changes of a run; halves it when PostgreSQL refuses it, until the change at fault is alone.
    async fn run(&mut self, tx: &Transaction<'_>, changes: &[Checked], run: Range<usize>) -> Result<()> {
        let mut waiting = vec![run];
        while let Some(run) = waiting.pop() {
            let query = plan(self.table, &changes[run.clone()])?;
            if run.len() == 1 {
                let set = changes[run.start].set();
                let rows = attempt(tx, self.table, run.start, set, &query).await?;
                self.take(tx, changes, run, rows).await?;
                continue;
            }
            let savepoint = session::savepoint();
            let (marked, rows) = join(tx.run_script(&savepoint), tx.rows(&query.statement)).await;
            marked?;
            match rows {
                // New rows have no keys to be told apart by, so a run of them must be whole.
                Ok(rows) if rows.len() == run.len() || changes[run.start].key().is_some() => {
                    self.take(tx, changes, run, rows).await?;
                    tx.run_script(&session::release_savepoint()).await?;
                }
                Err(error) if error.db().is_none() => return Err(error.into()),
                Ok(_) | Err(_) => {
                    tx.run_script(&session::rollback_to_savepoint()).await?;
                    tx.run_script(&session::release_savepoint()).await?;
                    let middle = run.start + run.len() / 2;
                    waiting.extend([middle..run.end, run.start..middle]);
                }
            }
        }
        Ok(())
    }

    /// Puts the rows of a run into the order of its changes; a change without a row was not made.
    async fn take(
        &mut self,
        tx: &Transaction<'_>,
        changes: &[Checked],
        run: Range<usize>,
        rows: Vec<RawRow>,
    ) -> Result<()> {
        let numbered = run.len() > 1 && changes[run.start].key().is_some();
        let mut places: Vec<Option<Returned>> = run.clone().map(|_| None).collect();
        for (index, row) in rows.into_iter().enumerate() {
            let place = if numbered { row.get::<&str>(0)?.parse().map_err(Error::internal)? } else { index };
            let slot = places.get_mut(place).ok_or_else(|| Error::internal("a change hit more rows than it named"))?;
            *slot = Some(Returned { row, first: usize::from(numbered) });
        }
        for (index, place) in run.zip(places) {
            match (place, changes[index].key()) {
                (Some(returned), _) => self.rows.push(returned),
                (None, Some(key)) => {
                    return Err(conflict::diagnose(tx, self.table, index, key, changes[index].expect()).await?);
                }
                (None, None) => {
                    return Err(conflict::swallowed(index));
                }
            }
        }
        Ok(())
    }
}

/// What became of the changes.
struct Written {
    writer: RowWriter,
    links: Links,
    out: Vec<u8>,
}

impl Written {
    fn new(table: &Table) -> Self {
        let shape = output(table).shape(table);
        let writer = RowWriter::new(table, &shape, Form::Iso);
        Self { writer, links: Links::new(table, &shape), out: Vec::from(*b"{\"results\":[") }
    }

    fn write(&mut self, changes: &[Checked], rows: &[Returned]) -> Result<()> {
        let Self { writer, links, out } = self;
        for (index, (change, returned)) in changes.iter().zip(rows).enumerate() {
            out.extend_from_slice(if index > 0 { b",{" } else { b"{" });
            let deleted = matches!(change, Checked::Delete { .. });
            if let Some(key) = writer.key(&returned.row, returned.first)?.filter(|_| !deleted) {
                out.extend_from_slice(b"\"key\":");
                writer.write_key(&key, out)?;
                out.push(b',');
            }
            out.extend_from_slice(b"\"row\":");
            writer.row(&returned.row, returned.first, out)?;
            out.push(b'}');
            if !deleted {
                links.note(writer, &returned.row, returned.first)?;
            }
        }
        Ok(())
    }

    fn finish(mut self, labels: &Labels) -> Result<Bytes> {
        self.out.extend_from_slice(b"],\"linked_record_summaries\":");
        body::linked(&self.links.named(labels), &mut self.out)?;
        self.out.push(b'}');
        Ok(self.out.into())
    }
}
