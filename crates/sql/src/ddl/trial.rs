//! Tries changes of columns' types on values, without making them.

use mathesar_types::pgtype::PgType;
use mathesar_types::wire::WireExpr;

use super::cast::{self, NumberText};
use crate::expr;
use crate::frag::{Fragment, Statement};
use crate::ident::QName;
use crate::model::Column;
use crate::type_ref::TypeRef;

/// Converts each value on its own and counts those that cannot be.
///
/// PostgreSQL has no cast that returns an error instead of raising it, so a `DO` block catches the errors; it uses the very
/// expression that [`super::column::retype`] would use, and an assignment to a variable of the new type, which like the change
/// of a column's type refuses what is too long. Works in a read-only transaction and leaves nothing behind.
pub fn count_failures(table: &QName, column: &Column, ty: &TypeRef) -> Statement {
    let mut body = Fragment::of("DECLARE\n  one record;\n  converted ");
    body.ty(ty)
        .sql(";\n  failing pg_catalog.int8 := 0;\n  samples pg_catalog.text[] := '{}';\nBEGIN\n  FOR one IN SELECT ");
    body.ident(&column.name).sql(" AS value FROM ").qname(table).sql(" WHERE ").ident(&column.name);
    body.sql(" IS NOT NULL LOOP\n    BEGIN\n      converted := ");
    body.push(cast::convert(&Fragment::of("one.value"), &column.ty.pg, ty, None));
    body.sql(
        ";\n    EXCEPTION WHEN OTHERS THEN\n      failing := failing + 1;\n      IF failing <= 10 THEN\n        \
         samples := samples || pg_catalog.left(one.value::text, 200);\n      END IF;\n    END;\n  END LOOP;\n  \
         PERFORM pg_catalog.set_config('mathesar.failing', failing::text, true),\n          \
         pg_catalog.set_config('mathesar.samples', samples::text, true);\nEND",
    );
    let mut fragment = Fragment::of("DO ");
    fragment.literal(body.finish().text());
    fragment.finish()
}

/// What [`count_failures`] found, in the same transaction: one row of how many values fail (`int8`) and up to ten of them
/// (`text[]`).
pub fn failures() -> Statement {
    Fragment::of(
        "SELECT pg_catalog.current_setting('mathesar.failing')::pg_catalog.int8, \
         pg_catalog.current_setting('mathesar.samples')::pg_catalog.text[]",
    )
    .finish()
}

/// A column as it would be.
#[derive(Clone, Debug)]
pub struct Tried<'c> {
    /// The column as it is.
    pub column: &'c Column,
    /// The type that it would have, and how its text writes numbers; `None` where it stays.
    pub to: Option<(TypeRef, Option<NumberText>)>,
    /// The type that the values then have.
    pub ty: PgType,
    /// How they leave PostgreSQL.
    pub wire: WireExpr,
}

/// The first rows, in no particular order, as they would be with the types that are tried. A value that does not fit is an error of
/// PostgreSQL, as it would be one of the change.
pub fn first_rows(table: &QName, columns: &[Tried<'_>], limit: u32) -> Statement {
    let fields = columns.iter().map(|tried| expr::wire(&tried.value(), tried.wire, &tried.ty));
    let mut fragment = Fragment::of("SELECT ");
    fragment.join(", ", fields).sql(" FROM ").qname(table).sql(" AS t LIMIT ").int(limit);
    fragment.finish()
}

impl Tried<'_> {
    fn value(&self) -> Fragment {
        let value = expr::column(&self.column.name);
        let Some((ty, how)) = &self.to else { return value };
        let converted = cast::convert(&value, &self.column.ty.pg, ty, how.as_ref());
        let mut fragment = Fragment::of("(");
        fragment.push(converted).sql(")");
        // The cast would cut a text that is too long, where the change refuses it.
        if !matches!(ty.name().name.as_str(), "text" | "varchar" | "bpchar") {
            fragment.sql("::").ty(ty);
        }
        fragment
    }
}
