//! Finds out where rows stand in an order, so that a page far down need not pass over all rows before it.
//!
//! A *mark* is the place of one row and how many rows stand up to it. From the mark before a page the way is short.

use crate::dml;
use crate::expr;
use crate::filter::Filter;
use crate::frag::{Fragment, Statement};
use crate::key::{self, KeyError, RowKey};
use crate::model::{Column, Table};
use crate::order::Order;
use crate::page::{Place, beyond};
use crate::select::{filtered, from, only};
use crate::type_ref::TypeRef;

/// The keys of all rows in their order, by COPY in its text format: one line a row, one field for each column of the key.
pub fn keys_in_order(table: &Table, filter: Option<&Filter>, order: &Order<'_>) -> Statement {
    let mut query = Fragment::of("SELECT ");
    query.join(", ", key::fields(table)).push(from(table)).push(only(filtered(filter))).push(order.clause(false));
    let mut fragment = Fragment::of("COPY (");
    fragment.push(query.inlined()).sql(") TO STDOUT (FORMAT text, ENCODING 'UTF8')");
    fragment.finish()
}

/// Marks from a sample of the table's pages, `millionths` of them, about `marks` many: rows of text fields, first how many
/// rows of the sample stand up to the mark and how many it has, then the place ([`crate::select::read_place`]).
///
/// The sample is the same at every call, so that places that were shown are found again. Views and foreign tables have none.
pub fn sample(table: &Table, filter: Option<&Filter>, order: &Order<'_>, millionths: u32, marks: u32) -> Statement {
    let mut inner = Fragment::of("SELECT ");
    inner.join(
        ", ",
        order.terms.iter().enumerate().map(|(at, term)| {
            let mut one = term.column();
            one.sql(" AS ").ident(&key::numbered("k", at));
            one
        }),
    );
    inner.sql(", pg_catalog.row_number() OVER (").push(order.clause(false)).sql(") AS number");
    inner.sql(", pg_catalog.count(*) OVER () AS size").push(from(table));
    inner.sql(" TABLESAMPLE SYSTEM (").int(millionths).sql(" / 10000.0) REPEATABLE (0)").push(only(filtered(filter)));
    let mut outer = Fragment::of("SELECT v.number::text, v.size::text");
    for at in 0..order.width() {
        outer.sql(", v.").ident(&key::numbered("k", at)).sql("::text");
    }
    outer.sql("\n  FROM (").push(inner).sql(") AS v WHERE v.number % (v.size / ").int(marks).sql(" + 1) = 0");
    outer.sql(" ORDER BY v.number");
    outer.finish()
}

/// The bounds between which, by PostgreSQL's statistics, equally many values of a column lie, from the smallest value to the
/// greatest: rows of one text field. None without statistics, or where the role may not see them.
pub fn histogram(table: &Table, column: &Column) -> Statement {
    let mut fragment = Fragment::of("SELECT pg_catalog.unnest(s.histogram_bounds::text::text[])");
    fragment.sql("\n  FROM pg_catalog.pg_stats AS s WHERE s.schemaname = ").bind(table.name().schema.as_str());
    fragment.sql(" AND s.tablename = ").bind(table.name().name.as_str());
    fragment.sql(" AND s.attname = ").bind(column.name.as_str());
    fragment.sql(" AND NOT s.inherited");
    fragment.finish()
}

/// What the transaction sees of the whole server: one text field, which is the same in another transaction only if nothing
/// was committed in between. NULL on a standby, whose snapshots do not list what is under way.
pub fn snapshot() -> Statement {
    Fragment::of("SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_current_snapshot()::text END")
        .finish()
}

/// How many of these keys stand before `key` in the order of the key: one text field, or no row if the row is gone.
///
/// # Errors
/// [`KeyError`] when a key is not of the table's kind.
pub fn keys_before(table: &Table, keys: &[&RowKey], key: &RowKey) -> Result<Statement, KeyError> {
    let list = key::list(table, keys)?;
    let theirs = key::columns(table).zip(&list.names).map(|(column, name)| {
        let mut one = Fragment::of("v.");
        let storage = TypeRef::of(column.ty.pg.storage());
        one.ident(name).sql("::").ty(&if expr::has_order(&column.ty.pg) { storage } else { TypeRef::text() });
        one
    });
    let theirs: Vec<Fragment> = theirs.collect();
    let mut fragment = Fragment::of("SELECT (SELECT pg_catalog.count(*)");
    fragment.push(dml::unnest(list.arrays, &list.names)).sql(" WHERE (").join(", ", theirs).sql(") < (");
    // The columns themselves, not the key's values: their collation need not be the default one.
    fragment.join(", ", key::columns(table).map(expr::sortable)).sql("))::text");
    fragment.push(from(table)).push(only([key::matches(table, key)?]));
    Ok(fragment.finish())
}

/// How many rows stand between two places of an order, or before `before`: one text field.
pub fn rows_between(table: &Table, order: &Order<'_>, after: Option<&Place>, before: &Place) -> Statement {
    let mut fragment = Fragment::of("SELECT pg_catalog.count(*)::text");
    let conditions = after.map(|place| beyond(order, place, false)).into_iter();
    fragment.push(from(table)).push(only(conditions.chain([beyond(order, before, true)])));
    fragment.finish()
}
