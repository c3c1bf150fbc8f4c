//! An installation without HTTP: a SQLite store, a superuser of ours, and a database of a real PostgreSQL.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use jiff::Timestamp;
use mathesar_api::methods::databases::{ConnectExistingParams, DatabaseConnection};
use mathesar_app::{
    App, Caller, Clock, Ctx, Error, ManagedDatabase, ManagedPostgres, Options, Random, Result, SignedIn, databases,
};
use mathesar_pg::{Host, PoolLimits, Pools};
use mathesar_store::{KeyRing, NewUser, Store, StoreConfig, password};
use mathesar_testkit::{Cluster, TestDatabase};
use tempfile::TempDir;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }
}

/// Different bytes at every call, the same in every run.
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

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

    async fn drop_database(&self, name: &str) -> Result<()> {
        let cluster = &OwnServer::shared().0;
        cluster.execute(&format!("drop database {name} with (force)"));
        cluster.execute(&format!("drop role {name}_owner"));
        Ok(())
    }
}

/// What a test has.
pub struct World {
    pub ctx: Ctx,
    pub database: TestDatabase<'static>,
    _directory: TempDir,
}

impl World {
    /// An installation that knows no database yet.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other options.
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let random: Arc<dyn Random> = Arc::new(Counting(AtomicU64::new(1)));
        let keys = KeyRing::from_strings(&["0123456789abcdefghijklmnopqrstuv".to_owned().into()]).unwrap();
        let config = StoreConfig::sqlite(directory.path().join("store.sqlite"));
        let store = Store::open(&config, keys, Arc::clone(&random), Still.now()).await.unwrap();
        let mut options = Options {
            version: "test",
            data_dir: directory.path().to_owned(),
            in_container: false,
            allow_unix_sockets: true,
            internal_database: None,
            setup_link_command: String::new(),
        };
        change(&mut options);
        let app = App {
            store,
            pools: Pools::new(PoolLimits::default()),
            managed: Some(Arc::new(Managed)),
            clock: Arc::new(Still),
            random,
            options,
            auth: Default::default(),
            places: Default::default(),
            wake: Default::default(),
        };
        let app = Arc::new(app);
        let ctx = sign_in(&app, "ana", true).await;
        Self { ctx, database: Cluster::shared().database(), _directory: directory }
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
        sign_in(&self.ctx.app, username, false).await
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

async fn sign_in(app: &Arc<App>, username: &str, is_superuser: bool) -> Ctx {
    let user = NewUser {
        username: username.to_owned(),
        email: String::new(),
        full_name: String::new(),
        password_hash: password::hash(&"correct horse".to_owned().into(), app.random.as_ref()),
        is_superuser,
        password_change_needed: false,
        display_language: "en".to_owned(),
    };
    let user = app.store.users().add(user, app.clock.now()).await.unwrap();
    let signed_in = SignedIn { user_id: user.id, is_superuser, password_change_needed: false, session_id: None };
    Ctx::new(Arc::clone(app), Caller { signed_in: Some(signed_in), ..Caller::default() })
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
