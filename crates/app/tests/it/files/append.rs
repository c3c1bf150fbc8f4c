use mathesar_api::methods::imports::AppendParams;
use mathesar_app::import;
use serde_json::{Value, json};

use super::world::{World, test};

const STOCK: &str = "create table stock (id int generated always as identity primary key, name varchar(8) not null,
        price numeric(6,2), seen date, kind text default 'new', twice numeric generated always as (price * 2) stored);
    insert into stock (name, price) values ('pear', 1.5)";
const FILE: &[u8] = b"Name;Cost;When;Comment\nApple;1,25;31.12.2024;x\nFig;-;01.02.2025;\n";

async fn params(world: &World, bytes: &[u8], columns: Value) -> AppendParams {
    let file = world.upload("more.csv", bytes).await;
    let preview = world.preview(file, None).await.unwrap();
    let table = world.scalar("select 'stock'::regclass::oid").await;
    let params = json!({
        "database_id": world.database_id, "table_oid": table.parse::<u32>().unwrap(), "data_file_id": file,
        "dialect": preview.dialect, "columns": columns,
    });
    serde_json::from_value(params).unwrap()
}

#[test]
fn rows_of_a_file_join_those_of_a_table() {
    test(async |world| {
        world.execute(STOCK).await;
        let columns = json!([
            {"index": 0, "attnum": 2},
            {"index": 1, "attnum": 3, "format": "1.234,5", "null_words": ["-"]},
            {"index": 2, "attnum": 4, "format": "dmy"},
        ]);
        let job = import::append(&world.ctx, params(world, FILE, columns).await).await.unwrap();
        let done = world.wait(job.id).await;
        assert!(done.error.is_none(), "{done:?}");
        let result: Value = serde_json::from_str(done.result.unwrap().text()).unwrap();
        assert_eq!((&result["rows"], &result["table_name"]), (&json!(2), &json!("stock")));
        let rows = world.scalar("select string_agg(t::text, ' ' order by id) from stock as t").await;
        assert_eq!(rows, "(1,pear,1.50,,new,3.00) (2,Apple,1.25,2024-12-31,new,2.50) (3,Fig,,2025-02-01,new,)");
    });
}

#[test]
fn one_wrong_row_keeps_all_out() {
    test(async |world| {
        world.execute(STOCK).await;
        for (bytes, columns, words) in [
            (
                &b"n,p\nplum,1\nkiwi,dear\n"[..],
                json!([{"index": 0, "attnum": 2}, {"index": 1, "attnum": 3}]),
                "Line 3, column \"price\"",
            ),
            (b"n,p\nplum,1.255\n", json!([{"index": 0, "attnum": 2}, {"index": 1, "attnum": 3}]), "rounded"),
            (b"n\nplum\npomegranate\n", json!([{"index": 0, "attnum": 2}]), "Line 3, column \"name\""),
            (b"p\n1\n", json!([{"index": 0, "attnum": 3}]), "Line 2"),
        ] {
            let job = import::append(&world.ctx, params(world, bytes, columns).await).await.unwrap();
            let error = world.wait(job.id).await.error.unwrap();
            assert!(error.contains(words), "{error}");
        }
        assert_eq!(world.scalar("select count(*) from stock").await, "1");
    });
}

#[test]
fn columns_that_cannot_take_fields_are_refused_at_once() {
    test(async |world| {
        world.execute(STOCK).await;
        for (columns, words) in [
            (json!([]), "at least one"),
            (json!([{"index": 0, "attnum": 9}]), "no column number 9"),
            (json!([{"index": 0, "attnum": 2}, {"index": 1, "attnum": 2}]), "Two columns"),
            (json!([{"index": 0, "attnum": 6}]), "computes"),
            (json!([{"index": 0, "attnum": 2, "format": "dmy"}]), "no format"),
        ] {
            let error = import::append(&world.ctx, params(world, FILE, columns).await).await.unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    });
}

#[test]
fn a_view_without_a_trigger_is_refused_before_anything_is_sent() {
    test(async |world| {
        for view in [
            "create table fruit (id int, name text); create view stock as select * from fruit",
            "drop view stock; create materialized view stock as select 1 as id, 'x' as name",
            "drop materialized view stock; create view stock as select 1 as id, 'x' as name;
             create function nothing() returns trigger language plpgsql as 'begin return null; end';
             create trigger gone instead of delete on stock for each row execute function nothing()",
        ] {
            world.execute(view).await;
            let columns = json!([{"index": 0, "attnum": 2}]);
            let error = import::append(&world.ctx, params(world, FILE, columns).await).await.unwrap_err();
            assert!(
                error.code().name == "WrongObjectType" && error.to_string().contains("is a view"),
                "{view}: {error}"
            );
        }
    });
}

#[test]
fn a_trigger_of_a_view_takes_the_rows_of_a_file() {
    test(async |world| {
        world
            .execute(
                "create table fruit (name text, price numeric);
                 create view stock as select f.name, f.price, count(*) over () as many from fruit as f;
                 create function put() returns trigger language plpgsql as $$ begin
                    if new.price > 100 then raise 'too dear'; end if;
                    insert into fruit values (upper(new.name), new.price); return new; end $$;
                 create trigger put instead of insert on stock for each row execute function put()",
            )
            .await;
        let columns = json!([{"index": 0, "attnum": 1}, {"index": 1, "attnum": 2}]);
        let good = params(world, b"n,p\nplum,1.5\nkiwi,2\n", columns.clone()).await;
        let job = import::append(&world.ctx, good).await.unwrap();
        let done = world.wait(job.id).await;
        assert!(done.error.is_none(), "{done:?}");
        assert_eq!(
            world.scalar("select string_agg(f::text, ' ' order by name) from fruit as f").await,
            "(KIWI,2) (PLUM,1.5)"
        );

        let dear = params(world, b"n,p\nfig,3\ndate,101\n", columns).await;
        let job = import::append(&world.ctx, dear).await.unwrap();
        let error = world.wait(job.id).await.error.unwrap();
        assert!(error.contains("Line 3: nothing was loaded.") && error.contains("too dear"), "{error}");
        assert_eq!(world.scalar("select count(*) from fruit").await, "2");
    });
}
