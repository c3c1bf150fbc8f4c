//! The SQL of a change, without running it.

use mathesar_api::{Json, value};
use mathesar_pg::Change;
use mathesar_sql::Statement;
use serde::de::DeserializeOwned;

use super::{
    columns, constraints, data_modeling, enums, indexes, ownership, policies, privileges, reading, refresh, roles,
    schemas, tables,
};
use crate::{Ctx, Error, Result};

/// The statements that `method` would run with `params`; `None` when it is no method that changes structure.
///
/// # Errors
/// `InvalidParams`, and those of the method's own plan.
pub async fn statements(ctx: &Ctx, database_id: i64, method: &str, params: &Json) -> Result<Option<Vec<Statement>>> {
    Ok(Some(match method {
        "schemas.add" => plan(ctx, database_id, schemas::Add(read(params)?)).await?,
        "schemas.patch" => plan(ctx, database_id, schemas::Patch(read(params)?)).await?,
        "schemas.delete" => plan(ctx, database_id, schemas::Delete(read(params)?)).await?,
        "tables.add" => plan(ctx, database_id, tables::Add(read(params)?)).await?,
        "tables.patch" => plan(ctx, database_id, tables::Patch(read(params)?)).await?,
        "tables.refresh" => plan(ctx, database_id, refresh::Refresh(read(params)?)).await?,
        "tables.delete" => plan(ctx, database_id, tables::Delete(read(params)?)).await?,
        "columns.add" => plan(ctx, database_id, columns::Add(read(params)?)).await?,
        "columns.patch" => plan(ctx, database_id, columns::Patch(read(params)?)).await?,
        "columns.delete" => plan(ctx, database_id, columns::Delete(read(params)?)).await?,
        "constraints.add" => plan(ctx, database_id, constraints::Add(read(params)?)).await?,
        "constraints.delete" => plan(ctx, database_id, constraints::Delete(read(params)?)).await?,
        "indexes.add" => plan(ctx, database_id, indexes::Add(read(params)?)).await?,
        "indexes.delete" => plan(ctx, database_id, indexes::Delete(read(params)?)).await?,
        "enums.add" => plan(ctx, database_id, enums::Add(read(params)?)).await?,
        "enums.patch" => plan(ctx, database_id, enums::Patch(read(params)?)).await?,
        "policies.add" => plan(ctx, database_id, policies::Add(read(params)?)).await?,
        "policies.patch" => plan(ctx, database_id, policies::Patch(read(params)?)).await?,
        "policies.delete" => plan(ctx, database_id, policies::Delete(read(params)?)).await?,
        "policies.set_row_security" => plan(ctx, database_id, policies::SetRowSecurity(read(params)?)).await?,
        "columns.add_primary_key_column" => plan(ctx, database_id, data_modeling::AddKey(read(params)?)).await?,
        "data_modeling.add_foreign_key_column" => {
            plan(ctx, database_id, data_modeling::AddColumn(read(params)?)).await?
        }
        "data_modeling.add_mapping_table" => plan(ctx, database_id, data_modeling::AddMapping(read(params)?)).await?,
        "data_modeling.split_table" => plan(ctx, database_id, data_modeling::Split(read(params)?)).await?,
        "data_modeling.move_columns" => plan(ctx, database_id, data_modeling::MoveColumns(read(params)?)).await?,
        "data_modeling.change_primary_key_column" => {
            plan(ctx, database_id, data_modeling::ChangeKey(read(params)?)).await?
        }
        "roles.add" => plan(ctx, database_id, roles::Add(read(params)?)).await?,
        "roles.delete" => plan(ctx, database_id, roles::Delete(read(params)?)).await?,
        "roles.set_members" => plan(ctx, database_id, roles::SetMembers(read(params)?)).await?,
        _ => match rights(ctx, database_id, method, params).await? {
            Some(statements) => statements,
            None => return Ok(None),
        },
    }))
}

/// As [`statements`], for `*.privileges.*`.
async fn rights(ctx: &Ctx, database_id: i64, method: &str, params: &Json) -> Result<Option<Vec<Statement>>> {
    use mathesar_api::methods::privileges as params_of;
    use ownership::{OfDatabase, OfSchema, OfTable};
    use privileges::{Replace, columns as of_columns, defaults};
    Ok(Some(match method {
        "databases.privileges.replace_for_roles" => {
            let asked: params_of::ReplaceDatabasePrivilegesParams = read(params)?;
            plan(ctx, database_id, Replace::from(asked)).await?
        }
        "schemas.privileges.replace_for_roles" => {
            let asked: params_of::ReplaceSchemaPrivilegesParams = read(params)?;
            plan(ctx, database_id, Replace::from(asked)).await?
        }
        "tables.privileges.replace_for_roles" => {
            let asked: params_of::ReplaceTablePrivilegesParams = read(params)?;
            plan(ctx, database_id, Replace::from(asked)).await?
        }
        "columns.privileges.replace_for_roles" => plan(ctx, database_id, of_columns::Replace(read(params)?)).await?,
        "databases.default_privileges.replace_for_roles" => {
            let asked: params_of::ReplaceDatabaseDefaultsParams = read(params)?;
            plan(ctx, database_id, defaults::Replace::from(asked)).await?
        }
        "schemas.default_privileges.replace_for_roles" => {
            let asked: params_of::ReplaceSchemaDefaultsParams = read(params)?;
            plan(ctx, database_id, defaults::Replace::from(asked)).await?
        }
        "databases.privileges.transfer_ownership" => plan(ctx, database_id, OfDatabase(read(params)?)).await?,
        "schemas.privileges.transfer_ownership" => plan(ctx, database_id, OfSchema(read(params)?)).await?,
        "tables.privileges.transfer_ownership" => plan(ctx, database_id, OfTable(read(params)?)).await?,
        _ => return Ok(None),
    }))
}

async fn plan<C: Change<Error = Error>>(ctx: &Ctx, database_id: i64, change: C) -> Result<Vec<Statement>> {
    let mut session = ctx.connect(database_id).await?;
    let tx = session.begin(&reading());
    Ok(change.plan(&tx).await?.statements)
}

fn read<T: DeserializeOwned>(params: &Json) -> Result<T> {
    value::read(params.text()).map_err(|misfit| Error::misfit("params", &misfit))
}
