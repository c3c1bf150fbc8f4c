//! Joined columns: for each row, the records that a table in between connects with it.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexSet;
use mathesar_api::methods::records::JoinedColumn;
use mathesar_pg::{RawRow, Transaction};
use mathesar_sql::{
    joined::{self, Between},
    model::{Attnum, Column, Oid, Table},
    select::RowShape,
    summary::link,
};
use mathesar_types::wire::{Form, JsonToken, wire};

use super::body::{JoinedValues, RowWriter};
use super::names::Labels;
use super::{input, table};
use crate::fields::json;
use crate::{Error, Result};

/// Most records that are told of one row, as in the original.
const MOST_RECORDS: u32 = 25;
/// Most joined columns of one answer.
const MOST_COLUMNS: usize = 20;

/// The joined columns of an answer, and what its rows say about them.
#[derive(Default)]
pub(super) struct Joins(Vec<Join>);

struct Join {
    alias: String,
    between: Arc<Table>,
    own: Attnum,
    other: Attnum,
    /// Where the records are.
    target: (Oid, Attnum),
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
        if asked.len() > MOST_COLUMNS {
            return Err(Error::limit(format!("joined_columns: at most {MOST_COLUMNS} can be asked for at once.")));
        }
        let mut joins: Vec<Join> = Vec::with_capacity(asked.len());
        for (index, column) in asked.iter().enumerate() {
            let path = format!("joined_columns[{index}]");
            if column.alias.parse::<Attnum>().is_ok() || joins.iter().any(|join| join.alias == column.alias) {
                let message = format!("{path}.alias: \"{}\" names another column of the answer.", column.alias);
                return Err(Error::value(message));
            }
            joins.push(Join::open(tx, table, shape, column, &path).await?);
        }
        Ok(Self(joins))
    }

    /// The tables whose records have to be called by name.
    pub(super) fn targets(&self) -> impl Iterator<Item = Oid> {
        self.0.iter().map(|join| join.target.0)
    }

    /// Notes what a row says.
    pub(super) fn note(&mut self, writer: &RowWriter, row: &RawRow) -> Result<()> {
        for join in &mut self.0 {
            let value = writer.text(row, 0, join.position)?.map(std::borrow::Cow::into_owned);
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
    async fn open(
        tx: &Transaction<'_>,
        base: &Table,
        shape: &RowShape,
        asked: &JoinedColumn,
        path: &str,
    ) -> Result<Self> {
        let no_way = || {
            let message = format!(
                "{path}.join_path: it has to lead from a column of this table to a table that refers to it, and from there by another foreign key to the records."
            );
            Error::value(message)
        };
        let [((base_oid, base_column), (between_oid, own)), ((from_oid, other), target)] = asked.join_path[..] else {
            return Err(no_way());
        };
        if base_oid != base.oid() || between_oid != from_oid {
            return Err(no_way());
        }
        let between = table::open(tx, between_oid).await?;
        if link(&between, own) != Some((base_oid, base_column)) || link(&between, other) != Some(target) {
            return Err(no_way());
        }
        input::column(&between, &own.to_string(), path)?;
        input::column(&between, &other.to_string(), path)?;
        let position = shape.columns.iter().position(|column| column.attnum == base_column).ok_or_else(|| {
            Error::value(format!("{path}.join_path: the column {base_column} is not among those that are read."))
        })?;
        Ok(Self { alias: asked.alias.clone(), between, own, other, target, position, values: Vec::new() })
    }

    async fn run(self, tx: &Transaction<'_>) -> Result<Joined> {
        let column = |attnum| self.between.column(attnum).ok_or_else(|| Error::internal("a checked column is gone"));
        let between = Between { table: &self.between, own: column(self.own)?, other: column(self.other)? };
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
        Ok(Joined { alias: self.alias, target: self.target, number, values: self.values, records })
    }
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
