//! The condition of a step: the original's grammar of explorations, `{"equal": [{"column_name": ["a"]}, {"literal": [1]}]}`.

use super::error::{ExplorationError, shown};
use super::relation::{Column, Result};
use crate::filter::{self, Literal, Node, Problem, Scope, Typed};
use crate::frag::Fragment;

/// Compiles the condition of a step against its columns.
pub(super) fn condition(columns: &[Column<'_>], node: &Node, path: &str) -> Result<Fragment> {
    filter::condition(&Columns(columns), node, path)
        .map_err(|error| ExplorationError::new(error.path, error.problem.into()))
}

struct Columns<'c, 't>(&'c [Column<'t>]);

impl Scope for Columns<'_, '_> {
    const COLUMN: &'static str = "column_name";

    fn column(&self, value: Option<&Literal>) -> std::result::Result<Typed, Problem> {
        let Some(Literal::Text(alias)) = value else {
            return Err(Problem::Shape("the alias of a column is needed here, a text"));
        };
        let column = self.0.iter().find(|column| column.alias == *alias);
        let column = column.ok_or_else(|| Problem::UnknownAlias(shown(alias)))?;
        Ok(Typed { sql: column.value(), ty: column.ty.pg.clone() })
    }

    fn operator_path(path: &str, name: &str) -> String {
        format!("{path}.{name}")
    }

    fn operands_path(path: &str, name: &str) -> String {
        format!("{path}.{name}")
    }

    fn value_path(path: &str, kind: &str) -> String {
        format!("{path}.{kind}[0]")
    }
}
