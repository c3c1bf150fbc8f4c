//! Saved explorations as files.

use serde_json::json;

use super::world::test;

#[test]
fn a_saved_exploration_leaves_as_a_file() {
    test("update book set title = '' where id = 2", async |world| {
        let ana = world.owner().await;
        let mut def = world.books(json!([{ "type": "order", "spec": [{ "field": "id", "direction": "desc" }] }]));
        def["name"] = json!("Books/all");
        def["schema_oid"] = json!(world.schema("public"));
        def["display_names"] = json!({ "by": "Author, first", "title": "Said \"title\"" });
        let saved = ana.save(def).await.unwrap();
        let (name, file) = ana.export(saved.id, None, 0).await.unwrap();
        assert_eq!(name, "Books/all.csv");
        assert_eq!(
            file,
            "id,\"Said \"\"title\"\"\",price,\"Author, first\"\n4,Drawing,3.25,\n3,Cooking,,Bob\n2,\"\",7.00,Ann\n1,Atlas,10.50,Ann\n"
        );
        let (_, part) = ana.export(saved.id, Some(1), 2).await.unwrap();
        assert_eq!(part.lines().nth(1), Some("2,\"\",7.00,Ann"));
        assert_eq!(part.lines().count(), 2);
        assert_eq!(ana.export(saved.id + 1, None, 0).await.unwrap_err().code().code, -29025);

        let bob = world.guest(&world.role("nobody")).await;
        let refused = bob.export(saved.id, None, 0).await.unwrap_err();
        assert_eq!(refused.code().code, -30101, "{}", refused.message());
        assert!(refused.message().starts_with("exploration.initial_columns[0].attnum: "), "{}", refused.message());
    });
}

#[test]
fn a_long_file_is_whole() {
    let sql = "create table long (id int primary key); insert into long select generate_series(1, 120000)";
    test(sql, async |world| {
        let ana = world.owner().await;
        let mut def = world.over("long", &[("n", 1)], json!([]));
        def["name"] = json!("Long");
        def["schema_oid"] = json!(world.schema("public"));
        let saved = ana.save(def).await.unwrap();
        let (_, file) = ana.export(saved.id, None, 0).await.unwrap();
        let expected: String =
            std::iter::once("n\n".to_owned()).chain((1..=120_000).map(|n| format!("{n}\n"))).collect();
        assert!(file == expected, "{} bytes", file.len());
    });
}
