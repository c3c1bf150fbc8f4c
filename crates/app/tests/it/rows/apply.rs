//! Many changes at once.

use mathesar_api::ErrorCode;
use serde_json::{Value, json};

use super::world::{data, test};

const CELLS: &str = "
    create table kind (id int primary key, name text); insert into kind values (1, 'red'), (2, 'blue');
    create table cell (id int primary key, a int check (a < 100000), b text, kind int references kind);
    insert into cell select i, i, 'b' || i, 1 from generate_series(1, 1000) as i;";

pub fn update(id: usize, set: Value, expect: Value) -> Value {
    json!({ "op": "update", "key": { "1": id.to_string() }, "set": set, "expect": expect })
}

#[test]
fn changes_of_every_kind_are_made_in_their_order() {
    test(CELLS, async |world| {
        let ana = world.owner().await;
        let done = ana
            .apply(
                "cell",
                json!([
                    update(1, json!({ "2": "11" }), json!({ "2": "1" })),
                    update(2, json!({ "2": "22" }), json!({ "2": "2" })),
                    update(1, json!({ "2": "111" }), json!({ "2": "11" })),
                    { "op": "insert", "set": { "1": "2001", "4": "2" } },
                    { "op": "insert", "set": { "1": "2000", "4": null } },
                    { "op": "delete", "key": { "1": "3" } },
                    { "op": "delete", "key": { "1": "2001" }, "expect": { "4": "2" } },
                    update(4, json!({ "1": "4000" }), json!({})),
                ]),
            )
            .await
            .unwrap();
        let results = done["results"].as_array().unwrap();
        assert_eq!(results.len(), 8);
        assert_eq!(results[0], json!({ "key": { "1": "1" }, "row": { "1": "1", "2": "11", "3": "b1", "4": "1" } }));
        assert_eq!(results[2]["row"]["2"], "111");
        assert_eq!((&results[3]["key"], &results[4]["key"]), (&json!({ "1": "2001" }), &json!({ "1": "2000" })));
        // A deleted row comes back as it was, so that it can be put there again.
        assert_eq!(results[5], json!({ "row": { "1": "3", "2": "3", "3": "b3", "4": "1" } }));
        assert_eq!(results[7]["key"], json!({ "1": "4000" }));
        assert_eq!(done["linked_record_summaries"]["4"], json!({ "1": "red", "2": "blue" }));
        assert_eq!(world.scalar("select count(*) || ':' || sum(a) from cell").unwrap(), "1000:500627");
    });
}

#[test]
fn all_or_none_and_the_change_at_fault_is_named() {
    test(CELLS, async |world| {
        let ana = world.owner().await;
        let before = world.scalar("select md5(string_agg(c::text, ',' order by id)) from cell as c");
        let mut changes: Vec<Value> = (1..=1000)
            .map(|id| update(id, json!({ "2": (id * 2).to_string() }), json!({ "2": id.to_string() })))
            .collect();

        changes[617]["set"]["2"] = json!("100000");
        let error = ana.apply("cell", json!(changes)).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::CHECK_VIOLATION);
        assert_eq!(
            (data(&error)["index"].clone(), data(&error)["attnum"].clone(), data(&error)["reason"].clone()),
            (json!(617), json!(2), json!("refused"))
        );

        changes[617]["set"]["2"] = json!("no number");
        let error = ana.apply("cell", json!(changes)).await.unwrap_err();
        assert_eq!((error.code(), data(&error)["index"].clone()), (ErrorCode::INVALID_TEXT_REPRESENTATION, json!(617)));

        changes[617]["set"]["2"] = json!("1");
        changes[618]["expect"]["2"] = json!("0");
        let error = ana.apply("cell", json!(changes)).await.unwrap_err();
        assert_eq!((error.code(), data(&error)["index"].clone()), (ErrorCode::ROW_CONFLICT, json!(618)));
        assert_eq!(
            (data(&error)["reason"].clone(), data(&error)["present"]["2"].clone()),
            (json!("conflict"), json!("619"))
        );

        changes[618]["key"]["1"] = json!("7777");
        let error = ana.apply("cell", json!(changes)).await.unwrap_err();
        assert_eq!((data(&error)["index"].clone(), data(&error)["reason"].clone()), (json!(618), json!("gone")));
        assert_eq!(world.scalar("select md5(string_agg(c::text, ',' order by id)) from cell as c"), before);
    });
}

#[test]
fn the_column_at_fault_is_found_among_many() {
    let sql = "create domain even as int check (value % 2 = 0);
        create table w (id int primary key, n numeric, d date, v varchar(3), e even, u int not null default 1);
        insert into w values (1), (2)";
    test(sql, async |world| {
        let ana = world.owner().await;
        let good = json!({ "2": "1.5", "3": "2024-01-02", "4": "abc", "5": "2", "6": "5" });
        for (column, value, code) in [
            ("2", json!("one"), ErrorCode::INVALID_TEXT_REPRESENTATION),
            ("4", json!("abcd"), ErrorCode::STRING_DATA_RIGHT_TRUNCATION),
            ("5", json!("3"), ErrorCode::CHECK_VIOLATION),
            ("6", Value::Null, ErrorCode::NOT_NULL_VIOLATION),
            ("6", json!("99999999999"), ErrorCode::NUMERIC_VALUE_OUT_OF_RANGE),
        ] {
            let mut bad = good.clone();
            bad[column] = value;
            let error =
                ana.apply("w", json!([update(1, good.clone(), json!({})), update(2, bad.clone(), json!({}))])).await;
            let error = error.unwrap_err();
            assert_eq!(error.code(), code, "{column}");
            let found = (data(&error)["index"].clone(), data(&error)["attnum"].clone());
            assert_eq!(found, (json!(1), json!(column.parse::<i16>().unwrap())), "{column}");
            let error = ana.patch("w", json!({ "record_id": 1, "record_def": bad })).await.unwrap_err();
            assert_eq!(data(&error)["attnum"], json!(column.parse::<i16>().unwrap()), "{column}");
        }
        assert_eq!(world.scalar("select count(*) from w where n is null").as_deref(), Some("2"));
    });
}

#[test]
fn rows_without_a_key_are_changed_by_their_versions() {
    test(
        "create table log (a int, b text); insert into log select i, 'x' from generate_series(1, 50) as i",
        async |world| {
            let ana = world.owner().await;
            let page = ana.list("log", json!({ "keys": true, "values": "text" })).await.unwrap();
            let keys = page["keys"].as_array().unwrap();
            let changes: Vec<Value> = keys
                .iter()
                .map(|key| json!({ "op": "update", "key": key, "set": { "2": "y" }, "expect": { "2": "x" } }))
                .collect();
            let done = ana.apply("log", json!(changes)).await.unwrap();
            assert_eq!(done["results"].as_array().unwrap().len(), 50);
            assert_eq!(world.scalar("select string_agg(distinct b, ',') from log").unwrap(), "y");
            // The keys of the answer are those of the next change.
            let next: Vec<Value> = done["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| json!({ "op": "delete", "key": one["key"] }))
                .collect();
            ana.apply("log", json!(next)).await.unwrap();
            assert_eq!(world.scalar("select count(*) from log").unwrap(), "0");
            let error = ana.apply("log", json!(changes)).await.unwrap_err();
            assert_eq!((error.code(), data(&error)["index"].clone()), (ErrorCode::ROW_CONFLICT, json!(0)));
        },
    );
}

#[test]
fn many_rows_are_deleted_only_as_they_were_read() {
    test(CELLS, async |world| {
        let ana = world.owner().await;
        let delete = |id: usize, a: usize| json!({ "op": "delete", "key": { "1": id.to_string() }, "expect": { "2": a.to_string() } });
        let mut changes: Vec<Value> = (1..=500).map(|id| delete(id, id)).collect();
        changes[321]["expect"]["2"] = json!("0");
        let error = ana.apply("cell", json!(changes)).await.unwrap_err();
        assert_eq!((data(&error)["index"].clone(), data(&error)["reason"].clone()), (json!(321), json!("conflict")));
        changes[321] = delete(322, 322);
        let done = ana.apply("cell", json!(changes)).await.unwrap();
        assert_eq!(done["results"][321], json!({ "row": { "1": "322", "2": "322", "3": "b322", "4": "1" } }));
        assert_eq!(world.scalar("select count(*) from cell").unwrap(), "500");
    });
}

#[test]
fn what_is_no_change_is_refused_with_its_place() {
    test(CELLS, async |world| {
        let ana = world.owner().await;
        for (change, words) in [
            (json!({ "op": "update", "set": { "2": "1" } }), "changes[0].key"),
            (json!({ "op": "update", "key": { "1": "1" } }), "changes[0].set"),
            (json!({ "op": "insert", "key": { "1": "1" }, "set": {} }), "changes[0]"),
            (json!({ "op": "delete", "key": { "2": "1" } }), "changes[0].key"),
            (json!({ "op": "delete", "key": { "1": "1" }, "set": { "2": "1" } }), "changes[0].set"),
            (json!({ "op": "insert", "set": { "8": "1" } }), "changes[0].set"),
        ] {
            let error = ana.apply("cell", json!([change])).await.unwrap_err();
            assert!(error.message().starts_with(words), "{}", error.message());
        }
        let many = vec![json!({ "op": "delete", "key": { "1": "1" } }); 20_001];
        assert_eq!(ana.apply("cell", json!(many)).await.unwrap_err().code(), ErrorCode::LIMIT);
    });
}

#[test]
fn a_row_that_a_trigger_drops_is_not_reported_as_added() {
    let sql = "create table t (id int primary key, a int);
        create function nothing() returns trigger language plpgsql as $$ begin if new.a = 13 then return null; end if; return new; end $$;
        create trigger drop_it before insert on t for each row execute function nothing()";
    test(sql, async |world| {
        let ana = world.owner().await;
        let error = ana.apply("t", json!([{ "op": "insert", "set": { "1": "1", "2": "13" } }])).await.unwrap_err();
        assert_eq!((error.code(), data(&error)["reason"].clone()), (ErrorCode::ROW_CONFLICT, json!("hidden")));
        let insert = |id: &str, a: &str| json!({ "op": "insert", "set": { "1": id, "2": a } });
        let error = ana.apply("t", json!([insert("1", "13"), insert("2", "1")])).await.unwrap_err();
        assert_eq!((data(&error)["index"].clone(), data(&error)["reason"].clone()), (json!(0), json!("hidden")));
    });
}
