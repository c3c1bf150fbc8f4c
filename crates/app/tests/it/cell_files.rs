//! Files in cells that came from another installation: they get marks that are known here.

use mathesar_api::ErrorCode;
use mathesar_app::{
    Ctx, Result,
    files::{self, ByForm},
    forms,
    model::metadata,
    records,
};
use serde_json::{Value, json};

use crate::world::{Guest, after};

const TABLES: &str = r#"
    create table report (id int primary key, photo jsonb, name text);
    insert into report values (1, '{"uri": "file:00ff/a b.png", "mash": "foreign"}'), (2, '{"uri": "file:00ff/a b.png", "size": 3}'),
        (3, '{"uri": "file:0bad/missing.png", "mash": "kept"}'), (4, '{"uri": "file:../mathesar.sqlite", "mash": "kept"}'),
        (5, null), (6, '[1]'), (7, '{"other": true}');"#;

async fn reset(guest: &Guest<'_>, attnum: i16) -> Result<()> {
    let params = json!({ "table_oid": guest.world.oid("report"), "column_attnum": attnum });
    files::reset_mash(&guest.ctx, guest.params(params)).await
}

#[test]
fn files_of_another_installation_become_known_when_a_superuser_says_so() {
    after(&[TABLES], async |world| {
        let mashes =
            || world.scalar("select string_agg(coalesce(photo->>'mash', '-'), ' ' order by id) from report").unwrap();
        let (reader, editor) = (world.role("reader"), world.role("editor"));
        world.execute(&format!("grant select on report to {reader}; grant all on report to {editor}"));
        let folder = world.app.options.data_dir.join("files");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("00ff"), b"png").unwrap();

        let owner = world.owner().await;
        reset(&owner, 2).await.unwrap();
        assert_eq!(mashes(), "foreign - kept kept - - -", "whoever can write a cell could else read any file");

        let root = world.root(&editor).await;
        reset(&root, 2).await.unwrap();
        let mash = world.scalar("select photo->>'mash' from report where id = 1").unwrap();
        assert_eq!(mashes(), format!("{mash} {mash} kept kept - - -"));
        assert_eq!(
            world.scalar("select photo->>'size' from report where id = 2").as_deref(),
            Some("3"),
            "what else a cell holds stays"
        );
        let file = files::get(&root.ctx, &mash, None).await.unwrap();
        assert_eq!((file.name.as_str(), file.size_bytes, file.media_type.as_str()), ("a b.png", 3, "image/png"));

        world.execute("update report set photo = photo || '{\"mash\": \"stale\"}' where id = 1");
        reset(&owner, 2).await.unwrap();
        assert_eq!(mashes(), format!("{mash} {mash} kept kept - - -"), "what is known here anybody may mend");
        assert_eq!(reset(&owner, 3).await.unwrap_err().code(), ErrorCode::VALUE_ERROR);
        assert_eq!(reset(&owner, 9).await.unwrap_err().code(), ErrorCode::UNDEFINED_COLUMN);
        let reader = world.guest(&reader).await;
        assert_eq!(reset(&reader, 2).await.unwrap_err().code(), ErrorCode::INSUFFICIENT_PRIVILEGE);
    });
}

#[test]
fn clients_of_the_original_get_links_to_files() {
    after(&[TABLES], async |world| {
        let root = world.root("postgres").await;
        let folder = world.app.options.data_dir.join("files");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("00ff"), b"png").unwrap();
        reset(&root, 2).await.unwrap();
        let mash = world.scalar("select photo->>'mash' from report where id = 1").unwrap();
        let list = async |more: Value| -> Value {
            let mut params = json!({ "table_oid": world.oid("report") });
            params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_slice(&records::list(&root.ctx, root.params(params)).await.unwrap()).unwrap()
        };
        assert_eq!(list(json!({})).await["download_links"], Value::Null, "nobody said that the column holds files");
        let holds = json!({ "table_oid": world.oid("report"), "column_meta_data_list": [{ "attnum": 2, "file_backend": "default" }] });
        metadata::set_columns(&root.ctx, root.params(holds)).await.unwrap();
        let path = format!("/sub/files/{mash}/");
        let links = json!({ "2": { &mash: {
            "uri": "file:00ff/a b.png", "name": "a b.png", "mimetype": "image/png", "direct": path,
            "attachment": format!("{path}download/"), "thumbnail": format!("{path}thumbnail/"),
        } } });
        assert_eq!(list(json!({})).await["download_links"], links);
        assert_eq!(list(json!({ "columns": [1] })).await["download_links"], Value::Null);
        assert_eq!(list(json!({ "values": "text" })).await["download_links"], Value::Null);
    });
}

/// A form over reports that asks for a photo and a number.
async fn photo_form(guest: &Guest<'_>) -> String {
    let table = guest.world.oid("report");
    let holds = json!({ "table_oid": table, "column_meta_data_list": [{ "attnum": 2, "file_backend": "default" }] });
    metadata::set_columns(&guest.ctx, guest.params(holds)).await.unwrap();
    let form = json!({
        "name": "Report", "schema_oid": guest.world.schema("public"), "base_table_oid": table, "publish_public": true,
        "fields": [
            { "key": "photo", "kind": "scalar_column", "column_attnum": 2 },
            { "key": "id", "kind": "scalar_column", "column_attnum": 1 },
        ],
    });
    forms::add(&guest.ctx, guest.params(json!({ "form_def": form }))).await.unwrap().token
}

/// Chooses a file in the form, and gives the value of the field.
async fn choose(visitor: &Ctx, by: &ByForm) -> Result<Value> {
    let sender = files::admit(visitor, Some(by)).await?;
    let mut spool = sender.spool(visitor).await?;
    spool.write(b"photo").await?;
    let file = files::add(visitor, sender, spool, "photo.png").await?;
    Ok(json!({ "uri": file.uri, "mash": file.mash }))
}

async fn submit(visitor: &Ctx, by: &ByForm, values: Value) -> Result<()> {
    let params = json!({ "form_token": by.form_token, "values": values });
    forms::submit(visitor, serde_json::from_value(params).unwrap()).await
}

#[test]
fn files_of_a_form_that_is_never_sent_go_after_two_days() {
    after(&[TABLES], async |world| {
        let owner = world.owner().await;
        let by = ByForm { form_token: photo_form(&owner).await, form_field_key: "photo".to_owned() };
        let visitor = world.visitor("203.0.113.7");
        let on_disk = || std::fs::read_dir(world.app.options.data_dir.join("files")).unwrap().count();

        let [sent, refused, abandoned] =
            [choose(&visitor, &by).await, choose(&visitor, &by).await, choose(&visitor, &by).await].map(Result::unwrap);
        submit(&visitor, &by, json!({ "photo": sent.to_string(), "id": "100" })).await.unwrap();
        submit(&visitor, &by, json!({ "photo": refused, "id": "100" })).await.expect_err("the key is taken");
        assert_eq!((files::sweep(&world.app).await.unwrap(), on_disk()), (0, 3), "they may still be sent");
        submit(&visitor, &by, json!({ "photo": refused, "id": "101" })).await.unwrap();
        submit(&visitor, &by, json!({ "photo": sent, "id": "100" })).await.expect_err("it was sent before");

        world.hands.pass(2 * 24 * 3600 + 1);
        assert_eq!((files::sweep(&world.app).await.unwrap(), on_disk()), (1, 2), "what cells hold stays");
        let mark = |value: &Value| value["mash"].as_str().unwrap().to_owned();
        for kept in [&sent, &refused] {
            assert_eq!(files::get(&owner.ctx, &mark(kept), None).await.unwrap().size_bytes, 5);
        }
        assert_eq!(
            files::get(&owner.ctx, &mark(&abandoned), None).await.unwrap_err().code(),
            ErrorCode::DOES_NOT_EXIST
        );
        let late = submit(&visitor, &by, json!({ "photo": abandoned, "id": "102" })).await.unwrap_err();
        assert!(late.message().starts_with("values.photo: the file is here no longer"), "{}", late.message());
        assert_eq!(world.scalar("select count(*) from report where id = 102").as_deref(), Some("0"));
    });
}

#[test]
fn an_address_cannot_send_files_by_forms_without_end() {
    after(&[TABLES], async |world| {
        let owner = world.owner().await;
        let by = ByForm { form_token: photo_form(&owner).await, form_field_key: "photo".to_owned() };
        let visitor = world.visitor("203.0.113.7");
        let mut sent = 0;
        let refusal = loop {
            match files::admit(&visitor, Some(&by)).await {
                Ok(_) => sent += 1,
                Err(error) => break error,
            }
            assert!(sent <= 60, "it goes on");
        };
        assert_eq!((sent, refusal.code()), (60, ErrorCode::THROTTLED));
        files::admit(&world.visitor("203.0.113.8"), Some(&by)).await.map(drop).unwrap();
    });
}

#[test]
fn a_file_that_cannot_be_entered_leaves_no_bytes() {
    after(&[TABLES], async |world| {
        let owner = world.owner().await;
        let by = ByForm { form_token: photo_form(&owner).await, form_field_key: "photo".to_owned() };
        let visitor = world.visitor("203.0.113.7");
        let sender = files::admit(&visitor, Some(&by)).await.unwrap();
        let mut spool = sender.spool(&visitor).await.unwrap();
        spool.write(b"photo").await.unwrap();
        let form = forms::list(&owner.ctx, owner.params(json!({}))).await.unwrap().remove(0);
        forms::delete(&owner.ctx, owner.params(json!({ "form_id": form.id }))).await.unwrap();
        files::add(&visitor, sender, spool, "photo.png").await.expect_err("its form is gone");
        assert_eq!(std::fs::read_dir(world.app.options.data_dir.join("files")).unwrap().count(), 0);
    });
}
