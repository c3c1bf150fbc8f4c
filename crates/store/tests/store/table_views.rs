//! Saved views of tables.

use mathesar_store::{Error, NewTableView, Oid, SharedAccess, Sharing, Store, TableView, TableViewChange};

use crate::fixture::{Engine, add_user, at, both};
use crate::metadata::database;

fn new(database_id: i64, table_oid: u32, name: &str) -> NewTableView {
    let definition = r#"{"b": 12345678901234567890.10, "a": null}"#.to_owned();
    NewTableView { database_id, table_oid, name: name.to_owned(), definition }
}

async fn names(store: &Store, database_id: i64, table_oid: u32) -> Vec<String> {
    store.table_views().list(database_id, table_oid).await.unwrap().into_iter().map(|view| view.name).collect()
}

both! {
    async fn a_view_is_kept_digit_for_digit_until_it_is_deleted(engine: &Engine) {
        let store = engine.open().await;
        let (db, ann) = (database(&store).await, add_user(&store, "ann").await.id);
        let anns = Sharing { owner_id: Some(ann), access: SharedAccess::None };
        let views = store.table_views();
        let added = views.add(new(db, u32::MAX, "cheap"), anns, at(0)).await.unwrap();
        assert_eq!(views.get(db, added.id).await.unwrap(), added);
        assert_eq!((added.definition, added.table_oid), (new(db, 0, "").definition, Oid(u32::MAX)));
        views.add(new(db, 20, "other"), Sharing::default(), at(0)).await.unwrap();
        assert_eq!(names(&store, db, u32::MAX).await, ["cheap"]);

        let rename = TableViewChange { name: Some("dear".to_owned()), ..TableViewChange::default() };
        let renamed = views.change(db, added.id, rename, at(5)).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.sharing(), renamed.updated_at), ("dear", anns, at(5).into()));
        let redefine = TableViewChange { definition: Some("{}".to_owned()), ..TableViewChange::default() };
        let redefined = views.change(db, added.id, redefine, at(6)).await.unwrap();
        assert_eq!((redefined.name.as_str(), redefined.definition.as_str()), ("dear", "{}"));
        let open = Sharing { access: SharedAccess::Read, ..anns };
        assert_eq!(views.share(db, added.id, open).await.unwrap().sharing(), open);
        store.users().delete(ann).await.unwrap();
        assert_eq!(views.get(db, added.id).await.unwrap(), TableView { owner_id: None, access: SharedAccess::Read, ..redefined });

        views.delete(db, added.id).await.unwrap();
        assert!(matches!(views.delete(db, added.id).await, Err(Error::NotFound { .. })));
        store.databases().delete(db).await.unwrap();
        assert!(names(&store, db, 20).await.is_empty());
    }

    async fn one_databases_views_are_not_anothers(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let views = store.table_views();
        let added = views.add(new(db, 10, "cheap"), Sharing::default(), at(0)).await.unwrap();
        let elsewhere = db + 1;
        let refusals = [
            views.get(elsewhere, added.id).await,
            views.change(elsewhere, added.id, TableViewChange::default(), at(0)).await,
            views.share(elsewhere, added.id, Sharing::default()).await,
        ];
        for refused in refusals {
            assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
        }
        assert!(matches!(views.delete(elsewhere, added.id).await, Err(Error::NotFound { .. })));
        let gone = views.add(new(elsewhere, 10, "cheap"), Sharing::default(), at(0)).await;
        assert!(matches!(gone, Err(Error::Conflict { .. })), "{gone:?}");
    }

    async fn views_follow_their_tables_and_go_with_them(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        for table in [10, 20] {
            store.table_views().add(new(db, table, "cheap"), Sharing::default(), at(0)).await.unwrap();
        }
        let follow = |row: TableView| (row.table_oid.0 == 10).then_some(TableView { table_oid: Oid(30), ..row });
        store.table_views().rewrite(db, follow).await.unwrap();
        assert_eq!([names(&store, db, 10).await.len(), names(&store, db, 20).await.len()], [0, 0]);
        assert_eq!(names(&store, db, 30).await, ["cheap"]);
        store.metadata().forget_table(db, 30).await.unwrap();
        assert!(names(&store, db, 30).await.is_empty());
    }
}
