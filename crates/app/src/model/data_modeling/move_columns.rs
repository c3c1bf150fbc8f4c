//! Columns that go to a table that is there.

use mathesar_api::methods::data_modeling::MoveColumnsParams;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::column::NewColumn;
use mathesar_sql::ddl::new_type;
use mathesar_sql::ddl::relocate::{self, Move};
use mathesar_sql::model::{Column, ConstraintKind, ForeignKey, Table};
use mathesar_sql::{Ident, Statement, TypeRef, ddl};

use super::{free_name, leaving, names, names_at, rules_that_leave, stays, would_be_lost};
use crate::model::{metadata, run, table};
use crate::{Ctx, Error, Result};

/// `data_modeling.move_columns`. How the columns are shown goes with them.
///
/// # Errors
/// `UndefinedTable`, `UndefinedColumn`; `ValueError` for columns that cannot go, and when the tables are not linked by exactly one
/// foreign key; PostgreSQL's, such as `DuplicateColumn`, and `UniqueViolation` when a record would have to be copied that cannot be.
pub async fn move_columns(ctx: &Ctx, params: MoveColumnsParams) -> Result<()> {
    let (database_id, source, target) = (params.database_id, params.source_table_oid, params.target_table_oid);
    let shown = metadata::take(ctx, database_id, source, &params.move_column_attnums).await?;
    run(ctx, database_id, &MoveColumns(params)).await?;
    metadata::give(ctx, database_id, target, shown).await?;
    metadata::follow(ctx, database_id, &[source]).await
}

pub struct MoveColumns(pub MoveColumnsParams);

impl Change for MoveColumns {
    type Made = ();
    type Output = ();
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let source = table(tx, self.0.source_table_oid).await?;
        let target = table(tx, self.0.target_table_oid).await?;
        let columns = leaving(&source, &self.0.move_column_attnums)?;
        if let Some(column) = columns.iter().find(|column| fills_itself(column)) {
            return Err(stays(column, "PostgreSQL computes its value for new records. Remove its default first"));
        }
        let key = link(&source, &target, &columns)?;
        let rules = rules_that_leave(tx, &source, &columns).await?;
        let goes = names(&columns);
        let reference = names_at(&source, &key.0);
        let referent = names_at(&target, &key.1.target_columns);
        let number = free_name("record number", &[&source, &target])?;
        let kept = copied(&target);
        let moving = Move {
            source: source.name(),
            target: target.name(),
            reference: &reference,
            referent: &referent,
            columns: &goes,
            kept: &kept,
            number: &number,
        };
        let mut statements = vec![relocate::see_every_row()];
        statements.extend(prepare(&source, &target, &columns, &number)?);
        statements.push(relocate::number_records(source.name(), &[reference.clone(), goes.clone()].concat(), &number));
        statements.extend([moving.fill(), moving.add(), moving.relink()]);
        statements.push(relocate::verify(source.name(), &goes, target.name(), &reference, &referent));
        statements.push(ddl::column::drop(source.name(), &[goes.as_slice(), std::slice::from_ref(&number)].concat()));
        statements.push(ddl::column::drop(target.name(), &[number]));
        for column in columns {
            let default = column.default.as_ref().and_then(|default| default.literal.as_deref());
            if default.is_some() {
                statements.push(ddl::column::set_default(target.name(), column, default));
            }
        }
        statements.extend(rules.iter().map(|rule| ddl::constraint::add(target.name(), rule)));
        Ok(statements.into())
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<()> {
        Ok(())
    }
}

/// The one foreign key from the source to the target that no moved column is part of.
fn link<'t>(source: &'t Table, target: &Table, columns: &[&Column]) -> Result<(Vec<i16>, &'t ForeignKey)> {
    let mut links = source.foreign_keys().filter(|(constraint, key)| {
        key.target == target.oid() && !constraint.columns.iter().any(|at| columns.iter().any(|c| c.attnum == *at))
    });
    let names = || format!("{} to {}", source.name(), target.name());
    let Some((constraint, key)) = links.next() else {
        let message =
            format!("There is no foreign key from {}: columns move to a table that theirs refers to.", names());
        return Err(Error::value(message));
    };
    if links.next().is_some() {
        let message = format!("There are several foreign keys from {}: it is not clear which to follow.", names());
        return Err(Error::value(message));
    }
    if source.oid() == target.oid() {
        return Err(Error::value("The columns are in that table already."));
    }
    let check = source.constraints.iter().find(|constraint| {
        constraint.kind == ConstraintKind::Check
            && constraint.columns.iter().any(|at| columns.iter().any(|column| column.attnum == *at))
    });
    check.map_or_else(|| Ok((constraint.columns.clone(), key)), |check| Err(would_be_lost(check)))
}

/// What a copy of a record takes over: all but what PostgreSQL gives it and what would make it the same record.
fn copied(target: &Table) -> Vec<Ident> {
    let copied = |column: &&Column| !column.is_computed() && !target.primary_key().contains(&column.attnum);
    target.columns.iter().filter(copied).map(|column| column.name.clone()).collect()
}

/// Adds the columns to the target, and to both tables the one that the move counts in.
fn prepare(source: &Table, target: &Table, columns: &[&Column], number: &Ident) -> Result<Vec<Statement>> {
    let counter = new_type::parse("bigint", &new_type::Options::default()).map_err(Error::internal)?;
    let counter = NewColumn::new(number.clone(), counter);
    let mut added: Vec<NewColumn> = columns.iter().map(|column| empty_copy(column)).collect();
    added.push(counter.clone());
    let mut statements = vec![ddl::column::add(target.name(), &added), ddl::column::add(source.name(), &[counter])];
    for column in columns {
        if let Some(comment) = column.comment.as_deref() {
            statements.push(ddl::column::comment(target.name(), &column.name, Some(comment)));
        }
    }
    Ok(statements)
}

fn fills_itself(column: &Column) -> bool {
    column.identity.is_some() || column.default.as_ref().is_some_and(|default| default.literal.is_none())
}

/// Without NOT NULL: a record that nothing refers to has no value yet. Its default is set when the values are there.
fn empty_copy(column: &Column) -> NewColumn {
    NewColumn::new(column.name.clone(), TypeRef::of_column(&column.ty))
}
