//! Indexes, listed, made and dropped.

use mathesar_app::model::{constraints, indexes};
use mathesar_app::sql;
use serde_json::{Value, json};

use super::world::{World, failure, params};

#[tokio::test]
async fn an_index_is_of_columns_and_expressions_and_of_some_rows() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table \"My t\" (id int primary key, name text, tags text[], note text);
         insert into \"My t\" values (1, 'Ann', '{a}', null), (2, 'ann', '{b}', 'x')",
    );
    let place = json!({"database_id": id, "table_oid": world.table("\"My t\"")});
    let with = |name: &str, value: Value| {
        let mut call = place.clone();
        call[name] = value;
        call
    };
    let add = async |definition: Value| indexes::add(&world.ctx, params(with("index_def", definition))).await;
    let definition = json!({
        "name": "by \"name\"", "unique": true, "include": [4], "predicate": "note is not null and name <> ')'",
        "keys": [{"expression": "lower(name)"}, {"attnum": 1, "descending": true, "nulls_first": false}],
    });
    let asked = json!({"database_id": id, "method": "indexes.add", "params": with("index_def", definition.clone())});
    let shown = sql::show(&world.ctx, params(asked)).await.unwrap();
    let expected = "CREATE UNIQUE INDEX \"by \"\"name\"\"\" ON public.\"My t\" USING btree ((lower(name)), id DESC NULLS LAST) INCLUDE (note) \
                    WHERE (note is not null and name <> ')')";
    assert_eq!(shown.statements, [expected]);
    let cost = json!([{"statement": 0, "relation": "public.\"My t\"", "lock": "SHARE", "work": "index"}]);
    assert_eq!(serde_json::to_value(shown.costs).unwrap(), cost);
    let listed = add(definition).await.unwrap();
    assert_eq!(listed.len(), 2);
    let (key, made) = (&listed[0], &listed[1]);
    assert!(key.name == "My t_pkey" && key.constraint_oid.is_some() && key.unique && key.columns == [1], "{key:?}");
    assert_eq!((made.name.as_str(), made.columns.as_slice()), ("by \"name\"", [0, 1].as_slice()));
    assert!(made.predicate.as_deref().is_some_and(|rows| rows.contains("IS NOT NULL")) && made.valid, "{made:?}");
    assert!(made.constraint_oid.is_none() && made.definition.starts_with("CREATE UNIQUE INDEX"), "{made:?}");
    let listed = add(json!({"keys": [{"attnum": 3}], "method": "gin"})).await.unwrap();
    assert!(listed.iter().any(|index| index.name == "My t_tags_idx" && index.method == "gin"), "{listed:?}");
    assert_eq!(indexes::list(&world.ctx, params(place.clone())).await.unwrap(), listed);

    let drop = async |oid: u32| indexes::delete(&world.ctx, params(with("index_oid", json!(oid)))).await;
    let (error, name) = failure(drop(key.oid).await);
    assert!(name == "DependentObjectsStillExist" && error.message().contains("My t_pkey"), "{}", error.message());
    let asked = json!({"database_id": id, "method": "indexes.delete", "params": with("index_oid", json!(made.oid))});
    let shown = sql::show(&world.ctx, params(asked)).await.unwrap().statements;
    assert_eq!(shown, ["DROP INDEX public.\"by \"\"name\"\"\""]);
    assert_eq!(drop(made.oid).await.unwrap().len(), 2);
    let (error, name) = failure(drop(made.oid).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("index_oid: "), "{}", error.message());
    let rules = constraints::list(&world.ctx, params(place)).await.unwrap();
    assert_eq!(Some(rules[0].oid), key.constraint_oid);
}

#[tokio::test]
async fn what_cannot_be_an_index_is_said() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table t (a int, b text, c json); insert into t values (1, 'x', '1'), (1, 'y', '2');
         create view v as select * from t; create materialized view m as select * from t",
    );
    let add = async |table: u32, definition: Value| {
        let call = json!({"database_id": id, "table_oid": table, "index_def": definition});
        indexes::add(&world.ctx, params(call)).await
    };
    let table = world.table("t");
    for (definition, error, words) in [
        (json!({"keys": []}), "ValueError", "index_def.keys: "),
        (json!({"keys": [{}]}), "ValueError", "index_def.keys[0]: say either"),
        (json!({"keys": [{"attnum": 1}, {"attnum": 9}]}), "UndefinedColumn", "index_def.keys[1].attnum: "),
        (json!({"keys": [{"expression": "a) x"}]}), "ValueError", "index_def.keys[0].expression: the bracket )"),
        (json!({"keys": [{"attnum": 1}], "predicate": "a > 1; drop table t"}), "ValueError", "index_def.predicate: "),
        (json!({"keys": [{"attnum": 1}], "include": [7]}), "UndefinedColumn", "index_def.include: "),
        (json!({"keys": [{"attnum": 1}], "name": ""}), "ValueError", "cannot be used"),
        (json!({"keys": [{"attnum": 1}], "unique": true}), "UniqueViolation", "(1)"),
        (json!({"keys": [{"expression": "a + random()"}]}), "InvalidObjectDefinition", "IMMUTABLE"),
        (json!({"keys": [{"attnum": 3}]}), "UndefinedObject", "json"),
        (json!({"keys": [{"attnum": 1}], "predicate": "a"}), "DatatypeMismatch", "boolean"),
    ] {
        let (failed, name) = failure(add(table, definition.clone()).await);
        assert!(name == error && failed.message().contains(words), "{definition}: {name}: {}", failed.message());
    }
    let plain = json!({"keys": [{"attnum": 1}]});
    assert_eq!(add(world.table("m"), plain.clone()).await.unwrap().len(), 1);
    assert_eq!(failure(add(world.table("v"), plain.clone()).await).1, "WrongObjectType");
    let (error, name) = failure(add(1, plain).await);
    assert!(name == "UndefinedTable" && error.message().starts_with("table_oid: "), "{}", error.message());
}
