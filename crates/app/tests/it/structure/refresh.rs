//! Materialised views filled anew.

use mathesar_api::Json;
use mathesar_app::model::{refresh, show};
use serde_json::json;

use super::world::{World, failure, params};

#[tokio::test]
async fn a_view_is_filled_anew_while_others_read_it_where_that_can_be() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table source (id int); insert into source values (1);
         create materialized view \"Kept.one\" as select id, id * 2 as twice from source with no data",
    );
    let call = json!({"database_id": id, "table_oid": world.table("\"Kept.one\"")});
    let filled = async |expected: bool| {
        let done = refresh::refresh(&world.ctx, params(call.clone())).await.unwrap();
        assert_eq!(done.concurrently, expected);
        world.database.scalar("select string_agg(twice::text, ' ' order by id) from \"Kept.one\"").unwrap_or_default()
    };
    assert_eq!(filled(false).await, "2", "it was never filled before");
    world.database.execute("insert into source values (2)");
    assert_eq!(filled(false).await, "2 4");
    // Neither of these tells all rows apart by their columns.
    world.database.execute(
        "create unique index on \"Kept.one\" (id) where id > 1; create unique index on \"Kept.one\" ((id + 1))",
    );
    assert_eq!(filled(false).await, "2 4");
    world.database.execute("create unique index on \"Kept.one\" (id); delete from source where id = 1");
    let shown =
        show::statements(&world.ctx, id, "tables.refresh", &Json::from_serialize(&call).unwrap()).await.unwrap();
    let shown: Vec<_> = shown.unwrap().iter().map(|statement| statement.shown()).collect();
    assert_eq!(shown, ["REFRESH MATERIALIZED VIEW CONCURRENTLY public.\"Kept.one\""]);
    assert_eq!(filled(true).await, "4");
}

#[tokio::test]
async fn what_is_no_materialised_view_or_somebody_elses_is_not_refreshed() {
    let (world, id) = World::connected().await;
    world.database.execute("create table plain (id int); create materialized view kept as select 1 as one");
    let call = |id: i64, table: u32| json!({"database_id": id, "table_oid": table});
    let (plain, kept) = (world.table("plain"), world.table("kept"));
    let (error, name) = failure(refresh::refresh(&world.ctx, params(call(id, plain))).await);
    assert!(
        name == "ValueError" && error.message().contains("public.plain is no materialised view"),
        "{}",
        error.message()
    );
    let (error, name) = failure(refresh::refresh(&world.ctx, params(call(id, 1))).await);
    assert!(name == "UndefinedTable" && error.message().starts_with("table_oid: "), "{}", error.message());
    let modest = world.database.role("modest", "login");
    let id = world.connect_as(&modest).await.unwrap().database.id;
    assert_eq!(failure(refresh::refresh(&world.ctx, params(call(id, kept))).await).1, "InsufficientPrivilege");
}
