//! Who may set what is kept about tables beyond PostgreSQL.

use mathesar_app::databases::configured;
use mathesar_app::model::{metadata, tables};
use mathesar_app::{Error, Result};
use serde_json::json;

use crate::world::{Guest, World, after};

impl Guest<'_> {
    async fn open_metadata_to(&self, access: &str) -> Result<()> {
        configured::patch(&self.ctx, self.params(json!({ "patch": { "metadata_access": access } }))).await.map(drop)
    }

    /// Sets what is kept about the table and about a column of it.
    async fn set_metadata(&self, table: u32) -> [Result<()>; 2] {
        let of_table = json!({ "table_oid": table, "metadata": { "record_summary_template": [[1]] } });
        let of_columns =
            json!({ "table_oid": table, "column_meta_data_list": [{ "attnum": 1, "num_grouping": "never" }] });
        [
            metadata::set_table(&self.ctx, self.params(of_table)).await,
            metadata::set_columns(&self.ctx, self.params(of_columns)).await,
        ]
    }
}

fn is_admitted(answers: [Result<()>; 2]) -> bool {
    let refused: Vec<Error> = answers.into_iter().filter_map(Result::err).collect();
    for error in &refused {
        assert_eq!(error.code().code, -31035);
        assert!(error.message().contains("does not own public.book. Ask its owner"), "{}", error.message());
    }
    assert!(refused.len() != 1, "both are decided in one way");
    refused.is_empty()
}

#[test]
fn a_database_leaves_metadata_to_all_collaborators_or_to_who_owns_the_table() {
    after(&["create table book (id int primary key)"], async |world: &World| {
        let (keeper, reader, member) = (world.role("keeper"), world.role("reader"), world.role("member"));
        let outside = world.role("outside");
        world.execute(&format!(
            "alter table book owner to {keeper}; grant select on book to {reader}, {member}, {outside}; grant {keeper} to {member}"
        ));
        let (book, root) = (world.oid("book"), world.root(&outside).await);
        let (keeper, member) = (world.guest(&keeper).await, world.guest(&member).await);
        let reader = world.guest(&reader).await;
        assert!(is_admitted(reader.set_metadata(book).await), "as in the original");

        root.open_metadata_to("owners").await.unwrap();
        let listed = configured::list(&reader.ctx, Default::default()).await.unwrap();
        assert_eq!(serde_json::to_value(listed[0].metadata_access).unwrap(), json!("owners"));
        for (guest, expected) in [(&keeper, true), (&member, true), (&root, true), (&reader, false)] {
            assert_eq!(is_admitted(guest.set_metadata(book).await), expected);
        }
        let seen = json!({ "table_oid": book });
        let seen = tables::get_with_metadata(&reader.ctx, reader.params(seen)).await.unwrap();
        assert!(seen.metadata.unwrap().record_summary_template.is_some(), "everybody reads it");

        // What is left out stays.
        let rename = root.params(json!({ "patch": { "nickname": "Library" } }));
        configured::patch(&root.ctx, rename).await.unwrap();
        assert!(!is_admitted(reader.set_metadata(book).await));
        root.open_metadata_to("collaborators").await.unwrap();
        assert!(is_admitted(reader.set_metadata(book).await));
    });
}
