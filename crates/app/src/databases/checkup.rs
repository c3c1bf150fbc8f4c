//! Whether the connected databases can be reached, for who looks after the installation.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, stream};
use mathesar_pg::{Diagnosis, diagnose};
use mathesar_store::{ConfiguredRole, Database, Server};

use crate::{App, Result};

/// How many databases are tried at the same time: one that does not answer takes its time.
const AT_ONCE: usize = 8;

/// What became of signing in to one database as one role that somebody works as.
pub struct Checkup {
    /// The database.
    pub database: Database,
    /// Its server.
    pub server: Server,
    /// The role.
    pub role: ConfiguredRole,
    /// What was found, or why it was not possible to try.
    pub outcome: Result<Diagnosis>,
}

/// Tries every connected database as each role that its collaborators work as. Those of the managed PostgreSQL are left out: it
/// runs with the server, and only there.
///
/// # Errors
/// When the internal database does not answer.
pub async fn check_up(app: &App) -> Result<Vec<Checkup>> {
    let mut all = Vec::new();
    for server in app.store.servers().list().await?.into_iter().filter(|server| !server.managed) {
        for database in app.store.databases().list(Some(server.id)).await? {
            let collaborators = app.store.collaborators().list(database.id).await?;
            let roles: BTreeSet<i64> = collaborators.iter().map(|(place, _)| place.configured_role_id).collect();
            for role in roles {
                all.push((server.clone(), database.clone(), app.store.roles().get(role).await?));
            }
        }
    }
    let checked = stream::iter(all).map(|(server, database, role)| async move {
        let outcome = match app.endpoint(&server, &database, &role).await {
            Ok(endpoint) => Ok(diagnose(&app.pools, &endpoint, app.options.in_container).await),
            Err(error) => Err(error),
        };
        Checkup { database, server, role, outcome }
    });
    Ok(checked.buffered(AT_ONCE).collect().await)
}
