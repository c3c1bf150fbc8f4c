//! What a role may do, and why, held against what PostgreSQL itself says that it may.

use mathesar_api::methods::roles::{DefaultReach, ReachBy, ReachReason, RoleReach, TableReach};
use mathesar_app::model::reach;
use serde_json::json;

use super::world::{World, failure, params};

/// Roles that are members of each other in every way, and objects of every kind that are open to them in every way.
struct Office {
    world: World,
    id: i64,
    version: u32,
    /// The end of the names of roles, which the server's databases share.
    suffix: String,
}

const ROLES: [&str; 8] = ["boss", "chief", "editor", "reader", "guest", "temp", "all_reader", "stranger"];

impl Office {
    async fn new() -> Self {
        let (world, id) = World::connected().await;
        let suffix = format!("of.\"{}\"", world.database.name());
        let office = Self {
            version: world.database.scalar("show server_version_num").unwrap().parse().unwrap(),
            world,
            id,
            suffix,
        };
        for role in ROLES {
            office.run(&format!("create role {{{role}}} {}", if role == "temp" { "noinherit" } else { "inherit" }));
        }
        office.run(
            r#"
            grant {chief} to {boss}; grant {editor} to {chief}; grant {reader} to {guest}; grant {editor} to {temp};
            grant pg_read_all_data to {all_reader}; grant pg_write_all_data to {chief};
            create schema "Open Plan"; create schema closed authorization {editor}; create schema "msar";
            grant usage on schema "Open Plan" to public; grant usage, create on schema "Open Plan" to {reader};
            create table "Open Plan"."All.ours" (id int primary key, "Secret col" text, pay int);
            create table "Open Plan".owned (id int); alter table "Open Plan".owned owner to {editor};
            create table closed.inside (id int); grant select on closed.inside to {guest};
            create view "Open Plan".seen as select 1 as one; grant select on "Open Plan".seen to public;
            create materialized view "Open Plan".kept as select 1 as one;
            create table "Open Plan".parts (id int) partition by list (id);
            create table "Open Plan".emptied (id int); revoke all on "Open Plan".emptied from postgres;
            grant select, insert on "Open Plan"."All.ours" to {reader};
            grant update ("Secret col", id), select (id) on "Open Plan"."All.ours" to {guest};
            grant references (id) on "Open Plan"."All.ours" to public;
            revoke delete on "Open Plan".owned from {editor}; grant trigger, delete on "Open Plan".owned to {chief};
            "#,
        );
        office
    }

    /// Runs SQL in which `{role}` stands for the name of a role of this office.
    fn run(&self, sql: &str) {
        let mut sql = sql.to_owned();
        for role in ROLES {
            sql = sql.replace(&format!("{{{role}}}"), &format!("\"{}\"", self.name(role).replace('"', "\"\"")));
        }
        self.world.database.execute(&sql);
    }

    fn name(&self, role: &str) -> String {
        format!("{role} {}", self.suffix)
    }

    fn oid(&self, role: &str) -> u32 {
        let question = format!("select oid from pg_roles where rolname = '{}'", self.name(role));
        self.world.database.scalar(&question).unwrap().parse().unwrap()
    }

    async fn reach(&self, role: u32) -> RoleReach {
        let call = json!({"database_id": self.id, "role_oid": role});
        reach::of_role(&self.world.ctx, params(call)).await.unwrap()
    }

    /// What PostgreSQL says about a right.
    fn may(&self, function: &str, role: u32, object: u32, right: &str) -> bool {
        let question = format!("select {function}({role}::oid, {object}::oid, '{right}')");
        self.world.database.scalar(&question).as_deref() == Some("t")
    }
}

/// The table of that name.
fn table<'r>(reach: &'r RoleReach, name: &str) -> &'r TableReach {
    reach.tables.iter().find(|table| table.name == name).expect("the table is told")
}

fn has(rights: &[String], right: &str) -> bool {
    rights.iter().any(|one| one == right)
}

#[tokio::test]
async fn what_is_told_is_what_postgresql_allows() {
    let office = Office::new().await;
    office.run(&format!("alter database {} owner to {{boss}}", office.world.database.name()));
    let database: u32 = office
        .world
        .database
        .scalar("select oid from pg_database where datname = current_database()")
        .unwrap()
        .parse()
        .unwrap();
    let superuser: u32 =
        office.world.database.scalar("select oid from pg_roles where rolname = 'postgres'").unwrap().parse().unwrap();
    let mut compared = 0;
    for role in ROLES.map(|role| office.oid(role)).into_iter().chain([superuser]) {
        let reach = office.reach(role).await;
        for right in ["CONNECT", "CREATE", "TEMPORARY"] {
            let may = office.may("has_database_privilege", role, database, right);
            assert_eq!(has(&reach.database.privileges, right), may, "{right} for {role}");
        }
        assert!(reach.schemas.iter().all(|schema| schema.name != "msar" && !schema.name.starts_with("pg_")));
        for schema in &reach.schemas {
            for right in ["USAGE", "CREATE"] {
                let may = office.may("has_schema_privilege", role, schema.oid, right);
                assert_eq!(has(&schema.reach.privileges, right), may, "{right} on {} for {role}", schema.name);
            }
        }
        assert_eq!(reach.tables.len(), 7);
        for table in &reach.tables {
            for right in ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"] {
                if right == "MAINTAIN" && office.version < 170_000 {
                    assert!(table.reach.reasons.iter().all(|reason| !has(&reason.privileges, right)));
                    continue;
                }
                let may = office.may("has_table_privilege", role, table.oid, right);
                assert_eq!(has(&table.reach.privileges, right), may, "{right} on {} for {role}", table.name);
                compared += 1;
            }
            for right in ["SELECT", "INSERT", "UPDATE", "REFERENCES"] {
                let at_once = |reason: &&ReachReason| reason.set_role.is_none() && has(&reason.privileges, right);
                let any = table.reach.reasons.iter().any(|reason| at_once(&reason));
                let may = office.may("has_any_column_privilege", role, table.oid, right);
                assert_eq!(any, may, "{right} on a column of {} for {role}", table.name);
            }
        }
    }
    assert!(compared >= 9 * 7 * 7);
}

#[tokio::test]
async fn each_reason_names_the_way() {
    let office = Office::new().await;
    let boss = office.reach(office.oid("boss")).await;
    let owned = table(&boss, "owned");
    let by_owning = owned.reach.reasons.iter().find(|reason| reason.by == ReachBy::Owner).expect("an owner");
    assert_eq!(by_owning.via, [office.name("chief"), office.name("editor")]);
    assert!(
        has(&by_owning.privileges, "SELECT") && !has(&by_owning.privileges, "DELETE") && by_owning.set_role.is_none()
    );
    let granted = owned.reach.reasons.iter().find(|reason| reason.by == ReachBy::Grant).expect("a grant");
    assert_eq!(
        (granted.via.as_slice(), &granted.privileges),
        ([office.name("chief")].as_slice(), &vec!["DELETE".to_owned(), "TRIGGER".to_owned()])
    );
    let written =
        owned.reach.reasons.iter().find(|reason| reason.by == ReachBy::PredefinedRole).expect("pg_write_all_data");
    assert_eq!(written.via, [office.name("chief"), "pg_write_all_data".to_owned()]);

    let temp = office.reach(office.oid("temp")).await;
    let owned = &table(&temp, "owned").reach;
    assert!(owned.privileges.is_empty(), "nothing is inherited");
    assert_eq!(owned.reasons[0].set_role, Some(office.name("editor")));
    assert_eq!(owned.reasons[0].via, [office.name("editor")]);
    let inside = table(&temp, "inside");
    assert!(inside.missing == ["USAGE"] && inside.reach.reasons.is_empty(), "{inside:?}");

    let guest = office.reach(office.oid("guest")).await;
    let ours = table(&guest, "All.ours");
    let of_columns = |right: &str| {
        let one = |reason: &&ReachReason| !reason.columns.is_empty() && has(&reason.privileges, right);
        ours.reach.reasons.iter().filter(one).map(|reason| (reason.by, reason.columns.join(","))).collect::<Vec<_>>()
    };
    assert_eq!(of_columns("UPDATE"), [(ReachBy::Grant, "id".to_owned()), (ReachBy::Grant, "Secret col".to_owned())]);
    assert_eq!(of_columns("REFERENCES"), [(ReachBy::Public, "id".to_owned())]);
    assert_eq!(ours.reach.privileges, ["SELECT", "INSERT"]);
    assert!(ours.missing.is_empty(), "USAGE is everybody's");
    let inside = table(&guest, "inside");
    assert_eq!(
        (inside.reach.privileges.as_slice(), inside.missing.as_slice()),
        (["SELECT".to_owned()].as_slice(), ["USAGE".to_owned()].as_slice())
    );

    office.run(&format!("revoke connect on database {} from public", office.world.database.name()));
    let guest = office.reach(office.oid("guest")).await;
    assert_eq!(table(&guest, "inside").missing, ["CONNECT", "USAGE"]);
    let superuser = office.world.database.scalar("select oid from pg_roles where rolname = 'postgres'").unwrap();
    let superuser = office.reach(superuser.parse().unwrap()).await;
    let emptied = table(&superuser, "emptied");
    assert!(emptied.missing.is_empty() && emptied.reach.reasons.len() == 1);
    assert_eq!(emptied.reach.reasons[0].by, ReachBy::Superuser);
}

#[tokio::test]
async fn policies_are_told_to_whom_they_narrow() {
    let office = Office::new().await;
    office.run(
        r#"
        alter table "Open Plan".owned enable row level security;
        create policy everybodys on "Open Plan".owned for select using (id > 0);
        create policy "Chief's" on "Open Plan".owned as restrictive to {chief} using (true) with check (id < 9);
        create policy others on "Open Plan".owned to {reader};
        "#,
    );
    let policies = async |role: &str| {
        let reach = office.reach(office.oid(role)).await;
        let told = table(&reach, "owned").policies.clone();
        assert!(table(&reach, "All.ours").policies.is_none());
        told.map(|policies| {
            policies
                .iter()
                .map(|policy| format!("{} {} {}", policy.name, policy.command, policy.permissive))
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(policies("boss").await, None, "it has the owner's rights");
    assert_eq!(policies("stranger").await.unwrap(), ["everybodys SELECT true"]);
    assert_eq!(policies("temp").await.unwrap(), ["everybodys SELECT true"], "the owner's rights are not inherited");
    assert_eq!(policies("guest").await.unwrap(), ["everybodys SELECT true", "others ALL true"]);
    office.run(r#"alter table "Open Plan".owned force row level security; alter role {editor} bypassrls"#);
    assert_eq!(policies("boss").await.unwrap(), ["Chief's ALL false", "everybodys SELECT true"]);
    assert_eq!(policies("editor").await, None, "BYPASSRLS");
    office.run(r#"drop policy everybodys on "Open Plan".owned"#);
    assert!(policies("stranger").await.unwrap().is_empty(), "no row at all");
}

#[tokio::test]
async fn one_table_is_told_alone_and_what_is_not_there_is_refused() {
    let office = Office::new().await;
    let (guest, ours) = (office.oid("guest"), office.world.table("\"Open Plan\".\"All.ours\""));
    let ask = async |role: u32, table: u32| {
        let call = json!({"database_id": office.id, "role_oid": role, "table_oid": table});
        reach::of_role(&office.world.ctx, params(call)).await
    };
    let one = ask(guest, ours).await.unwrap();
    assert_eq!((one.schemas.len(), one.tables.len(), one.schemas[0].name.as_str()), (1, 1, "Open Plan"));
    assert_eq!(one.tables[0], *table(&office.reach(guest).await, "All.ours"));
    let (error, name) = failure(ask(1, ours).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("role_oid: "), "{}", error.message());
    let (error, name) = failure(ask(guest, 1).await);
    assert!(name == "UndefinedTable" && error.message().starts_with("table_oid: "), "{}", error.message());
}

#[tokio::test]
async fn what_will_be_given_by_default_is_told_with_what_gives_it() {
    let office = Office::new().await;
    office.run(
        r#"
        alter default privileges for role {editor} in schema "Open Plan" grant select, update on tables to {reader};
        alter default privileges for role {boss} revoke execute on functions from public;
        alter default privileges for role {boss} grant usage on sequences to public, {chief};
        alter default privileges for role {chief} in schema msar grant select on tables to public;
        "#,
    );
    let told = async |role: u32| {
        let words = |reason: &ReachReason| format!("{:?} {:?} {:?}", reason.by, reason.via, reason.privileges);
        let line = |told: &DefaultReach| {
            let reasons: Vec<_> = told.reasons.iter().map(words).collect();
            format!("{} {:?} {} {}", told.owner, told.objects, told.schema_oid.is_some(), reasons.join("; "))
        };
        office.reach(role).await.defaults.iter().map(line).collect::<Vec<_>>()
    };
    let sequences = format!("{} Sequences false Public [] [\"USAGE\"]", office.name("boss"));
    assert_eq!(told(office.oid("stranger")).await, std::slice::from_ref(&sequences));
    let tables =
        format!("{} Tables true Grant [{:?}] [\"SELECT\", \"UPDATE\"]", office.name("editor"), office.name("reader"));
    assert_eq!(told(office.oid("guest")).await, [sequences, tables]);
    assert_eq!(
        told(office.oid("boss")).await.len(),
        1,
        "what it makes itself it owns, and what chief is given it has too"
    );
    let superuser = office.world.database.scalar("select oid from pg_roles where rolname = 'postgres'").unwrap();
    assert!(told(superuser.parse().unwrap()).await.is_empty(), "a superuser needs no right");
    let one = json!({"database_id": office.id, "role_oid": office.oid("guest"), "table_oid": office.world.table("\"Open Plan\".owned")});
    assert!(reach::of_role(&office.world.ctx, params(one)).await.unwrap().defaults.is_empty());
}

#[tokio::test]
async fn of_very_many_tables_the_first_are_told_and_how_many_more_there_are() {
    let office = Office::new().await;
    // Each thousand is a transaction of its own, since every new table is locked to the end of it.
    for thousand in 0..10 {
        office.run(&format!(
            "do $$ begin for i in 1..1000 loop execute format('create table \"Open Plan\".%I ()', 'z' || {thousand} || i); end loop; end $$"
        ));
    }
    office.run("create table msar.hidden ()");
    let reach = office.reach(office.oid("boss")).await;
    assert!(reach.tables.len() > 9_990 && reach.tables.len() <= 10_000, "{}", reach.tables.len());
    assert_eq!(reach.tables.len() as i64 + reach.tables_left, 10_007);
    assert!(reach.tables_left > 0);
    assert!(reach.tables.iter().any(|table| table.name == "All.ours"));
}

/// A role that may only sign in learns it as well: the catalogue is open to everybody.
#[tokio::test]
async fn whoever_asks_is_told_the_same() {
    let office = Office::new().await;
    let modest = office.world.database.role("modest", "login");
    let id = office.world.connect_as(&modest).await.unwrap().database.id;
    let call = json!({"database_id": id, "role_oid": office.oid("boss")});
    let told = reach::of_role(&office.world.ctx, params(call)).await.unwrap();
    assert_eq!(told, office.reach(office.oid("boss")).await);
}
