//! `databases.setup.create_new` and `databases.delete`: databases in the PostgreSQL that we run ourselves.

use mathesar_api::ErrorCode;
use mathesar_api::methods::databases::{CreateNewParams, DatabaseConnection, DeleteParams};
use mathesar_store::{ConfiguredRole, Database, NewDatabase, NewServer, Server};

use super::{connect, database_info, role_info, samples, server_info};
use crate::managed::ManagedDatabase;
use crate::model::ident;
use crate::{Ctx, Error, Result};

/// What the managed PostgreSQL is called where other servers have a host name. Its real address is asked for at each start.
const MANAGED_HOST: &str = "managed";

/// Creates a database in the managed PostgreSQL, owned by a role of its own that the caller then works as.
///
/// # Errors
/// `OperationalError` when there is no managed PostgreSQL; `DuplicateDatabase`; `ValueError` for a name that cannot be one.
/// Nothing is left behind then.
pub async fn create_new(ctx: &Ctx, params: CreateNewParams) -> Result<DatabaseConnection> {
    samples::check(&params.sample_data)?;
    ident(&params.database)?;
    let managed = ctx.app.managed()?;
    let server = note_server(ctx).await?;
    if ctx.app.store.databases().by_name(server.id, &params.database).await?.is_some() {
        let message = format!("There is already a database \"{}\". Choose another name.", params.database);
        return Err(Error::new(ErrorCode::DUPLICATE_DATABASE, message));
    }
    let made = managed.create_database(&params.database).await?;
    match note(ctx, &server, &made, &params).await {
        Ok((database, configured_role)) => Ok(DatabaseConnection {
            server: server_info(server),
            database: database_info(database, true),
            configured_role: role_info(configured_role),
        }),
        Err(error) => {
            undo(ctx, &server, &params.database, &made.role).await;
            Err(error)
        }
    }
}

async fn note_server(ctx: &Ctx) -> Result<Server> {
    let servers = ctx.app.store.servers();
    if let Some(server) = servers.managed().await? {
        return Ok(server);
    }
    // Its socket never leaves the machine, and it offers no TLS.
    let sslmode = "disable".to_owned();
    let new = NewServer { host: MANAGED_HOST.to_owned(), port: None, sslmode, ca_pem: None, managed: true };
    Ok(servers.add(new, ctx.app.clock.now()).await?)
}

async fn note(
    ctx: &Ctx,
    server: &Server,
    made: &ManagedDatabase,
    params: &CreateNewParams,
) -> Result<(Database, ConfiguredRole)> {
    let (store, now) = (&ctx.app.store, ctx.app.clock.now());
    let role = match store.roles().by_name(server.id, &made.role).await? {
        None => store.roles().add(server.id, &made.role, Some(&made.password), now).await?,
        // Of a database that was dropped without us.
        Some(old) => {
            store.roles().set_password(old.id, Some(&made.password), now).await?;
            store.roles().get(old.id).await?
        }
    };
    let (name, nickname) = (params.database.clone(), params.nickname.clone());
    let new = NewDatabase { server_id: server.id, name, nickname, managed: true };
    let database = store.databases().add(new, now).await?;
    connect::admit(ctx, &database, &role).await?;
    samples::load(ctx, database.id, &params.sample_data).await?;
    Ok((database, role))
}

/// Takes back what was made, as far as it was; the first error is the one to tell.
async fn undo(ctx: &Ctx, server: &Server, name: &str, role: &str) {
    if let Err(error) = try_undo(ctx, server, name, role).await {
        tracing::warn!(%error, "cannot take back a database that could not be created fully");
    }
}

async fn try_undo(ctx: &Ctx, server: &Server, name: &str, role: &str) -> Result<()> {
    let store = &ctx.app.store;
    ctx.app.pools.forget(&ctx.app.managed()?.host().await?, name);
    if let Some(database) = store.databases().by_name(server.id, name).await? {
        store.databases().delete(database.id).await?;
    }
    if let Some(role) = store.roles().by_name(server.id, role).await? {
        store.roles().delete(role.id).await?;
    }
    ctx.app.managed()?.drop_database(name).await.map(drop)
}

/// Drops a database of the managed PostgreSQL and forgets it. One that is no longer there, because somebody dropped it with SQL,
/// is forgotten.
///
/// # Errors
/// `DoesNotExist`; `PermissionError` for any other database; `ValueError` when `database_oid` is given and another's.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<()> {
    let store = &ctx.app.store;
    let database = store.databases().get(params.database_id).await?;
    if !database.managed {
        let message = "Only databases that were created here can be dropped here. Disconnect it instead.";
        return Err(Error::new(ErrorCode::PERMISSION_DENIED, message));
    }
    let managed = ctx.app.managed()?;
    let oid = managed.database_oid(&database.name).await?;
    if oid.zip(params.database_oid).is_some_and(|(oid, meant)| oid != meant) {
        return Err(Error::value("`database_oid` is not the number of this database. Read it again."));
    }
    ctx.app.pools.forget(&managed.host().await?, &database.name);
    let owner = match oid {
        Some(_) => managed.drop_database(&database.name).await?,
        None => None,
    };
    store.databases().delete(database.id).await?;
    let Some(owner) = owner else { return Ok(()) };
    let Some(owner) = store.roles().by_name(database.server_id, &owner).await? else { return Ok(()) };
    // Whoever works on another database as this role keeps it.
    match store.roles().delete(owner.id).await {
        Ok(()) | Err(mathesar_store::Error::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
