//! Rights on single columns, told and changed.

use mathesar_api::methods::privileges::ColumnRolePrivileges;
use mathesar_app::model::privileges;
use serde_json::{Value, json};

use super::privileges::{Shop, quoted};
use super::world::{failure, params};

const TABLE: &str = "\"My.Schema\".\"Order\"";

async fn list(shop: &Shop, id: i64) -> Vec<ColumnRolePrivileges> {
    let asked = json!({"database_id": id, "table_oid": shop.table()});
    privileges::columns::list(&shop.world.ctx, params(asked)).await.unwrap()
}

fn call(shop: &Shop, id: i64, wanted: &Value) -> Value {
    json!({"database_id": id, "table_oid": shop.table(), "privileges": wanted})
}

async fn replace(shop: &Shop, id: i64, wanted: Value) -> mathesar_app::Result<Vec<ColumnRolePrivileges>> {
    privileges::columns::replace(&shop.world.ctx, params(call(shop, id, &wanted))).await
}

fn entry(role_oid: u32, attnum: i16, direct: &[&str]) -> ColumnRolePrivileges {
    ColumnRolePrivileges { role_oid, attnum, direct: direct.iter().map(|word| (*word).to_owned()).collect() }
}

fn acls(shop: &Shop) -> Option<String> {
    let acls = "select string_agg(attname || coalesce(attacl::text, ''), ' ' order by attnum) from pg_attribute";
    shop.world.database.scalar(&format!("{acls} where attrelid = {} and attnum > 0", shop.table()))
}

#[tokio::test]
async fn only_what_differs_is_granted_and_taken_back_and_only_for_the_pairs_that_are_named() {
    let shop = Shop::new().await;
    let (id, odd, role) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.odd), quoted(&shop.odd));
    let other = shop.world.database.role("other", "login");
    let other_oid = shop.oid(&other);
    shop.world.database.execute(&format!(
        "alter table {TABLE} add \"Pay, net\" int, add gone int; alter table {TABLE} drop gone;
         set role {}; grant insert (id), references (secret), select (id) on {TABLE} to {role};
         grant update (id) on {TABLE} to {other}; grant select (id) on {TABLE} to public, pg_monitor;
         grant delete, update on {TABLE} to {role}",
        shop.owner
    ));
    let by_pair = |mut list: Vec<ColumnRolePrivileges>| {
        list.sort_by_key(|entry| (entry.role_oid, entry.attnum));
        list
    };
    let told = by_pair(list(&shop, id).await);
    let expected =
        [entry(odd, 1, &["SELECT", "INSERT"]), entry(odd, 2, &["REFERENCES"]), entry(other_oid, 1, &["UPDATE"])];
    assert_eq!(told, by_pair(expected.to_vec()));

    let wanted = json!([
        entry(odd, 3, &["SELECT", "UPDATE"]),
        entry(odd, 1, &["INSERT"]),
        entry(odd, 2, &["SELECT", "REFERENCES"]),
    ]);
    let statements = shop.shown(id, "columns.privileges.replace_for_roles", call(&shop, id, &wanted)).await;
    let expected = [
        format!("GRANT SELECT (secret, \"Pay, net\"), UPDATE (\"Pay, net\") ON TABLE {TABLE} TO {role}"),
        format!("REVOKE SELECT (id) ON TABLE {TABLE} FROM {role}"),
    ];
    assert_eq!(statements, expected);
    let replaced = replace(&shop, id, wanted.clone()).await.unwrap();
    assert_eq!(replaced, list(&shop, id).await);
    let expected = [
        entry(odd, 1, &["INSERT"]),
        entry(odd, 2, &["SELECT", "REFERENCES"]),
        entry(odd, 3, &["SELECT", "UPDATE"]),
        entry(other_oid, 1, &["UPDATE"]),
    ];
    assert_eq!(by_pair(replaced), by_pair(expected.to_vec()));
    let unchanged = shop.shown(id, "columns.privileges.replace_for_roles", call(&shop, id, &wanted)).await;
    assert!(unchanged.is_empty(), "{unchanged:?}");

    let none: Vec<_> = (1..=3).map(|attnum| entry(odd, attnum, &[])).collect();
    let left = replace(&shop, id, json!(none)).await.unwrap();
    assert_eq!(left, [entry(other_oid, 1, &["UPDATE"])], "the rights of others stay");
    let on_table = json!({"database_id": id, "table_oid": shop.table()});
    let on_table = privileges::of_table(&shop.world.ctx, params(on_table)).await.unwrap();
    let kept = on_table.iter().find(|entry| entry.role_oid == odd).expect("rights on the whole table");
    assert_eq!(kept.direct, ["UPDATE", "DELETE"], "what is on the whole table stays");
}

#[tokio::test]
async fn a_column_of_a_view_has_rights_too() {
    let shop = Shop::new().await;
    let (id, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.odd));
    let view = shop.world.table("\"My.Schema\".v");
    let asked = json!({"database_id": id, "table_oid": view, "privileges": [entry(odd, 1, &["SELECT"])]});
    let list = privileges::columns::replace(&shop.world.ctx, params(asked)).await.unwrap();
    assert_eq!(list, [entry(odd, 1, &["SELECT"])]);
}

#[tokio::test]
async fn what_others_granted_is_not_taken_back_in_silence() {
    let shop = Shop::new().await;
    let (odd, modest) = (shop.oid(&shop.odd), shop.world.database.role("modest", "login"));
    let role = quoted(&shop.odd);
    shop.world.database.execute(&format!(
        "grant usage on schema \"My.Schema\" to {modest};
         set role {}; grant select (id), update (secret) on {TABLE} to {modest} with grant option; grant update (id) on {TABLE} to {modest};
         grant update (secret) on {TABLE} to {role};
         set role {modest}; grant select (id), update (secret) on {TABLE} to {role}",
        shop.owner
    ));
    let before = acls(&shop);
    // PostgreSQL takes back what the owner granted, says nothing of what another one did, and the role could go on.
    for who in [&shop.owner, "postgres"] {
        let id = shop.connect_as(who).await;
        for (attnum, right) in [(1, "SELECT"), (2, "UPDATE")] {
            let (error, name) = failure(replace(&shop, id, json!([entry(odd, attnum, &[])])).await);
            assert_eq!(name, "InvalidGrantOperation");
            assert!(error.message().starts_with(&format!("{right} on the column ")), "{}", error.message());
            assert!(error.message().contains(&format!("\"{modest}\" granted it")), "{}", error.message());
            assert_eq!(acls(&shop), before);
        }
    }
    // Who may grant one right only would be given half of what was asked.
    let id = shop.connect_as(&modest).await;
    let asked = json!([entry(odd, 1, &["SELECT", "UPDATE"]), entry(odd, 2, &["UPDATE"])]);
    let (error, name) = failure(replace(&shop, id, asked).await);
    assert_eq!(name, "InsufficientPrivilege");
    assert!(error.message().starts_with("UPDATE on the column \"id\" of "), "{}", error.message());
    assert_eq!(acls(&shop), before);
    // Whoever granted it takes it back.
    let left = replace(&shop, id, json!([entry(odd, 1, &[])])).await.unwrap();
    assert!(left.iter().all(|entry| (entry.role_oid, entry.attnum) != (odd, 1)), "{left:?}");

    let stranger = shop.world.database.role("stranger", "login");
    let id = shop.connect_as(&stranger).await;
    let (_, name) = failure(replace(&shop, id, json!([entry(odd, 1, &["SELECT"])])).await);
    assert_eq!(name, "InsufficientPrivilege");
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_the_path_of_the_parameter() {
    let shop = Shop::new().await;
    let (id, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.odd));
    let before = acls(&shop);
    let cases = [
        (json!([entry(odd, 1, &["SELECT"]), entry(1, 1, &[])]), "privileges[1].role_oid: ", "DoesNotExist"),
        (json!([entry(odd, 1, &["SELECT"]), entry(odd, 9, &[])]), "privileges[1].attnum: ", "UndefinedColumn"),
        (json!([entry(odd, -1, &["SELECT"])]), "privileges[0].attnum: ", "UndefinedColumn"),
        (json!([entry(odd, 1, &["SELECT"]), entry(odd, 1, &[])]), "privileges[1].attnum: ", "ValueError"),
        (json!([entry(odd, 1, &["SELECT", "DELETE"])]), "privileges[0].direct[1]: \"DELETE\"", "ValueError"),
        (json!(vec![entry(odd, 1, &[]); 10_001]), "privileges: ", "LimitReached"),
    ];
    for (wanted, path, expected) in cases {
        let (error, name) = failure(replace(&shop, id, wanted).await);
        assert_eq!(name, expected);
        assert!(error.message().starts_with(path), "{}", error.message());
    }
    assert_eq!(acls(&shop), before);
    let table = json!({"database_id": id, "table_oid": 1, "privileges": []});
    let (error, name) = failure(privileges::columns::replace(&shop.world.ctx, params(table)).await);
    assert!(name == "UndefinedTable" && error.message().starts_with("table_oid: "), "{}", error.message());
    let table = json!({"database_id": id, "table_oid": 1});
    let (error, name) = failure(privileges::columns::list(&shop.world.ctx, params(table)).await);
    assert!(name == "UndefinedTable" && error.message().starts_with("table_oid: "), "{}", error.message());
}
