//! An installation without HTTP: a SQLite store, a database of a real PostgreSQL, and callers who work in it as some role.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use jiff::Timestamp;
use mathesar_api::Json;
use mathesar_app::{App, Caller, Clock, Ctx, Error, Options, Random, Result, SignedIn, records};
use mathesar_pg::{PoolLimits, Pools};
use mathesar_store::{KeyRing, NewDatabase, NewServer, NewUser, Store, StoreConfig, TableName, password};
use mathesar_testkit::{Cluster, TestDatabase};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A clock that stands still.
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

/// What a test has.
pub struct World {
    app: Arc<App>,
    server_id: i64,
    database_id: i64,
    users: AtomicU64,
    pub database: TestDatabase<'static>,
    _directory: TempDir,
}

/// Someone who works in the database as a role.
pub struct Guest<'w> {
    world: &'w World,
    ctx: Ctx,
}

/// Runs a test in a new world, after `sql`. The test kit blocks, so the database is made outside of the runtime.
pub fn test(sql: &str, work: impl AsyncFnOnce(&World)) {
    test_in(Cluster::shared(), sql, work);
}

/// The same on another server.
pub fn test_in(cluster: &'static Cluster, sql: &str, work: impl AsyncFnOnce(&World)) {
    let database = cluster.database();
    database.execute(sql);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { work(&World::make(database).await).await });
}

impl World {
    async fn make(database: TestDatabase<'static>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let random: Arc<dyn Random> = Arc::new(Counting(AtomicU64::new(1)));
        let now = Still.now();
        let keys = KeyRing::from_strings(&["0123456789abcdefghijklmnopqrstuv".to_owned().into()]).unwrap();
        let config = StoreConfig::sqlite(directory.path().join("store.sqlite"));
        let store = Store::open(&config, keys, Arc::clone(&random), now).await.unwrap();
        let server = NewServer {
            host: database.cluster().socket_directory().to_str().unwrap().to_owned(),
            port: Some(database.cluster().port()),
            sslmode: "disable".to_owned(),
            ca_pem: None,
            managed: false,
        };
        let server_id = store.servers().add(server, now).await.unwrap().id;
        let new = NewDatabase { server_id, name: database.name().to_owned(), nickname: None, managed: false };
        let database_id = store.databases().add(new, now).await.unwrap().id;
        let options = Options {
            version: "test",
            data_dir: directory.path().to_owned(),
            in_container: false,
            allow_unix_sockets: true,
            internal_database: None,
            setup_link_command: String::new(),
        };
        let app = App {
            store,
            pools: Pools::new(PoolLimits::default()),
            managed: None,
            clock: Arc::new(Still),
            random,
            options,
            auth: Default::default(),
            places: Default::default(),
            wake: Default::default(),
        };
        let users = AtomicU64::new(0);
        Self { app: Arc::new(app), server_id, database_id, users, database, _directory: directory }
    }

    /// A caller who works as the superuser.
    pub async fn owner(&self) -> Guest<'_> {
        self.guest("postgres").await
    }

    /// A caller who works as `role`.
    pub async fn guest(&self, role: &str) -> Guest<'_> {
        let (store, now) = (&self.app.store, Still.now());
        let user = NewUser {
            username: format!("user{}", self.users.fetch_add(1, Ordering::Relaxed)),
            email: String::new(),
            full_name: String::new(),
            password_hash: password::hash(&"correct horse".to_owned().into(), self.app.random.as_ref()),
            is_superuser: false,
            password_change_needed: false,
            display_language: "en".to_owned(),
        };
        let user = store.users().add(user, now).await.unwrap();
        let role = store.roles().add(self.server_id, role, None, now).await.unwrap();
        store.collaborators().add(user.id, self.database_id, role.id, now).await.unwrap();
        let signed_in =
            SignedIn { user_id: user.id, is_superuser: false, password_change_needed: false, session_id: None };
        let caller = Caller { signed_in: Some(signed_in), ..Caller::default() };
        Guest { world: self, ctx: Ctx::new(Arc::clone(&self.app), caller) }
    }

    /// Runs SQL beside the program, as the superuser.
    pub fn execute(&self, sql: &str) {
        tokio::task::block_in_place(|| self.database.execute(sql));
    }

    /// One value, as the superuser.
    pub fn scalar(&self, sql: &str) -> Option<String> {
        tokio::task::block_in_place(|| self.database.scalar(sql))
    }

    /// The object identifier of a table.
    pub fn oid(&self, table: &str) -> u32 {
        self.scalar(&format!("select '{table}'::regclass::oid")).unwrap().parse().unwrap()
    }

    /// Chooses how the records of a table are called.
    pub async fn set_template(&self, table: &str, template: Value) {
        let name = TableName { oid: self.oid(table), schema: "public".to_owned(), name: table.to_owned() };
        let settings = json!({ "record_summary_template": template });
        self.app.store.metadata().set_table(self.database_id, &name, settings, Still.now()).await.unwrap();
    }
}

impl Guest<'_> {
    fn params<P: DeserializeOwned>(&self, table: &str, mut params: Value) -> P {
        params["database_id"] = json!(self.world.database_id);
        params["table_oid"] = json!(self.world.oid(table));
        serde_json::from_value(params).unwrap()
    }

    pub async fn list_bytes(&self, table: &str, params: Value) -> Result<Bytes> {
        records::list(&self.ctx, self.params(table, params)).await
    }

    pub async fn list(&self, table: &str, params: Value) -> Result<Value> {
        read(self.list_bytes(table, params).await)
    }

    pub async fn get(&self, table: &str, params: Value) -> Result<Value> {
        read(records::get(&self.ctx, self.params(table, params)).await)
    }

    pub async fn add(&self, table: &str, params: Value) -> Result<Value> {
        read(records::add(&self.ctx, self.params(table, params)).await)
    }

    pub async fn patch(&self, table: &str, params: Value) -> Result<Value> {
        read(records::patch(&self.ctx, self.params(table, params)).await)
    }

    pub async fn delete(&self, table: &str, ids: Value) -> Result<Vec<Json>> {
        records::delete(&self.ctx, self.params(table, json!({ "record_ids": ids }))).await
    }

    pub async fn search(&self, table: &str, params: Value) -> Result<Value> {
        read(records::search(&self.ctx, self.params(table, params)).await)
    }

    pub async fn list_summaries(&self, table: &str, params: Value) -> Result<Value> {
        let result = records::list_summaries(&self.ctx, self.params(table, params)).await;
        result.map(|list| serde_json::to_value(list).unwrap())
    }

    pub async fn locate(&self, table: &str, params: Value) -> Result<Value> {
        let result = records::locate(&self.ctx, self.params(table, params)).await;
        result.map(|place| serde_json::to_value(place).unwrap())
    }

    pub async fn count(&self, table: &str, params: Value) -> Result<(i64, bool)> {
        records::count(&self.ctx, self.params(table, params)).await.map(|count| (count.count, count.exact))
    }

    pub async fn apply(&self, table: &str, changes: Value) -> Result<Value> {
        read(records::apply(&self.ctx, self.params(table, json!({ "changes": changes }))).await)
    }

    /// Renames columns as the interface does.
    pub async fn rename_columns(&self, table: &str, names: &[(i16, &str)]) {
        let columns: Vec<Value> = names.iter().map(|(attnum, name)| json!({ "id": attnum, "name": name })).collect();
        let params = self.params(table, json!({ "column_data_list": columns }));
        mathesar_app::model::columns::patch(&self.ctx, params).await.unwrap();
    }

    pub async fn show(&self, method: &str, table: &str, params: Value) -> Result<Option<Vec<String>>> {
        let params: Value = self.params(table, params);
        let params = Json::from_serialize(&params).unwrap();
        records::show(&self.ctx, self.world.database_id, method, &params).await
    }
}

fn read(result: Result<Bytes>) -> Result<Value> {
    result.map(|bytes| serde_json::from_slice(&bytes).expect("the answer is JSON"))
}

/// The data of an error, for programs.
pub fn data(error: &Error) -> Value {
    serde_json::from_str(error.data().expect("the error has data").text()).unwrap()
}

/// A leaf or node of a filter.
pub fn attnum(number: i16) -> Value {
    json!({ "type": "attnum", "value": number })
}

/// A literal of a filter.
pub fn literal(value: impl Into<Value>) -> Value {
    json!({ "type": "literal", "value": value.into() })
}

/// A filter that compares a column with a value.
pub fn compare(operator: &str, number: i16, value: impl Into<Value>) -> Value {
    json!({ "type": operator, "args": [attnum(number), literal(value)] })
}
