//! What PostgreSQL changes, refuses or hides is told as it is.

use mathesar_api::ErrorCode;
use mathesar_app::model::tables;
use mathesar_testkit::TORTURE;
use serde_json::{Value, json};

use crate::rows::world::data;
use crate::world::{World, after};

fn tortured(work: impl AsyncFnOnce(&World)) {
    after(&[TORTURE], work);
}

#[test]
fn what_triggers_do_is_in_the_answer() {
    tortured(async |world| {
        let ana = world.owner().await;
        let patch = json!({ "record_id": 1, "record_def": { "2": "bob" }, "expect": { "2": "ANN" } });
        let patched = ana.patch("torture.corrected", patch).await.unwrap();
        assert_eq!(patched["results"], json!([{ "1": 1, "2": "BOB", "3": 1 }]));
        let added = ana.add("torture.corrected", json!({ "record_def": { "1": 2, "2": "x", "3": 7 } })).await.unwrap();
        assert_eq!(added["results"], json!([{ "1": 2, "2": "X", "3": 0 }]));

        let patch = json!({ "record_id": 1, "record_def": { "2": "x" } });
        let refused = [
            ana.patch("torture.refused", patch.clone()).await.unwrap_err(),
            ana.add("torture.refused", json!({ "record_def": { "1": 2 } })).await.unwrap_err(),
            ana.delete("torture.refused", json!([1])).await.unwrap_err(),
        ];
        for error in refused {
            assert!(error.message().contains("the books are closed"), "{}", error.message());
            assert!(error.message().contains("Ask the accountant."), "{}", error.message());
        }

        let swallowed = [
            ana.patch("torture.swallowed", patch.clone()).await.unwrap_err(),
            ana.add("torture.swallowed", json!({ "record_def": { "1": 2 } })).await.unwrap_err(),
            ana.delete("torture.swallowed", json!([1])).await.unwrap_err(),
        ];
        for error in swallowed {
            assert_eq!(error.code(), ErrorCode::ROW_CONFLICT, "{}", error.message());
            assert_eq!(data(&error)["reason"], "hidden", "{}", error.message());
        }
        let error = ana.delete("torture.redirected", json!([1])).await.unwrap_err();
        assert!(error.message().contains("cannot perform DELETE"), "{}", error.message());
        for table in ["refused", "swallowed", "redirected"] {
            let row = world.scalar(&format!("select string_agg(id || name, ',') from torture.{table}"));
            assert_eq!(row.as_deref(), Some("1ann"), "{table}");
        }
    });
}

#[test]
fn views_do_what_their_triggers_and_checks_say() {
    tortured(async |world| {
        let ana = world.owner().await;
        let book = json!({ "record_def": { "1": 7, "2": "By trigger" } });
        ana.add("torture.view_with_triggers", book).await.unwrap();
        assert_eq!(world.scalar("select isbn from torture.book where id = 7").as_deref(), Some("by trigger"));
        let error = ana.add("torture.view_joined", json!({ "record_def": { "1": 8 } })).await.unwrap_err();
        assert!(error.message().contains("cannot insert into view"), "{}", error.message());
        let dear = json!({ "record_id": 1, "record_def": { "4": "15.00" } });
        let error = ana.patch("torture.view_checked", dear).await.unwrap_err();
        assert!(error.message().contains("check option"), "{}", error.message());
        assert_eq!(world.scalar("select price from torture.book where id = 1").as_deref(), Some("9.90"));
    });
}

#[test]
fn a_foreign_table_takes_new_rows_and_a_file_does_not() {
    tortured(async |world| {
        if world.scalar("select to_regclass('far_away.foreign_book')").is_none() {
            return;
        }
        let ana = world.owner().await;
        ana.add("far_away.foreign_book", json!({ "record_def": { "1": 9, "2": "Far" } })).await.unwrap();
        assert_eq!(world.scalar("select isbn from torture.book where id = 9").as_deref(), Some("from afar"));
        let error = ana.add("far_away.foreign_file", json!({ "record_def": { "1": "x" } })).await.unwrap_err();
        assert!(error.message().contains("foreign_file"), "{}", error.message());
        let error = ana.add("torture.view_materialized", json!({ "record_def": { "1": 9 } })).await.unwrap_err();
        assert!(error.message().contains("materialized view"), "{}", error.message());
    });
}

#[test]
fn a_row_moves_to_another_partition() {
    tortured(async |world| {
        let ana = world.owner().await;
        let key = json!({ "1": "1", "2": "2023-06-01" });
        let patch = json!({ "record_id": key, "record_def": { "1": 5, "2": "2024-12-31" }, "keys": true });
        let patched = ana.patch("torture.measured", patch).await.unwrap();
        assert_eq!(patched["keys"], json!([{ "1": "5", "2": "2024-12-31" }]));
        let moved = "select value from torture.measured_2024_odd where id = 5 and at = '2024-12-31'";
        assert_eq!(world.scalar(moved).as_deref(), Some("1"));
        let page = ana.list("torture.measured_unkeyed", json!({ "keys": true })).await.unwrap();
        let patch = json!({ "record_id": page["keys"][0], "record_def": { "1": 2 }, "keys": true });
        let patched = ana.patch("torture.measured_unkeyed", patch).await.unwrap();
        ana.delete("torture.measured_unkeyed", patched["keys"].clone()).await.unwrap();
        assert_eq!(world.scalar("select count(*) from torture.measured_unkeyed").as_deref(), Some("2"));
        // No partition takes it.
        let error = ana.add("torture.measured_unkeyed", json!({ "record_def": { "1": 3 } })).await.unwrap_err();
        assert!(error.message().contains("no partition"), "{}", error.message());
    });
}

#[test]
fn the_rows_of_children_are_told_from_those_of_their_parent() {
    tortured(async |world| {
        let ana = world.owner().await;
        // Four rows with the number 1 stand in three tables.
        let page = ana
            .list("torture.place", json!({ "keys": true, "order": [{ "attnum": 2, "direction": "asc" }] }))
            .await
            .unwrap();
        assert_eq!(page["count"], 4);
        assert_eq!(page["results"][0]["2"], "a capital");
        let patch = json!({ "record_id": page["keys"][0], "record_def": { "2": "Rome" } });
        ana.patch("torture.place", patch).await.unwrap();
        ana.delete("torture.place", json!([page["keys"][2]])).await.unwrap();
        let names = "select string_agg(tableoid::regclass || ' ' || name, ', ' order by name) from torture.place";
        let left = "torture.capital Rome, torture.place a place, torture.town a town";
        assert_eq!(world.scalar(names).as_deref(), Some(left));
    });
}

#[test]
fn policies_and_column_grants_are_told_as_they_are() {
    tortured(async |world| {
        let role = world.role("clerk");
        world.execute(&format!(
            "grant usage on schema torture to {role}; grant all on torture.policed to {role};
             grant select (id, open, settable), insert (id, open), update (settable) on torture.granted to {role};
             grant delete on torture.granted to {role}"
        ));
        let clerk = world.guest(&role).await;
        let page = clerk.list("torture.policed", json!({})).await.unwrap();
        assert_eq!(page["count"], 2);
        let set = |id: i32| json!({ "record_id": id, "record_def": { "3": "x" } });
        clerk.patch("torture.policed", set(1)).await.unwrap();
        let errors = [
            (clerk.patch("torture.policed", set(2)).await.unwrap_err(), "hidden"),
            (clerk.delete("torture.policed", json!([2])).await.unwrap_err(), "hidden"),
            (clerk.patch("torture.policed", set(3)).await.unwrap_err(), "gone"),
            (clerk.delete("torture.policed", json!([1, 3])).await.unwrap_err(), "gone"),
        ];
        for (error, reason) in errors {
            assert_eq!((error.code(), data(&error)["reason"].clone()), (ErrorCode::ROW_CONFLICT, json!(reason)));
        }
        let theirs = json!({ "record_def": { "1": 4, "2": "theirs" } });
        let error = clerk.add("torture.policed", theirs).await.unwrap_err();
        assert!(error.message().contains("row-level security"), "{}", error.message());
        let notes = "select string_agg(id || note, ',' order by id) from torture.policed";
        assert_eq!(world.scalar(notes).as_deref(), Some("1x,2b,3c"));

        let page = clerk.list("torture.granted", json!({})).await.unwrap();
        assert_eq!(page["results"], json!([{ "1": 1, "2": "o", "4": "s" }]));
        let error = clerk.patch("torture.granted", json!({ "record_id": 1, "record_def": { "2": "x" } })).await;
        assert_eq!(error.unwrap_err().code(), ErrorCode::INSUFFICIENT_PRIVILEGE);
        let patched = clerk.patch("torture.granted", json!({ "record_id": 1, "record_def": { "4": "t" } })).await;
        assert_eq!(patched.unwrap()["results"], json!([{ "1": 1, "2": "o", "4": "t" }]));
        let added = clerk.add("torture.granted", json!({ "record_def": { "1": 2, "2": "new" } })).await.unwrap();
        assert_eq!(added["results"], json!([{ "1": 2, "2": "new", "4": "x" }]));
        clerk.delete("torture.granted", json!([2])).await.unwrap();
        let error = clerk.list("torture.granted", json!({ "order": [{ "attnum": 3, "direction": "asc" }] })).await;
        let error = error.unwrap_err();
        assert!(error.message().contains("closed") || error.message().contains('3'), "{}", error.message());
    });
}

#[test]
fn a_role_with_connect_and_usage_only_gets_clear_answers() {
    tortured(async |world| {
        let role = world.role("visitor");
        world.execute(&format!("grant usage on schema torture to {role}"));
        let visitor = world.guest(&role).await;
        let schema = json!({ "schema_oid": world.schema("torture") });
        let listed = tables::list_with_metadata(&visitor.ctx, visitor.params(schema)).await.unwrap();
        assert!(listed.len() > 80 && listed.iter().all(|table| table.current_role_priv.is_empty()));
        for table in
            ["torture.book", "torture.key_none", "torture.view_updatable", "torture.view_materialized", "torture.place"]
        {
            let get = json!({ "record_id": 1 });
            let patch = json!({ "record_id": 1, "record_def": { "1": "1" } });
            let errors = [
                ("list", visitor.list(table, json!({})).await.unwrap_err()),
                ("get", visitor.get(table, get).await.unwrap_err()),
                ("count", visitor.count(table, json!({})).await.unwrap_err()),
                ("search", visitor.search(table, json!({})).await.unwrap_err()),
                ("add", visitor.add(table, json!({ "record_def": {} })).await.unwrap_err()),
                ("patch", visitor.patch(table, patch).await.unwrap_err()),
                ("delete", visitor.delete(table, json!([1])).await.unwrap_err()),
            ];
            for (what, error) in errors {
                let clear = [ErrorCode::INSUFFICIENT_PRIVILEGE, ErrorCode::READ_ONLY, ErrorCode::VALUE_ERROR];
                assert!(clear.contains(&error.code()), "{what} {table}: {}", error.message());
                let name = table.split_once('.').unwrap().1;
                let words = [name, "your role", "materialised view"]
                    .iter()
                    .any(|word| error.message().to_lowercase().contains(word));
                assert!(words, "{what} {table}: {}", error.message());
            }
        }
        // A schema without USAGE is closed.
        let error = visitor.list(r#""Cross.Schema".person"#, json!({})).await.unwrap_err();
        assert!(matches!(error.code(), ErrorCode::UNDEFINED_TABLE | ErrorCode::INSUFFICIENT_PRIVILEGE));
    });
}

#[test]
fn the_links_of_a_letter_are_called_by_name() {
    tortured(async |world| {
        let ana = world.owner().await;
        let page = ana.list("torture.letter", json!({})).await.unwrap();
        let links = page["linked_record_summaries"].as_object().unwrap();
        // Two keys to one table, one of a unique column in another schema, and one to the table itself.
        let named: Vec<&String> = links.keys().collect();
        for column in ["2", "3", "4", "7"] {
            assert!(named.iter().any(|name| *name == column), "{column}: {named:?}");
        }
        assert_eq!(links["2"]["1"], Value::from("ann@example.org"));
        let error = ana.patch("torture.letter", json!({ "record_id": 1, "record_def": { "5": 1 } })).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::FOREIGN_KEY_VIOLATION);
        let both = json!({ "record_id": 1, "record_def": { "5": 1, "6": "ann@example.org" } });
        ana.patch("torture.letter", both).await.unwrap();
    });
}
