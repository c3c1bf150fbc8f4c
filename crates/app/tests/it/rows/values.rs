//! Values arrive and leave exactly (invariant I8).

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::world::{World, test};

const COLUMNS: &str = "create table v (id int primary key, i8 bigint, n numeric, d double precision, r real, t text,
    tsz timestamptz, ts timestamp, dt date, tm time, iv interval, by bytea, ta text[], ia bigint[], jb jsonb, j json, u uuid)";

/// A value for each column, as PostgreSQL itself would print it in ISO form.
fn values() -> impl Strategy<Value = Vec<Option<String>>> {
    let moment = (-62_000_000_000_i64..200_000_000_000, 0..1_000_000_i64).prop_map(|(second, micro)| (second, micro));
    let text = "[^\0]{0,20}";
    (
        (any::<i64>(), any::<i128>(), 0..30_u32, any::<f64>(), any::<f32>(), text),
        (moment.clone(), moment, prop::collection::vec(any::<u8>(), 0..20), prop::collection::vec(text, 0..4)),
        (prop::collection::vec(any::<i64>(), 0..4), any::<u128>(), -1_000_i32..1_000, any::<i32>()),
    )
        .prop_map(
            |((int, big, scale, double, real, text), (tsz, ts, bytes, texts), (ints, uuid, months, seconds))| {
                let list = |items: Vec<String>| format!("{{{}}}", items.join(","));
                let quoted = |text: &String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
                [
                    int.to_string(),
                    decimal(big, scale),
                    float(double),
                    float(f64::from(real)).replace(&float(f64::from(real)), &format!("{real:e}")),
                    text.clone(),
                    at(tsz, "Z"),
                    at(ts, ""),
                    at(ts, "")[..10].to_owned(),
                    at(tsz, "")[11..].to_owned(),
                    format!("P{months}MT{seconds}S"),
                    format!("\\x{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
                    list(texts.iter().map(quoted).collect()),
                    list(ints.iter().map(ToString::to_string).collect()),
                    json!({ "a": [text, int] }).to_string().replace("\\u0000", ""),
                    json!([text, 1.5, null]).to_string(),
                    format!("{uuid:032x}"),
                ]
                .map(Some)
                .to_vec()
            },
        )
}

fn decimal(digits: i128, scale: u32) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", digits.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn float(value: f64) -> String {
    if value.is_nan() { "NaN".to_owned() } else { format!("{value:e}").replace("inf", "Infinity") }
}

fn at((second, micro): (i64, i64), zone: &str) -> String {
    let moment = jiff::Timestamp::new(second.clamp(-60_000_000_000, 200_000_000_000), 0).unwrap();
    format!("{}.{micro:06}{zone}", moment.strftime("%Y-%m-%dT%H:%M:%S"))
}

#[test]
fn what_is_written_is_what_is_read() {
    test(COLUMNS, async |world| {
        let ana = world.owner().await;
        let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
        let handle = tokio::runtime::Handle::current();
        let outcome = tokio::task::block_in_place(|| {
            runner.run(&values(), |values| {
                handle.block_on(round_trip(world, &ana, &values));
                Ok(())
            })
        });
        outcome.unwrap();
    });
}

/// Adds a row, reads it, writes what was read over it with what was read as what is expected, and compares with PostgreSQL's
/// own reading of the values.
async fn round_trip(world: &World, ana: &super::world::Guest<'_>, values: &[Option<String>]) {
    let set: serde_json::Map<String, Value> =
        values.iter().enumerate().map(|(index, value)| ((index + 2).to_string(), json!(value))).collect();
    let mut first = set.clone();
    first.insert("1".to_owned(), json!("1"));
    let changes = json!([{ "op": "insert", "set": first }]);
    let added = ana.apply("v", changes).await.unwrap_or_else(|error| panic!("{}\n{set:?}", error.message()));
    let row = added["results"][0]["row"].clone();

    let mut again = row.as_object().unwrap().clone();
    again.remove("1");
    let change = json!({ "op": "update", "key": { "1": "1" }, "set": again, "expect": row });
    let same = ana.apply("v", json!([change])).await.unwrap_or_else(|error| panic!("{}\n{row}", error.message()));
    assert_eq!(same["results"][0]["row"], row, "what was read is written and read again");

    // PostgreSQL's own equality, over the values as they were given.
    let types = [
        "int8",
        "numeric",
        "float8",
        "float4",
        "text",
        "timestamptz",
        "timestamp",
        "date",
        "time",
        "interval",
        "bytea",
    ];
    for (index, ty) in types.iter().enumerate() {
        let given = values[index].as_deref().unwrap().replace('\\', "\\\\").replace('\'', "''");
        let column = world.scalar(&format!(
            "select attname from pg_attribute where attrelid = 'v'::regclass and attnum = {}",
            index + 2
        ));
        let same =
            world.scalar(&format!("set timezone = 'UTC'; select v.{} = E'{given}'::{ty} from v", column.unwrap()));
        assert_eq!(same.as_deref(), Some("t"), "{ty} {given}");
    }
    ana.delete("v", json!([1])).await.unwrap();
}

#[test]
fn the_traps_keep_every_digit_on_the_wire() {
    let sql = "create table w (id bigint primary key, n numeric, d float8, r real, t timestamptz, iv interval, b bytea, a int[], e text);
        insert into w values (9223372036854775807, 12345678901234567890.1234567890, 'NaN', '-Infinity',
            '2024-02-29 23:59:59.999999+00', '1 year -2 mons +3 days -04:05:06.7', '\\x00ff', '{1,null}', ''),
            (-9223372036854775808, 'NaN', 0.1, 1e-40, 'infinity', '0', '', '{}', null)";
    test(sql, async |world| {
        let ana = world.owner().await;
        let bytes = ana
            .list_bytes(
                "w",
                json!({ "columns": [1, 2, 3, 4, 5, 6, 7, 8, 9], "order": [{ "attnum": 1, "direction": "desc" }] }),
            )
            .await
            .unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        for part in [
            r#""1":9223372036854775807,"2":12345678901234567890.1234567890,"3":"NaN","4":"-Infinity","5":"2024-02-29T23:59:59.999999Z AD""#,
            r#""6":"P0Y10M3DT-4H-5M-6.7S","7":"\\x00ff","8":[1, null],"9":"""#,
            r#""1":-9223372036854775808,"2":"NaN","3":0.1,"4":1e-40,"5":"infinity","6":"P0Y0M0DT0H0M0S","7":"\\x","8":[],"9":null"#,
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let bytes = ana
            .list_bytes("w", json!({ "values": "text", "order": [{ "attnum": 1, "direction": "desc" }] }))
            .await
            .unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        for part in [
            r#""1":"9223372036854775807","2":"12345678901234567890.1234567890","3":"NaN","4":"-Infinity","5":"2024-02-29T23:59:59.999999Z""#,
            r#""6":"P10M3DT-4H-5M-6.7S","7":"\\x00ff","8":"{1,NULL}","9":"""#,
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    });
}
