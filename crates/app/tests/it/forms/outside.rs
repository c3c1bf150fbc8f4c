//! What those hear and see who only have the link.

use mathesar_app::forms;
use serde_json::json;

use super::world::{link, refusal, submit, test};

/// What a visitor must not learn: names of tables, constraints, schemas and roles, and values of other columns.
const HIDDEN: [&str; 8] = ["visit", "public", "postgres", "violates", "constraint", "relation", "SQLSTATE", "unseen"];

#[test]
fn refusals_are_told_without_the_schema() {
    let sql = "alter table visit add constraint once unique (seats) deferrable initially deferred;
        create function greet() returns trigger language plpgsql as
            'begin if new.note = ''late'' then raise ''Come earlier.''; end if; return new; end';
        create trigger greet before insert on visit for each row execute function greet();
        insert into visit (code, seats) values ('taken', 5)";
    let cases = [
        (r#"{"code": "taken"}"#, -30260, Some("code"), "only once"),
        (r#"{"seats": 0}"#, -30017, Some("seats"), "not allowed"),
        (r#"{"seats": "many"}"#, -30156, Some("seats"), "cannot be read"),
        (r#"{"seats": 40000}"#, -30190, Some("seats"), "too large"),
        (r#"{"note": "longer than that"}"#, -30235, Some("note"), "too long"),
        (r#"{"plate": "lower"}"#, -30017, Some("plate"), "not allowed"),
        (r#"{"at": "yesterdayish", "note": "x"}"#, -30125, Some("at"), "cannot be read"),
        (r#"{"host": {"type": "pick", "value": 99}}"#, -30087, Some("host"), "not there any more"),
        (r#"{"host": {"type": "pick", "value": "x"}}"#, -30156, Some("host"), "cannot be read"),
        (r#"{"guest": {"type": "create"}}"#, -30185, Some("guest name"), "needed"),
        (r#"{"note": "late"}"#, -30206, None, "Come earlier."),
        // Refused by the COMMIT.
        (r#"{"seats": 5}"#, -30260, None, "only once"),
    ];
    test(sql, async |world| {
        let owner = world.owner().await;
        let columns = ["code", "seats", "note", "plate", "at"].map(|column| world.value("visit", column));
        let mut fields = columns.to_vec();
        fields.extend([world.person("guest", "must_create"), world.person("host", "must_pick")]);
        let form = owner.add_form(world.visits(json!(fields))).await.unwrap();
        for (values, code, field, words) in cases {
            let (found, at, told) = refusal(&world.visitor("192.0.2.1"), &form, values).await;
            assert_eq!((found, at.as_deref()), (code, field), "{values}: {told}");
            assert!(told.contains(words) && told.ends_with("Nothing was saved."), "{values}: {told}");
            assert!(HIDDEN.iter().all(|hidden| !told.contains(hidden)), "{values}: {told}");
            // Who works in the database hears PostgreSQL's own words.
            let (found, at, told) = refusal(&owner.ctx, &form, values).await;
            assert_eq!((found, at.as_deref()), (code, field), "{values}: {told}");
            assert!(told.contains("SQLSTATE"), "{values}: {told}");
        }
        assert_eq!((world.count("visit"), world.count("person")), ("1".into(), "3".into()));
    });
}

#[test]
fn a_role_without_rights_and_a_table_that_changed_are_the_owners_business() {
    test("", async |world| {
        let owner = world.owner().await;
        let bob = world.guest(&world.role("nobody")).await;
        let visitor = world.visitor("192.0.2.1");
        let form = bob.form(&["note", "code"]).await;
        let (code, _, told) = refusal(&visitor, &form, r#"{"note": "x"}"#).await;
        assert!(code == -30101 && told.starts_with("The form does not work"), "{code} {told}");

        let form = owner.form(&["note", "code"]).await;
        submit(&visitor, &form, r#"{"note": "x", "code": "a"}"#).await.unwrap();
        world.execute("alter table visit drop column code");
        let (code, _, told) = refusal(&visitor, &form, r#"{"note": "x", "code": "b"}"#).await;
        assert!(code == -30254 && told.starts_with("The form does not work"), "{code} {told}");
        submit(&visitor, &form, r#"{"note": "y"}"#).await.unwrap();
        let source = forms::get_source_info(&visitor, link(&form)).await.unwrap();
        assert_eq!(source[&world.oid("visit").to_string()].columns.len(), 1);

        world.execute("drop table visit");
        let (code, _, told) = refusal(&visitor, &form, r#"{"note": "x"}"#).await;
        assert!(code == -30259 && told.starts_with("The form does not work"), "{code} {told}");
        assert!(forms::get_source_info(&visitor, link(&form)).await.unwrap().is_empty());
    });
}

#[test]
fn only_the_forms_own_columns_are_shown() {
    test("", async |world| {
        let owner = world.owner().await;
        let fields =
            json!([world.value("visit", "seats"), world.value("visit", "code"), world.person("guest", "must_create")]);
        let form = owner.add_form(world.visits(fields)).await.unwrap();
        let mut source = forms::get_source_info(&world.visitor("192.0.2.1"), link(&form)).await.unwrap();
        let person = source.shift_remove(&world.oid("person").to_string()).unwrap();
        let visit = source.shift_remove(&world.oid("visit").to_string()).unwrap();
        assert!(source.is_empty());
        let names = |columns: &indexmap::IndexMap<String, mathesar_api::methods::columns::ColumnInfo>| {
            columns.values().map(|column| column.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&visit.columns), ["seats", "code", "guest"]);
        assert_eq!(names(&person.columns), ["name", "email"]);
        assert_eq!((visit.table_info.name.as_str(), person.table_info.name.as_str()), ("visit", "person"));
        let seats = &visit.columns[&world.attnum("visit", "seats").to_string()];
        assert_eq!((seats.kind.as_str(), seats.description.as_deref()), ("smallint", None));
        let mut constraints: Vec<_> = visit.constraints.iter().map(|constraint| constraint.kind.as_str()).collect();
        constraints.sort_unstable();
        assert_eq!(constraints, ["check", "foreignkey", "unique"]);

        // Records are only chosen there, so that nothing of their table is told.
        let form = owner.add_form(world.visits(json!([world.person("guest", "must_pick")]))).await.unwrap();
        let source = forms::get_source_info(&owner.ctx, link(&form)).await.unwrap();
        assert_eq!(source.keys().collect::<Vec<_>>(), [&world.oid("visit").to_string()]);
    });
}
