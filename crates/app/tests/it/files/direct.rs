//! Loads that answer when the rows are there.

use mathesar_api::{ErrorCode, methods::tables::ImportParams};
use mathesar_app::import::{self, BulkInsert};
use mathesar_app::{Ctx, Error, Result};
use serde_json::json;

use super::world::{World, test};

impl World {
    fn wanted(&self, data_file_id: i64) -> ImportParams {
        let params = json!({
            "database_id": self.database_id, "data_file_id": data_file_id, "schema_oid": self.schema_oid,
        });
        serde_json::from_value(params).unwrap()
    }

    pub async fn bulk_insert(&self, bytes: &[u8], columns: &[(usize, i16)], header: Option<bool>) -> Result<u64> {
        self.bulk_insert_by(&self.ctx, bytes, columns, header).await
    }

    async fn bulk_insert_by(
        &self,
        ctx: &Ctx,
        bytes: &[u8],
        columns: &[(usize, i16)],
        header: Option<bool>,
    ) -> Result<u64> {
        let table_oid = self.scalar("select 'stock'::regclass::oid").await.parse().unwrap();
        let mut upload = import::spool(ctx).await?;
        upload.write(bytes).await?;
        let wanted = BulkInsert { database_id: self.database_id, table_oid, columns: columns.to_vec(), header };
        import::bulk_insert(ctx, upload, "more.csv", wanted).await
    }
}

fn words<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.map_err(|error: Error| error.to_string()).unwrap_err()
}

#[test]
fn a_file_becomes_a_table_of_texts_with_a_key_and_can_do_so_again() {
    test(async |world| {
        let file = world.upload("fruit.csv", b"id;name;weight\n7;Apple;007\n;Fig;\"\"\n").await;
        let wanted = ImportParams { comment: Some("From the shop".to_owned()), ..world.wanted(file) };
        let made = import::import(&world.ctx, wanted.clone()).await.unwrap();
        assert_eq!((made.name.as_str(), made.renamed_columns.get("id").map(String::as_str)), ("fruit", Some("id_1")));
        let rows = world.scalar("select string_agg(f::text, ' ' order by id) from fruit as f").await;
        assert_eq!(rows, "(1,7,Apple,007) (2,,Fig,\"\")");
        let types = "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
                       from pg_attribute where attrelid = 'fruit'::regclass and attnum > 0";
        assert_eq!(world.scalar(types).await, "id integer, id_1 text, name text, weight text");
        assert_eq!(world.scalar("select obj_description('fruit'::regclass)").await, "From the shop");
        assert_eq!(
            world
                .scalar("select contype from pg_constraint where conrelid = 'fruit'::regclass and contype = 'p'")
                .await,
            "p"
        );

        let again = import::import(&world.ctx, wanted).await.unwrap();
        assert_eq!((again.name.as_str(), world.spooled()), ("fruit 2", 1));
        let taken = ImportParams { table_name: Some("fruit".to_owned()), ..world.wanted(file) };
        assert!(words(import::import(&world.ctx, taken).await).contains("already has a \"fruit\""));
    });
}

#[test]
fn a_file_without_names_or_rows_and_one_that_is_cut_wrongly_are_told() {
    test(async |world| {
        let bare = world.upload("numbers.csv", b"1,2\n3,4\n").await;
        let made = import::import(&world.ctx, world.wanted(bare)).await.unwrap();
        let columns = "select string_agg(attname, ', ' order by attnum) from pg_attribute
                        where attrelid = 'numbers'::regclass and attnum > 0";
        assert_eq!((made.name.as_str(), world.scalar(columns).await.as_str()), ("numbers", "id, Column 1, Column 2"));
        let empty = world.upload("empty.csv", b"").await;
        assert!(words(import::import(&world.ctx, world.wanted(empty)).await).contains("empty"));
        let ragged = world.upload("ragged.csv", b"name,age\nann,4\nbob,5,6\n").await;
        assert!(words(import::import(&world.ctx, world.wanted(ragged)).await).contains("Line 3 has 3 fields"));
        assert_eq!(world.scalar("select to_regclass('ragged') is null").await, "t");
        let nowhere = ImportParams { schema_oid: 1, ..world.wanted(ragged) };
        assert!(words(import::import(&world.ctx, nowhere).await).contains("schema"));
        assert!(words(import::import(&world.ctx, world.wanted(999)).await).contains("999") || world.spooled() == 3);
    });
}

const STOCK: &str =
    "create table stock (id int generated always as identity primary key, name text, price numeric(8,2),
    seen date); insert into stock (name) values ('pear')";

#[test]
fn rows_of_a_file_join_those_of_a_table_in_one_request() {
    test(async |world| {
        world.execute(STOCK).await;
        let file = b"When;Name;Cost\n31.12.2024;Apple;1.234,50\n01.02.2025;;2,00\n";
        let inserted = world.bulk_insert(file, &[(1, 2), (2, 3), (0, 4)], None).await.unwrap();
        let rows = world.scalar("select string_agg(s::text, ' ' order by id) from stock as s").await;
        assert_eq!((inserted, rows.as_str()), (2, "(1,pear,,) (2,Apple,1234.50,2024-12-31) (3,,2.00,2025-02-01)"));
        assert_eq!(world.bulk_insert(b"name\nfig\n", &[(0, 2)], Some(false)).await.unwrap(), 2);
        assert_eq!(world.spooled(), 0, "the uploads are gone");
    });
}

#[test]
fn one_wrong_row_keeps_all_of_them_out() {
    test(async |world| {
        world.execute(STOCK).await;
        for (bytes, columns, told) in [
            (&b"n,p\nplum,1\nkiwi,dear\n"[..], &[(0, 2), (1, 3)][..], "Line 3, column \"price\""),
            // Both days could be months.
            (b"n,d\nplum,01/02/2024\nkiwi,03/04/2024\n", &[(0, 2), (1, 4)], "Line 2, column \"seen\""),
            (b"n\nplum\n", &[(1, 2)], "none with the index 1"),
            (b"n\nplum\n", &[(0, 9)], "no column number 9"),
            (b"n\nplum\n", &[], "at least one"),
            (b"\x89PNG\r\n\x1a\n", &[(0, 2)], "only text"),
        ] {
            let refused = words(world.bulk_insert(bytes, columns, None).await);
            assert!(refused.contains(told), "{refused}");
        }
        assert_eq!((world.scalar("select count(*) from stock").await.as_str(), world.spooled()), ("1", 0));
    });
}

#[test]
fn who_may_not_add_rows_is_told_so() {
    test(async |world| {
        world.execute(STOCK).await;
        let (looker, role) = world.stranger("looker").await;
        world.execute(&format!("grant select on stock to {role}")).await;
        let refused = world.bulk_insert_by(&looker, b"name\nfig\n", &[(0, 2)], None).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::INSUFFICIENT_PRIVILEGE, "{refused}");
        assert_eq!(world.scalar("select count(*) from stock").await, "1");
    });
}
