//! What is saved of explorations.

use mathesar_api::methods::explorations::{ExplorationDef, ExplorationInfo};
use mathesar_app::{explorations, model};
use serde_json::{Value, json};

use super::world::test;
use crate::installation::{Connected, add_user};
use crate::world::{Guest, World};

/// Literals that no float can hold stay as they are.
const TEXT: &str =
    r#"[{"type":"filter","spec":{"equal":[{"column_name":["price"]},{"literal":[12345678901234567890.10]}]}}]"#;

fn named(world: &World, name: &str, schema: &str) -> Value {
    let mut def = world.books(json!([]));
    def["name"] = json!(name);
    def["schema_oid"] = json!(world.schema(schema));
    def
}

async fn names(guest: &Guest<'_>, params: Value) -> Vec<String> {
    let listed = explorations::list(&guest.ctx, guest.params(params)).await.unwrap();
    listed.into_iter().map(|exploration| exploration.name).collect()
}

#[test]
fn an_exploration_is_saved_read_replaced_and_deleted() {
    test("", async |world| {
        let ana = world.owner().await;
        let mut def = named(world, "Prices", "public");
        def["display_names"] = json!({ "by": "Author" });
        def["display_options"] = json!([{ "anything": 1.50 }]);
        def["description"] = json!("of books");
        let text = def.to_string().replace("\"transformations\":[]", &format!("\"transformations\":{TEXT}"));
        let params = format!(r#"{{"database_id":{},"exploration_def":{text}}}"#, world.connected.database_id);
        let saved = explorations::add(&ana.ctx, serde_json::from_str(&params).unwrap()).await.unwrap();
        let written = serde_json::to_string(&saved).unwrap();
        assert!(written.contains(TEXT) && written.contains(r#"{"by":"Author"}"#), "{written}");
        let named_by = json!({ "exploration_id": saved.id });
        assert_eq!(explorations::get(&ana.ctx, ana.params(named_by.clone())).await.unwrap(), saved);

        // What was got can be given back as it is.
        let changed = ExplorationDef { name: Some("Cheap books".to_owned()), ..ExplorationDef::from(saved.clone()) };
        let params = format!(
            r#"{{"database_id":{},"new_exploration":{}}}"#,
            world.connected.database_id,
            serde_json::to_string(&changed).unwrap()
        );
        let replaced = explorations::replace(&ana.ctx, serde_json::from_str(&params).unwrap()).await.unwrap();
        assert_eq!(replaced, ExplorationInfo { name: "Cheap books".to_owned(), ..saved });

        ana.save(named(world, "Other", "people")).await.unwrap();
        assert_eq!(names(&ana, json!({})).await, ["Cheap books", "Other"]);
        assert_eq!(names(&ana, json!({ "schema_oid": world.schema("people") })).await, ["Other"]);
        // Another collaborator has the same ones.
        let bob = world.guest(&world.role("bob")).await;
        explorations::delete(&bob.ctx, bob.params(named_by.clone())).await.unwrap();
        let gone = explorations::get(&ana.ctx, ana.params(named_by)).await.unwrap_err();
        assert_eq!(gone.code().code, -29025);
    });
}

#[test]
fn names_are_unique_within_a_schema() {
    test("", async |world| {
        let ana = world.owner().await;
        ana.save(named(world, "Prices", "public")).await.unwrap();
        ana.save(named(world, "Prices", "people")).await.unwrap();
        let taken = ana.save(named(world, "Prices", "public")).await.unwrap_err();
        assert_eq!(taken.code().code, -29042);
        assert!(taken.message().contains("of this name"), "{}", taken.message());
    });
}

#[test]
fn what_cannot_be_saved_is_refused_by_name() {
    test("", async |world| {
        let ana = world.owner().await;
        let mut cases = Vec::new();
        for (field, value, expected) in [
            ("name", json!("  "), "exploration_def.name: a name has 1 to 128 characters"),
            ("name", json!("x".repeat(129)), "exploration_def.name: a name has 1 to 128 characters"),
            ("name", Value::Null, "exploration_def.name: it is needed"),
            ("schema_oid", Value::Null, "exploration_def.schema_oid: it is needed"),
            ("schema_oid", json!(1), "There is no schema with the number 1"),
            ("database_id", json!(999), "exploration_def.database_id: it is another one"),
            ("description", json!("x".repeat(70_000)), "exploration_def: an exploration can have 64 kB"),
        ] {
            let mut def = named(world, "Prices", "public");
            def[field] = value;
            cases.push((def, expected));
        }
        for (def, expected) in cases {
            let refused = ana.save(def).await.unwrap_err();
            assert!(refused.message().starts_with(expected), "{}", refused.message());
        }
        let without_id = json!({ "new_exploration": named(world, "Prices", "public") });
        let refused = explorations::replace(&ana.ctx, ana.params(without_id)).await.unwrap_err();
        assert!(refused.message().starts_with("new_exploration.id: it is needed"));
    });
}

#[test]
fn explorations_of_another_database_are_out_of_reach() {
    test("", async |world| {
        let ana = world.owner().await;
        let saved = ana.save(named(world, "Prices", "public")).await.unwrap();
        let elsewhere = Connected::at(&world.app, "/nowhere", None, "elsewhere").await;
        let eve = add_user(&world.app, "eve", false).await;
        elsewhere.admit(&eve, "postgres").await;
        let named_by = || {
            let params = json!({ "database_id": elsewhere.database_id, "exploration_id": saved.id });
            serde_json::from_value(params).unwrap()
        };
        assert_eq!(explorations::get(&eve, named_by()).await.unwrap_err().code().code, -29025);
        assert_eq!(explorations::delete(&eve, named_by()).await.unwrap_err().code().code, -29025);
        assert_eq!(names(&ana, json!({})).await, ["Prices"]);
    });
}

#[test]
fn a_renamed_schema_keeps_its_explorations() {
    test("", async |world| {
        let ana = world.owner().await;
        let saved = ana.save(named(world, "Prices", "people")).await.unwrap();
        let patch = json!({ "schema_oid": saved.schema_oid, "patch": { "name": "persons" } });
        model::schemas::patch(&ana.ctx, ana.params(patch)).await.unwrap();
        let stored = world.app.store.explorations().get(world.connected.database_id, saved.id).await.unwrap();
        assert_eq!(stored.schema_name, "persons");
    });
}
