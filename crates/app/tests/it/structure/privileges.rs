//! Rights and owners, told and changed.

use mathesar_api::Json;
use mathesar_api::methods::privileges::RolePrivileges;
use mathesar_app::model::{ownership, privileges, show, tables};
use serde_json::{Value, json};

use super::world::{World, failure, params};

/// A database with a schema and a table of an owner who is no superuser, and a role with a name that must be quoted.
pub(super) struct Shop {
    pub world: World,
    pub owner: String,
    pub odd: String,
}

impl Shop {
    pub async fn new() -> Self {
        let world = World::new().await;
        let (owner, odd) = (world.database.role("owner", "login createrole"), odd_name(&world, "Sales.\"EU\"; --"));
        let name = world.database.name();
        world.database.execute(&format!(
            "alter database {name} owner to {owner};
             create role {} nologin;
             create schema \"My.Schema\" authorization {owner};
             create table \"My.Schema\".\"Order\" (id int primary key, secret text);
             create view \"My.Schema\".v as select 1 as one;
             alter table \"My.Schema\".\"Order\" owner to {owner}; alter view \"My.Schema\".v owner to {owner}",
            quoted(&odd)
        ));
        Self { world, owner, odd }
    }

    pub async fn connect_as(&self, role: &str) -> i64 {
        self.world.connect_as(role).await.unwrap().database.id
    }

    pub fn oid(&self, role: &str) -> u32 {
        let question = format!("select oid from pg_roles where rolname = '{}'", role.replace('\'', "''"));
        self.world.database.scalar(&question).unwrap().parse().unwrap()
    }

    pub fn table(&self) -> u32 {
        self.world.table("\"My.Schema\".\"Order\"")
    }

    pub fn schema(&self) -> u32 {
        self.world.schema("\"My.Schema\"")
    }

    async fn on_table(&self, id: i64) -> Vec<RolePrivileges> {
        let asked = json!({"database_id": id, "table_oid": self.table()});
        privileges::of_table(&self.world.ctx, params(asked)).await.unwrap()
    }

    /// Asks for what roles shall have on the table.
    async fn replace(&self, id: i64, wanted: Value) -> mathesar_app::Result<Vec<RolePrivileges>> {
        let asked = json!({"database_id": id, "table_oid": self.table(), "privileges": wanted});
        privileges::replace_on_table(&self.world.ctx, params(asked)).await
    }

    pub async fn shown(&self, id: i64, method: &str, call: Value) -> Vec<String> {
        let call = Json::from_serialize(&call).unwrap();
        let statements = show::statements(&self.world.ctx, id, method, &call).await.unwrap().unwrap();
        statements.iter().map(|statement| statement.shown()).collect()
    }

    /// As `server_version_num`.
    pub fn version(&self) -> u32 {
        self.world.database.scalar("show server_version_num").unwrap().parse().unwrap()
    }

    /// Every right on a table that the server has.
    fn all_of_table(&self) -> &'static [&'static str] {
        if self.version() < 170_000 { &ALL_OF_TABLE[..7] } else { &ALL_OF_TABLE }
    }

    fn table_acl(&self) -> Option<String> {
        self.world.database.scalar(&format!("select relacl from pg_class where oid = {}", self.table()))
    }

    fn owner_of(&self, catalogue: &str) -> String {
        self.world.database.scalar(&format!("select pg_get_userbyid({catalogue}")).unwrap()
    }
}

fn odd_name(world: &World, name: &str) -> String {
    format!("{name} {}", world.database.name())
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn entry(role_oid: u32, direct: &[&str]) -> RolePrivileges {
    RolePrivileges { role_oid, direct: direct.iter().map(|word| (*word).to_owned()).collect() }
}

/// `MAINTAIN`, which only PostgreSQL 17 and newer have, comes last.
const ALL_OF_TABLE: [&str; 8] =
    ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"];

#[tokio::test]
async fn direct_rights_are_told_and_those_of_everybody_are_not() {
    let shop = Shop::new().await;
    let (id, owner, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.owner), shop.oid(&shop.odd));
    assert_eq!(
        shop.on_table(id).await,
        [entry(owner, shop.all_of_table())],
        "where nothing was granted the owner has all"
    );

    let (database, role) = (shop.world.database.name(), quoted(&shop.odd));
    shop.world.database.execute(&format!(
        "grant update, select on \"My.Schema\".\"Order\" to {role}; grant select on \"My.Schema\".\"Order\" to public;
         grant insert (secret) on \"My.Schema\".\"Order\" to {role};
         grant usage on schema \"My.Schema\" to {role}; grant temporary, connect on database {database} to {role};
         grant create on schema \"My.Schema\" to pg_monitor"
    ));
    let by_name = |mut list: Vec<RolePrivileges>| {
        list.sort_by_key(|entry| entry.role_oid);
        list
    };
    assert_eq!(
        by_name(shop.on_table(id).await),
        [entry(owner, shop.all_of_table()), entry(odd, &["SELECT", "UPDATE"])]
    );
    let on_schema = json!({"database_id": id, "schema_oid": shop.schema()});
    let on_schema = privileges::of_schema(&shop.world.ctx, params(on_schema)).await.unwrap();
    assert_eq!(by_name(on_schema), [entry(owner, &["USAGE", "CREATE"]), entry(odd, &["USAGE"])]);
    let on_database = privileges::of_database(&shop.world.ctx, params(json!({"database_id": id}))).await.unwrap();
    let expected = [entry(owner, &["CONNECT", "CREATE", "TEMPORARY"]), entry(odd, &["CONNECT", "TEMPORARY"])];
    assert_eq!(by_name(on_database), expected);
}

#[tokio::test]
async fn only_what_differs_is_granted_and_taken_back_and_only_for_the_roles_that_are_named() {
    let shop = Shop::new().await;
    let (id, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.odd));
    let other = shop.world.database.role("other", "superuser");
    shop.replace(id, json!([entry(odd, &["SELECT", "INSERT"]), entry(shop.oid(&other), &["TRIGGER"])])).await.unwrap();

    let wanted = json!([entry(odd, &["DELETE", "SELECT", "SELECT", "UPDATE"])]);
    let call = json!({"database_id": id, "table_oid": shop.table(), "privileges": wanted});
    let (table, role) = ("\"My.Schema\".\"Order\"", quoted(&shop.odd));
    let statements = shop.shown(id, "tables.privileges.replace_for_roles", call).await;
    let expected = [
        format!("GRANT UPDATE, DELETE ON TABLE {table} TO {role}"),
        format!("REVOKE INSERT ON TABLE {table} FROM {role}"),
    ];
    assert_eq!(statements, expected);
    let list = shop.replace(id, wanted.clone()).await.unwrap();
    assert!(list.contains(&entry(odd, &["SELECT", "UPDATE", "DELETE"])), "{list:?}");
    assert!(list.contains(&entry(shop.oid(&other), &["TRIGGER"])), "{list:?}");
    assert_eq!(list, shop.on_table(id).await);

    let same = json!({"database_id": id, "table_oid": shop.table(), "privileges": wanted});
    assert!(shop.shown(id, "tables.privileges.replace_for_roles", same).await.is_empty());
    let none = shop.replace(id, json!([entry(odd, &[])])).await.unwrap();
    assert!(none.iter().all(|entry| entry.role_oid != odd));

    let on_schema = json!({"database_id": id, "schema_oid": shop.schema(), "privileges": [entry(odd, &["CREATE"])]});
    let list = privileges::replace_on_schema(&shop.world.ctx, params(on_schema)).await.unwrap();
    assert!(list.contains(&entry(odd, &["CREATE"])), "{list:?}");
    let on_database = json!({"database_id": id, "privileges": [entry(odd, &["TEMPORARY", "CONNECT"])]});
    let list = privileges::replace_on_database(&shop.world.ctx, params(on_database)).await.unwrap();
    assert!(list.contains(&entry(odd, &["CONNECT", "TEMPORARY"])), "{list:?}");
}

#[tokio::test]
async fn what_cannot_be_had_as_asked_is_refused_as_a_whole() {
    let shop = Shop::new().await;
    let (odd, modest) = (shop.oid(&shop.odd), shop.world.database.role("modest", "login"));
    let table = "\"My.Schema\".\"Order\"";
    shop.world.database.execute(&format!(
        "grant usage on schema \"My.Schema\" to {modest}; grant select on {table} to {modest} with grant option;
         grant update on {table} to {modest}"
    ));
    let id = shop.connect_as(&modest).await;
    let before = shop.table_acl();

    // PostgreSQL would grant SELECT, and only warn about UPDATE.
    let (error, name) = failure(shop.replace(id, json!([entry(odd, &["SELECT", "UPDATE"])])).await);
    assert_eq!(name, "InsufficientPrivilege");
    assert!(error.message().starts_with("UPDATE on the table \"My.Schema\".\"Order\""), "{}", error.message());
    assert_eq!(shop.table_acl(), before);
    // What the owner granted, only the owner takes back; PostgreSQL would only warn.
    shop.world.database.execute(&format!(
        "set role {}; grant insert, select on {table} to {}",
        shop.owner,
        quoted(&shop.odd)
    ));
    let before = shop.table_acl();
    let (error, name) = failure(shop.replace(id, json!([entry(odd, &["SELECT"])])).await);
    assert_eq!(name, "InvalidGrantOperation");
    assert!(error.message().contains(&format!("\"{}\" granted it", shop.owner)), "{}", error.message());
    assert_eq!(shop.table_acl(), before);

    // The same holds for a superuser, who acts as the owner.
    shop.replace(id, json!([])).await.unwrap();
    shop.world.database.execute(&format!("set role {modest}; grant select on {table} to {}", quoted(&shop.odd)));
    let (superuser, before) = (shop.connect_as("postgres").await, shop.table_acl());
    let (error, _) = failure(shop.replace(superuser, json!([entry(odd, &[])])).await);
    assert!(error.message().contains(&format!("\"{modest}\" granted it")), "{}", error.message());
    assert_eq!(shop.table_acl(), before);
    // Whoever granted it on loses it together with those, which is not asked for.
    let (_, name) = failure(shop.replace(superuser, json!([entry(shop.oid(&modest), &[])])).await);
    assert_eq!(name, "DependentObjectsStillExist");
    assert_eq!(shop.table_acl(), before);

    let stranger = shop.world.database.role("stranger", "login");
    let id = shop.connect_as(&stranger).await;
    let (_, name) = failure(shop.replace(id, json!([entry(odd, &["SELECT", "INSERT", "DELETE"])])).await);
    assert_eq!(name, "InsufficientPrivilege");
    assert_eq!(shop.table_acl(), before);
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_the_path_of_the_parameter() {
    let shop = Shop::new().await;
    let (id, odd) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.odd));
    let before = shop.table_acl();
    let cases = [
        (json!([entry(odd, &["SELECT"]), entry(1, &[])]), "privileges[1].role_oid: ", "DoesNotExist"),
        (json!([entry(odd, &["SELECT"]), entry(odd, &[])]), "privileges[1].role_oid: ", "ValueError"),
        (json!([entry(odd, &["SELECT", "select"])]), "privileges[0].direct[1]: \"select\"", "ValueError"),
        (json!([entry(odd, &["CONNECT"])]), "privileges[0].direct[0]: \"CONNECT\"", "ValueError"),
        (json!(vec![entry(odd, &[]); 1001]), "privileges: ", "LimitReached"),
    ];
    for (wanted, path, expected) in cases {
        let (error, name) = failure(shop.replace(id, wanted).await);
        assert_eq!(name, expected);
        assert!(error.message().starts_with(path), "{}", error.message());
    }
    assert_eq!(shop.table_acl(), before);

    let ctx = &shop.world.ctx;
    let table = json!({"database_id": id, "table_oid": 1, "privileges": []});
    let (error, name) = failure(privileges::replace_on_table(ctx, params(table)).await);
    assert!(name == "UndefinedTable" && error.message().starts_with("table_oid: "), "{}", error.message());
    let (error, name) = failure(privileges::of_table(ctx, params(json!({"database_id": id, "table_oid": 1}))).await);
    assert!(name == "UndefinedTable" && error.message().starts_with("table_oid: "), "{}", error.message());
    let schema = json!({"database_id": id, "schema_oid": 11, "privileges": []});
    let (error, name) = failure(privileges::replace_on_schema(ctx, params(schema)).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("schema_oid: "), "{}", error.message());
    let schema = json!({"database_id": id, "schema_oid": shop.schema(), "new_owner_oid": 1});
    let (error, name) = failure(ownership::transfer_schema(ctx, params(schema)).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("new_owner_oid: "), "{}", error.message());
}

#[tokio::test]
async fn maintain_is_granted_where_there_is_such_a_right_and_refused_in_clear_words_elsewhere() {
    let shop = Shop::new().await;
    let (id, odd, owner) = (shop.connect_as(&shop.owner).await, shop.oid(&shop.odd), shop.oid(&shop.owner));
    let wanted = shop.replace(id, json!([entry(odd, &["MAINTAIN", "SELECT"])])).await;
    if shop.version() < 170_000 {
        let (error, name) = failure(wanted);
        assert_eq!(name, "ValueError");
        let message =
            "privileges[0].direct[0]: MAINTAIN is a right from PostgreSQL 17 on, and this server is of version ";
        assert!(error.message().starts_with(message), "{}", error.message());
        let (error, _) = failure(shop.replace(id, json!([entry(odd, &["WRITE"])])).await);
        assert!(error.message().ends_with("TRUNCATE, REFERENCES, TRIGGER."), "{}", error.message());
    } else {
        assert!(wanted.unwrap().contains(&entry(odd, &["SELECT", "MAINTAIN"])));
        let revoked = shop.replace(id, json!([entry(odd, &["SELECT"])])).await.unwrap();
        assert!(revoked.contains(&entry(odd, &["SELECT"])), "{revoked:?}");
    }
    // Whoever sends back what was told changes nothing, whatever the version.
    let told = shop.on_table(id).await;
    assert!(told.contains(&entry(owner, shop.all_of_table())), "{told:?}");
    let before = shop.table_acl();
    assert_eq!(shop.replace(id, json!(told)).await.unwrap(), told);
    assert_eq!(shop.table_acl(), before);
}

#[tokio::test]
async fn what_the_own_role_may_do_with_a_table_is_told_in_the_same_words() {
    let shop = Shop::new().await;
    let name = shop.world.database.name();
    let modest = shop.world.database.role("modest", "login");
    let right = shop.all_of_table().last().unwrap();
    shop.world.database.execute(&format!(
        "grant connect on database {name} to {modest}; grant usage on schema \"My.Schema\" to {modest};
         grant {right} on \"My.Schema\".\"Order\" to {modest}"
    ));
    for (role, expected) in [(shop.owner.as_str(), shop.all_of_table()), (modest.as_str(), &[*right][..])] {
        let asked = json!({"database_id": shop.connect_as(role).await, "table_oid": shop.table()});
        let table = tables::get(&shop.world.ctx, params(asked)).await.unwrap();
        assert_eq!(table.current_role_priv, expected, "{role}");
    }
}

#[tokio::test]
async fn ownership_is_transferred_to_a_role_with_any_name() {
    let shop = Shop::new().await;
    let (id, odd) = (shop.connect_as("postgres").await, shop.oid(&shop.odd));
    let ctx = &shop.world.ctx;
    let call = json!({"database_id": id, "new_owner_oid": odd});
    let shown = shop.shown(id, "databases.privileges.transfer_ownership", call.clone()).await;
    assert_eq!(shown, [format!("ALTER DATABASE {} OWNER TO {}", shop.world.database.name(), quoted(&shop.odd))]);
    let database = ownership::transfer_database(ctx, params(call.clone())).await.unwrap();
    assert_eq!(database.owner_oid, odd);
    assert!(shop.shown(id, "databases.privileges.transfer_ownership", call).await.is_empty(), "it is theirs already");

    let call = json!({"database_id": id, "schema_oid": shop.schema(), "new_owner_oid": odd});
    assert_eq!(ownership::transfer_schema(ctx, params(call)).await.unwrap().owner_oid, odd);
    for table in [shop.table(), shop.world.table("\"My.Schema\".v")] {
        let call = json!({"database_id": id, "table_oid": table, "new_owner_oid": odd});
        assert_eq!(ownership::transfer_table(ctx, params(call)).await.unwrap().owner_oid, odd);
    }
    assert_eq!(shop.on_table(id).await, [entry(odd, shop.all_of_table())], "the rights of owning went along");
}

#[tokio::test]
async fn ownership_goes_to_a_role_that_the_owner_made_and_to_none_that_the_owner_may_not_become() {
    let shop = Shop::new().await;
    let (id, ctx) = (shop.connect_as(&shop.owner).await, &shop.world.ctx);
    let made = odd_name(&shop.world, "Made here");
    shop.world.database.execute(&format!("set role {}; create role {}", shop.owner, quoted(&made)));
    if shop.version() < 160_000 {
        shop.world.database.execute(&format!("grant {} to {}", quoted(&made), shop.owner));
    }
    let memberships = "select string_agg(m::text, ' ' order by m::text) from pg_auth_members m";
    let memberships = format!("{memberships} where roleid = {}", shop.oid(&made));
    let before = shop.world.database.scalar(&memberships);
    let call = json!({"database_id": id, "schema_oid": shop.schema(), "new_owner_oid": shop.oid(&made)});
    let schema = ownership::transfer_schema(ctx, params(call)).await.unwrap();
    assert_eq!(schema.owner_oid, shop.oid(&made));
    assert_eq!(shop.world.database.scalar(&memberships), before, "nobody is more of a member than before");

    let call = json!({"database_id": id, "table_oid": shop.table(), "new_owner_oid": shop.oid(&shop.odd)});
    let (_, name) = failure(ownership::transfer_table(ctx, params(call)).await);
    assert_eq!(name, "InsufficientPrivilege");
    assert_eq!(shop.owner_of(&format!("relowner) from pg_class where oid = {}", shop.table())), shop.owner);
    let modest = shop.world.database.role("modest", "login");
    let id = shop.connect_as(&modest).await;
    let call = json!({"database_id": id, "new_owner_oid": shop.oid(&modest)});
    assert_eq!(failure(ownership::transfer_database(ctx, params(call)).await).1, "InsufficientPrivilege");
}
