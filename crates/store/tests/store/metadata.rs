//! Metadata that survives a dump and restore.

use mathesar_store::{ColumnName, Error, LiveTable, NewDatabase, NewServer, Store, TableName, Trust};
use serde_json::json;

use crate::fixture::{Engine, at, both};

pub async fn database(store: &Store) -> i64 {
    let server =
        NewServer { host: "db".to_owned(), port: None, sslmode: "prefer".to_owned(), ca_pem: None, managed: false };
    let server = store.servers().add(server, at(0)).await.unwrap();
    let new = NewDatabase { server_id: server.id, name: "sales".to_owned(), nickname: None, managed: false };
    store.databases().add(new, at(0)).await.unwrap().id
}

fn table(oid: u32, name: &str) -> TableName {
    TableName { oid, schema: "public".to_owned(), name: name.to_owned() }
}

fn column(attnum: i16, name: &str) -> ColumnName {
    ColumnName { attnum, name: name.to_owned() }
}

both! {
    async fn metadata_is_replaced_listed_and_forgotten(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let fruit = table(u32::MAX, "fruit");
        store.metadata().set_table(db, &fruit, json!({"column_order": [2, 1]}), at(0)).await.unwrap();
        store.metadata().set_table(db, &fruit, json!({"column_order": [1, 2]}), at(1)).await.unwrap();
        let columns = vec![(column(2, "price"), json!({"num_grouping": "never"})), (column(1, "name"), json!({}))];
        store.metadata().set_columns(db, &fruit, columns, at(0)).await.unwrap();
        let stored = store.metadata().table(db, u32::MAX).await.unwrap().unwrap();
        assert_eq!((stored.table_oid.0, stored.settings), (u32::MAX, json!({"column_order": [1, 2]})));
        let columns = store.metadata().columns(db, u32::MAX).await.unwrap();
        assert_eq!(columns.iter().map(|column| column.attnum).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(store.metadata().tables(db).await.unwrap().len(), 1);
        store.metadata().forget_table(db, u32::MAX).await.unwrap();
        assert!(store.metadata().table(db, u32::MAX).await.unwrap().is_none());
        assert!(store.metadata().columns(db, u32::MAX).await.unwrap().is_empty());
        let gone = store.metadata().set_table(999, &fruit, json!({}), at(0)).await.unwrap_err();
        assert!(matches!(gone, Error::Conflict { .. }), "{gone:?}");
    }

    async fn a_restore_is_followed_by_name(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        store.metadata().set_table(db, &table(100, "fruit"), json!({"is": "fruit"}), at(0)).await.unwrap();
        store.metadata().set_table(db, &table(200, "trees"), json!({"is": "trees"}), at(0)).await.unwrap();
        // Column 2 was dropped before the dump, so that price moves from 3 to 2.
        let columns = vec![(column(1, "name"), json!({"is": "name"})), (column(3, "price"), json!({"is": "price"}))];
        store.metadata().set_columns(db, &table(100, "fruit"), columns, at(0)).await.unwrap();

        // The identifiers changed places: what was fruit's is now that of trees.
        let live = [
            LiveTable { table: table(200, "fruit"), columns: vec![column(1, "name"), column(2, "price")] },
            LiveTable { table: table(100, "trees"), columns: vec![column(1, "id")] },
        ];
        assert_eq!(store.metadata().relink(db, &live, Trust::Names, at(1)).await.unwrap(), 4);
        assert_eq!(store.metadata().table(db, 200).await.unwrap().unwrap().settings, json!({"is": "fruit"}));
        assert_eq!(store.metadata().table(db, 100).await.unwrap().unwrap().settings, json!({"is": "trees"}));
        let columns = store.metadata().columns(db, 200).await.unwrap();
        let found: Vec<_> = columns.iter().map(|column| (column.attnum, column.settings["is"].as_str())).collect();
        assert_eq!(found, [(1, Some("name")), (2, Some("price"))]);
        assert_eq!(store.metadata().relink(db, &live, Trust::Names, at(2)).await.unwrap(), 0);
    }

    async fn a_rename_is_followed_by_identifier(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        store.metadata().set_table(db, &table(100, "fruit"), json!({}), at(0)).await.unwrap();
        let columns = vec![(column(1, "name"), json!({"is": "name"}))];
        store.metadata().set_columns(db, &table(100, "fruit"), columns, at(0)).await.unwrap();
        let live = [LiveTable { table: table(100, "obst"), columns: vec![column(1, "bezeichnung")] }];
        assert_eq!(store.metadata().relink(db, &live, Trust::Oids, at(1)).await.unwrap(), 2);
        assert_eq!(store.metadata().table(db, 100).await.unwrap().unwrap().table_name, "obst");
        assert_eq!(store.metadata().columns(db, 100).await.unwrap()[0].column_name, "bezeichnung");
    }

    async fn a_dropped_table_does_not_lend_its_settings_to_whoever_gets_its_identifier(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        store.metadata().set_table(db, &table(100, "fruit"), json!({"is": "fruit"}), at(0)).await.unwrap();
        let columns = vec![(column(1, "name"), json!({})), (column(2, "gone"), json!({}))];
        store.metadata().set_columns(db, &table(100, "fruit"), columns, at(0)).await.unwrap();
        let live = [LiveTable { table: table(100, "accounts"), columns: vec![column(1, "name")] }];
        store.metadata().relink(db, &live, Trust::Names, at(1)).await.unwrap();
        assert!(store.metadata().table(db, 100).await.unwrap().is_none());
        assert!(store.metadata().columns(db, 100).await.unwrap().is_empty());
    }

    async fn of_two_tables_that_had_one_name_the_younger_goes_on(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        store.metadata().set_table(db, &table(100, "fruit"), json!({"is": "old"}), at(0)).await.unwrap();
        store.metadata().set_table(db, &table(200, "fruit"), json!({"is": "new"}), at(1)).await.unwrap();
        let live = [LiveTable { table: table(300, "fruit"), columns: vec![] }];
        assert_eq!(store.metadata().relink(db, &live, Trust::Names, at(2)).await.unwrap(), 1);
        assert_eq!(store.metadata().table(db, 300).await.unwrap().unwrap().settings, json!({"is": "new"}));
        assert_eq!(store.metadata().tables(db).await.unwrap().len(), 1);
    }

    async fn what_was_dropped_stays_as_it_was(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        store.metadata().set_table(db, &table(100, "fruit"), json!({"is": "fruit"}), at(0)).await.unwrap();
        assert_eq!(store.metadata().relink(db, &[], Trust::Names, at(1)).await.unwrap(), 0);
        assert_eq!(store.metadata().table(db, 100).await.unwrap().unwrap().settings, json!({"is": "fruit"}));
    }
}
