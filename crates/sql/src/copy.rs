//! Bulk data in and out by COPY.

use mathesar_types::pgtype::PgType;
use mathesar_types::wire::{Form, Wire, WireExpr, wire};

use crate::expr;
use crate::filter::Filter;
use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};
use crate::model::{Attnum, Column, Table};
use crate::order::Order;
use crate::select::{filtered, from, only};

/// The formats of COPY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated; NULL is an empty field, the empty text is `""`.
    Csv,
    /// PostgreSQL's text format; NULL is `\N`.
    Text,
    /// PostgreSQL's binary format; every field must be of exactly the column's type.
    Binary,
}

/// Takes rows for these columns of a table.
pub fn from_stdin(table: &QName, columns: &[Ident], format: Format) -> Statement {
    let mut fragment = Fragment::of("COPY ");
    let names = columns.iter().map(|name| {
        let mut one = Fragment::new();
        one.ident(name);
        one
    });
    fragment.qname(table).sql(" (").join(", ", names).sql(") FROM STDIN (FORMAT ");
    fragment.sql(match format {
        Format::Csv => "csv, ENCODING 'UTF8')",
        Format::Text => "text, ENCODING 'UTF8')",
        Format::Binary => "binary)",
    });
    fragment.finish()
}

/// Gives rows out in ISO forms: what is exported imports again to the same values. `only_columns` limits the columns and gives
/// their order. With a header the first line has the columns' names.
///
/// COPY takes no parameters, so the filter's values stand in the text as literals; the query itself is the same as a page's.
pub fn to_stdout(
    table: &Table,
    only_columns: Option<&[Attnum]>,
    filter: Option<&Filter>,
    order: &Order<'_>,
    format: Format,
    header: bool,
) -> Statement {
    let columns: Vec<&Column> = match only_columns {
        Some(attnums) => attnums
            .iter()
            .filter_map(|attnum| table.column(*attnum))
            .filter(|column| column.privileges.select)
            .collect(),
        None => table.readable().collect(),
    };
    let fields = columns.iter().map(|column| {
        let mut field = written(expr::column(&column.name), wire(&column.ty, Form::Iso), &column.ty.pg);
        field.sql(" AS ").ident(&column.name);
        field
    });
    let mut query = Fragment::of("SELECT ");
    query.join(", ", fields).push(from(table)).push(only(filtered(filter))).push(order.clause(false));
    query_to_stdout(query, format, header)
}

/// Gives the rows of a query out. With a header the first line has the names of its columns.
pub(crate) fn query_to_stdout(query: Fragment, format: Format, header: bool) -> Statement {
    let mut fragment = Fragment::of("COPY (");
    fragment.push(query.inlined()).sql(") TO STDOUT (FORMAT ");
    fragment.sql(match format {
        Format::Csv => "csv",
        Format::Text => "text",
        Format::Binary => "binary",
    });
    if header && format == Format::Csv {
        fragment.sql(", HEADER");
    }
    fragment.sql(if format == Format::Binary { ")" } else { ", ENCODING 'UTF8')" });
    fragment.finish()
}

/// How a value is written to a file. COPY writes each with the output function of its type, so that only the forms that are
/// others than its text cost an expression.
pub(crate) fn written(value: Fragment, expr: WireExpr, ty: &PgType) -> Fragment {
    match expr {
        // JSON's words for booleans, which PostgreSQL reads as well.
        WireExpr::Native(Wire::Bool) => expr::wire(&value, WireExpr::Text, ty),
        WireExpr::Native(_)
        | WireExpr::Numeric
        | WireExpr::BytesHex
        | WireExpr::IsoDate
        | WireExpr::IsoTime
        | WireExpr::IsoTimeTz
        | WireExpr::IsoInterval
        | WireExpr::JsonText => value,
        // A cast to text may write other than the output function: `inet` with its netmask, `char(n)` without its spaces.
        other => expr::wire(&value, other, ty),
    }
}
