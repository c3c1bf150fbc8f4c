//! Saving forms.

use mathesar_api::methods::forms::FormInfo;
use mathesar_app::forms;
use serde_json::{Value, json};

use super::world::{link, test};
use crate::world::{Guest, World};

async fn names(guest: &Guest<'_>, params: Value) -> Vec<String> {
    let listed = forms::list(&guest.ctx, guest.params(params)).await.unwrap();
    listed.into_iter().map(|form| form.name).collect()
}

#[test]
fn a_form_is_saved_changed_and_deleted() {
    test("create schema other", async |world| {
        let owner = world.owner().await;
        let mut fields = vec![world.value("visit", "note"), world.person("guest", "can_pick_or_create")];
        (fields[0]["index"], fields[0]["label"], fields[1]["index"]) = (json!(5), json!("Remarks"), json!(2));
        let mut def = world.visits(json!(fields));
        def["header_subtitle"] = json!({ "text": "Tell us." });
        let form = owner.add_form(def).await.unwrap();
        assert_eq!((form.header_title.text.as_str(), form.version, form.publish_public), ("Visits", 1, true));
        let found: Vec<_> = form.fields.iter().map(|field| (field.key.as_str(), field.id, field.form_id)).collect();
        assert_eq!(found, [("guest", Some(1), Some(form.id)), ("note", Some(4), Some(form.id))]);
        assert_eq!(form.fields[0].child_fields.as_ref().unwrap()[1].id, Some(3));
        assert_eq!(form.token.len(), 36);

        let patch =
            json!({ "name": "Calls", "header_subtitle": null, "submit_redirect_url": "https://example.org/thanks" });
        let patched = owner.patch_form(form.id, patch).await.unwrap();
        let expected = FormInfo {
            name: "Calls".into(),
            header_subtitle: None,
            submit_redirect_url: Some("https://example.org/thanks".into()),
            ..form.clone()
        };
        assert_eq!(patched, expected);
        // What a form gives can be given back as it is.
        assert_eq!(owner.patch_form(form.id, json!({ "fields": form.fields })).await.unwrap(), expected);
        assert_eq!(forms::get(&owner.ctx, link(&form)).await.unwrap(), expected);

        assert_eq!(names(&owner, json!({ "schema_oid": world.schema("public") })).await, ["Calls"]);
        owner.patch_form(form.id, json!({ "schema_oid": world.schema("other") })).await.unwrap();
        assert!(names(&owner, json!({ "schema_oid": world.schema("public") })).await.is_empty());
        assert_eq!(names(&owner, json!({})).await, ["Calls"]);

        forms::delete(&owner.ctx, owner.params(json!({ "form_id": form.id }))).await.unwrap();
        assert!(names(&owner, json!({})).await.is_empty());
        assert_eq!(owner.patch_form(form.id, json!({})).await.unwrap_err().code().code, -29025);
    });
}

#[test]
fn another_link_ends_the_one_before() {
    test("", async |world| {
        let owner = world.owner().await;
        let form = owner.form(&["note"]).await;
        let token = forms::regenerate_token(&owner.ctx, owner.params(json!({ "form_id": form.id }))).await.unwrap();
        assert_ne!(token, form.token);
        let visitor = world.visitor("192.0.2.1");
        assert_eq!(forms::get(&visitor, link(&form)).await.unwrap_err().code().code, -29025);
        assert_eq!(forms::get(&visitor, link(&FormInfo { token, ..form })).await.unwrap().name, "Visits");
    });
}

/// A change of a form that can be saved, and how it is refused.
type Refusal = (fn(&World, &mut Value), i32, &'static str);

#[test]
fn what_cannot_be_saved_is_named_by_its_path() {
    let cases: &[Refusal] = &[
        (|_, form| form["name"] = json!(" "), -31057, "form_def.name: "),
        (|_, form| form["version"] = json!(2), -31057, "form_def.version: "),
        (|_, form| form["database_id"] = json!(999), -31057, "form_def.database_id: "),
        (|_, form| form["schema_oid"] = json!(1), -29025, "There is no schema"),
        (|_, form| form["base_table_oid"] = json!(1), -30259, "form_def.base_table_oid: "),
        (
            |_, form| form["submit_redirect_url"] = json!("javascript:alert(1)"),
            -31057,
            "form_def.submit_redirect_url: ",
        ),
        (|_, form| form["submit_redirect_url"] = json!("/elsewhere"), -31057, "form_def.submit_redirect_url: "),
        (|_, form| form["header_subtitle"] = json!({ "text": "x".repeat(300_000) }), -24002, "form_def: "),
        (|_, form| form["fields"][0]["key"] = json!("type"), -31057, "form_def.fields[0].key: "),
        (|_, form| form["fields"][0]["key"] = json!("guest name"), -31057, "form_def.fields[1].child_fields[0].key: "),
        (|_, form| form["fields"][0]["column_attnum"] = json!(99), -30254, "form_def.fields[0]: "),
        (|_, form| form["fields"][0]["column_attnum"] = json!(-1), -30254, "form_def.fields[0]: "),
        (
            |world, form| form["fields"][0]["column_attnum"] = json!(world.attnum("visit", "twice")),
            -24008,
            "form_def.fields[0]: ",
        ),
        (
            |world, form| form["fields"][1]["child_fields"][0]["column_attnum"] = json!(world.attnum("person", "id")),
            -24008,
            "form_def.fields[1].child_fields[0]: ",
        ),
        (
            |world, form| form["fields"][0]["column_attnum"] = json!(world.attnum("visit", "guest")),
            -31057,
            "form_def.fields[1].column_attnum: ",
        ),
        (|_, form| form["fields"][0]["kind"] = json!("foreign_key"), -31057, "form_def.fields[0].related_table_oid: "),
        (
            |world, form| form["fields"][1]["related_table_oid"] = json!(world.oid("visit")),
            -31057,
            "form_def.fields[1].related_table_oid: ",
        ),
        (
            |_, form| form["fields"][1]["kind"] = json!("scalar_column"),
            -31057,
            "form_def.fields[1].related_table_oid: ",
        ),
        (
            |world, form| {
                let fields =
                    (0..400).map(|n| json!({ "key": n.to_string(), "kind": "scalar_column", "column_attnum": n }));
                form["fields"][1]["child_fields"] = fields.collect();
                form["base_table_oid"] = json!(world.oid("visit"));
            },
            -30254,
            "form_def.fields[1].child_fields[0]: ",
        ),
    ];
    test("", async |world| {
        let owner = world.owner().await;
        let form = world.visits(json!([world.value("visit", "note"), world.person("guest", "must_create")]));
        owner.add_form(form.clone()).await.unwrap();
        for (index, (change, code, path)) in cases.iter().enumerate() {
            let mut changed = form.clone();
            change(world, &mut changed);
            let error = owner.add_form(changed).await.unwrap_err();
            assert_eq!(error.code().code, *code, "{index}: {}", error.message());
            assert!(error.message().starts_with(path), "{index}: {}", error.message());
        }
        assert_eq!(names(&owner, json!({})).await, ["Visits"]);
    });
}

#[test]
fn another_table_needs_other_fields() {
    test("", async |world| {
        let owner = world.owner().await;
        let form = owner.form(&["note"]).await;
        let error = owner.patch_form(form.id, json!({ "base_table_oid": world.oid("person") })).await.unwrap_err();
        assert!(error.message().starts_with("update_form_def.fields: "), "{}", error.message());
        let patch = json!({ "base_table_oid": world.oid("person"), "fields": [world.value("person", "name")] });
        assert_eq!(owner.patch_form(form.id, patch).await.unwrap().base_table_oid, world.oid("person"));
    });
}

#[test]
fn a_column_that_another_program_added_a_moment_ago_can_be_asked_for() {
    test("", async |world| {
        let ana = world.owner().await;
        ana.form(&["seats"]).await;
        world.execute("alter table visit add extra int");
        let form = ana.form(&["seats", "extra"]).await;
        assert_eq!(form.fields.len(), 2);
    });
}
