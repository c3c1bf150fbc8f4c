use mathesar_api::methods::tables::TableKind;
use mathesar_app::model::{columns, constraints, layout, metadata, schemas, tables};
use serde_json::json;

use super::world::{World, failure, params};

#[tokio::test]
async fn a_table_is_made_as_described() {
    let (world, id) = World::connected().await;
    let schema = world.schema("public");
    let add = json!({
        "database_id": id, "schema_oid": schema, "table_name": "Obst \"& Gemüse\"; --", "comment": "it's fresh",
        "column_data_list": [
            {"name": "Name; DROP TABLE x", "type": "text", "nullable": false, "description": "wie's heißt"},
            {"name": "price", "type": "numeric", "type_options": {"precision": 8, "scale": 2}, "default": {"value": "1.50"}},
            {"type": "date"},
        ],
        "constraint_data_list": [{"type": "u", "columns": [2], "name": "only one"}],
    });
    let made = tables::add(&world.ctx, params(add)).await.unwrap();
    let table = json!({"database_id": id, "table_oid": made.oid});
    let info = tables::get(&world.ctx, params(table.clone())).await.unwrap();
    assert_eq!((info.name.as_str(), info.description.as_deref()), ("Obst \"& Gemüse\"; --", Some("it's fresh")));
    assert_eq!(info.row_identity.unwrap().kind, "primary_key");
    let columns = columns::list(&world.ctx, params(table.clone())).await.unwrap();
    let shape: Vec<_> = columns.iter().map(|c| (c.name.as_str(), c.display_type.as_str(), c.nullable)).collect();
    assert_eq!(
        shape,
        [
            ("id", "integer", false),
            ("Name; DROP TABLE x", "text", false),
            ("price", "numeric(8,2)", true),
            ("Column 3", "date", true)
        ]
    );
    assert_eq!(columns[2].default.as_ref().unwrap().value, "1.50");
    assert_eq!(columns[1].description.as_deref(), Some("wie's heißt"));
    let rules = constraints::list(&world.ctx, params(table)).await.unwrap();
    assert!(rules.iter().any(|rule| rule.name == "only one" && rule.kind == "unique" && rule.columns == [2]));
}

/// The protocol cannot send it, which is not the connection's fault.
#[tokio::test]
async fn a_nul_in_a_description_is_refused_and_work_goes_on() {
    let (world, id) = World::connected().await;
    let add = |comment: &str| {
        let add = json!({"database_id": id, "schema_oid": world.schema("public"), "comment": comment});
        tables::add(&world.ctx, params(add))
    };
    let (error, name) = failure(add("a\0b").await);
    assert!(name == "ValueError" && error.message().contains("NUL"), "{name}: {error}");
    assert_eq!(add("ab").await.unwrap().name, "Table 1");
}

#[tokio::test]
async fn what_is_not_said_is_chosen() {
    let (world, id) = World::connected().await;
    let schema = world.schema("public");
    let bare = json!({"database_id": id, "schema_oid": schema});
    let first = tables::add(&world.ctx, params(bare.clone())).await.unwrap();
    let second = tables::add(&world.ctx, params(bare)).await.unwrap();
    assert_eq!((first.name.as_str(), second.name.as_str()), ("Table 1", "Table 2"));
    let clash = json!({
        "database_id": id, "schema_oid": schema, "table_name": "t", "pkey_column_info": {"type": "UUIDv4"},
        "column_data_list": [{"name": "id", "type": "text"}, {"name": "id_1", "type": "text"}],
    });
    let made = tables::add(&world.ctx, params(clash)).await.unwrap();
    assert_eq!(made.renamed_columns.get("id").map(String::as_str), Some("id_2"));
    let names = world.database.scalar(
        "select array_agg(attname order by attnum) from pg_attribute where attrelid = 't'::regclass and attnum > 0",
    );
    assert_eq!(names.as_deref(), Some("{id,id_2,id_1}"));
    world.database.execute("insert into t (id_2) values ('x')");
    let taken = json!({"database_id": id, "schema_oid": schema, "table_name": "t"});
    assert_eq!(failure(tables::add(&world.ctx, params(taken)).await).1, "DuplicateTable");
    let wide: Vec<_> = (0..1600).map(|n| json!({"name": format!("c{n}")})).collect();
    let wide = json!({"database_id": id, "schema_oid": schema, "column_data_list": wide});
    assert_eq!(failure(tables::add(&world.ctx, params(wide)).await).1, "LimitReached");
}

#[tokio::test]
async fn every_kind_of_table_is_listed_and_partitions_follow_their_parent() {
    let (world, id) = World::connected().await;
    world.database.execute(
        "create table plain (a int);
         create view seen as select * from plain;
         create materialized view kept as select * from plain;
         create table parts (a int primary key) partition by list (a);
         create table a_part partition of parts for values in (1, 2) partition by list (a);
         create table z_part_of_part partition of a_part for values in (1);
         create foreign data wrapper w; create server elsewhere foreign data wrapper w;
         create foreign table far (a int) server elsewhere",
    );
    let list = json!({"database_id": id, "schema_oid": world.schema("public")});
    let list = tables::list(&world.ctx, params(list)).await.unwrap();
    assert_eq!((list[3].partition_of, list[4].partition_of), (Some(list[2].oid), Some(list[3].oid)));
    let kinds: Vec<_> = list.iter().map(|table| (table.name.as_str(), table.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("far", TableKind::ForeignTable),
            ("kept", TableKind::MaterializedView),
            ("parts", TableKind::PartitionedTable),
            ("a_part", TableKind::PartitionedTable),
            ("z_part_of_part", TableKind::Table),
            ("plain", TableKind::Table),
            ("seen", TableKind::View),
        ]
    );
    for (name, identity) in
        [("plain", "row_version"), ("parts", "primary_key"), ("seen", "none"), ("kept", "none"), ("far", "none")]
    {
        let table = json!({"database_id": id, "table_oid": world.table(name)});
        let found = tables::get(&world.ctx, params(table.clone())).await.unwrap().row_identity.unwrap();
        assert_eq!(found.kind, identity, "{name}");
        let column = &columns::list(&world.ctx, params(table)).await.unwrap()[0];
        assert_eq!(column.read_only_reason.is_some(), identity == "none", "{name}");
        let rename = json!({"database_id": id, "table_oid": world.table(name), "table_data_dict": {"name": format!("{name} 2"), "description": "x"}});
        assert_eq!(tables::patch(&world.ctx, params(rename)).await.unwrap(), format!("{name} 2"));
    }
    for name in ["seen 2", "kept 2", "far 2", "parts 2", "plain 2"] {
        let drop = json!({"database_id": id, "table_oid": world.table(&format!("\"{name}\""))});
        assert_eq!(tables::delete(&world.ctx, params(drop)).await.unwrap(), format!("public.\"{name}\""));
    }
}

/// What clients of the original do at the end of an import.
#[tokio::test]
async fn a_table_and_its_columns_are_changed_together_or_not_at_all() {
    let (world, id) = World::connected().await;
    world.database.execute("create table raw (id int, age text, note text); insert into raw values (1, '41', 'x')");
    let oid = world.table("raw");
    let patch = async |age: &str| {
        let columns =
            json!([{"id": 2, "name": "years", "type": age}, {"id": 3, "nullable": false, "description": "n"}]);
        let dict = json!({"name": "people", "description": "All", "columns": columns});
        let wanted = json!({"database_id": id, "table_oid": oid, "table_data_dict": dict});
        tables::patch(&world.ctx, params(wanted)).await
    };
    assert_eq!(failure(patch("date").await).1, "InvalidDatetimeFormat");
    let columns = format!(
        "select string_agg(attname || ' ' || format_type(atttypid, -1) || ' ' || attnotnull, ', ' order by attnum)
        from pg_attribute where attrelid = {oid} and attnum > 1"
    );
    assert_eq!(world.database.scalar(&columns).as_deref(), Some("age text false, note text false"));
    assert_eq!(patch("integer").await.unwrap(), "people");
    assert_eq!(world.database.scalar(&columns).as_deref(), Some("years integer false, note text true"));
    assert_eq!(world.database.scalar("select obj_description('people'::regclass)").as_deref(), Some("All"));
}

#[tokio::test]
async fn a_table_that_is_needed_is_dropped_only_when_all_shall_go() {
    let (world, id) = World::connected().await;
    world.database.execute("create table base (a int); create view above as select * from base");
    let oid = world.table("base");
    let refused = tables::delete(&world.ctx, params(json!({"database_id": id, "table_oid": oid}))).await;
    assert_eq!(failure(refused).1, "DependentObjectsStillExist");
    tables::delete(&world.ctx, params(json!({"database_id": id, "table_oid": oid, "cascade": true}))).await.unwrap();
    assert_eq!(world.database.scalar("select to_regclass('above')"), None);
    let gone = tables::get(&world.ctx, params(json!({"database_id": id, "table_oid": oid}))).await;
    assert_eq!(failure(gone).1, "UndefinedTable");
}

#[tokio::test]
async fn metadata_is_kept_merged_and_checked() {
    let (world, id) = World::connected().await;
    world.database.execute("create table t (a int, b text)");
    let oid = world.table("t");
    let set = |fields: serde_json::Value| {
        metadata::set_table(&world.ctx, params(json!({"database_id": id, "table_oid": oid, "metadata": fields})))
    };
    set(json!({"column_order": [2, 1], "record_summary_template": ["#", [1], " – ", [2]]})).await.unwrap();
    set(json!({"column_order": null, "import_verified": true})).await.unwrap();
    let info =
        tables::get_with_metadata(&world.ctx, params(json!({"database_id": id, "table_oid": oid}))).await.unwrap();
    let known = info.metadata.unwrap();
    assert_eq!((known.column_order, known.import_verified), (None, Some(true)));
    assert_eq!(known.record_summary_template.unwrap().text(), r##"["#",[1]," – ",[2]]"##);
    assert_eq!(failure(set(json!({"colour": null})).await).1, "ValueError");

    let set = |fields: serde_json::Value| {
        let list = json!({"database_id": id, "table_oid": oid, "column_meta_data_list": [fields]});
        metadata::set_columns(&world.ctx, params(list))
    };
    set(json!({"attnum": 1, "display_width": 300, "num_grouping": "never"})).await.unwrap();
    for bad in [
        json!({"attnum": 1, "display_width": 5}),
        json!({"attnum": 1, "num_grouping": "sometimes"}),
        json!({"attnum": 1, "num_min_frac_digits": 4, "num_max_frac_digits": 2}),
        json!({"display_width": 50}),
    ] {
        assert_eq!(failure(set(bad).await).1, "ValueError");
    }
    assert_eq!(failure(set(json!({"attnum": 9, "display_width": 50})).await).1, "UndefinedColumn");
    let list =
        columns::list_with_metadata(&world.ctx, params(json!({"database_id": id, "table_oid": oid}))).await.unwrap();
    assert_eq!(list[0].metadata.as_ref().unwrap().display_width, Some(300));
    assert!(list[1].metadata.is_none());
}

#[tokio::test]
async fn everybody_arranges_columns_for_themselves() {
    let (world, id) = World::connected().await;
    world.database.execute("create table t (a int, b text)");
    let place = json!({"database_id": id, "table_oid": world.table("t")});
    let set = |layout: serde_json::Value| {
        let mut set = place.clone();
        set["layout"] = layout;
        layout::set(&world.ctx, params(set))
    };
    let stored = async || tables::get_with_metadata(&world.ctx, params(place.clone())).await.unwrap().layout;
    assert_eq!(stored().await, None);
    let wanted = json!({"order": [2, 1], "hidden": [1], "widths": [{"attnum": 2, "width": 300}], "frozen": 1});
    set(wanted.clone()).await.unwrap();
    assert_eq!(serde_json::to_value(stored().await.unwrap()).unwrap(), wanted);
    assert_eq!(tables::get(&world.ctx, params(place.clone())).await.unwrap().layout, None);
    for bad in [
        json!({"widths": [{"attnum": 1, "width": 5}]}),
        json!({"widths": [{"attnum": 1, "width": 50}, {"attnum": 1, "width": 60}]}),
        json!({"order": [1, 1]}),
        json!({"hidden": (0..1601).collect::<Vec<_>>()}),
        json!({"frozen": 1601}),
    ] {
        assert_eq!(failure(set(bad).await).1, "ValueError");
    }
    let elsewhere = json!({"database_id": id, "table_oid": 1, "layout": {}});
    assert_eq!(failure(layout::set(&world.ctx, params(elsewhere)).await).1, "UndefinedTable");
    set(json!(null)).await.unwrap();
    assert_eq!(stored().await, None);
}

#[tokio::test]
async fn metadata_follows_its_table_and_goes_with_its_columns() {
    let (world, id) = World::connected().await;
    world.database.execute("create schema s; create table s.t (a int, b int)");
    let oid = world.table("s.t");
    let list = json!([{"attnum": 1, "display_width": 111}, {"attnum": 2, "display_width": 222}]);
    let set = json!({"database_id": id, "table_oid": oid, "column_meta_data_list": list});
    metadata::set_columns(&world.ctx, params(set)).await.unwrap();

    let rename = json!({"database_id": id, "table_oid": oid, "table_data_dict": {"name": "u"}});
    tables::patch(&world.ctx, params(rename)).await.unwrap();
    let rename = json!({"database_id": id, "table_oid": oid, "column_data_list": [{"id": 1, "name": "z"}]});
    columns::patch(&world.ctx, params(rename)).await.unwrap();
    let rename = json!({"database_id": id, "schema_oid": world.schema("s"), "patch": {"name": "q"}});
    schemas::patch(&world.ctx, params(rename)).await.unwrap();
    let drop = json!({"database_id": id, "table_oid": oid, "column_attnums": [2]});
    columns::delete(&world.ctx, params(drop)).await.unwrap();

    let kept = world.ctx.app.store.metadata().columns(id, oid).await.unwrap();
    let names: Vec<_> = kept.iter().map(|row| [&row.schema_name, &row.table_name, &row.column_name]).collect();
    assert_eq!(names, [["q", "u", "z"]]);
    schemas::delete(&world.ctx, params(json!({"database_id": id, "schema_oids": [world.schema("q")]}))).await.unwrap();
    assert!(world.ctx.app.store.metadata().columns(id, oid).await.unwrap().is_empty());
}
