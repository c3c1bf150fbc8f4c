//! What a role may not read, and may not do.

use serde_json::{Value, json};

use super::world::test;

#[test]
fn a_role_reads_what_it_may_and_is_told_what_it_may_not() {
    test("", async |world| {
        let role = world.role("reader");
        world.execute(&format!("grant select on book to {role}"));
        let bob = world.guest(&role).await;
        assert_eq!(bob.rows(world.over("book", &[("title", 2)], Value::Null)).await.len(), 4);
        let (code, message) = bob.refusal(world.books(Value::Null)).await;
        assert_eq!(code, -30101, "{message}");
        let path = "exploration_def.initial_columns[3].join_path[0][1][1]: your role may not read the column id of people.author";
        assert!(message.starts_with(path), "{message}");
        // Whose schema is closed, PostgreSQL finds.
        let role = world.role("outside");
        world.execute(&format!("grant select on book, people.author to {role}"));
        let (code, message) = world.guest(&role).await.refusal(world.books(Value::Null)).await;
        assert!(code == -30101 && message.contains("permission denied for schema people"), "{message}");

        let role = world.role("half");
        world.execute(&format!(
            "grant select on book to {role}; grant usage on schema people to {role}; grant select (id) on people.author to {role}"
        ));
        let eve = world.guest(&role).await;
        let (code, message) = eve.refusal(world.books(Value::Null)).await;
        assert_eq!(code, -30101, "{message}");
        assert!(
            message.starts_with("exploration_def.initial_columns[3].attnum: your role may not read the column"),
            "{message}"
        );
        let mut def = world.books(Value::Null);
        def["initial_columns"][3]["attnum"] = json!(1);
        assert_eq!(json!(eve.rows(def).await[0]), json!([1, "Atlas", 10.5, 1]));
    });
}

#[test]
fn rows_that_a_policy_hides_stay_hidden() {
    let sql = "alter table book enable row level security; create policy cheap on book using (price < 8)";
    test(sql, async |world| {
        let role = world.role("reader");
        world.execute(&format!("grant select on book to {role}"));
        let bob = world.guest(&role).await;
        let result = bob.run(world.over("book", &[("title", 2)], Value::Null)).await.unwrap();
        assert_eq!(result["records"], json!({ "count": 2, "results": [{ "title": "Birds" }, { "title": "Drawing" }] }));
    });
}

#[test]
fn nothing_is_written() {
    let sql = "create function note() returns int language sql as $$ insert into people.author values (9, 'x') returning id $$;
        create view noted as select note() as id";
    test(sql, async |world| {
        let (code, _) = world.owner().await.refusal(world.over("noted", &[("id", 1)], Value::Null)).await;
        assert_eq!(code, -30207);
    });
}
