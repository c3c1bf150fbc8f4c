//! The catalogue as we read it, on a real PostgreSQL.

mod common;

use common::{read, table};
use mathesar_sql::introspect;
use mathesar_sql::model::{
    ConstraintKind, ForeignKeyAction, Generated, Identity, ReadOnlyReason, RowIdentity, TableKind,
};
use mathesar_sql::{Fragment, Ident};
use mathesar_testkit::Cluster;
use mathesar_types::pgtype::TypeKind;

const NASTY: &str = "we\"ird.Näme'; drop -- 😀";

#[test]
fn reads_columns_types_and_constraints() {
    let database = Cluster::shared().database();
    database.execute(
        r#"
        create schema "My app";
        create type "My app"."Mood" as enum ('sad', 'so so', 'it''s "ok"');
        create domain "My app".short as varchar(5) not null check (value <> 'no');
        create domain "My app".shorter as "My app".short;
        create table "My app".author (id int primary key, name text unique);
        create table "My app"."we""ird.Näme'; drop -- 😀" (
            id bigint generated always as identity,
            nick "My app".shorter,
            mood "My app"."Mood" default 'so so',
            moods "My app"."Mood"[],
            price numeric(10,2) default 1.50,
            made timestamptz default now(),
            twice numeric generated always as (price * 2) stored,
            author int references "My app".author on delete cascade on update set null,
            place point,
            primary key (id, price)
        );
        comment on column "My app"."we""ird.Näme'; drop -- 😀".price is 'it''s';
        "#,
    );
    let table = table(&database, "My app", NASTY);
    assert_eq!(table.summary.kind, TableKind::Table);
    assert_eq!(table.key, RowIdentity::PrimaryKey(vec![1, 5]));
    assert_eq!(table.primary_key(), [1, 5]);

    let column = |attnum| table.column(attnum).expect("the column is there");
    assert_eq!(column(1).identity, Some(Identity::Always));
    assert!(column(2).not_null, "a domain's NOT NULL counts");
    let TypeKind::Domain { base } = &column(2).ty.pg.kind else { panic!("a domain") };
    assert!(matches!(base.kind, TypeKind::Domain { .. }) && base.storage().is_builtin("varchar"));
    let TypeKind::Enum { labels } = &column(3).ty.pg.kind else { panic!("an enum") };
    assert_eq!(labels, &["sad", "so so", "it's \"ok\""]);
    let TypeKind::Array { element } = &column(4).ty.pg.kind else { panic!("an array") };
    assert_eq!((element.schema.as_str(), element.name.as_str()), ("My app", "Mood"));
    assert_eq!(column(5).ty.display, "numeric(10,2)");
    assert_eq!(column(5).comment.as_deref(), Some("it's"));
    assert_eq!(column(5).default.as_ref().and_then(|default| default.literal.as_deref()), Some("1.50"));
    assert_eq!(column(3).default.as_ref().and_then(|default| default.literal.as_deref()), Some("so so"));
    assert_eq!(column(6).default.as_ref().expect("a default").literal, None);
    assert_eq!(column(7).generated, Some(Generated::Stored));
    assert!(column(9).ty.pg.is_builtin("point"), "a base type with parts is no array");

    let (constraint, key) = table.foreign_keys().next().expect("a foreign key");
    assert_eq!((constraint.columns.as_slice(), key.target_columns.as_slice()), ([8].as_slice(), [1].as_slice()));
    assert_eq!((key.on_update, key.on_delete), (ForeignKeyAction::SetNull, ForeignKeyAction::Cascade));
    assert!(table.constraints.iter().any(|constraint| constraint.kind == ConstraintKind::Primary));
}

#[test]
fn chooses_what_names_a_row() {
    let database = Cluster::shared().database();
    database.execute(
        "
        create table no_key (a int);
        create table nullable_unique (a int unique);
        create table unique_key (a int not null, b int not null, c int not null unique, unique (a, b));
        create table partial (a int not null);
        create unique index on partial (a) where a > 0;
        create table carried (a int not null, b int);
        create unique index on carried (a) include (b);
        create table parent (id int primary key);
        create table child () inherits (parent);
        create table parts (id int primary key) partition by range (id);
        create table parts_1 partition of parts for values from (0) to (10);
        create view a_view as select 1 as id;
        create materialized view a_matview as select 1 as id;
        create table deferred (id int primary key deferrable initially deferred, u int not null unique deferrable);
        ",
    );
    for (name, expected) in [
        ("no_key", RowIdentity::RowVersion),
        ("nullable_unique", RowIdentity::RowVersion),
        ("unique_key", RowIdentity::Unique(vec![3])),
        ("partial", RowIdentity::RowVersion),
        ("carried", RowIdentity::Unique(vec![1])),
        ("parent", RowIdentity::RowVersion),
        ("child", RowIdentity::RowVersion),
        ("parts", RowIdentity::PrimaryKey(vec![1])),
        ("a_view", RowIdentity::ReadOnly(ReadOnlyReason::View)),
        ("a_matview", RowIdentity::ReadOnly(ReadOnlyReason::MaterializedView)),
        ("deferred", RowIdentity::PrimaryKey(vec![1])),
    ] {
        assert_eq!(table(&database, "public", name).key, expected, "{name}");
    }
    let schema = read(&database, &introspect::schema_by_name(&Ident::new("public").unwrap())).pop().expect("public");
    let tables = read(&database, &introspect::tables(schema.oid));
    let listed =
        |name: &str| tables.iter().find(|table| table.name.name.as_str() == name).expect("the table is listed");
    assert_eq!(listed("parts_1").partition_of, Some(listed("parts").oid));
    assert_eq!(listed("parts").partition_of, None);
    assert_eq!(schema.table_count, 9);
}

#[test]
fn a_view_has_the_keys_of_its_table_that_it_shows() {
    let database = Cluster::shared().database();
    database.execute(mathesar_testkit::TORTURE);
    for (name, expected) in [
        ("view_updatable", RowIdentity::Unique(vec![3])),
        ("view_of_view", RowIdentity::Unique(vec![2])),
        ("view_with_expression", RowIdentity::Unique(vec![1])),
        ("view_by_unique_key", RowIdentity::Unique(vec![2])),
        ("view_of_partitioned", RowIdentity::Unique(vec![2, 1])),
        ("view_without_key", RowIdentity::ReadOnly(ReadOnlyReason::View)),
        ("view_joined", RowIdentity::ReadOnly(ReadOnlyReason::View)),
        ("view_of_inherited", RowIdentity::ReadOnly(ReadOnlyReason::View)),
        // A rule may do anything, and such a view may show a row more than once.
        ("view_of_rules", RowIdentity::ReadOnly(ReadOnlyReason::View)),
    ] {
        assert_eq!(table(&database, "torture", name).key, expected, "{name}");
    }
    let view = table(&database, "torture", "view_with_expression");
    let expressions: Vec<_> = view.columns.iter().filter(|column| column.generated.is_some()).collect();
    assert_eq!(expressions.iter().map(|column| column.attnum).collect::<Vec<_>>(), [2, 5]);
    assert!(expressions.iter().all(|column| column.generated == Some(Generated::Expression)));
    let triggers = table(&database, "torture", "view_with_triggers");
    assert!(triggers.columns.iter().all(|column| column.generated.is_none()), "its triggers decide");
}

#[test]
fn reads_server_databases_roles_and_dependants() {
    let database = Cluster::shared().database();
    let group = database.role("group", "nologin");
    let member = database.role("member", "login");
    database.execute(&format!("grant {group} to {member} with admin option"));
    database.execute("create table base (id int primary key, name text); create view seen as select name from base");

    let server = read(&database, &introspect::server()).pop().expect("one row");
    assert!(server.version_number >= 140_000 && !server.read_only);
    assert_eq!(server.database.as_str(), database.name());

    let current = read(&database, &introspect::current_database()).pop().expect("one row");
    assert_eq!(current.name.as_str(), database.name());
    assert!(current.connect && current.create && current.current_role_owns);
    assert!(read(&database, &introspect::databases()).iter().any(|other| other.oid == current.oid));

    let roles = read(&database, &introspect::roles());
    let role = |name: &str| roles.iter().find(|role| role.name.as_str() == name).expect("the role is listed");
    let members = &role(&group).members;
    assert_eq!((members.len(), members[0].oid, members[0].admin), (1, role(&member).oid, true));
    assert!(roles.iter().all(|role| !role.name.as_str().starts_with("pg_")));

    let base = table(&database, "public", "base");
    let dependants = read(&database, &introspect::dependants(base.oid(), Some(2)));
    assert_eq!(dependants.len(), 1);
    assert_eq!((dependants[0].kind.as_str(), dependants[0].description.as_str()), ("view", "view seen"));
    assert!(base.column(2).is_some_and(|column| column.has_dependents));
    assert!(base.column(1).is_some_and(|column| !column.has_dependents));
}

#[test]
fn every_keyword_of_postgresql_is_shown_quoted() {
    let database = Cluster::shared().database();
    let keywords = database.query("select word from pg_catalog.pg_get_keywords() where catcode <> 'U'");
    assert!(keywords.len() > 100);
    for row in keywords {
        let word = row[0].as_deref().expect("a word");
        let mut fragment = Fragment::new();
        fragment.ident(&Ident::new(word).expect("a name"));
        assert_eq!(fragment.finish().shown(), format!("\"{word}\""));
    }
}
