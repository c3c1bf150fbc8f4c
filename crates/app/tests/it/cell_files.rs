//! Files in cells that came from another installation: they get marks that are known here.

use mathesar_api::ErrorCode;
use mathesar_app::{Result, files, model::metadata, records};
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
