//! Whose forms are, and what others may do with them.

use mathesar_api::methods::forms::FormInfo;
use mathesar_api::methods::sharing::{SharedAccess, Sharing, SharingRight};
use mathesar_app::{Result, forms};
use serde_json::{Value, json};

use super::world::{link, submit, test};
use crate::world::{Guest, World};

const NOT_THERE: i32 = -29025;
const REFUSED: i32 = -31035;

impl Guest<'_> {
    async fn share_form(&self, id: i64, mut change: Value) -> Result<Sharing> {
        change["form_id"] = json!(id);
        forms::share(&self.ctx, self.params(change)).await
    }

    async fn sees_form(&self, id: i64) -> bool {
        let listed = forms::list(&self.ctx, self.params(json!({}))).await.unwrap();
        listed.iter().any(|form| form.id == id)
    }

    /// The numbers of the errors that each way of changing a form gives.
    async fn refusals(&self, id: i64) -> Vec<i32> {
        let params = || json!({ "form_id": id });
        let refused = [
            self.patch_form(id, json!({ "name": "Mine" })).await.map(drop),
            self.publish(id, false).await.map(drop),
            self.publish(id, true).await.map(drop),
            forms::regenerate_token(&self.ctx, self.params(params())).await.map(drop),
            forms::delete(&self.ctx, self.params(params())).await,
            self.share_form(id, json!({ "access": "write" })).await.map(drop),
        ];
        refused.into_iter().map(|refused| refused.expect_err("it is refused").code().code).collect()
    }
}

async fn form(owner: &Guest<'_>, access: &str, publish_public: bool) -> FormInfo {
    let world: &World = owner.world;
    let mut def = world.visits(json!([world.value("visit", "note")]));
    def["sharing"] = json!({ "access": access });
    def["publish_public"] = json!(publish_public);
    owner.add_form(def).await.unwrap()
}

#[test]
fn a_form_is_its_owners_who_says_what_others_may() {
    test("", async |world| {
        let (ana, bob) = (world.owner().await, world.guest(&world.role("bob")).await);
        let form = form(&ana, "write", true).await;
        let sharing = form.sharing.clone().unwrap();
        assert_eq!((sharing.owner.as_ref().unwrap().id, sharing.caller_may), (ana.user(), SharingRight::Share));
        assert!(!bob.publish(form.id, false).await.unwrap());

        ana.share_form(form.id, json!({ "access": "read" })).await.unwrap();
        assert!(bob.sees_form(form.id).await);
        assert_eq!(bob.refusals(form.id).await, [REFUSED; 6]);
        let words = bob.patch_form(form.id, json!({ "name": "Mine" })).await.unwrap_err().message().to_owned();
        assert!(words.starts_with("The form \"Visits\" belongs to user0, who lets others see it"), "{words}");

        ana.share_form(form.id, json!({ "access": "none" })).await.unwrap();
        assert!(!bob.sees_form(form.id).await);
        assert_eq!(bob.refusals(form.id).await, [NOT_THERE; 6]);
        // A form that is changed stays whose it is, and as closed as it was.
        let patched = ana.patch_form(form.id, json!({ "name": "Calls" })).await.unwrap();
        assert_eq!(patched.sharing, Some(Sharing { access: SharedAccess::None, ..sharing }));

        let root = world.root(&world.role("root")).await;
        let given = root.share_form(form.id, json!({ "owner_id": bob.user() })).await.unwrap();
        assert_eq!((given.owner.unwrap().id, given.caller_may), (bob.user(), SharingRight::Share));
        assert!(bob.sees_form(form.id).await && !ana.sees_form(form.id).await);
    });
}

#[test]
fn the_link_of_a_form_opens_what_it_opened() {
    test("", async |world| {
        let (ana, bob) = (world.owner().await, world.guest(&world.role("bob")).await);
        let visitor = world.visitor("192.0.2.1");
        let public = form(&ana, "none", true).await;
        // To who may not see it in the database it is what it is to everybody who has the link.
        for ctx in [&visitor, &bob.ctx] {
            let seen = forms::get(ctx, link(&public)).await.unwrap();
            assert_eq!((seen.sharing, seen.associated_role_id, seen.name.as_str()), (None, None, "Visits"));
            submit(ctx, &public, r#"{"note": "x"}"#).await.unwrap();
        }
        assert_eq!(forms::get(&ana.ctx, link(&public)).await.unwrap(), public);

        let closed = form(&ana, "none", false).await;
        assert_eq!(forms::get(&bob.ctx, link(&closed)).await.unwrap_err().code().code, NOT_THERE);
        ana.share_form(closed.id, json!({ "access": "read" })).await.unwrap();
        let seen = forms::get(&bob.ctx, link(&closed)).await.unwrap();
        assert_eq!(seen.sharing.unwrap().caller_may, SharingRight::Read);
    });
}
