//! Servers, databases, stored roles, collaborators.

use mathesar_store::{
    Collaborator, ConfiguredRole, Database, DatabaseChange, Error, KeyRing, NewDatabase, NewServer, NewSession, Port,
    Server, ServerChange, Store, TokenHash,
};
use secrecy::ExposeSecret;

use crate::fixture::{Engine, Repeatable, add_superuser, add_user, at, both, key, secret};

async fn add_server(store: &Store, host: &str) -> Server {
    let new = NewServer {
        host: host.to_owned(),
        port: Some(5432),
        sslmode: "verify-full".to_owned(),
        ca_pem: None,
        managed: false,
    };
    store.servers().add(new, at(0)).await.unwrap()
}

async fn add_database(store: &Store, server: &Server, name: &str) -> Database {
    let new = NewDatabase { server_id: server.id, name: name.to_owned(), nickname: None, managed: false };
    store.databases().add(new, at(0)).await.unwrap()
}

async fn add_role(store: &Store, server: &Server, name: &str) -> ConfiguredRole {
    store.roles().add(server.id, name, Some(&secret("pw of role")), at(0)).await.unwrap()
}

both! {
    async fn a_server_is_entered_once_and_changed(engine: &Engine) {
        let store = engine.open().await;
        let server = add_server(&store, "db.example.org").await;
        let again = NewServer {
            host: "db.example.org".to_owned(),
            port: Some(5432),
            sslmode: "prefer".to_owned(),
            ca_pem: None,
            managed: true,
        };
        assert!(matches!(store.servers().add(again.clone(), at(0)).await, Err(Error::Conflict { .. })));
        store.servers().add(NewServer { port: None, ..again.clone() }, at(0)).await.unwrap();
        let no_port = store.servers().add(NewServer { port: None, ..again.clone() }, at(0)).await;
        assert!(matches!(no_port, Err(Error::Conflict { .. })), "an absent port is one value, not many unknown ones");
        assert!(store.servers().add(NewServer { host: "x".to_owned(), sslmode: "maybe".to_owned(), ..again }, at(0)).await.is_err());

        let change = ServerChange { port: Some(Some(6432)), ca_pem: Some(Some("PEM".to_owned())), ..Default::default() };
        let changed = store.servers().change(server.id, change, at(1)).await.unwrap();
        assert_eq!((changed.port, changed.ca_pem.as_deref()), (Some(Port(6432)), Some("PEM")));
        assert_eq!((changed.host, changed.sslmode), (server.host, server.sslmode));
        assert_eq!(store.servers().by_address("db.example.org", Some(6432)).await.unwrap().unwrap().id, server.id);
        assert!(store.servers().by_address("db.example.org", Some(5432)).await.unwrap().is_none());
        assert!(store.servers().managed().await.unwrap().is_some());
        assert_eq!(store.servers().list().await.unwrap().len(), 2);
    }

    async fn a_database_is_entered_once_per_server_and_changed(engine: &Engine) {
        let store = engine.open().await;
        let (one, other) = (add_server(&store, "one").await, add_server(&store, "other").await);
        let sales = add_database(&store, &one, "sales").await;
        add_database(&store, &other, "sales").await;
        let again = NewDatabase { server_id: one.id, name: "sales".to_owned(), nickname: None, managed: false };
        assert!(matches!(store.databases().add(again, at(0)).await, Err(Error::Conflict { .. })));
        let nickname = DatabaseChange { nickname: Some(Some("Sales".to_owned())), ..Default::default() };
        assert_eq!(store.databases().change(sales.id, nickname, at(1)).await.unwrap().nickname.as_deref(), Some("Sales"));
        let cleared = DatabaseChange { nickname: Some(None), ..Default::default() };
        assert_eq!(store.databases().change(sales.id, cleared, at(1)).await.unwrap().nickname, None);
        assert_eq!(store.databases().list(None).await.unwrap().len(), 2);
        assert_eq!(store.databases().list(Some(one.id)).await.unwrap().len(), 1);
        assert_eq!(store.databases().by_name(one.id, "sales").await.unwrap().unwrap().id, sales.id);
    }

    async fn a_roles_password_is_sealed_for_its_row(engine: &Engine) {
        let store = engine.open().await;
        let server = add_server(&store, "db").await;
        let role = add_role(&store, &server, "clerk").await;
        assert_eq!(store.roles().password(&role).unwrap().unwrap().expose_secret(), "pw of role");
        let again = store.roles().add(server.id, "clerk", None, at(0)).await;
        assert!(matches!(again, Err(Error::Conflict { .. })));

        store.roles().set_password(role.id, Some(&secret("another")), at(1)).await.unwrap();
        let changed = store.roles().get(role.id).await.unwrap();
        assert_eq!(store.roles().password(&changed).unwrap().unwrap().expose_secret(), "another");
        let trusted = store.roles().add(server.id, "trusted", None, at(0)).await.unwrap();
        assert!(store.roles().password(&trusted).unwrap().is_none());
        let swapped = ConfiguredRole { sealed_password: changed.sealed_password, ..trusted };
        assert!(matches!(store.roles().password(&swapped), Err(Error::Corrupt { .. })), "another row's value opens nothing");
    }

    async fn keys_are_rotated(engine: &Engine) {
        let store = engine.open().await;
        let server = add_server(&store, "db").await;
        let role = add_role(&store, &server, "clerk").await;
        store.roles().add(server.id, "trusted", None, at(0)).await.unwrap();
        store.close().await.unwrap();

        let ring = KeyRing::from_strings(&[key("ijklmnop"), key("abcdefgh")]).unwrap();
        let store = Store::open(&engine.config(), ring, Repeatable::new(), at(1)).await.unwrap();
        assert_eq!(store.rotate_keys(at(1)).await.unwrap(), 1);
        assert_eq!(store.rotate_keys(at(1)).await.unwrap(), 0);
        store.close().await.unwrap();

        let ring = KeyRing::from_strings(&[key("ijklmnop")]).unwrap();
        let store = Store::open(&engine.config(), ring, Repeatable::new(), at(2)).await.unwrap();
        let role = store.roles().get(role.id).await.unwrap();
        assert_eq!(store.roles().password(&role).unwrap().unwrap().expose_secret(), "pw of role");
    }

    async fn a_collaborator_works_as_a_role_of_the_databases_server(engine: &Engine) {
        let store = engine.open().await;
        let (one, other) = (add_server(&store, "one").await, add_server(&store, "other").await);
        let sales = add_database(&store, &one, "sales").await;
        let (clerk, boss) = (add_role(&store, &one, "clerk").await, add_role(&store, &one, "boss").await);
        let stranger = add_role(&store, &other, "stranger").await;
        let ann = add_user(&store, "ann").await;

        let collaborators = store.collaborators();
        assert!(matches!(collaborators.add(ann.id, sales.id, stranger.id, at(0)).await, Err(Error::Conflict { .. })));
        assert!(matches!(collaborators.add(999, sales.id, clerk.id, at(0)).await, Err(Error::NotFound { .. })));
        assert!(collaborators.membership(ann.id, sales.id).await.unwrap().is_none());
        let place = collaborators.add(ann.id, sales.id, clerk.id, at(0)).await.unwrap();
                assert!(matches!(collaborators.add(ann.id, sales.id, boss.id, at(0)).await, Err(Error::Conflict { .. })));

        let membership = collaborators.membership(ann.id, sales.id).await.unwrap().unwrap();
        assert_eq!((membership.role.name.as_str(), membership.server.host.as_str()), ("clerk", "one"));
        assert!(matches!(collaborators.set_role(place.id, stranger.id, at(1)).await, Err(Error::Conflict { .. })));
        collaborators.set_role(place.id, boss.id, at(1)).await.unwrap();
        let listed: Vec<(Collaborator, _)> = collaborators.list(sales.id).await.unwrap();
        assert_eq!((listed.len(), listed[0].0.configured_role_id, listed[0].1.id), (1, boss.id, ann.id));
        assert_eq!(store.databases().accessible_to(ann.id).await.unwrap(), [sales.id]);
        assert!(matches!(store.roles().delete(boss.id).await, Err(Error::Conflict { .. })));
        collaborators.delete(place.id).await.unwrap();
        store.roles().delete(boss.id).await.unwrap();
        assert!(collaborators.membership(ann.id, sales.id).await.unwrap().is_none());
    }

    async fn a_session_is_found_with_the_place_that_its_user_has_in_one_database(engine: &Engine) {
        let store = engine.open().await;
        let (ann, bob) = (add_superuser(&store, "ann").await, add_user(&store, "bob").await);
        let (one, other) = (add_server(&store, "one").await, add_server(&store, "other").await);
        let (sales, stock) = (add_database(&store, &one, "sales").await, add_database(&store, &other, "stock").await);
        let clerk = add_role(&store, &one, "clerk").await;
        store.collaborators().add(bob.id, sales.id, clerk.id, at(0)).await.unwrap();
        for (user, database, place) in [
            (&bob, Some(sales.id), Some(("sales", "one", "clerk"))),
            (&bob, Some(stock.id), None),
            (&bob, None, None),
            (&ann, Some(sales.id), None),
        ] {
            let token = TokenHash::of(&secret(&user.username));
            let new = NewSession {
                token_hash: token.clone(),
                user_id: user.id,
                expires_at: at(100),
                user_agent: None,
                address: None,
            };
            let session = store.sessions().begin(new, at(0)).await.unwrap();
            let holder = store.sessions().find(&token, database, at(1)).await.unwrap().unwrap();
            assert_eq!((holder.session.id, holder.user.id), (session.id, user.id));
            let found = holder.place.as_ref().map(|place| (&*place.database.name, &*place.server.host, &*place.role.name));
            assert_eq!(found, place, "{} in {database:?}", user.username);
            store.sessions().revoke(user.id, session.id).await.unwrap();
        }
    }

    async fn a_forgotten_database_takes_its_places_with_it(engine: &Engine) {
        let store = engine.open().await;
        let server = add_server(&store, "one").await;
        let sales = add_database(&store, &server, "sales").await;
        let clerk = add_role(&store, &server, "clerk").await;
        let ann = add_superuser(&store, "ann").await;
        store.collaborators().add(ann.id, sales.id, clerk.id, at(0)).await.unwrap();
        assert!(matches!(store.servers().delete(server.id).await, Err(Error::Conflict { .. })));
        store.databases().delete(sales.id).await.unwrap();
        assert!(store.collaborators().list(sales.id).await.unwrap().is_empty());
        store.servers().delete(server.id).await.unwrap();
        assert!(matches!(store.roles().get(clerk.id).await, Err(Error::NotFound { .. })));
    }
}
