//! The order of rows: always a total one, so that pages neither repeat nor skip a row.

use thiserror::Error;

use crate::expr;
use crate::frag::Fragment;
use crate::model::{Attnum, Column, Oid, RowIdentity, Table};

/// Which way to sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Greatest first.
    Descending,
}

/// Where NULL sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

impl Nulls {
    /// Where PostgreSQL sorts NULL by itself.
    pub(crate) const fn of(direction: Direction) -> Self {
        match direction {
            Direction::Ascending => Self::Last,
            Direction::Descending => Self::First,
        }
    }
}

/// What follows the value in `ORDER BY`. PostgreSQL's own default is left out: it reads better, and an index serves it in any
/// case.
pub(crate) const fn words(direction: Direction, nulls: Nulls) -> &'static str {
    match (direction, nulls) {
        (Direction::Ascending, Nulls::Last) => "",
        (Direction::Ascending, Nulls::First) => " NULLS FIRST",
        (Direction::Descending, Nulls::First) => " DESC",
        (Direction::Descending, Nulls::Last) => " DESC NULLS LAST",
    }
}

/// One column of an order that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortBy {
    /// The column.
    pub attnum: Attnum,
    /// Which way.
    pub direction: Direction,
    /// Where NULL sorts; without it as PostgreSQL does: last when ascending, first when descending.
    pub nulls: Option<Nulls>,
}

/// Why rows cannot be ordered as asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OrderError {
    /// The table has no such column, or the role may not read it.
    #[error("order[{index}].attnum: the table has no column {attnum} that you may read")]
    UnknownColumn {
        /// Position in the order, from 0.
        index: usize,
        /// The number given.
        attnum: Attnum,
    },
    /// The column is named twice.
    #[error("order[{index}].attnum: column {attnum} is in the order already")]
    Twice {
        /// Position in the order, from 0.
        index: usize,
        /// The number given.
        attnum: Attnum,
    },
}

/// A total order of a table's rows, as far as the table has one.
#[derive(Clone, Debug)]
pub struct Order<'t> {
    pub(crate) terms: Vec<Term<'t>>,
    /// How many terms were asked for; the others complete the order.
    pub(crate) asked: usize,
}

/// What rows are compared by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term<'t> {
    pub(crate) what: What<'t>,
    pub(crate) direction: Direction,
    pub(crate) nulls: Nulls,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What<'t> {
    Column(&'t Column),
    /// `tableoid`: which partition or child.
    TableOid,
    /// `ctid`: where in it.
    Ctid,
}

impl<'t> Order<'t> {
    /// Completes what was asked for to a total order: by the key, else by the row version, else (for views) by every column
    /// that has an order.
    ///
    /// # Errors
    /// [`OrderError`] when a column is unknown, unreadable or named twice.
    pub fn new(table: &'t Table, asked: &[SortBy]) -> Result<Self, OrderError> {
        let mut terms: Vec<Term<'t>> = Vec::new();
        for (index, sort) in asked.iter().enumerate() {
            let attnum = sort.attnum;
            let column = table
                .column(attnum)
                .filter(|column| column.privileges.select)
                .ok_or(OrderError::UnknownColumn { index, attnum })?;
            if contains(&terms, attnum) {
                return Err(OrderError::Twice { index, attnum });
            }
            let nulls = sort.nulls.unwrap_or(Nulls::of(sort.direction));
            terms.push(Term { what: What::Column(column), direction: sort.direction, nulls });
        }
        let asked = terms.len();
        complete(table, &mut terms);
        Ok(Self { terms, asked })
    }

    /// How many values place a row in the order.
    pub fn width(&self) -> usize {
        self.terms.len()
    }

    /// The types of the columns that order the rows.
    pub fn types(&self) -> impl Iterator<Item = Oid> {
        self.terms.iter().filter_map(|term| match term.what {
            What::Column(column) => Some(column.ty.pg.oid),
            What::TableOid | What::Ctid => None,
        })
    }

    /// Whether only the key orders the rows, so that a row's key is its place.
    pub fn is_by_key_only(&self) -> bool {
        self.asked == 0
    }

    /// `ORDER BY …` with a space before it, or nothing; `reversed` to read backwards.
    pub(crate) fn clause(&self, reversed: bool) -> Fragment {
        let mut fragment = Fragment::new();
        if self.terms.is_empty() {
            return fragment;
        }
        fragment.sql(" ORDER BY ").join(", ", self.terms.iter().map(|term| term.clause(reversed)));
        fragment
    }
}

fn contains(terms: &[Term<'_>], attnum: Attnum) -> bool {
    terms.iter().any(|term| matches!(term.what, What::Column(column) if column.attnum == attnum))
}

fn complete<'t>(table: &'t Table, terms: &mut Vec<Term<'t>>) {
    let ascending = |what| Term { what, direction: Direction::Ascending, nulls: Nulls::Last };
    match &table.key {
        RowIdentity::PrimaryKey(key) | RowIdentity::Unique(key) => {
            for column in key.iter().filter_map(|attnum| table.column(*attnum)) {
                if !contains(terms, column.attnum) {
                    terms.push(ascending(What::Column(column)));
                }
            }
        }
        RowIdentity::RowVersion => terms.extend([ascending(What::TableOid), ascending(What::Ctid)]),
        RowIdentity::ReadOnly(_) => {
            for column in table.readable().filter(|column| expr::has_order(&column.ty.pg)) {
                if !contains(terms, column.attnum) {
                    terms.push(ascending(What::Column(column)));
                }
            }
        }
    }
}

impl Term<'_> {
    pub(crate) fn value(&self) -> Fragment {
        match self.what {
            What::Column(column) => expr::sortable(column),
            What::TableOid => Fragment::of("t.tableoid"),
            What::Ctid => Fragment::of("t.ctid"),
        }
    }

    /// The column as it is, whose text [`Place`](crate::page::Place) holds.
    pub(crate) fn column(&self) -> Fragment {
        match self.what {
            What::Column(column) => expr::column(&column.name),
            What::TableOid | What::Ctid => self.value(),
        }
    }

    pub(crate) fn reversed(self) -> Self {
        Self {
            what: self.what,
            direction: match self.direction {
                Direction::Ascending => Direction::Descending,
                Direction::Descending => Direction::Ascending,
            },
            nulls: match self.nulls {
                Nulls::First => Nulls::Last,
                Nulls::Last => Nulls::First,
            },
        }
    }

    fn clause(&self, reversed: bool) -> Fragment {
        let term = if reversed { self.reversed() } else { *self };
        let mut fragment = self.value();
        fragment.sql(words(term.direction, term.nulls));
        fragment
    }
}
