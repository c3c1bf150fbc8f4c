//! Users and collaborators.

use mathesar_api::ErrorCode;
use mathesar_api::methods::NoParams;
use mathesar_api::methods::collaborators::{AddParams, CollaboratorParams, ListParams, SetRoleParams};
use mathesar_api::methods::users::{PatchOtherParams, PatchSelfParams, UserParams};
use mathesar_app::{collaborators, users};

use super::world::{World, both, signed_in, users_add};
use crate::installation::Connected;

fn patch_other(user_id: i64) -> PatchOtherParams {
    PatchOtherParams {
        user_id,
        username: None,
        is_superuser: None,
        email: None,
        full_name: None,
        display_language: None,
    }
}

both! {
    async fn users_are_added_listed_changed_and_deleted(world: &World) {
        let root = world.root().await;
        let ann = users::add(&root, users_add("ann", "correct horse")).await.unwrap();
        assert_eq!((ann.email.as_str(), ann.display_language.as_str(), ann.is_superuser), ("", "en", false));
        let names: Vec<_> = users::list(&root, NoParams {}).await.unwrap().into_iter().map(|u| u.username).collect();
        assert_eq!(names, ["ann", "root"]);
        let change = PatchOtherParams {
            email: Some(Some("ann@example.org".to_owned())),
            is_superuser: Some(true),
            ..patch_other(ann.id)
        };
        let changed = users::patch_other(&root, change).await.unwrap();
        assert_eq!((changed.email.as_str(), changed.is_superuser), ("ann@example.org", true));
        let cleared = PatchOtherParams { email: Some(None), ..patch_other(ann.id) };
        assert_eq!(users::patch_other(&root, cleared).await.unwrap().email, "");
        users::delete(&root, UserParams { user_id: ann.id }).await.unwrap();
        let gone = users::get(&root, UserParams { user_id: ann.id }).await.unwrap_err();
        assert_eq!(gone.code(), ErrorCode::DOES_NOT_EXIST);
    }

    async fn what_breaks_a_rule_is_refused(world: &World) {
        let root = world.root().await;
        for (username, password) in [("", "correct horse"), ("a:b", "correct horse"), ("ann", "short")] {
            let refused = users::add(&root, users_add(username, password)).await.unwrap_err();
            assert_eq!(refused.code(), ErrorCode::VALIDATION, "{username:?}");
        }
        let taken = users::add(&root, users_add("root", "correct horse")).await.unwrap_err();
        assert_eq!(taken.code(), ErrorCode::ALREADY_EXISTS);
        let bad = PatchSelfParams { email: Some(Some("nowhere".to_owned())), ..PatchSelfParams::default() };
        assert_eq!(users::patch_self(&root, bad).await.unwrap_err().code(), ErrorCode::VALIDATION);
    }

    async fn the_last_superuser_and_oneself_stay(world: &World) {
        let root = world.root().await;
        let user_id = signed_in(&root).user_id;
        let own = users::delete(&root, UserParams { user_id }).await.unwrap_err();
        assert_eq!(own.code(), ErrorCode::VALIDATION);
        let demoted = PatchOtherParams { is_superuser: Some(false), ..patch_other(user_id) };
        let last = users::patch_other(&root, demoted).await.unwrap_err();
        assert_eq!(last.code(), ErrorCode::ALREADY_EXISTS);
    }

    async fn a_user_changes_their_own_account(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "ann").await;
        let change = PatchSelfParams {
            username: Some("anna".to_owned()),
            full_name: Some(Some("Anna Meier".to_owned())),
            ..PatchSelfParams::default()
        };
        let changed = users::patch_self(&ann, change).await.unwrap();
        assert_eq!((changed.username.as_str(), changed.full_name.as_str()), ("anna", "Anna Meier"));
        assert_eq!(changed.id, signed_in(&ann).user_id);
    }

    async fn collaborators_are_added_listed_moved_and_deleted(world: &World) {
        let root = world.root().await;
        let (database_id, clerk, boss) = sales(world).await;
        let ann = world.add_user(&root, "ann").await;
        let add = AddParams { database_id, user_id: ann.id, configured_role_id: clerk };
        let added = collaborators::add(&root, add.clone()).await.unwrap();
        assert_eq!((added.user_info.username.as_str(), added.configured_role_id), ("ann", clerk));
        assert_eq!(collaborators::add(&root, add).await.unwrap_err().code(), ErrorCode::ALREADY_EXISTS);
        let moved = SetRoleParams { collaborator_id: added.id, configured_role_id: boss };
        assert_eq!(collaborators::set_role(&root, moved).await.unwrap().configured_role_id, boss);
        let listed = collaborators::list(&root, ListParams { database_id }).await.unwrap();
        assert_eq!(listed.iter().map(|place| place.configured_role_id).collect::<Vec<_>>(), [boss]);
        let nobody = AddParams { database_id, user_id: 999, configured_role_id: clerk };
        assert_eq!(collaborators::add(&root, nobody).await.unwrap_err().code(), ErrorCode::DOES_NOT_EXIST);
        collaborators::delete(&root, CollaboratorParams { collaborator_id: added.id }).await.unwrap();
        assert!(collaborators::list(&root, ListParams { database_id }).await.unwrap().is_empty());
    }
}

/// A database with two stored roles, none of which is ever connected to.
async fn sales(world: &World) -> (i64, i64, i64) {
    let sales = Connected::at(&world.app, "db.example.org", None, "sales").await;
    let (clerk, boss) = (sales.add_role(&world.app, "clerk").await, sales.add_role(&world.app, "boss").await);
    (sales.database_id, clerk, boss)
}
