use mathesar_app::model::{columns, constraints};
use mathesar_app::sql;
use serde_json::json;

use super::world::{World, failure, params};

#[tokio::test]
async fn constraints_are_added_listed_and_dropped() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table \"Target\" (x int, y int, primary key (x, y));
         create table t (a int, b int, c int, check (c > 0))",
    );
    let (oid, target) = (world.table("t"), world.table("\"Target\""));
    let add = json!({"database_id": id, "table_oid": oid, "constraint_def_list": [
        {"type": "p", "columns": [3]},
        {"type": "u", "columns": [1, 2], "name": "pair \"x\"", "deferrable": true},
        {"type": "f", "columns": [1, 2], "fkey_relation_id": target, "fkey_delete_action": "c", "fkey_update_action": "r", "fkey_match_type": "f"},
    ]});
    assert_eq!(constraints::add(&world.ctx, params(add)).await.unwrap().len(), 4);
    let list = constraints::list(&world.ctx, params(json!({"database_id": id, "table_oid": oid}))).await.unwrap();
    let foreign = list.iter().find(|rule| rule.kind == "foreignkey").unwrap();
    assert_eq!(
        (foreign.referent_table_oid, foreign.referent_columns.as_deref()),
        (Some(target), Some([1, 2].as_slice()))
    );
    let definition = world.database.scalar(&format!("select pg_get_constraintdef({})", foreign.oid)).unwrap();
    assert_eq!(
        definition,
        r#"FOREIGN KEY (a, b) REFERENCES "Target"(x, y) MATCH FULL ON UPDATE RESTRICT ON DELETE CASCADE"#
    );
    assert!(list.iter().any(|rule| rule.kind == "check"));

    let drop = json!({"database_id": id, "table_oid": oid, "constraint_oid": foreign.oid});
    assert_eq!(constraints::delete(&world.ctx, params(drop.clone())).await.unwrap(), foreign.name);
    assert_eq!(failure(constraints::delete(&world.ctx, params(drop)).await).1, "DoesNotExist");
}

#[tokio::test]
async fn a_link_is_told_with_its_column() {
    let (world, id) = World::connected().await;
    world.database.execute("create table target (k int primary key); create table t (a int references target)");
    let list =
        columns::list(&world.ctx, params(json!({"database_id": id, "table_oid": world.table("t")}))).await.unwrap();
    let link = list[0].link.as_ref().unwrap();
    assert_eq!((link.table_oid, link.attnum, link.constraint.as_str()), (world.table("target"), 1, "t_a_fkey"));
}

#[tokio::test]
async fn what_cannot_be_a_constraint_is_said() {
    let (world, id) = World::connected().await;
    world
        .database
        .execute("create table target (x int); create table t (a int, b int); insert into t values (1, 1), (1, 1)");
    let (oid, target) = (world.table("t"), world.table("target"));
    let add = |rule: serde_json::Value| {
        constraints::add(
            &world.ctx,
            params(json!({"database_id": id, "table_oid": oid, "constraint_def_list": [rule]})),
        )
    };
    for (rule, name) in [
        (json!({"type": "n", "columns": [1]}), "ValueError"),
        (json!({"type": "u"}), "ValueError"),
        (json!({"type": "u", "columns": []}), "ValueError"),
        (json!({"type": "u", "columns": [7]}), "UndefinedColumn"),
        (json!({"type": "f", "columns": [1]}), "ValueError"),
        (json!({"type": "f", "columns": [1], "fkey_relation_id": target}), "ValueError"),
        (
            json!({"type": "f", "columns": [1], "fkey_relation_id": target, "fkey_columns": [1], "fkey_delete_action": "x"}),
            "ValueError",
        ),
        (json!({"type": "f", "columns": [1], "fkey_relation_id": 4_000_000}), "UndefinedTable"),
        (json!({"type": "p", "columns": [1]}), "UniqueViolation"),
    ] {
        assert_eq!(failure(add(rule.clone()).await).1, name, "{rule}");
    }
}

/// What the statements that `constraints.add` would run cost.
async fn costs(world: &World, call: &serde_json::Value) -> serde_json::Value {
    let asked = json!({"database_id": call["database_id"], "method": "constraints.add", "params": call});
    serde_json::to_value(sql::show(&world.ctx, params(asked)).await.unwrap().costs).unwrap()
}

#[tokio::test]
async fn a_check_is_one_condition_and_every_row_must_obey() {
    let (world, id) = World::connected().await;
    world.database.execute("create table t (a int, b text); insert into t values (1, 'x'), (-1, 'y')");
    let call = |rule: serde_json::Value| json!({"database_id": id, "table_oid": world.table("t"), "constraint_def_list": [rule]});
    let add = async |rule: serde_json::Value| constraints::add(&world.ctx, params(call(rule))).await;
    let good = json!({"type": "c", "expression": " a > -2 and b <> ')' ", "name": "not; \"below\""});
    let shown = json!({"database_id": id, "method": "constraints.add", "params": call(good.clone())});
    assert_eq!(
        sql::show(&world.ctx, params(shown)).await.unwrap().statements,
        ["ALTER TABLE public.t ADD CONSTRAINT \"not; \"\"below\"\"\" CHECK (a > -2 and b <> ')')"]
    );
    let cost = json!([{"statement": 0, "relation": "public.t", "lock": "ACCESS EXCLUSIVE", "work": "scan"}]);
    assert_eq!(costs(&world, &call(good.clone())).await, cost);
    add(good).await.unwrap();
    let listed = constraints::list(&world.ctx, params(json!({"database_id": id, "table_oid": world.table("t")})));
    let listed = listed.await.unwrap();
    assert_eq!((listed[0].kind.as_str(), listed[0].columns.as_slice()), ("check", [1, 2].as_slice()));
    assert_eq!(listed[0].definition, "CHECK (((a > '-2'::integer) AND (b <> ')'::text)))");
    for (rule, error, words) in [
        (json!({"type": "c"}), "ValueError", "needs `expression`"),
        (json!({"type": "c", "expression": "a > 0); drop table t; --"}), "ValueError", "expression: the bracket )"),
        (json!({"type": "c", "expression": "true; drop table t"}), "ValueError", "semicolon"),
        (json!({"type": "c", "expression": "a > 0"}), "CheckViolation", "violated by some row"),
        (json!({"type": "c", "expression": "a + 1"}), "DatatypeMismatch", "boolean"),
        (json!({"type": "c", "expression": "nothing > 1"}), "UndefinedColumn", "nothing"),
        (json!({"type": "c", "expression": "a > ("}), "ValueError", "has no partner"),
        (json!({"type": "c", "expression": "a >"}), "SyntaxError", "syntax error"),
        (json!({"type": "c", "expression": "exists (select 1)"}), "FeatureNotSupported", "subquery"),
        (json!({"type": "c", "expression": "true", "name": "not; \"below\""}), "DuplicateObject", "already exists"),
    ] {
        let (failed, name) = failure(add(rule.clone()).await);
        assert!(name == error && failed.message().contains(words), "{rule}: {name}: {}", failed.message());
    }
}

#[tokio::test]
async fn a_foreign_key_holds_up_those_who_use_the_other_table_too() {
    let (world, id) = World::connected().await;
    world.database.execute("create table target (k int primary key); create table t (a int, b int references target)");
    let of =
        |table: &str, lock: &str, work: &str| json!({"statement": 0, "relation": table, "lock": lock, "work": work});
    let (oid, target) = (world.table("t"), world.table("target"));
    let rule = json!({"type": "f", "columns": [1], "fkey_relation_id": target});
    let call = json!({"database_id": id, "table_oid": oid, "constraint_def_list": [rule]});
    let lock = "SHARE ROW EXCLUSIVE";
    assert_eq!(costs(&world, &call).await, json!([of("public.t", lock, "scan"), of("public.target", lock, "scan")]));
    let itself = json!({"type": "f", "columns": [1], "fkey_relation_id": oid, "fkey_columns": [2]});
    let call = json!({"database_id": id, "table_oid": oid, "constraint_def_list": [itself]});
    assert_eq!(costs(&world, &call).await, json!([of("public.t", lock, "scan")]));

    let shown = async |method: &str, call: serde_json::Value| {
        let asked = json!({"database_id": id, "method": method, "params": call});
        serde_json::to_value(sql::show(&world.ctx, params(asked)).await.unwrap().costs).unwrap()
    };
    let new = json!({"database_id": id, "schema_oid": world.schema("public"), "table_name": "new",
        "column_data_list": [{"name": "a", "type": "integer"}],
        "constraint_data_list": [{"type": "f", "columns": [2], "fkey_relation_id": target}]});
    assert_eq!(shown("tables.add", new).await, json!([of("public.target", lock, "none")]));
    let key = world.database.scalar("select oid from pg_constraint where contype = 'f'").unwrap();
    let drop = json!({"database_id": id, "table_oid": oid, "constraint_oid": key.parse::<u32>().unwrap()});
    let (one, other) = (of("public.t", "ACCESS EXCLUSIVE", "none"), of("public.target", "ACCESS EXCLUSIVE", "none"));
    assert_eq!(shown("constraints.delete", drop).await, json!([one, other]));
    let read = json!({"database_id": id, "table_oid": oid, "limit": 1});
    assert_eq!(shown("records.list", read).await, json!([]));
}

#[tokio::test]
async fn an_exclusion_keeps_rows_out_of_each_others_way() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table booking (room int4range, starts timestamp, ends timestamp, kept boolean);
         insert into booking values ('[1,1]', '2026-01-01', '2026-01-03', true), ('[1,1]', '2026-01-02', '2026-01-04', false)",
    );
    let call = |exclusion: serde_json::Value| {
        let rule = json!({"type": "x", "exclusion": exclusion, "deferrable": true});
        json!({"database_id": id, "table_oid": world.table("booking"), "constraint_def_list": [rule]})
    };
    let add = async |exclusion: serde_json::Value| constraints::add(&world.ctx, params(call(exclusion))).await;
    let elements = json!([{"attnum": 1, "operator": "&&"}, {"expression": "tsrange(starts, ends)", "operator": "&&"}]);
    let (error, _) = failure(add(json!({"elements": elements})).await);
    assert!(error.message().contains("23P01"), "{}", error.message());
    let good = json!({"elements": elements, "predicate": "kept"});
    let cost = json!([{"statement": 0, "relation": "public.booking", "lock": "ACCESS EXCLUSIVE", "work": "index"}]);
    assert_eq!(costs(&world, &call(good.clone())).await, cost);
    let made = add(good).await.unwrap();
    let definition = world.database.scalar(&format!("select pg_get_constraintdef({})", made[0])).unwrap();
    assert_eq!(definition, "EXCLUDE USING gist (room WITH &&, tsrange(starts, ends) WITH &&) WHERE (kept) DEFERRABLE");
    let second = "insert into booking values ('[1,2]', '2026-01-02', '2026-01-03', true)";
    assert!(world.database.try_execute_as("postgres", second).unwrap_err().contains("23P01"));
    // A btree knows equality alone.
    add(json!({"elements": [{"attnum": 2, "operator": "="}], "method": "btree"})).await.unwrap();
    for (exclusion, error, words) in [
        (json!({"elements": []}), "ValueError", "exclusion.elements: "),
        (json!({"elements": [{"operator": "="}]}), "ValueError", "exclusion.elements[0]: say either"),
        (json!({"elements": [{"attnum": 1, "expression": "1", "operator": "="}]}), "ValueError", "say either"),
        (json!({"elements": [{"attnum": 1, "operator": "; drop"}]}), "ValueError", "exclusion.elements[0].operator: "),
        (json!({"elements": [{"attnum": 9, "operator": "="}]}), "UndefinedColumn", "exclusion.elements[0].attnum: "),
        (json!({"elements": [{"expression": "a) x", "operator": "="}]}), "ValueError", "elements[0].expression: "),
        (
            json!({"elements": [{"attnum": 1, "operator": "&&"}], "predicate": "true) x"}),
            "ValueError",
            "exclusion.predicate: ",
        ),
        (json!({"elements": [{"attnum": 4, "operator": "="}]}), "UndefinedObject", "gist"),
    ] {
        let (failed, name) = failure(add(exclusion.clone()).await);
        assert!(name == error && failed.message().contains(words), "{exclusion}: {name}: {}", failed.message());
    }
    let nothing =
        json!({"database_id": id, "table_oid": world.table("booking"), "constraint_def_list": [{"type": "x"}]});
    assert!(failure(constraints::add(&world.ctx, params(nothing)).await).0.message().contains("needs `exclusion`"));
}
