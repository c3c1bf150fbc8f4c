//! Files in cells, which are `jsonb` objects with `uri` and `mash`.

use crate::frag::{Fragment, Statement};
use crate::model::{Column, Table};

/// The addresses of files in a column that follow `after` in the order of their bytes, each once: one text field.
pub fn addresses(table: &Table, column: &Column, after: &str, limit: u32) -> Statement {
    let mut fragment = Fragment::of("SELECT DISTINCT (t.");
    fragment
        .ident(&column.name)
        .sql(" ->> 'uri') COLLATE \"C\" AS uri FROM ")
        .qname(table.name())
        .sql(" AS t WHERE (t.");
    fragment.ident(&column.name).sql(" ->> 'uri') COLLATE \"C\" > ").bind(after).sql(" ORDER BY uri LIMIT ").int(limit);
    fragment.finish()
}

/// Gives the files of a column the marks that go with their addresses, where they have others; rows with other addresses stay.
pub fn set_marks(table: &Table, column: &Column, marks: &[(String, String)]) -> Statement {
    let mut fragment = Fragment::of("UPDATE ");
    fragment.qname(table.name()).sql(" AS t SET ").ident(&column.name).sql(" = pg_catalog.jsonb_set(t.");
    fragment.ident(&column.name).sql(", '{mash}', pg_catalog.to_jsonb(v.mash)) FROM unnest(");
    fragment.bind_list(marks.iter().map(|(uri, _)| Some(uri.as_str()))).sql(", ");
    fragment.bind_list(marks.iter().map(|(_, mash)| Some(mash.as_str()))).sql(") AS v (uri, mash) WHERE (t.");
    fragment.ident(&column.name).sql(" ->> 'uri') = v.uri AND (t.").ident(&column.name);
    fragment.sql(" ->> 'mash') IS DISTINCT FROM v.mash");
    fragment.finish()
}
