//! Any value that PostgreSQL can hold goes out through `records.list` and back through `records.apply` and `records.patch` exactly:
//! what was written is compared by PostgreSQL, bit by bit (`record_image_eq`).

use mathesar_testkit::TORTURE;
use mathesar_types::family::{FAMILIES, FamilyId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::generators::{self as any, Expression};
use crate::world::{Guest, World, after};

/// A type, and SQL expressions for values of it. `exact` says whether the original's form of a value is exact as well: it is not
/// for what becomes JSON and loses its type on the way, and for zones with seconds.
struct Kind {
    ty: &'static str,
    values: BoxedStrategy<Expression>,
    exact: bool,
}

fn kind(ty: &'static str, values: impl Strategy<Value = Expression> + 'static) -> Kind {
    Kind { ty, values: values.boxed(), exact: true }
}

fn inexact(ty: &'static str, values: impl Strategy<Value = Expression> + 'static) -> Kind {
    Kind { exact: false, ..kind(ty, values) }
}

/// Types of the registry by their names, and those that it covers by their kind.
fn kinds(version: u32) -> Vec<Kind> {
    let texts = || any::text(0..12);
    let mut kinds = vec![
        kind("int2", any::number::<i16>()),
        kind("int4", any::number::<i32>()),
        kind("int8", any::number::<i64>()),
        kind("numeric", any::numeric()),
        kind("float4", any::float4()),
        kind("float8", any::float8()),
        kind("bool", any::boolean()),
        kind("text", texts()),
        kind("varchar", texts()),
        kind("varchar(12)", texts()),
        kind("bpchar", texts()),
        kind("char(12)", texts()),
        kind("name", any::text(0..12)),
        kind("\"char\"", any::ascii()),
        kind("date", any::date()),
        kind("time", any::time()),
        inexact("timetz", any::timetz()),
        kind("timestamp", any::timestamp("timestamp")),
        kind("timestamp(3)", any::timestamp("timestamp")),
        kind("timestamptz", any::timestamp("timestamptz")),
        kind("interval", any::interval(version)),
        kind("interval day to second", any::interval(version)),
        kind("money", any::money()),
        kind("uuid", any::uuid()),
        kind("json", any::json()),
        kind("jsonb", any::json()),
        kind("xml", any::xml()),
        kind("bytea", any::bytes()),
        kind("bit(5)", any::bits(5..6)),
        kind("varbit", any::bits(0..20)),
        kind("inet", any::inet()),
        kind("cidr", any::inet().prop_map(|inet| format!("network({inet})"))),
        kind("macaddr", any::hardware(6, "macaddr")),
        kind("macaddr8", any::hardware(8, "macaddr8")),
        kind("point", any::shape("point")),
        kind("line", any::shape("line")),
        kind("lseg", any::shape("lseg")),
        kind("box", any::shape("box")),
        kind("path", any::shape("path")),
        kind("polygon", any::shape("polygon")),
        kind("circle", any::shape("circle")),
        kind("tsvector", any::words("to_tsvector('simple', ", ")")),
        kind("tsquery", any::words("phraseto_tsquery('simple', ", ")::text")),
        kind("oid", any::number::<u32>()),
        kind("torture.mood", any::mood()),
        kind("torture.amount", (0..10_000_000_u32).prop_map(|n| format!("{n} / 1000.0"))),
        kind("torture.code", any::text(0..4)),
        inexact("torture.part", any::part()),
        inexact("torture.whole", any::whole()),
    ];
    kinds.extend([
        kind("int4range", any::range("int4range", any::number::<i32>())),
        kind("int8range", any::range("int8range", any::number::<i32>().prop_map(|n| format!("{n}::int8")))),
        kind("numrange", any::range("numrange", any::numeric())),
        kind("daterange", any::range("daterange", any::date())),
        kind("tsrange", any::range("tsrange", any::timestamp("timestamp"))),
        kind("tstzrange", any::range("tstzrange", any::timestamp("timestamptz"))),
        kind("torture.temperature", any::range("torture.temperature", any::float8())),
        kind("int4multirange", any::multirange("int4multirange", any::range("int4range", any::number::<i32>()))),
        kind("nummultirange", any::multirange("nummultirange", any::range("numrange", any::numeric()))),
        kind(
            "tstzmultirange",
            any::multirange("tstzmultirange", any::range("tstzrange", any::timestamp("timestamptz"))),
        ),
        inexact("int4[]", any::array("int4", any::number::<i32>())),
        inexact("numeric[]", any::array("numeric", any::numeric())),
        inexact("float8[]", any::array("float8", any::float8())),
        inexact("text[]", any::array("text", any::text(0..12))),
        inexact("timestamptz[]", any::array("timestamptz", any::timestamp("timestamptz"))),
        inexact("interval[]", any::array("interval", any::interval(version))),
        inexact("bytea[]", any::array("bytea", any::bytes())),
        inexact("jsonb[]", any::array("jsonb", any::json())),
        inexact("torture.mood[]", any::array("torture.mood", any::mood())),
        inexact("torture.part[]", any::array("torture.part", any::part())),
        inexact("int4range[]", any::array("int4range", any::range("int4range", any::number::<i32>()))),
    ]);
    kinds
}

/// Rows of one run.
const ROWS: usize = 24;

#[test]
fn any_value_goes_out_and_back_exactly() {
    after(&[TORTURE], async |world| {
        let version = world.scalar("select current_setting('server_version_num')").unwrap().parse().unwrap();
        let kinds = kinds(version);
        covers_the_registry(&kinds);
        let columns: Vec<String> = kinds.iter().enumerate().map(|(at, kind)| format!("c{at} {}", kind.ty)).collect();
        let columns = columns.join(", ");
        world.execute(&format!(
            "create table source (id int primary key, {columns}); create table target (id int primary key, {columns});
             insert into target (id) select generate_series(1, {ROWS})"
        ));
        let ana = world.owner().await;
        let row: Vec<BoxedStrategy<Expression>> = kinds
            .iter()
            .map(|kind| prop_oneof![1 => Just("NULL".to_owned()), 9 => kind.values.clone()].boxed())
            .collect();
        let mut runner =
            TestRunner::new(Config { cases: 6, failure_persistence: None, max_shrink_iters: 50, ..Config::default() });
        let handle = tokio::runtime::Handle::current();
        let outcome = tokio::task::block_in_place(|| {
            runner.run(&vec(row, ROWS), |rows| {
                handle.block_on(round_trip(world, &ana, &kinds, &rows));
                Ok(())
            })
        });
        outcome.unwrap();
    });
}

/// Every built-in type that the registry names has values here, and every kind that it covers without names.
fn covers_the_registry(kinds: &[Kind]) {
    let has = |name: &str| {
        kinds.iter().any(|kind| kind.ty.trim_matches('"') == name || kind.ty.split('(').next() == Some(name))
    };
    for family in FAMILIES {
        for ty in family.types.iter().filter(|ty| ty.schema == Some("pg_catalog")) {
            assert!(has(ty.name), "{:?}: no values for {}", family.id, ty.name);
        }
        let covered = match family.id {
            FamilyId::Array => has("text[]"),
            FamilyId::Enum => has("torture.mood"),
            FamilyId::Range => has("numrange") && has("nummultirange"),
            FamilyId::Composite => has("torture.part"),
            _ => true,
        };
        assert!(covered, "{:?}", family.id);
    }
}

async fn round_trip(world: &World, ana: &Guest<'_>, kinds: &[Kind], rows: &[Vec<Expression>]) {
    let value = |(expression, kind): (&Expression, &Kind)| format!("({expression})::{}", kind.ty);
    let line = |(at, row): (usize, &Vec<Expression>)| {
        let values: Vec<String> = row.iter().zip(kinds).map(value).collect();
        format!("({}, {})", at + 1, values.join(", "))
    };
    let lines: Vec<String> = rows.iter().enumerate().map(line).collect();
    world.execute(&format!(
        "set timezone = 'Asia/Kathmandu'; truncate source; insert into source values {}",
        lines.join(",\n")
    ));

    // Our own form, many rows at once.
    let page = ana.list("source", json!({ "values": "text" })).await.unwrap();
    let changes: Vec<Value> = page["results"].as_array().unwrap().iter().map(update).collect();
    ana.apply("target", json!(changes)).await.unwrap_or_else(|error| panic!("{}", error.message()));
    must_be_equal(world, kinds, |_| true);
    // What was read is what is expected, and one row alone goes the same way.
    for row in page["results"].as_array().unwrap().iter().take(2) {
        let patch = json!({ "record_id": row["1"], "record_def": set(row), "expect": row, "values": "text" });
        let patched = ana.patch("target", patch).await.unwrap_or_else(|error| panic!("{}", error.message()));
        assert_eq!(patched["results"], json!([row]));
    }
    must_be_equal(world, kinds, |_| true);

    // The original's form, where a value has one that is read again.
    world.execute(&format!("truncate target; insert into target (id) select generate_series(1, {ROWS})"));
    let exact: Vec<usize> = (0..kinds.len()).filter(|at| kinds[*at].exact).map(|at| at + 2).collect();
    let columns: Vec<usize> = [1].into_iter().chain(exact).collect();
    let bytes = ana.list_bytes("source", json!({ "columns": columns })).await.unwrap();
    // Digit for digit: a number that went through a float here would be another one.
    let page: Exact<'_> = serde_json::from_slice(&bytes).unwrap();
    for row in page.results.iter().take(6) {
        let definition = serde_json::to_string(row).unwrap();
        let id = row["1"].get();
        let params = format!("{{ \"record_id\": {id}, \"record_def\": {definition} }}");
        ana.patch_text("target", &params).await.unwrap_or_else(|error| panic!("{}\n{definition}", error.message()));
    }
    must_be_equal(world, kinds, |(id, kind)| id <= 6 && kind.exact);
}

/// A page whose values are as they arrived.
#[derive(serde::Deserialize)]
struct Exact<'a> {
    #[serde(borrow)]
    results: Vec<std::collections::BTreeMap<String, &'a serde_json::value::RawValue>>,
}

fn set(row: &Value) -> Value {
    let mut set = row.as_object().unwrap().clone();
    set.remove("1");
    json!(set)
}

fn update(row: &Value) -> Value {
    json!({ "op": "update", "key": { "1": row["1"] }, "set": set(row) })
}

/// Has PostgreSQL compare the images of all values.
fn must_be_equal(world: &World, kinds: &[Kind], counts: impl Fn((usize, &Kind)) -> bool) {
    let rows = kinds.iter().enumerate().map(|(at, kind)| {
        // Spaces at the end mean nothing to bpchar, and are not told where its length does not bring them back.
        let same = match kind.ty {
            "bpchar" => format!("s.c{at} is not distinct from t.c{at}"),
            _ => format!("record_image_eq(row(s.c{at}), row(t.c{at}))"),
        };
        format!(
            "select s.id || ' {at} {}: ' || coalesce(s.c{at}::text, 'NULL') || ' became ' || coalesce(t.c{at}::text, 'NULL')
               from source as s join target as t using (id) where not ({same})",
            kind.ty
        )
    });
    let others = world.column(&rows.collect::<Vec<_>>().join(" union all "));
    let counted: Vec<&String> = others
        .iter()
        .filter(|told| {
            let mut words = told.split(' ').map(|word| word.parse::<usize>());
            let (id, at) = (words.next().unwrap().unwrap(), words.next().unwrap().unwrap());
            counts((id, &kinds[at]))
        })
        .collect();
    assert!(counted.is_empty(), "{counted:#?}");
}
