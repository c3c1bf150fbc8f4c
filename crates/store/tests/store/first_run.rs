//! The first superuser and the set-up token.

use mathesar_store::{Error, TokenHash};

use crate::fixture::{Engine, add_user, at, both, new_user, secret};

fn token(text: &str) -> TokenHash {
    TokenHash::of(&secret(text))
}

both! {
    async fn the_token_makes_the_first_superuser_once(engine: &Engine) {
        let store = engine.open().await;
        assert!(!store.first_run().is_complete().await.unwrap());
        store.first_run().replace_token(token("good"), at(60), at(0)).await.unwrap();
        let wrong = store.first_run().complete_with_token(&token("bad"), new_user("ann"), at(1)).await.unwrap_err();
        assert!(matches!(wrong, Error::NotFound { .. }), "{wrong}");
        assert!(store.users().list().await.unwrap().is_empty());

        store.first_run().check_token(&token("good"), at(1)).await.unwrap();
        let ann = store.first_run().complete_with_token(&token("good"), new_user("ann"), at(1)).await.unwrap();
        assert!(ann.is_superuser);
        assert!(store.first_run().is_complete().await.unwrap());
        let again = store.first_run().complete_with_token(&token("good"), new_user("bob"), at(2)).await.unwrap_err();
        assert!(matches!(again, Error::Conflict { .. }), "{again}");
        let minted = store.first_run().replace_token(token("new"), at(60), at(2)).await.unwrap_err();
        assert!(matches!(minted, Error::Conflict { .. }), "{minted}");
    }

    async fn a_token_expires_and_a_new_one_voids_it(engine: &Engine) {
        let store = engine.open().await;
        let first_run = store.first_run();
        first_run.replace_token(token("one"), at(60), at(0)).await.unwrap();
        assert!(first_run.check_token(&token("one"), at(60)).await.is_err());
        first_run.check_token(&token("one"), at(59)).await.unwrap();
        first_run.replace_token(token("two"), at(120), at(0)).await.unwrap();
        assert!(first_run.check_token(&token("one"), at(1)).await.is_err());
        first_run.check_token(&token("two"), at(61)).await.unwrap();
    }

    async fn of_many_at_once_one_becomes_the_first_superuser(engine: &Engine) {
        let store = engine.open().await;
        store.first_run().replace_token(token("good"), at(60), at(0)).await.unwrap();
        let tries = (0..8).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let new = new_user(&format!("user{number}"));
                store.first_run().complete_with_token(&token("good"), new, at(1)).await
            })
        });
        let mut created = 0;
        for handle in tries.collect::<Vec<_>>() {
            match handle.await.unwrap() {
                Ok(_) => created += 1,
                Err(Error::Conflict { .. } | Error::NotFound { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(created, 1);
        assert_eq!(store.users().list().await.unwrap().len(), 1);
    }

    async fn set_up_is_over_when_users_came_in_another_way(engine: &Engine) {
        let store = engine.open().await;
        add_user(&store, "imported").await;
        assert!(store.first_run().is_complete().await.unwrap());
        assert!(matches!(store.first_run().complete(new_user("ann"), at(0)).await, Err(Error::Conflict { .. })));
    }

    async fn settings_may_create_the_first_superuser(engine: &Engine) {
        let store = engine.open().await;
        assert!(store.first_run().complete(new_user("ann"), at(0)).await.unwrap().is_superuser);
        assert!(matches!(store.first_run().complete(new_user("bob"), at(0)).await, Err(Error::Conflict { .. })));
    }
}
