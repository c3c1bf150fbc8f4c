//! Indexes.

use crate::cost::{Cost, Lock, Work};
use crate::expression::Expression;
use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};

/// The methods by which PostgreSQL itself finds rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// `btree`: equality and order.
    #[default]
    Btree,
    /// `hash`: equality.
    Hash,
    /// `gist`: overlap, nearness and whatever else a type defines.
    Gist,
    /// `spgist`: the same over a partitioned space.
    Spgist,
    /// `gin`: the parts of arrays, documents and texts.
    Gin,
    /// `brin`: ranges of pages, for rows that lie in their order.
    Brin,
}

impl Method {
    /// PostgreSQL's word.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Btree => "btree",
            Self::Hash => "hash",
            Self::Gist => "gist",
            Self::Spgist => "spgist",
            Self::Gin => "gin",
            Self::Brin => "brin",
        }
    }
}

/// What an index, or an exclusion constraint, finds rows by.
#[derive(Clone, Debug)]
pub enum Key {
    /// A column.
    Column(Ident),
    /// What an expression gives for a row.
    Expression(Expression),
}

impl Key {
    pub(super) fn fragment(&self) -> Fragment {
        let mut fragment = Fragment::new();
        match self {
            Self::Column(name) => fragment.ident(name),
            Self::Expression(expression) => fragment.sql("(").expression(expression).sql(")"),
        };
        fragment
    }
}

/// A key of an index with its order.
#[derive(Clone, Debug)]
pub struct OrderedKey {
    /// What rows are found by.
    pub key: Key,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Whether NULL comes first; PostgreSQL's own choice when absent: as if it were the greatest.
    pub nulls_first: Option<bool>,
}

/// An index to make.
#[derive(Clone, Debug)]
pub struct NewIndex {
    /// Name; PostgreSQL chooses one when absent.
    pub name: Option<Ident>,
    /// Whether no two rows may have the same keys.
    pub unique: bool,
    /// How it finds rows.
    pub method: Method,
    /// By what.
    pub keys: Vec<OrderedKey>,
    /// Columns that are only carried along, so that queries need not look into the table.
    pub include: Vec<Ident>,
    /// Which rows are in it; all when absent.
    pub predicate: Option<Expression>,
}

/// Creates an index. Others read the table meanwhile, and wait with changes.
pub fn create(table: &QName, index: &NewIndex) -> Statement {
    let mut fragment = Fragment::of(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    if let Some(name) = &index.name {
        fragment.ident(name).sql(" ");
    }
    fragment.sql("ON ").qname(table).sql(" USING ").sql(index.method.as_sql());
    fragment.sql(" (").join(", ", index.keys.iter().map(ordered)).sql(")");
    if !index.include.is_empty() {
        fragment.sql(" INCLUDE ").push(super::list(&index.include));
    }
    fragment.push(predicate(index.predicate.as_ref()));
    fragment.finish().costing([Cost { relation: table.clone(), lock: Lock::Share, work: Work::Index }])
}

/// Drops an index of a table. That of a constraint goes with the constraint only.
pub fn drop(table: &QName, index: &Ident) -> Statement {
    let mut fragment = Fragment::of("DROP INDEX ");
    // An index is in the schema of its table.
    fragment.qname(&QName::new(table.schema.clone(), index.clone()));
    fragment.finish().costing([Cost { relation: table.clone(), lock: Lock::AccessExclusive, work: Work::None }])
}

pub(super) fn predicate(predicate: Option<&Expression>) -> Fragment {
    let mut fragment = Fragment::new();
    if let Some(predicate) = predicate {
        fragment.sql(" WHERE (").expression(predicate).sql(")");
    }
    fragment
}

fn ordered(key: &OrderedKey) -> Fragment {
    let mut fragment = key.key.fragment();
    if key.descending {
        fragment.sql(" DESC");
    }
    match key.nulls_first {
        Some(true) => fragment.sql(" NULLS FIRST"),
        Some(false) => fragment.sql(" NULLS LAST"),
        None => &mut fragment,
    };
    fragment
}
