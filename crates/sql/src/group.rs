//! Groups of rows: which group each row of a page belongs to, and how large the groups are in the whole table.

use mathesar_types::family::Preproc;
use mathesar_types::wire::{Form, Wire, WireExpr, wire};
use thiserror::Error;

use crate::expr;
use crate::filter::Filter;
use crate::frag::Fragment;
use crate::ident::Ident;
use crate::model::{Attnum, Column, Table};
use crate::order::{Order, What};
use crate::page::Page;
use crate::select::{OutputColumn, RowQuery, RowShape, filtered, from, only};

/// The most columns that rows can be grouped by.
pub const MAX_COLUMNS: usize = 8;

/// Why rows cannot be grouped as asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GroupError {
    /// The table has no such column, or the role may not read it.
    #[error("grouping.columns[{index}]: the table has no column {attnum} that you may read")]
    UnknownColumn {
        /// Position in the grouping, from 0.
        index: usize,
        /// The number given.
        attnum: Attnum,
    },
    /// There is no such reduction.
    #[error(
        "grouping.preproc[{index}]: \"{name}\" is unknown; known are truncate_to_year, truncate_to_month, \
             truncate_to_day, uri_scheme, uri_authority and email_domain"
    )]
    UnknownPreproc {
        /// Position in the grouping, from 0.
        index: usize,
        /// As given.
        name: String,
    },
    /// No column, or too many, or another number of reductions than of columns.
    #[error("grouping: give 1 to {MAX_COLUMNS} columns, and as many reductions or none")]
    Shape,
}

/// What rows are grouped by.
#[derive(Clone, Debug)]
pub struct Grouping<'t> {
    by: Vec<(&'t Column, Option<Preproc>)>,
}

impl<'t> Grouping<'t> {
    /// Checks a grouping against a table. `preproc` has a name or `None` for each column, or is empty.
    ///
    /// # Errors
    /// [`GroupError`] when a column or a reduction is unknown, or their numbers do not fit.
    pub fn new(table: &'t Table, columns: &[Attnum], preproc: &[Option<String>]) -> Result<Self, GroupError> {
        if columns.is_empty() || columns.len() > MAX_COLUMNS || !(preproc.is_empty() || preproc.len() == columns.len())
        {
            return Err(GroupError::Shape);
        }
        let by = columns.iter().enumerate().map(|(index, attnum)| {
            let unknown = GroupError::UnknownColumn { index, attnum: *attnum };
            let column = table.column(*attnum).filter(|column| column.privileges.select).ok_or(unknown)?;
            let preproc = preproc.get(index).and_then(Option::as_deref);
            let preproc = preproc.map(|name| {
                let name_shown = name.chars().take(40).collect();
                preproc_of(name).ok_or(GroupError::UnknownPreproc { index, name: name_shown })
            });
            Ok((column, preproc.transpose()?))
        });
        Ok(Self { by: by.collect::<Result<_, _>>()? })
    }

    /// What two rows of one group have in common.
    fn values(&self) -> impl Iterator<Item = Fragment> {
        self.by.iter().map(|(column, preproc)| match preproc {
            Some(preproc) => expr::reduced(&expr::column(&column.name), *preproc),
            None => expr::sortable(column),
        })
    }
}

/// The reduction of this name.
pub(crate) fn preproc_of(name: &str) -> Option<Preproc> {
    Some(match name {
        "truncate_to_year" => Preproc::TruncateToYear,
        "truncate_to_month" => Preproc::TruncateToMonth,
        "truncate_to_day" => Preproc::TruncateToDay,
        "uri_scheme" => Preproc::UriScheme,
        "uri_authority" => Preproc::UriAuthority,
        "email_domain" => Preproc::EmailDomain,
        _ => return None,
    })
}

/// The groups of a page's rows, row by row in the page's order: first the columns of the grouping (reduced where asked), then
/// as two further text fields the group's number in the whole table, from 1, and how many rows it has there.
///
/// Reads all rows that the filter leaves, as any exact answer about whole groups must.
pub fn of_page(
    table: &Table,
    grouping: &Grouping<'_>,
    form: Form,
    filter: Option<&Filter>,
    order: &Order<'_>,
    page: &Page,
) -> RowQuery {
    let (number, size) = (Ident::fixed("mathesar group number"), Ident::fixed("mathesar group size"));
    let list = || {
        let mut fragment = Fragment::new();
        fragment.join(", ", grouping.values());
        fragment
    };
    let mut inner = Fragment::of("SELECT ");
    inner.join(", ", inner_columns(grouping, order));
    inner.sql(", pg_catalog.dense_rank() OVER (ORDER BY ").push(list()).sql(") AS ").ident(&number);
    inner.sql(", pg_catalog.count(*) OVER (PARTITION BY ").push(list()).sql(") AS ").ident(&size);
    inner.push(from(table)).push(only(filtered(filter)));

    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (column, preproc) in &grouping.by {
        let value = expr::column(&column.name);
        let (field, wire) = match preproc {
            Some(preproc) => (expr::reduced(&value, *preproc), WireExpr::Native(Wire::Text)),
            None => (expr::wire(&value, wire(&column.ty, form), &column.ty.pg), wire(&column.ty, form)),
        };
        fields.push(field);
        columns.push(OutputColumn { attnum: column.attnum, wire });
    }
    for name in [&number, &size] {
        let mut field = expr::column(name);
        field.sql("::text");
        fields.push(field);
    }
    let mut outer = Fragment::of("SELECT ");
    outer.join(", ", fields).sql("\n  FROM (").push(inner).sql(") AS t").push(only(page.condition(order)));
    outer.push(order.clause(false)).push(page.clause());
    RowQuery { statement: outer.finish(), shape: RowShape { columns, key_fields: 0 } }
}

fn inner_columns(grouping: &Grouping<'_>, order: &Order<'_>) -> Vec<Fragment> {
    let mut attnums = Vec::new();
    let mut fragments = Vec::new();
    let ordering = order.terms.iter().map(|term| term.what);
    for what in grouping.by.iter().map(|(column, _)| What::Column(column)).chain(ordering) {
        match what {
            What::Column(column) if attnums.contains(&column.attnum) => {}
            What::Column(column) => {
                attnums.push(column.attnum);
                fragments.push(expr::column(&column.name));
            }
            What::TableOid => fragments.push(Fragment::of("t.tableoid")),
            What::Ctid => fragments.push(Fragment::of("t.ctid")),
        }
    }
    fragments
}
