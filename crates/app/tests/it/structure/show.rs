use mathesar_api::Json;
use mathesar_app::model::{columns, show};
use serde_json::json;

use super::world::{World, failure, params};

fn raw(value: serde_json::Value) -> Json {
    Json::from_serialize(&value).unwrap()
}

/// What is shown is what would run: run by hand on a copy, it makes the same table.
#[tokio::test]
async fn the_shown_statements_do_what_the_call_does() {
    let (world, id) = World::connected().await;
    world
        .database
        .execute("create table \"My table\" (a text default '5', b int); insert into \"My table\" values ('1', 2)");
    let copy = world.database.cluster().database();
    copy.execute("create table \"My table\" (a text default '5', b int); insert into \"My table\" values ('1', 2)");
    let call = json!({"database_id": id, "table_oid": world.table("\"My table\""), "column_data_list": [
        {"id": 1, "type": "integer", "name": "it's a", "description": "don't \\ quote"}, {"id": 2, "nullable": false, "default": {"value": "3"}},
    ]});
    let shown = show::statements(&world.ctx, id, "columns.patch", &raw(call.clone())).await.unwrap().unwrap();
    let shape = "select string_agg(attname || format_type(atttypid, atttypmod) || attnotnull || coalesce(pg_get_expr(adbin, adrelid), '') || coalesce(col_description(attrelid, attnum), ''), ',' order by attnum)
                   from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = '\"My table\"'::regclass and attnum > 0";
    assert_eq!(world.database.scalar(shape), copy.scalar(shape), "showing changes nothing");
    for statement in &shown {
        copy.execute(&statement.shown());
    }
    columns::patch(&world.ctx, params(call)).await.unwrap();
    assert_eq!(world.database.scalar(shape), copy.scalar(shape));
}

#[tokio::test]
async fn only_changes_of_structure_are_shown_and_wrong_parameters_are_said() {
    let (world, id) = World::connected().await;
    let nothing = raw(json!({}));
    assert!(show::statements(&world.ctx, id, "tables.list", &nothing).await.unwrap().is_none());
    assert_eq!(failure(show::statements(&world.ctx, id, "tables.add", &nothing).await).1, "InvalidParams");
    let role = raw(json!({"database_id": id, "rolename": "r", "password": "hunter2", "login": true}));
    let shown = show::statements(&world.ctx, id, "roles.add", &role).await.unwrap().unwrap();
    assert!(!shown[0].shown().contains("hunter2"), "{}", shown[0].shown());
}
