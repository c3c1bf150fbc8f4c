//! What the original leaves in a database: the schemas of its functions and types.

use mathesar_api::methods::{databases::DisconnectParams, schemas::DeleteParams};
use mathesar_pg::Session;
use mathesar_sql::introspect;
use mathesar_store::{Database, Server};

use crate::model::{reading, restructuring, schemas};
use crate::{Ctx, Error, Result};

/// Drops those of the schemas that shall go and are there, all or none; gives whether there were any.
///
/// # Errors
/// `ValueError` for a schema that is none of the original's; `DependentObjectsStillExist`; PostgreSQL's.
pub(super) async fn remove(ctx: &Ctx, params: &DisconnectParams, server: &Server, database: &Database) -> Result<bool> {
    let wanted = &params.schemas_to_remove;
    if let Some(other) = wanted.iter().find(|name| !schemas::OF_THE_ORIGINAL.contains(&name.as_str())) {
        let known = schemas::OF_THE_ORIGINAL.join(", ");
        return Err(Error::value(format!("schemas_to_remove: only {known} can be removed here, and not \"{other}\".")));
    }
    if wanted.is_empty() {
        return Ok(false);
    }
    let mut session = connect(ctx, params, server, database).await?;
    let present = session.begin(&reading()).introspect(&introspect::schemas()).await?;
    let leaving = present.iter().filter(|schema| wanted.iter().any(|name| name == schema.name.as_str()));
    let schema_oids: Vec<_> = leaving.map(|schema| schema.oid).collect();
    if schema_oids.is_empty() {
        return Ok(false);
    }
    let delete = schemas::Delete(DeleteParams { database_id: database.id, schema_oids });
    session.change(&restructuring(), &delete).await?;
    Ok(true)
}

/// As the role that was named, or as the caller's own.
async fn connect(ctx: &Ctx, params: &DisconnectParams, server: &Server, database: &Database) -> Result<Session> {
    let Some(role) = &params.role_name else { return ctx.connect(database.id).await };
    let password = params.password.clone().map(Into::into);
    let endpoint = ctx.app.endpoint_as(server, database, role.clone(), password).await?;
    Ok(ctx.app.pools.new_session(&endpoint).await?)
}
