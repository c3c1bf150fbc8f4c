//! Counts rows, as exactly as the caller wants to wait for.

use crate::filter::Filter;
use crate::frag::{Fragment, Statement};
use crate::ident::Ident;
use crate::key;
use crate::model::{RowIdentity, Table};
use crate::select::{filtered, from, only};

/// The exact number of rows: one text field. Reads the whole table or an index of it.
pub fn exact(table: &Table, filter: Option<&Filter>) -> Statement {
    let mut fragment = Fragment::of("SELECT pg_catalog.count(*)::text");
    fragment.push(from(table)).push(only(filtered(filter)));
    fragment.finish()
}

/// The number of rows, exact below `most`, which is the answer for more: one text field.
pub fn capped(table: &Table, filter: Option<&Filter>, most: u32) -> Statement {
    let mut fragment = Fragment::of("SELECT pg_catalog.count(*)::text FROM (SELECT");
    fragment.push(from(table)).push(only(filtered(filter))).sql(" LIMIT ").int(most).sql(") AS t");
    fragment.finish()
}

/// The planner's estimate: one text field of JSON, whose `[0].Plan."Plan Rows"` is the number.
pub fn estimate(table: &Table, filter: Option<&Filter>) -> Statement {
    let mut fragment = Fragment::of("EXPLAIN (FORMAT JSON) SELECT");
    fragment.push(from(table)).push(only(filtered(filter)));
    fragment.finish()
}

/// The keys of every `step`-th row in the order of the key, from the first on: text fields as in [`key::read`]. With them any
/// row is reached by a key and an offset below `step`. Reads the key's whole index. `None` for tables without a key.
pub fn boundaries(table: &Table, filter: Option<&Filter>, step: u32) -> Option<Statement> {
    if !matches!(table.key, RowIdentity::PrimaryKey(_) | RowIdentity::Unique(_)) {
        return None;
    }
    let names: Vec<&Ident> = key::columns(table).map(|column| &column.name).collect();
    let list = || {
        let mut fragment = Fragment::new();
        let columns = names.iter().map(|name| crate::expr::column(name));
        fragment.join(", ", columns);
        fragment
    };
    let mut inner = Fragment::of("SELECT ");
    inner.push(list()).sql(", pg_catalog.row_number() OVER (ORDER BY ").push(list()).sql(") AS row_number");
    inner.push(from(table)).push(only(filtered(filter)));
    let mut fragment = Fragment::of("SELECT ");
    fragment.join(", ", key::fields(table)).sql(" FROM (").push(inner).sql(") AS t WHERE t.row_number % ");
    fragment.int(step).sql(" = ").int(i64::from(step != 1)).sql(" ORDER BY t.row_number");
    Some(fragment.finish())
}

/// What PostgreSQL's statistics know about the spread of the key's first column: its bounds as text, one row each, from the
/// least to the greatest; no rows when the table was never analysed. A scrollbar finds its key here at once.
pub fn histogram(table: &Table) -> Option<Statement> {
    let column = key::columns(table).next()?;
    let mut fragment = Fragment::of(
        "SELECT b.bound FROM pg_catalog.pg_stats AS s, \
         pg_catalog.unnest(s.histogram_bounds::text::pg_catalog.text[]) WITH ORDINALITY AS b (bound, place) \
         WHERE NOT s.inherited AND s.schemaname = ",
    );
    fragment.bind(table.name().schema.as_str()).sql(" AND s.tablename = ").bind(table.name().name.as_str());
    fragment.sql(" AND s.attname = ").bind(column.name.as_str()).sql(" ORDER BY b.place");
    Some(fragment.finish())
}
