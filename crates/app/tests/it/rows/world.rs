//! What callers do with rows.

use bytes::Bytes;
use mathesar_api::Json;
use mathesar_app::{Error, Result, records};
use mathesar_store::TableName;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::world::after;
pub use crate::world::{Guest, World};

/// Runs a test in a new world, after `sql`.
pub fn test(sql: &str, work: impl AsyncFnOnce(&World)) {
    after(&[sql], work);
}

impl World {
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
    /// Parameters of a call about a table.
    fn on<P: DeserializeOwned>(&self, table: &str, mut params: Value) -> P {
        params["table_oid"] = json!(self.world.oid(table));
        self.params(params)
    }

    pub async fn list_bytes(&self, table: &str, params: Value) -> Result<Bytes> {
        records::list(&self.ctx, self.on(table, params)).await
    }

    pub async fn list(&self, table: &str, params: Value) -> Result<Value> {
        read(self.list_bytes(table, params).await)
    }

    pub async fn get(&self, table: &str, params: Value) -> Result<Value> {
        read(records::get(&self.ctx, self.on(table, params)).await)
    }

    pub async fn add(&self, table: &str, params: Value) -> Result<Value> {
        read(records::add(&self.ctx, self.on(table, params)).await)
    }

    pub async fn patch(&self, table: &str, params: Value) -> Result<Value> {
        read(records::patch(&self.ctx, self.on(table, params)).await)
    }

    /// The same from parameters as they are written, so that no number of them becomes a float on its way.
    pub async fn patch_text(&self, table: &str, params: &str) -> Result<()> {
        let (database, table) = (self.world.connected.database_id, self.world.oid(table));
        let text =
            format!("{{ \"database_id\": {database}, \"table_oid\": {table}, {}", params.trim_start_matches('{'));
        records::patch(&self.ctx, serde_json::from_str(&text).unwrap()).await.map(drop)
    }

    pub async fn delete(&self, table: &str, ids: Value) -> Result<Vec<Json>> {
        records::delete(&self.ctx, self.on(table, json!({ "record_ids": ids }))).await
    }

    pub async fn search(&self, table: &str, params: Value) -> Result<Value> {
        read(records::search(&self.ctx, self.on(table, params)).await)
    }

    pub async fn list_summaries(&self, table: &str, params: Value) -> Result<Value> {
        let result = records::list_summaries(&self.ctx, self.on(table, params)).await;
        result.map(|list| serde_json::to_value(list).unwrap())
    }

    pub async fn locate(&self, table: &str, params: Value) -> Result<Value> {
        let result = records::locate(&self.ctx, self.on(table, params)).await;
        result.map(|place| serde_json::to_value(place).unwrap())
    }

    pub async fn count(&self, table: &str, params: Value) -> Result<(i64, bool)> {
        records::count(&self.ctx, self.on(table, params)).await.map(|count| (count.count, count.exact))
    }

    pub async fn apply(&self, table: &str, changes: Value) -> Result<Value> {
        read(records::apply(&self.ctx, self.on(table, json!({ "changes": changes }))).await)
    }

    /// Renames columns as the interface does.
    pub async fn rename_columns(&self, table: &str, names: &[(i16, &str)]) {
        let columns: Vec<Value> = names.iter().map(|(attnum, name)| json!({ "id": attnum, "name": name })).collect();
        let params = self.on(table, json!({ "column_data_list": columns }));
        mathesar_app::model::columns::patch(&self.ctx, params).await.unwrap();
    }

    pub async fn show(&self, method: &str, table: &str, params: Value) -> Result<Option<Vec<String>>> {
        let params: Value = self.on(table, params);
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
