//! The way from a caller and a database's number to a connection as the caller's own PostgreSQL role.

use std::{path::PathBuf, sync::Arc};

use mathesar_api::ErrorCode;
use mathesar_pg::{Endpoint, Host, Session, TlsMode, endpoint::DEFAULT_PORT};
use mathesar_store::{ConfiguredRole, Database, Server};
use secrecy::SecretString;

use crate::context::Place;
use crate::{App, Ctx, Error, Result};

impl Ctx {
    /// Where the call works in the database: as the caller's own role, unless it was given another place.
    ///
    /// # Errors
    /// `AuthenticationFailed` for a visitor; `PermissionError` for a token that does not reach there; `NoConnectionAvailable` for
    /// someone who is not a collaborator, with the same words whether the database exists or not.
    pub async fn place(&self, database_id: i64) -> Result<Arc<Place>> {
        if let Some(scopes) = self.scopes() {
            scopes.admit_database(database_id)?;
        }
        if let Some(place) = self.place.as_ref().filter(|place| place.database.id == database_id) {
            return Ok(Arc::clone(place));
        }
        let user_id = self.signed_in()?.user_id;
        let membership = self.app.store.collaborators().membership(user_id, database_id).await?;
        membership.map(|membership| Arc::new(membership.into())).ok_or_else(|| {
            Error::new(
                ErrorCode::NO_CONNECTION_AVAILABLE,
                "You have no role in this database. Ask a superuser to add you as a collaborator.",
            )
        })
    }

    /// A connection to the database as the role of the call's [place](Self::place) there.
    ///
    /// # Errors
    /// Those of [`place`](Self::place), and when no connection can be made.
    pub async fn connect(&self, database_id: i64) -> Result<Session> {
        let place = self.place(database_id).await?;
        let endpoint = self.app.endpoint(&place.server, &place.database, &place.role).await?;
        Ok(self.app.pools.session(&endpoint).await?)
    }
}

impl App {
    /// Where a database is and how to sign in to it as a stored role. Starts the managed PostgreSQL when it is there.
    ///
    /// # Errors
    /// When the stored password cannot be opened, or the managed PostgreSQL does not start.
    pub async fn endpoint(&self, server: &Server, database: &Database, role: &ConfiguredRole) -> Result<Endpoint> {
        let password = self.store.roles().password(role)?;
        self.endpoint_as(server, database, role.name.clone(), password).await
    }

    /// Where a database is and how to sign in to it as any role.
    ///
    /// # Errors
    /// When the managed PostgreSQL does not start.
    pub async fn endpoint_as(
        &self,
        server: &Server,
        database: &Database,
        role: String,
        password: Option<SecretString>,
    ) -> Result<Endpoint> {
        Ok(Endpoint {
            host: self.host(server).await?,
            database: database.name.clone(),
            role,
            password,
            tls: TlsMode::parse(&server.sslmode).unwrap_or_default(),
            ca_pem: server.ca_pem.clone(),
        })
    }

    async fn host(&self, server: &Server) -> Result<Host> {
        if server.managed {
            return self.managed()?.host().await;
        }
        let port = server.port.map_or(DEFAULT_PORT, |port| port.0);
        if server.host.starts_with('/') {
            return Ok(Host::Unix { directory: PathBuf::from(&server.host), port });
        }
        Ok(Host::Tcp { name: server.host.clone(), port })
    }

    /// The managed PostgreSQL.
    ///
    /// # Errors
    /// When this installation has none.
    pub fn managed(&self) -> Result<&dyn crate::ManagedPostgres> {
        self.managed.as_deref().ok_or_else(|| {
            Error::unavailable(
                "This installation has no PostgreSQL of its own. Connect an existing database, or install PostgreSQL on this \
                 machine and start again.",
            )
        })
    }
}
