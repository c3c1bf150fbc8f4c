//! An installation with a superuser, a database that can be connected, and a stand-in for the managed PostgreSQL.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use mathesar_api::methods::databases::{ConnectExistingParams, DatabaseConnection};
use mathesar_app::{Ctx, Error, ManagedDatabase, ManagedPostgres, Options, Result, databases};
use mathesar_pg::Host;
use mathesar_testkit::{Cluster, TestDatabase};

use crate::installation::{Hands, Home, add_user};

/// A PostgreSQL that stands in the place of our own: as `local` does, it gives each database a role that owns it.
pub struct OwnServer(Cluster);

impl OwnServer {
    fn shared() -> &'static Self {
        static SERVER: OnceLock<OwnServer> = OnceLock::new();
        SERVER.get_or_init(|| Self(Cluster::start()))
    }
}

struct Managed;

#[async_trait]
impl ManagedPostgres for Managed {
    async fn host(&self) -> Result<Host> {
        let cluster = &OwnServer::shared().0;
        Ok(Host::Unix { directory: cluster.socket_directory().to_owned(), port: cluster.port() })
    }

    async fn create_database(&self, name: &str) -> Result<ManagedDatabase> {
        let role = format!("{name}_owner");
        let cluster = &OwnServer::shared().0;
        cluster.execute(&format!("create role {role} login createrole createdb password 'secret'"));
        cluster.execute(&format!("create database {name} owner {role}"));
        Ok(ManagedDatabase { role, password: "secret".to_owned().into() })
    }

    async fn database_oid(&self, name: &str) -> Result<Option<u32>> {
        let question = format!("select (select oid from pg_database where datname = '{name}')");
        Ok(OwnServer::shared().0.scalar(&question).map(|oid| oid.parse().unwrap()))
    }

    async fn drop_database(&self, name: &str) -> Result<Option<String>> {
        let (cluster, role) = (&OwnServer::shared().0, format!("{name}_owner"));
        cluster.execute(&format!("drop database {name} with (force)"));
        cluster.execute(&format!("drop role {role}"));
        Ok(Some(role))
    }
}

/// What a test has.
pub struct World {
    pub ctx: Ctx,
    pub database: TestDatabase<'static>,
    _home: Home,
}

impl World {
    /// An installation that knows no database yet.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other options.
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let home = Home::with_sqlite();
        let mut app = home.open(&Hands::new()).await;
        app.managed = Some(Arc::new(Managed));
        change(&mut app.options);
        let ctx = add_user(&Arc::new(app), "ana", true).await;
        Self { ctx, database: Cluster::shared().database(), _home: home }
    }

    /// An installation that is connected to its database as PostgreSQL's superuser.
    pub async fn connected() -> (Self, i64) {
        let world = Self::new().await;
        let id = world.connect().await;
        (world, id)
    }

    /// Connects the database as PostgreSQL's superuser.
    pub async fn connect(&self) -> i64 {
        self.connect_as("postgres").await.unwrap().database.id
    }

    /// Connects the database as a role.
    pub async fn connect_as(&self, role: &str) -> Result<DatabaseConnection> {
        databases::connect_existing(&self.ctx, self.address(role)).await
    }

    /// The address of the database in parts.
    pub fn address(&self, role: &str) -> ConnectExistingParams {
        let cluster = self.database.cluster();
        ConnectExistingParams {
            host: Some(cluster.socket_directory().to_str().unwrap().to_owned()),
            port: Some(cluster.port()),
            database: Some(self.database.name().to_owned()),
            role: Some(role.to_owned()),
            ..ConnectExistingParams::default()
        }
    }

    /// Somebody else of this installation.
    pub async fn other(&self, username: &str) -> Ctx {
        add_user(&self.ctx.app, username, false).await
    }

    /// The number of a table or view.
    pub fn table(&self, name: &str) -> u32 {
        self.database.scalar(&format!("select '{name}'::regclass::oid")).unwrap().parse().unwrap()
    }

    /// The number of a schema.
    pub fn schema(&self, name: &str) -> u32 {
        self.database.scalar(&format!("select '{name}'::regnamespace::oid")).unwrap().parse().unwrap()
    }
}

/// The error of a use case that must fail, by its name in the table of errors.
pub fn failure<T>(result: Result<T>) -> (Error, &'static str) {
    let error = result.err().expect("it should have failed");
    let name = error.code().name;
    (error, name)
}

/// Parameters as a client writes them.
pub fn params<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_str(&json.to_string()).unwrap()
}
