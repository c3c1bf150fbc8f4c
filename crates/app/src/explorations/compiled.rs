//! A definition together with the pictures of its tables, as the caller's role sees them.

use std::sync::Arc;

use futures_util::future::try_join_all;
use mathesar_api::{ErrorCode, methods::explorations::ExplorationDef};
use mathesar_pg::Transaction;
use mathesar_sql::exploration::{Definition, Exploration, ExplorationError, Problem, Tables};
use mathesar_sql::model::Table;

use super::definition;
use crate::{Error, Result};

/// The pictures of the tables that a definition names, and the definition.
pub(crate) struct Pictures {
    definition: Definition,
    tables: Vec<Arc<Table>>,
    path: &'static str,
}

impl Pictures {
    /// Reads the pictures in one round trip. `path` is what the definition is called in errors. Tables that the role may not see
    /// are left out; whoever compiles the definition hears of them.
    ///
    /// # Errors
    /// PostgreSQL's; for a filter or an order of another form.
    pub(crate) async fn load(tx: &Transaction<'_>, def: &ExplorationDef, path: &'static str) -> Result<Self> {
        let definition = definition::read(def, path)?;
        let tables = definition.tables();
        if tables.len() > MAX_TABLES {
            return Err(Error::limit(format!("{path}: an exploration can read {MAX_TABLES} tables.")));
        }
        let tables = try_join_all(tables.into_iter().map(|oid| tx.picture_to_read(oid))).await?;
        Ok(Self { definition, tables: tables.into_iter().flatten().collect(), path })
    }
}

/// Tables that one exploration can read.
const MAX_TABLES: usize = 50;

/// Compiles a definition.
///
/// # Errors
/// With the path of what is wrong: `UndefinedTable`, `UndefinedColumn`, `InsufficientPrivilege`, `UnknownDBFunctionID` for a
/// filter, `LimitReached`, `ValueError` for all else.
pub(crate) fn exploration(pictures: &Pictures) -> Result<Exploration<'_>> {
    let tables: Tables<'_> = pictures.tables.iter().map(|table| (table.oid(), table.as_ref())).collect();
    Ok(Exploration::new(&pictures.definition, &tables, pictures.path)?)
}

impl From<ExplorationError> for Error {
    fn from(error: ExplorationError) -> Self {
        let code = match &error.problem {
            Problem::UnknownTable(_) => ErrorCode::UNDEFINED_TABLE,
            Problem::UnknownColumn { .. } => ErrorCode::UNDEFINED_COLUMN,
            Problem::Unreadable { .. } => ErrorCode::INSUFFICIENT_PRIVILEGE,
            Problem::Filter(_) => ErrorCode::BAD_FILTER,
            Problem::Limit { .. } => ErrorCode::LIMIT,
            _ => ErrorCode::VALUE_ERROR,
        };
        Self::new(code, error.to_string())
    }
}
