//! Which part of the ordered rows to read.

use crate::frag::Fragment;
use crate::order::{Direction, Nulls, Order, Term, What};
use crate::type_ref::TypeRef;

/// A window of rows.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it lies.
    pub start: Start,
    /// Rows to pass over from there. They are read all the same.
    pub skip: u64,
    /// Most rows to read.
    pub limit: u32,
}

/// Where a page lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// From the first row on.
    First,
    /// The rows that end with the last one.
    Last,
    /// After the row at this place: constant time at any depth, where an index serves the order.
    After(Place),
    /// The rows that end before the row at this place.
    Before(Place),
}

/// The place of a row in an order: [`Order::width`] values as text; `None` is NULL. See [`crate::select::place`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub Vec<Option<String>>);

impl Page {
    /// The first rows.
    pub fn first(limit: u32) -> Self {
        Self::offset(0, limit)
    }

    /// The rows after so many others.
    pub fn offset(skip: u64, limit: u32) -> Self {
        Self { start: Start::First, skip, limit }
    }

    /// The rows at a start, none passed over.
    pub fn at(start: Start, limit: u32) -> Self {
        Self { start, skip: 0, limit }
    }

    /// Whether the rows are read backwards and must be turned round.
    pub(crate) fn is_reversed(&self) -> bool {
        matches!(self.start, Start::Last | Start::Before(_))
    }

    /// The condition that the start lays on the rows; `None` for the first and the last of all.
    pub(crate) fn condition(&self, order: &Order<'_>) -> Option<Fragment> {
        match &self.start {
            Start::First | Start::Last => None,
            Start::After(place) => Some(beyond(order, place, false)),
            Start::Before(place) => Some(beyond(order, place, true)),
        }
    }

    /// ` LIMIT … OFFSET …`.
    pub(crate) fn clause(&self) -> Fragment {
        let mut fragment = Fragment::of(" LIMIT ");
        fragment.int(self.limit);
        if self.skip > 0 {
            fragment.sql(" OFFSET ").int(i64::try_from(self.skip).unwrap_or(i64::MAX));
        }
        fragment
    }
}

/// True for rows beyond a place: after it, or before it when `reversed`.
pub(crate) fn beyond(order: &Order<'_>, place: &Place, reversed: bool) -> Fragment {
    let terms: Vec<(Term<'_>, Option<&str>)> = order
        .terms
        .iter()
        .map(|term| if reversed { term.reversed() } else { *term })
        .zip(place.0.iter().map(Option::as_deref))
        .collect();
    if let Some(comparison) = row_comparison(&terms) {
        return comparison;
    }
    // (a beyond x) OR (a = x AND b beyond y) OR …
    let mut cases = Vec::new();
    for (index, (term, value)) in terms.iter().enumerate() {
        let Some(strict) = strictly_beyond(term, *value) else { continue };
        let mut conditions: Vec<Fragment> = terms[..index].iter().map(|(term, value)| same(term, *value)).collect();
        conditions.push(strict);
        let mut case = Fragment::of("(");
        case.join(" AND ", conditions).sql(")");
        cases.push(case);
    }
    if cases.is_empty() {
        return Fragment::of("false");
    }
    let mut fragment = Fragment::of("(");
    if let Some(bound) = leading_bound(&terms) {
        fragment.push(bound).sql(" AND (").join(" OR ", cases).sql("))");
    } else {
        fragment.join(" OR ", cases).sql(")");
    }
    fragment
}

/// `a >= x`, which every row beyond obeys: an index on the first term can start there, while the alternatives alone would
/// make it start at the beginning.
fn leading_bound(terms: &[(Term<'_>, Option<&str>)]) -> Option<Fragment> {
    let (term, value) = terms.first().filter(|(term, value)| never_null(term) && value.is_some())?;
    let mut bound = term.value();
    bound.sql(if term.direction == Direction::Ascending { " >= " } else { " <= " }).push(literal(term, *value));
    Some(bound)
}

/// `(a, b) > (x, y)`, which an index serves in one descent: possible where all terms go one way and none is NULL.
fn row_comparison(terms: &[(Term<'_>, Option<&str>)]) -> Option<Fragment> {
    let direction = terms.first()?.0.direction;
    let uniform = terms.iter().all(|(term, value)| term.direction == direction && never_null(term) && value.is_some());
    if !uniform {
        return None;
    }
    let mut fragment = Fragment::of("(");
    fragment.join(", ", terms.iter().map(|(term, _)| term.value()));
    fragment.sql(if direction == Direction::Ascending { ") > (" } else { ") < (" });
    fragment.join(", ", terms.iter().map(|(term, value)| literal(term, *value))).sql(")");
    Some(fragment)
}

fn never_null(term: &Term<'_>) -> bool {
    match term.what {
        What::Column(column) => column.not_null,
        What::TableOid | What::Ctid => true,
    }
}

/// True for rows that this term alone puts beyond; `None` when no row can be.
fn strictly_beyond(term: &Term<'_>, value: Option<&str>) -> Option<Fragment> {
    let mut fragment = Fragment::of("(");
    fragment.push(term.value());
    match (value, term.nulls) {
        (None, Nulls::Last) => return None,
        (None, Nulls::First) => fragment.sql(" IS NOT NULL)"),
        (Some(_), nulls) => {
            fragment.sql(if term.direction == Direction::Ascending { " > " } else { " < " });
            fragment.push(literal(term, value));
            if nulls == Nulls::Last && !never_null(term) {
                fragment.sql(" OR ").push(term.value()).sql(" IS NULL");
            }
            fragment.sql(")")
        }
    };
    Some(fragment)
}

fn same(term: &Term<'_>, value: Option<&str>) -> Fragment {
    let mut fragment = term.value();
    match value {
        Some(_) => fragment.sql(" = ").push(literal(term, value)),
        None => fragment.sql(" IS NULL"),
    };
    fragment
}

fn literal(term: &Term<'_>, value: Option<&str>) -> Fragment {
    let ty = match term.what {
        What::Column(column) if crate::expr::has_order(&column.ty.pg) => TypeRef::of(column.ty.pg.storage()),
        What::Column(_) => TypeRef::text(),
        What::TableOid => TypeRef::built_in("oid"),
        What::Ctid => TypeRef::built_in("tid"),
    };
    let mut fragment = Fragment::new();
    fragment.bind_as(value, &ty);
    fragment
}
