//! Every aggregate, on values.

use serde_json::{Value, json};

use super::world::{rows, test};

const VALUES: &str = r#"
    create type mood as enum ('sad', 'ok');
    create domain small as int check (value < 5);
    create table value (
        g text, i int, n numeric, f real, big bigint, mo money, iv interval, b boolean, d date, t time, tz timetz,
        ts timestamp, tsz timestamptz, e mood, j jsonb, a int[], u uuid, v varchar(5), s small
    );
    insert into value values
        ('x', 1, 1.50, 0.5, 9007199254740993, 1, '1 hour', true, '2024-12-15', '23:00', '23:00+02', '2024-12-31 22:30',
         '2024-01-10 05:30Z', 'sad', '{"k": 1}', '{1,2}', '00000000-0000-0000-0000-000000000001', 'one', 1),
        ('x', 4, 2.50, 1.5, 9007199254740993, 2, '2 hours', false, '2024-01-15', '01:00', '01:00+02', '2024-01-31 01:30',
         '2024-03-10 05:30Z', 'ok', '{"k": 1}', '{3}', '00000000-0000-0000-0000-000000000002', 'two', 4),
        ('x', 4, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
        ('y', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
"#;

const COLUMNS: [&str; 19] =
    ["g", "i", "n", "f", "big", "mo", "iv", "b", "d", "t", "tz", "ts", "tsz", "e", "j", "a", "u", "v", "s"];

/// Column, aggregate, the value of a group with values, and that of one with none.
fn cases() -> Vec<(&'static str, &'static str, Value, Value)> {
    vec![
        ("i", "count", json!(3), json!(0)),
        ("i", "count_null", json!(0), json!(1)),
        ("i", "count_distinct", json!(2), json!(0)),
        ("i", "distinct_aggregate_to_array", json!([1, 4]), json!([])),
        ("i", "aggregate_to_array", json!([1, 4, 4]), json!([])),
        ("i", "sum", json!(9), Value::Null),
        ("i", "mean", json!(3.0), Value::Null),
        ("i", "median", json!(4), Value::Null),
        ("i", "mode", json!(4), Value::Null),
        ("i", "min", json!(1), Value::Null),
        ("i", "max", json!(4), Value::Null),
        ("big", "sum", json!(18014398509481986_i64), Value::Null),
        ("n", "sum", json!(4.0), Value::Null),
        ("f", "mean", json!(1), Value::Null),
        ("s", "sum", json!(5), Value::Null),
        ("s", "max", json!(4), Value::Null),
        ("s", "distinct_aggregate_to_array", json!([1, 4]), json!([])),
        ("mo", "sum", json!("$3.00"), Value::Null),
        ("mo", "mean", json!("$1.50"), Value::Null),
        ("iv", "sum", json!("P0Y0M0DT3H0M0S"), Value::Null),
        ("iv", "mean", json!("P0Y0M0DT1H30M0S"), Value::Null),
        ("b", "min", json!(false), Value::Null),
        ("b", "max", json!(true), Value::Null),
        ("b", "median", json!(false), Value::Null),
        ("b", "percentage_true", json!(50.0), Value::Null),
        ("d", "max", json!("2024-12-15 AD"), Value::Null),
        ("d", "peak_month", json!(1), Value::Null),
        ("ts", "peak_month", json!(1), Value::Null),
        ("tsz", "peak_month", json!(2), Value::Null),
        ("t", "peak_time", json!("00:00:00.0"), Value::Null),
        ("tz", "peak_time", json!("22:00:00.0"), Value::Null),
        ("ts", "peak_time", json!("00:00:00.0"), Value::Null),
        ("tsz", "peak_time", json!("05:30:00.0"), Value::Null),
        ("e", "max", json!("ok"), Value::Null),
        ("e", "distinct_aggregate_to_array", json!(["sad", "ok"]), json!([])),
        ("j", "mode", json!("{\"k\": 1}"), Value::Null),
        ("j", "count_distinct", json!(1), json!(0)),
        ("j", "distinct_aggregate_to_array", json!([{ "k": 1 }]), json!([])),
        ("a", "aggregate_to_array", json!(["{1,2}", "{3}"]), json!([])),
        ("a", "max", json!([3]), Value::Null),
        ("u", "min", json!("00000000-0000-0000-0000-000000000001"), Value::Null),
        ("v", "max", json!("two"), Value::Null),
    ]
}

#[test]
fn every_aggregate_computes_what_its_name_says() {
    let cases = cases();
    test(VALUES, async |world| {
        let ana = world.owner().await;
        let columns: Vec<(&str, i16)> = COLUMNS.iter().copied().zip(1..).collect();
        let aggregations: Vec<Value> = cases
            .iter()
            .map(|(input, function, ..)| {
                json!({ "input_alias": input, "output_alias": format!("{input} {function}"), "function": function })
            })
            .collect();
        let spec = json!({
            "base_grouping_column": "g",
            "grouping_expressions": [{ "input_alias": "g", "output_alias": "g" }],
            "aggregation_expressions": aggregations,
        });
        // A list that is not of different values keeps the order of the rows.
        let steps = json!([
            { "type": "order", "spec": [{ "field": "i", "direction": "asc" }] },
            { "type": "summarize", "spec": spec },
        ]);
        let result = ana.run(world.over("value", &columns, steps)).await.unwrap();
        let [x, y] = &result["records"]["results"].as_array().unwrap()[..] else { panic!("{result}") };
        for (input, function, some, none) in &cases {
            let alias = format!("{input} {function}");
            assert_eq!((&x[&alias], &y[&alias]), (some, none), "{alias}");
        }
        let described = &result["column_metadata"];
        for (alias, kind) in [
            ("i sum", "bigint"),
            ("big sum", "numeric"),
            ("f mean", "double precision"),
            ("mo mean", "money"),
            ("s max", "small"),
            ("tz peak_time", "time without time zone"),
            ("d peak_month", "integer"),
            ("e max", "_enum"),
            ("i distinct_aggregate_to_array", "_array"),
            ("v max", "character varying"),
        ] {
            assert_eq!(described[alias]["type"], kind, "{alias}");
        }
    });
}

#[test]
fn opposite_times_have_no_peak() {
    let sql = "create table shift (g int, t time, d date); insert into shift values (1, '06:00', '2024-01-01'), (1, '18:00', '2024-07-01')";
    test(sql, async |world| {
        let ana = world.owner().await;
        let peak = |input: &str, function: &str| json!({ "input_alias": input, "output_alias": function, "function": function });
        let spec = json!({ "base_grouping_column": "g", "aggregation_expressions": [peak("t", "peak_time"), peak("d", "peak_month")] });
        let steps = json!([{ "type": "summarize", "spec": spec }]);
        let result = ana.run(world.over("shift", &[("g", 1), ("t", 2), ("d", 3)], steps)).await.unwrap();
        assert_eq!(json!(rows(&result)), json!([[1, null, null]]));
    });
}

#[test]
fn an_aggregate_that_a_type_does_not_take_is_refused() {
    test(VALUES, async |world| {
        let ana = world.owner().await;
        for (input, function) in
            [("v", "sum"), ("i", "percentage_true"), ("d", "peak_time"), ("t", "peak_month"), ("b", "mean")]
        {
            let spec = json!({
                "base_grouping_column": "g",
                "aggregation_expressions": [{ "input_alias": input, "output_alias": "x", "function": function }],
            });
            let columns: Vec<(&str, i16)> = COLUMNS.iter().copied().zip(1..).collect();
            let (code, message) =
                ana.refusal(world.over("value", &columns, json!([{ "type": "summarize", "spec": spec }]))).await;
            assert_eq!(code, -31057);
            let expected = format!(
                "exploration_def.transformations[0].spec.aggregation_expressions[0].function: {function} is not for values of type"
            );
            assert!(message.starts_with(&expected), "{message}");
        }
    });
}
