//! Constraints.

use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};
use crate::model::ForeignKeyAction;

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

fn list(columns: &[Ident]) -> Fragment {
    let mut fragment = Fragment::of("(");
    let names = columns.iter().map(|column| {
        let mut one = Fragment::new();
        one.ident(column);
        one
    });
    fragment.join(", ", names).sql(")");
    fragment
}

/// Adds a constraint; existing rows must obey it.
pub fn add(table: &QName, constraint: &NewConstraint) -> Statement {
    let mut fragment = Fragment::of("ALTER TABLE ");
    fragment.qname(table).sql(" ADD ").push(constraint.definition());
    fragment.finish()
}

/// Drops a constraint; what depends on it, such as foreign keys that need a unique key, stops it.
pub fn drop(table: &QName, name: &Ident) -> Statement {
    let mut fragment = Fragment::of("ALTER TABLE ");
    fragment.qname(table).sql(" DROP CONSTRAINT ").ident(name);
    fragment.finish()
}
