//! Users, their sessions and their preferences.

use mathesar_store::password::{self, Verdict};
use mathesar_store::{Error, NewSession, NewUser, SessionHolder, Store, TokenHash, UserChange};
use serde_json::json;

use crate::fixture::{Engine, Repeatable, add_superuser, add_user, at, both, new_user, secret};

fn token(text: &str) -> TokenHash {
    TokenHash::of(&secret(text))
}

async fn sign_in(store: &Store, user_id: i64, cookie: &str, expires: i64, now: i64) -> i64 {
    let new = NewSession {
        token_hash: token(cookie),
        user_id,
        expires_at: at(expires),
        user_agent: Some("Firefox".to_owned()),
        address: Some("192.0.2.1".to_owned()),
    };
    store.sessions().begin(new, at(now)).await.unwrap().id
}

both! {
    async fn names_are_unique_and_tell_upper_from_lower_case(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        add_user(&store, "Ann").await;
        let taken = store.users().add(new_user("ann"), at(1)).await.unwrap_err();
        assert!(matches!(taken, Error::Conflict { .. }), "{taken:?}");
        assert_eq!(store.users().by_name("ann").await.unwrap().unwrap(), ann);
        assert_eq!(store.users().by_name("ANN").await.unwrap(), None);
        let rename = UserChange { username: Some("Ann".to_owned()), ..Default::default() };
        assert!(matches!(store.users().change(ann.id, rename, at(1)).await, Err(Error::Conflict { .. })));
    }

    async fn a_refused_row_is_not_quoted(engine: &Engine) {
        let store = engine.open().await;
        let long = NewUser { username: "x".repeat(64), ..new_user("") };
        let refused = store.users().add(long, at(0)).await.unwrap_err();
        assert!(matches!(refused, Error::Database(_)), "{refused:?}");
        assert!(!format!("{refused:?}").contains("argon2"), "{refused:?}");
    }

    async fn a_change_leaves_the_rest_alone(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        let change = UserChange { email: Some("ann@example.org".to_owned()), ..Default::default() };
        let changed = store.users().change(ann.id, change, at(9)).await.unwrap();
        assert_eq!(changed.email, "ann@example.org");
        assert_eq!((changed.username, changed.created_at), (ann.username, ann.created_at));
        assert_eq!(changed.updated_at.timestamp(), at(9));
        assert!(matches!(
            store.users().change(999, UserChange::default(), at(9)).await,
            Err(Error::NotFound { .. })
        ));
    }

    async fn the_last_superuser_stays(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_superuser(&store, "ann").await;
        let demote = || UserChange { is_superuser: Some(false), ..Default::default() };
        assert!(matches!(store.users().delete(ann.id).await, Err(Error::Conflict { .. })));
        assert!(matches!(store.users().change(ann.id, demote(), at(1)).await, Err(Error::Conflict { .. })));
        let bob = add_superuser(&store, "bob").await;
        store.users().change(ann.id, demote(), at(1)).await.unwrap();
        assert!(matches!(store.users().delete(bob.id).await, Err(Error::Conflict { .. })));
        store.users().delete(ann.id).await.unwrap();
        assert!(matches!(store.users().delete(ann.id).await, Err(Error::NotFound { .. })));
    }

    async fn two_superusers_cannot_remove_each_other_at_once(engine: &Engine) {
        let store = engine.open().await;
        let (ann, bob) = (add_superuser(&store, "ann").await, add_superuser(&store, "bob").await);
        let (users, others) = (store.users(), store.users());
        let (one, other) = tokio::join!(users.delete(ann.id), others.delete(bob.id));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert_eq!(store.users().list().await.unwrap().len(), 1);
    }

    async fn a_session_lives_until_it_expires_or_is_revoked(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        let id = sign_in(&store, ann.id, "cookie", 100, 0).await;
        let SessionHolder { session, user, place } =
            store.sessions().find(&token("cookie"), None, at(99)).await.unwrap().unwrap();
        assert!(place.is_none());
        assert_eq!((session.id, user.id, session.user_agent.as_deref()), (id, ann.id, Some("Firefox")));
        assert!(store.sessions().find(&token("other"), None, at(1)).await.unwrap().is_none());
        assert!(store.sessions().find(&token("cookie"), None, at(100)).await.unwrap().is_none());
        store.sessions().touch(id, at(200), at(90)).await.unwrap();
        assert!(store.sessions().find(&token("cookie"), None, at(150)).await.unwrap().is_some());
        assert!(matches!(store.sessions().revoke(ann.id + 1, id).await, Err(Error::NotFound { .. })));
        store.sessions().revoke(ann.id, id).await.unwrap();
        assert!(store.sessions().find(&token("cookie"), None, at(1)).await.unwrap().is_none());
    }

    async fn sessions_are_listed_and_purged(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        let old = sign_in(&store, ann.id, "old", 10, 0).await;
        let first = sign_in(&store, ann.id, "first", 100, 1).await;
        let second = sign_in(&store, ann.id, "second", 100, 2).await;
        let ids = |sessions: Vec<mathesar_store::Session>| sessions.iter().map(|s| s.id).collect::<Vec<_>>();
        assert_eq!(ids(store.sessions().list(ann.id, at(5)).await.unwrap()), [second, first, old]);
        assert_eq!(store.sessions().purge(at(10)).await.unwrap(), 1);
        assert_eq!(ids(store.sessions().list(ann.id, at(5)).await.unwrap()), [second, first]);
        store.sessions().revoke_all(ann.id).await.unwrap();
        assert!(store.sessions().list(ann.id, at(5)).await.unwrap().is_empty());
    }

    async fn the_oldest_of_too_many_sessions_ends(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        for number in 0..101 {
            sign_in(&store, ann.id, &format!("cookie{number}"), 1000, number).await;
        }
        assert_eq!(store.sessions().list(ann.id, at(500)).await.unwrap().len(), 100);
        assert!(store.sessions().find(&token("cookie0"), None, at(500)).await.unwrap().is_none());
        assert!(store.sessions().find(&token("cookie1"), None, at(500)).await.unwrap().is_some());
    }

    async fn a_new_password_ends_the_other_sessions(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        let kept = sign_in(&store, ann.id, "kept", 100, 0).await;
        sign_in(&store, ann.id, "other", 100, 0).await;
        let hash = password::hash(&secret("battery staple"), Repeatable::new().as_ref());
        store.users().set_password(ann.id, hash, true, Some(kept), at(1)).await.unwrap();
        let ann = store.users().get(ann.id).await.unwrap();
        assert!(ann.password_change_needed);
        assert_eq!(password::verify(&secret("battery staple"), &ann.password_hash), Verdict::Right);
        assert!(store.sessions().find(&token("kept"), None, at(1)).await.unwrap().is_some());
        assert!(store.sessions().find(&token("other"), None, at(1)).await.unwrap().is_none());
    }

    async fn a_fresh_hash_does_not_undo_a_new_password(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        let random = Repeatable::new();
        let changed = password::hash(&secret("battery staple"), random.as_ref());
        store.users().set_password(ann.id, changed.clone(), false, None, at(1)).await.unwrap();
        let rehashed = password::hash(&secret("correct horse"), random.as_ref());
        store.users().note_sign_in(&ann, Some(rehashed), at(2)).await.unwrap();
        assert_eq!(store.users().get(ann.id).await.unwrap().password_hash, changed);
    }

    async fn a_deleted_user_leaves_nothing_behind(engine: &Engine) {
        let store = engine.open().await;
        add_superuser(&store, "root").await;
        let ann = add_user(&store, "ann").await;
        sign_in(&store, ann.id, "cookie", 100, 0).await;
        store.preferences().set(ann.id, "theme", json!("dark"), at(0)).await.unwrap();
        store.users().delete(ann.id).await.unwrap();
        assert!(store.sessions().find(&token("cookie"), None, at(1)).await.unwrap().is_none());
        let refused = store.preferences().set(ann.id, "theme", json!("dark"), at(0)).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict { .. }), "{refused:?}");
        assert_eq!(store.preferences().get(ann.id, "theme").await.unwrap(), None);
    }

    async fn preferences_are_each_users_own(engine: &Engine) {
        let store = engine.open().await;
        let (ann, bob) = (add_user(&store, "ann").await, add_user(&store, "bob").await);
        store.preferences().set(ann.id, "widths/1/16384", json!({"1": 200}), at(0)).await.unwrap();
        store.preferences().set(ann.id, "widths/1/16384", json!({"1": 250}), at(1)).await.unwrap();
        assert_eq!(store.preferences().get(ann.id, "widths/1/16384").await.unwrap(), Some(json!({"1": 250})));
        assert_eq!(store.preferences().get(bob.id, "widths/1/16384").await.unwrap(), None);
        store.preferences().set(bob.id, "widths/1/16384", json!({"1": 80}), at(2)).await.unwrap();
        store.preferences().remove(ann.id, "widths/1/16384").await.unwrap();
        store.preferences().remove(ann.id, "never stored").await.unwrap();
        assert_eq!(store.preferences().get(ann.id, "widths/1/16384").await.unwrap(), None);
        assert_eq!(store.preferences().get(bob.id, "widths/1/16384").await.unwrap(), Some(json!({"1": 80})));
    }
}
