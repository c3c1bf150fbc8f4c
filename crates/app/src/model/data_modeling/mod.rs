//! `data_modeling.*`: changes that touch several tables at once.

mod keys;
mod links;
mod move_columns;
mod split;

use mathesar_pg::Transaction;
use mathesar_sql::Ident;
use mathesar_sql::ddl::constraint::{NewConstraint, Rule};
use mathesar_sql::model::{Attnum, Column, Constraint, ConstraintKind, ForeignKey, Table, TableKind};

use super::columns::column;
use super::{ident, table};
use crate::{Error, Result};

pub use keys::{add_primary_key_column, change_primary_key_column};
pub use links::{add_foreign_key_column, add_mapping_table};
pub use move_columns::move_columns;
pub use split::split_table;

pub(super) use keys::{AddKey, ChangeKey};
pub(super) use links::{AddColumn, AddMapping};
pub(super) use move_columns::MoveColumns;
pub(super) use split::Split;

/// The columns that leave a table, when they can.
fn leaving<'t>(table: &'t Table, attnums: &[Attnum]) -> Result<Vec<&'t Column>> {
    if !matches!(table.summary.kind, TableKind::Table | TableKind::Partitioned) {
        return Err(Error::value(format!("{} is no table of its own: its columns cannot be moved.", table.name())));
    }
    if attnums.is_empty() {
        return Err(Error::value("Name the columns to move: there is none."));
    }
    let mut columns: Vec<&Column> = Vec::with_capacity(attnums.len());
    for attnum in attnums {
        let column = column(table, *attnum)?;
        if columns.iter().any(|known| known.attnum == column.attnum) {
            return Err(Error::value(format!("The column \"{}\" is named twice.", column.name)));
        }
        if table.primary_key().contains(attnum) {
            return Err(stays(column, "it belongs to the primary key"));
        }
        if column.generated.is_some() {
            return Err(stays(column, "PostgreSQL computes it from others"));
        }
        columns.push(column);
    }
    Ok(columns)
}

fn stays(column: &Column, reason: &str) -> Error {
    Error::value(format!("The column \"{}\" cannot be moved: {reason}.", column.name))
}

/// The unique keys and foreign keys that leave with their columns, as rules of the table that gets them. Checks are not among them.
///
/// # Errors
/// `ValueError` for a constraint that would be lost: it is about columns that go and columns that stay, or excludes values.
async fn rules_that_leave(tx: &Transaction<'_>, table: &Table, columns: &[&Column]) -> Result<Vec<NewConstraint>> {
    let goes = |attnum: &Attnum| columns.iter().any(|column| column.attnum == *attnum);
    let mut rules = Vec::new();
    for constraint in table.constraints.iter().filter(|constraint| constraint.columns.iter().any(goes)) {
        if constraint.kind == ConstraintKind::Exclude || !constraint.columns.iter().all(goes) {
            return Err(would_be_lost(constraint));
        }
        let columns = names_at(table, &constraint.columns);
        let rule = match (constraint.kind, &constraint.foreign_key) {
            (ConstraintKind::Unique, _) => Rule::Unique(columns),
            (ConstraintKind::Foreign, Some(key)) => foreign_key(tx, columns, key).await?,
            _ => continue,
        };
        rules.push(NewConstraint { name: None, rule, deferrable: constraint.deferrable });
    }
    Ok(rules)
}

async fn foreign_key(tx: &Transaction<'_>, columns: Vec<Ident>, key: &ForeignKey) -> Result<Rule> {
    let target = table(tx, key.target).await?;
    Ok(Rule::ForeignKey {
        columns,
        target_columns: names_at(&target, &key.target_columns),
        target: key.target_name.clone(),
        match_full: key.match_full,
        on_update: key.on_update,
        on_delete: key.on_delete,
    })
}

fn would_be_lost(constraint: &Constraint) -> Error {
    let message = format!(
        "The constraint \"{}\" cannot go with the columns and would be lost: {}. Name all of its columns, or drop it first.",
        constraint.name, constraint.definition
    );
    Error::value(message)
}

fn names_at(table: &Table, attnums: &[Attnum]) -> Vec<Ident> {
    attnums.iter().filter_map(|attnum| table.column(*attnum)).map(|column| column.name.clone()).collect()
}

fn names(columns: &[&Column]) -> Vec<Ident> {
    columns.iter().map(|column| column.name.clone()).collect()
}

/// `wanted`, with a number behind it where a column of one of the tables is called so.
fn free_name(wanted: &str, tables: &[&Table]) -> Result<Ident> {
    let taken = |name: &str| tables.iter().any(|table| table.columns.iter().any(|c| c.name.as_str() == name));
    if !taken(wanted) {
        return ident(wanted);
    }
    let free = (1..).map(|number| format!("{wanted}_{number}")).find(|name| !taken(name));
    ident(&free.unwrap_or_default())
}
