//! Joined columns: for each row, the records that a table in between connects with it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use mathesar_api::Json;
use mathesar_api::methods::records::{ColumnPlace, JoinedColumn, LinkedRecordPath, LinkedRecords};
use mathesar_pg::{RawRow, Transaction};
use mathesar_sql::{
    Fragment, RowKey,
    joined::{self, Between},
    key,
    model::{Attnum, Column, Oid, Table},
    select::{self, Output, RowShape},
    summary::link,
};
use mathesar_types::wire::{Form, JsonToken, wire};

use super::body::{JoinedValues, RowWriter, write_key};
use super::names::Labels;
use super::{input, table};
use crate::fields::json;
use crate::{Error, Result};

/// Most records that are told of one row, as in the original.
const MOST_RECORDS: u32 = 25;
/// Most rows in between that are told of one record.
const MOST_ROWS: u32 = 10_000;
/// Most joined columns of one answer.
const MOST_COLUMNS: usize = 20;

/// The joined columns of an answer, and what its rows say about them.
#[derive(Default)]
pub(super) struct Joins(Vec<Join>);

struct Join {
    alias: String,
    way: Way,
    /// Where the field is that the table in between refers to.
    position: usize,
    /// Its value in each row.
    values: Vec<Option<String>>,
}

impl Joins {
    /// Checks what was asked for against the tables.
    ///
    /// # Errors
    /// `ValueError` for a way that is not two foreign keys over a table in between, `UndefinedTable`, `LimitReached`.
    pub(super) async fn open(
        tx: &Transaction<'_>,
        table: &Table,
        shape: &RowShape,
        asked: Option<&[JoinedColumn]>,
    ) -> Result<Self> {
        let asked = asked.unwrap_or_default();
        let ways = ways(tx, table.oid(), asked).await?;
        let joins = asked.iter().zip(ways).enumerate().map(|(index, (column, way))| {
            let position = shape.columns.iter().position(|column| column.attnum == way.base).ok_or_else(|| {
                let base = way.base;
                Error::value(format!(
                    "joined_columns[{index}].join_path: the column {base} is not among those that are read."
                ))
            })?;
            Ok(Join { alias: column.alias.clone(), way, position, values: Vec::new() })
        });
        Ok(Self(joins.collect::<Result<_>>()?))
    }

    /// The tables whose records have to be called by name.
    pub(super) fn targets(&self) -> impl Iterator<Item = Oid> {
        self.0.iter().map(|join| join.way.target.0)
    }

    /// Notes what a row says.
    pub(super) fn note(&mut self, writer: &RowWriter, row: &RawRow) -> Result<()> {
        for join in &mut self.0 {
            let value = writer.text(row, 0, join.position)?.map(Cow::into_owned);
            join.values.push(value);
        }
        Ok(())
    }

    /// Looks the records of all rows up.
    pub(super) async fn run(self, tx: &Transaction<'_>) -> Result<Vec<Joined>> {
        let mut all = Vec::with_capacity(self.0.len());
        for join in self.0 {
            all.push(join.run(tx).await?);
        }
        Ok(all)
    }
}

impl Join {
    async fn run(self, tx: &Transaction<'_>) -> Result<Joined> {
        let between = self.way.between()?;
        let values: IndexSet<&str> = self.values.iter().flatten().map(String::as_str).collect();
        let mut records: HashMap<String, Records> = HashMap::new();
        if !values.is_empty() {
            for row in tx.rows(&joined::records(between, values, MOST_RECORDS)).await? {
                let count = row.get::<String>(1)?;
                let found = records.entry(row.get::<String>(0)?).or_insert_with(|| Records { count, keys: Vec::new() });
                found.keys.push(row.get::<String>(2)?);
            }
        }
        let number = is_number(between.other);
        Ok(Joined { alias: self.alias, target: self.way.target, number, values: self.values, records })
    }
}

/// Checks joined columns that somebody wants to see later.
///
/// # Errors
/// Those of [`Joins::open`].
pub(crate) async fn check(tx: &Transaction<'_>, table: &Table, asked: &[JoinedColumn]) -> Result<()> {
    ways(tx, table.oid(), asked).await.map(drop)
}

/// The ways of joined columns from the table `base`, which are checked as far as that can be done without knowing what else is read.
async fn ways(tx: &Transaction<'_>, base: Oid, asked: &[JoinedColumn]) -> Result<Vec<Way>> {
    if asked.len() > MOST_COLUMNS {
        return Err(Error::limit(format!("joined_columns: at most {MOST_COLUMNS} can be asked for at once.")));
    }
    let mut ways = Vec::with_capacity(asked.len());
    for (index, column) in asked.iter().enumerate() {
        let path = format!("joined_columns[{index}]");
        let is_taken = asked[..index].iter().any(|other| other.alias == column.alias);
        if is_taken || column.alias.parse::<Attnum>().is_ok() {
            let message = format!("{path}.alias: \"{}\" names another column of the answer.", column.alias);
            return Err(Error::value(message));
        }
        ways.push(Way::open(tx, base, &column.join_path, &path).await?);
    }
    Ok(ways)
}

/// Two foreign keys of a table in between: one to the table where the way begins, one to the records that it leads to.
struct Way {
    between: Arc<Table>,
    own: Attnum,
    other: Attnum,
    /// The column where the way begins.
    base: Attnum,
    /// Where the records are.
    target: (Oid, Attnum),
}

impl Way {
    /// Checks a way that begins at the table `base`. `path` is the place of its `join_path`.
    async fn open(
        tx: &Transaction<'_>,
        base: Oid,
        join_path: &[(ColumnPlace, ColumnPlace)],
        path: &str,
    ) -> Result<Self> {
        let no_way = || {
            let message = format!(
                "{path}.join_path: it has to lead from a column of this table to a table that refers to it, and from there by another foreign key to the records."
            );
            Error::value(message)
        };
        let [(from, (between_oid, own)), ((again, other), target)] = *join_path else {
            return Err(no_way());
        };
        if from.0 != base || between_oid != again {
            return Err(no_way());
        }
        let between = table::open(tx, between_oid).await?;
        if link(&between, own) != Some(from) || link(&between, other) != Some(target) {
            return Err(no_way());
        }
        input::column(&between, &own.to_string(), path)?;
        input::column(&between, &other.to_string(), path)?;
        Ok(Self { between, own, other, base: from.1, target })
    }

    fn between(&self) -> Result<Between<'_>> {
        let column = |attnum| self.between.column(attnum).ok_or_else(|| Error::internal("a checked column is gone"));
        Ok(Between { table: &self.between, own: column(self.own)?, other: column(self.other)? })
    }
}

/// The way from one record to those of a list.
pub(super) struct LinkedTo {
    way: Way,
    /// What the rows in between refer to; `None` where that is NULL, to which nothing is linked.
    own: Option<String>,
}

impl LinkedTo {
    /// Finds the record, whose way has to lead to the column `target`.
    ///
    /// # Errors
    /// `ValueError` for a way that leads elsewhere, and for a record that is not there; `UndefinedTable`.
    pub(super) async fn open(tx: &Transaction<'_>, asked: &LinkedRecordPath, target: (Oid, Attnum)) -> Result<Self> {
        let elsewhere = || {
            let message =
                format!("{LINKED}.join_path: it does not lead to the column {} of the table that is listed.", target.1);
            Error::value(message)
        };
        let first = asked.join_path.first().ok_or_else(elsewhere)?;
        let base = table::open(tx, first.0.0).await?;
        let way = Way::open(tx, base.oid(), &asked.join_path, LINKED).await?;
        if way.target != target {
            return Err(elsewhere());
        }
        let place = format!("{LINKED}.record_pkey");
        let key = input::record_id(&base, &asked.record_pkey, &place)?;
        let query = select::one(&base, &Output::new(&base, Some(&[way.base]), Form::Iso, false), &key)?;
        let gone = || Error::value(format!("{place}: there is no such record, or your role may not see it."));
        let row = tx.row(&query.statement).await?.ok_or_else(gone)?;
        let own = RowWriter::new(&base, &query.shape, Form::Iso).text(&row, 0, 0)?.map(Cow::into_owned);
        Ok(Self { way, own })
    }

    /// True for the records that are linked; `key` is the column that they are listed by.
    pub(super) fn condition(&self, key: &Column) -> Result<Option<Fragment>> {
        let between = self.way.between()?;
        Ok(self.own.as_ref().map(|own| joined::is_linked(between, own, key)))
    }

    /// Which of the records with these keys are linked, and by which rows.
    pub(super) async fn among(&self, tx: &Transaction<'_>, records: &[String]) -> Result<LinkedRecords> {
        let mut joined_values: IndexMap<String, Vec<Json>> = IndexMap::new();
        if let Some(own) = &self.own {
            let between = self.way.between()?;
            let records = records.iter().map(String::as_str);
            for row in tx.rows(&joined::rows(between, own, records, MOST_ROWS)).await? {
                let rows = joined_values.entry(row.get::<String>(0)?).or_default();
                rows.extend(row_id(between.table, &row)?);
            }
        }
        Ok(LinkedRecords { join_table: self.way.between.oid(), joined_values })
    }
}

/// What a `linked_record_path` is called in errors.
const LINKED: &str = "linked_record_path";

/// What names the row whose key begins at the second field, as `records.delete` takes it.
fn row_id(table: &Table, row: &RawRow) -> Result<Option<Json>> {
    let fields = (1..row.len()).map(|index| Ok(row.get::<Option<&str>>(index)?)).collect::<Result<Vec<_>>>()?;
    let Some(key) = key::read(&table.key, &fields) else { return Ok(None) };
    let mut out = Vec::new();
    match (&key, table.key.columns()) {
        (RowKey::Columns(values), [attnum]) => {
            let column = table.column(*attnum).ok_or_else(|| Error::internal("a key without its column"))?;
            if is_number(column) { out.extend_from_slice(values[0].as_bytes()) } else { json(&values[0], &mut out)? }
        }
        _ => write_key(&table.key, &key, &mut out)?,
    }
    let text = String::from_utf8(out).map_err(Error::internal)?;
    serde_json::from_str(&text).map(Some).map_err(Error::internal)
}

/// A joined column that was looked up.
pub(super) struct Joined {
    alias: String,
    target: (Oid, Attnum),
    /// Whether a key is a JSON number.
    number: bool,
    values: Vec<Option<String>>,
    records: HashMap<String, Records>,
}

struct Records {
    /// All of them, in digits.
    count: String,
    /// The first ones.
    keys: Vec<String>,
}

impl Joined {
    /// Where the records are, and which.
    pub(super) fn wanted(&self) -> ((Oid, Attnum), IndexSet<String>) {
        (self.target, self.records.values().flat_map(|records| records.keys.iter().cloned()).collect())
    }

    /// What the answer says about it: for each row `{"count":…,"result":[…]}`, and what the records are called.
    pub(super) fn finish(self, labels: &Labels) -> Result<JoinedValues> {
        let (target, keys) = self.wanted();
        let mut rows = Vec::with_capacity(self.values.len());
        for value in &self.values {
            let mut out = Vec::new();
            let records = value.as_ref().and_then(|value| self.records.get(value));
            out.extend_from_slice(b"{\"count\":");
            out.extend_from_slice(records.map_or(b"0", |records| records.count.as_bytes()));
            out.extend_from_slice(b",\"result\":[");
            for (index, key) in records.map_or(&[][..], |records| &records.keys).iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                if self.number { out.extend_from_slice(key.as_bytes()) } else { json(key, &mut out)? }
            }
            out.extend_from_slice(b"]}");
            rows.push(out);
        }
        Ok(JoinedValues { alias: self.alias, rows, summaries: labels.of(target, &keys).unwrap_or_default() })
    }
}

fn is_number(column: &Column) -> bool {
    wire(&column.ty, Form::Original).json(Form::Original) == JsonToken::Number
}
