//! `servers.configured.*`.

use std::collections::HashSet;

use mathesar_api::ErrorCode;
use mathesar_api::methods::NoParams;
use mathesar_api::methods::servers::{ConfiguredServerInfo, PatchParams};
use mathesar_store::{Server, ServerChange};

use super::{endpoint, server_info, tls_mode};
use crate::{Ctx, Error, Result};

/// `servers.configured.list`: the servers of the caller's databases; all for a superuser.
///
/// # Errors
/// `AuthenticationFailed` for a visitor.
pub async fn list(ctx: &Ctx, _: NoParams) -> Result<Vec<ConfiguredServerInfo>> {
    let (store, caller) = (&ctx.app.store, ctx.signed_in()?);
    let accessible = store.databases().accessible_to(caller.user_id).await?;
    let databases = store.databases().list(None).await?;
    let own: HashSet<i64> =
        databases.iter().filter(|database| accessible.contains(&database.id)).map(|d| d.server_id).collect();
    let servers = store.servers().list().await?;
    let visible = |server: &Server| caller.is_superuser || own.contains(&server.id);
    Ok(servers.into_iter().filter(visible).map(server_info).collect())
}

/// `servers.configured.patch`.
///
/// # Errors
/// `DoesNotExist`; `PermissionError` for the managed server; `ValueError`; `IntegrityError` when the address is another's.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<ConfiguredServerInfo> {
    let servers = ctx.app.store.servers();
    let before = servers.get(params.server_id).await?;
    if before.managed {
        let message = "The server that this installation runs itself has no address to change.";
        return Err(Error::new(ErrorCode::PERMISSION_DENIED, message));
    }
    let patch = params.patch;
    if let Some(host) = &patch.host {
        if host.trim().is_empty() {
            return Err(Error::value("`host` must not be empty."));
        }
        endpoint::refuse_socket(&ctx.app, &endpoint::host(host, None))?;
    }
    if let Some(Some(pem)) = &patch.ca_certificate {
        let usable = mathesar_pg::tls::connector(mathesar_pg::TlsMode::VerifyFull, Some(pem));
        usable.map_err(|error| Error::value(format!("`ca_certificate` cannot be used: {error}.")))?;
    }
    let change = ServerChange {
        host: patch.host,
        port: patch.port,
        sslmode: patch.sslmode.map(|mode| tls_mode(mode).as_str().to_owned()),
        ca_pem: patch.ca_certificate,
    };
    let server = servers.change(params.server_id, change, ctx.app.clock.now()).await?;
    forget_connections(ctx, &before).await?;
    Ok(server_info(server))
}

/// Closes the idle connections to a server's databases, so that the next ones are made as it is now described.
pub(super) async fn forget_connections(ctx: &Ctx, server: &Server) -> Result<()> {
    let host = endpoint::host(&server.host, server.port.map(|port| port.0));
    for database in ctx.app.store.databases().list(Some(server.id)).await? {
        ctx.app.pools.forget(&host, &database.name);
    }
    Ok(())
}
