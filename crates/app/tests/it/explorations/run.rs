//! Each kind of step, on rows.

use mathesar_app::model;
use serde_json::{Value, json};

use super::world::{rows, test};

#[test]
fn a_result_has_the_originals_form() {
    test("", async |world| {
        let ana = world.owner().await;
        let columns = json!({ "column_meta_data_list": [{ "attnum": 4, "num_grouping": "never" }], "table_oid": world.oid("book") });
        model::metadata::set_columns(&ana.ctx, ana.params(columns)).await.unwrap();
        let mut def = world.books(json!([{ "type": "order", "spec": [{ "field": "title", "direction": "desc" }] }]));
        def["display_names"] = json!({ "by": "Author" });
        let result = ana.page(json!({ "exploration_def": def, "limit": 2, "offset": 1 })).await.unwrap();
        let keys: Vec<&String> = result.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["column_metadata", "limit", "offset", "output_columns", "query", "records"]);
        assert_eq!(result["query"], def);
        assert_eq!((&result["limit"], &result["offset"]), (&json!(2), &json!(1)));
        assert_eq!(result["output_columns"], json!(["id", "title", "price", "by"]));
        assert_eq!(
            result["records"],
            json!({ "count": 4, "results": [
                { "id": 3, "title": "Cooking", "price": null, "by": "Bob" },
                { "id": 2, "title": "Birds", "price": 7.0, "by": "Ann" },
            ] })
        );
        let described = &result["column_metadata"];
        assert_eq!(
            described["by"],
            json!({
                "alias": "by", "display_name": "Author", "type": "text", "type_options": null, "family": "text",
                "display_type": "text", "primary_key": false, "metadata": null, "is_initial_column": true,
                "input_column_name": "na.me \"x\"", "input_table_name": "author",
                "input_table_id": world.oid("people.author"), "input_alias": null,
            })
        );
        assert_eq!(described["id"]["primary_key"], true);
        let price = &described["price"];
        assert_eq!(
            (&price["type"], &price["type_options"]),
            (&json!("numeric"), &json!({ "precision": 8, "scale": 2 }))
        );
        assert_eq!(price["metadata"]["num_grouping"], "never");
    });
}

#[test]
fn pages_hold_together_without_an_order() {
    test("", async |world| {
        let ana = world.owner().await;
        // Four books with four copies: the second column adds rows.
        let (book, copy) = (world.oid("book"), world.oid("copy"));
        let mut def = world.over("book", &[("title", 2)], Value::Null);
        let shelf = json!({ "alias": "shelf", "attnum": 3, "join_path": [[[book, 1], [copy, 1]]] });
        def["initial_columns"].as_array_mut().unwrap().push(shelf);
        let mut all = Vec::new();
        for offset in 0..6 {
            let page = ana.page(json!({ "exploration_def": def, "limit": 1, "offset": offset })).await.unwrap();
            assert_eq!(page["records"]["count"], 5, "at {offset}");
            all.extend(rows(&page));
        }
        let expected =
            json!([["Atlas", "north"], ["Atlas", "south"], ["Birds", "north"], ["Cooking", null], ["Drawing", null]]);
        assert_eq!(json!(all), expected);
        // The default of the original is a hundred rows.
        assert_eq!(ana.run(def.clone()).await.unwrap()["limit"], 100);
        let none = ana.page(json!({ "exploration_def": def, "limit": 0 })).await.unwrap();
        assert_eq!((&none["records"]["count"], &none["records"]["results"]), (&json!(5), &json!([])));
        let many = ana.page(json!({ "exploration_def": def, "limit": 10_001 })).await.unwrap_err();
        assert_eq!(many.code().code, -24002);
    });
}

#[test]
fn values_come_exactly_and_uncounted_where_that_is_asked() {
    test("alter table book add big int8 default 9007199254740993, add precise numeric default 1.10", async |world| {
        let ana = world.owner().await;
        let def = world.over("book", &[("big", 6), ("precise", 7), ("made", 5)], Value::Null);
        let asked = json!({ "exploration_def": def, "limit": 1, "values": "text", "count": false });
        let page = ana.page(asked.clone()).await.unwrap();
        let row = json!({ "big": "9007199254740993", "precise": "1.10", "made": "2024-01-15T10:00:00Z" });
        assert_eq!(page["records"], json!({ "count": null, "results": [row] }));
        let shown = ana.show_statements(asked).await;
        assert_eq!(shown.len(), 1, "{shown:?}");
    });
}

#[test]
fn a_link_over_two_columns_joins_the_right_rows() {
    test("", async |world| {
        let ana = world.owner().await;
        let (loan, copy, book) = (world.oid("loan"), world.oid("copy"), world.oid("book"));
        let to_copy = json!([[loan, [2, 3]], [copy, [1, 2]]]);
        let mut def = world.over("loan", &[("loan", 1)], Value::Null);
        let columns = def["initial_columns"].as_array_mut().unwrap();
        columns.push(json!({ "alias": "shelf", "attnum": 3, "join_path": [to_copy] }));
        columns.push(json!({ "alias": "title", "attnum": 2, "join_path": [to_copy, [[copy, 1], [book, 1]]] }));
        let rows = ana.rows(def).await;
        assert_eq!(json!(rows), json!([[1, "south", "Atlas"], [2, "south", "Atlas"], [3, null, "Cooking"]]));
    });
}

#[test]
fn names_of_every_kind_are_found() {
    let sql = r#"create schema "s.p ""q"""; create table "s.p ""q"""."t.a ""b""" ("c.d ""e""" int, "t" int, "c1" int, "C1" text);
        insert into "s.p ""q"""."t.a ""b""" values (1, 2, 3, 'four'), (5, 6, 7, null)"#;
    test(sql, async |world| {
        let ana = world.owner().await;
        let table = r#""s.p ""q"""."t.a ""b""""#;
        let long = format!("{} 'x\"; drop table book; --", "ä".repeat(100));
        let aliases = [(long.as_str(), 1), ("t", 2), ("", 3), ("a.b", 4)];
        let (code, message) = ana.refusal(world.over(table, &aliases, Value::Null)).await;
        assert!(code == -31057 && message.starts_with("exploration_def.initial_columns[2].alias: "), "{message}");
        let aliases = [(long.as_str(), 1), ("t", 2), ("c1\u{0}", 3), ("a.b", 4), ("again", 1), ("and again", 1)];
        let steps = json!([
            { "type": "filter", "spec": { "greater": [{ "column_name": [long] }, { "literal": ["0"] }] } },
            { "type": "order", "spec": [{ "field": "a.b", "direction": "asc", "nullsfirst": true }] },
        ]);
        let rows = ana.rows(world.over(table, &aliases, steps)).await;
        assert_eq!(json!(rows), json!([[5, 6, 7, null, 5, 5], [1, 2, 3, "four", 1, 1]]));
    });
}

#[test]
fn each_step_works_on_what_the_one_before_gave() {
    test("", async |world| {
        let ana = world.owner().await;
        let by = |field: &str, direction: &str| json!({ "type": "order", "spec": [{ "field": field, "direction": direction }] });
        let first = async |steps: Value| {
            let rows = ana.rows(world.books(steps)).await;
            json!(rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>())
        };
        assert_eq!(first(json!([by("price", "desc")])).await, json!([3, 1, 2, 4]));
        let last = json!({ "type": "order", "spec": [{ "field": "price", "direction": "desc", "nullslast": true }] });
        assert_eq!(first(json!([last])).await, json!([1, 2, 4, 3]));
        // The later order counts first, the former one among equals.
        assert_eq!(first(json!([by("title", "desc"), by("by", "asc")])).await, json!([2, 1, 3, 4]));
        assert_eq!(
            first(json!([by("title", "desc"), { "type": "limit", "spec": 3 }, by("title", "asc")])).await,
            json!([2, 3, 4])
        );
        assert_eq!(
            first(json!([{ "type": "offset", "spec": 1 }, { "type": "limit", "spec": 2 }])).await,
            json!([2, 3])
        );
        assert_eq!(first(json!([{ "type": "limit", "spec": 2 }, { "type": "offset", "spec": 1 }])).await, json!([2]));
        // What is hidden still sorts, and cannot be named any more.
        let hidden = json!([by("by", "desc"), { "type": "hide", "spec": ["by", "price"] }]);
        assert_eq!(
            json!(ana.rows(world.books(hidden)).await),
            json!([[4, "Drawing"], [3, "Cooking"], [1, "Atlas"], [2, "Birds"]])
        );
        let selected = json!([{ "type": "select", "spec": ["by", "id"] }]);
        assert_eq!(json!(ana.rows(world.books(selected)).await[0]), json!(["Ann", 1]));
        let (code, message) =
            ana.refusal(world.books(json!([{ "type": "hide", "spec": ["by"] }, by("by", "asc")]))).await;
        assert_eq!(code, -31057);
        assert_eq!(
            message,
            "exploration_def.transformations[1].spec[0].field: no column is called \"by\" at this step"
        );
        let both = json!([{ "type": "order", "spec": [{ "field": "by", "direction": "asc", "nullsfirst": true, "nullslast": true }] }]);
        assert_eq!(ana.refusal(world.books(both)).await.0, -27003);
    });
}

#[test]
fn a_summary_adds_what_it_does_not_mention() {
    test("", async |world| {
        let ana = world.owner().await;
        let summary = |base: &str, groups: Value, aggregations: Value| {
            json!({ "type": "summarize", "spec": {
                "base_grouping_column": base, "grouping_expressions": groups, "aggregation_expressions": aggregations } })
        };
        let count = json!([{ "input_alias": "id", "output_alias": "books", "function": "count" }]);
        let group = json!([{ "input_alias": "by", "output_alias": "by" }]);
        let result = ana.run(world.books(json!([summary("by", group, count.clone())]))).await.unwrap();
        assert_eq!(result["output_columns"], json!(["by", "books", "title_agged", "price_agged"]));
        assert_eq!(
            json!(rows(&result)),
            json!([
                ["Ann", 2, ["Atlas", "Birds"], [7.0, 10.5]],
                ["Bob", 1, ["Cooking"], []],
                [null, 1, ["Drawing"], [3.25]],
            ])
        );
        let described = &result["column_metadata"];
        assert_eq!(described["by"]["is_initial_column"], true);
        let (list, books) = (&described["price_agged"], &described["books"]);
        assert_eq!((&list["type"], &list["input_alias"]), (&json!("_array"), &json!("price")));
        assert_eq!(list["type_options"]["item_type"], "numeric(8,2)");
        assert_eq!((&books["type"], &books["is_initial_column"]), (&json!("bigint"), &json!(false)));

        // An id names a book, of which title, price and author are.
        let result = ana.run(world.books(json!([summary("id", Value::Null, Value::Null)]))).await.unwrap();
        assert_eq!(result["output_columns"], json!(["id_grouped", "title_grouped", "price_grouped", "by_grouped"]));
        assert_eq!(result["records"]["count"], 4);

        // A year names nothing; what comes after sees the output only.
        let mut def = world.over("book", &[("id", 1), ("made", 5)], Value::Null);
        let year = json!([{ "input_alias": "made", "output_alias": "year", "preproc": "truncate_to_year" }]);
        let filter =
            json!({ "type": "filter", "spec": { "greater": [{ "column_name": ["books"] }, { "literal": [1] }] } });
        def["transformations"] = json!([summary("made", year, count), filter]);
        assert_eq!(json!(ana.rows(def).await), json!([["2024 AD", 2]]));
    });
}

#[test]
fn what_is_shown_is_what_runs() {
    test("", async |world| {
        let ana = world.owner().await;
        let steps = json!([{ "type": "filter", "spec": { "contains": [{ "column_name": ["title"] }, { "literal": ["it's"] }] } }]);
        let shown =
            ana.show_statements(json!({ "exploration_def": world.books(steps), "limit": 5, "offset": 2 })).await;
        assert_eq!(shown.len(), 2);
        assert!(shown[0].contains("strpos(t.title, 'it''s'") && shown[0].contains("LIMIT 5 OFFSET 2"), "{}", shown[0]);
        for statement in shown {
            world.execute(&statement);
        }
    });
}

#[test]
fn a_table_that_was_changed_meanwhile_is_read_as_it_is() {
    test("", async |world| {
        let ana = world.owner().await;
        let def = world.over("book", &[("title", 2)], Value::Null);
        ana.rows(def.clone()).await;
        world.execute("alter table book rename title to heading");
        assert_eq!(json!(ana.rows(def.clone()).await[0]), json!(["Atlas"]));
        world.execute("alter table book drop heading");
        let (code, message) = ana.refusal(def).await;
        assert!(code == -30254 && message.starts_with("exploration_def.initial_columns[0].attnum: "), "{message}");
    });
}
