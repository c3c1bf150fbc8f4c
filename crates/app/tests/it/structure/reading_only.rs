//! Invariant I5: CONNECT and USAGE are enough, and nothing is installed.

use mathesar_app::databases::configured;
use mathesar_app::model::{columns, constraints, privileges, roles, schemas, tables};
use serde_json::json;

use super::world::{World, failure, params};

/// Every row of the catalogue that could tell that something was made or changed, with the transaction that wrote it.
const CATALOGUE: &str = "select md5(string_agg(part, ',' order by part)) from (
      select 'class' || oid || xmin || coalesce(relacl::text, '') from pg_class
      union all select 'attribute' || attrelid || attnum || xmin from pg_attribute
      union all select 'type' || oid || xmin from pg_type
      union all select 'proc' || oid || xmin from pg_proc
      union all select 'namespace' || oid || xmin from pg_namespace
      union all select 'constraint' || oid || xmin from pg_constraint
      union all select 'trigger' || oid || xmin from pg_trigger
      union all select 'extension' || oid || xmin from pg_extension
      union all select 'description' || objoid || xmin from pg_description
      union all select 'database' || oid || xmin from pg_database where datname = current_database()) as t (part)";

#[tokio::test]
async fn a_role_that_may_only_look_is_shown_everything_and_leaves_no_trace() {
    let world = World::new().await;
    world.database.execute(
        "create schema s; create table s.open (id int primary key, t text); create table s.closed (a int);
         create view s.v as select * from s.open",
    );
    let guest = world.database.role("guest", "login");
    world.database.execute(&format!("grant usage on schema s to {guest}; grant select on s.open to {guest}"));
    world.database.execute(&format!("alter role {guest} set default_transaction_read_only = on"));
    let before = world.database.scalar(CATALOGUE);

    let id = world.connect_as(&guest).await.unwrap().database.id;
    let database = json!({"database_id": id});
    let described = configured::get(&world.ctx, params(database.clone())).await.unwrap();
    assert!(described.read_only && !described.current_role_owns);
    let list = schemas::list(&world.ctx, params(database.clone())).await.unwrap();
    let schema = list.iter().find(|schema| schema.name == "s").unwrap();
    assert_eq!(schema.current_role_priv, ["USAGE"]);
    roles::list(&world.ctx, params(database.clone())).await.unwrap();
    roles::get_current(&world.ctx, params(database.clone())).await.unwrap();
    privileges::of_database(&world.ctx, params(database.clone())).await.unwrap();
    privileges::defaults::of_database(&world.ctx, params(database)).await.unwrap();
    let in_schema = json!({"database_id": id, "schema_oid": schema.oid});
    privileges::of_schema(&world.ctx, params(in_schema.clone())).await.unwrap();
    privileges::defaults::of_schema(&world.ctx, params(in_schema)).await.unwrap();
    for table in tables::list_with_metadata(&world.ctx, params(json!({"database_id": id, "schema_oid": schema.oid})))
        .await
        .unwrap()
    {
        let table_params = json!({"database_id": id, "table_oid": table.oid});
        tables::get_with_metadata(&world.ctx, params(table_params.clone())).await.unwrap();
        privileges::of_table(&world.ctx, params(table_params.clone())).await.unwrap();
        privileges::columns::list(&world.ctx, params(table_params.clone())).await.unwrap();
        constraints::list(&world.ctx, params(table_params.clone())).await.unwrap();
        let columns = columns::list_with_metadata(&world.ctx, params(table_params)).await.unwrap();
        assert!(
            !columns.is_empty() && columns.iter().all(|column| column.read_only_reason.is_some()),
            "{}",
            table.name
        );
    }
    let check = json!({"database_id": id, "table_oid": world.table("s.open"), "attnum": 2, "type": "integer"});
    assert_eq!(columns::check_cast(&world.ctx, params(check)).await.unwrap().failing, 0);

    let refused = schemas::add(&world.ctx, params(json!({"database_id": id, "name": "mine"}))).await;
    assert_eq!(failure(refused).1, "InsufficientPrivilege");
    let drop = tables::delete(&world.ctx, params(json!({"database_id": id, "table_oid": world.table("s.open")}))).await;
    assert_eq!(failure(drop).1, "InsufficientPrivilege");
    assert_eq!(world.database.scalar(CATALOGUE), before);
}
