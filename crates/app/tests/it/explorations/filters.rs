//! Every filter of the original's explorations.

use serde_json::{Value, json};

use super::world::test;
use crate::world::{Guest, World};

const THINGS: &str = r#"
    create table thing (id int primary key, t text, n int, a int[], j jsonb, uri text, mail text, d date, at time, ts timestamptz);
    insert into thing values
        (1, 'Alpha', 10, '{1,2,3}', '[1, "x"]', 'https://example.org/a', 'ann@example.org', '2000-01-01', '08:00', '2000-01-01Z'),
        (2, 'beta', 20, '{}', '[]', 'ftp://files.example.com', 'bob@mail.test', '2999-01-01', '23:59:59', '2999-01-01Z'),
        (3, null, null, null, '{"k": 1}', null, null, null, null, null)
"#;

/// The numbers of the things that a condition keeps.
async fn kept(world: &World, ana: &Guest<'_>, spec: Value) -> Value {
    let columns = [("id", 1), ("t", 2), ("n", 3), ("a", 4), ("j", 5), ("uri", 6), ("mail", 7), ("d", 8), ("ts", 10)];
    let steps = json!([{ "type": "filter", "spec": spec }, { "type": "select", "spec": ["id"] }]);
    let rows = ana.rows(world.over("thing", &columns, steps)).await;
    json!(rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>())
}

#[test]
fn every_filter_keeps_the_rows_that_it_should() {
    test(THINGS, async |world| {
        let ana = world.owner().await;
        let column = |alias: &str| json!({ "column_name": [alias] });
        for (filter, alias, value, expected) in [
            ("equal", "n", json!(10), json!([1])),
            ("greater", "n", json!("10"), json!([2])),
            ("greater_or_equal", "n", json!(10), json!([1, 2])),
            ("lesser", "n", json!(20.5), json!([1, 2])),
            ("lesser_or_equal", "n", json!(10), json!([1])),
            ("in", "n", json!([10, 30]), json!([1])),
            ("starts_with", "t", json!("al"), json!([])),
            ("starts_with_case_insensitive", "t", json!("al"), json!([1])),
            ("contains", "t", json!("ET"), json!([])),
            ("contains_case_insensitive", "t", json!("ET"), json!([2])),
            ("array_contains", "a", json!(2), json!([1])),
            ("array_contains", "a", json!([3, 2]), json!([1])),
            ("array_contains", "a", json!([2, 9]), json!([])),
            ("array_length_equals", "a", json!(3), json!([1])),
            ("array_length_greater_than", "a", json!(0), json!([1])),
            ("array_length_greater_or_equal", "a", json!(0), json!([1, 2])),
            ("array_length_less_than", "a", json!(3), json!([2])),
            ("array_length_less_or_equal", "a", json!(3), json!([1, 2])),
            ("json_array_length_equals", "j", json!(2), json!([1])),
            ("json_array_length_greater_than", "j", json!(0), json!([1])),
            ("json_array_length_greater_or_equal", "j", json!(0), json!([1, 2])),
            ("json_array_length_less_than", "j", json!(2), json!([2])),
            ("json_array_length_less_or_equal", "j", json!(2), json!([1, 2])),
            ("json_array_contains", "j", json!("[\"x\"]"), json!([1])),
            ("json_array_contains", "j", json!(["x"]), json!([1])),
            ("uri_scheme_equals", "uri", json!("ftp"), json!([2])),
            ("uri_authority_contains", "uri", json!("EXAMPLE.ORG"), json!([1])),
            ("email_domain_equals", "mail", json!("mail.test"), json!([2])),
            ("email_domain_contains", "mail", json!("example"), json!([1])),
            // Ours.
            ("not_equal", "n", json!(10), json!([2, 3])),
            ("ends_with", "t", json!("ta"), json!([2])),
        ] {
            let spec = json!({ filter: [column(alias), { "literal": [value] }] });
            assert_eq!(kept(world, &ana, spec).await, expected, "{filter}");
        }
        for (filter, alias, expected) in [
            ("null", "t", json!([3])),
            ("not_null", "t", json!([1, 2])),
            ("array_not_empty", "a", json!([1])),
            ("json_array_not_empty", "j", json!([1])),
        ] {
            assert_eq!(kept(world, &ana, json!({ filter: [column(alias)] })).await, expected, "{filter}");
        }
    });
}

#[test]
fn conditions_nest_and_call_functions() {
    test(THINGS, async |world| {
        let ana = world.owner().await;
        let column = |alias: &str| json!({ "column_name": [alias] });
        let empty = json!({ "null": [column("t")] });
        let ten = json!({ "equal": [column("n"), { "literal": [10] }] });
        assert_eq!(kept(world, &ana, json!({ "or": [empty, ten] })).await, json!([1, 3]));
        assert_eq!(kept(world, &ana, json!({ "and": [{ "not": [empty] }, { "not": [ten] }] })).await, json!([2]));
        let lower = json!({ "equal": [{ "to_lowercase": [column("t")] }, { "literal": ["alpha"] }] });
        assert_eq!(kept(world, &ana, lower).await, json!([1]));
        let past = json!({ "lesser": [column("d"), { "current_date": [] }] });
        assert_eq!(kept(world, &ana, past).await, json!([1]));
        let future = json!({ "greater": [column("ts"), { "current_datetime": [] }] });
        assert_eq!(kept(world, &ana, future).await, json!([2]));
        let time = json!({ "or": [{ "null": [{ "current_time": [] }] }, ten] });
        assert_eq!(kept(world, &ana, time).await, json!([1]));
    });
}

#[test]
fn what_is_unknown_is_refused_with_its_path() {
    test(THINGS, async |world| {
        let ana = world.owner().await;
        for (spec, expected) in [
            (json!({ "equals": [] }), "equals: unknown operator \"equals\"; did you mean \"equal\"?"),
            (
                json!({ "and": [{ "null": [{ "column_name": ["x"] }] }] }),
                "and[0].null[0].column_name[0]: no column is called",
            ),
            (
                json!({ "equal": [{ "column_name": ["id"] }, { "literal": [[1]] }] }),
                "equal[1].literal[0]: a single value",
            ),
            (
                json!({ "equal": [{ "column_name": ["id"] }, { "literal": [1, 2] }] }),
                "equal[1].literal: expected a list of one",
            ),
            (
                json!({ "array_contains": [{ "column_name": ["t"] }, { "literal": [1] }] }),
                "array_contains[0]: an array is needed",
            ),
            (json!({ "column_name": ["id"] }), " a condition is needed here"),
        ] {
            let (code, message) = ana
                .refusal(world.over("thing", &[("id", 1), ("t", 2)], json!([{ "type": "filter", "spec": spec }])))
                .await;
            assert_eq!(code, -27024, "{message}");
            let rest = message.strip_prefix("exploration_def.transformations[0].spec").unwrap();
            assert!(rest[1..].starts_with(expected), "{message}");
        }
    });
}
