//! The rows at a step: what they come from, their columns, their order.

use std::collections::HashSet;

use mathesar_types::pgtype::{ColumnType, PgType};

use super::definition::{MAX_ALIAS_BYTES, SortBy, Step};
use super::error::{ExplorationError, Problem, shown};
use super::filter;
use super::source::Links;
use crate::expr;
use crate::frag::Fragment;
use crate::ident::Ident;
use crate::key::numbered;
use crate::model::{self, Table};
use crate::order::{Direction, Nulls, words};

pub(super) type Result<T> = std::result::Result<T, ExplorationError>;

/// A column of a result.
#[derive(Clone, Debug)]
pub struct Column<'t> {
    /// What people call it.
    pub alias: String,
    /// Its type.
    pub ty: ColumnType,
    /// Where it comes from.
    pub source: Source<'t>,
    /// What the SQL calls it.
    pub(super) name: Ident,
    /// Which of the joined tables it comes from, as it is.
    pub(super) node: Option<usize>,
}

/// Where a column comes from.
#[derive(Clone, Debug)]
pub enum Source<'t> {
    /// A column of a table, as it is.
    Table {
        /// The table.
        table: &'t Table,
        /// The column.
        column: &'t model::Column,
    },
    /// A column of the step before that rows were grouped by or that was put together.
    Summary {
        /// Its alias there.
        input: String,
    },
}

impl Column<'_> {
    /// The value in a row `t`.
    pub(super) fn value(&self) -> Fragment {
        expr::column(&self.name)
    }
}

/// One term of an order.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) name: Ident,
    /// `None` for what always has an order: `tableoid` and `ctid`.
    pub(super) ty: Option<PgType>,
    pub(super) direction: Direction,
    pub(super) nulls: Nulls,
}

impl Term {
    /// The smallest first.
    pub(super) fn ascending(name: Ident, ty: Option<PgType>) -> Self {
        Self { name, ty, direction: Direction::Ascending, nulls: Nulls::Last }
    }

    pub(super) fn clause(&self) -> Fragment {
        let mut value = expr::column(&self.name);
        if let Some(ty) = &self.ty {
            value = expr::sortable_value(value, ty);
        }
        value.sql(words(self.direction, self.nulls));
        value
    }
}

/// The rows at a step.
#[derive(Debug)]
pub(super) struct Relation<'t> {
    /// The expressions so far, called `step0`, `step1`, …; the rows are those of the last one.
    pub(super) expressions: Vec<Fragment>,
    /// The columns that are to be seen.
    pub(super) columns: Vec<Column<'t>>,
    /// A total order, which may rest on columns that are not to be seen.
    pub(super) order: Vec<Term>,
    pub(super) names: Names,
    pub(super) links: Links,
}

/// The names of the columns of all expressions.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<Ident>,
    numbers: usize,
}

impl Names {
    /// The name itself where it is free, else a numbered one.
    pub(super) fn take(&mut self, wanted: &Ident) -> Ident {
        if self.taken.insert(wanted.clone()) { wanted.clone() } else { self.number() }
    }

    /// A name that is not in use.
    pub(super) fn number(&mut self) -> Ident {
        loop {
            self.numbers += 1;
            let name = numbered("c", self.numbers);
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

impl<'t> Relation<'t> {
    /// The rows after a step, whose specification is called `path` in errors.
    pub(super) fn after(mut self, step: &Step, path: &str) -> Result<Self> {
        match step {
            Step::Filter(node) => {
                let condition = filter::condition(&self.columns, node, path)?;
                let mut rest = Fragment::of(" WHERE ");
                rest.push(condition);
                self.narrow(rest);
            }
            Step::Order(by) => self.sort(by, path)?,
            Step::Summarize(summary) => return self.summarized(summary, path),
            Step::Hide(aliases) => {
                let hidden = self.positions(aliases, path)?;
                let mut position = 0..;
                self.columns.retain(|_| position.next().is_none_or(|position| !hidden.contains(&position)));
                if self.columns.is_empty() {
                    return Err(ExplorationError::new(path.to_owned(), Problem::NoColumns));
                }
            }
            Step::Select(aliases) => {
                let chosen = self.positions(aliases, path)?;
                if chosen.is_empty() {
                    return Err(ExplorationError::new(path.to_owned(), Problem::NoColumns));
                }
                self.columns = chosen.iter().map(|position| self.columns[*position].clone()).collect();
            }
            Step::Limit(rows) => self.cut(" LIMIT ", *rows),
            Step::Offset(rows) => self.cut(" OFFSET ", *rows),
        }
        Ok(self)
    }

    /// Adds an expression over the same columns.
    fn narrow(&mut self, rest: Fragment) {
        let mut fragment = Fragment::of("SELECT t.*");
        fragment.push(self.from()).push(rest);
        self.expressions.push(fragment);
    }

    fn cut(&mut self, clause: &'static str, rows: u64) {
        let mut rest = self.order_by();
        rest.sql(clause).int(i64::try_from(rows).unwrap_or(i64::MAX));
        self.narrow(rest);
    }

    /// Sorts by these columns before what was sorted by so far.
    fn sort(&mut self, by: &[SortBy], path: &str) -> Result<()> {
        let aliases: Vec<String> = by.iter().map(|by| by.alias.clone()).collect();
        let positions = self.named(&aliases, |index| format!("{path}[{index}].field"))?;
        let mut order: Vec<Term> = positions
            .iter()
            .zip(by)
            .map(|(position, by)| {
                let Column { name, ty, .. } = &self.columns[*position];
                let nulls = by.nulls.unwrap_or(Nulls::of(by.direction));
                Term { name: name.clone(), ty: Some(ty.pg.clone()), direction: by.direction, nulls }
            })
            .collect();
        for term in self.order.drain(..) {
            if !order.iter().any(|known| known.name == term.name) {
                order.push(term);
            }
        }
        self.order = order;
        Ok(())
    }

    /// ` FROM step… AS t`.
    pub(super) fn from(&self) -> Fragment {
        let mut fragment = Fragment::of(" FROM ");
        fragment.ident(&step_name(self.expressions.len() - 1)).sql(" AS t");
        fragment
    }

    /// ` ORDER BY …`, or nothing where rows have no order.
    pub(super) fn order_by(&self) -> Fragment {
        let mut fragment = Fragment::new();
        if !self.order.is_empty() {
            fragment.sql(" ORDER BY ").join(", ", self.order.iter().map(Term::clause));
        }
        fragment
    }

    /// Where the column of an alias stands.
    pub(super) fn position(&self, alias: &str, path: impl FnOnce() -> String) -> Result<usize> {
        let found = self.columns.iter().position(|column| column.alias == alias);
        found.ok_or_else(|| ExplorationError::new(path(), Problem::UnknownAlias(shown(alias))))
    }

    fn positions(&self, aliases: &[String], path: &str) -> Result<Vec<usize>> {
        self.named(aliases, |index| format!("{path}[{index}]"))
    }

    /// Where the columns of these aliases stand, each named once.
    fn named(&self, aliases: &[String], path: impl Fn(usize) -> String) -> Result<Vec<usize>> {
        let mut positions = Vec::with_capacity(aliases.len());
        for (index, alias) in aliases.iter().enumerate() {
            let position = self.position(alias, || path(index))?;
            if positions.contains(&position) {
                return Err(ExplorationError::new(path(index), Problem::NamedTwice(shown(alias))));
            }
            positions.push(position);
        }
        Ok(positions)
    }
}

/// `step0`, `step1`, …
pub(super) fn step_name(number: usize) -> Ident {
    numbered("step", number)
}

/// Refuses an alias that is none or is taken.
pub(super) fn check_alias(alias: &str, taken: &[Column<'_>], path: impl FnOnce() -> String) -> Result<()> {
    let problem = if alias.is_empty() || alias.len() > MAX_ALIAS_BYTES {
        Problem::Alias
    } else if taken.iter().any(|column| column.alias == alias) {
        Problem::AliasTwice(shown(alias))
    } else {
        return Ok(());
    };
    Err(ExplorationError::new(path(), problem))
}
