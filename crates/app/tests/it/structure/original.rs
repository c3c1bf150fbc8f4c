//! Databases that an installation of the original has worked with.

use mathesar_app::databases::configured;
use mathesar_app::model::{columns, schemas};
use mathesar_app::records;
use serde_json::{Value, json};

use super::world::{World, failure, params};

/// What the original leaves in a database, as far as it matters: the schemas need one another, and a table of a user needs a type.
const INSTALLED: &str = "create schema msar; create schema __msar; create schema mathesar_types;
    create domain mathesar_types.email as text check (value ~ '@');
    create domain mathesar_types.uri as text;
    create domain mathesar_types.mathesar_money as numeric;
    create domain mathesar_types.mathesar_json_array as jsonb;
    create type mathesar_types.multicurrency_money as (value numeric, currency character(3));
    create table msar.expr_templates (name text primary key, of mathesar_types.uri);
    create function __msar.last(mathesar_types.email) returns text language sql as 'select $1::text';
    create view __msar.names as select name from msar.expr_templates;
    create table people (id int primary key, mail mathesar_types.email, site mathesar_types.uri, owes mathesar_types.mathesar_money,
                         tags mathesar_types.mathesar_json_array, fee mathesar_types.multicurrency_money);
    insert into people values (1, 'ann@example.org', 'https://example.org', 12.50, '[1]', (3, 'EUR'))";

const ALL: [&str; 3] = ["msar", "__msar", "mathesar_types"];

async fn disconnect(world: &World, id: i64, more: Value) -> mathesar_app::Result<bool> {
    let mut asked = json!({"database_id": id});
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    configured::disconnect(&world.ctx, params(asked)).await.map(|done| done.sql_cleaned)
}

fn left(world: &World) -> Option<String> {
    world.database.scalar(
        "select string_agg(nspname, ' ' order by nspname) from pg_namespace
          where nspname in ('msar', '__msar', 'mathesar_types')",
    )
}

#[tokio::test]
async fn its_schemas_are_known_and_hidden_and_its_types_understood() {
    let (world, id) = World::connected().await;
    world.database.execute(INSTALLED);
    let listed = schemas::list(&world.ctx, params(json!({"database_id": id}))).await.unwrap();
    assert_eq!(listed.iter().map(|schema| schema.name.as_str()).collect::<Vec<_>>(), ["public"]);
    let described = configured::get(&world.ctx, params(json!({"database_id": id}))).await.unwrap();
    assert_eq!(described.original_schemas, ["__msar", "mathesar_types", "msar"]);
    let people = world.table("people");
    let list = columns::list(&world.ctx, params(json!({"database_id": id, "table_oid": people}))).await.unwrap();
    let families: Vec<_> = list.iter().map(|column| column.family.as_str()).collect();
    assert_eq!(families, ["number", "email", "uri", "money", "json", "money"]);
    let filter = json!({"type": "equal", "args": [
        {"type": "email_domain", "args": [{"type": "attnum", "value": 2}]}, {"type": "literal", "value": "example.org"},
    ]});
    let asked = json!({"database_id": id, "table_oid": people, "filter": filter});
    let found: Value = serde_json::from_slice(&records::list(&world.ctx, params(asked)).await.unwrap()).unwrap();
    assert_eq!((&found["count"], &found["results"][0]["2"]), (&json!(1), &json!("ann@example.org")));
    let added = columns::add(
        &world.ctx,
        params(json!({"database_id": id, "table_oid": people, "column_data_list": [{"type": "mathesar_types.email"}]})),
    );
    assert_eq!(failure(added.await).1, "ValueError");
}

#[tokio::test]
async fn its_schemas_go_when_asked_and_not_while_a_column_needs_them() {
    let (world, id) = World::connected().await;
    world.database.execute(INSTALLED);
    let (error, name) = failure(disconnect(&world, id, json!({"schemas_to_remove": ALL})).await);
    assert_eq!((name, error.code().code), ("DependentObjectsStillExist", -30035));
    assert!(error.message().contains("table people"), "{}", error.message());
    assert!(configured::get(&world.ctx, params(json!({"database_id": id}))).await.is_ok(), "it is still connected");
    let other = disconnect(&world, id, json!({"schemas_to_remove": ["public"]})).await;
    assert!(failure(other).0.message().contains("mathesar_types"));
    assert_eq!(left(&world).as_deref(), Some("__msar mathesar_types msar"));

    world.database.execute("drop table people");
    let role = world.database.role("visitor", "login");
    let (_, name) = failure(disconnect(&world, id, json!({"schemas_to_remove": ALL, "role_name": role})).await);
    assert_eq!(name, "InsufficientPrivilege");
    assert!(disconnect(&world, id, json!({"schemas_to_remove": ALL})).await.unwrap());
    assert_eq!(left(&world), None);
    assert_eq!(
        failure(configured::get(&world.ctx, params(json!({"database_id": id}))).await).1,
        "NoConnectionAvailable"
    );
}

#[tokio::test]
async fn its_schemas_stay_unless_asked_and_need_not_hinder() {
    let (world, id) = World::connected().await;
    world.database.execute(INSTALLED);
    assert!(!disconnect(&world, id, json!({})).await.unwrap());
    let id = world.connect().await;
    assert!(!disconnect(&world, id, json!({"schemas_to_remove": ALL, "strict": false})).await.unwrap());
    assert_eq!(left(&world).as_deref(), Some("__msar mathesar_types msar"));
    world.database.execute("drop schema msar cascade; drop schema __msar cascade; drop schema mathesar_types cascade");
    let id = world.connect().await;
    assert!(!disconnect(&world, id, json!({"schemas_to_remove": ALL})).await.unwrap(), "there was nothing to clean");
}
