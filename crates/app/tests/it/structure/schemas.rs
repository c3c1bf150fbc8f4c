use mathesar_app::model::schemas;
use serde_json::json;

use super::world::{World, failure, params};

const HOSTILE: &str = "Ünïcode \"x\"; DROP SCHEMA public CASCADE; --";

#[tokio::test]
async fn a_schema_lives_with_whatever_name_it_has() {
    let (world, id) = World::connected().await;
    let owner = world.database.role("owner", "nologin");
    let owner_oid: u32 = world.database.scalar(&format!("select '{owner}'::regrole::oid")).unwrap().parse().unwrap();
    let add = json!({"database_id": id, "name": HOSTILE, "description": "it's \\ 'mine'", "owner_oid": owner_oid});
    let made = schemas::add(&world.ctx, params(add)).await.unwrap();
    assert_eq!(
        (made.name.as_str(), made.description.as_deref(), made.owner_oid),
        (HOSTILE, Some("it's \\ 'mine'"), owner_oid)
    );

    let rename = json!({"database_id": id, "schema_oid": made.oid, "patch": {"name": "plain", "description": null}});
    let renamed = schemas::patch(&world.ctx, params(rename)).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.description, renamed.oid), ("plain", None, made.oid));
    let twice = schemas::add(&world.ctx, params(json!({"database_id": id, "name": "plain"}))).await;
    assert_eq!(failure(twice).1, "DuplicateSchema");
    schemas::delete(&world.ctx, params(json!({"database_id": id, "schema_oids": [made.oid]}))).await.unwrap();
    let gone = schemas::get(&world.ctx, params(json!({"database_id": id, "schema_oid": made.oid}))).await;
    assert_eq!(failure(gone).1, "DoesNotExist");
}

#[tokio::test]
async fn the_list_leaves_postgresqls_own_out_and_counts_tables() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create schema s; create table s.one (a int); create view s.two as select 1;
         create table s.parts (a int) partition by list (a); create table s.part partition of s.parts for values in (1)",
    );
    let list = schemas::list(&world.ctx, params(json!({"database_id": id}))).await.unwrap();
    let names: Vec<_> = list.iter().map(|schema| (schema.name.as_str(), schema.table_count)).collect();
    assert_eq!(names, [("public", 0), ("s", 2)]);
}

/// Everything in a schema goes with it, in whatever order it hangs together; nothing outside of it goes along unasked.
#[tokio::test]
async fn a_schema_is_dropped_with_what_it_holds_and_nothing_else() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create schema s;
         create type s.mood as enum ('ok');
         create function s.twice(a int) returns int immutable language sql return a * 2;
         create table s.parent (id int primary key, m s.mood, b int generated always as (s.twice(1)) stored);
         create table s.child (id serial, p int references s.parent);
         create materialized view s.m as select * from s.parent;
         create view s.v as select * from s.m",
    );
    let oid = world.schema("s");
    let drop = || schemas::delete(&world.ctx, params(json!({"database_id": id, "schema_oids": [oid]})));
    for (outside, undo, named) in [
        ("create view public.outside as select * from s.v", "drop view public.outside", "view outside"),
        ("create table public.outside (p int references s.parent)", "drop table public.outside", "table outside"),
        ("create table public.outside (m s.mood[])", "drop table public.outside", "table outside"),
        ("create table public.outside (a int default s.twice(2))", "drop table public.outside", "table outside"),
        ("create table public.outside () inherits (s.parent)", "drop table public.outside", "table outside"),
    ] {
        world.database.execute(outside);
        let (error, name) = failure(drop().await);
        assert_eq!(name, "DependentObjectsStillExist");
        assert!(error.message().contains(named), "{outside}: {}", error.message());
        assert_eq!(world.database.scalar("select to_regclass('s.parent') is not null").as_deref(), Some("t"));
        world.database.execute(undo);
    }
    drop().await.unwrap();
    assert_eq!(world.database.scalar("select to_regnamespace('s')"), None);
}
