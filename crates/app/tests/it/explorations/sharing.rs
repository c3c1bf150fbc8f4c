//! Whose explorations are, and what others may do with them.

use mathesar_api::methods::explorations::ExplorationInfo;
use mathesar_api::methods::sharing::{SharedAccess, Sharing, SharingRight};
use mathesar_api::methods::tokens;
use mathesar_app::{Caller, Ctx, Result, access, auth, explorations, users};
use serde_json::{Value, json};

use super::world::test;
use crate::installation::add_user;
use crate::world::{Guest, World};

const NOT_THERE: i32 = -29025;
const REFUSED: i32 = -31035;
const VALUE: i32 = -31057;

fn prices(world: &World) -> Value {
    let mut def = world.books(json!([]));
    def["name"] = json!("Prices");
    def["schema_oid"] = json!(world.schema("public"));
    def
}

fn shared(world: &World, access: &str) -> Value {
    let mut def = prices(world);
    def["sharing"] = json!({ "access": access });
    def
}

impl Guest<'_> {
    async fn share(&self, id: i64, mut change: Value) -> Result<Sharing> {
        change["exploration_id"] = json!(id);
        explorations::share(&self.ctx, self.params(change)).await
    }

    async fn read(&self, id: i64) -> Result<ExplorationInfo> {
        explorations::get(&self.ctx, self.params(json!({ "exploration_id": id }))).await
    }

    async fn listed(&self) -> Vec<i64> {
        let listed = explorations::list(&self.ctx, self.params(json!({}))).await.unwrap();
        listed.into_iter().map(|exploration| exploration.id).collect()
    }

    async fn rewrite(&self, read: &ExplorationInfo, change: Value) -> Result<ExplorationInfo> {
        let mut def = serde_json::to_value(read).unwrap();
        def.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        explorations::replace(&self.ctx, self.params(json!({ "new_exploration": def }))).await
    }

    async fn remove(&self, id: i64) -> Result<()> {
        explorations::delete(&self.ctx, self.params(json!({ "exploration_id": id }))).await
    }
}

fn code<T>(answer: Result<T>) -> (i32, String) {
    let error = answer.err().expect("it is refused");
    (error.code().code, error.message().to_owned())
}

#[test]
fn whoever_saves_an_exploration_owns_it_and_others_change_it_as_in_the_original() {
    test("", async |world| {
        let (ana, bob) = (world.owner().await, world.guest(&world.role("bob")).await);
        let saved = ana.save(prices(world)).await.unwrap();
        let owner = saved.sharing.owner.clone().unwrap();
        assert_eq!((owner.id, owner.username.as_str()), (ana.user(), "user0"));
        assert_eq!((saved.sharing.access, saved.sharing.caller_may), (SharedAccess::Write, SharingRight::Share));

        let read = bob.read(saved.id).await.unwrap();
        assert_eq!(read.sharing, Sharing { caller_may: SharingRight::Write, ..saved.sharing.clone() });
        let renamed = bob.rewrite(&read, json!({ "name": "Costs" })).await.unwrap();
        assert_eq!((renamed.sharing.owner, renamed.name.as_str()), (Some(owner.clone()), "Costs"));
        // Whose it is, is not for everybody who may change it.
        let (refused, words) = code(bob.share(saved.id, json!({ "owner_id": bob.user() })).await);
        assert_eq!(refused, REFUSED);
        assert!(words.starts_with("The exploration \"Costs\" belongs to user0. Only they and superusers"), "{words}");
        bob.remove(saved.id).await.unwrap();
    });
}

#[test]
fn what_may_be_read_cannot_be_changed() {
    test("", async |world| {
        let (ana, bob) = (world.owner().await, world.guest(&world.role("bob")).await);
        let saved = ana.save(prices(world)).await.unwrap();
        let told = ana.share(saved.id, json!({ "access": "read" })).await.unwrap();
        assert_eq!(told, Sharing { access: SharedAccess::Read, ..saved.sharing.clone() });

        let read = bob.read(saved.id).await.unwrap();
        assert_eq!((read.sharing.caller_may, bob.listed().await), (SharingRight::Read, vec![saved.id]));
        for refused in [
            code(bob.rewrite(&read, json!({ "name": "Mine" })).await),
            code(bob.remove(saved.id).await),
            code(bob.share(saved.id, json!({ "access": "write" })).await),
        ] {
            assert_eq!(refused.0, REFUSED);
            assert!(refused.1.starts_with("The exploration \"Prices\" belongs to user0"), "{}", refused.1);
        }
        assert_eq!(
            bob.export(saved.id, None, 0).await.unwrap_err().code().code,
            -30101,
            "PostgreSQL decides about the rows"
        );
        assert_eq!(ana.read(saved.id).await.unwrap().name, "Prices");
    });
}

#[test]
fn what_is_kept_to_oneself_is_not_there_for_others() {
    test("", async |world| {
        let (ana, bob) = (world.owner().await, world.guest(&world.role("bob")).await);
        let saved = ana.save(shared(world, "none")).await.unwrap();
        assert_eq!(saved.sharing.access, SharedAccess::None);
        assert!(bob.listed().await.is_empty());
        let gone = code(bob.read(saved.id + 1).await);
        assert_eq!(gone.0, NOT_THERE);
        for refused in [
            code(bob.read(saved.id).await),
            code(bob.rewrite(&saved, json!({ "name": "Mine" })).await),
            code(bob.remove(saved.id).await),
            code(bob.share(saved.id, json!({ "access": "write" })).await),
            code(bob.export(saved.id, None, 0).await),
        ] {
            assert_eq!(refused, gone);
        }
        // That a name is taken is all that can be found out.
        assert_eq!(code(bob.save(prices(world)).await).0, -29042);

        // Its owner and superusers have it all the same.
        let root = world.root(&world.role("root")).await;
        assert_eq!((ana.listed().await, root.listed().await), (vec![saved.id], vec![saved.id]));
        assert_eq!(root.read(saved.id).await.unwrap().sharing.caller_may, SharingRight::Share);
        root.rewrite(&saved, json!({ "description": "checked" })).await.unwrap();
    });
}

#[test]
fn who_sends_back_what_they_got_loosens_nothing() {
    test("", async |world| {
        let ana = world.owner().await;
        let saved = ana.save(prices(world)).await.unwrap();
        ana.share(saved.id, json!({ "access": "none" })).await.unwrap();
        // What was read before, and what a client of the original sends.
        let mut def = serde_json::to_value(&saved).unwrap();
        for _ in 0..2 {
            let replaced =
                explorations::replace(&ana.ctx, ana.params(json!({ "new_exploration": def }))).await.unwrap();
            assert_eq!(replaced.sharing.access, SharedAccess::None);
            def.as_object_mut().unwrap().remove("sharing");
        }
    });
}

#[test]
fn an_exploration_is_given_to_another_collaborator() {
    test("", async |world| {
        let (ana, bob) = (world.owner().await, world.guest(&world.role("bob")).await);
        let saved = ana.save(shared(world, "none")).await.unwrap();
        let stranger = add_user(&world.app, "stranger", false).await.signed_in().unwrap().user_id;
        for nobody in [stranger, 999] {
            let (refused, words) = code(ana.share(saved.id, json!({ "owner_id": nobody })).await);
            assert!(refused == VALUE && words.starts_with("owner_id: the user "), "{words}");
        }
        let told = ana.share(saved.id, json!({ "owner_id": bob.user() })).await.unwrap();
        assert_eq!((told.owner.unwrap().id, told.caller_may), (bob.user(), SharingRight::None));
        assert_eq!(code(ana.read(saved.id).await).0, NOT_THERE);
        bob.share(saved.id, json!({ "access": "read" })).await.unwrap();
        assert_eq!(ana.read(saved.id).await.unwrap().sharing.caller_may, SharingRight::Read);
    });
}

#[test]
fn what_a_deleted_user_leaves_is_everybodys_until_a_superuser_gives_it_to_somebody() {
    test("", async |world| {
        let (ana, bob) = (world.owner().await, world.guest(&world.role("bob")).await);
        let root = world.root(&world.role("root")).await;
        let saved = ana.save(shared(world, "none")).await.unwrap();
        let params = serde_json::from_value(json!({ "user_id": ana.user() })).unwrap();
        users::delete(&root.ctx, params).await.unwrap();

        let left = bob.read(saved.id).await.unwrap();
        assert_eq!(left.sharing, Sharing { owner: None, access: SharedAccess::Write, caller_may: SharingRight::Write });
        bob.rewrite(&left, json!({ "description": "found" })).await.unwrap();
        let (refused, words) = code(bob.share(saved.id, json!({ "owner_id": bob.user() })).await);
        assert!(refused == REFUSED && words.starts_with("Nobody owns the exploration \"Prices\""), "{words}");
        assert_eq!(code(root.share(saved.id, json!({ "access": "read" })).await).0, VALUE);
        let given = root.share(saved.id, json!({ "owner_id": bob.user() })).await.unwrap();
        assert_eq!((given.owner.unwrap().id, given.access), (bob.user(), SharedAccess::Write));
        assert_eq!(bob.read(saved.id).await.unwrap().sharing.caller_may, SharingRight::Share);
    });
}

#[test]
fn a_token_reaches_what_its_user_owns_within_its_scopes() {
    test("", async |world| {
        let (ana, bob) = (world.owner().await, world.guest(&world.role("bob")).await);
        let saved = ana.save(shared(world, "none")).await.unwrap();
        let database_id = world.connected.database_id;
        let with_token = async |guest: &Guest<'_>, read_only: bool| {
            let new = tokens::AddParams { name: format!("reads only: {read_only}"), read_only, ..Default::default() };
            let made = auth::tokens::add(&guest.ctx, new).await.unwrap();
            let signed_in = auth::tokens::bearer(&world.app, &made.token.into(), &Caller::default()).await.unwrap();
            Ctx::new(world.app.clone(), Caller { signed_in: Some(signed_in), ..Caller::default() })
        };
        let may_share = async |ctx: &Ctx| {
            let method = mathesar_api::methods::find("explorations.share").unwrap();
            access::authorize(ctx, method, Some(database_id)).await.map(drop).map_err(|error| error.code().code)
        };
        let reader = Guest { world, ctx: with_token(&ana, true).await };
        assert_eq!((reader.listed().await, may_share(&reader.ctx).await), (vec![saved.id], Err(REFUSED)));
        let whole = Guest { world, ctx: with_token(&ana, false).await };
        assert_eq!(may_share(&whole.ctx).await, Ok(()));
        let other = Guest { world, ctx: with_token(&bob, false).await };
        assert!(other.listed().await.is_empty());
        whole.share(saved.id, json!({ "access": "read" })).await.unwrap();
        assert_eq!(other.read(saved.id).await.unwrap().sharing.caller_may, SharingRight::Read);
    });
}
