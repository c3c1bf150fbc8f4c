//! Expressions over the columns of one row, which is called `t` in every statement.

use mathesar_types::family::{FamilyId, Preproc, Sort, family_of};
use mathesar_types::pgtype::PgType;
use mathesar_types::wire::{Form, Wire, WireExpr, wire_of};

use crate::frag::Fragment;
use crate::ident::Ident;
use crate::model::{Column, Table};
use crate::type_ref::TypeRef;

/// A column of the row `t`. Always with the table's name: `ORDER BY id` would mean an output column of that name, its text.
pub(crate) fn column(name: &Ident) -> Fragment {
    let mut fragment = Fragment::of("t.");
    fragment.ident(name);
    fragment
}

/// `value`, of type `ty`, in the form in which it leaves PostgreSQL.
///
/// The session's fixed formats (`DateStyle` ISO, `IntervalStyle` iso_8601) are taken for granted; see [`crate::session`].
pub fn wire(value: &Fragment, expr: WireExpr, ty: &PgType) -> Fragment {
    let around = |before: &'static str, after: &'static str| {
        let mut fragment = Fragment::of(before);
        fragment.push(value.clone()).sql(after);
        fragment
    };
    match expr {
        WireExpr::Native(_) => value.clone(),
        WireExpr::Numeric
        | WireExpr::Text
        | WireExpr::JsonText
        | WireExpr::IsoDate
        | WireExpr::IsoTime
        | WireExpr::IsoTimeTz
        | WireExpr::IsoInterval => around("", "::text"),
        WireExpr::BytesHex => around("(E'\\\\x' || pg_catalog.encode(", ", 'hex'))"),
        WireExpr::IsoTimestamp => with_t(&around("", "::text")),
        WireExpr::IsoTimestampTz => iso_timestamptz(value),
        // `to_char` would make a timestamp of it, which ends long before a date does. Neither BC nor infinity ends with a digit.
        WireExpr::OriginalDate => around("pg_catalog.regexp_replace(", "::text, '([0-9])$', E'\\\\1 AD')"),
        WireExpr::OriginalTime => one_digit(&around("pg_catalog.to_char(", ", 'HH24:MI:SS.US')")),
        WireExpr::OriginalTimeTz => original_timetz(value),
        WireExpr::OriginalTimestamp => {
            let mut text = one_digit(&around("pg_catalog.to_char(", ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"));
            text.sql(" || ").push(around("pg_catalog.to_char(", ", ' AD')"));
            finite_or_text(value, &text)
        }
        WireExpr::OriginalTimestampTz => {
            let utc = around("(", " AT TIME ZONE 'UTC')");
            let part = |format: &'static str| {
                let mut fragment = Fragment::of("pg_catalog.to_char(");
                fragment.push(utc.clone()).sql(format);
                fragment
            };
            let mut text = one_digit(&part(", 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"));
            text.sql(" || ").push(part(", '\"Z\" AD')"));
            finite_or_text(value, &text)
        }
        WireExpr::OriginalInterval => finite_or_text(value, &original_interval(value)),
        WireExpr::Ewkt => ewkt(value, ty),
        WireExpr::ToJson => around("pg_catalog.to_jsonb(", ")::text"),
    }
}

/// `2024-01-02 03:04:05 BC` as `2024-01-02T03:04:05 BC`.
fn with_t(text: &Fragment) -> Fragment {
    let mut fragment = Fragment::of("pg_catalog.replace(pg_catalog.replace(");
    fragment.push(text.clone()).sql(", ' ', 'T'), 'TBC', ' BC')");
    fragment
}

/// `2024-01-02 03:04:05 BC` in UTC as `2024-01-02T03:04:05Z BC`; infinity has no zone. A `CASE` would make the text twice, and
/// this text costs more than all else of an exported row.
fn iso_timestamptz(value: &Fragment) -> Fragment {
    let mut fragment = Fragment::of("pg_catalog.replace(pg_catalog.replace(pg_catalog.replace((");
    fragment.push(value.clone()).sql(" AT TIME ZONE 'UTC')::text || 'Z', ' ', 'T'), 'TBCZ', 'Z BC'), 'yZ', 'y')");
    fragment
}

/// `to_char` and the fields of an interval know no infinity and are NULL: those values leave as their text.
fn finite_or_text(value: &Fragment, text: &Fragment) -> Fragment {
    let mut fragment = Fragment::of("COALESCE(");
    fragment.push(text.clone()).sql(", ").push(value.clone()).sql("::text)");
    fragment
}

/// A function of PostGIS, which is in the schema of its types. With 17 digits a number is written as it is.
fn ewkt(value: &Fragment, ty: &PgType) -> Fragment {
    let mut fragment = Fragment::new();
    fragment.ident(&Ident::from_catalog(&ty.storage().schema)).sql(".st_asewkt(");
    fragment.push(value.clone()).sql(", 17)");
    fragment
}

/// Six digits of a second without trailing zeros, but with one digit at least.
fn one_digit(text: &Fragment) -> Fragment {
    let mut fragment = Fragment::of("pg_catalog.regexp_replace(");
    fragment.push(text.clone()).sql(", '0{1,5}$', '')");
    fragment
}

fn original_timetz(value: &Fragment) -> Fragment {
    let mut local = Fragment::of("pg_catalog.to_char(");
    local.push(value.clone()).sql("::pg_catalog.time, 'HH24:MI:SS.US')");
    let mut offset = Fragment::of("EXTRACT(TIMEZONE FROM ");
    offset.push(value.clone()).sql(")");
    let mut fragment = one_digit(&local);
    fragment.sql(" || CASE WHEN ").push(offset.clone()).sql(" = 0 THEN 'Z' WHEN ").push(offset.clone());
    fragment.sql(" < 0 THEN '-' ELSE '+' END || CASE WHEN ").push(offset.clone()).sql(" <> 0 THEN ");
    fragment.sql("pg_catalog.to_char(pg_catalog.make_interval(secs => pg_catalog.abs(").push(offset);
    fragment.sql(")::pg_catalog.float8), 'HH24:MI') ELSE '' END");
    fragment
}

fn original_interval(value: &Fragment) -> Fragment {
    const FIELDS: [(&str, &str); 6] = [
        ("'P' || EXTRACT(YEAR FROM ", ") || 'Y'"),
        (" || EXTRACT(MONTH FROM ", ") || 'M'"),
        (" || EXTRACT(DAY FROM ", ") || 'D'"),
        (" || 'T' || EXTRACT(HOUR FROM ", ") || 'H'"),
        (" || EXTRACT(MINUTE FROM ", ") || 'M'"),
        (" || pg_catalog.trim_scale(EXTRACT(SECOND FROM ", ")) || 'S'"),
    ];
    let mut fragment = Fragment::new();
    for (before, after) in FIELDS {
        fragment.sql(before).push(value.clone()).sql(after);
    }
    fragment
}

/// What is done to a value before rows are grouped or compared by it. Every result is a text.
pub(crate) fn reduced(value: &Fragment, by: Preproc) -> Fragment {
    let (before, after) = match by {
        Preproc::TruncateToYear => ("pg_catalog.to_char((", ")::pg_catalog.date, 'YYYY AD')"),
        Preproc::TruncateToMonth => ("pg_catalog.to_char((", ")::pg_catalog.date, 'YYYY-MM AD')"),
        Preproc::TruncateToDay => ("pg_catalog.to_char((", ")::pg_catalog.date, 'YYYY-MM-DD AD')"),
        // The parts of a URI as RFC 3986, appendix B, cuts them.
        Preproc::UriScheme => ("pg_catalog.substring((", ")::text, '^([^:/?#]+):')"),
        Preproc::UriAuthority => ("pg_catalog.substring((", ")::text, '^(?:[^:/?#]+:)?//([^/?#]*)')"),
        Preproc::EmailDomain => ("pg_catalog.substring((", ")::text, '@([^@]*)$')"),
    };
    let mut fragment = Fragment::of(before);
    fragment.push(value.clone()).sql(after);
    fragment
}

/// `value` as the text that our form writes, whatever its type.
pub(crate) fn iso_text(value: &Fragment, ty: &PgType) -> Fragment {
    match wire_of(ty, Form::Iso) {
        WireExpr::Native(_) => wire(value, WireExpr::Text, ty),
        expr => wire(value, expr, ty),
    }
}

/// Something that a column can be ordered and compared by: itself, or its text for types without an order of their own.
pub(crate) fn sortable(column: &Column) -> Fragment {
    sortable_value(self::column(&column.name), &column.ty.pg)
}

/// The same for a value of type `ty`.
pub(crate) fn sortable_value(mut value: Fragment, ty: &PgType) -> Fragment {
    if !has_order(ty) {
        value.sql("::text");
    }
    value
}

/// Whether PostgreSQL can compare values of the type.
pub(crate) fn has_order(ty: &PgType) -> bool {
    family_of(ty).sort == Sort::Natural
}

/// Whether a type holds texts, as far as a person can tell.
pub(crate) fn is_text(ty: &PgType) -> bool {
    matches!(family_of(ty).id, FamilyId::Text | FamilyId::Email | FamilyId::Uri)
}

/// True where a column still holds what a client last read in our form: `expected`, a text.
///
/// Compares the text that the client saw, so that `1.0` changed to `1.00`, or a change of case in a `citext`, is noticed;
/// numbers and booleans that leave natively are compared as such, since their text was written on our side.
pub(crate) fn unchanged(column: &Column, expected: Fragment) -> Fragment {
    let value = self::column(&column.name);
    let native = matches!(wire_of(&column.ty.pg, Form::Iso), WireExpr::Native(wire) if wire != Wire::Text);
    let mut fragment = if native { value } else { iso_text(&value, &column.ty.pg) };
    fragment.sql(" IS NOT DISTINCT FROM ").push(expected);
    if native {
        fragment.sql("::").ty(&TypeRef::of(column.ty.pg.storage()));
    }
    fragment
}

/// A digest of what the current role can read of a row: the part of a row version that tells whether the row has changed.
///
/// The text of a row of texts is unambiguous: its values are quoted, and NULL differs from the empty text.
pub(crate) fn digest(table: &Table) -> Fragment {
    let mut fragment = Fragment::of("pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(ROW(");
    let texts = table.readable().map(|column| {
        let mut one = self::column(&column.name);
        one.sql("::text");
        one
    });
    fragment.join(", ", texts).sql(")::text, 'UTF8')), 'hex')");
    fragment
}
