//! Every table is listed, paged through, and its rows are read, changed, deleted and added again; PostgreSQL itself says each time what
//! became of them.

use mathesar_api::ErrorCode;
use mathesar_app::Error;
use mathesar_testkit::TORTURE;
use serde_json::{Map, Value, json};

use crate::world::{Guest, World, after};

/// Tables whose rows PostgreSQL does not change, and words of the error that says so.
const READ_ONLY: &[(&str, &str)] = &[
    ("torture.view_without_key", "does not show a key"),
    ("torture.view_joined", "a view of several tables"),
    ("torture.view_grouped", "a view"),
    ("torture.view_of_inherited", "does not show a key"),
    ("torture.view_with_triggers", "a view of several tables"),
    ("torture.view_with_rules", "a view of several tables"),
    ("torture.view_of_rules", "a view of several tables"),
    ("torture.view_materialized", "a materialised view"),
    ("far_away.foreign_book", "a foreign table"),
    ("far_away.foreign_file", "a foreign table"),
];

/// Tables that do something else with a change than what was asked for; they have tests of their own.
const SELF_WILLED: &[&str] = &[
    "torture.corrected",
    "torture.refused",
    "torture.swallowed",
    "torture.redirected",
    // A row of a child that is deleted and added again is one of the parent's own.
    "torture.place",
];

/// The tables in the order in which they can be emptied and filled again: children before parents, views before their tables.
const TABLES: &str = "select c.oid::regclass::text from pg_class as c
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace::regnamespace::text in ('torture', '\"Cross.Schema\"', 'far_away')
    order by c.oid desc";

#[test]
fn every_table_is_read_and_changed_exactly() {
    after(&[TORTURE], async |world| {
        let tables: Vec<String> = world.column(TABLES);
        assert!(tables.len() > 90, "{tables:?}");
        for (named, _) in READ_ONLY {
            assert!(tables.iter().any(|table| table == named) || named.contains("foreign"), "{named}");
        }
        let ana = world.owner().await;
        for table in tables {
            let name = table.replace('\'', "''");
            let visit = Visit { world, ana: &ana, writable: writable(world, &name), name, table };
            visit.read().await;
            match READ_ONLY.iter().find(|(named, _)| *named == visit.table) {
                Some((_, words)) => visit.is_read_only(words).await,
                None if SELF_WILLED.contains(&visit.table.as_str()) => {}
                None => visit.change().await,
            }
        }
    });
}

struct Visit<'w> {
    world: &'w World,
    ana: &'w Guest<'w>,
    /// As PostgreSQL writes it.
    table: String,
    /// The same inside of quotes.
    name: String,
    /// The columns that take a value.
    writable: Vec<Writable>,
}

struct Writable {
    number: String,
    nullable: bool,
    /// GENERATED ALWAYS AS IDENTITY: a new row may bring its number, but no row changes it.
    always: bool,
}

type Row = Map<String, Value>;

impl Visit<'_> {
    /// All rows in PostgreSQL's own text, whatever their order.
    fn rows(&self) -> Vec<String> {
        self.world.column(&format!("select whole_row::text from {} as whole_row order by 1", self.table))
    }

    /// All rows and their keys, as they are written back.
    async fn list(&self, more: Value) -> (Vec<Row>, Vec<Value>) {
        let mut params = json!({ "values": "text", "keys": true });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let page = self.must("list", self.ana.list(&self.name, params).await);
        let rows = page["results"].as_array().unwrap().iter().map(|row| row.as_object().unwrap().clone()).collect();
        (rows, page["keys"].as_array().cloned().unwrap_or_default())
    }

    fn must<T>(&self, what: &str, result: Result<T, Error>) -> T {
        result.unwrap_or_else(|error| panic!("{}: {what}: {}", self.table, error.message()))
    }

    /// Lists in both forms, page by page in both directions, and filters by each value.
    async fn read(&self) {
        let page = self.must("list", self.ana.list(&self.name, json!({ "return_record_summaries": true })).await);
        let (rows, keys) = self.list(json!({})).await;
        let there = self.rows().len();
        assert!(there > 0, "{} has no rows", self.table);
        assert_eq!((page["count"].clone(), rows.len()), (json!(there), there), "{}", self.table);
        for (at, key) in keys.iter().enumerate() {
            let one = self.must("get", self.ana.get(&self.name, json!({ "record_id": key, "values": "text" })).await);
            assert_eq!(one["results"], json!([rows[at]]), "{}: {key}", self.table);
            let (after, _) = self.list(json!({ "after": key })).await;
            assert_eq!(after, rows[at + 1..], "{}: after {key}", self.table);
            let (before, _) = self.list(json!({ "before": key })).await;
            assert_eq!(before, rows[..at], "{}: before {key}", self.table);
        }
        for number in rows[0].keys() {
            self.filter(number, &rows).await;
            let column = number.parse::<i16>().unwrap();
            let order = json!([{ "attnum": column, "direction": "desc" }]);
            let grouped = json!({ "order": order, "grouping": { "columns": [column] } });
            assert_eq!(self.list(grouped).await.0.len(), rows.len(), "{}.{number}", self.table);
        }
        self.must("summaries", self.ana.list_summaries(&self.name, json!({})).await.or_else(unkeyed));
    }

    /// All rows are found by a filter for the values of a column.
    async fn filter(&self, number: &str, rows: &[Row]) {
        let column = json!({ "type": "attnum", "value": number.parse::<i16>().unwrap() });
        let values: Vec<&Value> = rows.iter().map(|row| &row[number]).filter(|value| !value.is_null()).collect();
        let is_one = json!({ "type": "in", "args": [column, { "type": "literal", "value": values }] });
        let filter = json!({ "type": "or", "args": [{ "type": "null", "args": [column] }, is_one] });
        match self.ana.list(&self.name, json!({ "filter": filter })).await {
            Ok(page) => assert_eq!(page["count"], rows.len(), "{}.{number} in {values:?}", self.table),
            // Types that PostgreSQL has no equality for.
            Err(error) if error.code() == ErrorCode::BAD_FILTER => {}
            Err(error) => panic!("{}.{number} in {values:?}: {}", self.table, error.message()),
        }
    }

    async fn is_read_only(&self, words: &str) {
        let before = self.rows();
        let patch =
            self.ana.patch(&self.name, json!({ "record_id": 1, "record_def": { "1": "1" } })).await.unwrap_err();
        let delete = self.ana.delete(&self.name, json!([1])).await.unwrap_err();
        for error in [patch, delete] {
            assert_eq!(error.code(), ErrorCode::READ_ONLY, "{}: {}", self.table, error.message());
            assert!(error.message().contains(words), "{}: {}", self.table, error.message());
        }
        assert_eq!(self.rows(), before, "{}", self.table);
    }

    /// Writes every row over itself, empties what can be empty and fills it, deletes all rows and adds them again.
    async fn change(&self) {
        let before = self.rows();
        for at in 0..before.len() {
            // A row version is another one after each change.
            let (rows, keys) = self.list(json!({})).await;
            let key = self.write_itself(&rows[at], &keys[at]).await;
            self.empty(&rows[at], key).await;
        }
        assert_eq!(self.rows(), before, "{}: what was read was written, what was emptied was filled", self.table);
        let (rows, keys) = self.list(json!({})).await;
        match self.ana.delete(&self.name, json!(keys)).await {
            Ok(gone) => assert_eq!(gone.len(), keys.len(), "{}", self.table),
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::FOREIGN_KEY_VIOLATION, "{}: {}", self.table, error.message());
                assert_eq!(self.rows(), before, "{}", self.table);
                return;
            }
        }
        assert!(self.rows().is_empty(), "{}", self.table);
        for row in rows {
            let added = self.ana.add(&self.name, json!({ "record_def": self.given(&row), "values": "text" })).await;
            assert_eq!(self.must("add", added)["results"], json!([row]), "{}", self.table);
        }
        assert_eq!(self.rows(), before, "{}: what was deleted is there again", self.table);
    }

    /// The values of a row that PostgreSQL does not compute.
    fn given(&self, row: &Row) -> Row {
        self.writable.iter().map(|column| (column.number.clone(), row[&column.number].clone())).collect()
    }

    async fn write_itself(&self, row: &Row, key: &Value) -> Value {
        let mut set = self.given(row);
        for column in self.writable.iter().filter(|column| column.always) {
            set.remove(&column.number);
        }
        if set.is_empty() {
            return key.clone();
        }
        let change = json!({ "record_id": key, "record_def": set, "expect": row, "values": "text", "keys": true });
        let patched = self.must("patch", self.ana.patch(&self.name, change).await);
        assert_eq!(patched["results"], json!([row]), "{}", self.table);
        patched["keys"][0].clone()
    }

    /// Empties each column that takes NULL, has PostgreSQL confirm that, and fills it again.
    async fn empty(&self, row: &Row, mut key: Value) {
        let filled = |column: &&Writable| column.nullable && !row[&column.number].is_null();
        for Writable { number, .. } in self.writable.iter().filter(filled) {
            let change = |value: &Value, key: &Value| json!({ "record_id": key, "record_def": { number: value }, "values": "text", "keys": true });
            let emptied = match self.ana.patch(&self.name, change(&Value::Null, &key)).await {
                Ok(emptied) => emptied,
                // Domains and keys that refuse NULL, MATCH FULL, and the key of what other rows refer to.
                Err(error) => {
                    // A view's own check, too.
                    let refusal = ["23502", "23503", "23001", "23514", "44000"].map(ErrorCode::of_sqlstate);
                    let refused = refusal.iter().any(|code| code.code == error.code().code);
                    assert!(refused, "{}.{number}: {}", self.table, error.message());
                    continue;
                }
            };
            let mut expected = row.clone();
            expected.insert(number.clone(), Value::Null);
            assert_eq!(emptied["results"][0][number], Value::Null, "{}.{number}", self.table);
            let filled = self.ana.patch(&self.name, change(&row[number], &emptied["keys"][0])).await;
            let filled = self.must("fill", filled);
            assert_eq!(filled["results"], json!([row]), "{}.{number}", self.table);
            key = filled["keys"][0].clone();
        }
    }
}

fn writable(world: &World, name: &str) -> Vec<Writable> {
    let columns = world.column(&format!(
        "select attnum || case when attnotnull then '' else '?' end || attidentity::text
           from pg_attribute join pg_class as c on c.oid = attrelid
          where c.oid = '{name}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
            and (relkind <> 'v' or pg_column_is_updatable(c.oid, attnum, false))"
    ));
    let column = |told: String| {
        let number = told.chars().take_while(char::is_ascii_digit).collect();
        Writable { number, nullable: told.contains('?'), always: told.ends_with('a') }
    };
    columns.into_iter().map(column).collect()
}

/// Rows without a key of one column have no summaries to choose from.
fn unkeyed(error: Error) -> Result<Value, Error> {
    if error.code() == ErrorCode::VALUE_ERROR { Ok(Value::Null) } else { Err(error) }
}
