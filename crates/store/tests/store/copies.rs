//! Copies for backups, and taking them over.

use mathesar_store::{
    DatabaseChange, Error, MetadataAccess, NewApiToken, NewDatabase, NewExploration, NewFile, NewForm, NewJob, NewLink,
    NewServer, NewSession, NewTableView, SharedAccess, Sharing, Store, StoreConfig, TokenHash,
};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::fixture::{Engine, Repeatable, add_user, at, both, ring, secret};

async fn fill(store: &Store) {
    let user = add_user(store, "ann").await;
    store.settings().set("fact", json!({"a": [1, null, "ü"]}), at(0)).await.unwrap();
    let new = NewServer { host: "h".into(), port: Some(5433), sslmode: "disable".into(), ca_pem: None, managed: false };
    let server = store.servers().add(new, at(0)).await.unwrap();
    let gone = store.roles().add(server.id, "gone", None, at(0)).await.unwrap();
    let role = store.roles().add(server.id, "kept", Some(&secret("under the mat")), at(0)).await.unwrap();
    store.roles().delete(gone.id).await.unwrap();
    store.users().add(crate::fixture::new_user("bob"), at(0)).await.unwrap();
    let session = NewSession {
        token_hash: TokenHash::of(&secret("token")),
        user_id: user.id,
        expires_at: at(1000),
        user_agent: None,
        address: None,
    };
    store.sessions().begin(session, at(0)).await.unwrap();
    let sales = NewDatabase { server_id: server.id, name: "sales".into(), nickname: None, managed: false };
    let database_id = store.databases().add(sales, at(0)).await.unwrap().id;
    let owners = DatabaseChange { metadata_access: Some(MetadataAccess::Owners), ..DatabaseChange::default() };
    store.databases().change(database_id, owners, at(0)).await.unwrap();
    let anns = Sharing { owner_id: Some(user.id), access: SharedAccess::Read };
    let sums = NewExploration {
        database_id,
        schema_oid: 2200,
        schema_name: "public".into(),
        name: "sums".into(),
        base_table_oid: 16_384,
        definition: r#"{"exact":1.50}"#.into(),
    };
    store.explorations().add(sums, anns, at(0)).await.unwrap();
    let api_token = NewApiToken {
        token_hash: TokenHash::of(&secret("api")),
        user_id: user.id,
        name: "nightly".into(),
        methods: vec!["records.*".into()],
        databases: Some(vec![database_id]),
        read_only: true,
        expires_at: Some(at(9)),
    };
    store.api_tokens().add(api_token, at(0)).await.unwrap();
    let signup = NewForm {
        database_id,
        schema_oid: 2200,
        schema_name: "public".into(),
        base_table_oid: 16_384,
        associated_role_id: Some(role.id),
        name: "signup".into(),
        definition: "{}".into(),
    };
    let form = store.forms().add(signup, NewLink { token: "token", publish_public: true }, anns, at(0)).await.unwrap();
    let scan = NewFile {
        mash: "0a".into(),
        uri: "file:0b/scan.png".into(),
        name: "scan.png".into(),
        media_type: "image/png".into(),
        size_bytes: 3,
        user_id: Some(user.id),
        form_id: Some(form.id),
    };
    store.files().add(scan, at(0)).await.unwrap();
    let view = NewTableView { database_id, table_oid: 16_384, name: "cheap".into(), definition: "{}".into() };
    store.table_views().add(view, anns, at(0)).await.unwrap();
    let job = NewJob { kind: "import".into(), user_id: user.id, database_id: None, payload: json!({"deep": [true]}) };
    store.jobs().enqueue(job, at(0)).await.unwrap();
}

async fn check(store: &Store) {
    assert_eq!(store.settings().get("fact").await.unwrap(), Some(json!({"a": [1, null, "ü"]})));
    let server = store.servers().by_address("h", Some(5433)).await.unwrap().unwrap();
    let role = store.roles().by_name(server.id, "kept").await.unwrap().unwrap();
    // It opens only in the row with the number that it was sealed for.
    assert_eq!(store.roles().password(&role).unwrap().unwrap().expose_secret(), "under the mat");
    let sales = store.databases().by_name(server.id, "sales").await.unwrap().unwrap();
    let explorations = store.explorations().list(sales.id, None).await.unwrap();
    assert_eq!(explorations[0].definition, r#"{"exact":1.50}"#);
    let ann = store.users().by_name("ann").await.unwrap().unwrap();
    let anns = Sharing { owner_id: Some(ann.id), access: SharedAccess::Read };
    assert_eq!((explorations[0].sharing(), sales.metadata_access), (anns, MetadataAccess::Owners));
    let (api_token, _) = store.api_tokens().find(&TokenHash::of(&secret("api"))).await.unwrap().unwrap();
    assert_eq!((api_token.databases, api_token.expires_at.unwrap().timestamp()), (Some(json!([sales.id])), at(9)));
    let form = store.forms().by_token("token").await.unwrap().unwrap();
    assert_eq!((form.associated_role_id, form.publish_public), (Some(role.id), true));
    assert_eq!(form.sharing(), anns);
    assert_eq!(store.table_views().list(sales.id, 16_384).await.unwrap()[0].sharing(), anns);
    let file = store.files().by_mash("0a").await.unwrap().unwrap();
    assert_eq!((file.form_id, file.size_bytes, file.uri.as_str()), (Some(form.id), 3, "file:0b/scan.png"));
    let users: Vec<String> = store.users().list().await.unwrap().into_iter().map(|user| user.username).collect();
    assert_eq!(users, ["ann", "bob"]);
}

async fn open(config: &StoreConfig) -> Store {
    Store::open(config, ring(), Repeatable::new(), at(1)).await.unwrap()
}

both! {
    async fn a_copy_holds_everything_and_goes_into_either_engine(engine: &Engine) {
        let store = engine.open().await;
        fill(&store).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        store.save(&path, at(1)).await.unwrap();
        assert!(matches!(store.save(&path, at(1)).await, Err(Error::File { .. })), "nothing is overwritten");
        let saved = open(&StoreConfig::sqlite(&path)).await;
        check(&saved).await;

        let other = tokio::task::block_in_place(Engine::postgres);
        let config = other.config();
        assert!(!Store::exists(&config).await.unwrap());
        assert_eq!(Store::load_into_postgres(&config, &saved, at(1)).await.unwrap(), None);
        let loaded = open(&config).await;
        check(&loaded).await;
        assert!(Store::other_sessions(&config).await.unwrap() > 0, "a server that runs is seen");
        // Numbers go on after those that came along.
        let carl = add_user(&loaded, "carl").await;
        assert!(carl.id > 2, "{}", carl.id);
        loaded.close().await.unwrap();

        let kept = Store::load_into_postgres(&config, &saved, at(2)).await.unwrap().unwrap();
        assert!(kept.starts_with("mathesar_internal_before_2027"), "{kept}");
        check(&open(&config).await).await;
    }

    async fn what_belonged_to_the_old_place_is_ended(engine: &Engine) {
        let store = engine.open().await;
        fill(&store).await;
        let settled = store.settle_after_copy(json!({"message": "restored"}), at(5)).await.unwrap();
        assert_eq!((settled.sessions, settled.tokens, settled.jobs), (1, 1, 1));
        assert!(store.api_tokens().find(&TokenHash::of(&secret("api"))).await.unwrap().is_none());
        assert!(store.sessions().find(&TokenHash::of(&secret("token")), None, at(5)).await.unwrap().is_none());
        assert_eq!(store.jobs().claim("w", &["import"], at(5)).await.unwrap(), None);
        let again = store.settle_after_copy(json!({}), at(6)).await.unwrap();
        assert_eq!((again.sessions, again.jobs), (0, 0));
    }
}
