//! Who may call which method.

use mathesar_api::ErrorCode;
use mathesar_api::method::{Access, MethodInfo};
use mathesar_api::methods;
use mathesar_app::{Ctx, SignedIn, access};

use super::world::{World, both, signed_in};
use crate::installation::Connected;

fn method(name: &str) -> &'static MethodInfo {
    methods::find(name).unwrap()
}

async fn refusal(ctx: &Ctx, name: &str, database_id: Option<i64>) -> Option<ErrorCode> {
    access::authorize(ctx, method(name), database_id).await.err().map(|error| error.code())
}

/// A database with the user as its collaborator.
async fn database_of(world: &World, user_id: i64) -> i64 {
    let sales = Connected::at(&world.app, "db.example.org", None, "sales").await;
    let (app, clerk) = (&world.app, sales.add_role(&world.app, "clerk").await);
    app.store.collaborators().add(user_id, sales.database_id, clerk, app.clock.now()).await.unwrap();
    sales.database_id
}

both! {
    async fn a_visitor_may_call_only_what_is_for_anyone(world: &World) {
        let visitor = world.visitor();
        for method in methods::methods() {
            let refused = access::authorize(&visitor, method, Some(1)).await.err().map(|error| error.code());
            let expected = (method.access != Access::Anonymous).then_some(ErrorCode::AUTHENTICATION_FAILED);
            assert_eq!(refused, expected, "{}", method.name);
        }
    }

    async fn a_user_without_places_may_call_what_is_for_all_users(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "ann").await;
        let database_id = database_of(world, signed_in(&root).user_id).await;
        for method in methods::methods() {
            let expected = match method.access {
                Access::Anonymous | Access::Login => None,
                Access::Superuser => Some(ErrorCode::PERMISSION_DENIED),
                Access::Collaborator => Some(ErrorCode::NO_CONNECTION_AVAILABLE),
            };
            for database_id in [database_id, 999] {
                let refused = access::authorize(&ann, method, Some(database_id)).await.err().map(|error| error.code());
                assert_eq!(refused, expected, "{}", method.name);
            }
        }
    }

    async fn a_collaborator_comes_in_and_a_superuser_without_a_place_does_not(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "ann").await;
        let database = database_of(world, signed_in(&ann).user_id).await;
        let database_id = Some(database);
        assert_eq!(refusal(&ann, "databases.get", database_id).await, None);
        assert_eq!(refusal(&ann, "databases.get", None).await, Some(ErrorCode::INVALID_PARAMS));
        assert_eq!(refusal(&root, "databases.get", database_id).await, Some(ErrorCode::NO_CONNECTION_AVAILABLE));
        assert_eq!(refusal(&root, "collaborators.list", database_id).await, None, "or nobody could let them in");
        assert_eq!(refusal(&root, "roles.configured.list", database_id).await, None);
        assert_eq!(refusal(&root, "users.list", None).await, None);
        let place = ann.place(database).await.unwrap();
        assert_eq!((place.role.name.as_str(), place.database.name.as_str()), ("clerk", "sales"));

        // An admitted call knows its place: it is looked up once, and not for another database.
        let admitted = access::authorize(&ann, method("databases.get"), database_id).await.unwrap();
        let collaborators = world.app.store.collaborators();
        let membership = collaborators.membership(signed_in(&ann).user_id, database).await.unwrap().unwrap();
        collaborators.delete(membership.collaborator.id).await.unwrap();
        assert_eq!(admitted.place(database).await.unwrap().role.name, "clerk");
        assert!(admitted.place(database + 1).await.is_err() && ann.place(database).await.is_err());
    }

    async fn who_must_change_the_password_may_do_little_else(world: &World) {
        let mut root = world.root().await;
        root.caller.signed_in = Some(SignedIn { password_change_needed: true, ..signed_in(&root).clone() });
        // A form's link opens it to everybody, so to them as well.
        let forms = ["forms.get", "forms.get_source_info", "forms.list_related_records", "forms.submit"];
        let session = ["session.get", "session.sign_in", "session.sign_out", "setup.status", "setup.complete"];
        for method in methods::methods() {
            let refused = access::authorize(&root, method, Some(1)).await.err().map(|error| error.code());
            let free = [&session[..], &forms[..], &["users.password.replace_own"]].concat().contains(&method.name);
            assert_eq!(refused, (!free).then_some(ErrorCode::PASSWORD_CHANGE_NEEDED), "{}", method.name);
        }
    }
}
