//! `roles.configured.*`: roles that exist in PostgreSQL, with their passwords, stored to sign in as.

use mathesar_api::methods::roles::{
    ConfiguredAddParams, ConfiguredListParams, ConfiguredRoleInfo, ConfiguredRoleParams, SetPasswordParams,
};
use mathesar_pg::{Endpoint, TlsMode};
use mathesar_store::Server;
use secrecy::SecretString;

use super::{connect, endpoint, role_info, servers};
use crate::model::ident;
use crate::{Ctx, Error, Result};

/// `roles.configured.list`.
///
/// # Errors
/// `ValueError` when the database is on another server: a collaborator sees the roles of their own servers only.
pub async fn list(ctx: &Ctx, params: ConfiguredListParams) -> Result<Vec<ConfiguredRoleInfo>> {
    let store = &ctx.app.store;
    if store.databases().get(params.database_id).await?.server_id != params.server_id {
        return Err(Error::value("`server_id` is not the server of this database."));
    }
    Ok(store.roles().list(params.server_id).await?.into_iter().map(role_info).collect())
}

/// `roles.configured.add`.
///
/// # Errors
/// `ConnectionFailed` when the server refuses the name or the password; `IntegrityError` when the role is stored already.
pub async fn add(ctx: &Ctx, params: ConfiguredAddParams) -> Result<ConfiguredRoleInfo> {
    ident(&params.name)?;
    let server = ctx.app.store.servers().get(params.server_id).await?;
    let password = SecretString::from(params.password);
    try_out(ctx, &server, &params.name, &password).await?;
    let role = ctx.app.store.roles().add(server.id, &params.name, Some(&password), ctx.app.clock.now()).await?;
    Ok(role_info(role))
}

/// `roles.configured.set_password`: the stored password; the role in PostgreSQL is not changed.
///
/// # Errors
/// `DoesNotExist`; `ConnectionFailed` when the server refuses the password.
pub async fn set_password(ctx: &Ctx, params: SetPasswordParams) -> Result<()> {
    let store = &ctx.app.store;
    let role = store.roles().get(params.configured_role_id).await?;
    let server = store.servers().get(role.server_id).await?;
    let password = SecretString::from(params.password);
    try_out(ctx, &server, &role.name, &password).await?;
    store.roles().set_password(role.id, Some(&password), ctx.app.clock.now()).await?;
    servers::forget_connections(ctx, &server).await
}

/// `roles.configured.delete`: forgets the role and the collaborators that work as it.
///
/// # Errors
/// `DoesNotExist`.
pub async fn delete(ctx: &Ctx, params: ConfiguredRoleParams) -> Result<()> {
    let store = &ctx.app.store;
    let role = store.roles().get(params.configured_role_id).await?;
    for database in store.databases().list(Some(role.server_id)).await? {
        for (collaborator, _) in store.collaborators().list(database.id).await? {
            if collaborator.configured_role_id == role.id {
                store.collaborators().delete(collaborator.id).await?;
            }
        }
    }
    Ok(store.roles().delete(role.id).await?)
}

/// Signs in once, so that a mistyped password is told now and not to the first collaborator. A server that cannot be reached
/// says nothing about the password, so it is stored then.
async fn try_out(ctx: &Ctx, server: &Server, role: &str, password: &SecretString) -> Result<()> {
    let databases = ctx.app.store.databases().list(Some(server.id)).await?;
    let Some(database) = databases.into_iter().next() else { return Ok(()) };
    let host = if server.managed {
        ctx.app.managed()?.host().await?
    } else {
        endpoint::host(&server.host, server.port.map(|port| port.0))
    };
    let endpoint = Endpoint {
        host,
        database: database.name,
        role: role.to_owned(),
        password: Some(password.clone()),
        tls: TlsMode::parse(&server.sslmode).unwrap_or_default(),
        ca_pem: server.ca_pem.clone(),
    };
    connect::refused_credentials(ctx, &endpoint).await.map_or(Ok(()), Err)
}
