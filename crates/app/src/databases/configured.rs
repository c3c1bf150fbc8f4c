//! `databases.configured.*` and `databases.get`.

use std::collections::HashSet;

use mathesar_api::ErrorCode;
use mathesar_api::methods::databases::{
    ConfiguredDatabaseInfo, DatabaseInfo, DatabaseParams, DisconnectParams, Disconnected, ListParams, MetadataAccess,
    PatchParams, UpgradeSqlParams,
};
use mathesar_pg::Transaction;
use mathesar_sql::introspect;
use mathesar_store::{DatabaseChange, MetadataAccess as StoredMetadataAccess};

use super::{database_info, endpoint, original};
use crate::model::{current_database, ident, reading, schemas};
use crate::{Ctx, Error, Result};

/// `databases.configured.list`: the caller's databases; all for a superuser; of these, those that a token reaches.
///
/// # Errors
/// `AuthenticationFailed` for a visitor.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<ConfiguredDatabaseInfo>> {
    let caller = ctx.signed_in()?;
    let databases = ctx.app.store.databases();
    let accessible: HashSet<i64> = databases.accessible_to(caller.user_id).await?.into_iter().collect();
    let all = databases.list(params.server_id).await?.into_iter().map(|database| {
        let accessible = accessible.contains(&database.id);
        database_info(database, accessible)
    });
    let within = |id| ctx.scopes().is_none_or(|scopes| scopes.holds_database(id));
    Ok(all.filter(|database| (caller.is_superuser || database.accessible) && within(database.id)).collect())
}

/// `databases.configured.patch`.
///
/// # Errors
/// `DoesNotExist`; `IntegrityError` when another entry has this name; `PermissionError` for the name of a managed database,
/// which is not another database's.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<ConfiguredDatabaseInfo> {
    let databases = ctx.app.store.databases();
    let before = databases.get(params.database_id).await?;
    if let Some(name) = &params.patch.name {
        ident(name)?;
        if before.managed && *name != before.name {
            let message = "A database that was created here keeps its name in PostgreSQL. Give it another nickname.";
            return Err(Error::new(ErrorCode::PERMISSION_DENIED, message));
        }
    }
    let nickname = params.patch.nickname.map(|nickname| nickname.filter(|nickname| !nickname.trim().is_empty()));
    let metadata_access = params.patch.metadata_access.map(|access| match access {
        MetadataAccess::Collaborators => StoredMetadataAccess::Collaborators,
        MetadataAccess::Owners => StoredMetadataAccess::Owners,
    });
    let change = DatabaseChange { name: params.patch.name, nickname, metadata_access };
    let database = databases.change(params.database_id, change, ctx.app.clock.now()).await?;
    let accessible = databases.accessible_to(ctx.signed_in()?.user_id).await?.contains(&database.id);
    Ok(database_info(database, accessible))
}

/// `databases.configured.disconnect`: forgets the database. It is not touched itself, but for the schemas of the original that shall go.
///
/// # Errors
/// `DoesNotExist`; `PermissionError` for a managed database, which nobody could find again; `DependentObjectsStillExist` when something
/// needs a schema that shall go, and what keeps its role from dropping it.
pub async fn disconnect(ctx: &Ctx, params: DisconnectParams) -> Result<Disconnected> {
    let store = &ctx.app.store;
    let database = store.databases().get(params.database_id).await?;
    if database.managed {
        let message = "This database was created here: disconnected, nobody could find it again. Drop it instead.";
        return Err(Error::new(ErrorCode::PERMISSION_DENIED, message));
    }
    let server = store.servers().get(database.server_id).await?;
    let sql_cleaned = match original::remove(ctx, &params, &server, &database).await {
        Err(_) if params.strict == Some(false) => false,
        removed => removed?,
    };
    store.databases().delete(database.id).await?;
    ctx.app.pools.forget(&endpoint::host(&server.host, server.port.map(|port| port.0)), &database.name);
    if params.disconnect_db_server && store.databases().list(Some(server.id)).await?.is_empty() {
        store.servers().delete(server.id).await?;
    }
    Ok(Disconnected { sql_cleaned })
}

/// `databases.upgrade_sql`: there is nothing to upgrade.
///
/// # Errors
/// `DoesNotExist`.
pub async fn upgrade_sql(ctx: &Ctx, params: UpgradeSqlParams) -> Result<()> {
    ctx.app.store.databases().get(params.database_id).await?;
    Ok(())
}

/// `databases.get`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn get(ctx: &Ctx, params: DatabaseParams) -> Result<DatabaseInfo> {
    let mut session = ctx.connect(params.database_id).await?;
    describe(&session.begin(&reading())).await
}

/// The database that the caller is connected to.
pub(crate) async fn describe(tx: &Transaction<'_>) -> Result<DatabaseInfo> {
    let (server, present) = (introspect::server(), introspect::schemas());
    let server = async { Ok(tx.introspect_one(&server).await?) };
    let present = async { Ok(tx.introspect(&present).await?) };
    let (server, present, database) = tokio::try_join!(server, present, current_database(tx))?;
    let server = server.ok_or_else(|| Error::internal("PostgreSQL did not say what it is"))?;
    let may = [(database.connect, "CONNECT"), (database.create, "CREATE"), (database.temporary, "TEMPORARY")];
    Ok(DatabaseInfo {
        oid: database.oid,
        name: database.name.as_str().to_owned(),
        owner_oid: database.owner,
        current_role_priv: crate::model::named(&may),
        current_role_owns: database.current_role_owns,
        original_schemas: present
            .iter()
            .filter(|schema| schemas::is_of_the_original(schema))
            .map(|schema| schema.name.as_str().to_owned())
            .collect(),
        server_version: server.version,
        current_role: server.role.as_str().to_owned(),
        read_only: server.read_only,
    })
}
