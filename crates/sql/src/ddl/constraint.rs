//! Constraints.

use super::index::{Key, Method, predicate};
use super::list;
use crate::cost::{Cost, Lock, Work};
use crate::expression::Expression;
use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};
use crate::model::{Constraint, ForeignKeyAction};

/// A constraint to make.
#[derive(Clone, Debug)]
pub struct NewConstraint {
    /// Name; PostgreSQL chooses one when absent.
    pub name: Option<Ident>,
    /// What it demands.
    pub rule: Rule,
    /// Whether its check may wait for the end of the transaction.
    pub deferrable: bool,
}

/// What a new constraint demands.
#[derive(Clone, Debug)]
pub enum Rule {
    /// `PRIMARY KEY`.
    PrimaryKey(Vec<Ident>),
    /// `UNIQUE`.
    Unique(Vec<Ident>),
    /// `CHECK`: a condition that no row may make false.
    Check(Expression),
    /// `EXCLUDE`: no two rows for which all comparisons are true.
    Exclude {
        /// How rows are found that could be in each other's way.
        method: Method,
        /// What is compared.
        elements: Vec<(Key, Comparison)>,
        /// Which rows it is about; all when absent.
        predicate: Option<Expression>,
    },
    /// `FOREIGN KEY`.
    ForeignKey {
        /// The columns that refer.
        columns: Vec<Ident>,
        /// The table referred to.
        target: QName,
        /// Its columns; its primary key when empty.
        target_columns: Vec<Ident>,
        /// `MATCH FULL`: of several columns either all are NULL or none.
        match_full: bool,
        /// `ON UPDATE`.
        on_update: ForeignKeyAction,
        /// `ON DELETE`.
        on_delete: ForeignKeyAction,
    },
}

/// The operators by which an exclusion constraint can compare: those that give the same whichever row comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`.
    Equal,
    /// `<>`.
    Different,
    /// `&&`: they overlap.
    Overlap,
    /// `-|-`: they are adjacent.
    Adjacent,
    /// `~=`: they are the same in the plane.
    Same,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Equal, Self::Different, Self::Overlap, Self::Adjacent, Self::Same];

    /// The operator.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Different => "<>",
            Self::Overlap => "&&",
            Self::Adjacent => "-|-",
            Self::Same => "~=",
        }
    }

    /// The one that PostgreSQL writes as `operator`.
    pub fn of_operator(operator: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|comparison| comparison.as_sql() == operator)
    }
}

impl Rule {
    /// The table that a foreign key refers to.
    pub(super) const fn target(&self) -> Option<&QName> {
        match self {
            Self::ForeignKey { target, .. } => Some(target),
            Self::PrimaryKey(_) | Self::Unique(_) | Self::Check(_) | Self::Exclude { .. } => None,
        }
    }

    /// What adding it to a table with rows costs.
    fn costs(&self, table: &QName) -> Vec<Cost> {
        let (lock, work) = match self {
            Self::PrimaryKey(_) | Self::Unique(_) | Self::Exclude { .. } => (Lock::AccessExclusive, Work::Index),
            Self::Check(_) => (Lock::AccessExclusive, Work::Scan),
            Self::ForeignKey { .. } => (Lock::ShareRowExclusive, Work::Scan),
        };
        let held = std::iter::once(table).chain(self.target().filter(|target| *target != table));
        held.map(|relation| Cost { relation: relation.clone(), lock, work }).collect()
    }
}

impl NewConstraint {
    /// A rule without a name of its own.
    pub fn new(rule: Rule) -> Self {
        Self { name: None, rule, deferrable: false }
    }

    pub(super) fn definition(&self) -> Fragment {
        let mut fragment = Fragment::new();
        if let Some(name) = &self.name {
            fragment.sql("CONSTRAINT ").ident(name).sql(" ");
        }
        match &self.rule {
            Rule::PrimaryKey(columns) => {
                fragment.sql("PRIMARY KEY ").push(list(columns));
            }
            Rule::Unique(columns) => {
                fragment.sql("UNIQUE ").push(list(columns));
            }
            Rule::Check(expression) => {
                fragment.sql("CHECK (").expression(expression).sql(")");
            }
            Rule::Exclude { method, elements, predicate: rows } => {
                let elements = elements.iter().map(|(key, comparison)| {
                    let mut one = key.fragment();
                    one.sql(" WITH ").sql(comparison.as_sql());
                    one
                });
                fragment.sql("EXCLUDE USING ").sql(method.as_sql()).sql(" (").join(", ", elements).sql(")");
                fragment.push(predicate(rows.as_ref()));
            }
            Rule::ForeignKey { columns, target, target_columns, match_full, on_update, on_delete } => {
                fragment.sql("FOREIGN KEY ").push(list(columns)).sql(" REFERENCES ").qname(target);
                if !target_columns.is_empty() {
                    fragment.sql(" ").push(list(target_columns));
                }
                if *match_full {
                    fragment.sql(" MATCH FULL");
                }
                fragment.sql(" ON UPDATE ").sql(on_update.as_sql()).sql(" ON DELETE ").sql(on_delete.as_sql());
            }
        }
        if self.deferrable {
            fragment.sql(" DEFERRABLE");
        }
        fragment
    }
}

/// Adds a constraint; existing rows must obey it.
pub fn add(table: &QName, constraint: &NewConstraint) -> Statement {
    let mut fragment = Fragment::of("ALTER TABLE ");
    fragment.qname(table).sql(" ADD ").push(constraint.definition());
    fragment.finish().costing(constraint.rule.costs(table))
}

/// Drops a constraint; what depends on it, such as foreign keys that need a unique key, stops it.
pub fn drop(table: &QName, constraint: &Constraint) -> Statement {
    let mut fragment = Fragment::of("ALTER TABLE ");
    fragment.qname(table).sql(" DROP CONSTRAINT ").ident(&constraint.name);
    let target = constraint.foreign_key.as_ref().map(|key| &key.target_name).filter(|target| *target != table);
    let cost = |held: &QName| Cost { relation: held.clone(), lock: Lock::AccessExclusive, work: Work::None };
    fragment.finish().costing(std::iter::once(table).chain(target).map(cost))
}
