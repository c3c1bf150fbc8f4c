use mathesar_app::model::{columns, import_preview};
use serde_json::{Value, json};

use super::world::{World, failure, params};

const TEXTS: &str = "create table t (id int generated always as identity primary key, whole text, big varchar, amount text,
        german text, paid text, day text, us_day text, zip text, word text, none text, mixed text, flag text, missing text);
    insert into t (whole, big, amount, german, paid, day, us_day, zip, word, mixed, flag, missing) values
        ('1', '12345678901', '1.50', '1.234,5', '1,234,567.25', '2024-02-29', '02/29/2024', '01234', 'a', '1', 'yes', '4'),
        (' 22 ', '-5', '2', '7,25', '12.5', '2023-12-31', '12/31/2023', '99999', 'b', 'x', 'no', 'NA'),
        ('', null, null, null, null, null, null, null, null, null, null, null)";

#[tokio::test]
async fn every_type_that_is_suggested_is_one_that_the_column_takes() {
    let (world, id) = World::connected().await;
    world.database.execute(TEXTS);
    let oid = world.table("t");
    let suggested =
        import_preview::suggest(&world.ctx, params(json!({"database_id": id, "table_oid": oid}))).await.unwrap();
    let told: Vec<_> = suggested.values().map(|one| one.kind.as_str()).collect();
    let expected = [
        "integer", "integer", "bigint", "numeric", "numeric", "numeric", "date", "text", "text", "text", "text",
        "text", "boolean", "text",
    ];
    assert_eq!(told, expected);
    assert_eq!(suggested[&5].details.as_ref().unwrap().decimal_p.as_deref(), Some(","));
    assert_eq!(suggested[&6].details.as_ref().unwrap().group_sep.as_deref(), Some(","));
    let patches: Vec<Value> = suggested
        .iter()
        .map(|(attnum, one)| json!({"id": attnum, "type": one.kind, "cast_options": one.details}))
        .collect();
    let patch = json!({"database_id": id, "table_oid": oid, "column_data_list": patches});
    columns::patch(&world.ctx, params(patch)).await.unwrap();
    let rows = world.database.scalar("select string_agg(t::text, ' ' order by id) from t");
    let expected = "(1,1,12345678901,1.50,1234.5,1234567.25,2024-02-29,02/29/2024,01234,a,,1,t,4) \
                    (2,22,-5,2,7.25,12.5,2023-12-31,12/31/2023,99999,b,,x,f,NA) (3,,,,,,,,,,,,,)";
    assert_eq!(rows.as_deref(), Some(expected));
}

#[tokio::test]
async fn a_preview_shows_values_as_they_would_be_and_changes_nothing() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table t (id int primary key, n text, at text, length float8, \"Odd \"\" name\" text);
         insert into t values (1, '1,200.5', '2024-02-29 10:00', 5.2225, '[1, 2]'), (2, null, null, 2, null), (3, '7', null, 3, null)",
    );
    let preview = |columns: Value, limit: Value| {
        let asked = json!({"database_id": id, "table_oid": world.table("t"), "columns": columns, "limit": limit});
        import_preview::preview(&world.ctx, params(asked))
    };
    let columns = json!([
        {"id": 1},
        {"id": 2, "type": "numeric", "cast_options": {"mathesar_casting": true, "group_sep": ",", "decimal_p": "."}},
        {"id": 3, "type": "timestamp"},
        {"id": 4, "type": "numeric", "type_options": {"precision": 5, "scale": 2}},
        {"id": 5, "type": "jsonb"},
    ]);
    let shown: Value = serde_json::from_slice(&preview(columns, json!(2)).await.unwrap()).unwrap();
    let expected = json!([
        {"id": 1, "n": 1200.5, "at": "2024-02-29T10:00:00.0 AD", "length": 5.22, "Odd \" name": "[1, 2]"},
        {"id": 2, "n": null, "at": null, "length": 2.0, "Odd \" name": null},
    ]);
    assert_eq!(shown, expected);
    for (columns, words) in [
        (json!([{"id": 3, "type": "integer"}]), "InvalidTextRepresentation"),
        (json!([{"id": 9}]), "UndefinedColumn"),
        (json!([]), "ValueError"),
        (json!([{"id": 2, "type": "hovercraft"}]), "ValueError"),
        (json!([{"id": 2, "type": "numeric", "cast_options": {"group_sep": ",", "decimal_p": ","}}]), "ValueError"),
        (json!([{"id": 2, "type": "numeric", "cast_options": {"group_sep": "1"}}]), "ValueError"),
        (json!([{"id": 2, "type": "numeric", "cast_options": {"curr_pref": "US1"}}]), "ValueError"),
    ] {
        assert_eq!(failure(preview(columns.clone(), json!(null)).await).1, words, "{columns}");
    }
    assert_eq!(failure(preview(json!([{"id": 1}]), json!(1_000_000)).await).1, "LimitReached");
    assert_eq!(world.database.scalar("select n from t where id = 1").as_deref(), Some("1,200.5"));
}
