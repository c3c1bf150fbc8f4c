//! Servers that differ from the usual one: a standby, which only reads, and databases whose texts have no encoding.

use mathesar_api::ErrorCode;
use mathesar_app::{Error, model::tables, records};
use mathesar_testkit::{Cluster, ClusterOptions, packaged_programs};
use serde_json::{Value, json};

use crate::world::{Guest, after_in, within};

const STOCK: &str = "
    create table shelf (id int primary key, name text);
    create table stock (id int primary key, name text, shelf int references shelf);
    insert into shelf values (1, 'Top');
    insert into stock select n, 'thing ' || n, 1 from generate_series(1, 30000) as n;
    analyze;";

async fn list(guest: &Guest<'_>, more: Value) -> Result<Value, Error> {
    let mut params = json!({ "table_oid": guest.world.oid("stock"), "limit": 2 });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let body = records::list(&guest.ctx, guest.params(params)).await?;
    Ok(serde_json::from_slice(&body).unwrap())
}

#[test]
fn a_standby_is_read_like_any_other_server_and_says_why_it_takes_nothing() {
    // Its own, which ends with the tests.
    let cluster: &Cluster = Box::leak(Box::new(Cluster::start()));
    after_in(cluster, &[STOCK], async |world| {
        tokio::task::block_in_place(|| cluster.become_standby());
        let ana = world.owner().await;
        let page = list(&ana, json!({ "return_record_summaries": true })).await.unwrap();
        assert_eq!(
            (&page["count"], &page["linked_record_summaries"]),
            (&json!(30_000), &json!({ "3": { "1": "Top" } }))
        );
        let far = list(&ana, json!({ "offset": 29_000, "approximate_count": 30_000 })).await.unwrap();
        assert_eq!(far["results"].as_array().unwrap().len(), 2);
        let last = list(&ana, json!({ "offset": 29_998 })).await.unwrap();
        assert_eq!(last["results"][1]["1"], 30_000);
        let searched =
            json!({ "table_oid": world.oid("stock"), "search_params": [{ "attnum": 2, "literal": "thing 29999" }] });
        let found = records::search(&ana.ctx, ana.params(searched)).await.unwrap();
        let found: Value = serde_json::from_slice(&found).unwrap();
        assert_eq!(found["results"][0]["1"], 29_999);

        let place = json!({ "table_oid": world.oid("stock"), "record_id": 1, "record_def": { "2": "other" } });
        let refusals = [
            records::patch(&ana.ctx, ana.params(place)).await.unwrap_err(),
            tables::add(&ana.ctx, ana.params(json!({ "schema_oid": world.schema("public"), "table_name": "new" })))
                .await
                .unwrap_err(),
        ];
        for refusal in refusals {
            let words = refusal.to_string();
            assert!(words.contains("standby") && words.contains("primary"), "{} {words}", refusal.code().code);
        }
    });
}

#[test]
fn a_database_without_an_encoding_is_worked_with_and_says_which_text_cannot_be_read() {
    let options = "encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'";
    let database = Cluster::shared().database_with(options);
    within(database, &["create table stock (id int primary key, name text, shelf int)"], async |world| {
        let ana = world.owner().await;
        let add = json!({ "table_oid": world.oid("stock"), "record_def": { "1": 1, "2": "Größe 漢字" } });
        records::add(&ana.ctx, ana.params(add)).await.unwrap();
        let page = list(
            &ana,
            json!({ "filter": { "type": "equal", "args": [
            { "type": "attnum", "value": 2 }, { "type": "literal", "value": "Größe 漢字" },
        ] } }),
        );
        assert_eq!(page.await.unwrap()["results"][0]["2"], "Größe 漢字");

        world.execute(r"insert into stock values (2, convert_from('\x4772f6dfe5', 'SQL_ASCII'))");
        let error = list(&ana, json!({})).await.unwrap_err();
        assert_ne!(error.code(), ErrorCode::INTERNAL, "{error}");
        assert!(error.to_string().contains("UTF8"), "{error}");
        let names = list(&ana, json!({ "columns": [1] })).await.unwrap();
        assert_eq!(names["count"], 2, "its other columns are read");
    });
}

/// Numbers that fewer than 17 digits would not tell.
const SHAPES: &str = r#"
    create schema "Geo"; create extension postgis schema "Geo";
    create table stock (id int primary key, place "Geo".geometry(Point, 4326), area "Geo".geography, shelf "Geo".geometry);
    insert into stock values (1, 'SRID=4326;POINT(0.1 0.30000000000000004)', 'POLYGON((0 0,1 0,1 1,0 0))', 'POINT Z (1 2 3)'),
        (2, null, null, 'GEOMETRYCOLLECTION EMPTY');
    insert into stock (id, shelf) select n, "Geo".st_makepoint(random() * 1e6 - 5e5, random() / 1e9) from generate_series(3, 500) as n;"#;

#[test]
fn shapes_of_postgis_are_text_that_people_read_and_postgis_takes_back() {
    let Some(programs) = packaged_programs() else { return };
    let cluster = Cluster::start_with(&ClusterOptions { programs: Some(programs), ..ClusterOptions::default() });
    let cluster: &Cluster = Box::leak(Box::new(cluster));
    let database = cluster.database();
    if database.scalar("select count(*) from pg_available_extensions where name = 'postgis'").as_deref() == Some("0") {
        return;
    }
    within(database, &[SHAPES], async |world| {
        let ana = world.owner().await;
        let exactly = || {
            world.scalar(
                r#"select md5(string_agg(shelf::text || coalesce(place::text, ''), ',' order by id)) from stock"#,
            )
        };
        let before = exactly();
        for form in ["original", "text"] {
            let page = list(&ana, json!({ "limit": 500, "values": form })).await.unwrap();
            let rows = page["results"].as_array().unwrap();
            assert_eq!(rows[0]["2"], "SRID=4326;POINT(0.1 0.30000000000000004)");
            assert_eq!(rows[0]["3"], "SRID=4326;POLYGON((0 0,1 0,1 1,0 0))");
            assert_eq!((&rows[0]["4"], &rows[1]["4"]), (&json!("POINT(1 2 3)"), &json!("GEOMETRYCOLLECTION EMPTY")));
            for row in rows {
                let change = json!({ "2": row["2"], "3": row["3"], "4": row["4"] });
                let patch = json!({ "table_oid": world.oid("stock"), "record_id": row["1"], "record_def": change });
                records::patch(&ana.ctx, ana.params(patch)).await.unwrap();
            }
            assert_eq!(exactly(), before, "bit for bit");
        }
        let moved = json!({ "record_def": { "2": "SRID=4326;POINT(7 8)" }, "expect": { "2": "SRID=4326;POINT(0.1 0.30000000000000004)" } });
        let mut patch = json!({ "table_oid": world.oid("stock"), "record_id": 1 });
        patch.as_object_mut().unwrap().extend(moved.as_object().unwrap().clone());
        records::patch(&ana.ctx, ana.params(patch.clone())).await.unwrap();
        assert_eq!(
            records::patch(&ana.ctx, ana.params(patch.clone())).await.unwrap_err().code(),
            ErrorCode::ROW_CONFLICT
        );
        patch["record_def"]["2"] = json!("POINT(7");
        patch.as_object_mut().unwrap().remove("expect");
        let error = records::patch(&ana.ctx, ana.params(patch)).await.unwrap_err();
        assert!(error.message().contains("parse error"), "{error}");
    });
}
