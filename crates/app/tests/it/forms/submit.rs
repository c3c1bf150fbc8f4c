//! What is filled in becomes rows.

use serde_json::json;

use super::world::{refusal, submit, test};

#[test]
fn values_arrive_exactly() {
    test("", async |world| {
        let form = world.owner().await.form(&["big", "price", "at", "note", "seats"]).await;
        let visitor = world.visitor("192.0.2.1");
        let values = r#"{"big": 9007199254740993, "price": 12345678901234567890.10, "at": "2024-02-29T23:59:59.123456+05:30",
            "note": "ä \"b\"", "seats": "7"}"#;
        submit(&visitor, &form, values).await.unwrap();
        assert_eq!(
            world.last_visit("big::text, price::text, (at at time zone 'UTC')::text, note, seats, inside"),
            r#"["9007199254740993", "12345678901234567890.10", "2024-02-29 18:29:59.123456", "ä \"b\"", 7, "postgres"]"#
        );
        // What is left out gets its default, and null is NULL.
        submit(&visitor, &form, r#"{"note": null}"#).await.unwrap();
        assert_eq!(world.last_visit("note, big, inside"), r#"[null, null, "postgres"]"#);
    });
}

#[test]
fn linked_records_are_chosen_or_added() {
    test("", async |world| {
        let owner = world.owner().await;
        let fields = json!([world.person("guest", "can_pick_or_create"), world.person("host", "must_pick")]);
        let form = owner.add_form(world.visits(fields)).await.unwrap();
        let visitor = world.visitor("192.0.2.1");
        submit(&visitor, &form, r#"{"guest": {"type": "pick", "value": 2}, "host": {"type": "pick", "value": "1"}}"#)
            .await
            .unwrap();
        assert_eq!(world.last_visit("guest, host"), "[2, 1]");
        submit(&visitor, &form, r#"{"guest": {"type": "create", "guest name": "Eve"}, "host": null}"#).await.unwrap();
        let added = world.scalar("select name || ' ' || secret from person where id = 4");
        assert_eq!((world.last_visit("guest, host"), added), ("[4, null]".into(), Some("Eve unseen".into())));
    });
}

#[test]
fn all_of_it_is_kept_or_nothing() {
    test("", async |world| {
        let owner = world.owner().await;
        let fields = json!([world.person("guest", "must_create"), world.value("visit", "seats")]);
        let form = owner.add_form(world.visits(fields)).await.unwrap();
        let visitor = world.visitor("192.0.2.1");
        let values = r#"{"guest": {"type": "create", "guest name": "Eve"}, "seats": 0}"#;
        let (code, field, _) = refusal(&visitor, &form, values).await;
        assert_eq!((code, field.as_deref()), (-30017, Some("seats")));
        let values =
            r#"{"guest": {"type": "create", "guest name": "Eve", "guest email": "ann@example.org"}, "seats": 1}"#;
        let (code, field, _) = refusal(&visitor, &form, values).await;
        assert_eq!((code, field.as_deref()), (-30260, Some("guest email")));
        assert_eq!((world.count("person"), world.count("visit")), ("3".into(), "0".into()));
    });
}

#[test]
fn only_the_forms_own_fields_are_taken() {
    test("", async |world| {
        let owner = world.owner().await;
        let mut fields =
            [world.value("visit", "note"), world.person("guest", "must_create"), world.person("host", "must_pick")];
        fields[0]["is_required"] = json!(true);
        let form = owner.add_form(world.visits(json!(fields))).await.unwrap();
        let other = owner.form(&["code"]).await;
        let visitor = world.visitor("192.0.2.1");
        let refused = [
            // Another form's field, a column by name or number, and fields at the wrong depth.
            (r#"{"note": "x", "code": "y"}"#, -31057, None),
            (r#"{"note": "x", "inside": "y"}"#, -31057, None),
            (r#"{"note": "x", "1": 7}"#, -31057, None),
            (r#"{"note": "x", "guest name": "Eve"}"#, -31057, None),
            (r#"{"note": "x", "guest": {"type": "create", "guest name": "Eve", "secret": "told"}}"#, -31057, None),
            (r#"{"note": "x", "guest": {"type": "create", "note": "y"}}"#, -31057, None),
            (r#"{"note": "x", "host": {"type": "create", "host name": "Eve"}}"#, -31057, Some("host")),
            (r#"{"note": "x", "guest": {"type": "pick", "value": 1}}"#, -31057, Some("guest")),
            (r#"{"note": "x", "host": {"type": "pick", "value": 1, "more": 1}}"#, -31057, Some("host")),
            (r#"{"note": "x", "host": {"type": "take", "value": 1}}"#, -31057, Some("host")),
            (r#"{"note": "x", "host": 1}"#, -31057, Some("host")),
            (r#"{"note": "x", "host": []}"#, -31057, Some("host")),
            (r#"{"note": ["x"]}"#, -31057, Some("note")),
            (r#"{"note": "\u0000"}"#, -31057, Some("note")),
            (r#"{}"#, -29107, Some("note")),
            (r#"{"note": null}"#, -29107, Some("note")),
            (r#"{"note": " \n"}"#, -29107, Some("note")),
        ];
        for (values, code, field) in refused {
            let (found, at, words) = refusal(&visitor, &form, values).await;
            assert_eq!((found, at.as_deref()), (code, field), "{values}: {words}");
        }
        assert_eq!((world.count("person"), world.count("visit")), ("3".into(), "0".into()));
        submit(&visitor, &other, r#"{"code": "y"}"#).await.unwrap();
    });
}

#[test]
fn a_role_that_may_only_insert_is_enough() {
    let sql =
        "alter table visit enable row level security; create policy few on visit for insert with check (seats < 10)";
    test(sql, async |world| {
        let role = world.role("clerk");
        world.execute(&format!("grant insert (seats, guest) on visit to {role}; grant insert on person to {role}"));
        let bob = world.guest(&role).await;
        let fields = json!([world.value("visit", "seats"), world.person("guest", "must_create")]);
        let form = bob.add_form(world.visits(fields)).await.unwrap();
        let visitor = world.visitor("192.0.2.1");
        submit(&visitor, &form, r#"{"seats": 3}"#).await.unwrap();
        assert_eq!(world.last_visit("seats"), "[3]");
        assert_eq!(refusal(&visitor, &form, r#"{"seats": 30}"#).await.0, -30101);
        // To link to the new record, its key must be read.
        let added = r#"{"seats": 4, "guest": {"type": "create", "guest name": "Eve"}}"#;
        assert_eq!(refusal(&visitor, &form, added).await.0, -30101);
        world.execute(&format!("grant select (id) on person to {role}"));
        submit(&visitor, &form, added).await.unwrap();
        assert_eq!(world.last_visit("seats, guest is not null"), "[4, true]");
    });
}

#[test]
fn a_row_that_a_trigger_drops_is_no_success() {
    let sql = "create function drop_row() returns trigger language plpgsql as 'begin return null; end';
        create trigger drop_row before insert on visit for each row execute function drop_row()";
    test(sql, async |world| {
        let form = world.owner().await.form(&["note"]).await;
        assert_eq!(refusal(&world.visitor("192.0.2.1"), &form, r#"{"note": "x"}"#).await.0, -24001);
    });
}
