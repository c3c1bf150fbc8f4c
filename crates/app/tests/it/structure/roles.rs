use mathesar_app::model::{roles, show};
use serde_json::json;

use super::world::{World, failure, params};

#[tokio::test]
async fn roles_are_listed_described_and_made_by_who_may() {
    let world = World::new().await;
    let (group, maker) = (world.database.role("group", "nologin"), world.database.role("maker", "login createrole"));
    world.database.execute(&format!("grant {group} to {maker}"));
    let id = world.connect_as(&maker).await.unwrap().database.id;
    let current = roles::get_current(&world.ctx, params(json!({"database_id": id}))).await.unwrap();
    assert_eq!(current.current_role.name, maker);
    assert_eq!(current.parent_roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), [group.as_str()]);

    let name = format!("New \"role\"; -- {}", world.database.name());
    let add = json!({"database_id": id, "rolename": name, "login": true, "password": "it's \\ secret"});
    let made = roles::add(&world.ctx, params(add)).await.unwrap();
    assert!(made.login && !made.superuser);
    let stored = format!("select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where oid = {}", made.oid);
    assert_eq!(world.database.scalar(&stored).as_deref(), Some("t"));
    let list = roles::list(&world.ctx, params(json!({"database_id": id}))).await.unwrap();
    assert!(list.iter().any(|role| role.name == name && role.login));
    assert!(list.iter().all(|role| !role.name.starts_with("pg_")));
    world.database.execute(&format!("drop role \"{}\"", name.replace('"', "\"\"")));
}

#[tokio::test]
async fn a_role_made_by_the_owner_may_connect_to_the_database() {
    let world = World::new().await;
    let (owner, name) = (world.database.role("owner", "login createrole"), world.database.name().to_owned());
    world.database.execute(&format!("alter database {name} owner to {owner}"));
    world.database.execute(&format!("revoke connect on database {name} from public"));
    let id = world.connect_as(&owner).await.unwrap().database.id;
    let member = format!("member_of_{name}");
    let add = json!({"database_id": id, "rolename": member, "login": true, "password": "hunter2"});
    roles::add(&world.ctx, params(add)).await.unwrap();
    let may_connect = format!("select has_database_privilege('{member}', current_database(), 'CONNECT')");
    assert_eq!(world.database.scalar(&may_connect).as_deref(), Some("t"));
    world.database.execute(&format!("drop owned by {member}"));
    world.database.execute(&format!("drop role {member}"));
}

#[tokio::test]
async fn who_may_not_make_roles_is_told_so_by_postgresql() {
    let world = World::new().await;
    let modest = world.database.role("modest", "login");
    let id = world.connect_as(&modest).await.unwrap().database.id;
    let add = json!({"database_id": id, "rolename": "wanted", "password": "hunter2", "login": true});
    let (error, name) = failure(roles::add(&world.ctx, params(add)).await);
    assert_eq!(name, "InsufficientPrivilege");
    assert!(!error.message().contains("hunter2"));
}

#[tokio::test]
async fn a_role_is_dropped_with_what_it_was_let_into_but_not_while_something_else_needs_it() {
    let world = World::new().await;
    let (owner, name) = (world.database.role("owner", "login createrole"), world.database.name().to_owned());
    world.database.execute(&format!("alter database {name} owner to {owner}; create table \"Big Table\" (a int)"));
    let id = world.connect_as(&owner).await.unwrap().database.id;
    let role = format!("Soon.\"gone\" {name}");
    let add = json!({"database_id": id, "rolename": role, "login": true, "password": "hunter2"});
    let made = roles::add(&world.ctx, params(add)).await.unwrap();
    let call = json!({"database_id": id, "role_oid": made.oid});
    let there = format!("select count(*) from pg_roles where oid = {}", made.oid);

    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    world.database.execute(&format!("grant select on \"Big Table\" to {quoted}"));
    let (error, code) = failure(roles::delete(&world.ctx, params(call.clone())).await);
    assert_eq!(code, "DependentObjectsStillExist");
    assert!(error.message().contains("privileges for table \"Big Table\""), "{}", error.message());
    let may_connect = format!("select has_database_privilege({}, current_database(), 'CONNECT')", made.oid);
    assert_eq!(world.database.scalar(&may_connect).as_deref(), Some("t"), "nothing is done halfway");

    world.database.execute(&format!("revoke select on \"Big Table\" from {quoted}"));
    let raw = mathesar_api::Json::from_serialize(&call).unwrap();
    let shown = show::statements(&world.ctx, id, "roles.delete", &raw).await.unwrap().unwrap();
    let shown: Vec<_> = shown.iter().map(|statement| statement.shown()).collect();
    assert_eq!(shown, [format!("REVOKE CONNECT ON DATABASE {name} FROM {quoted}"), format!("DROP ROLE {quoted}")]);
    roles::delete(&world.ctx, params(call.clone())).await.unwrap();
    assert_eq!(world.database.scalar(&there).as_deref(), Some("0"));
    let (error, code) = failure(roles::delete(&world.ctx, params(call)).await);
    assert!(code == "DoesNotExist" && error.message().starts_with("role_oid: "), "{}", error.message());

    let current = roles::get_current(&world.ctx, params(json!({"database_id": id}))).await.unwrap().current_role;
    let itself = json!({"database_id": id, "role_oid": current.oid});
    assert_eq!(failure(roles::delete(&world.ctx, params(itself)).await).1, "ObjectInUse");
}

#[tokio::test]
async fn members_of_a_role_become_those_that_are_named() {
    let (world, id) = World::connected().await;
    let [group, ann, bob, cy] = ["group", "ann", "bob", "cy"].map(|name| Member::new(&world, name));
    let set = async |parent: &Member, members: &[&Member]| {
        let members: Vec<u32> = members.iter().map(|member| member.oid).collect();
        let call = json!({"database_id": id, "parent_role_oid": parent.oid, "members": members});
        roles::set_members(&world.ctx, params(call)).await
    };
    let members = |info: mathesar_api::methods::roles::RoleInfo| {
        let mut oids: Vec<u32> = info.members.unwrap_or_default().iter().map(|member| member.oid).collect();
        oids.sort_unstable();
        oids
    };
    assert_eq!(members(set(&group, &[&ann, &bob, &ann]).await.unwrap()), [ann.oid, bob.oid]);
    let call = json!({"database_id": id, "parent_role_oid": group.oid, "members": [bob.oid, cy.oid]});
    let raw = mathesar_api::Json::from_serialize(&call).unwrap();
    let shown = show::statements(&world.ctx, id, "roles.set_members", &raw).await.unwrap().unwrap();
    assert_eq!(shown[0].shown(), format!("GRANT {} TO {}", group.quoted, cy.quoted));
    assert!(shown[1].shown().starts_with(&format!("REVOKE {} FROM {}", group.quoted, ann.quoted)));
    assert_eq!(shown.len(), 2);
    assert_eq!(members(set(&group, &[&bob, &cy]).await.unwrap()), [bob.oid, cy.oid]);

    for circle in [set(&bob, &[&group]).await, set(&bob, &[&bob]).await] {
        assert_eq!(failure(circle).1, "InvalidGrantOperation");
    }
    let unknown = json!({"database_id": id, "parent_role_oid": group.oid, "members": [ann.oid, 1]});
    let (error, name) = failure(roles::set_members(&world.ctx, params(unknown)).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("members[1]: "), "{}", error.message());
    let unknown = json!({"database_id": id, "parent_role_oid": 1, "members": []});
    let (error, name) = failure(roles::set_members(&world.ctx, params(unknown)).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("parent_role_oid: "), "{}", error.message());
    let many = json!({"database_id": id, "parent_role_oid": group.oid, "members": vec![ann.oid; 1001]});
    assert_eq!(failure(roles::set_members(&world.ctx, params(many)).await).1, "LimitReached");

    // From PostgreSQL 16 on each membership has a grantor, who must be named, and outlive what was granted on.
    let sql = format!(
        "grant {0} to {1} with admin option; set role {1}; grant {0} to {2}",
        group.quoted, bob.quoted, ann.quoted
    );
    world.database.execute(&sql);
    assert_eq!(members(set(&group, &[]).await.unwrap()), [0; 0]);
}

#[tokio::test]
async fn who_may_not_administer_a_role_changes_no_membership() {
    let world = World::new().await;
    let (modest, group, other) =
        (world.database.role("modest", "login"), Member::new(&world, "g"), Member::new(&world, "o"));
    world.database.execute(&format!("grant {} to {}", group.quoted, other.quoted));
    let id = world.connect_as(&modest).await.unwrap().database.id;
    for members in [json!([]), json!([other.oid, group.oid]), json!([Member::find(&world, &modest).oid, other.oid])] {
        let call = json!({"database_id": id, "parent_role_oid": group.oid, "members": members});
        let (_, name) = failure(roles::set_members(&world.ctx, params(call)).await);
        assert!(["InsufficientPrivilege", "InvalidGrantOperation"].contains(&name), "{name}");
    }
    let members = format!("select string_agg(member::text, ' ') from pg_auth_members where roleid = {}", group.oid);
    assert_eq!(world.database.scalar(&members), Some(other.oid.to_string()));
}

/// Which PostgreSQL 16 and later make a member of it.
#[tokio::test]
async fn who_made_a_role_sets_its_members_without_naming_themselves() {
    let world = World::new().await;
    let (maker, ann) = (world.database.role("maker", "login createrole"), Member::new(&world, "a"));
    let id = world.connect_as(&maker).await.unwrap().database.id;
    let add = json!({"database_id": id, "rolename": format!("team of {}", world.database.name())});
    let team = roles::add(&world.ctx, params(add)).await.unwrap().oid;
    let maker = Member::find(&world, &maker).oid;
    for members in [vec![ann.oid], vec![]] {
        let call = json!({"database_id": id, "parent_role_oid": team, "members": members});
        let made = roles::set_members(&world.ctx, params(call)).await.unwrap().members.unwrap_or_default();
        let others: Vec<u32> = made.iter().map(|member| member.oid).filter(|oid| *oid != maker).collect();
        assert_eq!(others, members);
    }
}

/// A role without rights whose name must be quoted.
struct Member {
    oid: u32,
    quoted: String,
}

impl Member {
    fn new(world: &World, name: &str) -> Self {
        let name = format!("{name}.\"X\" {}", world.database.name());
        world.database.execute(&format!("create role \"{}\"", name.replace('"', "\"\"")));
        Self::find(world, &name)
    }

    fn find(world: &World, name: &str) -> Self {
        let oid = world.database.scalar(&format!("select oid from pg_roles where rolname = '{name}'"));
        Self { oid: oid.unwrap().parse().unwrap(), quoted: format!("\"{}\"", name.replace('"', "\"\"")) }
    }
}
