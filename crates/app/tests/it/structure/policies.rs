//! Row-level security, told and changed.

use mathesar_api::Json;
use mathesar_api::methods::policies::{PolicyCommand, RowSecurity};
use mathesar_app::Result;
use mathesar_app::model::{policies, show};
use serde_json::{Value, json};

use super::world::{World, failure, params};

/// A table whose rows belong to the roles that they name, and a role whose name must be quoted.
struct Notes {
    world: World,
    id: i64,
    reader: String,
    reader_oid: u32,
}

impl Notes {
    async fn new() -> Self {
        let (world, id) = World::connected().await;
        let reader = format!("Reader.\"{}\"; --", world.database.name());
        let quoted = quoted(&reader);
        world.database.execute(&format!(
            "create role {quoted}; create table \"My notes\" (id int, who name, \"Secret (;)\" text);
             insert into \"My notes\" values (1, '{reader}', 'a'), (2, 'nobody', 'b');
             grant select, insert, update on \"My notes\" to {quoted}"
        ));
        let reader_oid = world.database.scalar(&format!("select oid from pg_roles where rolname = '{reader}'"));
        Self { id, reader, reader_oid: reader_oid.unwrap().parse().unwrap(), world }
    }

    fn place(&self) -> Value {
        json!({"database_id": self.id, "table_oid": self.world.table("\"My notes\"")})
    }

    fn with(&self, name: &str, value: Value) -> Value {
        let mut call = self.place();
        call[name] = value;
        call
    }

    async fn add(&self, definition: Value) -> Result<RowSecurity> {
        policies::add(&self.world.ctx, params(self.with("policy_def", definition))).await
    }

    async fn switch(&self, enabled: Value, forced: Value) -> Result<RowSecurity> {
        let mut call = self.with("enabled", enabled);
        call["forced"] = forced;
        policies::set_row_security(&self.world.ctx, params(call)).await
    }

    async fn shown(&self, method: &str, call: Value) -> Vec<String> {
        let call = Json::from_serialize(&call).unwrap();
        let statements = show::statements(&self.world.ctx, self.id, method, &call).await.unwrap().unwrap();
        statements.iter().map(|statement| statement.shown()).collect()
    }

    /// The rows that the role meets.
    fn seen(&self) -> String {
        let rows = format!(
            "set role {}; select string_agg(id::text, ' ' order by id) from \"My notes\"",
            quoted(&self.reader)
        );
        self.world.database.query(&rows)[0][0].clone().unwrap_or_default()
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[tokio::test]
async fn a_policy_decides_which_rows_a_role_meets() {
    let notes = Notes::new().await;
    assert_eq!(notes.seen(), "1 2");
    let empty = RowSecurity { enabled: false, forced: false, policies: Vec::new() };
    assert_eq!(policies::list(&notes.world.ctx, params(notes.place())).await.unwrap(), empty);

    let definition = json!({"name": "Own; \"rows\"", "role_oids": [notes.reader_oid], "using": " who = current_user "});
    let shown = notes.shown("policies.add", notes.with("policy_def", definition.clone())).await;
    let expected = format!(
        "CREATE POLICY \"Own; \"\"rows\"\"\" ON public.\"My notes\" AS PERMISSIVE FOR ALL TO {}\n    USING (who = current_user)",
        quoted(&notes.reader)
    );
    assert_eq!(shown, [expected]);
    let made = notes.add(definition).await.unwrap();
    assert_eq!(made.policies.len(), 1);
    let own = &made.policies[0];
    assert_eq!((own.name.as_str(), own.command, own.permissive), ("Own; \"rows\"", PolicyCommand::All, true));
    assert_eq!((own.role_oids.as_slice(), own.check.as_deref()), ([notes.reader_oid].as_slice(), None));
    assert!(own.using.as_deref().is_some_and(|using| using.contains("CURRENT_USER")), "{own:?}");
    assert_eq!(notes.seen(), "1 2", "it is not on yet");

    let call = notes.with("enabled", json!(true));
    assert_eq!(
        notes.shown("policies.set_row_security", call).await,
        ["ALTER TABLE public.\"My notes\" ENABLE ROW LEVEL SECURITY"]
    );
    assert!(notes.switch(json!(true), Value::Null).await.unwrap().enabled);
    assert_eq!(notes.seen(), "1");
    let restrictive = json!({
        "name": "never", "command": "SELECT", "permissive": false, "using": "\"Secret (;)\" <> 'a' AND (id > 0)"
    });
    let both = notes.add(restrictive).await.unwrap();
    assert_eq!(both.policies.iter().map(|policy| policy.permissive).collect::<Vec<_>>(), [true, false]);
    assert!(both.policies[1].role_oids.is_empty() && both.policies[1].command == PolicyCommand::Select);
    assert_eq!(notes.seen(), "");

    let drop = |oid: u32| notes.with("policy_oid", json!(oid));
    let shown = notes.shown("policies.delete", drop(both.policies[1].oid)).await;
    assert_eq!(shown, ["DROP POLICY never ON public.\"My notes\""]);
    let left = policies::delete(&notes.world.ctx, params(drop(both.policies[1].oid))).await.unwrap();
    assert_eq!((left.policies.len(), notes.seen().as_str()), (1, "1"));
    let (error, name) = failure(policies::delete(&notes.world.ctx, params(drop(both.policies[1].oid))).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("policy_oid: "), "{}", error.message());

    let same =
        json!({"database_id": notes.id, "table_oid": notes.place()["table_oid"], "enabled": true, "forced": true});
    assert_eq!(
        notes.shown("policies.set_row_security", same).await,
        ["ALTER TABLE public.\"My notes\" FORCE ROW LEVEL SECURITY"]
    );
    assert!(notes.switch(Value::Null, json!(true)).await.unwrap().forced);
    let off = notes.switch(json!(false), json!(false)).await.unwrap();
    assert!(!off.enabled && !off.forced && off.policies.len() == 1);
}

#[tokio::test]
async fn an_expression_is_one_expression_and_postgresql_reads_it() {
    let notes = Notes::new().await;
    for (text, words) in [
        ("true); drop table \"My notes\"; --", "the bracket ) has no partner"),
        ("true; drop table \"My notes\"", "semicolon"),
        ("true) with check (true", "the bracket ) has no partner"),
        ("true -- and nothing else", "comment"),
        ("who = 'nobody", "is not closed"),
        ("  ", "must not be empty"),
    ] {
        let (error, name) = failure(notes.add(json!({"name": "p", "using": text})).await);
        assert_eq!(name, "ValueError", "{text}");
        assert!(
            error.message().starts_with("policy_def.using: ") && error.message().contains(words),
            "{}",
            error.message()
        );
        let (error, _) = failure(notes.add(json!({"name": "p", "using": "true", "check": text})).await);
        assert!(error.message().starts_with("policy_def.check: "), "{}", error.message());
    }
    for (definition, expected) in [
        (json!({"name": "p", "using": "who ="}), "SyntaxError"),
        (json!({"name": "p", "using": "no_such_column > 1"}), "UndefinedColumn"),
        (json!({"name": "p", "using": "1"}), "DatatypeMismatch"),
        (json!({"name": "p", "command": "SELECT", "check": "true"}), "SyntaxError"),
        (json!({"name": "p", "command": "INSERT", "using": "true"}), "SyntaxError"),
        (json!({"name": "p", "using": "true", "role_oids": [1]}), "DoesNotExist"),
        (json!({"name": "", "using": "true"}), "ValueError"),
    ] {
        assert_eq!(failure(notes.add(definition.clone()).await).1, expected, "{definition}");
    }
    notes
        .add(json!({"name": "p", "using": "who = $$o'(;--$$ or id = (select max(id) from \"My notes\")"}))
        .await
        .unwrap();
    assert_eq!(failure(notes.add(json!({"name": "p", "using": "true"})).await).1, "DuplicateObject");
    let many = json!({"name": "q", "using": "true", "role_oids": vec![notes.reader_oid; 1001]});
    assert_eq!(failure(notes.add(many).await).1, "LimitReached");
}

#[tokio::test]
async fn name_roles_and_conditions_of_a_policy_change_and_nothing_else() {
    let notes = Notes::new().await;
    notes.switch(json!(true), Value::Null).await.unwrap();
    let made = notes.add(json!({"name": "own", "using": "who = current_user"})).await.unwrap().policies;
    let call = |patch: Value| {
        let mut call = notes.with("policy_oid", json!(made[0].oid));
        call["patch"] = patch;
        call
    };
    let patch = async |wanted: Value| policies::patch(&notes.world.ctx, params(call(wanted))).await;
    assert_eq!(notes.seen(), "1");

    let all = json!({
        "name": "others \"; --", "role_oids": [notes.reader_oid], "using": "who <> current_user", "check": "id > 0"
    });
    let reader = quoted(&notes.reader);
    let expected = [
        format!(
            "ALTER POLICY own ON public.\"My notes\" TO {reader}\n    USING (who <> current_user)\n    WITH CHECK (id > 0)"
        ),
        "ALTER POLICY own ON public.\"My notes\" RENAME TO \"others \"\"; --\"".to_owned(),
    ];
    assert_eq!(notes.shown("policies.patch", call(all.clone())).await, expected);
    let changed = patch(all).await.unwrap().policies;
    let other = &changed[0];
    assert_eq!((other.oid, other.name.as_str()), (made[0].oid, "others \"; --"));
    assert_eq!((other.role_oids.as_slice(), other.check.as_deref()), ([notes.reader_oid].as_slice(), Some("(id > 0)")));
    assert_eq!(notes.seen(), "2");

    // Whoever sends back what was told changes nothing.
    let mut told = serde_json::to_value(other).unwrap();
    told.as_object_mut().unwrap().remove("oid");
    assert!(notes.shown("policies.patch", call(told.clone())).await.is_empty());
    assert_eq!(patch(told).await.unwrap().policies, changed);
    let everybody = patch(json!({"role_oids": []})).await.unwrap();
    assert!(everybody.policies[0].role_oids.is_empty() && everybody.policies[0].using == other.using);
    // Of what is asked for together either all is done or nothing.
    let (_, name) = failure(patch(json!({"using": "true", "name": ""})).await);
    assert_eq!((name, notes.seen().as_str()), ("ValueError", "2"));

    for (wanted, error, words) in [
        (json!({"command": "SELECT"}), "ValueError", "patch.command: PostgreSQL cannot change the command"),
        (json!({"permissive": false}), "ValueError", "patch.permissive: PostgreSQL cannot change whether"),
        (json!({"using": null}), "ValueError", "patch.using: PostgreSQL cannot change that"),
        (json!({"check": "true); --"}), "ValueError", "patch.check: the bracket ) has no partner"),
        (json!({"role_oids": [1]}), "DoesNotExist", "patch.role_oids[0]: "),
        (json!({"using": "nothing > 1"}), "UndefinedColumn", "nothing"),
    ] {
        let (failed, name) = failure(patch(wanted.clone()).await);
        assert!(name == error && failed.message().contains(words), "{wanted}: {}", failed.message());
    }
    notes.add(json!({"name": "new", "command": "INSERT", "check": "true"})).await.unwrap();
    assert_eq!(failure(patch(json!({"name": "new"})).await).1, "DuplicateObject");
    let mut gone = call(json!({}));
    gone["policy_oid"] = json!(1);
    let (error, name) = failure(policies::patch(&notes.world.ctx, params(gone)).await);
    assert!(name == "DoesNotExist" && error.message().starts_with("policy_oid: "), "{}", error.message());
}

#[tokio::test]
async fn only_the_owner_changes_it_and_only_of_a_table() {
    let notes = Notes::new().await;
    notes.world.database.execute("create view seen as select 1 as one");
    let view = json!({"database_id": notes.id, "table_oid": notes.world.table("seen"), "enabled": true});
    assert_eq!(failure(policies::set_row_security(&notes.world.ctx, params(view)).await).1, "WrongObjectType");
    let modest = notes.world.database.role("modest", "login");
    let id = notes.world.connect_as(&modest).await.unwrap().database.id;
    let mut call = notes.with("policy_def", json!({"name": "p", "using": "true"}));
    call["database_id"] = json!(id);
    assert_eq!(failure(policies::add(&notes.world.ctx, params(call)).await).1, "InsufficientPrivilege");
    let mut call = notes.with("enabled", json!(true));
    call["database_id"] = json!(id);
    assert_eq!(failure(policies::set_row_security(&notes.world.ctx, params(call)).await).1, "InsufficientPrivilege");
    let nowhere = json!({"database_id": notes.id, "table_oid": 1});
    let (error, name) = failure(policies::list(&notes.world.ctx, params(nowhere)).await);
    assert!(name == "UndefinedTable" && error.message().starts_with("table_oid: "), "{}", error.message());
}
