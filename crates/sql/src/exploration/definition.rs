//! What an exploration shows, as it arrives.

use crate::filter::Node;
use crate::model::{Attnum, Oid};
use crate::order::{Direction, Nulls};

/// The most columns that an exploration can begin with.
pub const MAX_COLUMNS: usize = 500;
/// The most links from the base table to a column.
pub const MAX_LINKS: usize = 10;
/// The most steps.
pub const MAX_STEPS: usize = 50;
/// The most bytes of an alias.
pub(super) const MAX_ALIAS_BYTES: usize = 500;

/// What an exploration shows.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The table that it begins with.
    pub base: Oid,
    /// The columns that it begins with.
    pub columns: Vec<InitialColumn>,
    /// What is done with the rows, one after the other.
    pub steps: Vec<Step>,
}

impl Definition {
    /// The tables that it names, each once, the base table first.
    pub fn tables(&self) -> Vec<Oid> {
        let mut tables = vec![self.base];
        let links = self.columns.iter().flat_map(|column| &column.path);
        for oid in links.flat_map(|link| [link.from.table, link.to.table]) {
            if !tables.contains(&oid) {
                tables.push(oid);
            }
        }
        tables
    }
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct InitialColumn {
    /// What it is called.
    pub alias: String,
    /// Its number in its table.
    pub attnum: Attnum,
    /// The links from the base table to its table.
    pub path: Vec<Link>,
}

/// Two tables whose rows belong together where columns are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The end that is nearer to the base table.
    pub from: LinkEnd,
    /// The end whose rows are joined.
    pub to: LinkEnd,
}

/// An end of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkEnd {
    /// The table.
    pub table: Oid,
    /// Its columns, in the order of the other end's.
    pub columns: Vec<Attnum>,
}

/// A step.
#[derive(Clone, Debug)]
pub enum Step {
    /// Keeps the rows that fulfil a condition, whose leaves are `column_name` and `literal`.
    Filter(Node),
    /// Sorts rows.
    Order(Vec<SortBy>),
    /// Groups rows.
    Summarize(Summary),
    /// Leaves columns out.
    Hide(Vec<String>),
    /// Keeps these columns only, in this order.
    Select(Vec<String>),
    /// Keeps so many rows.
    Limit(u64),
    /// Leaves out so many rows.
    Offset(u64),
}

/// One column of an order.
#[derive(Clone, Debug)]
pub struct SortBy {
    /// The column.
    pub alias: String,
    /// Which way.
    pub direction: Direction,
    /// Where NULL sorts; as PostgreSQL does without it.
    pub nulls: Option<Nulls>,
}

/// Groups of rows.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The column that decides what becomes of columns that are not mentioned.
    pub base: String,
    /// What rows are grouped by.
    pub groups: Vec<Group>,
    /// What is computed for each group.
    pub aggregations: Vec<Aggregation>,
}

/// A column that rows are grouped by.
#[derive(Clone, Debug)]
pub struct Group {
    /// The column.
    pub input: String,
    /// What it is called afterwards.
    pub output: String,
    /// The name of the reduction of its values.
    pub preproc: Option<String>,
}

/// A column that becomes one value for each group.
#[derive(Clone, Debug)]
pub struct Aggregation {
    /// The column.
    pub input: String,
    /// What the result is called.
    pub output: String,
    /// The id of the aggregate.
    pub function: String,
}
