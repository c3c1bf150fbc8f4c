//! Forms.

use mathesar_store::{Error, Form, NewForm, NewLink, Oid, SharedAccess, Sharing, Store};

use crate::fixture::{Engine, add_user, at, both};
use crate::metadata::database;

fn new(database_id: i64, schema_oid: u32, name: &str) -> NewForm {
    NewForm {
        database_id,
        schema_oid,
        schema_name: format!("schema{schema_oid}"),
        base_table_oid: u32::MAX,
        associated_role_id: None,
        name: name.to_owned(),
        definition: r#"{"fields":[]}"#.to_owned(),
    }
}

fn link(token: &str, publish_public: bool) -> NewLink<'_> {
    NewLink { token, publish_public }
}

async fn names(store: &Store, database_id: i64, schema_oid: Option<u32>) -> Vec<String> {
    store.forms().list(database_id, schema_oid).await.unwrap().into_iter().map(|form| form.name).collect()
}

both! {
    async fn a_form_is_kept_until_it_is_deleted(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let added = store.forms().add(new(db, 10, "visits"), link("first", false), Sharing::default(), at(0)).await.unwrap();
        assert_eq!(store.forms().get(db, added.id).await.unwrap(), added);
        assert_eq!(added.base_table_oid, Oid(u32::MAX));
        store.forms().add(new(db, 20, "other"), link("second", true), Sharing::default(), at(0)).await.unwrap();
        assert_eq!(names(&store, db, None).await, ["visits", "other"]);
        assert_eq!(names(&store, db, Some(20)).await, ["other"]);

        let replaced = store.forms().replace(added.id, new(db, 20, "calls"), at(5)).await.unwrap();
        let expected = Form { schema_oid: Oid(20), schema_name: "schema20".into(), name: "calls".into(), updated_at: at(5).into(), ..added };
        assert_eq!(replaced, expected);

        store.forms().delete(db, replaced.id).await.unwrap();
        assert!(matches!(store.forms().delete(db, replaced.id).await, Err(Error::NotFound { .. })));
        store.databases().delete(db).await.unwrap();
        assert!(names(&store, db, None).await.is_empty());
        assert!(matches!(store.forms().add(new(db, 10, "late"), link("third", false), Sharing::default(), at(0)).await, Err(Error::Conflict { .. })));
    }

    async fn a_link_leads_to_its_form_until_there_is_another(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let form = store.forms().add(new(db, 10, "visits"), link("first", false), Sharing::default(), at(0)).await.unwrap();
        assert_eq!(store.forms().by_token("first").await.unwrap(), Some(form.clone()));
        assert!(store.forms().set_public(db, form.id, true, at(1)).await.unwrap().publish_public);
        let moved = store.forms().set_token(db, form.id, "second", at(2)).await.unwrap();
        assert_eq!((moved.token.as_str(), moved.publish_public), ("second", true));
        assert_eq!(store.forms().by_token("first").await.unwrap(), None);
        assert_eq!(store.forms().by_token("second").await.unwrap().unwrap().id, form.id);
    }

    async fn a_form_is_its_owners_until_they_are_deleted(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let ann = add_user(&store, "ann").await.id;
        let sharing = Sharing { owner_id: Some(ann), access: SharedAccess::None };
        let added = store.forms().add(new(db, 10, "visits"), link("first", true), sharing, at(0)).await.unwrap();
        assert_eq!(added.sharing(), sharing);
        let replaced = store.forms().replace(added.id, new(db, 10, "calls"), at(1)).await.unwrap();
        assert_eq!(replaced.sharing(), sharing);
        let open = Sharing { access: SharedAccess::Read, ..sharing };
        let shared = store.forms().share(db, added.id, open).await.unwrap();
        assert_eq!(shared, Form { access: SharedAccess::Read, ..replaced });
        assert!(matches!(store.forms().share(db + 1, added.id, open).await, Err(Error::NotFound { .. })));
        store.users().delete(ann).await.unwrap();
        assert_eq!(store.forms().get(db, added.id).await.unwrap(), Form { owner_id: None, ..shared });
    }

    async fn a_form_loses_a_role_that_is_forgotten(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let server_id = store.databases().get(db).await.unwrap().server_id;
        let role = store.roles().add(server_id, "clerk", None, at(0)).await.unwrap();
        let with_role = NewForm { associated_role_id: Some(role.id), ..new(db, 10, "visits") };
        let form = store.forms().add(with_role.clone(), link("first", true), Sharing::default(), at(0)).await.unwrap();
        assert_eq!(form.associated_role_id, Some(role.id));
        store.roles().delete(role.id).await.unwrap();
        assert_eq!(store.forms().get(db, form.id).await.unwrap().associated_role_id, None);
        let refused = store.forms().replace(form.id, with_role, at(1)).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
    }

    async fn one_databases_forms_are_not_anothers(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let form = store.forms().add(new(db, 10, "visits"), link("first", false), Sharing::default(), at(0)).await.unwrap();
        let elsewhere = db + 1;
        let forms = store.forms();
        let refusals = [
            forms.get(elsewhere, form.id).await,
            forms.replace(form.id, new(elsewhere, 10, "mine"), at(0)).await,
            forms.set_public(elsewhere, form.id, true, at(0)).await,
            forms.set_token(elsewhere, form.id, "mine", at(0)).await,
        ];
        for refused in refusals {
            assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
        }
        assert!(matches!(forms.delete(elsewhere, form.id).await, Err(Error::NotFound { .. })));
        assert_eq!(forms.get(db, form.id).await.unwrap(), form);
    }

    async fn forms_follow_their_schemas(engine: &Engine) {
        let store = engine.open().await;
        let db = database(&store).await;
        let kept = store.forms().add(new(db, 10, "kept"), link("first", false), Sharing::default(), at(0)).await.unwrap();
        store.forms().add(new(db, 20, "lost"), link("second", false), Sharing::default(), at(0)).await.unwrap();
        store.forms().rename_schema(db, 10, "renamed").await.unwrap();
        let follow = |row: Form| (row.schema_oid.0 == 10).then_some(Form { schema_oid: Oid(30), ..row });
        store.forms().rewrite(db, follow).await.unwrap();
        let left = store.forms().list(db, None).await.unwrap();
        let found: Vec<_> = left.iter().map(|row| (row.id, row.schema_oid.0, row.schema_name.as_str())).collect();
        assert_eq!(found, [(kept.id, 30, "renamed")]);
    }
}
