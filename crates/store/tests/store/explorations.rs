//! Saved queries.

use mathesar_store::{Error, Exploration, NewExploration, Oid, SharedAccess, Sharing, Store};

use crate::fixture::{Engine, add_user, at, both};
use crate::metadata::database;

fn new(database_id: i64, schema_oid: u32, name: &str) -> NewExploration {
    NewExploration {
        database_id,
        schema_oid,
        schema_name: format!("schema{schema_oid}"),
        name: name.to_owned(),
        base_table_oid: u32::MAX,
        definition: r#"{"b": 12345678901234567890.10, "a": null}"#.to_owned(),
    }
}

async fn names(store: &Store, database_id: i64, schema_oid: Option<u32>) -> Vec<String> {
    let listed = store.explorations().list(database_id, schema_oid).await.unwrap();
    listed.into_iter().map(|exploration| exploration.name).collect()
}

both! {
    async fn an_exploration_is_kept_digit_for_digit_until_it_is_deleted(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let added = store.explorations().add(new(db, 10, "sums"), Sharing::default(), at(0)).await.unwrap();
        assert_eq!(store.explorations().get(db, added.id).await.unwrap(), added);
        assert_eq!((added.definition.as_str(), added.base_table_oid), (new(db, 10, "sums").definition.as_str(), Oid(u32::MAX)));
        store.explorations().add(new(db, 20, "other"), Sharing::default(), at(0)).await.unwrap();
        assert_eq!(names(&store, db, None).await, ["sums", "other"]);
        assert_eq!(names(&store, db, Some(20)).await, ["other"]);

        let changed = NewExploration { definition: "{}".to_owned(), ..new(db, 20, "totals") };
        let replaced = store.explorations().replace(added.id, changed, at(5)).await.unwrap();
        assert_eq!((replaced.id, replaced.created_at, replaced.updated_at), (added.id, at(0).into(), at(5).into()));
        assert_eq!(store.explorations().get(db, added.id).await.unwrap(), replaced);

        store.explorations().delete(db, added.id).await.unwrap();
        assert!(matches!(store.explorations().delete(db, added.id).await, Err(Error::NotFound { .. })));
        assert_eq!(names(&store, db, None).await, ["other"]);
        store.databases().delete(db).await.unwrap();
        assert!(names(&store, db, None).await.is_empty());
    }

    async fn a_name_is_taken_within_its_schema_only(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let first = store.explorations().add(new(db, 10, "sums"), Sharing::default(), at(0)).await.unwrap();
        let second = store.explorations().add(new(db, 20, "sums"), Sharing::default(), at(0)).await.unwrap();
        let taken = store.explorations().add(new(db, 10, "sums"), Sharing::default(), at(0)).await.unwrap_err();
        assert!(matches!(taken, Error::Conflict { .. }) && taken.to_string().contains("of this name"), "{taken:?}");
        let taken = store.explorations().replace(second.id, new(db, 10, "sums"), at(0)).await;
        assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
        store.explorations().replace(first.id, new(db, 10, "sums"), at(1)).await.unwrap();
        assert!(matches!(store.explorations().add(new(999, 10, "sums"), Sharing::default(), at(0)).await, Err(Error::Conflict { .. })));
    }

    async fn one_databases_explorations_are_not_anothers(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let added = store.explorations().add(new(db, 10, "sums"), Sharing::default(), at(0)).await.unwrap();
        let elsewhere = db + 1;
        assert!(matches!(store.explorations().get(elsewhere, added.id).await, Err(Error::NotFound { .. })));
        let replaced = store.explorations().replace(added.id, new(elsewhere, 10, "mine"), at(0)).await;
        assert!(matches!(replaced, Err(Error::NotFound { .. })), "{replaced:?}");
        assert!(matches!(store.explorations().delete(elsewhere, added.id).await, Err(Error::NotFound { .. })));
        assert_eq!(names(&store, db, None).await, ["sums"]);
    }

    async fn an_exploration_is_its_owners_until_they_are_deleted(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let ann = add_user(&store, "ann").await.id;
        let sharing = Sharing { owner_id: Some(ann), access: SharedAccess::None };
        let added = store.explorations().add(new(db, 10, "sums"), sharing, at(0)).await.unwrap();
        assert_eq!(added.sharing(), sharing);
        let replaced = store.explorations().replace(added.id, new(db, 10, "totals"), at(1)).await.unwrap();
        assert_eq!(replaced.sharing(), sharing);
        let bob = add_user(&store, "bob").await.id;
        let given = Sharing { owner_id: Some(bob), access: SharedAccess::Read };
        let shared = store.explorations().share(db, added.id, given).await.unwrap();
        assert_eq!(shared, Exploration { owner_id: Some(bob), access: SharedAccess::Read, ..replaced });
        assert!(matches!(store.explorations().share(db + 1, added.id, sharing).await, Err(Error::NotFound { .. })));

        store.users().delete(bob).await.unwrap();
        let left = store.explorations().get(db, added.id).await.unwrap();
        assert_eq!(left, Exploration { owner_id: None, ..shared });
        let gone = store.explorations().share(db, added.id, given).await;
        assert!(matches!(gone, Err(Error::Conflict { .. })), "{gone:?}");
    }

    async fn explorations_follow_schemas_that_change_numbers_with_each_other(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let mut ids = Vec::new();
        for schema in [10, 20, 30] {
            ids.push(store.explorations().add(new(db, schema, "sums"), Sharing::default(), at(0)).await.unwrap().id);
        }
        store.explorations().rename_schema(db, 20, "renamed").await.unwrap();
        let swap = |row: Exploration| {
            let schema_oid = Oid(match row.schema_oid.0 { 10 => 20, 20 => 10, _ => return None });
            Some(Exploration { schema_oid, ..row })
        };
        store.explorations().rewrite(db, swap).await.unwrap();
        let left = store.explorations().list(db, None).await.unwrap();
        let found: Vec<_> = left.iter().map(|row| (row.id, row.schema_oid.0, row.schema_name.as_str())).collect();
        assert_eq!(found, [(ids[0], 20, "schema10"), (ids[1], 10, "renamed")]);
    }
}
