//! Tables of every kind: how their rows are named, and what can be done with them.

use mathesar_api::ErrorCode;
use serde_json::json;

use super::world::{data, test};

#[test]
fn a_composite_key_names_a_row_by_all_its_columns() {
    let sql = r#"create table "odd "" key" (b timestamptz, "c ""d" text, a text, primary key (a, b));
        insert into "odd "" key" values ('2024-01-01 00:00:00.123456+00', 'one', 'x;'), ('2024-01-01 00:00:00.123457+00', 'two', 'x;')"#;
    test(sql, async |world| {
        let (ana, table) = (world.owner().await, r#""odd "" key""#);
        let page = ana.list(table, json!({ "keys": true })).await.unwrap();
        let key = page["keys"][1].clone();
        assert_eq!(key, json!({ "3": "x;", "1": "2024-01-01 00:00:00.123457+00" }));
        let patched =
            ana.patch(table, json!({ "record_id": key, "record_def": { "2": "changed" }, "keys": true })).await;
        assert_eq!(patched.unwrap()["keys"], json!([key]));
        assert_eq!(
            world.scalar(r#"select string_agg("c ""d", ',' order by b) from "odd "" key""#).unwrap(),
            "one,changed"
        );
        assert_eq!(ana.delete(table, json!([key])).await.unwrap().len(), 1);
        let error = ana.get(table, json!({ "record_id": 1 })).await.unwrap_err();
        assert!(error.message().contains("\"3\", \"1\""), "{}", error.message());
    });
}

#[test]
fn a_row_without_a_key_is_named_by_its_version() {
    test("create table log (a int, b text); insert into log values (1, 'one'), (1, 'one'), (2, null)", async |world| {
        let ana = world.owner().await;
        let page = ana.list("log", json!({ "keys": true })).await.unwrap();
        let keys = page["keys"].as_array().unwrap().clone();
        let patched =
            ana.patch("log", json!({ "record_id": keys[0], "record_def": { "2": "new" }, "keys": true })).await;
        let moved = patched.unwrap()["keys"][0].clone();
        assert_ne!(moved, keys[0], "the row has another version now");
        assert_eq!(world.scalar("select string_agg(b, ',' order by b) from log").unwrap(), "new,one");

        let error = ana.patch("log", json!({ "record_id": keys[0], "record_def": { "2": "x" } })).await.unwrap_err();
        assert_eq!((error.code(), data(&error)["reason"].clone()), (ErrorCode::ROW_CONFLICT, json!("gone")));
        // Somebody else's row that takes the old place is not taken for it.
        world.execute("vacuum log");
        world.execute("insert into log values (9, 'other')");
        let error = ana.delete("log", json!([keys[0]])).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::ROW_CONFLICT);
        assert_eq!(world.scalar("select count(*) from log").unwrap(), "4");
        ana.delete("log", json!([moved, keys[2]])).await.unwrap();
        assert_eq!(world.scalar("select count(*) from log").unwrap(), "2");
    });
}

#[test]
fn a_unique_not_null_key_serves_where_there_is_no_primary_one() {
    let sql = "create table tag (label text, code uuid not null unique);
        insert into tag values ('a', '00000000-0000-0000-0000-000000000001')";
    test(sql, async |world| {
        let ana = world.owner().await;
        let id = "00000000-0000-0000-0000-000000000001";
        let patched =
            ana.patch("tag", json!({ "record_id": id, "record_def": { "1": "b" }, "keys": true })).await.unwrap();
        assert_eq!(patched["keys"], json!([{ "2": id }]));
    });
}

#[test]
fn partitioned_tables_are_one_table() {
    let sql = "create table m (id int, t text) partition by list (id);
        create table m1 partition of m for values in (1); create table m2 partition of m for values in (2);
        insert into m values (1, 'one'), (2, 'two')";
    test(sql, async |world| {
        let ana = world.owner().await;
        let keys = ana.list("m", json!({ "keys": true })).await.unwrap()["keys"].clone();
        // The same ctid stands in both partitions.
        assert_eq!(keys[0]["ctid"], keys[1]["ctid"]);
        ana.patch("m", json!({ "record_id": keys[1], "record_def": { "2": "zwei" } })).await.unwrap();
        assert_eq!(world.scalar("select string_agg(t, ',' order by id) from m").unwrap(), "one,zwei");
    });
}

#[test]
fn views_without_a_key_are_read_and_say_why_they_are_not_changed() {
    let sql = "create table base (id int primary key, t text); insert into base values (2, 'b'), (1, 'a');
        create view seen as select t from base; create materialized view kept as select * from base";
    test(sql, async |world| {
        let ana = world.owner().await;
        for (view, word) in [("seen", "a view"), ("kept", "materialised")] {
            let page = ana.list(view, json!({ "limit": 1 })).await.unwrap();
            assert_eq!((page["count"].clone(), page["results"].as_array().unwrap().len()), (json!(2), 1));
            let error = ana.patch(view, json!({ "record_id": 1, "record_def": { "1": "x" } })).await.unwrap_err();
            assert_eq!(error.code(), ErrorCode::READ_ONLY);
            assert!(error.message().contains(word), "{}", error.message());
            let page = ana.list(view, json!({ "keys": true })).await.unwrap();
            assert!(page.get("keys").is_none() && page["results"].as_array().unwrap().len() == 2);
        }
        // PostgreSQL takes a new row through a simple view.
        world.execute("alter table base alter id add generated always as identity (start with 3)");
        ana.add("seen", json!({ "record_def": { "1": "c" } })).await.unwrap();
        assert_eq!(world.scalar("select t from base where id = 3").unwrap(), "c");
    });
}

#[test]
fn a_view_that_shows_the_key_of_its_table_is_changed_as_the_table_is() {
    let sql = "create table base (id int primary key, t text); insert into base values (2, 'b'), (1, 'a');
        create view seen as select t, id as number, upper(t) as loud from base where id < 10 with check option";
    test(sql, async |world| {
        let ana = world.owner().await;
        let page = ana.list("seen", json!({ "keys": true, "limit": 1 })).await.unwrap();
        assert_eq!(
            (page["results"].clone(), page["keys"].clone()),
            (json!([{ "1": "a", "2": 1, "3": "A" }]), json!([{ "2": "1" }]))
        );
        let patched = ana
            .patch("seen", json!({ "record_id": 1, "record_def": { "1": "x" }, "expect": { "3": "A" } }))
            .await
            .unwrap();
        assert_eq!(patched["results"], json!([{ "1": "x", "2": 1, "3": "X" }]));
        let error =
            ana.patch("seen", json!({ "record_id": 1, "record_def": { "1": "y" }, "expect": { "1": "a" } })).await;
        assert_eq!(error.unwrap_err().code(), ErrorCode::ROW_CONFLICT);
        let error = ana.patch("seen", json!({ "record_id": 1, "record_def": { "3": "Y" } })).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::READ_ONLY);
        let error = ana.patch("seen", json!({ "record_id": 1, "record_def": { "2": 10 } })).await.unwrap_err();
        assert!(error.message().contains("check option"), "{}", error.message());
        ana.add("seen", json!({ "record_def": { "1": "c", "2": 3 } })).await.unwrap();
        ana.delete("seen", json!([2])).await.unwrap();
        assert_eq!(world.scalar("select string_agg(id || t, ',' order by id) from base").unwrap(), "1x,3c");
    });
}

#[test]
fn computed_columns_take_no_value() {
    let sql = "create table c (id int generated always as identity primary key, a int, b int generated always as (a * 2) stored)";
    test(sql, async |world| {
        let ana = world.owner().await;
        let added = ana.add("c", json!({ "record_def": { "2": 21 } })).await.unwrap();
        assert_eq!(added["results"], json!([{ "1": 1, "2": 21, "3": 42 }]));
        for column in ["1", "3"] {
            let error = ana.patch("c", json!({ "record_id": 1, "record_def": { column: 5 } })).await.unwrap_err();
            assert_eq!(error.code(), ErrorCode::READ_ONLY, "{column}");
        }
        let patched = ana.patch("c", json!({ "record_id": 1, "record_def": { "2": 4 } })).await.unwrap();
        assert_eq!(patched["results"][0]["3"], 8);
        let error = ana.add("c", json!({ "record_def": { "3": 5 } })).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::READ_ONLY);
        // A deleted row comes back under its own number.
        ana.delete("c", json!([1])).await.unwrap();
        let back = ana.add("c", json!({ "record_def": { "1": 1, "2": 4 } })).await.unwrap();
        assert_eq!(back["results"], json!([{ "1": 1, "2": 4, "3": 8 }]));
    });
}

#[test]
fn hostile_names_are_only_names() {
    let name = "x\"; drop table victim; --😀 Robert');";
    let quoted = name.replace('"', "\"\"");
    let sql = format!(
        "create table victim (id int primary key); create schema \"{quoted}\"; set search_path to \"{quoted}\";
         create type \"{quoted}\".\"select\" as enum ('it''s', 'a,b', 'c\"d');
         create table \"{quoted}\".\"{quoted}\" (\"{quoted}\" int primary key, \"select\" \"select\", \"a.b\" \"select\"[]);
         insert into \"{quoted}\".\"{quoted}\" values (1, 'it''s', '{{\"a,b\",\"c\\\"d\"}}')"
    );
    test(&sql, async |world| {
        let (ana, table) = (world.owner().await, format!("\"{quoted}\".\"{quoted}\"").replace('\'', "''"));
        let page = ana.list(&table, json!({ "filter": super::world::compare("equal", 2, "it's") })).await.unwrap();
        assert_eq!(page["results"], json!([{ "1": 1, "2": "it's", "3": ["a,b", "c\"d"] }]));
        let change =
            json!({ "record_id": 1, "record_def": { "2": "a,b", "3": ["it's", null] }, "expect": { "2": "it's" } });
        let patched = ana.patch(&table, change).await.unwrap();
        assert_eq!(patched["results"][0], json!({ "1": 1, "2": "a,b", "3": ["it's", null] }));
        assert_eq!(world.scalar("select count(*) from victim").as_deref(), Some("0"));
    });
}
