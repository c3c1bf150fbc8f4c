//! A database of books, and explorations in it.

use futures_util::TryStreamExt as _;
use mathesar_api::{Json, methods::explorations::ExplorationInfo};
use mathesar_app::{
    Result, explorations,
    export::{self, ExplorationExport},
};
use serde_json::{Value, json};

use crate::world::{Guest, World, after};

const BOOKS: &str = r#"
    create schema people;
    create table people.author (id int primary key, "na.me ""x""" text, born date);
    create table book (
        id int primary key, title text, author int references people.author, price numeric(8,2), made timestamptz
    );
    create table copy (book int references book, number int, shelf text, primary key (book, number));
    create table loan (id int primary key, book int, number int, since timestamp,
        foreign key (book, number) references copy (book, number));
    insert into people.author values (1, 'Ann', '1970-05-01'), (2, 'Bob', '1980-12-24'), (3, 'Eve', null);
    insert into book values
        (1, 'Atlas', 1, 10.50, '2024-01-15 10:00Z'), (2, 'Birds', 1, 7.00, '2024-02-20 10:00Z'),
        (3, 'Cooking', 2, null, '2025-02-01 10:00Z'), (4, 'Drawing', null, 3.25, null);
    insert into copy values (1, 1, 'north'), (1, 2, 'south'), (2, 1, 'north'), (3, 1, null);
    insert into loan values (1, 1, 2, '2024-06-01 09:00'), (2, 1, 2, '2024-06-05 11:00'), (3, 3, 1, null);
"#;

/// Runs a test in a new world with books, after `sql`.
pub fn test(sql: &str, work: impl AsyncFnOnce(&World)) {
    after(&[BOOKS, sql], work);
}

impl World {
    /// A definition over a table's columns, whose aliases are given with their numbers.
    pub fn over(&self, table: &str, columns: &[(&str, i16)], transformations: Value) -> Value {
        let columns: Vec<Value> =
            columns.iter().map(|(alias, attnum)| json!({ "alias": alias, "attnum": attnum })).collect();
        json!({
            "base_table_oid": self.oid(table), "initial_columns": columns, "transformations": transformations,
        })
    }

    /// Books with the names of their authors.
    pub fn books(&self, transformations: Value) -> Value {
        let (book, author) = (self.oid("book"), self.oid("people.author"));
        let path = json!([[[book, 3], [author, 1]]]);
        let mut def = self.over("book", &[("id", 1), ("title", 2), ("price", 4)], transformations);
        let by = json!({ "alias": "by", "attnum": 2, "join_path": path });
        def["initial_columns"].as_array_mut().unwrap().push(by);
        def
    }
}

impl Guest<'_> {
    pub async fn run(&self, def: Value) -> Result<Value> {
        self.page(json!({ "exploration_def": def })).await
    }

    pub async fn page(&self, params: Value) -> Result<Value> {
        let bytes = explorations::run(&self.ctx, self.params(params)).await?;
        Ok(serde_json::from_slice(&bytes).expect("the answer is JSON"))
    }

    /// The rows of an exploration, each as a list in the order of its columns.
    pub async fn rows(&self, def: Value) -> Vec<Value> {
        rows(&self.run(def).await.unwrap())
    }

    /// Why an exploration is refused: the number of the error and its words.
    pub async fn refusal(&self, def: Value) -> (i32, String) {
        let error = self.run(def).await.expect_err("it is refused");
        (error.code().code, error.message().to_owned())
    }

    pub async fn save(&self, def: Value) -> Result<ExplorationInfo> {
        explorations::add(&self.ctx, self.params(json!({ "exploration_def": def }))).await
    }

    pub async fn show_statements(&self, params: Value) -> Vec<String> {
        let params: Value = self.params(params);
        let params = Json::from_serialize(&params).unwrap();
        let database_id = self.world.connected.database_id;
        explorations::show(&self.ctx, database_id, "explorations.run", &params).await.unwrap().unwrap()
    }

    /// The file of a saved exploration, and its name.
    pub async fn export(&self, exploration_id: i64, limit: Option<u32>, offset: u64) -> Result<(String, String)> {
        let database_id = self.world.connected.database_id;
        let export = ExplorationExport { database_id, exploration_id, limit, offset };
        let download = export::exploration_csv(&self.ctx, export).await?;
        let frames: Vec<_> = download.body.try_collect().await?;
        Ok((download.file_name, String::from_utf8(frames.concat()).unwrap()))
    }
}

/// The rows of a result, each as a list in the order of its columns.
pub fn rows(result: &Value) -> Vec<Value> {
    let columns = result["output_columns"].as_array().unwrap();
    let results = result["records"]["results"].as_array().unwrap();
    let row = |row: &Value| columns.iter().map(|alias| row[alias.as_str().unwrap()].clone()).collect();
    results.iter().map(row).collect()
}
