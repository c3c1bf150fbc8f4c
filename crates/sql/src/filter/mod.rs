//! Which rows: the original's grammar of filters, and ours on top of it.
//!
//! A filter arrives as a tree of [`Node`]s, which the contract's JSON maps to one to one, and is compiled against a table, or
//! against the columns of an exploration, whose grammar spells the same tree in another way (`Scope`).
//! Every literal becomes a parameter of the type that it is compared with. Whatever is unknown is an error with a path: a
//! condition that vanished silently would show, and let people change, rows that they meant to leave out.

mod compile;
mod operators;

use mathesar_types::pgtype::PgType;
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
    /// `attnum` (in an exploration `column_name`), `literal`, or an operator.
    pub kind: String,
    /// The column's number or alias, or the literal, for a leaf.
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
    List {
        /// The values.
        items: Vec<Literal>,
        /// The JSON that they arrived as.
        json: String,
    },
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
            Self::List { .. } => "a list",
            Self::Json(_) => "an object",
        }
    }

    /// The literal as PostgreSQL reads it; `None` for NULL.
    fn scalar(&self) -> Result<Option<String>, &'static str> {
        match self {
            Self::Null => Ok(None),
            Self::Bool(value) => Ok(Some(value.to_string())),
            Self::Number(text) | Self::Text(text) | Self::Json(text) => Ok(Some(text.clone())),
            Self::List { .. } => Err("a single value is needed here, not a list"),
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
    /// No such column at this step of an exploration.
    #[error("no column is called \"{0}\" at this step")]
    UnknownAlias(String),
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
        condition(table, node, path).map(|condition| Self { condition })
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

/// Compiles a filter against the columns of a scope: a condition on a row `t`.
pub(crate) fn condition<S: Scope>(scope: &S, node: &Node, path: &str) -> Result<Fragment, FilterError> {
    compile::Compiler::new(scope).condition(node, path)
}

/// An expression and its type.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) sql: Fragment,
    pub(crate) ty: PgType,
}

/// The columns that a filter may name, and how its grammar names them and its own parts.
pub(crate) trait Scope {
    /// The kind of the leaf that names a column.
    const COLUMN: &'static str;

    /// The column that a leaf names.
    fn column(&self, value: Option<&Literal>) -> Result<Typed, Problem>;

    /// Where the name of an operator stands, whose node stands at `path`.
    fn operator_path(path: &str, name: &str) -> String;

    /// Where the list of its operands stands.
    fn operands_path(path: &str, name: &str) -> String;

    /// Where the value of a leaf stands.
    fn value_path(path: &str, kind: &str) -> String;
}

/// The grammar of `records.list`: `{type, args}` and `{type, value}`.
impl Scope for Table {
    const COLUMN: &'static str = "attnum";

    fn column(&self, value: Option<&Literal>) -> Result<Typed, Problem> {
        let number = match value {
            Some(Literal::Number(text) | Literal::Text(text)) => text,
            _ => return Err(Problem::Shape("\"value\" must be the number of a column")),
        };
        let column = number
            .parse()
            .ok()
            .and_then(|attnum| Self::column(self, attnum))
            .filter(|column| column.privileges.select)
            .ok_or_else(|| Problem::UnknownColumn(number.chars().take(20).collect()))?;
        Ok(Typed { sql: expr::column(&column.name), ty: column.ty.pg.clone() })
    }

    fn operator_path(path: &str, _: &str) -> String {
        format!("{path}.type")
    }

    fn operands_path(path: &str, _: &str) -> String {
        format!("{path}.args")
    }

    fn value_path(path: &str, _: &str) -> String {
        format!("{path}.value")
    }
}
