//! Invariant I5: whoever looks at everything leaves nothing behind. Every row of every system catalogue and of every table is the same
//! row version afterwards.

use std::sync::OnceLock;

use futures_util::TryStreamExt as _;
use mathesar_api::methods::tables::TableKind;
use mathesar_app::databases::configured;
use mathesar_app::export::{TableExport, table_csv};
use mathesar_app::model::{columns, constraints, joinable, metadata, privileges, roles, schemas, tables};
use mathesar_app::{explorations, forms};
use mathesar_testkit::{Cluster, TORTURE};
use serde_json::json;

use crate::world::{Guest, World, after_in};

/// A server of its own: catalogues of roles and databases belong to all databases of a server.
fn own_server() -> &'static Cluster {
    static OWN: OnceLock<Cluster> = OnceLock::new();
    OWN.get_or_init(Cluster::start)
}

/// All system catalogues and all tables with rows, by name.
const RELATIONS: &str = "select c.oid::regclass::text from pg_class as c
    where c.relkind = 'r' and c.relnamespace <> 'information_schema'::regnamespace
       or c.relkind = 'm' order by 1";

/// Every row with the place where it stands, the transaction that wrote it and the one that locked it.
fn snapshot(world: &World) -> Vec<String> {
    let digests = world.column(RELATIONS).into_iter().map(|relation| {
        format!(
            "select '{}: ' || count(*) || ' ' || coalesce(md5(string_agg(
                 seen.ctid || ' ' || seen.xmin || ' ' || seen.xmax || ' ' || seen::text, E'\\n' order by seen.ctid)), '')
               from {relation} as seen",
            relation.replace('\'', "''")
        )
    });
    let mut told = world.column(&digests.collect::<Vec<_>>().join(" union all "));
    told.sort();
    told
}

#[test]
fn a_whole_tour_leaves_nothing_behind() {
    after_in(own_server(), &[TORTURE], async |world| {
        let reader = world.role("reader");
        world.execute(&format!(
            "grant usage on schema torture, \"Cross.Schema\", far_away to {reader};
             grant select on all tables in schema torture, \"Cross.Schema\", far_away to {reader}"
        ));
        let visitor = world.role("visitor");
        for role in [&visitor, &reader] {
            let guest = world.guest(role).await;
            let before = snapshot(world);
            assert!(
                before.len() > 120 && before.iter().any(|told| told.starts_with("pg_authid: ")),
                "{}",
                before.len()
            );
            tour(&guest, role == &reader).await;
            let after = snapshot(world);
            let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
            assert!(changed.is_empty() && before.len() == after.len(), "{role}: {changed:?}");
        }
        // It would be seen.
        let before = snapshot(world);
        world.execute("select from torture.book where id = 1 for update");
        assert_ne!(before, snapshot(world));
    });
}

/// Looks at everything there is. Who may not read anything is refused with a reason, and may still look at the structure.
async fn tour(guest: &Guest<'_>, reads: bool) {
    let (world, ctx) = (guest.world, &guest.ctx);
    let database = json!({});
    configured::get(ctx, guest.params(database.clone())).await.unwrap();
    roles::list(ctx, guest.params(database.clone())).await.unwrap();
    roles::get_current(ctx, guest.params(database.clone())).await.unwrap();
    privileges::of_database(ctx, guest.params(database.clone())).await.unwrap();
    privileges::defaults::of_database(ctx, guest.params(database.clone())).await.unwrap();
    metadata::list_tables(ctx, guest.params(database.clone())).await.unwrap();
    for schema in schemas::list(ctx, guest.params(database)).await.unwrap() {
        let params = json!({ "schema_oid": schema.oid });
        schemas::get(ctx, guest.params(params.clone())).await.unwrap();
        privileges::of_schema(ctx, guest.params(params.clone())).await.unwrap();
        privileges::defaults::of_schema(ctx, guest.params(params.clone())).await.unwrap();
        explorations::list(ctx, guest.params(params.clone())).await.unwrap();
        forms::list(ctx, guest.params(params.clone())).await.unwrap();
        for table in tables::list_with_metadata(ctx, guest.params(params.clone())).await.unwrap() {
            structure(guest, table.oid).await;
            // Foreign tables are read by whoever has a user on the other server.
            if reads && table.kind != TableKind::ForeignTable {
                let name = world.scalar(&format!("select {}::regclass::text", table.oid)).unwrap();
                rows(guest, &name.replace('\'', "''"), table.oid).await;
            }
        }
    }
    if reads {
        exploration(guest).await;
    }
}

async fn structure(guest: &Guest<'_>, oid: u32) {
    let (ctx, params) = (&guest.ctx, json!({ "table_oid": oid }));
    tables::get_with_metadata(ctx, guest.params(params.clone())).await.unwrap();
    columns::list_with_metadata(ctx, guest.params(params.clone())).await.unwrap();
    metadata::list_columns(ctx, guest.params(params.clone())).await.unwrap();
    constraints::list(ctx, guest.params(params.clone())).await.unwrap();
    privileges::of_table(ctx, guest.params(params.clone())).await.unwrap();
    privileges::columns::list(ctx, guest.params(params.clone())).await.unwrap();
    joinable::list(ctx, guest.params(params)).await.unwrap();
}

async fn rows(guest: &Guest<'_>, name: &str, oid: u32) {
    let page = guest.list(name, json!({ "keys": true, "return_record_summaries": true })).await.unwrap();
    guest.count(name, json!({})).await.unwrap();
    guest.search(name, json!({})).await.unwrap();
    if let Some(key) = page["keys"].get(0) {
        guest.get(name, json!({ "record_id": key })).await.unwrap();
        guest.list(name, json!({ "after": key, "approximate_count": 1_000_000 })).await.unwrap();
    }
    // A table may have no column at all.
    let Some(column) = page["results"][0].as_object().unwrap().keys().next() else { return };
    let column: i16 = column.parse().unwrap();
    guest.list(name, json!({ "grouping": { "columns": [column] } })).await.unwrap();
    // What is not to be changed to another type is refused, and that changes nothing either.
    let cast = json!({ "table_oid": oid, "attnum": column, "type": "text" });
    let _ = columns::check_cast(&guest.ctx, guest.params(cast)).await;
    let export = TableExport {
        database_id: guest.world.connected.database_id,
        table_oid: oid,
        filter: None,
        order: Vec::new(),
        columns: None,
    };
    let file = table_csv(&guest.ctx, export).await.unwrap();
    let parts: Vec<_> = file.body.try_collect().await.unwrap();
    assert!(!parts.is_empty(), "{name}");
}

/// An exploration is our own data: saving one writes to the internal database alone.
async fn exploration(guest: &Guest<'_>) {
    let world = guest.world;
    let definition = json!({
        "name": format!("Letters of {}", guest.ctx.signed_in().unwrap().user_id),
        "schema_oid": world.schema("torture"), "base_table_oid": world.oid("torture.letter"),
        "initial_columns": [{ "attnum": 1, "alias": "id" }, { "attnum": 2, "alias": "sender" }],
        "transformations": [],
    });
    guest.page(json!({ "exploration_def": definition })).await.unwrap();
    let saved = guest.save(definition).await.unwrap();
    guest.export(saved.id, None, 0).await.unwrap();
}
