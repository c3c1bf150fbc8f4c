//! Enums, made, changed, and given to columns.

use mathesar_api::Json;
use mathesar_app::model::{columns, enums, show};
use serde_json::json;

use super::world::{World, failure, params};

#[tokio::test]
async fn an_enum_is_made_changed_and_used_under_any_name() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create schema \"My app\"; create table note (id int, word text); insert into note values (1, 'sad'), (2, '')",
    );
    let ctx = &world.ctx;
    let values = ["sad", "it's \\ \"so\"", "ok"];
    let add =
        json!({"database_id": id, "schema_oid": world.schema("\"My app\""), "name": "Mood.\"x\"", "values": values});
    let made = enums::add(ctx, params(add.clone())).await.unwrap();
    assert_eq!((made.kind.as_str(), made.name.as_str()), ("\"My app\".\"Mood.\"\"x\"\"\"", "Mood.\"x\""));
    assert!(made.values == values && made.current_role_owns);
    assert_eq!(failure(enums::add(ctx, params(add)).await).1, "DuplicateObject");

    let place = json!({"database_id": id, "table_oid": world.table("note")});
    let with = |value: serde_json::Value| {
        let mut call = place.clone();
        call["column_data_list"] = value;
        call
    };
    let column = json!([{"name": "mood", "type": made.kind, "default": {"value": "ok"}}, {"name": "moods", "type": format!("{}[]", made.kind)}]);
    columns::add(ctx, params(with(column))).await.unwrap();
    columns::patch(ctx, params(with(json!([{"id": 2, "type": made.kind}])))).await.unwrap();
    let types = "select string_agg(atttypid::regtype::text, ' ' order by attnum) from pg_attribute where attrelid = 'note'::regclass and attnum > 1";
    let name = "\"My app\".\"Mood.\"\"x\"\"\"";
    assert_eq!(world.database.scalar(types).unwrap(), format!("{name} {name} {name}[]"));

    let patch = json!({
        "database_id": id, "enum_oid": made.oid, "renamed": [{"value": "sad", "new_value": "Sad;"}],
        "added": [{"value": "worst", "before": "Sad;"}, {"value": "best"}],
    });
    let shown =
        show::statements(ctx, id, "enums.patch", &Json::from_serialize(&patch).unwrap()).await.unwrap().unwrap();
    let shown: Vec<_> = shown.iter().map(|statement| statement.shown()).collect();
    assert_eq!(
        shown,
        [
            format!("ALTER TYPE {name} RENAME VALUE 'sad' TO 'Sad;'"),
            format!("ALTER TYPE {name} ADD VALUE 'worst' BEFORE 'Sad;'"),
            format!("ALTER TYPE {name} ADD VALUE 'best'"),
        ]
    );
    let changed = enums::patch(ctx, params(patch)).await.unwrap();
    assert_eq!(changed.values, ["worst", "Sad;", values[1], "ok", "best"]);
    assert_eq!(world.database.scalar("select word from note where id = 1").as_deref(), Some("Sad;"));
    let listed = enums::list(ctx, params(json!({"database_id": id}))).await.unwrap();
    assert_eq!(listed, [changed]);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_is_changed() {
    let (world, id) = World::connected().await;
    world.database.execute("create type mood as enum ('sad', 'ok'); create table note (id int)");
    let (ctx, mood) =
        (&world.ctx, world.database.scalar("select 'mood'::regtype::oid").unwrap().parse::<u32>().unwrap());
    let patch = |renamed: serde_json::Value, added: serde_json::Value| {
        params(json!({"database_id": id, "enum_oid": mood, "renamed": renamed, "added": added}))
    };
    let duplicate =
        enums::patch(ctx, patch(json!([{"value": "sad", "new_value": "low"}]), json!([{"value": "ok"}]))).await;
    assert_eq!(failure(duplicate).1, "DuplicateObject");
    let (error, name) = failure(enums::patch(ctx, patch(json!([]), json!([{"value": "x".repeat(64)}]))).await);
    assert!(name == "ValueError" && error.message().starts_with("added[0].value: "), "{}", error.message());
    let many: Vec<_> = (0..1001).map(|number| json!({"value": number.to_string()})).collect();
    assert_eq!(failure(enums::patch(ctx, patch(json!([]), json!(many))).await).1, "LimitReached");
    assert_eq!(world.database.scalar("select enum_range(null::mood)").as_deref(), Some("{sad,ok}"));
    let unknown = json!({"database_id": id, "enum_oid": 1});
    let (error, name) = failure(enums::patch(ctx, params(unknown)).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("enum_oid: "), "{}", error.message());

    let place = json!({"database_id": id, "table_oid": world.table("note")});
    for (kind, expected) in [
        ("public.no_such_type", "UndefinedObject"),
        ("mood; drop table note", "ValueError"),
        ("public.mood; x", "ValueError"),
    ] {
        let mut call = place.clone();
        call["column_data_list"] = json!([{"name": "a", "type": kind}]);
        assert_eq!(failure(columns::add(ctx, params(call)).await).1, expected, "{kind}");
    }
    let modest = world.database.role("modest", "login");
    let id = world.connect_as(&modest).await.unwrap().database.id;
    let theirs = json!({"database_id": id, "enum_oid": mood, "added": [{"value": "mine"}]});
    assert_eq!(failure(enums::patch(ctx, params(theirs)).await).1, "InsufficientPrivilege");
}
