use mathesar_api::methods::tables::JoinableTable;
use mathesar_app::model::{columns, data_modeling, joinable, metadata, show};
use serde_json::{Value, json};

use super::world::{World, failure, params};

/// The rows of a query as text, for comparing.
fn rows(world: &World, query: &str) -> Option<String> {
    world.database.scalar(&format!("select string_agg(r::text, ' ' order by r::text) from ({query}) as r"))
}

#[tokio::test]
async fn a_column_refers_to_any_primary_key() {
    let (world, id) = World::connected().await;
    world.database.execute(
        r#"create schema "o.ther"; create table "o.ther"."Pa""ir" (a int, b varchar(9), primary key (a, b));
           create table t (x int); create table code (c char(3) primary key)"#,
    );
    let (oid, pair) = (world.table("t"), world.table(r#""o.ther"."Pa""ir""#));
    let add = |extra: Value| {
        let mut all =
            json!({"database_id": id, "column_name": "link", "referrer_table_oid": oid, "referent_table_oid": pair});
        all.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        data_modeling::add_foreign_key_column(&world.ctx, params(all))
    };
    add(json!({"unique": true, "fkey_delete_action": "c"})).await.unwrap();
    add(json!({"referent_table_oid": world.table("code"), "column_name": "code"})).await.unwrap();
    let rules = world.database.scalar(
        "select string_agg(pg_get_constraintdef(oid), '; ' order by conname) from pg_constraint where conrelid = 't'::regclass",
    );
    let expected = r#"FOREIGN KEY (code) REFERENCES code(c); FOREIGN KEY (link_a, link_b) REFERENCES "o.ther"."Pa""ir"(a, b) ON DELETE CASCADE; UNIQUE (link_a, link_b)"#;
    assert_eq!(rules.as_deref(), Some(expected));
    let code =
        world.database.scalar("select format_type(atttypid, atttypmod) from pg_attribute where attname = 'code'");
    assert_eq!(code.as_deref(), Some("character(3)"));

    assert_eq!(failure(add(json!({"fkey_delete_action": "x"})).await).1, "ValueError");
    let nameless = json!({"column_name": "", "referent_table_oid": world.table("code")});
    assert_eq!(failure(add(nameless).await).1, "ValueError");
    assert_eq!(failure(add(json!({"referent_table_oid": 1})).await).1, "UndefinedTable");
    assert_eq!(failure(add(json!({})).await).1, "DuplicateColumn");
    let (no_key, _) = failure(add(json!({"referent_table_oid": oid})).await);
    assert!(no_key.to_string().contains("no primary key"), "{no_key}");
}

#[tokio::test]
async fn a_mapping_table_refers_to_all_its_tables() {
    let (world, id) = World::connected().await;
    world.database.execute("create table movie (id int primary key); create table actor (k uuid primary key)");
    let columns = json!([
        {"column_name": "movie", "referent_table_oid": world.table("movie")},
        {"column_name": "actor", "referent_table_oid": world.table("actor")},
    ]);
    let add = |columns: Value| {
        let all = json!({"database_id": id, "table_name": "Casts", "schema_oid": world.schema("public"), "mapping_columns": columns});
        data_modeling::add_mapping_table(&world.ctx, params(all))
    };
    add(columns.clone()).await.unwrap();
    world.database.execute(
        r#"insert into movie values (1); insert into actor values ('00000000-0000-0000-0000-000000000001');
           insert into "Casts" (movie, actor) select movie.id, actor.k from movie, actor"#,
    );
    assert_eq!(rows(&world, r#"select id, movie from "Casts""#).as_deref(), Some("(1,1)"));
    assert!(world.database.try_execute_as("postgres", r#"insert into "Casts" (movie) values (2)"#).is_err());
    assert_eq!(failure(add(columns).await).1, "DuplicateTable");
    assert_eq!(failure(add(json!([])).await).1, "ValueError");
}

const ORDERS: &str = r#"
    create table country (code text primary key); insert into country values ('CH'), ('FR');
    create table orders (id int primary key, "Name" varchar(20) not null default 'nobody', price numeric check (price > 0),
        doc json, country text references country, at timestamptz, unique ("Name", price, doc_key), doc_key int,
        check (length(country) = 2));
    comment on column orders."Name" is 'who';
    alter table orders drop constraint "orders_Name_price_doc_key_key";
    insert into orders ("id", "Name", price, doc, country, at) values
        (1, 'a', 1.0, '{"x": 1}', 'CH', 'epoch'), (2, 'a', 1.00, '{"x": 1}', 'CH', 'epoch'),
        (3, 'A', 1.0, '{"x":1}', null, null), (4, 'a', 1.0, '{"x": 1}', 'CH', null), (5, 'a', null, null, null, null);"#;

#[tokio::test]
async fn a_split_keeps_every_value_and_rule() {
    let (world, id) = World::connected().await;
    world.database.execute(ORDERS);
    let oid = world.table("orders");
    let before = rows(&world, r#"select id, "Name", price::text, doc::text, country, at from orders"#);
    let shown =
        json!({"database_id": id, "table_oid": oid, "column_meta_data_list": [{"attnum": 2, "display_width": 321}]});
    metadata::set_columns(&world.ctx, params(shown)).await.unwrap();

    let split =
        json!({"database_id": id, "table_oid": oid, "column_attnums": [2, 3, 4, 5], "extracted_table_name": "Per son"});
    let made = data_modeling::split_table(&world.ctx, params(split)).await.unwrap();
    assert_eq!(made.extracted_table_oid, world.table(r#""Per son""#));
    let list = json!({"database_id": id, "table_oid": oid});
    let left = columns::list(&world.ctx, params(list)).await.unwrap();
    let link = left.iter().find(|column| column.id == made.new_fkey_attnum).unwrap();
    assert_eq!((link.name.as_str(), link.link.as_ref().unwrap().table_oid), ("Per son_id", made.extracted_table_oid));

    let joined = r#"select o.id, "Name", price::text, doc::text, country, at from orders o join "Per son" p on p.id = "Per son_id""#;
    assert_eq!(rows(&world, joined), before);
    assert_eq!(
        rows(&world, r#"select count(*) from "Per son""#).as_deref(),
        Some("(4)"),
        "1 and 4 hold the same record"
    );
    let got = json!({"database_id": id, "table_oid": made.extracted_table_oid});
    let got = columns::list_with_metadata(&world.ctx, params(got)).await.unwrap();
    let names: Vec<&str> = got.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "Name", "price", "doc", "country"]);
    assert_eq!((got[1].nullable, got[1].description.as_deref()), (false, Some("who")));
    assert_eq!(got[1].default.as_ref().unwrap().value, "nobody");
    assert_eq!(got[1].metadata.as_ref().unwrap().display_width, Some(321));
    assert_eq!(got[4].link.as_ref().unwrap().table_oid, world.table("country"));
    world.database.execute(r#"insert into "Per son" ("Name") values ('new')"#);
    assert_eq!(rows(&world, r#"select max(id) from "Per son""#).as_deref(), Some("(5)"), "the key goes on");
    for refused in ["price) values (-1)", "country) values ('ZZ')", "country) values ('CHE')"] {
        let insert = format!(r#"insert into "Per son" ({refused}"#);
        assert!(world.database.try_execute_as("postgres", &insert).is_err(), "{refused}");
    }
}

#[tokio::test]
async fn a_split_refuses_what_it_would_lose() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table t (id int primary key, a int, b int, c int generated always as (a + 1) stored, d int, check (a < b));
         create view v as select d from t; create view w as select 1 as one",
    );
    let split = |oid: u32, attnums: &[i16]| {
        let all = json!({"database_id": id, "table_oid": oid, "column_attnums": attnums, "extracted_table_name": "e"});
        data_modeling::split_table(&world.ctx, params(all))
    };
    let oid = world.table("t");
    for (attnums, word) in
        [(&[][..], "none"), (&[1], "primary key"), (&[2, 2], "twice"), (&[3], "would be lost"), (&[4], "computes")]
    {
        let (error, name) = failure(split(oid, attnums).await);
        assert!(name == "ValueError" && error.to_string().contains(word), "{attnums:?}: {error}");
    }
    assert_eq!(failure(split(oid, &[9]).await).1, "UndefinedColumn");
    assert_eq!(failure(split(world.table("w"), &[1]).await).1, "ValueError");
    assert_eq!(failure(split(oid, &[5]).await).1, "DependentObjectsStillExist");
    let gone = rows(&world, "select to_regclass('e') is null");
    assert_eq!(gone.as_deref(), Some("(t)"), "nothing is left of a change that failed");
}

/// Rows that a policy hides even from the owner would lose their values.
#[tokio::test]
async fn a_split_stops_where_rows_are_hidden() {
    let world = World::new().await;
    let role = world.database.role("owner", "login");
    let id = world.connect_as(&role).await.unwrap().database.id;
    world.database.execute(&format!(
        "create table t (id int primary key, a text); insert into t values (1, 'seen'), (2, 'hidden');
         alter table t owner to {role}; grant create on schema public to {role};
         alter table t enable row level security, force row level security;
         create policy p on t using (a = 'seen')"
    ));
    let split =
        json!({"database_id": id, "table_oid": world.table("t"), "column_attnums": [2], "extracted_table_name": "e"});
    let (error, _) = failure(data_modeling::split_table(&world.ctx, params(split)).await);
    assert!(error.to_string().contains("row-level security"), "{error}");
    assert_eq!(rows(&world, "select a from t").as_deref(), Some("(hidden) (seen)"));
}

#[tokio::test]
async fn moved_columns_keep_every_value() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table customer (id int generated always as identity primary key, name text);
         insert into customer (name) values ('ada'), ('bob'), ('eve');
         create table orders (id int primary key, customer int references customer, city varchar(9) default 'x', note text);
         insert into orders values (1, 1, 'Bern', 'a'), (2, 1, 'Bern', 'b'), (3, 1, 'Rome', 'c'), (4, 2, null, 'd'),
            (5, null, 'Oslo', 'e'), (6, null, null, 'f'), (7, 1, null, 'g')",
    );
    let before = rows(&world, "select o.id, name, city, note from orders o left join customer c on c.id = customer");
    let (orders, customer) = (world.table("orders"), world.table("customer"));
    let moving = json!({"database_id": id, "source_table_oid": orders, "target_table_oid": customer, "move_column_attnums": [3]});
    data_modeling::move_columns(&world.ctx, params(moving)).await.unwrap();
    let joined = "select o.id, name, city, note from orders o left join customer c on c.id = customer";
    assert_eq!(rows(&world, joined), before);
    let customers = "(ada,Bern) (ada,Rome) (ada,) (bob,) (eve,) (,Oslo)";
    let found = rows(&world, "select name, city from customer").unwrap();
    let sorted = |list: &str| {
        let mut all: Vec<String> = list.split(' ').map(str::to_owned).collect();
        all.sort();
        all
    };
    assert_eq!(sorted(&found), sorted(customers), "ada is there once for each of her cities");
    let columns = columns::list(&world.ctx, params(json!({"database_id": id, "table_oid": customer}))).await.unwrap();
    let shapes: Vec<_> = columns.iter().map(|c| (c.name.as_str(), c.display_type.as_str())).collect();
    assert_eq!(shapes, [("id", "integer"), ("name", "text"), ("city", "character varying(9)")]);
    assert_eq!(columns[2].default.as_ref().unwrap().value, "x");
}

#[tokio::test]
async fn columns_move_only_along_one_foreign_key() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table a (id int primary key); create table b (id int primary key, v int, c int check (c > 0), s int default random());
         create table twice (x int references a, y int references a, v int); alter table b add ref int references a;
         create table uniq (id int generated by default as identity primary key, u int unique); insert into uniq values (1, 1);
         create table many (ref int references uniq, v int); insert into many values (1, 1), (1, 2)",
    );
    let moving = |source: &str, target: &str, attnum: i16| {
        let all = json!({"database_id": id, "source_table_oid": world.table(source), "target_table_oid": world.table(target), "move_column_attnums": [attnum]});
        data_modeling::move_columns(&world.ctx, params(all))
    };
    for (source, target, attnum, word) in [
        ("b", "twice", 2, "no foreign key"),
        ("twice", "a", 3, "several"),
        ("b", "a", 3, "would be lost"),
        ("b", "a", 4, "computes"),
    ] {
        let (error, name) = failure(moving(source, target, attnum).await);
        assert!(name == "ValueError" && error.to_string().contains(word), "{source} to {target}: {error}");
    }
    assert_eq!(failure(moving("many", "uniq", 2).await).1, "UniqueViolation");
    assert_eq!(rows(&world, "select v from many").as_deref(), Some("(1) (2)"));
}

#[tokio::test]
async fn any_column_of_distinct_values_becomes_the_key() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table t (id int primary key, n int default 7, u uuid); insert into t values (1, 40, gen_random_uuid()), (2, 41, null)",
    );
    let oid = world.table("t");
    let change = |extra: Value| {
        let mut all = json!({"database_id": id, "table_oid": oid, "column_attnum": 2});
        all.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        data_modeling::change_primary_key_column(&world.ctx, params(all))
    };
    assert_eq!(failure(change(json!({"column_attnum": 1})).await).1, "ValueError");
    assert_eq!(failure(change(json!({"column_attnum": 3})).await).1, "NotNullViolation");
    change(json!({"default": "IDENTITY"})).await.unwrap();
    world.database.execute("insert into t (id) values (3)");
    assert_eq!(rows(&world, "select id, n from t").as_deref(), Some("(1,40) (2,41) (3,42)"));
    world.database.execute("update t set u = gen_random_uuid()");
    change(json!({"column_attnum": 3, "default": "UUIDv4", "drop_existing_pk_column": true})).await.unwrap();
    world.database.execute("insert into t (id) values (4)");
    let list = json!({"database_id": id, "table_oid": oid});
    let columns = columns::list(&world.ctx, params(list)).await.unwrap();
    let keys: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.primary_key)).collect();
    assert_eq!(keys, [("id", false), ("u", true)]);
}

#[tokio::test]
async fn a_table_without_a_key_gets_one() {
    let (world, id) = World::connected().await;
    world.database.execute("create table t (v text); insert into t values ('a'), ('b')");
    let add = |extra: Value| {
        let mut all = json!({"database_id": id, "table_oid": world.table("t"), "pkey_type": "IDENTITY"});
        all.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        data_modeling::add_primary_key_column(&world.ctx, params(all))
    };
    add(json!({})).await.unwrap();
    assert_eq!(rows(&world, "select id from t").as_deref(), Some("(1) (2)"));
    assert_eq!(failure(add(json!({})).await).1, "DuplicateColumn");
    add(json!({"pkey_type": "UUIDv4", "drop_existing_pkey_column": true, "name": "the key"})).await.unwrap();
    let key = world
        .database
        .scalar("select pg_get_constraintdef(oid) from pg_constraint where contype = 'p' and conrelid = 't'::regclass");
    assert_eq!(key.as_deref(), Some(r#"PRIMARY KEY ("the key")"#));
    assert_eq!(rows(&world, "select count(distinct \"the key\") from t").as_deref(), Some("(2)"));
}

#[tokio::test]
async fn the_ways_to_other_tables_are_told() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table movie (id int primary key, title text, sequel_of int references movie); create table actor (id int primary key);
         create table casts (movie int references movie, actor int references actor);
         create table pair (a int, b int, primary key (a, b)); create table far (a int, b int, foreign key (a, b) references pair)",
    );
    let (movie, actor, casts) = (world.table("movie"), world.table("actor"), world.table("casts"));
    let list = |depth: u8| {
        joinable::list(&world.ctx, params(json!({"database_id": id, "table_oid": movie, "max_depth": depth})))
    };
    let found = list(1).await.unwrap();
    let targets: Vec<_> = found.joinable_tables.iter().map(|way| (way.target, way.multiple_results)).collect();
    assert_eq!(targets, [(movie, false), (movie, true), (casts, true)]);
    let all = joinable::list(&world.ctx, params(json!({"database_id": id, "table_oid": movie}))).await.unwrap();
    let way = all.joinable_tables.iter().find(|way| way.target == actor).unwrap();
    let path = |way: &JoinableTable| serde_json::to_value(&way.join_path).unwrap();
    assert_eq!(path(way), json!([[[movie, 1], [casts, 1]], [[casts, 2], [actor, 1]]]));
    let (pair, far) = (world.table("pair"), world.table("far"));
    let from_pair = |more: Value| {
        let mut all = json!({"database_id": id, "table_oid": pair, "max_depth": 1});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        joinable::list(&world.ctx, params(all))
    };
    assert_eq!(from_pair(json!({})).await.unwrap().joinable_tables, []);
    let several = from_pair(json!({"several_columns": true})).await.unwrap().joinable_tables;
    assert_eq!(path(&several[0]), json!([[[pair, [1, 2]], [far, [1, 2]]]]));
    assert_eq!((way.depth, way.fkey_path.iter().map(|step| step.1).collect::<Vec<_>>()), (2, vec![true, false]));
    let title = &all.target_table_info[&movie].columns[&2];
    assert_eq!((title.name.as_str(), title.kind.as_str(), title.primary_key), ("title", "text", false));
    assert_eq!(failure(list(0).await).1, "ValueError");
    assert_eq!(failure(list(6).await).1, "ValueError");
}

/// What is shown is what would run: run by hand it splits the table.
#[tokio::test]
async fn a_split_is_shown_as_sql() {
    let (world, id) = World::connected().await;
    world.database.execute(ORDERS);
    let split = json!({"database_id": id, "table_oid": world.table("orders"), "column_attnums": [2, 5], "extracted_table_name": "e"});
    let json = mathesar_api::Json::from_serialize(&split).unwrap();
    let statements = show::statements(&world.ctx, id, "data_modeling.split_table", &json).await.unwrap().unwrap();
    let script: Vec<String> = statements.iter().map(mathesar_sql::Statement::shown).collect();
    world.database.execute(&format!("begin; {}; commit", script.join("; ")));
    let records = rows(&world, r#"select e."Name", country, count(*) from e join orders on e_id = e.id group by 1, 2"#);
    assert_eq!(records.as_deref(), Some("(A,,1) (a,,1) (a,CH,3)"));
}

/// A trigger that swallows writes would have the values lost with their columns.
#[tokio::test]
async fn what_a_trigger_keeps_back_is_not_lost() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table person (id int primary key, name text); insert into person values (1, 'ada');
         create table t (id int primary key, a text, person int references person);
         insert into t values (1, 'kept', 1), (2, 'free', 1);
         create function swallow() returns trigger language plpgsql as 'begin return null; end';
         create trigger swallow before update on t for each row when (old.id = 1) execute function swallow()",
    );
    let (oid, person) = (world.table("t"), world.table("person"));
    let split = json!({"database_id": id, "table_oid": oid, "column_attnums": [2], "extracted_table_name": "e"});
    let (error, _) = failure(data_modeling::split_table(&world.ctx, params(split)).await);
    assert!(error.to_string().contains("1 rows could not be moved"), "{error}");
    let moving =
        json!({"database_id": id, "source_table_oid": oid, "target_table_oid": person, "move_column_attnums": [2]});
    let (error, _) = failure(data_modeling::move_columns(&world.ctx, params(moving)).await);
    assert!(error.to_string().contains("could not be moved"), "{error}");
    assert_eq!(rows(&world, "select a from t").as_deref(), Some("(free) (kept)"));
}
