//! What a page and an edit cost, and what happens when a table changes while its picture is kept.

use mathesar_api::ErrorCode;
use mathesar_testkit::Cluster;
use serde_json::json;

use super::apply::update;
use super::world::{World, compare, test};

const LINKED: &str = "create table city (id int primary key, name text);
    create table shop (id int primary key, name text);
    create table sale (id int primary key, note text, city int references city, shop int references shop);
    insert into city values (1, 'Bern'); insert into shop values (1, 'Corner');
    insert into sale select i, 'note', 1, 1 from generate_series(1, 100) i";

/// The statements that a piece of work runs as a role whose statements are logged. A picture may just have got too old, so that
/// the cheapest of a few tries counts.
pub async fn statements(cluster: &Cluster, role: &str, work: impl AsyncFn()) -> Vec<String> {
    let mut fewest: Option<Vec<String>> = None;
    for _ in 0..4 {
        let start = cluster.log().len();
        work().await;
        let mut statements = cluster.statements(role, start);
        // Behind the request, its connection is put in order again.
        statements.retain(|text| text != "DISCARD ALL" && text != "ROLLBACK");
        if fewest.as_ref().is_none_or(|fewest| statements.len() < fewest.len()) {
            fewest = Some(statements);
        }
    }
    fewest.unwrap()
}

/// Fails unless the statements are those that begin with the given words, in this order.
pub fn assert_begin(statements: &[String], words: &[&str]) {
    let fit =
        statements.len() == words.len() && statements.iter().zip(words).all(|(text, words)| text.starts_with(words));
    assert!(fit, "expected {words:#?}, found {statements:#?}");
}

#[test]
fn a_page_and_a_cell_cost_a_known_number_of_statements() {
    test(LINKED, async |world: &World| {
        let role = tokio::task::block_in_place(|| world.database.role("counted", "login"));
        world.execute(&format!("grant all on sale, city, shop to {role}; alter role {role} set log_statement = 'all'"));
        let ana = world.guest(&role).await;

        let (cluster, role) = (Cluster::shared(), role.as_str());
        let page = statements(cluster, role, async || {
            let page = ana.list("sale", json!({ "values": "text", "keys": true })).await.unwrap();
            assert_eq!(page["linked_record_summaries"]["3"]["1"], "Bern");
        });
        // One round trip for the page, one for what the links are called.
        let label = "SELECT v.k0";
        assert_begin(&page.await, &["BEGIN READ ONLY; SET LOCAL", "SELECT t.\"id\"", label, label]);

        let edit = |table: &'static str| {
            let ana = &ana;
            async move || {
                ana.apply(table, json!([update(1, json!({ "2": "new" }), json!({}))])).await.unwrap();
            }
        };
        let change = ["BEGIN READ WRITE; SET LOCAL", "SAVEPOINT", "UPDATE", "RELEASE"];
        let commit = ["SELECT 1 / (", "SELECT; COMMIT"];
        assert_begin(&statements(cluster, role, edit("city")).await, &[&change[..], &commit].concat());
        assert_begin(&statements(cluster, role, edit("sale")).await, &[&change[..], &[label, label], &commit].concat());
    });
}

#[test]
fn our_own_change_of_a_table_is_seen_at_once() {
    let sql = "create table t (id int primary key, a text, b text); insert into t values (1, 'a', 'b')";
    test(sql, async |world| {
        let (ana, bob) = (world.owner().await, tokio::task::block_in_place(|| world.database.role("bob", "login")));
        world.execute(&format!("grant select on t to {bob}"));
        let bob = world.guest(&bob).await;
        let page = async || bob.list("t", json!({ "values": "text" })).await.unwrap()["results"][0].clone();
        assert_eq!(page().await, json!({ "1": "1", "2": "a", "3": "b" }));
        // Nothing fails that would tell of it: the old names still fit.
        ana.rename_columns("t", &[(2, "c")]).await;
        ana.rename_columns("t", &[(3, "a")]).await;
        assert_eq!(page().await, json!({ "1": "1", "2": "a", "3": "b" }));
    });
}

#[test]
fn a_table_that_changes_while_its_picture_is_kept_is_read_again() {
    let sql = "create table t (id int primary key, a text, b text); insert into t values (1, 'a', 'b')";
    for (change, row) in [
        ("alter table t drop column b", json!({ "1": "1", "2": "a" })),
        (
            "alter table t alter b type int using 7, add c int default 8",
            json!({ "1": "1", "2": "a", "3": "7", "4": "8" }),
        ),
        ("alter table t rename to u", json!({ "1": "1", "2": "a", "3": "b" })),
        ("create schema s; alter table t set schema s", json!({ "1": "1", "2": "a", "3": "b" })),
    ] {
        test(sql, async |world| {
            let ana = world.owner().await;
            let oid = world.oid("t");
            ana.list("t", json!({})).await.unwrap();
            world.execute(change);
            let (filter, columns) = (compare("equal", 1, "1"), row.as_object().unwrap().keys());
            let columns: Vec<i16> = columns.map(|attnum| attnum.parse().unwrap()).collect();
            let name = &format!("{oid}");
            let asked = json!({ "values": "text", "columns": columns, "filter": filter });
            assert_eq!(ana.list(name, asked).await.unwrap()["results"][0], row, "{change}");
        });
    }
}

#[test]
fn a_cell_is_written_to_its_column_although_the_names_were_exchanged() {
    let sql = "create table t (id int primary key, a text, b text); insert into t values (1, 'a', 'b')";
    test(sql, async |world| {
        let ana = world.owner().await;
        ana.list("t", json!({})).await.unwrap();
        world.execute("alter table t rename a to c; alter table t rename b to a; alter table t rename c to b");
        ana.patch("t", json!({ "record_id": 1, "record_def": { "2": "new" } })).await.unwrap();
        assert_eq!(world.scalar("select b || ' ' || a from t").as_deref(), Some("new b"));
        world.execute("alter table t drop column a");
        ana.patch("t", json!({ "record_id": 1, "record_def": { "2": "newer" } })).await.unwrap();
        assert_eq!(world.scalar("select b from t").as_deref(), Some("newer"));
        let gone = ana.patch("t", json!({ "record_id": 1, "record_def": { "3": "x" } })).await.unwrap_err();
        assert_eq!(gone.code(), ErrorCode::UNDEFINED_COLUMN);
    });
}

#[test]
fn a_right_that_is_taken_away_hides_its_column_at_once() {
    test(LINKED, async |world| {
        let role = tokio::task::block_in_place(|| world.database.role("reader", "login"));
        world.execute(&format!("grant select on sale to {role}"));
        let bob = world.guest(&role).await;
        bob.list("sale", json!({})).await.unwrap();
        world.execute(&format!("revoke select on sale from {role}; grant select (id, note) on sale to {role}"));
        let page = bob.list("sale", json!({ "limit": 1, "values": "text" })).await.unwrap();
        assert_eq!(page["results"][0], json!({ "1": "1", "2": "note" }));
    });
}

/// The picture of a table that links to itself is used twice in one transaction, the second time as a kept one.
#[test]
fn a_refused_change_of_a_table_that_links_to_itself_is_told_as_what_it_is() {
    let sql = "create table person (id int primary key, name text, boss int references person);
        insert into person values (1, 'Ann', 1)";
    test(sql, async |world| {
        let ana = world.owner().await;
        let wrong = json!({ "record_id": 1, "record_def": { "3": true }, "return_record_summaries": true });
        let refused = ana.patch("person", wrong).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::INVALID_TEXT_REPRESENTATION, "{}", refused.message());
    });
}
