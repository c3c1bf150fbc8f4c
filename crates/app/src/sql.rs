//! `sql.*`: the SQL behind what people see and do.

use mathesar_api::ErrorCode;
use mathesar_api::methods::sql::{RowWork, ShowParams, ShownSql, StatementCost, TableLock};
use mathesar_sql::Statement;
use mathesar_sql::cost::{Cost, Lock, Work};

use crate::{Ctx, Error, Result, explorations, model, records};

/// `sql.show`: the statements that a call would run, which are not run.
///
/// # Errors
/// `InvalidParams` when the method runs no SQL in the database or its parameters do not fit; what the method itself would find
/// wrong before it runs.
pub async fn show(ctx: &Ctx, params: ShowParams) -> Result<ShownSql> {
    let ShowParams { database_id, method, params } = params;
    if let Some(statements) = records::show(ctx, database_id, &method, &params).await? {
        return Ok(of_rows(statements));
    }
    if let Some(statements) = explorations::show(ctx, database_id, &method, &params).await? {
        return Ok(of_rows(statements));
    }
    if let Some(statements) = model::show::statements(ctx, database_id, &method, &params).await? {
        let places = statements.iter().enumerate();
        let costs = places.flat_map(|(place, statement)| statement.costs().iter().map(move |one| cost(place, one)));
        let costs = costs.collect();
        return Ok(ShownSql { statements: statements.iter().map(Statement::shown).collect(), costs });
    }
    let message = format!("There is no SQL to show for {method:.100}: it neither reads nor changes rows or structure.");
    Err(Error::new(ErrorCode::INVALID_PARAMS, message))
}

/// What reads or changes rows holds nobody up but who changes the same rows.
fn of_rows(statements: Vec<String>) -> ShownSql {
    ShownSql { statements, costs: Vec::new() }
}

fn cost(statement: usize, cost: &Cost) -> StatementCost {
    StatementCost {
        statement,
        relation: cost.relation.to_string(),
        lock: match cost.lock {
            Lock::Share => TableLock::Share,
            Lock::ShareRowExclusive => TableLock::ShareRowExclusive,
            Lock::Exclusive => TableLock::Exclusive,
            Lock::AccessExclusive => TableLock::AccessExclusive,
        },
        work: match cost.work {
            Work::None => RowWork::None,
            Work::Scan => RowWork::Scan,
            Work::Index => RowWork::Index,
            Work::RewriteIfVolatile => RowWork::RewriteIfVolatile,
            Work::Rewrite => RowWork::Rewrite,
        },
    }
}
