//! Rights that objects are given when they are made, told and changed.

use mathesar_api::methods::privileges::{DefaultObjects, DefaultPrivileges, DefaultRolePrivileges};
use mathesar_app::model::privileges::defaults;
use serde_json::{Value, json};

use super::privileges::{Shop, quoted};
use super::world::{failure, params};

fn entry(owner_oid: u32, objects: DefaultObjects, privileges: &[(Option<u32>, &[&str])]) -> DefaultPrivileges {
    let given = privileges.iter().map(|(role_oid, words)| DefaultRolePrivileges {
        role_oid: *role_oid,
        direct: words.iter().map(|word| (*word).to_owned()).collect(),
    });
    DefaultPrivileges { owner_oid, objects, privileges: given.collect() }
}

async fn in_database(shop: &Shop, id: i64, wanted: Value) -> mathesar_app::Result<Vec<DefaultPrivileges>> {
    let asked = json!({"database_id": id, "default_privileges": wanted});
    defaults::replace_in_database(&shop.world.ctx, params(asked)).await
}

fn on_schema(shop: &Shop, id: i64, wanted: Value) -> Value {
    json!({"database_id": id, "schema_oid": shop.schema(), "default_privileges": wanted})
}

async fn in_schema(shop: &Shop, id: i64, wanted: Value) -> mathesar_app::Result<Vec<DefaultPrivileges>> {
    defaults::replace_in_schema(&shop.world.ctx, params(on_schema(shop, id, wanted))).await
}

/// What PostgreSQL keeps.
fn stored(shop: &Shop) -> Option<String> {
    shop.world.database.scalar("select string_agg(d::text, ' ' order by d::text) from pg_default_acl d")
}

use DefaultObjects::{Functions, LargeObjects, Schemas, Sequences, Tables, Types};

#[tokio::test]
async fn what_is_made_later_is_given_as_was_said_for_its_schema_and_what_was_there_stays() {
    let shop = Shop::new().await;
    let (id, owner, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.owner), shop.oid(&shop.odd));
    let role = quoted(&shop.odd);
    let wanted = json!([
        entry(owner, Tables, &[(Some(odd), &["UPDATE", "SELECT"])]),
        entry(owner, Sequences, &[(Some(odd), &["USAGE"])]),
        entry(owner, Functions, &[(Some(odd), &["EXECUTE"])]),
        entry(owner, Types, &[(None, &["USAGE"])]),
    ]);
    let shown =
        shop.shown(id, "schemas.default_privileges.replace_for_roles", on_schema(&shop, id, wanted.clone())).await;
    let start = format!("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA \"My.Schema\"", shop.owner);
    assert_eq!(shown[0], format!("{start} GRANT SELECT, UPDATE ON TABLES TO {role}"));
    assert_eq!(shown[3], format!("{start} GRANT USAGE ON TYPES TO PUBLIC"));
    let told = in_schema(&shop, id, wanted.clone()).await.unwrap();
    assert_eq!(told[0], entry(owner, Tables, &[(Some(odd), &["SELECT", "UPDATE"])]));
    assert_eq!(
        told[1..3],
        [entry(owner, Sequences, &[(Some(odd), &["USAGE"])]), entry(owner, Functions, &[(Some(odd), &["EXECUTE"])]),]
    );
    let listed = json!({"database_id": id, "schema_oid": shop.schema()});
    assert_eq!(defaults::of_schema(&shop.world.ctx, params(listed)).await.unwrap(), told);
    assert!(
        shop.shown(id, "schemas.default_privileges.replace_for_roles", on_schema(&shop, id, wanted)).await.is_empty(),
        "it is so already"
    );
    let of_database = json!({"database_id": id});
    assert!(defaults::of_database(&shop.world.ctx, params(of_database)).await.unwrap().is_empty());

    shop.world.database.execute(&format!(
        "set role {}; create table \"My.Schema\".later (id int); create schema elsewhere;
         create table elsewhere.later (id int)",
        shop.owner
    ));
    let may = |right: &str, table: &str| {
        let question = format!("select has_table_privilege({odd}::oid, '{table}', '{right}')");
        shop.world.database.scalar(&question).as_deref() == Some("t")
    };
    assert!(may("SELECT", "\"My.Schema\".later") && may("UPDATE", "\"My.Schema\".later"));
    assert!(!may("DELETE", "\"My.Schema\".later"));
    assert!(!may("SELECT", "elsewhere.later"), "another schema");
    assert!(!may("SELECT", "\"My.Schema\".\"Order\""), "what was there before");

    let less = json!([entry(owner, Tables, &[(Some(odd), &["SELECT"])]), entry(owner, Functions, &[(Some(odd), &[])])]);
    let told = in_schema(&shop, id, less).await.unwrap();
    assert_eq!(told[0], entry(owner, Tables, &[(Some(odd), &["SELECT"])]));
    assert!(told.iter().all(|entry| entry.objects != Functions), "{told:?}");
    assert!(may("UPDATE", "\"My.Schema\".later"), "what was made meanwhile keeps what it was given");
}

#[tokio::test]
async fn for_the_whole_database_postgresqls_own_rights_are_what_it_starts_from() {
    let shop = Shop::new().await;
    let (id, owner, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.owner), shop.oid(&shop.odd));
    let same = json!([
        entry(owner, Functions, &[(None, &["EXECUTE"])]),
        entry(owner, Types, &[(None, &["USAGE"])]),
        entry(owner, Tables, &[(None, &[]), (Some(odd), &[])]),
        entry(owner, Sequences, &[(Some(owner), &["USAGE", "SELECT", "UPDATE"])]),
        entry(owner, Schemas, &[(Some(owner), &["USAGE", "CREATE"])]),
    ]);
    assert!(in_database(&shop, id, same).await.unwrap().is_empty());
    assert_eq!(stored(&shop), None, "nothing differs from PostgreSQL's own rights");

    let wanted = json!([
        entry(owner, Functions, &[(None, &[]), (Some(odd), &["EXECUTE"])]),
        entry(owner, Schemas, &[(Some(odd), &["CREATE", "USAGE"])]),
    ]);
    let call = json!({"database_id": id, "default_privileges": wanted});
    let shown = shop.shown(id, "databases.default_privileges.replace_for_roles", call).await;
    let (start, role) = (format!("ALTER DEFAULT PRIVILEGES FOR ROLE {}", shop.owner), quoted(&shop.odd));
    assert_eq!(
        shown,
        [
            format!("{start} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"),
            format!("{start} GRANT EXECUTE ON FUNCTIONS TO {role}"),
            format!("{start} GRANT USAGE, CREATE ON SCHEMAS TO {role}"),
        ]
    );
    let told = in_database(&shop, id, wanted).await.unwrap();
    let of = |told: &[DefaultPrivileges], objects, role| {
        let entry = told.iter().find(|entry| entry.objects == objects).expect("an entry");
        entry.privileges.iter().find(|given| given.role_oid == role).map(|given| given.direct.join(" "))
    };
    assert_eq!(of(&told, Functions, None), None, "not everybody any more");
    assert_eq!(of(&told, Functions, Some(odd)).as_deref(), Some("EXECUTE"));
    assert_eq!(
        of(&told, Functions, Some(owner)).as_deref(),
        Some("EXECUTE"),
        "the owner's are told as PostgreSQL keeps them"
    );
    assert_eq!(of(&told, Schemas, Some(odd)).as_deref(), Some("USAGE CREATE"));
    shop.world.database.execute(&format!(
        "set role {}; create schema made; create function made.one() returns int language sql as 'select 1'",
        shop.owner
    ));
    let question = format!("select has_schema_privilege({odd}::oid, 'made', 'CREATE')::text");
    assert_eq!(shop.world.database.scalar(&question).as_deref(), Some("true"));
    let anybody = shop.world.database.role("anybody", "login");
    let question = format!("select has_function_privilege('{anybody}', 'made.one()', 'EXECUTE')::text");
    assert_eq!(shop.world.database.scalar(&question).as_deref(), Some("false"));

    let back = json!([
        entry(owner, Functions, &[(None, &["EXECUTE"]), (Some(odd), &[])]),
        entry(owner, Schemas, &[(Some(odd), &[])]),
    ]);
    assert!(in_database(&shop, id, back).await.unwrap().is_empty());
    assert_eq!(stored(&shop), None);
}

#[tokio::test]
async fn nobody_says_what_others_give_and_what_is_not_there_is_refused_with_its_path() {
    let shop = Shop::new().await;
    let (id, owner, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.owner), shop.oid(&shop.odd));
    let reads = |owner: u32, role: u32| entry(owner, Tables, &[(Some(role), &["SELECT"])]);
    let superuser = shop.oid("postgres");
    let (_, name) = failure(in_database(&shop, id, json!([reads(owner, odd), reads(superuser, odd)])).await);
    assert_eq!(name, "InsufficientPrivilege");
    assert_eq!(stored(&shop), None, "nothing of it was done");

    let start = "default_privileges[0].";
    let cases = [
        (json!([reads(1, odd)]), format!("{start}owner_oid: "), "DoesNotExist"),
        (json!([reads(owner, 1)]), format!("{start}privileges[0].role_oid: "), "DoesNotExist"),
        (
            json!([reads(owner, odd), reads(owner, odd)]),
            "default_privileges[1].privileges[0].role_oid: ".to_owned(),
            "ValueError",
        ),
        (
            json!([entry(owner, Sequences, &[(Some(odd), &["USAGE", "INSERT"])])]),
            format!(
                "{start}privileges[0].direct[1]: \"INSERT\" is no right on sequences that \"{}\" makes later; there are USAGE, SELECT, UPDATE.",
                shop.owner
            ),
            "ValueError",
        ),
        (json!(vec![entry(owner, Tables, &[]); 1001]), "default_privileges: ".to_owned(), "LimitReached"),
    ];
    for (wanted, path, expected) in cases {
        let (error, name) = failure(in_database(&shop, id, wanted).await);
        assert_eq!(name, expected);
        assert!(error.message().starts_with(&path), "{}", error.message());
    }
    let (error, _) = failure(in_schema(&shop, id, json!([entry(owner, Schemas, &[(Some(odd), &["USAGE"])])])).await);
    assert!(error.message().starts_with("default_privileges[0].objects: "), "{}", error.message());
    let nowhere = json!({"database_id": id, "schema_oid": 1, "default_privileges": []});
    let (error, name) = failure(defaults::replace_in_schema(&shop.world.ctx, params(nowhere)).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("schema_oid: "), "{}", error.message());
    assert_eq!(stored(&shop), None);

    let maintain = in_database(&shop, id, json!([entry(owner, Tables, &[(Some(odd), &["MAINTAIN"])])])).await;
    if shop.version() < 170_000 {
        assert!(failure(maintain).0.message().contains("MAINTAIN is a right from PostgreSQL 17 on"));
    } else {
        assert!(maintain.unwrap()[0].privileges.iter().any(|given| given.direct == ["MAINTAIN"]));
    }
}

#[tokio::test]
async fn large_objects_are_given_where_the_server_can_say_so() {
    let shop = Shop::new().await;
    let (id, owner, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.owner), shop.oid(&shop.odd));
    let wanted = json!([entry(owner, LargeObjects, &[(Some(odd), &["UPDATE", "SELECT"])])]);
    let given = in_database(&shop, id, wanted.clone()).await;
    if shop.version() < 180_000 {
        let (error, name) = failure(given);
        let start =
            "default_privileges[0].objects: there are default rights for large objects from PostgreSQL 18 on, and";
        assert!(name == "ValueError" && error.message().starts_with(start), "{}", error.message());
        assert_eq!(stored(&shop), None);
        return;
    }
    let given = given.unwrap();
    let told = given.iter().find(|entry| entry.objects == LargeObjects).expect("an entry");
    assert!(told.privileges.iter().any(|role| role.role_oid == Some(odd) && role.direct == ["SELECT", "UPDATE"]));
    let made = format!("set role {}; select lo_create(0)", shop.owner);
    let made = shop.world.database.query(&made)[0][0].clone().unwrap();
    let acl =
        shop.world.database.scalar(&format!("select lomacl::text from pg_largeobject_metadata where oid = {made}"));
    assert!(acl.as_deref().is_some_and(|acl| acl.contains("=rw/")), "{acl:?}");
    let (error, _) = failure(in_schema(&shop, id, wanted).await);
    assert!(error.message().starts_with("default_privileges[0].objects: no large objects"), "{}", error.message());
    let (error, _) =
        failure(in_database(&shop, id, json!([entry(owner, LargeObjects, &[(Some(odd), &["DELETE"])])])).await);
    assert!(error.message().ends_with("there are SELECT, UPDATE."), "{}", error.message());
}
