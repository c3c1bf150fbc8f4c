use mathesar_api::methods::NoParams;
use mathesar_api::methods::databases::{ConnectExistingParams, ListParams};
use mathesar_app::databases::{checkup::check_up, configured, connect_existing, roles, servers, test};
use mathesar_pg::{Diagnosis, ProblemKind};
use secrecy::ExposeSecret;
use serde_json::json;

use super::world::{World, failure, params};

#[tokio::test]
async fn a_database_is_connected_and_connecting_it_again_does_no_harm() {
    let world = World::new().await;
    let role = world.database.role("worker", "login");
    let address =
        ConnectExistingParams { password: Some("first".into()), nickname: Some("Work".into()), ..world.address(&role) };
    let first = connect_existing(&world.ctx, address.clone()).await.unwrap();
    assert_eq!(
        (first.database.name.as_str(), first.database.nickname.as_deref()),
        (world.database.name(), Some("Work"))
    );
    let again = ConnectExistingParams { password: Some("second".into()), ..address };
    let second = connect_existing(&world.ctx, again).await.unwrap();
    assert_eq!((first.server.id, first.database.id), (second.server.id, second.database.id));

    let store = &world.ctx.app.store;
    let stored = store.roles().get(first.configured_role.id).await.unwrap();
    assert_eq!(store.roles().password(&stored).unwrap().unwrap().expose_secret(), "second");
    assert!(!format!("{stored:?}").contains("second"));
    let described = configured::get(&world.ctx, params(json!({"database_id": first.database.id}))).await.unwrap();
    assert_eq!((described.current_role.as_str(), described.read_only), (role.as_str(), false));
}

#[tokio::test]
async fn a_checkup_tries_each_database_as_those_who_work_in_it() {
    let world = World::new().await;
    let role = world.database.role("visitor", "login");
    world.connect_as(&role).await.unwrap();
    let all = check_up(&world.ctx.app).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].database.name.as_str(), all[0].role.name.as_str()), (world.database.name(), role.as_str()));
    assert!(matches!(all[0].outcome, Ok(Diagnosis::Works(_))));

    world.database.execute(&format!("alter role {role} nologin"));
    let all = check_up(&world.ctx.app).await.unwrap();
    let Ok(Diagnosis::Fails(problem)) = &all[0].outcome else { panic!("it works without LOGIN") };
    assert_eq!(problem.kind, ProblemKind::NoSuchRole);
}

#[tokio::test]
async fn a_pasted_url_works_as_well() {
    let world = World::new().await;
    let url = world.database.url();
    let report = test(&world.ctx, params(json!({"url": url}))).await.unwrap();
    assert!(report.ok && report.encrypted == Some(false), "{report:?}");
    assert!(report.warnings[0].contains("superuser"), "{report:?}");
    assert!(servers::list(&world.ctx, NoParams {}).await.unwrap().is_empty(), "trying stores nothing");
    let connected = connect_existing(&world.ctx, params(json!({"url": url, "nickname": "Pasted"}))).await.unwrap();
    assert_eq!(connected.database.name, world.database.name());
    let both = connect_existing(&world.ctx, params(json!({"url": url, "host": "elsewhere"}))).await;
    assert_eq!(failure(both).1, "ValueError");
}

#[tokio::test]
async fn what_fails_is_said_and_nothing_is_stored() {
    let world = World::new().await;
    let address = params(json!({"host": "no-such-host.invalid", "database": "d", "role": "r", "password": "hunter2"}));
    let (error, name) = failure(connect_existing(&world.ctx, address).await);
    assert_eq!(name, "ConnectionFailed");
    assert!(error.data().unwrap().text().contains("\"kind\":\"name_not_found\""));
    assert!(!format!("{error}{error:?}").contains("hunter2"));

    let lost = ConnectExistingParams { database: Some("no_such".into()), ..world.address("postgres") };
    let report = test(&world.ctx, lost).await.unwrap();
    assert_eq!(report.problem.unwrap().kind, "no_such_database");
    let missing = ConnectExistingParams { role: None, ..world.address("postgres") };
    assert!(failure(test(&world.ctx, missing).await).0.message().contains("`role`"));
    let unknown = ConnectExistingParams { sample_data: vec!["zoo".into()], ..world.address("postgres") };
    assert!(failure(connect_existing(&world.ctx, unknown).await).0.message().contains("bike_shop"));
    assert!(servers::list(&world.ctx, NoParams {}).await.unwrap().is_empty());
}

#[tokio::test]
async fn our_own_database_is_refused_by_its_address_and_by_what_is_in_it() {
    let world =
        World::with(|options| options.internal_database = Some(("db.internal".into(), 5432, "mathesar".into()))).await;
    let url = params(json!({"url": "postgresql://me:secret@DB.internal/mathesar"}));
    assert_eq!(failure(connect_existing(&world.ctx, url).await).1, "BadInstallationTarget");
    world.database.execute("create schema mathesar_internal");
    let alias = world.connect_as("postgres").await;
    assert_eq!(failure(alias).1, "BadInstallationTarget");
    let report = test(&world.ctx, world.address("postgres")).await.unwrap();
    assert_eq!(report.problem.unwrap().kind, "internal_database");
}

#[tokio::test]
async fn sockets_are_closed_unless_they_were_opened() {
    let world = World::with(|options| options.allow_unix_sockets = false).await;
    let refused = world.connect_as("postgres").await;
    assert!(failure(refused).0.message().contains("Unix sockets"));
}

#[tokio::test]
async fn people_see_their_own_databases_only() {
    let (world, id) = World::connected().await;
    let bea = world.other("bea").await;
    assert_eq!(configured::list(&world.ctx, ListParams::default()).await.unwrap().len(), 1);
    assert!(configured::list(&bea, ListParams::default()).await.unwrap().is_empty());
    assert!(servers::list(&bea, NoParams {}).await.unwrap().is_empty());
    let refused = configured::get(&bea, params(json!({"database_id": id}))).await;
    assert_eq!(failure(refused).1, "NoConnectionAvailable");

    let server = world.ctx.app.store.databases().get(id).await.unwrap().server_id;
    let role = world.ctx.app.store.roles().by_name(server, "postgres").await.unwrap().unwrap();
    let now = world.ctx.app.clock.now();
    let user_id = bea.signed_in().unwrap().user_id;
    world.ctx.app.store.collaborators().add(user_id, id, role.id, now).await.unwrap();
    assert!(configured::list(&bea, ListParams::default()).await.unwrap()[0].accessible);
    assert_eq!(servers::list(&bea, NoParams {}).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_entry_is_renamed_and_forgotten_and_the_database_stays() {
    let (world, id) = World::connected().await;
    let named =
        configured::patch(&world.ctx, params(json!({"database_id": id, "patch": {"nickname": "Shop"}}))).await.unwrap();
    assert_eq!((named.nickname.as_deref(), named.name.as_str()), (Some("Shop"), world.database.name()));
    let bare =
        configured::patch(&world.ctx, params(json!({"database_id": id, "patch": {"nickname": null}}))).await.unwrap();
    assert_eq!(bare.nickname, None);
    let forgotten = json!({"database_id": id, "disconnect_db_server": true});
    configured::disconnect(&world.ctx, params(forgotten)).await.unwrap();
    assert!(configured::list(&world.ctx, ListParams::default()).await.unwrap().is_empty());
    assert!(servers::list(&world.ctx, NoParams {}).await.unwrap().is_empty());
    assert_eq!(world.database.scalar("select 1").as_deref(), Some("1"));
}

#[tokio::test]
async fn a_server_is_described_anew() {
    let (world, id) = World::connected().await;
    let server_id = world.ctx.app.store.databases().get(id).await.unwrap().server_id;
    let patched = json!({"server_id": server_id, "patch": {"sslmode": "verify-full"}});
    let info = servers::patch(&world.ctx, params(patched)).await.unwrap();
    assert_eq!(serde_json::to_value(&info).unwrap()["sslmode"], "verify-full");
    let bad = json!({"server_id": server_id, "patch": {"ca_certificate": "nonsense"}});
    assert_eq!(failure(servers::patch(&world.ctx, params(bad)).await).1, "ValueError");
}

#[tokio::test]
async fn stored_roles_are_tried_before_they_are_stored() {
    let (world, id) = World::connected().await;
    let server_id = world.ctx.app.store.databases().get(id).await.unwrap().server_id;
    let wrong = json!({"server_id": server_id, "name": "nobody_at_all", "password": "hunter2"});
    let (error, name) = failure(roles::add(&world.ctx, params(wrong)).await);
    assert_eq!(name, "ConnectionFailed");
    assert!(!error.message().contains("hunter2"));
    let reader = world.database.role("reader", "login");
    let right = json!({"server_id": server_id, "name": reader, "password": reader});
    let stored = roles::add(&world.ctx, params(right)).await.unwrap();
    let list = roles::list(&world.ctx, params(json!({"database_id": id, "server_id": server_id}))).await.unwrap();
    assert_eq!(list.len(), 2);
    let changed = json!({"configured_role_id": stored.id, "password": "other"});
    roles::set_password(&world.ctx, params(changed)).await.unwrap();

    let bea = world.other("bea").await;
    let user_id = bea.signed_in().unwrap().user_id;
    let collaborators = world.ctx.app.store.collaborators();
    collaborators.add(user_id, id, stored.id, world.ctx.app.clock.now()).await.unwrap();
    roles::delete(&world.ctx, params(json!({"configured_role_id": stored.id}))).await.unwrap();
    assert!(
        collaborators.membership(user_id, id).await.unwrap().is_none(),
        "whoever worked as it has no place any more"
    );
}
