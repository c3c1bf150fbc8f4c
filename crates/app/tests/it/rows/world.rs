//! An installation with a database, and callers who work in it as some role.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use mathesar_api::Json;
use mathesar_app::{App, Ctx, Error, Result, records};
use mathesar_store::TableName;
use mathesar_testkit::{Cluster, TestDatabase};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::installation::{Connected, Hands, Home, add_user, run};

/// What a test has.
pub struct World {
    app: Arc<App>,
    connected: Connected,
    users: AtomicU64,
    pub database: TestDatabase<'static>,
    _home: Home,
}

/// Someone who works in the database as a role.
pub struct Guest<'w> {
    world: &'w World,
    ctx: Ctx,
}

/// Runs a test in a new world, after `sql`.
pub fn test(sql: &str, work: impl AsyncFnOnce(&World)) {
    test_in(Cluster::shared(), sql, work);
}

/// The same on another server.
pub fn test_in(cluster: &'static Cluster, sql: &str, work: impl AsyncFnOnce(&World)) {
    let database = cluster.database();
    database.execute(sql);
    run(async { work(&World::make(database).await).await });
}

impl World {
    async fn make(database: TestDatabase<'static>) -> Self {
        let home = Home::with_sqlite();
        let app = Arc::new(home.open(&Hands::new()).await);
        let connected = Connected::add(&app, &database).await;
        Self { app, connected, users: AtomicU64::new(0), database, _home: home }
    }

    /// A caller who works as the superuser.
    pub async fn owner(&self) -> Guest<'_> {
        self.guest("postgres").await
    }

    /// A caller who works as `role`.
    pub async fn guest(&self, role: &str) -> Guest<'_> {
        let username = format!("user{}", self.users.fetch_add(1, Ordering::Relaxed));
        let ctx = add_user(&self.app, &username, false).await;
        self.connected.admit(&ctx, role).await;
        Guest { world: self, ctx }
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
        self.app
            .store
            .metadata()
            .set_table(self.connected.database_id, &name, settings, self.app.clock.now())
            .await
            .unwrap();
    }
}

impl Guest<'_> {
    fn params<P: DeserializeOwned>(&self, table: &str, mut params: Value) -> P {
        params["database_id"] = json!(self.world.connected.database_id);
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
        records::show(&self.ctx, self.world.connected.database_id, method, &params).await
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
