//! The records that can be chosen in a field.

use mathesar_api::methods::forms::FormInfo;
use mathesar_app::{Ctx, Result, forms};
use serde_json::{Value, json};

use super::world::{submit, test};

async fn records(ctx: &Ctx, form: &FormInfo, mut params: Value) -> Result<Value> {
    params["form_token"] = json!(form.token);
    let records = forms::list_related_records(ctx, serde_json::from_str(&params.to_string()).unwrap()).await?;
    let results = records.results.iter().map(|record| json!([record.key, record.summary]));
    Ok(json!([records.count, results.collect::<Value>()]))
}

#[test]
fn records_are_found_by_what_they_are_called() {
    test("", async |world| {
        let owner = world.owner().await;
        let form = owner.add_form(world.visits(json!([world.person("host", "must_pick")]))).await.unwrap();
        let visitor = world.visitor("192.0.2.1");
        let found = records(&visitor, &form, json!({ "field_key": "host" })).await.unwrap();
        assert_eq!(found, json!([3, [[1, "Ann"], [3, "Anton"], [2, "Bob"]]]));
        let search = json!({ "field_key": "host", "search": "an", "limit": 1, "offset": 1 });
        assert_eq!(records(&visitor, &form, search).await.unwrap(), json!([2, [[3, "Anton"]]]));
        let many = json!({ "field_key": "host", "limit": 501 });
        assert_eq!(records(&visitor, &form, many).await.unwrap_err().code().code, -24002);
    });
}

#[test]
fn only_where_something_can_be_chosen() {
    test("", async |world| {
        let owner = world.owner().await;
        let fields = json!([world.person("guest", "must_create"), world.value("visit", "note")]);
        let form = owner.add_form(world.visits(fields)).await.unwrap();
        let visitor = world.visitor("192.0.2.1");
        for key in ["guest", "guest name", "note", "host", ""] {
            let error = records(&visitor, &form, json!({ "field_key": key })).await.unwrap_err();
            assert_eq!(error.code().code, -31057, "{key}");
        }
    });
}

#[test]
fn records_of_nested_fields_are_those_of_their_own_tables() {
    let sql =
        "create table town (name text, code text primary key); insert into town values ('Bern', 'B'), ('Zug', 'Z');
        alter table person add town text references town";
    test(sql, async |world| {
        let owner = world.owner().await;
        let mut guest = world.person("guest", "must_create");
        guest["child_fields"] = json!([world.value("person", "name"), {
            "key": "town", "kind": "foreign_key", "column_attnum": world.attnum("person", "town"),
            "related_table_oid": world.oid("town"),
        }]);
        let form = owner.add_form(world.visits(json!([guest]))).await.unwrap();
        let visitor = world.visitor("192.0.2.1");
        let found = records(&visitor, &form, json!({ "field_key": "town", "search": "er" })).await.unwrap();
        assert_eq!(found, json!([1, [["B", "Bern"]]]));
        let values = r#"{"guest": {"type": "create", "name": "Eve", "town": {"type": "pick", "value": "Z"}}}"#;
        submit(&visitor, &form, values).await.unwrap();
        assert_eq!(world.scalar("select town from person where name = 'Eve'").as_deref(), Some("Z"));
    });
}

#[test]
fn what_the_forms_role_may_not_read_is_not_there() {
    test("", async |world| {
        let role = world.role("clerk");
        world.execute(&format!("grant insert on visit to {role}"));
        let bob = world.guest(&role).await;
        let form = bob.add_form(world.visits(json!([world.person("host", "must_pick")]))).await.unwrap();
        let error = records(&world.visitor("192.0.2.1"), &form, json!({ "field_key": "host" })).await.unwrap_err();
        assert!(error.message().starts_with("The form does not work"), "{}", error.message());
    });
}
