//! Finds rows that resemble what is looked for.

use mathesar_types::family::{FamilyId, family_of};
use thiserror::Error;

use crate::expr;
use crate::frag::Fragment;
use crate::model::{Attnum, Column, Table};
use crate::order::Order;
use crate::select::{Output, RowQuery, from};
use crate::type_ref::TypeRef;

/// One column's part of a search.
#[derive(Clone)]
pub struct Term {
    /// The column.
    pub attnum: Attnum,
    /// What to look for, as text.
    pub text: String,
    /// Whether the text can be read as a value of the column's type.
    pub readable: bool,
}

/// Why a search cannot be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SearchError {
    /// The table has no such column, or the role may not read it.
    #[error("search_params[{index}].attnum: the table has no column {attnum} that you may read")]
    UnknownColumn {
        /// Position in the search, from 0.
        index: usize,
        /// The number given.
        attnum: Attnum,
    },
}

/// Rows by how well they fit, the best first; all rows where nothing is looked for.
///
/// The points are the original's: for texts and UUIDs 4 for the same, 3 for the same beginning, 2 for a part, whatever the
/// case; for other types 4 for an equal value. Rows without a point are left out.
///
/// # Errors
/// [`SearchError`] when a column is unknown.
pub fn rows(
    table: &Table,
    output: &Output<'_>,
    terms: &[Term],
    order: &Order<'_>,
    limit: u32,
    offset: u64,
) -> Result<RowQuery, SearchError> {
    let score = score(table, terms)?;
    let mut fragment = Fragment::of("SELECT ");
    fragment.push(output.fields(table)).push(from(table));
    match score {
        Some(score) => {
            fragment.sql(" WHERE ").push(score.clone()).sql(" > 0 ORDER BY ").push(score).sql(" DESC");
            let rest = order.terms.iter().map(|term| {
                let mut one = Fragment::of(", ");
                one.push(term.value());
                one
            });
            rest.for_each(|term| {
                fragment.push(term);
            });
        }
        None => {
            fragment.push(order.clause(false));
        }
    }
    fragment.sql(" LIMIT ").int(limit).sql(" OFFSET ").int(i64::try_from(offset).unwrap_or(i64::MAX));
    Ok(RowQuery { statement: fragment.finish(), shape: output.shape(table) })
}

/// How many rows [`rows`] has in all: one text field.
///
/// # Errors
/// [`SearchError`] when a column is unknown.
pub fn count(table: &Table, terms: &[Term]) -> Result<crate::Statement, SearchError> {
    let mut fragment = Fragment::of("SELECT pg_catalog.count(*)::text");
    fragment.push(from(table));
    if let Some(score) = score(table, terms)? {
        fragment.sql(" WHERE ").push(score).sql(" > 0");
    }
    Ok(fragment.finish())
}

fn score(table: &Table, terms: &[Term]) -> Result<Option<Fragment>, SearchError> {
    let mut points = Vec::new();
    for (index, term) in terms.iter().enumerate() {
        let attnum = term.attnum;
        let column = table
            .column(attnum)
            .filter(|column| column.privileges.select)
            .ok_or(SearchError::UnknownColumn { index, attnum })?;
        points.push(points_of(column, term));
    }
    if points.is_empty() {
        return Ok(None);
    }
    let mut sum = Fragment::of("(");
    sum.join(" + ", points).sql(")");
    Ok(Some(sum))
}

/// Whether values of a column are found as PostgreSQL reads them, so that [`Term::readable`] matters.
pub fn is_read(column: &Column) -> bool {
    let family = family_of(&column.ty.pg).id;
    expr::has_order(&column.ty.pg)
        && !expr::is_text(&column.ty.pg)
        && !matches!(family, FamilyId::Uuid | FamilyId::Number)
}

fn points_of(column: &Column, term: &Term) -> Fragment {
    let text = term.text.as_str();
    let family = family_of(&column.ty.pg).id;
    let mut value = Fragment::of("pg_catalog.lower(");
    value.push(expr::column(&column.name)).sql("::text)");
    let mut part = Fragment::of("pg_catalog.lower(");
    part.bind(text).sql(")");
    let mut fragment = Fragment::of("CASE WHEN ");
    if expr::is_text(&column.ty.pg) || family == FamilyId::Uuid {
        fragment.push(value.clone()).sql(" = ").push(part.clone()).sql(" THEN 4 WHEN pg_catalog.starts_with(");
        fragment.push(value.clone()).sql(", ").push(part.clone()).sql(") THEN 3 WHEN pg_catalog.strpos(");
        fragment.push(value).sql(", ").push(part).sql(") > 0 THEN 2 ELSE 0 END");
        return fragment;
    }
    // A half-typed number or date is no error, it only finds nothing: so they are compared as what they are when they can be read,
    // and everything else by the text that is shown.
    if family == FamilyId::Number && text.trim().parse::<f64>().is_ok_and(f64::is_finite) {
        fragment.push(expr::column(&column.name)).sql("::pg_catalog.numeric = ");
        fragment.bind_as(text, &TypeRef::built_in("numeric"));
    } else if term.readable && is_read(column) {
        fragment.push(expr::column(&column.name)).sql(" = ").bind_as(text, &TypeRef::of(column.ty.pg.storage()));
    } else {
        fragment.push(expr::iso_text(&expr::column(&column.name), &column.ty.pg)).sql(" = ").bind(text);
    }
    fragment.sql(" THEN 4 ELSE 0 END");
    fragment
}
