//! How people look at tables, kept under names.

use mathesar_api::methods::sharing::SharingRight;
use mathesar_api::methods::table_views::TableViewInfo;
use mathesar_app::model::tables;
use mathesar_app::{Error, Result, table_views};
use serde_json::{Value, json};

use crate::world::{Guest, World, after};

const BOOKS: &str = "create table book (id int primary key, title text, price numeric)";

fn cheap() -> Value {
    let price = json!({ "type": "attnum", "value": 3 });
    json!({
        "filter": { "type": "lesser", "args": [price, { "type": "literal", "value": "7.50" }] },
        "order": [{ "attnum": 3, "direction": "desc" }], "hidden": [1], "search": "sea",
    })
}

impl Guest<'_> {
    async fn keep(&self, definition: Value, access: &str) -> Result<TableViewInfo> {
        let table = self.world.oid("book");
        let params = json!({ "table_oid": table, "name": "Cheap", "definition": definition, "access": access });
        table_views::add(&self.ctx, self.params(params)).await
    }

    async fn kept(&self) -> Vec<TableViewInfo> {
        let params = json!({ "table_oid": self.world.oid("book") });
        table_views::list(&self.ctx, self.params(params)).await.unwrap()
    }

    async fn change(&self, id: i64, mut change: Value) -> Result<TableViewInfo> {
        change["table_view_id"] = json!(id);
        table_views::patch(&self.ctx, self.params(change)).await
    }

    async fn share_view(&self, id: i64, access: &str) -> Result<()> {
        let params = json!({ "table_view_id": id, "access": access });
        table_views::share(&self.ctx, self.params(params)).await.map(drop)
    }

    async fn forget(&self, id: i64) -> Result<()> {
        table_views::delete(&self.ctx, self.params(json!({ "table_view_id": id }))).await
    }
}

fn name(error: &Error) -> &'static str {
    error.code().name
}

#[test]
fn a_view_is_kept_changed_and_forgotten_with_its_table() {
    after(&[BOOKS], async |world: &World| {
        let ana = world.owner().await;
        let saved = ana.keep(cheap(), "write").await.unwrap();
        let definition = serde_json::to_value(&ana.kept().await[0].definition).unwrap();
        assert_eq!(
            (&definition["order"][0]["attnum"], &definition["hidden"], &definition["search"]),
            (&json!(3), &json!([1]), &json!("sea"))
        );
        assert_eq!(definition["filter"]["args"][1]["value"], json!("7.50"));

        let renamed = ana.change(saved.id, json!({ "name": "Bargains" })).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.definition.hidden), ("Bargains", Some(vec![1])));
        let emptied = ana.change(saved.id, json!({ "definition": {} })).await.unwrap();
        assert_eq!((emptied.name.as_str(), emptied.definition.hidden), ("Bargains", None));

        let drop = json!({ "table_oid": world.oid("book"), "cascade": false });
        tables::delete(&ana.ctx, ana.params(drop)).await.unwrap();
        assert_eq!(name(&ana.change(saved.id, json!({ "name": "Gone" })).await.unwrap_err()), "DoesNotExist");
    });
}

#[test]
fn what_does_not_fit_the_table_is_not_kept() {
    after(&[BOOKS], async |world: &World| {
        let ana = world.owner().await;
        let saved = ana.keep(json!({}), "write").await.unwrap();
        for (definition, expected) in [
            (json!({ "filter": { "type": "nonsense", "args": [] } }), "UnknownDBFunctionID"),
            (json!({ "order": [{ "attnum": 9, "direction": "asc" }] }), "BadSortFormat"),
            (json!({ "hidden": [9] }), "UndefinedColumn"),
            (json!({ "joined_columns": [{ "alias": "lost", "join_path": [] }] }), "ValueError"),
            (json!({ "search": "x".repeat(70_000) }), "LimitReached"),
        ] {
            assert_eq!(name(&ana.keep(definition.clone(), "write").await.unwrap_err()), expected);
            assert_eq!(name(&ana.change(saved.id, json!({ "definition": definition })).await.unwrap_err()), expected);
        }
        assert_eq!(name(&ana.change(saved.id, json!({ "name": " " })).await.unwrap_err()), "ValueError");
        let elsewhere = json!({ "table_oid": 1, "name": "Lost", "definition": {} });
        assert_eq!(name(&table_views::add(&ana.ctx, ana.params(elsewhere)).await.unwrap_err()), "UndefinedTable");
    });
}

#[test]
fn a_view_is_its_owners_who_says_what_others_may() {
    after(&[BOOKS], async |world: &World| {
        let role = world.role("bob");
        world.execute(&format!("grant select on book to {role}"));
        let (ana, bob) = (world.owner().await, world.guest(&role).await);
        let saved = ana.keep(cheap(), "none").await.unwrap();
        assert_eq!((saved.sharing.caller_may, bob.kept().await.len()), (SharingRight::Share, 0));
        for (access, expected) in [("none", "DoesNotExist"), ("read", "PermissionError")] {
            ana.share_view(saved.id, access).await.unwrap();
            for refused in [
                bob.change(saved.id, json!({ "name": "Mine" })).await.map(drop),
                bob.share_view(saved.id, "write").await,
                bob.forget(saved.id).await,
            ] {
                assert_eq!(name(&refused.unwrap_err()), expected);
            }
        }
        assert_eq!(bob.kept().await[0].sharing.caller_may, SharingRight::Read);
        ana.share_view(saved.id, "write").await.unwrap();
        bob.change(saved.id, json!({ "name": "Ours" })).await.unwrap();
        bob.forget(saved.id).await.unwrap();
        assert!(ana.kept().await.is_empty());
    });
}
