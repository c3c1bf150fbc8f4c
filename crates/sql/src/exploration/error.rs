//! What can be wrong with a definition, and where.

use thiserror::Error;

use super::definition::{MAX_ALIAS_BYTES, MAX_LINKS};
use crate::filter;
use crate::model::{Attnum, Oid};

/// What is wrong with a definition, and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{path}: {problem}")]
pub struct ExplorationError {
    /// Where, such as `exploration_def.transformations[1].spec[0].field`.
    pub path: String,
    /// What.
    pub problem: Problem,
}

impl ExplorationError {
    pub(super) fn new(path: String, problem: Problem) -> Self {
        Self { path, problem }
    }
}

/// What can be wrong with a definition.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Problem {
    /// No such table, or one that the role may not see.
    #[error("there is no table with the object identifier {0} that you may see")]
    UnknownTable(Oid),
    /// No such column.
    #[error("the table {table} has no column {attnum}")]
    UnknownColumn {
        /// The table's name.
        table: String,
        /// The number given.
        attnum: Attnum,
    },
    /// The role may not read the column.
    #[error("your role may not read the column {column} of {table}; it needs SELECT on it")]
    Unreadable {
        /// The table's name.
        table: String,
        /// The column's name.
        column: String,
    },
    /// An alias that cannot be one.
    #[error("an alias has 1 to {MAX_ALIAS_BYTES} bytes")]
    Alias,
    /// Two columns with one alias.
    #[error("another column is called \"{0}\" already")]
    AliasTwice(String),
    /// No column of this alias is left.
    #[error("no column is called \"{0}\" at this step")]
    UnknownAlias(String),
    /// The same column twice, where once is enough.
    #[error("\"{0}\" is named already")]
    NamedTwice(String),
    /// No columns would be left.
    #[error("at least one column must be left")]
    NoColumns,
    /// A path of links that does not hang together.
    #[error("the path has come to the table {at}, and this link begins elsewhere")]
    BrokenPath {
        /// The table's name.
        at: String,
    },
    /// Too many links.
    #[error("a path can have {MAX_LINKS} links")]
    LongPath,
    /// Ends of a link with no columns, or with different numbers of them.
    #[error("both ends of a link need the same number of columns, one at least")]
    UnevenLink,
    /// Ends of a link that cannot be equal.
    #[error("{left} and {right} cannot be compared")]
    Incomparable {
        /// The type of the one.
        left: String,
        /// The type of the other.
        right: String,
    },
    /// A condition that is wrong.
    #[error("{0}")]
    Filter(#[from] filter::Problem),
    /// There is no such reduction.
    #[error(
        "\"{0}\" is unknown; known are truncate_to_year, truncate_to_month, truncate_to_day, uri_scheme, uri_authority and \
         email_domain"
    )]
    UnknownPreproc(String),
    /// There is no such aggregate.
    #[error("\"{name}\" is unknown; known are {}", known_aggregates())]
    UnknownAggregate {
        /// As given.
        name: String,
    },
    /// A reduction or an aggregate that the type does not take.
    #[error("{name} is not for values of type {ty}")]
    NotForType {
        /// The reduction or aggregate.
        name: String,
        /// The type.
        ty: String,
    },
    /// A limit is reached.
    #[error("{what} is limited to {limit}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

fn known_aggregates() -> String {
    let ids: Vec<&str> = mathesar_types::family::Aggregate::ALL.iter().map(|(id, _)| *id).collect();
    ids.join(", ")
}

/// As much of what somebody wrote as an error repeats.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}
