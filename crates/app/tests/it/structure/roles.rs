use mathesar_app::model::roles;
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
