//! Explorations: a table with columns of the tables that it is linked with, and steps that filter, sort, group and cut.
//!
//! A [`Definition`] is compiled against the pictures of its tables into a chain of common table expressions, each over the one
//! before: the first joins the tables, the others are the steps. Names in the SQL come from the catalogue or are numbered: an
//! alias, which may be any text of any length, stays on our side. Sorting and hiding make no expression of their own: the order
//! is carried along, and laid on the rows where some are cut off and in the end.
//!
//! Rows always have a total order, so that pages neither repeat nor skip one: what was asked for is completed by the keys of the
//! tables, or by what was grouped by.

mod aggregate;
mod definition;
mod error;
mod filter;
mod output;
mod relation;
mod source;
mod summarize;

pub use definition::{
    Aggregation, Definition, Group, InitialColumn, Link, LinkEnd, MAX_COLUMNS, MAX_LINKS, MAX_STEPS, SortBy, Step,
    Summary,
};
pub use error::{ExplorationError, Problem};
pub use relation::{Column, Source};

use std::collections::HashMap;

use crate::model::{Oid, Table};
use relation::Relation;

/// Tables by number: those that [`Definition::tables`] names. One that is missing here does not exist for the role.
pub type Tables<'t> = HashMap<Oid, &'t Table>;

/// A definition that fits its tables.
#[derive(Debug)]
pub struct Exploration<'t> {
    relation: Relation<'t>,
}

impl<'t> Exploration<'t> {
    /// Compiles a definition. `path` is what it is called in errors.
    ///
    /// # Errors
    /// [`ExplorationError`] with the path of the first part that is wrong.
    pub fn new(definition: &Definition, tables: &Tables<'t>, path: &str) -> Result<Self, ExplorationError> {
        if definition.steps.len() > MAX_STEPS {
            let limit = Problem::Limit { what: "the number of steps", limit: MAX_STEPS };
            return Err(ExplorationError::new(format!("{path}.transformations"), limit));
        }
        let mut relation = source::joined(definition, tables, path)?;
        for (index, step) in definition.steps.iter().enumerate() {
            relation = relation.after(step, &format!("{path}.transformations[{index}].spec"))?;
        }
        Ok(Self { relation })
    }

    /// The columns of the result, in their order.
    pub fn columns(&self) -> &[Column<'t>] {
        &self.relation.columns
    }
}
