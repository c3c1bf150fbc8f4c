//! Changing passwords.

use mathesar_api::ErrorCode;
use mathesar_api::methods::NoParams;
use mathesar_api::methods::users::{ReplaceOwnPasswordParams, RevokePasswordParams};
use mathesar_app::{auth, limits, users};

use super::world::{OTHER_PASSWORD, PASSWORD, World, both, signed_in};

fn replacement(old: &str, new: &str) -> ReplaceOwnPasswordParams {
    ReplaceOwnPasswordParams { old_password: old.to_owned(), new_password: new.to_owned() }
}

both! {
    async fn a_new_own_password_keeps_this_session_only(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "annabelle").await;
        let other = world.sign_in("annabelle", PASSWORD).await.unwrap();
        users::replace_own_password(&ann, replacement(PASSWORD, OTHER_PASSWORD)).await.unwrap();
        assert!(world.with_session(&other).await.caller.signed_in.is_none());
        let left = auth::list(&ann, NoParams {}).await.unwrap();
        assert_eq!(left.iter().map(|session| Some(session.id)).collect::<Vec<_>>(), [signed_in(&ann).session_id]);
        assert!(world.sign_in("annabelle", PASSWORD).await.is_err());
        world.sign_in("annabelle", OTHER_PASSWORD).await.unwrap();
    }

    async fn a_new_own_password_needs_the_old_one_and_the_rules(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "annabelle").await;
        let wrong = users::replace_own_password(&ann, replacement("wrong", OTHER_PASSWORD)).await.unwrap_err();
        assert_eq!(wrong.code(), ErrorCode::INCORRECT_OLD_PASSWORD);
        for weak in ["short", "12345678901", "qwertyuiop", "annabelle1", PASSWORD] {
            let refused = users::replace_own_password(&ann, replacement(PASSWORD, weak)).await.unwrap_err();
            assert_eq!(refused.code(), ErrorCode::VALIDATION, "{weak}");
        }
        world.sign_in("annabelle", PASSWORD).await.unwrap();
    }

    async fn a_stolen_session_is_no_way_to_guess(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "annabelle").await;
        for _ in 0..limits::SIGN_IN_FAILURES_PER_MINUTE {
            users::replace_own_password(&ann, replacement("a guess", OTHER_PASSWORD)).await.unwrap_err();
        }
        let held = users::replace_own_password(&ann, replacement(PASSWORD, OTHER_PASSWORD)).await.unwrap_err();
        assert_eq!(held.code(), ErrorCode::THROTTLED);
    }

    async fn a_password_set_by_a_superuser_must_be_changed(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "annabelle").await;
        let user_id = signed_in(&ann).user_id;
        let set = RevokePasswordParams { user_id, new_password: OTHER_PASSWORD.to_owned() };
        users::revoke_password(&root, set).await.unwrap();
        assert!(auth::list(&ann, NoParams {}).await.unwrap().is_empty(), "all sessions have ended");
        let ann = world.with_session(&world.sign_in("annabelle", OTHER_PASSWORD).await.unwrap()).await;
        assert!(signed_in(&ann).password_change_needed);
        users::replace_own_password(&ann, replacement(OTHER_PASSWORD, PASSWORD)).await.unwrap();
        assert!(!auth::get(&ann, NoParams {}).await.unwrap().password_change_needed);
    }
}
