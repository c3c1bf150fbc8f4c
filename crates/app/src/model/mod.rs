//! Structure of user databases: schemas, tables, columns, constraints, roles.
//!
//! Every change is a type that implements [`mathesar_pg::Change`]: it plans statements from what the catalogue says, and reads
//! back what the caller is told. The use case runs the plan in one transaction; [`show::statements`] gives the same plan to
//! look at. Rights are PostgreSQL's to decide: everything runs as the caller's own role.

pub mod columns;
pub mod constraints;
pub mod data_modeling;
pub mod enums;
pub mod import_preview;
pub mod indexes;
pub mod joinable;
pub mod layout;
pub mod metadata;
pub mod ownership;
pub mod policies;
pub mod privileges;
pub mod reach;
pub mod refresh;
pub mod roles;
pub mod schemas;
pub mod show;
pub mod tables;

pub(crate) mod column_info;
pub(crate) mod copied;
mod new_column;
mod retype;

use mathesar_api::ErrorCode;
use mathesar_pg::{Change, Transaction, TxOptions};
use mathesar_sql::expression::Expression;
use mathesar_sql::model::{Database, Oid, Role, Schema, Table, TableSummary};
use mathesar_sql::session::Mode;
use mathesar_sql::{Ident, introspect};

use crate::{Ctx, Error, Result, limits};

/// A transaction that reads the catalogue or rows.
pub(crate) fn reading() -> TxOptions {
    TxOptions::new(Mode::ReadOnly, limits::READ_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

/// A transaction that changes structure.
pub(crate) fn restructuring() -> TxOptions {
    TxOptions::new(Mode::ReadWrite, limits::SCHEMA_TIMEOUT, limits::TABLE_LOCK_TIMEOUT)
}

/// Runs a change in the database as the caller's role.
async fn run<C: Change<Error = Error>>(ctx: &Ctx, database_id: i64, change: &C) -> Result<C::Output> {
    ctx.connect(database_id).await?.change(&restructuring(), change).await
}

/// A name that somebody typed.
pub(crate) fn ident(name: &str) -> Result<Ident> {
    Ident::new(name).map_err(|error| Error::value(format!("The name \"{name}\" cannot be used: {error}.")))
}

/// The expression that somebody wrote in the parameter at `path`.
fn expression(text: &str, path: &str) -> Result<Expression> {
    Expression::new(text).map_err(|error| Error::value(format!("{path}: {error}.")))
}

/// The database that the caller is connected to.
pub(crate) async fn current_database(tx: &Transaction<'_>) -> Result<Database> {
    let database = tx.introspect_one(&introspect::current_database()).await?;
    database.ok_or_else(|| Error::internal("the current database is not in the catalogue"))
}

/// The schema of that number.
///
/// # Errors
/// `DoesNotExist`.
pub(crate) async fn schema(tx: &Transaction<'_>, oid: Oid) -> Result<Schema> {
    tx.introspect_one(&introspect::schema(oid)).await?.ok_or_else(|| gone("schema", oid))
}

/// The whole picture of the table of that number.
///
/// # Errors
/// `UndefinedTable`.
pub(crate) async fn table(tx: &Transaction<'_>, oid: Oid) -> Result<Table> {
    tx.table(oid).await?.ok_or_else(|| no_table(oid))
}

/// The entry of the table of that number.
///
/// # Errors
/// `UndefinedTable`.
pub(crate) async fn summary(tx: &Transaction<'_>, oid: Oid) -> Result<TableSummary> {
    tx.introspect_one(&introspect::table_summary(oid)).await?.ok_or_else(|| no_table(oid))
}

async fn role(tx: &Transaction<'_>, oid: Oid) -> Result<Role> {
    let roles = tx.introspect(&introspect::roles()).await?;
    roles.into_iter().find(|role| role.oid == oid).ok_or_else(|| gone("role", oid))
}

/// The role of that number, which the parameter at `path` names.
///
/// # Errors
/// `DoesNotExist`.
fn role_at<'a>(roles: &'a [Role], oid: Oid, path: &str) -> Result<&'a Role> {
    roles.iter().find(|role| role.oid == oid).ok_or_else(|| gone("role", oid).at(path))
}

fn gone(what: &str, oid: Oid) -> Error {
    let message = format!("There is no {what} with the number {oid} any more. Read the list again.");
    Error::new(ErrorCode::DOES_NOT_EXIST, message)
}

fn no_table(oid: Oid) -> Error {
    let message = format!("There is no table with the number {oid} any more. Read the list of tables again.");
    Error::new(ErrorCode::UNDEFINED_TABLE, message)
}

/// The names of those flags that are set.
pub(crate) fn named(flags: &[(bool, &str)]) -> Vec<String> {
    flags.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()).collect()
}
