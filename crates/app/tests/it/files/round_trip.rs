//! What is exported imports again to the same types and, byte for byte, the same file.

use mathesar_api::methods::imports::Dialect;
use proptest::{prelude::*, test_runner::TestRunner};

use super::world::{World, test};

fn read(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/files").join(name);
    std::fs::read(path).unwrap()
}

async fn types(world: &World, table: &str) -> String {
    world
        .scalar(&format!(
            "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
               from pg_attribute where attrelid = '{table}'::regclass and attnum > 0"
        ))
        .await
}

async fn oid(world: &World, table: &str) -> u32 {
    world.scalar(&format!("select '{table}'::regclass::oid")).await.parse().unwrap()
}

/// Imports a file, exports the table, imports that and exports again.
async fn round_trip(world: &World, name: &str, bytes: &[u8]) -> (String, String) {
    let first = world.import(name, bytes, "first").await;
    assert_eq!(first.error, None, "{name}");
    let once = world.export(oid(world, "first").await).await;
    let second = world.import("export.csv", &once, "second").await;
    assert_eq!(second.error, None, "{name}");
    let twice = world.export(oid(world, "second").await).await;
    assert!(once == twice, "{name}: the second export differs from the first");
    let different =
        "select count(*) from (table first except all table second union all table second except all table first) d";
    assert_eq!(world.scalar(different).await, "0", "{name}");
    let (types, again) = (types(world, "first").await, types(world, "second").await);
    assert_eq!(types, again, "{name}");
    (types, String::from_utf8(once).unwrap())
}

fn round_trip_of(name: &'static str, rows: &'static str, expected_types: &'static str) {
    test(async |world| {
        let (types, _) = round_trip(world, name, &read(name)).await;
        assert!(types.starts_with(expected_types), "{name}: {types}");
        assert_eq!(world.scalar("select count(*) from first").await, rows);
    });
}

#[test]
fn airports_keep_their_codes() {
    round_trip_of(
        "airports.csv",
        "3376",
        "iata text, name text, city text, state text, country text, latitude numeric, longitude numeric",
    );
}

#[test]
fn birdstrikes_have_dates_and_amounts() {
    round_trip_of(
        "birdstrikes.csv",
        "10000",
        "Airport Name text, Aircraft Make Model text, Effect Amount of damage text, Flight Date date, \
         Aircraft Airline Operator text, Origin State text, Phase of flight text, Wildlife Size text, \
         Wildlife Species text, Time of day text, Cost Other integer, Cost Repair integer, Cost Total $ integer, \
         Speed IAS in knots integer",
    );
}

#[test]
fn weather_has_dates_and_decimals() {
    round_trip_of(
        "seattle-weather.csv",
        "1461",
        "date date, precipitation numeric, temp_max numeric, temp_min numeric, wind numeric, weather text",
    );
}

#[test]
fn unemployment_is_separated_by_tabs() {
    round_trip_of("unemployment.tsv", "3218", "id integer, rate numeric");
}

#[test]
fn employment_has_whole_and_broken_numbers() {
    round_trip_of("us-employment.csv", "120", "month date, nonfarm integer, private integer");
}

#[test]
fn null_and_the_empty_text_stay_apart_and_every_character_is_kept() {
    test(async |world| {
        let file = "text,number\n\"\",1\n,2\n\" spaces \",3\n\"line\nbreak, \"\"quote\"\"; \\N\t\\.\",\n\\.,5\n🐘,6\n";
        let (types, _) = round_trip(world, "odd.csv", file.as_bytes()).await;
        assert_eq!(types, "text text, number integer");
        let first = "select string_agg(coalesce('[' || text || ']', 'null'), ' ' order by number) from first";
        assert_eq!(world.scalar(first).await, "[] null [ spaces ] [\\.] [🐘] [line\nbreak, \"quote\"; \\N\t\\.]");
    });
}

/// A row of a file: fields without a value, and fields of any characters that PostgreSQL takes.
fn any_row() -> impl Strategy<Value = Vec<Option<String>>> {
    let field = prop_oneof!["[^\0]{0,12}", "[\"',;\\\\\t\r\nN. ]{0,8}"];
    proptest::collection::vec(proptest::option::of(field), 3)
}

#[test]
fn any_text_arrives_as_it_was_written() {
    let quoted = |field: &Option<String>| {
        field.as_ref().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).unwrap_or_default()
    };
    test(async |world| {
        let runtime = tokio::runtime::Handle::current();
        let case = |rows: Vec<Vec<Option<String>>>| {
            let lines = rows
                .iter()
                .enumerate()
                .map(|(number, row)| format!("{number},{}\n", row.iter().map(quoted).collect::<Vec<_>>().join(",")));
            let file = format!("number,a,b,c\n{}", lines.collect::<String>());
            runtime.block_on(async {
                let file = world.upload("any.csv", file.as_bytes()).await;
                let comma =
                    Dialect { delimiter: Some(",".to_owned()), quote: Some("\"".to_owned()), ..Dialect::default() };
                let preview = world.preview(file, Some(Dialect { header: Some(true), ..comma })).await.unwrap();
                let mut params = world.as_previewed(&preview, "any_text");
                params.columns[1..].iter_mut().for_each(|column| column.kind = "text".to_owned());
                params.columns[1..].iter_mut().for_each(|column| column.format = None);
                assert_eq!(world.load(params).await.error, None);
            });
            let stored = world.database.query("select a, b, c from any_text order by number");
            world.database.execute("drop table any_text");
            prop_assert_eq!(stored, rows);
            Ok(())
        };
        let config = ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() };
        let rows = proptest::collection::vec(any_row(), 1..40);
        tokio::task::block_in_place(|| TestRunner::new(config).run(&rows, case)).unwrap();
    });
}

#[test]
fn every_inferred_type_comes_back_exactly() {
    test(async |world| {
        tokio::task::block_in_place(|| {
            world.database.execute(
                r#"create table first (b boolean, i integer, l bigint, n numeric, d date, ts timestamp, tz timestamptz,
                       t time, iv interval, u uuid, j jsonb, x text);
                   insert into first values
                   (true, -1, 9223372036854775807, 12345678901234567890.1200, '0044-03-15 BC', '2020-01-02 03:04:05.123456',
                    '2020-06-01 12:00+02', '23:59:59.5', '1 year -2 days 03:04:05.6', 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
                    '{"a": [1, 2.50], "b": "x, \"y\""}', 'x'),
                   (false, 0, -1, -0.5, '9999-12-31', '0001-01-01', '0001-01-01 00:00+00', '00:00', '-00:00:01',
                    '00000000-0000-0000-0000-000000000000', '[]', ''),
                   (null, null, null, null, null, null, null, null, null, null, null, null)"#,
            );
        });
        let once = world.export(oid(world, "first").await).await;
        let again = world.import("export.csv", &once, "second").await;
        assert_eq!(again.error, None);
        assert_eq!(types(world, "first").await, types(world, "second").await);
        let different = "select count(*) from (table first except all table second) d";
        assert_eq!(world.scalar(different).await, "0");
        assert!(world.export(oid(world, "second").await).await == once);
    });
}

/// Values that PostgreSQL has and no file of somebody else's: they are not guessed, but a column that has their type takes them.
#[test]
fn what_only_postgresql_writes_comes_back_into_such_columns() {
    test(async |world| {
        world
            .execute(
                "create domain padded as text; create table edge (id int primary key, d date, t time, ts timestamp, v varbit,
                     words tsvector, p padded);
                 insert into edge values (1, '5874897-12-31', '24:00', '294276-12-31 23:59:59', '', '', ' x '),
                     (2, '4713-01-01 BC', '0:00', 'infinity', '101', 'a', ''), (3, null, null, null, null, null, null);
                 create table stock (like edge)",
            )
            .await;
        let exported = world.export(oid(world, "edge").await).await;
        let columns: Vec<_> = (0..7).zip(1..).collect();
        assert_eq!(world.bulk_insert(&exported, &columns, Some(true)).await.unwrap(), 3);
        let different = "select coalesce(string_agg(d::text, ' '), '') from
            (table edge except all table stock union all table stock except all table edge) d";
        assert_eq!(world.scalar(different).await, "");
    });
}
