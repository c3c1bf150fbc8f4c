//! `databases.setup.connect_existing` and `databases.setup.test`.

use mathesar_api::ErrorCode;
use mathesar_api::methods::databases::{
    ConnectExistingParams, ConnectionProblem, ConnectionReport, DatabaseConnection,
};
use mathesar_pg::{Diagnosis, Endpoint, Facts, Host, TlsMode, diagnose};
use mathesar_sql::introspect;
use mathesar_store::{ConfiguredRole, Database, NewDatabase, NewServer, Server, ServerChange};

use super::{database_info, endpoint, report, role_info, samples, server_info};
use crate::model::{ident, reading};
use crate::{App, Ctx, Error, Result};

/// Tries a connection without storing anything, and says in words what it found.
///
/// # Errors
/// `ValueError` for parameters that name no place to connect to. A connection that fails is no error but the answer.
pub async fn test(ctx: &Ctx, params: ConnectExistingParams) -> Result<ConnectionReport> {
    let endpoint = match endpoint::read(&ctx.app, &params) {
        Err(error) if error.code() == ErrorCode::BAD_INSTALLATION_TARGET => {
            return Ok(report::fails(report::internal_database_problem()));
        }
        endpoint => endpoint?,
    };
    Ok(match examine(&ctx.app, &endpoint).await? {
        Ok(facts) => report::works(&facts),
        Err(problem) => report::fails(*problem),
    })
}

/// Connects an existing database: tries it, notes server, role and database, and makes the caller a collaborator.
/// What is noted already is used again, so that the same call twice does no harm. Nothing is installed in the database
/// except the sample schemas that were asked for.
///
/// # Errors
/// `ConnectionFailed` with the diagnosis as data; `BadInstallationTarget` for our own internal database.
pub async fn connect_existing(ctx: &Ctx, params: ConnectExistingParams) -> Result<DatabaseConnection> {
    samples::check(&params.sample_data)?;
    let endpoint = endpoint::read(&ctx.app, &params)?;
    if let Err(problem) = examine(&ctx.app, &endpoint).await? {
        return Err(report::error(&problem));
    }
    let server = note_server(ctx, &endpoint).await?;
    let role = note_role(ctx, &server, &endpoint).await?;
    let database = note_database(ctx, &server, &endpoint, params.nickname).await?;
    admit(ctx, &database, &role).await?;
    samples::load(ctx, database.id, &params.sample_data).await?;
    Ok(DatabaseConnection {
        server: server_info(server),
        database: database_info(database, true),
        configured_role: role_info(role),
    })
}

/// Tries the connection; our own internal database is a problem whatever its address.
pub(crate) async fn examine(
    app: &App,
    endpoint: &Endpoint,
) -> Result<std::result::Result<Box<Facts>, Box<ConnectionProblem>>> {
    let facts = match diagnose(&app.pools, endpoint, app.options.in_container).await {
        Diagnosis::Works(facts) => facts,
        Diagnosis::Fails(problem) => return Ok(Err(Box::new(report::problem(*problem)))),
    };
    let mut session = app.pools.session(endpoint).await?;
    let own = introspect::schema_by_name(&ident(mathesar_store::SCHEMA)?);
    let is_own = session.begin(&reading()).introspect_one(&own).await?.is_some();
    Ok(if is_own { Err(Box::new(report::internal_database_problem())) } else { Ok(facts) })
}

async fn note_server(ctx: &Ctx, endpoint: &Endpoint) -> Result<Server> {
    let servers = ctx.app.store.servers();
    let (host, port) = match &endpoint.host {
        Host::Tcp { name, port } => (name.clone(), *port),
        Host::Unix { directory, port } => (directory.display().to_string(), *port),
    };
    let now = ctx.app.clock.now();
    let Some(server) = servers.by_address(&host, Some(port)).await? else {
        let sslmode = endpoint.tls.as_str().to_owned();
        let new = NewServer { host, port: Some(port), sslmode, ca_pem: endpoint.ca_pem.clone(), managed: false };
        return Ok(servers.add(new, now).await?);
    };
    // What was just tried is taken over, unless it protects less than what the server's other databases are used to.
    let stricter = protection(endpoint.tls) > TlsMode::parse(&server.sslmode).map_or(0, protection);
    if !stricter && (endpoint.ca_pem.is_none() || endpoint.ca_pem == server.ca_pem) {
        return Ok(server);
    }
    let sslmode = stricter.then(|| endpoint.tls.as_str().to_owned());
    let ca_pem = endpoint.ca_pem.clone().map(Some);
    Ok(servers.change(server.id, ServerChange { sslmode, ca_pem, ..ServerChange::default() }, now).await?)
}

/// How much a mode protects; a higher number is more.
fn protection(mode: TlsMode) -> u8 {
    match mode {
        TlsMode::Disable => 0,
        TlsMode::Prefer => 1,
        TlsMode::Require => 2,
        TlsMode::VerifyCa => 3,
        TlsMode::VerifyFull => 4,
    }
}

async fn note_role(ctx: &Ctx, server: &Server, endpoint: &Endpoint) -> Result<ConfiguredRole> {
    let (roles, now) = (ctx.app.store.roles(), ctx.app.clock.now());
    let password = endpoint.password.as_ref();
    let Some(role) = roles.by_name(server.id, &endpoint.role).await? else {
        return Ok(roles.add(server.id, &endpoint.role, password, now).await?);
    };
    // The password that was just tried is the right one now.
    roles.set_password(role.id, password, now).await?;
    Ok(roles.get(role.id).await?)
}

async fn note_database(ctx: &Ctx, server: &Server, endpoint: &Endpoint, nickname: Option<String>) -> Result<Database> {
    let databases = ctx.app.store.databases();
    if let Some(known) = databases.by_name(server.id, &endpoint.database).await? {
        return Ok(known);
    }
    let new = NewDatabase { server_id: server.id, name: endpoint.database.clone(), nickname, managed: false };
    Ok(databases.add(new, ctx.app.clock.now()).await?)
}

/// Makes the caller a collaborator who works as `role`.
pub(super) async fn admit(ctx: &Ctx, database: &Database, role: &ConfiguredRole) -> Result<()> {
    let (collaborators, now) = (ctx.app.store.collaborators(), ctx.app.clock.now());
    let user_id = ctx.signed_in()?.user_id;
    match collaborators.membership(user_id, database.id).await? {
        None => collaborators.add(user_id, database.id, role.id, now).await?,
        Some(place) => collaborators.set_role(place.collaborator.id, role.id, now).await?,
    };
    Ok(())
}

/// Whether a stored name and password are refused by the server; any other trouble says nothing about them.
pub(super) async fn refused_credentials(ctx: &Ctx, endpoint: &Endpoint) -> Option<Error> {
    use mathesar_pg::ProblemKind::{NoSuchRole, Password};
    match diagnose(&ctx.app.pools, endpoint, ctx.app.options.in_container).await {
        Diagnosis::Fails(problem) if matches!(problem.kind, Password | NoSuchRole) => {
            Some(report::error(&report::problem(*problem)))
        }
        _ => None,
    }
}
