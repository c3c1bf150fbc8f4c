//! Changes rows. Every statement names exactly the rows that it changes, by [`RowKey`], and gives them back, so that fewer rows
//! than named are noticed.

use thiserror::Error;

use crate::expr;
use crate::frag::{Fragment, Statement};
use crate::ident::Ident;
use crate::key::{self, KeyError, RowKey, numbered};
use crate::model::{Attnum, Column, Identity, Table};
use crate::select::{Output, RowQuery};

/// Values by column: text in our form, `None` for NULL.
pub type Values = Vec<(Attnum, Option<String>)>;

/// Why a change cannot be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ChangeError {
    /// The key does not fit the table.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The table has no such column.
    #[error("the table has no column {0}")]
    UnknownColumn(Attnum),
    /// What the client last read of a column that it cannot read.
    #[error("column {0} cannot be compared with what was read, since you may not read it")]
    Unreadable(Attnum),
    /// PostgreSQL computes the column.
    #[error("column \"{0}\" is computed by PostgreSQL and takes no value")]
    Computed(Ident),
    /// An update that sets nothing.
    #[error("there is nothing to change: no column is given a value")]
    NothingToSet,
    /// The columns of changes that are made together must be the same.
    #[error("changes made together must set the same columns")]
    Uneven,
}

/// One row's part of [`update_many`].
#[derive(Clone, Debug)]
pub struct RowUpdate<'a> {
    /// The row.
    pub key: &'a RowKey,
    /// New values: the same columns in the same order for every row.
    pub set: &'a Values,
    /// Values last read: the same columns in the same order for every row.
    pub expect: &'a Values,
}

fn column(table: &Table, attnum: Attnum) -> Result<&Column, ChangeError> {
    table.column(attnum).ok_or(ChangeError::UnknownColumn(attnum))
}

/// A column that an update can give a value to.
fn writable(table: &Table, attnum: Attnum) -> Result<&Column, ChangeError> {
    let column = column(table, attnum)?;
    if column.is_computed() { Err(ChangeError::Computed(column.name.clone())) } else { Ok(column) }
}

/// The columns that a new row gives values to, and the clause that lets it. A new row may bring the number of an identity
/// column that PostgreSQL else gives: a deleted row comes back under the key that others know it by.
fn insertable<'t>(table: &'t Table, values: &Values) -> Result<(Vec<&'t Column>, &'static str), ChangeError> {
    let mut columns = Vec::with_capacity(values.len());
    for (attnum, _) in values {
        let column = column(table, *attnum)?;
        if column.generated.is_some() {
            return Err(ChangeError::Computed(column.name.clone()));
        }
        columns.push(column);
    }
    let overriding = columns.iter().any(|column| column.identity == Some(Identity::Always));
    Ok((columns, if overriding { " OVERRIDING SYSTEM VALUE" } else { "" }))
}

fn names(columns: &[&Column]) -> Fragment {
    let mut fragment = Fragment::new();
    let names = columns.iter().map(|column| {
        let mut one = Fragment::new();
        one.ident(&column.name);
        one
    });
    fragment.join(", ", names);
    fragment
}

fn returning(mut fragment: Fragment, table: &Table, output: &Output<'_>) -> RowQuery {
    fragment.sql(" RETURNING ").push(output.fields(table));
    RowQuery { statement: fragment.finish(), shape: output.shape(table) }
}

/// Adds a row; a column that is left out gets its default.
///
/// # Errors
/// [`ChangeError`] when a column is unknown or computed.
pub fn insert(table: &Table, values: &Values, output: &Output<'_>) -> Result<RowQuery, ChangeError> {
    Ok(returning(new_row(table, values)?, table, output))
}

/// Adds a row of which only one value comes back, as text, or only that it was added. What is not read of it needs neither a privilege
/// nor a policy to read it.
///
/// # Errors
/// As [`insert`].
pub fn insert_unread(table: &Table, values: &Values, read: Option<&Column>) -> Result<Statement, ChangeError> {
    let mut fragment = new_row(table, values)?;
    fragment.sql(" RETURNING ");
    match read {
        Some(column) => fragment.push(expr::iso_text(&expr::column(&column.name), &column.ty.pg)),
        None => fragment.sql("'added'::text"),
    };
    Ok(fragment.finish())
}

fn new_row(table: &Table, values: &Values) -> Result<Fragment, ChangeError> {
    let (columns, overriding) = insertable(table, values)?;
    let mut fragment = Fragment::of("INSERT INTO ");
    fragment.qname(table.name()).sql(" AS t");
    if columns.is_empty() {
        fragment.sql(" DEFAULT VALUES");
        return Ok(fragment);
    }
    let binds = columns.iter().zip(values).map(|(column, (_, value))| {
        let mut one = Fragment::new();
        one.bind_as(value.as_deref(), &column.type_ref());
        one
    });
    fragment.sql(" (").push(names(&columns)).sql(")").sql(overriding).sql(" VALUES (").join(", ", binds).sql(")");
    Ok(fragment)
}

/// Adds many rows that give values to the same columns, in their order.
///
/// # Errors
/// [`ChangeError`] when a column is unknown or computed, or the rows give values to different columns or to none.
pub fn insert_many(table: &Table, rows: &[&Values], output: &Output<'_>) -> Result<RowQuery, ChangeError> {
    let first = *rows.first().ok_or(ChangeError::NothingToSet)?;
    if first.is_empty() {
        return Err(ChangeError::NothingToSet);
    }
    let (columns, overriding) = insertable(table, first)?;
    let (arrays, list) = value_lists("s", rows)?;
    let casts = columns.iter().zip(&list).map(|(column, name)| {
        let mut one = Fragment::of("v.");
        one.ident(name).sql("::").ty(&column.type_ref());
        one
    });
    let mut fragment = Fragment::of("INSERT INTO ");
    fragment
        .qname(table.name())
        .sql(" AS t (")
        .push(names(&columns))
        .sql(")")
        .sql(overriding)
        .sql(" SELECT ")
        .join(", ", casts);
    fragment.push(unnest(arrays, &list)).sql(" ORDER BY v.place");
    Ok(returning(fragment, table, output))
}

/// Changes a row, if it still holds what `expect` says: one row comes back, or none when it is gone, hidden or changed.
///
/// # Errors
/// [`ChangeError`] when the key does not fit, a column is unknown or computed, or nothing is set.
pub fn update(
    table: &Table,
    key: &RowKey,
    set: &Values,
    expect: &Values,
    output: &Output<'_>,
) -> Result<RowQuery, ChangeError> {
    if set.is_empty() {
        return Err(ChangeError::NothingToSet);
    }
    let mut assignments = Vec::with_capacity(set.len());
    for (attnum, value) in set {
        let column = writable(table, *attnum)?;
        let mut one = Fragment::new();
        one.ident(&column.name).sql(" = ").bind_as(value.as_deref(), &column.type_ref());
        assignments.push(one);
    }
    let mut fragment = Fragment::of("UPDATE ");
    fragment.qname(table.name()).sql(" AS t SET ").join(", ", assignments).sql(" WHERE ");
    fragment.push(key::matches(table, key)?).push(expected(table, expect)?);
    Ok(returning(fragment, table, output))
}

/// Changes many rows in the same columns by one statement. Each row comes back with its position in `rows`, as text, in an
/// additional first field. No row may be named twice.
///
/// # Errors
/// [`ChangeError`] when a key does not fit, a column is unknown or computed, the rows differ in their columns, or nothing is set.
pub fn update_many(table: &Table, rows: &[RowUpdate<'_>], output: &Output<'_>) -> Result<RowQuery, ChangeError> {
    let first = rows.first().filter(|row| !row.set.is_empty()).ok_or(ChangeError::NothingToSet)?;
    let keys: Vec<&RowKey> = rows.iter().map(|row| row.key).collect();
    let keys = key::list(table, &keys)?;
    let (set_arrays, set_names) = value_lists("s", &rows.iter().map(|row| row.set).collect::<Vec<_>>())?;
    let (expect_arrays, expect_names) = value_lists("e", &rows.iter().map(|row| row.expect).collect::<Vec<_>>())?;

    let mut assignments = Vec::with_capacity(first.set.len());
    for ((attnum, _), name) in first.set.iter().zip(&set_names) {
        let column = writable(table, *attnum)?;
        let mut one = Fragment::new();
        one.ident(&column.name).sql(" = v.").ident(name).sql("::").ty(&column.type_ref());
        assignments.push(one);
    }
    let mut condition = keys.condition;
    condition.push(expected_in_list(table, Some(first.expect), &expect_names)?);
    let arrays = keys.arrays.into_iter().chain(set_arrays).chain(expect_arrays).collect();
    let all: Vec<Ident> = keys.names.into_iter().chain(set_names).chain(expect_names).collect();

    let mut fragment = Fragment::of("UPDATE ");
    fragment.qname(table.name()).sql(" AS t SET ").join(", ", assignments);
    fragment.push(unnest(arrays, &all)).sql(" WHERE ").push(condition);
    fragment.sql(" RETURNING (v.place - 1)::text, ").push(output.fields(table));
    Ok(RowQuery { statement: fragment.finish(), shape: output.shape(table) })
}

/// Deletes a row, if it still holds what `expect` says. The row as it was comes back, or none.
///
/// # Errors
/// [`ChangeError`] when the key does not fit or a column is unknown.
pub fn delete(table: &Table, key: &RowKey, expect: &Values, output: &Output<'_>) -> Result<RowQuery, ChangeError> {
    let mut fragment = Fragment::of("DELETE FROM ");
    fragment.qname(table.name()).sql(" AS t WHERE ").push(key::matches(table, key)?).push(expected(table, expect)?);
    Ok(returning(fragment, table, output))
}

/// Deletes many rows by one statement, those that still hold what is expected of them. Each row as it was comes back with its
/// position in `rows`, as text, in an additional first field. No row may be named twice.
///
/// # Errors
/// [`ChangeError`] when a key does not fit, a column is unknown, or the rows expect values of different columns.
pub fn delete_many(table: &Table, rows: &[(&RowKey, &Values)], output: &Output<'_>) -> Result<RowQuery, ChangeError> {
    let keys = key::list(table, &rows.iter().map(|(key, _)| *key).collect::<Vec<_>>())?;
    let expect: Vec<&Values> = rows.iter().map(|(_, expect)| *expect).collect();
    let (expect_arrays, expect_names) = value_lists("e", &expect)?;
    let mut condition = keys.condition;
    condition.push(expected_in_list(table, expect.first().copied(), &expect_names)?);
    let arrays = keys.arrays.into_iter().chain(expect_arrays).collect();
    let names: Vec<Ident> = keys.names.into_iter().chain(expect_names).collect();

    let mut fragment = Fragment::of("DELETE FROM ");
    fragment.qname(table.name()).sql(" AS t USING ").push(list(arrays, &names)).sql(" WHERE ").push(condition);
    fragment.sql(" RETURNING (v.place - 1)::text, ").push(output.fields(table));
    Ok(RowQuery { statement: fragment.finish(), shape: output.shape(table) })
}

/// Has PostgreSQL read a value as a column's type would; it refuses what the column would refuse, but for its length.
pub fn read_value(column: &Column, value: &str) -> Statement {
    let mut fragment = Fragment::of("SELECT (");
    fragment.bind_as(value, &column.type_ref()).sql(") IS NULL");
    fragment.finish()
}

/// Whether a row that can be seen still holds what `expect` says: one text field, `true` or `false`; no row when it is gone or
/// hidden. Tells a conflict from a policy that only hides the row from changes.
///
/// # Errors
/// [`ChangeError`] when the key does not fit or a column is unknown.
pub fn holds(table: &Table, key: &RowKey, expect: &Values) -> Result<Statement, ChangeError> {
    let mut fragment = Fragment::of("SELECT (true");
    fragment.push(expected(table, expect)?).sql(")::text FROM ").qname(table.name()).sql(" AS t WHERE ");
    fragment.push(key::matches(table, key)?);
    Ok(fragment.finish())
}

fn readable(table: &Table, attnum: Attnum) -> Result<&Column, ChangeError> {
    let column = column(table, attnum)?;
    if column.privileges.select { Ok(column) } else { Err(ChangeError::Unreadable(attnum)) }
}

/// ` AND …` for every value that must not have changed.
fn expected(table: &Table, expect: &Values) -> Result<Fragment, ChangeError> {
    let mut fragment = Fragment::new();
    for (attnum, value) in expect {
        let mut bind = Fragment::new();
        bind.bind(value.as_deref());
        fragment.sql(" AND ").push(expr::unchanged(readable(table, *attnum)?, bind));
    }
    Ok(fragment)
}

/// [`expected`] for a list `v` of rows, whose columns `names` hold the values.
fn expected_in_list(table: &Table, expect: Option<&Values>, names: &[Ident]) -> Result<Fragment, ChangeError> {
    let mut fragment = Fragment::new();
    for ((attnum, _), name) in expect.into_iter().flatten().zip(names) {
        let mut value = Fragment::of("v.");
        value.ident(name);
        fragment.sql(" AND ").push(expr::unchanged(readable(table, *attnum)?, value));
    }
    Ok(fragment)
}

/// The values of many rows, each column as one parameter of type `text[]`.
fn value_lists(letter: &str, rows: &[&Values]) -> Result<(Vec<Fragment>, Vec<Ident>), ChangeError> {
    let Some(first) = rows.first() else { return Ok((Vec::new(), Vec::new())) };
    let even = rows.iter().all(|row| row.len() == first.len() && row.iter().zip(*first).all(|(a, b)| a.0 == b.0));
    if !even {
        return Err(ChangeError::Uneven);
    }
    let arrays = (0..first.len()).map(|at| {
        let mut array = Fragment::new();
        array.bind_list(rows.iter().map(|row| row[at].1.as_deref()));
        array
    });
    Ok((arrays.collect(), (0..first.len()).map(|at| numbered(letter, at)).collect()))
}

/// ` FROM` a [`list`].
pub(crate) fn unnest(arrays: Vec<Fragment>, names: &[Ident]) -> Fragment {
    let mut fragment = Fragment::of(" FROM ");
    fragment.push(list(arrays, names));
    fragment
}

/// `unnest(…) WITH ORDINALITY AS v (…, place)`, places from 1. Without its schema, since `unnest` of several arrays is a syntax
/// of `FROM` and no function.
fn list(arrays: Vec<Fragment>, names: &[Ident]) -> Fragment {
    let mut fragment = Fragment::of("unnest(");
    fragment.join(", ", arrays).sql(") WITH ORDINALITY AS v (");
    for name in names {
        fragment.ident(name).sql(", ");
    }
    fragment.sql("place)");
    fragment
}
