//! Signing in and out, sessions, HTTP Basic.

use std::sync::Arc;

use mathesar_api::ErrorCode;
use mathesar_api::methods::NoParams;
use mathesar_api::methods::session::{Preferences, RevokeParams};
use mathesar_app::{Ctx, Error, SignedIn, auth, limits};
use secrecy::ExposeSecret;

use super::world::{OTHER_PASSWORD, PASSWORD, World, both, credentials, signed_in};

async fn basic(ctx: &Ctx, username: &str, password: &str) -> Result<SignedIn, Error> {
    auth::basic(&ctx.app, username, password.to_owned().into(), &ctx.caller).await
}

both! {
    async fn a_cookie_stands_for_its_user_until_sign_out(world: &World) {
        world.root().await;
        let issued = world.sign_in("root", PASSWORD).await.unwrap();
        let ctx = world.with_session(&issued).await;
        let info = auth::get(&ctx, NoParams {}).await.unwrap();
        assert_eq!(info.user.unwrap().username, "root");
        assert_eq!((info.version.as_str(), info.can_create_databases), ("1.2.3", false));
        auth::sign_out(&ctx, NoParams {}).await.unwrap();
        assert!(world.with_session(&issued).await.caller.signed_in.is_none());
        auth::sign_out(&ctx, NoParams {}).await.unwrap();
        assert!(auth::get(&world.visitor(), NoParams {}).await.unwrap().user.is_none());
    }

    async fn what_is_no_cookie_of_ours_is_nobody(world: &World) {
        world.root().await;
        for cookie in ["", "x", &"x".repeat(43), &"x".repeat(10_000)] {
            assert!(auth::by_cookie(&world.app, cookie, None).await.unwrap().is_none());
        }
    }

    async fn unknown_names_and_wrong_passwords_read_the_same(world: &World) {
        world.root().await;
        let unknown = world.sign_in("nobody", PASSWORD).await.err().unwrap();
        let wrong = world.sign_in("root", OTHER_PASSWORD).await.err().unwrap();
        let long = world.sign_in(&"x".repeat(100), PASSWORD).await.err().unwrap();
        let nul = world.sign_in("ro\0ot", PASSWORD).await.err().unwrap();
        for error in [&unknown, &wrong, &long, &nul] {
            assert_eq!(error.code(), ErrorCode::AUTHENTICATION_FAILED);
            assert_eq!(error.message(), unknown.message());
        }
    }

    async fn guessing_is_throttled_by_account_and_by_address(world: &World) {
        let root = world.root().await;
        world.add_user(&root, "ann").await;
        for host in 0..limits::SIGN_IN_FAILURES_PER_MINUTE {
            let ctx = world.visitor_from(&format!("198.51.100.{host}"));
            auth::sign_in(&ctx, credentials("ann", "a guess")).await.err().unwrap();
        }
        let held = world.sign_in("ann", PASSWORD).await.err().unwrap();
        assert_eq!(held.code(), ErrorCode::THROTTLED);
        assert_eq!(basic(&world.visitor(), "ann", PASSWORD).await.unwrap_err().code(), ErrorCode::THROTTLED);
        world.sign_in("root", PASSWORD).await.unwrap();
        for name in 0..limits::SIGN_IN_FAILURES_PER_MINUTE {
            world.sign_in(&format!("name{name}"), "a guess").await.err().unwrap();
        }
        assert_eq!(world.sign_in("root", PASSWORD).await.err().unwrap().code(), ErrorCode::THROTTLED);
        world.pass(60);
        world.sign_in("root", PASSWORD).await.unwrap();
        world.sign_in("ann", PASSWORD).await.unwrap();
    }

    async fn many_right_passwords_are_not_throttled(world: &World) {
        world.root().await;
        for _ in 0..=limits::SIGN_IN_FAILURES_PER_MINUTE {
            world.sign_in("root", PASSWORD).await.unwrap();
        }
    }

    async fn signing_in_again_replaces_the_session(world: &World) {
        world.root().await;
        let first = world.sign_in("root", PASSWORD).await.unwrap();
        let ctx = world.with_session(&first).await;
        let second = auth::sign_in(&ctx, credentials("root", PASSWORD)).await.unwrap();
        assert_ne!(first.cookie.expose_secret(), second.cookie.expose_secret());
        assert!(world.with_session(&first).await.caller.signed_in.is_none());
        assert!(world.with_session(&second).await.caller.signed_in.is_some());
    }

    async fn the_csrf_token_belongs_to_one_session(world: &World) {
        world.root().await;
        let (one, other) = (
            world.sign_in("root", PASSWORD).await.unwrap(),
            world.sign_in("root", PASSWORD).await.unwrap(),
        );
        let id = |ctx: &Ctx| signed_in(ctx).session_id.unwrap();
        let (one_id, other_id) = (id(&world.with_session(&one).await), id(&world.with_session(&other).await));
        let (one, other) = (one.info.csrf_token.unwrap(), other.info.csrf_token.unwrap());
        assert_ne!(one, other);
        assert!(auth::csrf_is_valid(&world.app, one_id, &one));
        assert!(!auth::csrf_is_valid(&world.app, other_id, &one));
        assert!(!auth::csrf_is_valid(&world.app, one_id, ""));
    }

    async fn a_session_ends_after_disuse_and_lives_by_use(world: &World) {
        world.root().await;
        let age = limits::SESSION_AGE.as_secs() as i64;
        let (used, unused) = (
            world.sign_in("root", PASSWORD).await.unwrap(),
            world.sign_in("root", PASSWORD).await.unwrap(),
        );
        world.pass(age - 1);
        assert!(world.with_session(&used).await.caller.signed_in.is_some());
        world.pass(2);
        assert!(world.with_session(&used).await.caller.signed_in.is_some());
        assert!(world.with_session(&unused).await.caller.signed_in.is_none());
        assert_eq!(auth::purge(&world.app).await.unwrap(), 2, "the unused one and that of `root()`");
    }

    async fn own_sessions_are_listed_and_revoked(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "ann").await;
        world.pass(1);
        let other = world.with_session(&world.sign_in("ann", PASSWORD).await.unwrap()).await;
        let sessions = auth::list(&ann, NoParams {}).await.unwrap();
        let seen: Vec<_> = sessions.iter().map(|session| (Some(session.id), session.current)).collect();
        assert_eq!(seen, [(signed_in(&other).session_id, false), (signed_in(&ann).session_id, true)]);
        assert_eq!(sessions[0].user_agent.as_deref(), Some("Firefox"));
        assert_eq!(sessions[0].address.as_deref(), Some("192.0.2.1"));
        assert_eq!(sessions[0].created_at, "2027-01-15T08:00:01Z");
        let revoke = RevokeParams { session_id: sessions[0].id };
        assert_eq!(auth::revoke(&root, revoke.clone()).await.unwrap_err().code(), ErrorCode::DOES_NOT_EXIST);
        auth::revoke(&ann, revoke).await.unwrap();
        assert_eq!(auth::list(&ann, NoParams {}).await.unwrap().len(), 1);
    }

    async fn basic_works_without_a_session_and_follows_a_new_password(world: &World) {
        let root = world.root().await;
        let user = world.add_user(&root, "ann").await;
        for _ in 0..3 {
            let signed_in = basic(&world.visitor(), "ann", PASSWORD).await.unwrap();
            assert_eq!((signed_in.user_id, signed_in.session_id), (user.id, None));
        }
        assert!(basic(&world.visitor(), "ann", OTHER_PASSWORD).await.is_err());
        let ann = Ctx::new(Arc::clone(&world.app), caller_of(&user));
        assert_eq!(auth::list(&ann, NoParams {}).await.unwrap().len(), 0);
        let params = mathesar_api::methods::users::RevokePasswordParams {
            user_id: user.id,
            new_password: OTHER_PASSWORD.to_owned(),
        };
        mathesar_app::users::revoke_password(&root, params).await.unwrap();
        assert!(basic(&world.visitor(), "ann", PASSWORD).await.is_err(), "what was remembered is void");
        assert!(basic(&world.visitor(), "ann", OTHER_PASSWORD).await.unwrap().password_change_needed);
    }

    async fn remembered_basic_credentials_pass_the_throttle_for_a_while(world: &World) {
        let root = world.root().await;
        world.add_user(&root, "ann").await;
        basic(&world.visitor(), "ann", PASSWORD).await.unwrap();
        for _ in 0..limits::SIGN_IN_FAILURES_PER_MINUTE {
            world.sign_in("ann", "a guess").await.err().unwrap();
        }
        world.pass(30);
        basic(&world.visitor(), "ann", PASSWORD).await.unwrap();
        assert_eq!(world.sign_in("ann", PASSWORD).await.err().unwrap().code(), ErrorCode::THROTTLED);
    }

    async fn preferences_are_kept_and_checked(world: &World) {
        let root = world.root().await;
        let wanted = Preferences { theme: Some("dark".to_owned()), language: Some("fr".to_owned()) };
        assert_eq!(auth::set_preferences(&root, wanted.clone()).await.unwrap(), wanted);
        let info = auth::get(&root, NoParams {}).await.unwrap();
        assert_eq!(info.preferences, Some(wanted.clone()));
        assert_eq!(info.user.unwrap().display_language, "fr");
        assert_eq!(auth::set_preferences(&root, Preferences::default()).await.unwrap(), wanted);
        let bad = Preferences { theme: Some("pink".to_owned()), language: None };
        assert_eq!(auth::set_preferences(&root, bad).await.unwrap_err().code(), ErrorCode::VALUE_ERROR);
        let bad = Preferences { theme: None, language: Some("fr_FR".to_owned()) };
        assert_eq!(auth::set_preferences(&root, bad).await.unwrap_err().code(), ErrorCode::VALIDATION);
    }
}

fn caller_of(user: &mathesar_api::methods::users::UserInfo) -> mathesar_app::Caller {
    let signed_in = SignedIn {
        user_id: user.id,
        is_superuser: false,
        password_change_needed: false,
        session_id: None,
        scopes: None,
    };
    mathesar_app::Caller { signed_in: Some(signed_in), address: None, user_agent: None }
}
