use mathesar_app::model::{columns, constraints};
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
        (json!({"type": "x", "columns": [1]}), "ValueError"),
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
