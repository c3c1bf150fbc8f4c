//! Which rows: the original's grammar of filters, and ours on top of it.
//!
//! A filter arrives as a tree of [`Node`]s, which the contract's JSON maps to one to one, and is compiled against a table.
//! Every literal becomes a parameter of the type that it is compared with. Whatever is unknown is an error with a path: a
//! condition that vanished silently would show, and let people change, rows that they meant to leave out.

mod compile;
mod operators;

use thiserror::Error;

use crate::expr;
use crate::frag::Fragment;
use crate::model::{Attnum, Table};

/// The deepest nesting that is taken.
pub const MAX_DEPTH: usize = 20;
/// The most nodes that are taken.
pub const MAX_NODES: usize = 500;
/// The most values that a list may hold.
pub const MAX_LIST: usize = 10_000;

/// A node of a filter as it arrives.
#[derive(Clone, Debug)]
pub struct Node {
    /// `attnum`, `literal`, or an operator.
    pub kind: String,
    /// The column's number or the literal, for a leaf.
    pub value: Option<Literal>,
    /// The operands, for an operator.
    pub args: Option<Vec<Node>>,
}

/// A literal. Numbers stay the text that they arrived as.
#[derive(Clone, PartialEq, Eq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number, digit for digit.
    Number(String),
    /// A string.
    Text(String),
    /// A list of scalar values.
    List(Vec<Literal>),
    /// Any other JSON, as its text.
    Json(String),
}

impl std::fmt::Debug for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A literal is somebody's data: only its kind may show.
        f.write_str(self.kind())
    }
}

impl Literal {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Json(_) => "an object",
        }
    }

    /// The literal as PostgreSQL reads it; `None` for NULL.
    fn scalar(&self) -> Result<Option<String>, &'static str> {
        match self {
            Self::Null => Ok(None),
            Self::Bool(value) => Ok(Some(value.to_string())),
            Self::Number(text) | Self::Text(text) | Self::Json(text) => Ok(Some(text.clone())),
            Self::List(_) => Err("a single value is needed here, not a list"),
        }
    }
}

/// What is wrong with a filter, and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{path}: {problem}")]
pub struct FilterError {
    /// Where, such as `filter.args[1].type`.
    pub path: String,
    /// What.
    pub problem: Problem,
}

/// What can be wrong with a filter.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Problem {
    /// No such operator.
    #[error("unknown operator \"{name}\"{}", did_you_mean(.near))]
    UnknownOperator {
        /// As given.
        name: String,
        /// A known one that is spelled much like it.
        near: Option<&'static str>,
    },
    /// No such column, or one that the role may not read.
    #[error("the table has no column {0} that you may read")]
    UnknownColumn(String),
    /// A leaf without a value, or an operator without operands.
    #[error("{0}")]
    Shape(&'static str),
    /// Too few or too many operands.
    #[error("the operator takes {takes}, not {given}")]
    Arity {
        /// How many it takes, in words.
        takes: &'static str,
        /// How many were given.
        given: usize,
    },
    /// A literal of the wrong kind.
    #[error("{0}")]
    Literal(&'static str),
    /// An operand of the wrong type.
    #[error("{0}")]
    Type(&'static str),
    /// A limit is reached.
    #[error("{what} is limited to {limit}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

fn did_you_mean(near: &Option<&'static str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"))
}

/// A condition on a row `t` of a table.
#[derive(Clone, Debug)]
pub struct Filter {
    condition: Fragment,
}

impl Filter {
    /// Compiles a filter against a table. `path` is what the root is called in errors, usually `filter`.
    ///
    /// # Errors
    /// [`FilterError`] with the path of the first node that is wrong.
    pub fn new(table: &Table, node: &Node, path: &str) -> Result<Self, FilterError> {
        compile::Compiler::new(table).condition(node, path).map(|condition| Self { condition })
    }

    /// A condition for the rows whose column has that value, for filters that the program itself makes.
    ///
    /// # Errors
    /// [`FilterError`] when the column is unknown.
    pub fn equals(table: &Table, attnum: Attnum, value: &str) -> Result<Self, FilterError> {
        let leaf = |kind: &str, value| Node { kind: kind.to_owned(), value: Some(value), args: None };
        let node = Node {
            kind: "equal".to_owned(),
            value: None,
            args: Some(vec![
                leaf("attnum", Literal::Number(attnum.to_string())),
                leaf("literal", Literal::Text(value.to_owned())),
            ]),
        };
        Self::new(table, &node, "filter")
    }

    pub(crate) fn condition(&self) -> Fragment {
        self.condition.clone()
    }
}

/// The names of all operators, for documentation and for clients.
pub fn operators() -> impl Iterator<Item = &'static str> {
    operators::TABLE.iter().map(|row| row.name)
}

/// The column that a leaf names.
fn column<'t>(table: &'t Table, value: Option<&Literal>) -> Result<&'t crate::model::Column, Problem> {
    let number = match value {
        Some(Literal::Number(text) | Literal::Text(text)) => text,
        _ => return Err(Problem::Shape("\"value\" must be the number of a column")),
    };
    number
        .parse()
        .ok()
        .and_then(|attnum| table.column(attnum))
        .filter(|column| column.privileges.select)
        .ok_or_else(|| Problem::UnknownColumn(number.chars().take(20).collect()))
}

/// A column as an operand.
fn operand(column: &crate::model::Column) -> Fragment {
    expr::column(&column.name)
}
