use mathesar_api::methods::NoParams;
use mathesar_api::methods::databases::{CreateNewParams, ListParams};
use mathesar_app::ManagedPostgres;
use mathesar_app::databases::{configured, create_new, delete, samples};
use mathesar_app::model::{schemas, tables};
use serde_json::json;

use super::world::{World, failure, params};
use crate::installation::add_user;

fn named(name: &str, samples: Vec<String>) -> CreateNewParams {
    CreateNewParams { database: name.to_owned(), sample_data: samples, nickname: None }
}

#[tokio::test]
async fn a_database_of_our_own_is_made_with_every_sample_and_dropped() {
    let world = World::new().await;
    let known = samples::list(&world.ctx, NoParams {}).await.unwrap();
    let ids: Vec<_> = known.iter().map(|sample| sample.id.clone()).collect();
    let made = create_new(&world.ctx, named("samples", ids)).await.unwrap();
    assert!(made.database.managed && made.server.managed);

    let id = made.database.id;
    let found = schemas::list(&world.ctx, params(json!({"database_id": id}))).await.unwrap();
    for sample in &known {
        let schema = found.iter().find(|schema| schema.name == sample.schema).unwrap();
        assert_eq!(schema.description.as_deref(), Some(sample.description.as_str()), "{}", sample.id);
        assert!(schema.current_role_owns);
        let list =
            tables::list(&world.ctx, params(json!({"database_id": id, "schema_oid": schema.oid}))).await.unwrap();
        assert!(list.len() >= 3, "{}: {list:?}", sample.id);
    }

    let described = configured::get(&world.ctx, params(json!({"database_id": id}))).await.unwrap();
    let other = delete(&world.ctx, params(json!({"database_id": id, "database_oid": described.oid + 1}))).await;
    assert_eq!(failure(other).1, "ValueError");
    assert_eq!(
        failure(configured::disconnect(&world.ctx, params(json!({"database_id": id}))).await).1,
        "PermissionError"
    );
    delete(&world.ctx, params(json!({"database_id": id, "database_oid": described.oid}))).await.unwrap();
    assert!(configured::list(&world.ctx, ListParams::default()).await.unwrap().is_empty());
    assert!(world.ctx.app.store.roles().get(made.configured_role.id).await.is_err(), "its role is forgotten with it");
    create_new(&world.ctx, named("samples", vec![])).await.expect("the name is free again");
}

#[tokio::test]
async fn a_superuser_drops_what_somebody_else_works_in_or_dropped_already() {
    let world = World::new().await;
    let admin = add_user(&world.ctx.app, "admin", true).await;
    for (name, gone) in [("theirs", false), ("lost", true)] {
        let made = create_new(&world.ctx, named(name, vec![])).await.unwrap();
        if gone {
            ManagedPostgres::drop_database(world.ctx.app.managed().unwrap(), name).await.unwrap();
        }
        let id = made.database.id;
        assert_eq!(failure(admin.connect(id).await).1, "NoConnectionAvailable");
        delete(&admin, params(json!({"database_id": id}))).await.unwrap();
        assert!(configured::list(&admin, ListParams::default()).await.unwrap().is_empty());
        create_new(&world.ctx, named(name, vec![])).await.expect("the name is free again");
        let again = configured::list(&admin, ListParams::default()).await.unwrap().remove(0);
        delete(&admin, params(json!({"database_id": again.id}))).await.unwrap();
    }
}

#[tokio::test]
async fn names_that_are_taken_or_cannot_be_are_refused() {
    let world = World::new().await;
    create_new(&world.ctx, named("taken", vec![])).await.unwrap();
    assert_eq!(failure(create_new(&world.ctx, named("taken", vec![])).await).1, "DuplicateDatabase");
    assert_eq!(failure(create_new(&world.ctx, named("", vec![])).await).1, "ValueError");
    assert_eq!(failure(create_new(&world.ctx, named(&"x".repeat(64), vec![])).await).1, "ValueError");
    assert_eq!(failure(create_new(&world.ctx, named("other", vec!["zoo".into()])).await).1, "ValueError");
}

#[tokio::test]
async fn a_database_of_somebody_else_is_not_dropped() {
    let (world, id) = World::connected().await;
    let oid = configured::get(&world.ctx, params(json!({"database_id": id}))).await.unwrap().oid;
    let refused = delete(&world.ctx, params(json!({"database_id": id, "database_oid": oid}))).await;
    assert_eq!(failure(refused).1, "PermissionError");
}
