//! The paths of an import that are not the smooth one.

use std::time::Duration;

use mathesar_api::methods::{
    columns::TypeOptions,
    imports::{Dialect, LoadParams},
    jobs::{JobParams, JobState},
    tables::PkeyType,
};
use mathesar_app::{import, jobs};

use super::world::{World, test};

/// Loads with something changed and gives the words of its failure.
async fn failure(world: &World, bytes: &[u8], change: impl FnOnce(&mut LoadParams)) -> String {
    let file = world.upload("file.csv", bytes).await;
    let preview = world.preview(file, None).await.unwrap();
    let mut params = world.as_previewed(&preview, "fruit");
    change(&mut params);
    let job = world.load(params).await;
    assert_eq!(job.state, JobState::Failed);
    assert_eq!(world.scalar("select to_regclass('fruit') is null").await, "t", "a failed load leaves nothing behind");
    job.error.unwrap()
}

#[test]
fn a_preview_shows_columns_rows_and_what_is_odd() {
    test(async |world| {
        let file = world.upload("My fruit.csv", b"code;price;;code\n007;1,50;x;a\n123;2,75;y\n1;3,00;z;b;c\n").await;
        let preview = world.preview(file, None).await.unwrap();
        assert_eq!((preview.table_name.as_str(), preview.rows), ("My fruit", 3));
        let columns: Vec<_> = preview
            .columns
            .iter()
            .map(|column| (column.name.as_str(), column.kind.as_str(), column.format.as_deref()))
            .collect();
        assert_eq!(
            columns,
            [
                ("code", "text", None),
                ("price", "numeric", Some("1.234,5")),
                ("Column 3", "text", None),
                ("code 2", "text", None),
            ]
        );
        assert!(preview.columns[0].alternatives[0].losses[0].contains("leading zeros"), "{:?}", preview.columns[0]);
        assert_eq!(preview.sample[1], [Some("123".to_owned()), Some("2,75".to_owned()), Some("y".to_owned()), None]);
        assert_eq!(preview.warnings.len(), 2, "{:?}", preview.warnings);
        assert!(preview.warnings[0].contains("line 3") && preview.warnings[1].contains("line 4"));
        let other = Dialect { delimiter: Some(",".to_owned()), ..Dialect::default() };
        let other = world.preview(file, Some(other)).await.unwrap();
        assert_eq!((other.columns.len(), other.columns[0].header.as_str()), (1, "code;price;;code"));
    });
}

#[test]
fn what_is_loaded_is_analysed_soon_after() {
    test(async |world| {
        let job = world.import("fruit.csv", b"name\nfig\nplum\n", "fruit").await;
        assert_eq!(job.error, None);
        // Nobody waits for it, so that it may come a moment after the job is done.
        let mut tries = 0;
        while world.scalar("select reltuples from pg_class where oid = 'fruit'::regclass").await != "2" {
            tries += 1;
            assert!(tries < 1_000, "PostgreSQL was never told to analyse the table");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
}

#[test]
fn formats_chosen_in_the_preview_are_read_by_the_load() {
    test(async |world| {
        let file = "when,price\n12.06.1998,\"1.234,50\"\n31.12.1999,\"0,05\"\n";
        let job = world.import("fruit.csv", file.as_bytes(), "fruit").await;
        assert_eq!(job.error, None);
        let rows = "select string_agg(\"when\" || ' ' || price, '; ' order by 1) from fruit";
        assert_eq!(world.scalar(rows).await, "1998-06-12 1234.50; 1999-12-31 0.05");
    });
}

#[test]
fn a_field_that_does_not_fit_is_named_with_its_line() {
    test(async |world| {
        let file = b"name,weight\n\"two\nlines\",1\nheavy,much\n";
        let ours = failure(world, file, |params| {
            params.columns[1].kind = "date".to_owned();
        })
        .await;
        assert!(ours.contains("Line 2, column \"weight\": \"1\" cannot be read as date"), "{ours}");
        let postgresqls = failure(world, file, |params| params.columns[1].kind = "integer".to_owned()).await;
        assert!(postgresqls.starts_with("Line 4, column \"weight\""), "{postgresqls}");
        assert!(postgresqls.contains("InvalidTextRepresentation"), "{postgresqls}");
        let twice = failure(world, b"name\nx\ny\n\nx\n", |params| params.key_column = Some("name".to_owned())).await;
        assert!(twice.starts_with("Line 4"), "a missing key comes first: {twice}");
    });
}

#[test]
fn a_value_that_would_be_rounded_is_refused() {
    test(async |world| {
        let words = failure(world, b"price\n1.25\n2.125\n", |params| {
            let cents = TypeOptions { precision: Some(6), scale: Some(2), ..TypeOptions::default() };
            params.columns[0].type_options = Some(cents);
        })
        .await;
        assert!(words.contains("Line 3") && words.contains("rounded to 2 digits"), "{words}");
    });
}

#[test]
fn ragged_lines_are_filled_or_refused_or_cut() {
    test(async |world| {
        let ragged = b"a,b\n1\n2,x,surplus\n3,y,\n";
        let words = failure(world, ragged, |_| {}).await;
        assert!(words.contains("Line 3 has 3 fields"), "{words}");
        let file = world.upload("fruit.csv", ragged).await;
        let preview = world.preview(file, None).await.unwrap();
        let job = world.load(LoadParams { cut_long_lines: true, ..world.as_previewed(&preview, "fruit") }).await;
        assert_eq!(job.error, None);
        let result: serde_json::Value = serde_json::from_str(job.result.unwrap().text()).unwrap();
        assert_eq!((&result["rows"], &result["short_rows"], &result["cut_rows"]), (&3.into(), &1.into(), &1.into()));
        let rows = "select string_agg(a || coalesce(b, '-'), ' ' order by a) from fruit";
        assert_eq!(world.scalar(rows).await, "1- 2x 3y");
    });
}

#[test]
fn nul_characters_are_refused_or_removed() {
    test(async |world| {
        let words = failure(world, b"a,b\n1,x\n2,y\0z\n", |_| {}).await;
        assert!(words.contains("Line 3 holds a NUL"), "{words}");
        let file = world.upload("fruit.csv", b"a,b\n1,x\n2,y\0z\n").await;
        let preview = world.preview(file, None).await.unwrap();
        assert!(preview.warnings[0].contains("line 3"), "{:?}", preview.warnings);
        let job = world.load(LoadParams { remove_nul: true, ..world.as_previewed(&preview, "fruit") }).await;
        assert_eq!(job.error, None);
        assert_eq!(world.scalar("select b from fruit where a = 2").await, "yz");
    });
}

#[test]
fn other_encodings_arrive_as_they_were_meant() {
    test(async |world| {
        let text = "name;stadt\nMüller;Köln\nŁukasz;Łódź\n";
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let job = world.import("utf16.csv", &utf16, "wide").await;
        assert_eq!(job.error, None);
        assert_eq!(world.scalar("select string_agg(stadt, ' ' order by name) from wide").await, "Köln Łódź");
        let latin1 = b"name;stadt\nM\xfcller;K\xf6ln\nJos\xe9;M\xe1laga\n";
        let job = world.import("latin1.csv", latin1, "narrow").await;
        assert_eq!(job.error, None);
        assert_eq!(world.scalar("select string_agg(stadt, ' ' order by name) from narrow").await, "Málaga Köln");
    });
}

#[test]
fn words_for_no_value_become_null_where_that_was_shown_or_asked_for() {
    test(async |world| {
        let file = b"n,region,code\n1,EU,007\nNA,NA,-\n - ,AS,008\n4,null,\n";
        let upload = world.upload("fruit.csv", file).await;
        let preview = world.preview(upload, None).await.unwrap();
        let shown = preview.columns.iter().map(|column| {
            let words = column.null_words.iter().map(|met| format!("{} {}@{}", met.word, met.count, met.line));
            (column.kind.as_str(), words.collect::<Vec<_>>().join(" "), column.null_words_are_null)
        });
        let expected = [
            ("integer", "NA 1@3 - 1@4".to_owned(), true),
            ("text", "NA 1@3 null 1@5".to_owned(), false),
            ("text", "- 1@3".to_owned(), false),
        ];
        assert_eq!(shown.collect::<Vec<_>>(), expected);

        let mut params = world.as_previewed(&preview, "fruit");
        params.columns[2].null_words = vec!["-".to_owned()];
        assert_eq!(world.load(params).await.error, None);
        let rows =
            "select string_agg(concat_ws(' ', coalesce(n::text, '∅'), region, coalesce(code, '∅')), '; ') from fruit";
        assert_eq!(world.scalar(rows).await, "1 EU 007; ∅ NA ∅; ∅ AS 008; 4 null ∅");
    });
}

#[test]
fn a_word_for_no_value_that_is_to_be_kept_does_not_fit_a_number() {
    test(async |world| {
        let words = failure(world, b"n\n1\nNA\n", |params| params.columns[0].null_words.clear()).await;
        assert!(words.starts_with("Line 3, column \"n\""), "{words}");
        let file = world.upload("fruit.csv", b"n\n1\n").await;
        let mut params = world.as_previewed(&world.preview(file, None).await.unwrap(), "fruit");
        params.columns[0].null_words = vec!["NA".to_owned(); 21];
        assert!(import::load(&world.ctx, params).await.unwrap_err().message().contains("at most 20 words"));
    });
}

#[test]
fn a_file_that_is_no_text_is_called_by_its_kind() {
    test(async |world| {
        for (bytes, words) in [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), "a PNG image"),
            (b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml, xl/workbook.xml", "save it as CSV"),
        ] {
            let refused = world.try_upload("fruit.csv", bytes).await.unwrap_err();
            assert!(refused.message().contains(words), "{}", refused.message());
        }
        assert_eq!(world.spooled(), 0, "what is refused is not kept");
    });
}

#[test]
fn a_key_is_added_or_taken_from_the_file() {
    test(async |world| {
        let file = world.upload("fruit.csv", b"id,name\n7,x\n8,y\n").await;
        let preview = world.preview(file, None).await.unwrap();
        assert!(preview.columns[0].unique);
        let added = LoadParams { add_key: Some(PkeyType::Identity), ..world.as_previewed(&preview, "added") };
        assert_eq!(world.load(added).await.error, None);
        assert_eq!(
            world.scalar("select string_agg(row_id || ':' || id, ' ' order by row_id) from added").await,
            "1:7 2:8"
        );
        let file = world.upload("fruit.csv", b"id,name\n7,x\n8,y\n").await;
        let preview = world.preview(file, None).await.unwrap();
        let taken = LoadParams { key_column: Some("id".to_owned()), ..world.as_previewed(&preview, "taken") };
        assert_eq!(world.load(taken).await.error, None);
        let key =
            "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'taken'::regclass and contype = 'p'";
        assert_eq!(world.scalar(key).await, "PRIMARY KEY (id)");
    });
}

#[test]
fn a_file_without_rows_makes_an_empty_table() {
    test(async |world| {
        let job = world.import("fruit.csv", b"name,weight\n", "fruit").await;
        assert_eq!(job.error, None);
        assert_eq!(world.scalar("select count(*) from fruit").await, "0");
    });
}

#[test]
fn of_too_many_columns_some_are_chosen() {
    test(async |world| {
        let names: Vec<_> = (0..1700).map(|index| format!("c{index}")).collect();
        let values: Vec<_> = (0..1700).map(|index| index.to_string()).collect();
        let file = world.upload("wide.csv", format!("{}\n{}\n", names.join(","), values.join(",")).as_bytes()).await;
        let preview = world.preview(file, None).await.unwrap();
        assert_eq!((preview.columns.len(), preview.column_limit), (1700, 1600));
        assert!(preview.warnings[0].contains("1700"), "{:?}", preview.warnings);
        let mut params = world.as_previewed(&preview, "wide");
        let refused = import::load(&world.ctx, params.clone()).await.unwrap_err();
        assert!(refused.message().contains("1600"), "{}", refused.message());
        params.columns = params.columns.split_off(1697);
        assert_eq!(world.load(params).await.error, None);
        assert_eq!(world.scalar("select concat_ws(' ', c1697, c1698, c1699) from wide").await, "1697 1698 1699");
    });
}

#[test]
fn a_name_that_is_taken_is_told() {
    test(async |world| {
        assert_eq!(world.import("fruit.csv", b"a\n1\n", "fruit").await.error, None);
        let job = world.import("fruit.csv", b"a\n1\n", "fruit").await;
        assert!(job.error.unwrap().contains("Choose another name"));
        assert_eq!(world.spooled(), 1, "the upload of the failed load stays, that of the other is gone");
    });
}

#[test]
fn a_cancelled_load_leaves_nothing_behind() {
    test(async |world| {
        let rows: String =
            (0..400_000).map(|number| format!("{number},some text that makes the row longer\n")).collect();
        let file = world.upload("fruit.csv", format!("id,text\n{rows}").as_bytes()).await;
        let preview = world.preview(file, None).await.unwrap();
        assert_eq!(preview.rows, 400_000);
        let job = import::load(&world.ctx, world.as_previewed(&preview, "fruit")).await.unwrap();
        jobs::cancel(&world.ctx, JobParams { job_id: job.id }).await.unwrap();
        assert_eq!(world.wait(job.id).await.state, JobState::Cancelled);
        assert_eq!(world.scalar("select to_regclass('fruit') is null").await, "t");
        assert_eq!(world.import("fruit.csv", b"a\n1\n", "fruit").await.error, None, "the worker goes on");
    });
}

#[test]
fn an_upload_of_somebody_else_is_not_found() {
    test(async |world| {
        let file = world.upload("fruit.csv", b"a\n1\n").await;
        let mut other = world.ctx.clone();
        if let Some(signed_in) = &mut other.caller.signed_in {
            signed_in.user_id += 1;
        }
        assert!(import::remove(&other, file).await.is_err());
        assert_eq!(world.spooled(), 1);
        import::remove(&world.ctx, file).await.unwrap();
        assert_eq!(world.spooled(), 0);
    });
}
