//! `sql.*`: the SQL behind what people see and do.

use mathesar_api::ErrorCode;
use mathesar_api::methods::sql::{ShowParams, ShownSql};
use mathesar_sql::Statement;

use crate::{Ctx, Error, Result, explorations, model, records};

/// `sql.show`: the statements that a call would run, which are not run.
///
/// # Errors
/// `InvalidParams` when the method runs no SQL in the database or its parameters do not fit; what the method itself would find
/// wrong before it runs.
pub async fn show(ctx: &Ctx, params: ShowParams) -> Result<ShownSql> {
    let ShowParams { database_id, method, params } = params;
    if let Some(statements) = records::show(ctx, database_id, &method, &params).await? {
        return Ok(ShownSql { statements });
    }
    if let Some(statements) = explorations::show(ctx, database_id, &method, &params).await? {
        return Ok(ShownSql { statements });
    }
    if let Some(statements) = model::show::statements(ctx, database_id, &method, &params).await? {
        return Ok(ShownSql { statements: statements.iter().map(Statement::shown).collect() });
    }
    let message = format!("There is no SQL to show for {method:.100}: it neither reads nor changes rows or structure.");
    Err(Error::new(ErrorCode::INVALID_PARAMS, message))
}
