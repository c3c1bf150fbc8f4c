//! "Show SQL": what is shown is what runs, and it runs as it is shown.

use serde_json::json;

use super::world::{compare, test};

#[test]
fn every_method_shows_statements_that_run() {
    let sql = r#"create table "My table" (id int primary key, "Näme's" text, other int); insert into "My table" values (1, 'a', 2)"#;
    test(sql, async |world| {
        let (ana, table) = (world.owner().await, r#""My table""#);
        let change = json!({ "2": "it's; --", "3": null });
        for (method, params) in [
            (
                "records.list",
                json!({ "filter": compare("equal", 2, "it's"), "order": [{ "attnum": 3, "direction": "desc" }] }),
            ),
            ("records.get", json!({ "record_id": 1 })),
            ("records.add", json!({ "record_def": { "1": 5 } })),
            ("records.patch", json!({ "record_id": 1, "record_def": change, "expect": { "2": "a" } })),
            ("records.delete", json!({ "record_ids": [1, 2] })),
            ("records.search", json!({ "search_params": [{ "attnum": 2, "literal": "a" }] })),
            ("records.count", json!({ "count": "capped" })),
            ("records.list_summaries", json!({ "search": "a" })),
            (
                "records.apply",
                json!({ "changes": [{ "op": "delete", "key": { "1": "9" } }, { "op": "insert", "set": { "1": "7" } }] }),
            ),
        ] {
            let statements = ana.show(method, table, params).await.unwrap().expect("the method is known");
            assert!(!statements.is_empty(), "{method}");
            for statement in statements {
                world.execute(&format!("begin; {statement}; rollback"));
            }
        }
        assert_eq!(world.scalar(r#"select count(*) from "My table""#).as_deref(), Some("1"), "nothing was run");
        assert!(ana.show("tables.list", table, json!({})).await.unwrap().is_none());
    });
}

#[test]
fn a_shown_statement_reads_well() {
    test("create table fruit (id int primary key, name text)", async |world| {
        let ana = world.owner().await;
        let params =
            json!({ "record_id": 1, "record_def": { "2": "pear" }, "expect": { "2": "apple" }, "values": "text" });
        let shown = ana.show("records.patch", "fruit", params).await.unwrap().unwrap();
        assert_eq!(
            shown,
            [
                "UPDATE public.fruit AS t SET name = 'pear'::text WHERE t.id = '1'::int4 AND t.name::text IS NOT DISTINCT FROM 'apple' \
              RETURNING t.id, t.name, t.id::text"
            ]
        );
    });
}
