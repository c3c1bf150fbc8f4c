//! Records that a table in between connects with rows: the tags of an article, the actors of a film.

use crate::expr;
use crate::frag::{Fragment, Statement};
use crate::key;
use crate::model::{Column, Table};
use crate::type_ref::TypeRef;

/// The way from rows over a table in between.
#[derive(Clone, Copy, Debug)]
pub struct Between<'t> {
    /// The table in between.
    pub table: &'t Table,
    /// Its column that refers to the rows.
    pub own: &'t Column,
    /// Its column that refers to the records.
    pub other: &'t Column,
}

/// The records that are connected with the rows whose referred column has one of `values`: rows of three text fields, the value as
/// given, how many records it has, and the value that refers to one of them. At most `most` of them for each value, in their order.
/// `values` should not repeat.
pub fn records<'v>(between: Between<'_>, values: impl IntoIterator<Item = &'v str>, most: u32) -> Statement {
    let Between { table, own, other } = between;
    let other_column = expr::column(&other.name);
    let mut fragment = Fragment::of("SELECT j.k0, j.records, j.record\n  FROM (SELECT v.k0, ");
    fragment.push(expr::iso_text(&other_column, &other.ty.pg)).sql(" AS record");
    fragment.sql(", pg_catalog.count(*) OVER (PARTITION BY v.k0)::text AS records");
    fragment.sql(", pg_catalog.row_number() OVER (PARTITION BY v.k0 ORDER BY ").push(other_column.clone());
    fragment.sql(") AS place\n          FROM pg_catalog.unnest(").bind_list(values.into_iter().map(Some));
    fragment.sql(") AS v (k0)\n          JOIN ").qname(table.name()).sql(" AS t ON ").push(expr::column(&own.name));
    fragment.sql(" = v.k0::").ty(&TypeRef::of(own.ty.pg.storage())).sql("\n         WHERE ").push(other_column);
    fragment.sql(" IS NOT NULL) AS j\n WHERE j.place <= ").int(most).sql(" ORDER BY j.k0, j.place");
    fragment.finish()
}

/// True for a record `t` that the table in between connects with the row whose referred column has the value `own`; `key` is the
/// column of the record that is referred to.
pub fn is_linked(between: Between<'_>, own: &str, key: &Column) -> Fragment {
    let mut fragment = expr::column(&key.name);
    fragment.sql(" IN (SELECT b.").ident(&between.other.name).sql(" FROM ").qname(between.table.name());
    fragment.sql(" AS b WHERE b.").ident(&between.own.name).sql(" = ");
    fragment.bind_as(own, &TypeRef::of(between.own.ty.pg.storage()));
    // With a NULL among them, the others would be neither linked nor not.
    fragment.sql(" AND b.").ident(&between.other.name).sql(" IS NOT NULL)");
    fragment
}

/// The rows in between that connect the row whose referred column has the value `own` with those of `records`: one text field with the
/// record as given, and the row's key, as [`key::read`] takes it; in the order of the records and the keys, at most `most` of them.
pub fn rows<'v>(between: Between<'_>, own: &str, records: impl IntoIterator<Item = &'v str>, most: u32) -> Statement {
    let Between { table, own: own_column, other } = between;
    let mut fragment = Fragment::of("SELECT v.k0");
    let keys = key::fields(table);
    for field in &keys {
        fragment.sql(", ").push(field.clone());
    }
    fragment.sql("\n  FROM pg_catalog.unnest(").bind_list(records.into_iter().map(Some));
    fragment.sql(") WITH ORDINALITY AS v (k0, place)\n  JOIN ").qname(table.name()).sql(" AS t ON ");
    fragment.push(expr::column(&other.name)).sql(" = v.k0::").ty(&TypeRef::of(other.ty.pg.storage()));
    fragment.sql("\n WHERE ").push(expr::column(&own_column.name)).sql(" = ");
    fragment.bind_as(own, &TypeRef::of(own_column.ty.pg.storage())).sql("\n ORDER BY v.place");
    for field in keys {
        fragment.sql(", ").push(field);
    }
    fragment.sql("\n LIMIT ").int(most);
    fragment.finish()
}
