//! Counts rows, as exactly as the caller wants to wait for.

use crate::filter::Filter;
use crate::frag::{Fragment, Statement};
use crate::model::Table;
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
