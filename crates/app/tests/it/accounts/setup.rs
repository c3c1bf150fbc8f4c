//! First run.

use mathesar_api::ErrorCode;
use mathesar_api::methods::NoParams;
use mathesar_api::methods::setup::CompleteParams;
use mathesar_app::setup::{self, Created, FirstSuperuser};
use mathesar_app::{auth, limits};
use secrecy::ExposeSecret;

use super::world::{OTHER_PASSWORD, PASSWORD, World, both, signed_in};

fn completion(token: &str, password: &str) -> CompleteParams {
    CompleteParams {
        token: token.to_owned(),
        username: "ann".to_owned(),
        password: password.to_owned(),
        email: Some("ann@example.org".to_owned()),
        full_name: None,
        display_language: Some("de".to_owned()),
    }
}

async fn token(world: &World) -> String {
    setup::mint_token(&world.app).await.unwrap().unwrap().token.expose_secret().to_owned()
}

both! {
    async fn the_link_makes_a_superuser_who_is_signed_in(world: &World) {
        assert!(!setup::status(&world.visitor(), NoParams {}).await.unwrap().complete);
        assert!(auth::get(&world.visitor(), NoParams {}).await.unwrap().setup_needed);
        let token = token(world).await;
        assert_eq!(token.len(), 43);
        let issued = setup::complete(&world.visitor(), completion(&token, PASSWORD)).await.unwrap();
        let user = issued.info.user.as_ref().unwrap();
        assert_eq!((user.username.as_str(), user.is_superuser, user.display_language.as_str()), ("ann", true, "de"));
        let ctx = world.with_session(&issued).await;
        assert!(signed_in(&ctx).is_superuser && !signed_in(&ctx).password_change_needed);
        assert!(setup::status(&world.visitor(), NoParams {}).await.unwrap().complete);
        assert!(!auth::get(&world.visitor(), NoParams {}).await.unwrap().setup_needed);
        assert!(setup::mint_token(&world.app).await.unwrap().is_none());
        let again = setup::complete(&world.visitor(), completion(&token, PASSWORD)).await.err().unwrap();
        assert_eq!(again.code(), ErrorCode::ALREADY_EXISTS);
    }

    async fn a_wrong_old_or_replaced_token_is_refused(world: &World) {
        let wrong = setup::complete(&world.visitor(), completion("wrong", PASSWORD)).await.err().unwrap();
        assert_eq!(wrong.code(), ErrorCode::SETUP_TOKEN);
        assert!(wrong.message().contains("mathesar setup-link"), "{}", wrong.message());
        let first = token(world).await;
        let second = token(world).await;
        let replaced = setup::complete(&world.visitor(), completion(&first, PASSWORD)).await.err().unwrap();
        assert_eq!(replaced.code(), ErrorCode::SETUP_TOKEN);
        world.pass(limits::SETUP_TOKEN_AGE.as_secs() as i64);
        let old = setup::complete(&world.visitor(), completion(&second, PASSWORD)).await.err().unwrap();
        assert_eq!(old.code(), ErrorCode::SETUP_TOKEN);
    }

    async fn a_weak_password_does_not_use_the_token_up(world: &World) {
        let token = token(world).await;
        let weak = setup::complete(&world.visitor(), completion(&token, "password1")).await.err().unwrap();
        assert_eq!(weak.code(), ErrorCode::VALIDATION);
        setup::complete(&world.visitor(), completion(&token, PASSWORD)).await.unwrap();
    }

    async fn guessing_tokens_is_throttled(world: &World) {
        let token = token(world).await;
        for _ in 0..limits::SIGN_IN_FAILURES_PER_MINUTE {
            let wrong = setup::complete(&world.visitor(), completion("wrong", PASSWORD)).await.err().unwrap();
            assert_eq!(wrong.code(), ErrorCode::SETUP_TOKEN);
        }
        let held = setup::complete(&world.visitor(), completion(&token, PASSWORD)).await.err().unwrap();
        assert_eq!(held.code(), ErrorCode::THROTTLED);
        world.pass(60);
        setup::complete(&world.visitor(), completion(&token, PASSWORD)).await.unwrap();
    }

    async fn settings_create_the_first_superuser_only_while_there_is_none(world: &World) {
        let first = |password: &str| FirstSuperuser {
            username: "ann".to_owned(),
            password: password.to_owned().into(),
            email: None,
        };
        let weak = setup::create_first_superuser(&world.app, first("12345678")).await.unwrap_err();
        assert_eq!(weak.code(), ErrorCode::VALIDATION);
        assert_eq!(setup::create_first_superuser(&world.app, first(PASSWORD)).await.unwrap(), Created::Now);
        assert_eq!(setup::create_first_superuser(&world.app, first(OTHER_PASSWORD)).await.unwrap(), Created::Before);
        world.sign_in("ann", PASSWORD).await.unwrap();
        assert!(world.sign_in("ann", OTHER_PASSWORD).await.is_err());
    }
}
