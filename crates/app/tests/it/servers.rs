//! Servers that differ from the usual one: a standby, which only reads, and databases whose texts have no encoding.

use mathesar_api::ErrorCode;
use mathesar_app::{Error, model::tables, records};
use mathesar_testkit::Cluster;
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
