//! As which role a form works, and who may let it.

use mathesar_app::{Ctx, SignedIn, forms};
use serde_json::json;

use super::world::{link, refusal, submit, test};
use crate::installation::add_user;
use crate::world::{Guest, World};

/// The same user as a superuser of the installation.
fn superuser<'w>(guest: &Guest<'w>) -> Guest<'w> {
    let mut caller = guest.ctx.caller.clone();
    caller.signed_in = caller.signed_in.map(|user| SignedIn { is_superuser: true, ..user });
    Guest { world: guest.world, ctx: Ctx::new(guest.ctx.app.clone(), caller) }
}

fn clerk(world: &World) -> String {
    let role = world.role("clerk");
    world.execute(&format!("grant insert on visit to {role}"));
    role
}

#[test]
fn a_form_works_as_its_role_whoever_fills_it_in() {
    test("", async |world| {
        let owner = world.owner().await;
        let role = clerk(world);
        let bob = world.guest(&role).await;
        let form = bob.form(&["note"]).await;
        // The owner's own rights, and those of nobody, play no part.
        for ctx in [&owner.ctx, &bob.ctx, &world.visitor("192.0.2.1")] {
            submit(ctx, &form, r#"{"note": "x"}"#).await.unwrap();
            assert_eq!(world.last_visit("note, inside"), format!(r#"["x", "{role}"]"#));
        }
    });
}

#[test]
fn nobody_lets_a_form_work_as_more_than_they_are() {
    test("", async |world| {
        let owner = world.owner().await;
        let strong = owner.form(&["note"]).await;
        let bob = world.guest(&clerk(world)).await;
        let mut def = world.visits(json!([world.value("visit", "note")]));
        def["associated_role_id"] = json!(strong.associated_role_id);
        for refused in [
            bob.add_form(def.clone()).await,
            bob.patch_form(strong.id, json!({ "fields": [world.value("visit", "code")] })).await,
            bob.patch_form(strong.id, json!({ "name": "Mine" })).await,
        ] {
            assert_eq!(refused.unwrap_err().code().code, -31035);
        }
        // To close it takes nothing away from anybody's database; to open it again would.
        assert!(!bob.publish(strong.id, false).await.unwrap());
        assert_eq!(bob.publish(strong.id, true).await.unwrap_err().code().code, -31035);
        // It can be taken over as one's own.
        let weak = bob.form(&["note"]).await;
        let taken = bob.patch_form(strong.id, json!({ "associated_role_id": weak.associated_role_id })).await.unwrap();
        assert_eq!(taken.associated_role_id, weak.associated_role_id);

        let admin = superuser(&bob);
        assert_eq!(admin.add_form(def.clone()).await.unwrap().associated_role_id, strong.associated_role_id);
        def["associated_role_id"] = json!(999);
        assert_eq!(admin.add_form(def.clone()).await.unwrap_err().code().code, -29025);
        let elsewhere = crate::installation::Connected::at(&world.app, "elsewhere", None, "other").await;
        def["associated_role_id"] = json!(elsewhere.add_role(&world.app, "postgres").await);
        assert_eq!(admin.add_form(def).await.unwrap_err().code().code, -31057);
    });
}

#[test]
fn a_form_that_is_not_public_is_there_only_for_who_works_in_its_database() {
    test("", async |world| {
        let owner = world.owner().await;
        let form = owner.form(&["note"]).await;
        let (visitor, stranger) = (world.visitor("192.0.2.1"), add_user(&world.app, "stranger", true).await);
        let seen = forms::get(&visitor, link(&form)).await.unwrap();
        assert_eq!((seen.associated_role_id, seen.fields), (None, form.fields.clone()));

        owner.publish(form.id, false).await.unwrap();
        let mut wrong = form.clone();
        wrong.token = "00000000-0000-4000-8000-000000000000".into();
        let words = forms::get(&visitor, link(&wrong)).await.unwrap_err().message().to_owned();
        for ctx in [&visitor, &stranger] {
            let error = forms::get(ctx, link(&form)).await.unwrap_err();
            assert_eq!((error.code().code, error.message()), (-29025, words.as_str()));
            assert_eq!(forms::get_source_info(ctx, link(&form)).await.unwrap_err().message(), words);
            assert_eq!(refusal(ctx, &form, "{}").await, (-29025, None, words.clone()));
        }
        assert_eq!(forms::get(&owner.ctx, link(&form)).await.unwrap().associated_role_id, form.associated_role_id);
        assert_eq!(refusal(&owner.ctx, &form, "{}").await.0, -31002);
        assert_eq!(world.count("visit"), "0");

        let mut changing = owner.ctx.caller.clone();
        changing.signed_in = changing.signed_in.map(|user| SignedIn { password_change_needed: true, ..user });
        let changing = Ctx::new(world.app.clone(), changing);
        assert_eq!(forms::get(&changing, link(&form)).await.unwrap_err().message(), words);
    });
}

#[test]
fn a_form_whose_role_was_forgotten_does_not_work() {
    test("", async |world| {
        let owner = world.owner().await;
        let role = clerk(world);
        let form = world.guest(&role).await.form(&["note"]).await;
        let params = json!({ "configured_role_id": form.associated_role_id });
        mathesar_app::databases::roles::delete(&owner.ctx, serde_json::from_value(params).unwrap()).await.unwrap();
        let (code, _, words) = refusal(&world.visitor("192.0.2.1"), &form, r#"{"note": "x"}"#).await;
        assert_eq!(code, -28030);
        assert!(words.starts_with("The form does not work"), "{words}");
        assert!(refusal(&owner.ctx, &form, r#"{"note": "x"}"#).await.2.contains("no role"));
        owner.publish(form.id, false).await.unwrap();
        assert_eq!(owner.publish(form.id, true).await.unwrap_err().code().code, -31057);
    });
}

#[test]
fn a_flood_from_one_address_is_held_off() {
    test("", async |world| {
        let form = world.owner().await.form(&["note"]).await;
        let flood = world.visitor("192.0.2.1");
        for _ in 0..mathesar_app::limits::FORM_SUBMISSIONS_PER_MINUTE {
            submit(&flood, &form, "{}").await.unwrap();
        }
        assert_eq!(submit(&flood, &form, "{}").await.unwrap_err().code().code, -24003);
        submit(&world.visitor("192.0.2.2"), &form, "{}").await.unwrap();
        forms::get(&flood, link(&form)).await.unwrap();
    });
}
