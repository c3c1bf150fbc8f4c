//! Reads rows.

use mathesar_types::wire::{Form, WireExpr, wire};

use crate::dml;
use crate::expr;
use crate::filter::Filter;
use crate::frag::{Fragment, Statement};
use crate::key::{self, KeyError, RowKey};
use crate::model::{Attnum, Column, RowIdentity, Table};
use crate::order::{Order, What};
use crate::page::{Page, Place};

/// A statement that gives rows, and what its fields are.
#[derive(Clone, Debug)]
pub struct RowQuery {
    /// What to run.
    pub statement: Statement,
    /// What comes back.
    pub shape: RowShape,
}

/// The fields of a result: first the columns, then the row's key as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowShape {
    /// The columns, in the order of the fields.
    pub columns: Vec<OutputColumn>,
    /// How many fields after the columns are the row's key; see [`key::read`].
    pub key_fields: usize,
}

/// One column of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputColumn {
    /// Which column of the table.
    pub attnum: Attnum,
    /// How its values leave PostgreSQL.
    pub wire: WireExpr,
}

/// What of a row to read.
#[derive(Clone, Debug)]
pub struct Output<'t> {
    columns: Vec<(&'t Column, WireExpr)>,
    key: bool,
}

impl<'t> Output<'t> {
    /// The readable columns among `only`, or all readable ones, in `form`; with the row's key when `key`.
    pub fn new(table: &'t Table, only: Option<&[Attnum]>, form: Form, key: bool) -> Self {
        let columns = table
            .readable()
            .filter(|column| only.is_none_or(|only| only.contains(&column.attnum)))
            .map(|column| (column, wire(&column.ty, form)))
            .collect();
        Self { columns, key }
    }

    /// What a statement with this output gives.
    pub fn shape(&self, table: &Table) -> RowShape {
        RowShape {
            columns: self
                .columns
                .iter()
                .map(|(column, wire)| OutputColumn { attnum: column.attnum, wire: *wire })
                .collect(),
            key_fields: if self.key { key::width(&table.key) } else { 0 },
        }
    }

    /// The fields over a row `t`, with at least one, so that rows without any readable column can be counted.
    pub(crate) fn fields(&self, table: &Table) -> Fragment {
        let mut fields: Vec<Fragment> = self
            .columns
            .iter()
            .map(|(column, wire)| expr::wire(&expr::column(&column.name), *wire, &column.ty.pg))
            .collect();
        if self.key {
            fields.extend(key::fields(table));
        }
        if fields.is_empty() {
            fields.push(Fragment::of("NULL::text"));
        }
        let mut fragment = Fragment::new();
        fragment.join(", ", fields);
        fragment
    }
}

/// ` FROM "schema"."table" AS t`.
pub(crate) fn from(table: &Table) -> Fragment {
    let mut fragment = Fragment::of(" FROM ");
    fragment.qname(table.name()).sql(" AS t");
    fragment
}

/// ` WHERE a AND b`, or nothing.
pub(crate) fn only(conditions: impl IntoIterator<Item = Fragment>) -> Fragment {
    let mut conditions = conditions.into_iter().peekable();
    let mut fragment = Fragment::new();
    if conditions.peek().is_none() {
        return fragment;
    }
    fragment.sql(" WHERE ").join(" AND ", conditions);
    fragment
}

/// A filter's condition, in parentheses.
pub(crate) fn filtered(filter: Option<&Filter>) -> Option<Fragment> {
    filter.map(|filter| {
        let mut fragment = Fragment::of("(");
        fragment.push(filter.condition()).sql(")");
        fragment
    })
}

/// Rows to pass over from which on it pays to pass over keys only and fetch the page's rows by them: where an index serves
/// the order, the table itself is then read for the page alone.
const FAR: u64 = 1_000;

/// A page of rows.
///
/// The rows are chosen in an inner query and written in an outer one: the forms of values would otherwise be computed for
/// every row that an offset passes over.
pub fn page(table: &Table, output: &Output<'_>, filter: Option<&Filter>, order: &Order<'_>, page: &Page) -> RowQuery {
    let far = page.skip >= FAR && !table.key.columns().is_empty();
    let chosen = |columns: Vec<Fragment>| {
        let mut inner = Fragment::of("SELECT ");
        inner.join(", ", columns).push(from(table));
        inner.push(only(filtered(filter).into_iter().chain(page.condition(order))));
        inner.push(order.clause(page.is_reversed())).push(page.clause());
        inner
    };
    let mut outer = Fragment::of("SELECT ");
    outer.push(output.fields(table)).sql("\n  FROM (");
    if far {
        let keys = || key::columns(table).map(|column| expr::column(&column.name));
        let mut ours = Fragment::of("(");
        ours.join(", ", keys()).sql(") = (");
        let theirs = key::columns(table).map(|column| {
            let mut one = Fragment::of("v.");
            one.ident(&column.name);
            one
        });
        ours.join(", ", theirs).sql(")");
        outer.push(chosen(keys().collect())).sql(") AS v\n  JOIN ").qname(table.name()).sql(" AS t ON ").push(ours);
    } else {
        outer.push(chosen(inner_columns(table, output, order))).sql(") AS t");
    }
    outer.push(order.clause(false));
    RowQuery { statement: outer.finish(), shape: output.shape(table) }
}

/// The bare columns that fields, key and order are made of.
fn inner_columns(table: &Table, output: &Output<'_>, order: &Order<'_>) -> Vec<Fragment> {
    let versions = table.key == RowIdentity::RowVersion;
    // The digest of a row version is taken over everything that can be read.
    let all = output.key && versions;
    let needed = |column: &&Column| {
        all || output.columns.iter().any(|(shown, _)| shown.attnum == column.attnum)
            || (output.key && table.key.columns().contains(&column.attnum))
            || order.terms.iter().any(|term| matches!(term.what, What::Column(by) if by.attnum == column.attnum))
    };
    let mut columns: Vec<Fragment> = table.readable().filter(needed).map(|column| expr::column(&column.name)).collect();
    if versions {
        columns.extend([Fragment::of("t.tableoid"), Fragment::of("t.ctid")]);
    }
    if columns.is_empty() {
        columns.push(Fragment::of("NULL"));
    }
    columns
}

/// The row that a key names: one row or none.
///
/// # Errors
/// [`KeyError`] when the key is not of the table's kind.
pub fn one(table: &Table, output: &Output<'_>, key: &RowKey) -> Result<RowQuery, KeyError> {
    let mut fragment = Fragment::of("SELECT ");
    fragment.push(output.fields(table)).push(from(table)).push(only([key::matches(table, key)?]));
    Ok(RowQuery { statement: fragment.finish(), shape: output.shape(table) })
}

/// Which of many rows to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The first ones.
    First,
    /// The last ones.
    Last,
}

/// The rows that these keys name, in the order of the keys, as far as they are there and pass the filter: at most `limit` of
/// them, from one end.
///
/// # Errors
/// [`KeyError`] when a key is not of the table's kind.
pub fn listed(
    table: &Table,
    output: &Output<'_>,
    filter: Option<&Filter>,
    keys: &[&RowKey],
    end: End,
    limit: u32,
) -> Result<RowQuery, KeyError> {
    let list = key::list(table, keys)?;
    let rows = |fields: Fragment, order: &'static str| {
        let mut fragment = Fragment::of("SELECT ");
        fragment.push(fields).push(dml::unnest(list.arrays.clone(), &list.names));
        fragment.sql("\n  JOIN ").qname(table.name()).sql(" AS t ON ").push(list.condition.clone());
        fragment.push(only(filtered(filter))).sql(order).int(limit);
        fragment
    };
    let fragment = match end {
        End::First => rows(output.fields(table), " ORDER BY v.place LIMIT "),
        End::Last => {
            let mut fields = output.fields(table);
            fields.sql(", v.place AS \"mathesar place\"");
            let mut fragment = Fragment::of("SELECT * FROM (");
            fragment.push(rows(fields, " ORDER BY v.place DESC LIMIT ")).sql(") AS v ORDER BY \"mathesar place\"");
            fragment
        }
    };
    Ok(RowQuery { statement: fragment.finish(), shape: output.shape(table) })
}

/// The row at a place of a table without regard to its version: the present row after a conflict about a row version.
///
/// # Errors
/// [`KeyError`] when the key is not of the table's kind.
pub fn present(table: &Table, output: &Output<'_>, key: &RowKey) -> Result<RowQuery, KeyError> {
    let RowKey::Version { tableoid, ctid, .. } = key else { return one(table, output, key) };
    let mut fragment = Fragment::of("SELECT ");
    fragment.push(output.fields(table)).push(from(table)).sql(" WHERE t.tableoid = ").int(*tableoid);
    fragment.sql(" AND t.ctid = ").bind_as(ctid.as_str(), &crate::TypeRef::built_in("tid"));
    Ok(RowQuery { statement: fragment.finish(), shape: output.shape(table) })
}

/// The place of a row in an order: one row of text fields, see [`read_place`]. `None` where nothing orders the rows.
///
/// # Errors
/// [`KeyError`] when the key is not of the table's kind.
pub fn place(table: &Table, order: &Order<'_>, key: &RowKey) -> Result<Option<Statement>, KeyError> {
    if order.terms.is_empty() {
        return Ok(None);
    }
    let texts = order.terms.iter().map(|term| {
        let mut one = term.column();
        one.sql("::text");
        one
    });
    let mut fragment = Fragment::of("SELECT ");
    fragment.join(", ", texts).push(from(table)).push(only([key::matches(table, key)?]));
    Ok(Some(fragment.finish()))
}

/// Reads the row of [`place`].
pub fn read_place(fields: &[Option<&str>]) -> Place {
    Place(fields.iter().map(|field| field.map(str::to_owned)).collect())
}

/// The place of a key in the order of the key alone, which needs no query; `None` for other orders and keys.
pub fn place_of_key(order: &Order<'_>, key: &RowKey) -> Option<Place> {
    if !order.is_by_key_only() {
        return None;
    }
    let values = match key {
        RowKey::Columns(values) => values.clone(),
        // The row itself may have moved since; its old place still stands between those that did not.
        RowKey::Version { tableoid, ctid, .. } => vec![tableoid.to_string(), ctid.clone()],
    };
    (values.len() == order.width()).then(|| Place(values.into_iter().map(Some).collect()))
}
