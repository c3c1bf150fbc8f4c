//! Pages far down an order: by what is known about it, and the same as by passing over all rows before them.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use mathesar_api::ErrorCode;
use mathesar_testkit::{Cluster, ClusterOptions};
use serde_json::{Value, json};

use super::pictures::{self, assert_begin};
use super::world::{Guest, World, compare, test};
use crate::world::after_in;

/// A server on which only one test works at a time: what is known about an order is exact until anybody commits anything.
fn alone(sql: &str, work: impl AsyncFnOnce(&World)) {
    static QUIET: OnceLock<Cluster> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let cluster = QUIET.get_or_init(|| {
        let settings = [("autovacuum", "off")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        Cluster::start_with(&ClusterOptions { settings: settings.into(), ..ClusterOptions::default() })
    });
    after_in(cluster, &[sql], work);
}

/// Three tables of 24,000 rows: a key with gaps, a key of texts of another collation, a key of two columns.
const TABLES: &str = "
    create table number (id bigint primary key, word text, amount int);
    insert into number select i * 3, md5(i::text), nullif(i % 7, 0) * 100 from generate_series(1, 24000) i;
    create table word (id text collate \"C\" primary key, amount int);
    insert into word select chr(65 + i % 50) || E'\\t\\\\' || i, i % 11 from generate_series(1, 24000) i;
    create table pair (name varchar(20), number int, amount int, primary key (name, number));
    insert into pair select 'n' || i % 3, i, nullif(i % 5, 0) from generate_series(1, 24000) i;
    analyze";

fn keys(page: &Value) -> Vec<Value> {
    page["keys"].as_array().unwrap().clone()
}

/// A page's parameters.
fn page(selection: &Value, more: Value) -> Value {
    let mut params = json!({ "limit": 40, "values": "text", "keys": true, "count": "none" });
    for part in [selection, &more] {
        params.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    }
    params
}

async fn locate(guest: &Guest<'_>, table: &str, selection: &Value, key: &Value) -> Value {
    let mut params = selection.clone();
    params["key"] = key.clone();
    guest.locate(table, params).await.unwrap()
}

fn selections() -> Vec<(&'static str, Value)> {
    let by = |attnum: i16, direction: &str| json!({ "attnum": attnum, "direction": direction });
    let mut nulls_last = by(3, "desc");
    nulls_last["nulls"] = json!("last");
    vec![
        ("number", json!({})),
        ("number", json!({ "order": [by(1, "desc")] })),
        ("number", json!({ "order": [by(3, "desc")] })),
        ("number", json!({ "order": [nulls_last, by(2, "asc")] })),
        ("number", json!({ "filter": compare("greater", 1, "6000") })),
        ("word", json!({})),
        ("word", json!({ "order": [by(2, "asc"), by(1, "desc")] })),
        ("pair", json!({})),
        ("pair", json!({ "order": [by(3, "asc")], "filter": compare("equal", 1, "n1") })),
        ("pair", json!({ "order": [by(2, "desc")] })),
    ]
}

const OFFSETS: [u64; 8] = [10_000, 10_499, 10_500, 12_345, 21_999, 23_970, 23_999, 30_000];

#[test]
fn pages_by_places_are_pages_by_offset() {
    alone(TABLES, async |world| {
        let ana = world.owner().await;
        for (table, selection) in selections() {
            let at = async |offset: u64, more: Value| {
                let mut more = more;
                more["offset"] = json!(offset);
                ana.list(table, page(&selection, more)).await.unwrap()
            };
            let mut passed = Vec::new();
            for offset in OFFSETS {
                passed.push(at(offset, json!({})).await);
            }
            let first = ana.list(table, page(&selection, json!({}))).await.unwrap();
            for (index, key) in keys(&first).iter().enumerate().step_by(13) {
                let place = locate(&ana, table, &selection, key).await;
                assert_eq!(place, json!({ "offset": index, "exact": true }), "{table} {selection}");
            }
            for (offset, passed) in OFFSETS.into_iter().zip(&passed) {
                assert_eq!(&at(offset, json!({})).await, passed, "{table} {selection} {offset}");
                let mut found = at(offset, json!({ "approximate_count": 5 })).await;
                let place = found.as_object_mut().unwrap().remove("place");
                assert_eq!(place, Some(json!({ "offset": offset, "exact": true })), "{table} {selection}");
                assert_eq!(&found, passed);
                for (index, key) in keys(passed).iter().enumerate().step_by(11) {
                    let place = locate(&ana, table, &selection, key).await;
                    assert_eq!(place, json!({ "offset": offset + index as u64, "exact": true }));
                }
            }
        }
    });
}

#[test]
fn what_was_changed_meanwhile_is_never_missed_by_who_asks_for_exact_pages() {
    alone(TABLES, async |world| {
        let ana = world.owner().await;
        for (table, selection) in selections() {
            let first = ana.list(table, page(&selection, json!({}))).await.unwrap();
            locate(&ana, table, &selection, &keys(&first)[0]).await;
            let at = page(&selection, json!({ "offset": 10_100 }));
            let before = keys(&ana.list(table, at.clone()).await.unwrap());
            if before.is_empty() {
                continue;
            }
            // The first ten rows of the order go, so that every page moves up by ten.
            let gone: Vec<Value> = keys(&first)[..10].iter().map(|key| json!({ "op": "delete", "key": key })).collect();
            ana.apply(table, json!(gone)).await.unwrap();
            let after = keys(&ana.list(table, at).await.unwrap());
            assert_eq!(after[..after.len() - 10], before[10..], "{table} {selection}");
        }
    });
}

/// From any page that stands about somewhere, the rows before and after it follow without a gap and without a repetition,
/// while rows come and go elsewhere.
#[test]
fn pages_around_an_approximate_one_join_without_gap_or_repetition() {
    test(TABLES, async |world| {
        let ana = world.owner().await;
        for (round, (table, selection)) in selections().into_iter().enumerate() {
            let (count, located) = (24_000, round % 2 == 0);
            if located {
                let first = ana.list(table, page(&selection, json!({}))).await.unwrap();
                locate(&ana, table, &selection, &keys(&first)[0]).await;
            }
            let near = |more: Value| {
                let mut params = page(&selection, more);
                params["approximate_count"] = json!(count);
                ana.list(table, params)
            };
            let start = near(json!({ "offset": 14_000 })).await.unwrap();
            let mut met = keys(&start);
            if met.is_empty() {
                continue;
            }
            assert!(start["place"]["offset"].is_u64(), "{table} {selection}");
            if round % 3 == 0 {
                world
                    .execute("insert into number select -i, 'zz' from generate_series(1, 50) i on conflict do nothing");
                world.execute(
                    "insert into word select '!' || i, 0 from generate_series(1, 50) i on conflict do nothing",
                );
            }
            for _ in 0..3 {
                let after = keys(&near(json!({ "after": met.last() })).await.unwrap());
                met.extend(after);
                let mut before = keys(&near(json!({ "before": met[0] })).await.unwrap());
                before.append(&mut met);
                met = before;
            }
            // The same rows as by the key of the first one, exactly.
            let mut exact = vec![met[0].clone()];
            while exact.len() < met.len() {
                let next = page(&selection, json!({ "after": exact.last() }));
                exact.extend(keys(&ana.list(table, next).await.unwrap()));
            }
            exact.truncate(met.len());
            assert_eq!(met, exact, "{table} {selection} located: {located}");
        }
    });
}

#[test]
fn estimates_stand_about_where_they_say() {
    test(TABLES, async |world| {
        let ana = world.owner().await;
        let by = |attnum: i16| json!({ "order": [{ "attnum": attnum, "direction": "asc" }] });
        for (table, selection) in [("number", json!({})), ("number", by(2)), ("word", by(2)), ("pair", json!({}))] {
            let mut estimates = Vec::new();
            for offset in [10_000, 12_000, 20_000, 23_980] {
                let near =
                    page(&selection, json!({ "offset": offset, "approximate_count": 24_000, "count": "capped" }));
                let near = ana.list(table, near).await.unwrap();
                assert_eq!(near["place"], json!({ "offset": offset, "exact": false }));
                assert_eq!(near["count_exact"], false, "an estimated page does not tell the count by ending");
                estimates.push((offset, keys(&near)[0].clone()));
            }
            let last = page(&selection, json!({ "offset": 23_980, "approximate_count": 24_000 }));
            let last = keys(&ana.list(table, last).await.unwrap());
            assert_eq!(last.len(), 20);
            let beyond = page(&selection, json!({ "after": last.last() }));
            assert_eq!(keys(&ana.list(table, beyond).await.unwrap()), Vec::<Value>::new());
            for (offset, key) in estimates {
                let stands = locate(&ana, table, &selection, &key).await["offset"].as_u64().unwrap();
                assert!(stands.abs_diff(offset) < 1_500, "{table} {selection}: {stands} instead of {offset}");
            }
        }
    });
}

#[test]
fn roles_share_nothing_and_policies_are_kept() {
    let sql = "create table t (id int primary key, owner text);
        insert into t select i, case when i % 2 = 0 then 'even' else 'odd' end from generate_series(1, 40000) i;
        alter table t enable row level security; analyze";
    alone(sql, async |world| {
        let role = |name: &str| tokio::task::block_in_place(|| world.database.role(name, "login"));
        let (even, odd) = (role("even"), role("odd"));
        for (role, word) in [(&even, "even"), (&odd, "odd")] {
            world.execute(&format!(
                "grant select on t to {role}; create policy {role} on t to {role} using (owner = '{word}')"
            ));
        }
        let (even, odd) = (world.guest(&even).await, world.guest(&odd).await);
        for (guest, remainder) in [(&even, 0), (&odd, 1)] {
            for more in [json!({}), json!({ "approximate_count": 20_000 })] {
                for located in [false, true] {
                    if located {
                        let place =
                            locate(guest, "t", &json!({}), &json!({ "1": (30_000 + remainder).to_string() })).await;
                        assert_eq!(place["offset"], 15_000 - 1 + remainder);
                    }
                    let mut params = page(&json!({ "offset": 12_000 }), more.clone());
                    params["limit"] = json!(100);
                    let rows = guest.list("t", params).await.unwrap();
                    let ids = rows["results"].as_array().unwrap().iter().map(|row| row["1"].as_str().unwrap());
                    assert!(ids.map(|id| id.parse::<i64>().unwrap()).all(|id| id % 2 == remainder));
                    // A policy may let other rows through at any time.
                    assert_ne!(rows["place"]["exact"], true);
                }
            }
        }
        let hidden = locate_error(&even, "t", json!({ "1": "30001" })).await;
        assert_eq!(hidden, ErrorCode::ROW_CONFLICT);
    });
}

async fn locate_error(guest: &Guest<'_>, table: &str, key: Value) -> ErrorCode {
    guest.locate(table, json!({ "key": key })).await.unwrap_err().code()
}

#[test]
fn a_far_page_costs_a_known_number_of_statements() {
    alone(TABLES, async |world| {
        let role = tokio::task::block_in_place(|| world.database.role("counted", "login"));
        world.execute(&format!("grant all on number to {role}; alter role {role} set log_statement = 'all'"));
        let ana = world.guest(&role).await;
        let by_word = json!({ "order": [{ "attnum": 2, "direction": "asc" }] });
        let list = |selection: &Value, more: Value| {
            let params = page(selection, more);
            let ana = &ana;
            async move || drop(ana.list("number", params.clone()).await.unwrap())
        };
        let begin = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL"];
        let (cluster, role) = (world.database.cluster(), role.as_str());
        let near = json!({ "offset": 20_000, "approximate_count": 24_000 });
        let cost = async |words: &[&str], selection: &Value, more: Value| {
            let statements = pictures::statements(cluster, role, list(selection, more)).await;
            assert_begin(&statements, &[&begin, words].concat());
            statements
        };

        // Nothing is known: the rows are passed over, or an estimate is made, once.
        let passed = cost(&["SELECT"], &json!({}), json!({ "offset": 20_000 })).await;
        assert!(passed[1].contains("OFFSET 20000"));
        drop(cost(&["SELECT"], &json!({}), near.clone()).await);
        drop(cost(&["SELECT"], &by_word, near.clone()).await);
        // Known: the snapshot proves that it is still so, and the page is short.
        for selection in [json!({}), by_word] {
            locate(&ana, "number", &selection, &json!({ "1": "30" })).await;
            for more in [json!({ "offset": 20_000 }), near.clone()] {
                let words = ["SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery()", "SELECT"];
                let statements = cost(&words, &selection, more).await;
                assert!(!statements[2].contains("OFFSET 20000"));
            }
        }
    });
}

#[test]
fn a_page_lies_on_one_side_of_one_row() {
    let sql = "create table t (id int primary key); insert into t select generate_series(1, 10); create view v as select id from t group by id";
    test(sql, async |world| {
        let ana = world.owner().await;
        let list = async |more: Value| ana.list("t", page(&json!({}), more)).await;
        let before = list(json!({ "before": { "1": "8" }, "limit": 3 })).await.unwrap();
        assert_eq!(keys(&before), [json!({ "1": "5" }), json!({ "1": "6" }), json!({ "1": "7" })]);
        let key = json!({ "1": "5" });
        for both in [
            json!({ "before": key, "after": key }),
            json!({ "before": key, "offset": 1 }),
            json!({ "after": key, "offset": 1 }),
        ] {
            assert_eq!(list(both).await.unwrap_err().code(), ErrorCode::VALUE_ERROR);
        }
        assert_eq!(locate_error(&ana, "t", json!({ "1": "11" })).await, ErrorCode::ROW_CONFLICT);
        assert_eq!(locate_error(&ana, "v", json!({ "1": "1" })).await, ErrorCode::VALUE_ERROR);
    });
}

#[test]
fn reading_all_rows_ends_with_the_request_that_wants_it() {
    let sql = "create table t (id int primary key);
        insert into t select generate_series(1, 10000);
        alter table t enable row level security; create policy slow on t using (pg_sleep(0.01) is not null)";
    test(sql, async |world| {
        let role = tokio::task::block_in_place(|| world.database.role("ana", "login"));
        world.execute(&format!("grant select on t to {role}"));
        let ana = world.guest(&role).await;
        let begin = async || {
            let locate = ana.locate("t", json!({ "key": { "1": "5" } }));
            tokio::time::timeout(Duration::from_millis(500), locate).await
        };
        assert!(begin().await.is_err(), "it takes a minute and a half");
        let running = format!("select count(*) from pg_stat_activity where usename = '{role}' and query like 'COPY%'");
        while world.scalar(&format!("{running} and state = 'active'")).as_deref() != Some("0") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Nobody else is taken to be at it any more.
        assert!(begin().await.is_err());
    });
}
