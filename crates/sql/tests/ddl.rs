//! Every change of structure, on a real PostgreSQL and with hostile names.

mod common;

use common::{change, read, table};
use mathesar_sql::ddl::cast::NumberText;
use mathesar_sql::ddl::column::{self, NewColumn, NewDefault};
use mathesar_sql::ddl::constraint::{self, Comparison, NewConstraint, Rule};
use mathesar_sql::ddl::grant::{self, Grantee, Object, Privilege};
use mathesar_sql::ddl::index::{self, Key, Method, NewIndex, OrderedKey};
use mathesar_sql::ddl::new_type::{self, Options};
use mathesar_sql::ddl::policy::{self, NewPolicy, PolicyChange};
use mathesar_sql::ddl::{database as databases, role, schema, table as tables};
use mathesar_sql::expression::Expression;
use mathesar_sql::introspect;
use mathesar_sql::model::{
    ConstraintKind, ForeignKeyAction, Generated, Identity, PolicyCommand, RowIdentity, TableKind,
};
use mathesar_sql::{Ident, QName};
use mathesar_testkit::{Cluster, TestDatabase};
use proptest::prelude::*;

const NAMES: [&str; 7] = [
    "plain",
    "select",
    "Capital Letters",
    "\"; drop table victim; --",
    "Robert'); --",
    "a.b\\c",
    "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
];

fn ident(name: &str) -> Ident {
    Ident::new(name).expect("a name")
}

fn new_column(name: &str, ty: &str) -> NewColumn {
    NewColumn::new(ident(name), new_type::parse(ty, &Options::default()).expect("a type"))
}

#[test]
fn structure_is_made_renamed_and_dropped_under_any_name() {
    let database = Cluster::shared().database();
    database.execute("create table victim (id int)");
    for name in NAMES {
        let (space, other) = (ident(name), ident("other"));
        change(&database, &schema::create(&space, None));
        change(&database, &schema::comment(&space, Some("it's \\ \"all\"")));
        let made = read(&database, &introspect::schema_by_name(&space)).pop().expect("the schema is there");
        assert_eq!(made.comment.as_deref(), Some("it's \\ \"all\""));

        let target = QName::new(space.clone(), space.clone());
        let id = NewColumn { not_null: true, default: Some(NewDefault::Identity), ..new_column("id", "integer") };
        let key = NewConstraint::new(Rule::PrimaryKey(vec![ident("id")]));
        change(&database, &tables::create(&target, &[id], &[key]));
        let value =
            NewColumn { default: Some(NewDefault::Value("it's".into())), ..new_column(name, "character varying") };
        let uuid = NewColumn { not_null: true, default: Some(NewDefault::RandomUuid), ..new_column("u", "uuid") };
        change(&database, &column::add(&target, &[value, uuid, new_column("list", "integer[]")]));
        change(&database, &column::comment(&target, &space, Some("note")));
        let made = table(&database, name, name);
        assert_eq!(made.key, RowIdentity::PrimaryKey(vec![1]));
        assert_eq!(made.columns[0].identity, Some(Identity::ByDefault));
        assert_eq!(made.columns[1].default.as_ref().and_then(|default| default.literal.as_deref()), Some("it's"));
        assert_eq!(made.columns[3].ty.display, "integer[]");

        change(&database, &column::rename(&target, &space, &other));
        change(&database, &column::rename(&target, &other, &space));
        change(&database, &tables::comment(TableKind::Table, &target, Some("a table")));
        change(&database, &tables::rename(TableKind::Table, &target, &other));
        let renamed = QName::new(space.clone(), other.clone());
        change(&database, &tables::analyze(&renamed));
        change(&database, &column::drop(&renamed, &[space.clone(), ident("list")]));
        let error = refused_change(&database, schema::drop(&space).text());
        assert!(error.contains("2BP01"), "a schema that holds something stays: {error}");
        change(&database, &tables::drop(TableKind::Table, &renamed, false));
        change(&database, &schema::rename(&space, &other));
        change(&database, &schema::drop(&other));
    }
    assert_eq!(database.scalar("select count(*) from victim").as_deref(), Some("0"));
}

fn refused_change(database: &TestDatabase<'_>, sql: &str) -> String {
    database.try_execute_as("postgres", sql).expect_err("PostgreSQL refuses")
}

#[test]
fn constraints_are_made_with_their_actions() {
    let database = Cluster::shared().database();
    database.execute("create table a (id int, code text); create table b (id int, a int, c text)");
    let (a, b) = (QName::parse("public", "a").unwrap(), QName::parse("public", "b").unwrap());
    change(&database, &constraint::add(&a, &NewConstraint::new(Rule::PrimaryKey(vec![ident("id")]))));
    let unique =
        NewConstraint { name: Some(ident("my \"unique\"")), ..NewConstraint::new(Rule::Unique(vec![ident("code")])) };
    change(&database, &constraint::add(&a, &unique));
    let key = |columns: &[&str], target_columns: &[&str], on_delete| NewConstraint {
        name: None,
        rule: Rule::ForeignKey {
            columns: columns.iter().map(|name| ident(name)).collect(),
            target: a.clone(),
            target_columns: target_columns.iter().map(|name| ident(name)).collect(),
            match_full: false,
            on_update: ForeignKeyAction::NoAction,
            on_delete,
        },
        deferrable: true,
    };
    change(&database, &constraint::add(&b, &key(&["a"], &[], ForeignKeyAction::Cascade)));
    change(&database, &constraint::add(&b, &key(&["c"], &["code"], ForeignKeyAction::SetNull)));
    let made = table(&database, "public", "b");
    let actions: Vec<_> = made.foreign_keys().map(|(constraint, key)| (constraint.deferrable, key.on_delete)).collect();
    assert_eq!(actions, [(true, ForeignKeyAction::Cascade), (true, ForeignKeyAction::SetNull)]);
    let unique = table(&database, "public", "a").constraints.into_iter().find(|one| one.kind == ConstraintKind::Unique);
    let unique = unique.expect("it was made");
    let error = refused_change(&database, constraint::drop(&a, &unique).text());
    assert!(error.contains("2BP01"), "{error}");
    change(&database, &constraint::drop(&b, &made.constraints[1]));
    change(&database, &constraint::drop(&a, &unique));
}

#[test]
fn expressions_stand_where_they_are_put_whatever_the_names() {
    let database = Cluster::shared().database();
    let expression = |text: &str| Expression::new(text).unwrap();
    for name in NAMES {
        let column_name = ident(name);
        let target = QName::new(ident("public"), column_name.clone());
        let number = NewColumn {
            default: Some(NewDefault::Expression(expression("1 + length('a;)')"))),
            ..NewColumn::new(column_name.clone(), new_type::parse("integer", &Options::default()).unwrap())
        };
        let doubled = NewColumn {
            default: Some(NewDefault::Generated { expression: expression("(1) + 1"), stored: true }),
            ..new_column("doubled", "integer")
        };
        change(&database, &tables::create(&target, &[number, new_column("lasts", "int4range")], &[]));
        change(&database, &column::add(&target, &[doubled]));
        change(&database, &column::set_default_expression(&target, &column_name, &expression("2 + 2")));
        let check = NewConstraint {
            name: Some(column_name.clone()),
            ..NewConstraint::new(Rule::Check(expression("doubled > 0")))
        };
        let excluded = vec![(Key::Column(ident("lasts")), Comparison::Overlap)];
        let exclude =
            Rule::Exclude { method: Method::Gist, elements: excluded, predicate: Some(expression("doubled > 1")) };
        for rule in [check, NewConstraint::new(exclude)] {
            change(&database, &constraint::add(&target, &rule));
        }
        let made = NewIndex {
            name: Some(ident("made")),
            unique: false,
            method: Method::Btree,
            keys: vec![
                OrderedKey { key: Key::Column(column_name.clone()), descending: true, nulls_first: Some(true) },
                OrderedKey { key: Key::Expression(expression("doubled % 2")), descending: false, nulls_first: None },
            ],
            include: vec![ident("lasts")],
            predicate: Some(expression("doubled IS NOT NULL")),
        };
        change(&database, &index::create(&target, &made));
        let table = table(&database, "public", name);
        assert_eq!(table.columns[2].generated, Some(Generated::Stored));
        assert_eq!(table.columns[0].default.as_ref().unwrap().expression, "(2 + 2)");
        let kinds: Vec<_> = table.constraints.iter().map(|constraint| constraint.kind).collect();
        assert_eq!(kinds, [ConstraintKind::Check, ConstraintKind::Exclude]);
        let listed = read(&database, &introspect::indexes(table.oid()));
        let made = listed.iter().find(|index| index.name == ident("made")).expect("the index is there");
        assert_eq!((made.columns.as_slice(), made.constraint, made.valid), ([1, 0].as_slice(), None, true));
        assert!(made.definition.contains("DESC, ") && made.predicate.is_some(), "{made:?}");
        let ours = listed.iter().find_map(|index| index.constraint).expect("the index of the exclusion");
        assert_eq!(ours, table.constraints[1].oid);
        change(&database, &index::drop(&target, &ident("made")));
        change(&database, &tables::drop(TableKind::Table, &target, false));
    }
}

#[test]
fn a_change_of_type_loses_nothing_silently() {
    for (from, value, to, result) in [
        ("text", "' 12 '", "integer", Ok("12")),
        ("text", "''", "integer", Ok("NULL")),
        ("text", "'1.5'", "integer", Err("22P02")),
        ("text", "'yes'", "boolean", Ok("true")),
        ("text", "'2024-02-30'", "date", Err("22008")),
        ("numeric", "2.00", "integer", Ok("2")),
        ("numeric", "2.01", "integer", Err("22P02")),
        ("double precision", "1e3", "smallint", Ok("1000")),
        ("double precision", "1e6", "smallint", Err("22003")),
        ("integer", "1", "boolean", Ok("true")),
        ("integer", "2", "boolean", Err("22P02")),
        ("boolean", "true", "numeric", Ok("1")),
        ("integer", "5", "text", Ok("5")),
        ("text", "'abcd'", "varchar 3", Err("22001")),
        ("timestamp", "'2024-01-02 00:00'", "date", Ok("2024-01-02")),
        ("timestamp", "'2024-01-02 00:01'", "date", Err("22007")),
        ("date", "'2024-01-02'", "timestamp", Ok("2024-01-02 00:00:00")),
        ("jsonb", "'{\"a\": 1}'", "json", Ok("{\"a\": 1}")),
        ("text", "'[1]'", "jsonb", Ok("[1]")),
        ("money", "12.50", "numeric", Ok("12.50")),
        ("text[]", "'{1,2}'", "integer[]", Ok("{1,2}")),
        ("text", "'{1,2}'", "integer[]", Ok("{1,2}")),
    ] {
        let database = Cluster::shared().database();
        database.execute(&format!("create table t (c {from} default {value}); insert into t values ({value})"));
        let before = table(&database, "public", "t");
        let (name, length) = to.split_once(" ").filter(|_| to.starts_with("varchar")).unwrap_or((to, ""));
        let options = Options { length: length.parse().ok(), ..Options::default() };
        let ty = new_type::parse(name, &options).unwrap();
        let statement = column::retype(before.name(), &before.columns[0], &ty, None);
        match result {
            Ok(expected) => {
                change(&database, &statement);
                let value = database.scalar("select c::text from t");
                assert_eq!(value.as_deref().unwrap_or("NULL"), expected, "{from} {value:?} to {to}");
            }
            Err(state) => {
                let error = refused_change(&database, statement.text());
                assert!(error.contains(state), "{from} {value} to {to}: {error}");
            }
        }
    }
}

#[test]
fn a_text_becomes_the_number_that_it_writes_or_is_refused() {
    let said = |group: &str, point: &str| NumberText { group: group.into(), point: point.into(), ..Default::default() };
    let dollars = NumberText { prefix: "$".into(), ..said(",", ".") };
    let euros = NumberText { suffix: " €".into(), ..said(".", ",") };
    let (english, german, spaced, whole) = (said(",", "."), said(".", ","), said(" ", ","), said(".", ""));
    for (how, value, to, result) in [
        (&english, "1,234.50", "numeric", Ok("1234.50")),
        (&english, " -1,234,567 ", "bigint", Ok("-1234567")),
        (&english, "12,34,567.5", "numeric", Ok("1234567.5")),
        (&english, "", "numeric", Ok("NULL")),
        (&english, "1,234.5", "integer", Err("22P02")),
        (&english, "1.234,5", "numeric", Err("22P02")),
        (&english, "1,23", "numeric", Err("22P02")),
        (&english, "1e5", "numeric", Err("22P02")),
        (&german, "1.234,5", "double precision", Ok("1234.5")),
        (&german, "1.5", "numeric", Err("22P02")),
        (&german, "1.500", "numeric", Ok("1500")),
        (&spaced, "1 234 567,25", "numeric", Ok("1234567.25")),
        (&whole, "1.234", "smallint", Ok("1234")),
        (&whole, "1.234,5", "smallint", Err("22P02")),
        (&dollars, "$1,200.00", "numeric", Ok("1200.00")),
        (&dollars, "-$ 5", "numeric", Ok("-5")),
        (&dollars, "5", "numeric", Ok("5")),
        (&dollars, "€5", "numeric", Err("22P02")),
        (&euros, "1.200,50 €", "numeric", Ok("1200.50")),
        (&english, "1,234", "date", Err("22")),
    ] {
        let database = Cluster::shared().database();
        database.execute(&format!("create table t (c text); insert into t values ('{value}')"));
        let before = table(&database, "public", "t");
        let ty = new_type::parse(to, &Options::default()).unwrap();
        let statement = column::retype(before.name(), &before.columns[0], &ty, Some(how));
        match result {
            Ok(expected) => {
                change(&database, &statement);
                let number = database.scalar("select c::text from t");
                assert_eq!(number.as_deref().unwrap_or("NULL"), expected, "{value} to {to}");
            }
            Err(state) => {
                let error = refused_change(&database, statement.text());
                assert!(error.contains(state), "{value} to {to}: {error}");
            }
        }
    }
}

#[test]
fn defaults_and_not_null_are_set_and_removed() {
    let database = Cluster::shared().database();
    database.execute("create type mood as enum ('sad', 'it''s ok'); create table t (m mood, v varchar(3), n int)");
    let made = table(&database, "public", "t");
    change(&database, &column::set_default(made.name(), &made.columns[0], Some("it's ok")));
    change(&database, &column::set_not_null(made.name(), &made.columns[0].name, true));
    database.execute("insert into t default values");
    assert_eq!(database.scalar("select m from t").as_deref(), Some("it's ok"));
    change(&database, &column::set_not_null(made.name(), &made.columns[0].name, false));
    change(&database, &column::set_default(made.name(), &made.columns[0], None));
    database.execute("insert into t default values");
    assert_eq!(database.scalar("select count(*) from t where m is null").as_deref(), Some("1"));
    let wrong = column::set_default(made.name(), &made.columns[2], Some("no number"));
    let error = refused_change(&database, wrong.text());
    assert!(error.contains("22P02"), "{error}");
}

#[test]
fn databases_roles_and_rights_are_made() {
    let database = Cluster::shared().database();
    let names = ["we\"ird'; role", "the group"].map(|name| ident(&format!("{name} {}", database.name())));
    let [login, group] = &names;
    let attributes = role::Attributes { login: true, create_db: true, create_role: true };
    change(&database, &role::create(login, attributes, Some("it's \\ secret")));
    change(&database, &role::create(group, role::Attributes::default(), None));
    change(&database, &role::set_password(login, "another"));
    change(&database, &role::comment(login, Some("for tests")));
    change(&database, &grant::grant_role(group, login));
    let roles = read(&database, &introspect::roles());
    let made = roles.iter().find(|role| role.name == *login).expect("the role is there");
    assert!(made.login && made.create_db && made.create_role && !made.superuser);
    assert_eq!(made.comment.as_deref(), Some("for tests"));

    database.execute("create schema s; create table s.t (id int)");
    let who = Grantee::Role(group.clone());
    let here = Object::Database(ident(database.name()));
    change(&database, &grant::revoke(&[Privilege::Connect], &here, &Grantee::Public));
    change(&database, &grant::grant(&[Privilege::Connect, Privilege::Temporary], &here, &who));
    change(&database, &grant::grant(&[Privilege::Usage], &Object::Schema(ident("s")), &who));
    let target = Object::Table(QName::parse("s", "t").unwrap());
    change(&database, &grant::grant(&[Privilege::Select, Privilege::Insert], &target, &who));
    database.try_execute_as(login.as_str(), "select * from s.t").expect("the right came with the group");
    change(&database, &grant::revoke(&[Privilege::Select], &target, &who));
    database.try_execute_as(login.as_str(), "select * from s.t").expect_err("the right is gone");
    let table = QName::parse("s", "t").unwrap();
    change(&database, &grant::grant_on_columns(&[(Privilege::Select, vec![ident("id")])], &table, &who));
    database.try_execute_as(login.as_str(), "select id from s.t").expect("the column is open");
    change(&database, &grant::revoke_on_columns(&[(Privilege::Select, vec![ident("id")])], &table, &who));
    database.try_execute_as(login.as_str(), "select id from s.t").expect_err("it is closed");
    change(&database, &grant::revoke_role(group, login, None));

    let name = ident(&format!("new \"one\" {}", database.name()));
    change(&database, &databases::create(&name, Some(login), databases::Collation::Server));
    change(&database, &databases::comment(&name, Some("new")));
    let made = read(&database, &introspect::databases());
    assert!(made.iter().any(|database| database.name == name && database.comment.as_deref() == Some("new")));
    change(&database, &databases::drop(&name, true));
    let version: u32 = database.scalar("SHOW server_version_num").expect("a number").parse().expect("a number");
    // PostgreSQL 14 has no such databases; they are made in our own PostgreSQL only.
    if version >= 150_000 {
        change(&database, &databases::create(&name, None, databases::Collation::IcuRoot));
        change(&database, &databases::drop(&name, false));
    }
    database.execute(&format!("drop owned by \"{}\", \"{group}\"", login.as_str().replace('"', "\"\"")));
    change(&database, &role::drop(login));
    change(&database, &role::drop(group));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_and_any_text_arrive_as_they_are(name in "[^\0]{1,15}", text in "[^\0]{0,60}") {
        let database = Cluster::shared().database();
        let space = ident(&name);
        change(&database, &schema::create(&space, None));
        change(&database, &schema::comment(&space, Some(&text)));
        let made = read(&database, &introspect::schema_by_name(&space));
        // Names that begin with pg_ are PostgreSQL's own and refused by it; none is generated by this alphabet in practice.
        prop_assert_eq!(made.len(), 1);
        prop_assert_eq!(made[0].comment.as_deref().unwrap_or(""), text);
    }
}

#[test]
fn policies_are_made_and_dropped_under_any_name() {
    let database = Cluster::shared().database();
    let role = database.role("reader", "nologin");
    for name in NAMES {
        let table = QName::new(ident("public"), ident(name));
        change(&database, &tables::create(&table, &[new_column("id", "integer")], &[]));
        let policy = NewPolicy {
            name: ident(name),
            command: PolicyCommand::Update,
            permissive: false,
            roles: vec![ident(&role)],
            using: Some(Expression::new("id = 1 OR 'a;)' = E'\\'' ").unwrap()),
            check: Some(Expression::new("(id) > 0").unwrap()),
        };
        change(&database, &policy::create(&table, &policy));
        let everybody =
            NewPolicy { name: ident("all"), command: PolicyCommand::All, roles: Vec::new(), check: None, ..policy };
        change(&database, &policy::create(&table, &NewPolicy { permissive: true, ..everybody }));
        let oid = read(&database, &introspect::table_by_name(&table)).pop().expect("the table is there").oid;
        let mut made = read(&database, &introspect::policies(Some(oid)));
        made.retain(|policy| policy.name == ident(name));
        let [made] = made.as_slice() else { panic!("one policy of that name") };
        assert_eq!((made.command, made.permissive, made.roles.len()), (PolicyCommand::Update, false, 1));
        assert!(made.using.is_some() && made.check.as_deref() == Some("(id > 0)"), "{made:?}");
        for (on, expected) in [(true, true), (false, false)] {
            change(&database, &policy::enable(&table, on));
            change(&database, &policy::force(&table, on));
            let acl = read(&database, &introspect::table_acls(Some(oid), 1)).pop().expect("the table is there");
            assert_eq!((acl.row_security, acl.row_security_forced), (expected, expected));
        }
        let other = ident("renamed");
        let all = PolicyChange { roles: Some(vec![]), using: Some(Expression::new("id = 2").unwrap()), check: None };
        change(&database, &policy::change(&table, &ident(name), &all));
        change(&database, &policy::rename(&table, &ident(name), &other));
        let renamed = read(&database, &introspect::policies(Some(oid)));
        let renamed = renamed.iter().find(|policy| policy.name == other).expect("it has its new name");
        assert!(renamed.roles.is_empty() && renamed.using.as_deref() == Some("(id = 2)"), "{renamed:?}");
        assert_eq!(renamed.check.as_deref(), Some("(id > 0)"), "what is not said stays");
        change(&database, &policy::rename(&table, &other, &ident(name)));
        change(&database, &policy::drop(&table, &ident(name)));
        assert_eq!(read(&database, &introspect::policies(Some(oid))).len(), 1);
    }
}
