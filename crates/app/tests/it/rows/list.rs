//! Lists, searches and counts.

use mathesar_api::ErrorCode;
use serde_json::{Value, json};

use super::world::{attnum, compare, literal, test};

const BOOKS: &str = "
    create table author (id int primary key, name text, boss int references author);
    create table book (id bigint primary key, title text, author int references author, price numeric(8,2), seen date);
    insert into author values (1, 'Ann', null), (2, 'Bob', 1);
    insert into book values
        (1, 'Alpha', 1, 1.50, '2024-01-02'), (2, 'beta', 2, null, null), (3, 'Gamma', 2, 20, '0044-03-15 BC'),
        (4, null, null, 3.00, '2024-12-31');";

fn column(page: &Value, number: &str) -> Vec<Value> {
    page["results"].as_array().unwrap().iter().map(|row| row[number].clone()).collect()
}

#[test]
fn a_page_has_the_shape_of_the_original() {
    test(BOOKS, async |world| {
        let ana = world.owner().await;
        let page = ana.list("book", json!({ "limit": 2, "return_record_summaries": true })).await.unwrap();
        assert_eq!(
            page,
            json!({
                "count": 4,
                "count_exact": true,
                "results": [
                    { "1": 1, "2": "Alpha", "3": 1, "4": 1.50, "5": "2024-01-02 AD" },
                    { "1": 2, "2": "beta", "3": 2, "4": null, "5": null },
                ],
                "grouping": null,
                "linked_record_summaries": { "3": { "1": "Ann", "2": "Bob" } },
                "record_summaries": { "1": "Alpha", "2": "beta" },
                "joined_record_summaries": null, "download_links": null,
            })
        );
    });
}

#[test]
fn our_form_has_every_value_as_text_and_a_key_for_every_row() {
    test(BOOKS, async |world| {
        let ana = world.owner().await;
        let params = json!({ "values": "text", "keys": true, "offset": 2, "count": "none", "columns": [1, 4, 5] });
        let page = ana.list("book", params).await.unwrap();
        assert_eq!(
            page["results"],
            json!([{ "1": "3", "4": "20.00", "5": "0044-03-15 BC" }, { "1": "4", "4": "3.00", "5": "2024-12-31" }])
        );
        assert_eq!(page["keys"], json!([{ "1": "3" }, { "1": "4" }]));
        assert_eq!(page["count"], Value::Null);
    });
}

#[test]
fn orders_put_null_where_they_are_told() {
    test(BOOKS, async |world| {
        let ana = world.owner().await;
        for (order, expected) in [
            (json!([{ "attnum": 4, "direction": "asc" }]), [1, 4, 3, 2]),
            (json!([{ "attnum": 4, "direction": "desc" }]), [2, 3, 4, 1]),
            (json!([{ "attnum": 4, "direction": "desc", "nulls": "last" }]), [3, 4, 1, 2]),
            (json!([{ "attnum": 3, "direction": "desc" }, { "attnum": 1, "direction": "desc" }]), [4, 3, 2, 1]),
        ] {
            let page = ana.list("book", json!({ "order": order })).await.unwrap();
            assert_eq!(column(&page, "1"), expected, "{order}");
        }
        let error = ana.list("book", json!({ "order": [{ "attnum": 9, "direction": "asc" }] })).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::BAD_SORT_FORMAT);
    });
}

#[test]
fn pages_after_a_row_neither_repeat_nor_skip() {
    let sql = "create table n (id int primary key, a int, b text);
        insert into n select i, nullif(i % 5, 0), nullif(chr(97 + i % 3), 'a') from generate_series(1, 200) as i";
    test(sql, async |world| {
        let ana = world.owner().await;
        for order in [
            json!([]),
            json!([{ "attnum": 2, "direction": "asc" }]),
            json!([{ "attnum": 2, "direction": "desc" }, { "attnum": 3, "direction": "asc", "nulls": "first" }]),
            json!([{ "attnum": 3, "direction": "desc", "nulls": "last" }, { "attnum": 1, "direction": "desc" }]),
        ] {
            let all = ana.list("n", json!({ "order": order, "limit": 1000, "keys": true })).await.unwrap();
            let mut seen: Vec<Value> = Vec::new();
            let mut after = Value::Null;
            loop {
                let page = json!({ "order": order, "limit": 17, "keys": true, "after": after });
                let page = ana.list("n", page).await.unwrap();
                let keys = page["keys"].as_array().unwrap();
                let Some(last) = keys.last() else { break };
                seen.extend(keys.iter().cloned());
                after = last.clone();
            }
            assert_eq!(Value::Array(seen), all["keys"], "{order}");
        }
        world.execute("create table keyless as select * from n where id <= 40");
        for order in [json!([]), json!([{ "attnum": 3, "direction": "asc" }])] {
            let all = ana.list("keyless", json!({ "order": order, "keys": true })).await.unwrap();
            let after = all["keys"][24].clone();
            let rest = ana.list("keyless", json!({ "order": order, "after": after })).await.unwrap();
            assert_eq!(rest["results"].as_array().unwrap()[..], all["results"].as_array().unwrap()[25..], "{order}");
        }
        world.execute("delete from n where id = 5");
        let order = json!([{ "attnum": 2, "direction": "asc" }]);
        let error = ana.list("n", json!({ "order": order, "after": { "1": "5" } })).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::ROW_CONFLICT);
        // By the key alone the place of a deleted row is still known.
        assert_eq!(ana.list("n", json!({ "limit": 1, "after": { "1": "5" } })).await.unwrap()["results"][0]["1"], 6);
    });
}

#[test]
fn filters_select_what_they_say() {
    test(BOOKS, async |world| {
        let ana = world.owner().await;
        let domain =
            |text: &str| json!({ "type": "truncate_to_year", "args": [attnum(5)] , "text": text })["type"].clone();
        assert_eq!(domain("x"), "truncate_to_year");
        for (filter, expected) in [
            (compare("equal", 1, 2), vec![2]),
            (compare("equal", 1, "3"), vec![3]),
            (compare("not_equal", 2, "beta"), vec![1, 3, 4]),
            (compare("lesser", 4, 3.5), vec![1, 4]),
            (compare("lesser", 1, 2.5), vec![1, 2]),
            (compare("greater", 1, "99999999999999999999"), vec![]),
            (compare("contains_case_insensitive", 2, "A"), vec![1, 2, 3]),
            (compare("contains", 2, "A"), vec![1]),
            (compare("not_contains_case_insensitive", 2, "B"), vec![1, 3, 4]),
            (compare("ends_with", 2, "a"), vec![1, 2, 3]),
            (compare("matches", 2, "^[AG]"), vec![1, 3]),
            (compare("in", 1, json!([1, 4, 99])), vec![1, 4]),
            (compare("not_in", 3, json!([1])), vec![2, 3, 4]),
            (json!({ "type": "null", "args": [attnum(4)] }), vec![2]),
            (json!({ "type": "between", "args": [attnum(4), literal(2), literal(20)] }), vec![3, 4]),
            (
                json!({ "type": "equal", "args": [{ "type": "truncate_to_year", "args": [attnum(5)] }, literal("2024 AD")] }),
                vec![1, 4],
            ),
            (
                json!({ "type": "and", "args": [
                    { "type": "not", "args": [compare("equal", 3, 1)] },
                    { "type": "or", "args": [compare("equal", 1, 1), compare("greater", 4, 10)] },
                ] }),
                vec![3],
            ),
        ] {
            let page = ana.list("book", json!({ "filter": filter })).await.unwrap();
            assert_eq!(column(&page, "1"), expected, "{filter}");
            assert_eq!(page["count"], expected.len(), "{filter}");
        }
    });
}

#[test]
fn what_is_unknown_in_a_filter_is_an_error_with_its_place() {
    test(BOOKS, async |world| {
        let ana = world.owner().await;
        for (filter, words) in [
            (compare("equals", 1, 2), "filter.type: unknown operator \"equals\"; did you mean \"equal\"?"),
            (json!({ "type": "not", "args": [compare("equal", 77, 1)] }), "filter.args[0].args[0].value"),
            (json!({ "type": "equal", "args": [attnum(1)] }), "filter.args: the operator takes two operands, not 1"),
            (json!({ "type": "and", "args": [attnum(1)] }), "filter.args[0]"),
            (compare("equal", 1, json!([1])), "a single value"),
        ] {
            let error = ana.list("book", json!({ "filter": filter })).await.unwrap_err();
            assert!(error.message().contains(words), "{}", error.message());
            assert_eq!(error.code(), ErrorCode::BAD_FILTER);
        }
        let mut deep = compare("equal", 1, 1);
        for _ in 0..30 {
            deep = json!({ "type": "not", "args": [deep] });
        }
        assert!(ana.list("book", json!({ "filter": deep })).await.unwrap_err().message().contains("limited to"));
        let hostile = compare("equal", 2, "x'); drop table book; --");
        assert_eq!(ana.list("book", json!({ "filter": hostile })).await.unwrap()["count"], 0);
        assert_eq!(world.scalar("select count(*) from book").as_deref(), Some("4"));
    });
}

#[test]
fn templates_follow_links_and_unreadable_parts_vanish() {
    test(BOOKS, async |world| {
        let ana = world.owner().await;
        world.set_template("author", json!(["#", [1], " ", [2], " < ", [3, 2]])).await;
        let page = ana.list("book", json!({})).await.unwrap();
        assert_eq!(page["linked_record_summaries"]["3"], json!({ "1": "#1 Ann < ", "2": "#2 Bob < Ann" }));
        let found = ana.list_summaries("author", json!({ "search": "bob" })).await.unwrap();
        assert_eq!(found, json!({ "count": 1, "results": [{ "key": 2, "summary": "#2 Bob < Ann" }] }));

        let clerk = world.database.role("clerk", "login");
        world.execute(&format!("grant select on book to {clerk}; grant select (id) on author to {clerk}"));
        let page = world.guest(&clerk).await.list("book", json!({})).await.unwrap();
        assert_eq!(page["linked_record_summaries"]["3"], json!({ "1": "#1  < ", "2": "#2  < " }));
    });
}

#[test]
fn a_link_to_a_table_that_may_not_be_seen_is_no_error() {
    test(BOOKS, async |world| {
        let clerk = world.database.role("clerk", "login");
        world.execute(&format!("grant select on book to {clerk}"));
        let page = world.guest(&clerk).await.list("book", json!({})).await.unwrap();
        assert_eq!((page["count"].clone(), page["linked_record_summaries"].clone()), (json!(4), json!({})));
    });
}

#[test]
fn far_pages_are_the_same_rows_in_the_same_order() {
    let sql = "create table n (a int, b text, c int, primary key (b, a));
        insert into n select i % 7, 'k' || i, nullif(i % 100, 3) from generate_series(1, 3000) as i";
    test(sql, async |world| {
        let ana = world.owner().await;
        for order in [json!([]), json!([{ "attnum": 3, "direction": "desc" }])] {
            let all = ana.list("n", json!({ "order": order, "limit": 3000 })).await.unwrap();
            let far = ana.list("n", json!({ "order": order, "limit": 7, "offset": 2_500 })).await.unwrap();
            assert_eq!(far["results"].as_array().unwrap()[..], all["results"].as_array().unwrap()[2_500..2_507]);
        }
    });
}

#[test]
fn counts_say_how_exact_they_are() {
    let sql = "create table n (id int primary key); insert into n select generate_series(1, 12000); analyze n";
    test(sql, async |world| {
        let ana = world.owner().await;
        assert_eq!(ana.count("n", json!({})).await.unwrap(), (12_000, true));
        let few = compare("lesser", 1, 100);
        assert_eq!(ana.count("n", json!({ "count": "capped", "filter": few })).await.unwrap(), (99, true));
        let (capped, exact) = ana.count("n", json!({ "count": "capped" })).await.unwrap();
        assert!(capped >= 10_001 && !exact, "{capped}");
        let (estimate, exact) = ana.count("n", json!({ "count": "estimate" })).await.unwrap();
        assert!((11_000..13_000).contains(&estimate) && !exact, "{estimate}");
        let error = ana.list("n", json!({ "limit": 10_001 })).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::LIMIT);
    });
}

#[test]
fn searches_give_the_best_first() {
    test(BOOKS, async |world| {
        let ana = world.owner().await;
        world.execute("insert into book (id, title) values (5, 'BETA'), (6, 'betamax'), (7, 'alphabeta')");
        world.execute("alter table book add column lent boolean; update book set lent = true where id = 3");
        let found = ana.search("book", json!({ "search_params": [{ "attnum": 2, "literal": "beta" }] })).await.unwrap();
        assert_eq!(column(&found, "1"), [2, 5, 6, 7]);
        assert_eq!(found["count"], 4);
        let number = json!({ "search_params": [{ "attnum": 4, "literal": 3 }] });
        assert_eq!(column(&ana.search("book", number).await.unwrap(), "1"), [4]);
        let half = json!({ "search_params": [{ "attnum": 5, "literal": "2024-1" }, { "attnum": 1, "literal": "x" }] });
        assert_eq!(ana.search("book", half).await.unwrap()["count"], 0);
        // However PostgreSQL, or our own answers, write a value.
        for (attnum, literal) in
            [(5, json!("0044-03-15 BC")), (5, json!("0044-3-15 BC")), (6, json!("t")), (6, json!(true))]
        {
            let search = json!({ "search_params": [{ "attnum": attnum, "literal": literal }] });
            assert_eq!(column(&ana.search("book", search).await.unwrap(), "1"), [3], "{literal}");
        }
        assert_eq!(ana.search("book", json!({ "limit": 3 })).await.unwrap()["results"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn groups_are_counted_over_the_whole_table() {
    let sql = "create table visit (id int primary key, who text, at timestamp, mail text);
        insert into visit values (1, 'b', '2024-01-05', 'x@a.org'), (2, 'a', '2024-02-05', 'y@b.org'), (3, 'b', '2023-01-01', 'z@a.org'),
            (4, null, null, null), (5, 'a', '2024-02-28', 'y@b.org')";
    test(sql, async |world| {
        let ana = world.owner().await;
        let page = json!({ "grouping": { "columns": [2] }, "limit": 3, "offset": 1 });
        let page = ana.list("visit", page).await.unwrap();
        assert_eq!(column(&page, "1"), [5, 1, 3]);
        assert_eq!(
            page["grouping"]["groups"],
            json!([
                { "id": 1, "count": 2, "results_eq": { "2": "a" }, "result_indices": [0] },
                { "id": 2, "count": 2, "results_eq": { "2": "b" }, "result_indices": [1, 2] },
            ])
        );
        let grouping = json!({ "columns": [3, 4], "preproc": ["truncate_to_month", "email_domain"] });
        let page =
            ana.list("visit", json!({ "grouping": grouping, "filter": compare("equal", 2, "a") })).await.unwrap();
        assert_eq!(
            page["grouping"],
            json!({
                "columns": [3, 4],
                "preproc": ["truncate_to_month", "email_domain"],
                "groups": [{ "id": 1, "count": 2, "results_eq": { "3": "2024-02 AD", "4": "b.org" }, "result_indices": [0, 1] }],
            })
        );
        for (grouping, words) in [
            (json!({ "columns": [] }), "grouping: give 1"),
            (json!({ "columns": [9] }), "grouping.columns[0]"),
            (json!({ "columns": [2], "preproc": ["upside_down"] }), "grouping.preproc[0]"),
        ] {
            let error = ana.list("visit", json!({ "grouping": grouping })).await.unwrap_err();
            assert!(error.message().contains(words), "{}", error.message());
        }
    });
}

const FILMS: &str = r#"create table film (id int primary key, title text); create table tag (code text primary key, words text);
    create table film_tag (id int primary key, film int references film, tag text references tag);
    insert into film values (1, 'Alien'), (2, 'Brazil'), (3, 'Clue');
    insert into tag select 'c' || lpad(n::text, 2, '0'), 'tag ' || n from generate_series(1, 30) as n;
    insert into film_tag select n, 1, 'c' || lpad(n::text, 2, '0') from generate_series(1, 30) as n;
    insert into film_tag values (31, 2, 'c07'), (32, 2, null)"#;

#[test]
fn records_behind_a_table_in_between_come_with_their_rows() {
    test(FILMS, async |world| {
        let owner = world.owner().await;
        world.set_template("tag", json!(["#", [2]])).await;
        let (film, between, tag) = (world.oid("film"), world.oid("film_tag"), world.oid("tag"));
        let way = json!([[[film, 1], [between, 2]], [[between, 3], [tag, 1]]]);
        let asked = json!([{"alias": "tags", "join_path": way}]);
        let list = owner.list("film", json!({"joined_columns": asked})).await.unwrap();
        let first = &list["results"][0];
        assert_eq!((&first["2"], &first["tags"]["count"]), (&json!("Alien"), &json!(30)));
        assert_eq!(first["tags"]["result"].as_array().unwrap().len(), 25);
        assert_eq!(list["results"][1]["tags"], json!({"count": 1, "result": ["c07"]}));
        assert_eq!(list["results"][2]["tags"], json!({"count": 0, "result": []}));
        assert_eq!(list["joined_record_summaries"]["tags"]["c07"], json!("#tag 7"));
        assert!(list["joined_record_summaries"]["tags"].get("c30").is_none());

        let back = json!([{"alias": "films", "join_path": [[[tag, 1], [between, 3]], [[between, 2], [film, 1]]]}]);
        let one = owner.get("tag", json!({"record_id": "c07", "joined_columns": back})).await.unwrap();
        assert_eq!(one["results"][0]["films"], json!({"count": 2, "result": [1, 2]}));
        assert_eq!(one["joined_record_summaries"]["films"], json!({"1": "Alien", "2": "Brazil"}));
        let plain = owner.list("film", json!({})).await.unwrap();
        assert_eq!(plain["joined_record_summaries"], json!(null));
    });
}

#[test]
fn records_that_could_be_linked_say_whether_they_are() {
    test(FILMS, async |world| {
        let owner = world.owner().await;
        let (film, between, tag) = (world.oid("film"), world.oid("film_tag"), world.oid("tag"));
        let way = json!([[[film, 1], [between, 2]], [[between, 3], [tag, 1]]]);
        let ask =
            |id: Value, way: &Value| json!({"limit": 3, "linked_record_path": {"record_pkey": id, "join_path": way}});
        let mapped = async |id: Value| owner.list_summaries("tag", ask(id, &way)).await.unwrap()["mapping"].clone();
        let linked = |values: Value| json!({"join_table": between, "joined_values": values});
        assert_eq!(mapped(json!(1)).await, linked(json!({"c01": [1], "c02": [2], "c03": [3]})));
        assert_eq!(mapped(json!({"1": "2"})).await, linked(json!({})), "tag 7 is not among those that are listed");
        world.execute("insert into film_tag values (40, 3, 'c02'), (41, 3, 'c02')");
        assert_eq!(mapped(json!(3)).await, linked(json!({"c02": [40, 41]})));

        owner.delete("film_tag", json!([40, 41])).await.unwrap();
        assert_eq!(mapped(json!(3)).await, linked(json!({})));

        let mut first = ask(json!(2), &way);
        first["linked_record_path"]["linked_first"] = json!(true);
        let list = owner.list_summaries("tag", first).await.unwrap();
        let keys: Vec<&Value> = list["results"].as_array().unwrap().iter().map(|record| &record["key"]).collect();
        assert_eq!(keys, ["c07", "c01", "c02"], "then by what they are called");
        assert_eq!(list["mapping"]["joined_values"], json!({"c07": [31]}));

        world.execute("delete from film_tag where tag is null");
        world.execute("alter table film_tag drop column id, add primary key (film, tag)");
        assert_eq!(mapped(json!(1)).await["joined_values"]["c02"], json!([{"2": "1", "3": "c02"}]));

        let back = json!([[[tag, 1], [between, 3]], [[between, 2], [film, 1]]]);
        for (asked, place) in [
            (ask(json!(1), &back), "linked_record_path.join_path"),
            (ask(json!(1), &json!([])), "linked_record_path.join_path"),
            (
                ask(json!(1), &json!([[[film, 2], [between, 2]], [[between, 3], [tag, 1]]])),
                "linked_record_path.join_path",
            ),
            (ask(json!(9), &way), "linked_record_path.record_pkey"),
            (ask(json!("x"), &way), "invalid input syntax"),
            (ask(json!(null), &way), "linked_record_path.record_pkey"),
        ] {
            let error = owner.list_summaries("tag", asked).await.unwrap_err();
            assert!(error.message().contains(place), "{place}: {error}");
        }
        assert!(owner.list_summaries("tag", json!({})).await.unwrap().get("mapping").is_none());
    });
}

#[test]
fn a_joined_column_that_leads_nowhere_is_refused_with_its_place() {
    test(FILMS, async |world| {
        let owner = world.owner().await;
        let (film, between, tag) = (world.oid("film"), world.oid("film_tag"), world.oid("tag"));
        let way = json!([[[film, 1], [between, 2]], [[between, 3], [tag, 1]]]);
        let ask = |alias: &str, way: &Value| json!({"alias": alias, "join_path": way});
        for (asked, place) in [
            (json!([ask("tags", &json!([[[film, 1], [between, 2]]]))]), "joined_columns[0].join_path"),
            (
                json!([ask("tags", &json!([[[film, 1], [between, 1]], [[between, 3], [tag, 1]]]))]),
                "joined_columns[0].join_path",
            ),
            (
                json!([ask("tags", &json!([[[tag, 1], [between, 3]], [[between, 2], [film, 1]]]))]),
                "joined_columns[0].join_path",
            ),
            (json!([ask("tags", &way), ask("tags", &way)]), "joined_columns[1].alias"),
            (json!([ask("2", &way)]), "joined_columns[0].alias"),
        ] {
            let error = owner.list("film", json!({"joined_columns": asked})).await.unwrap_err();
            assert!(error.to_string().starts_with(place), "{error}");
        }
        let without = json!({"columns": [2], "joined_columns": [ask("tags", &way)]});
        assert!(owner.list("film", without).await.unwrap_err().to_string().contains("not among"));
        world.execute("create role visitor login; grant select on film to visitor");
        let visitor = world.guest("visitor").await;
        assert!(visitor.list("film", json!({"joined_columns": [ask("tags", &way)]})).await.is_err());
    });
}

#[test]
fn a_template_that_is_tried_counts_in_one_answer_only() {
    test(BOOKS, async |world| {
        let ana = world.owner().await;
        let (book, author) = (world.oid("book").to_string(), world.oid("author").to_string());
        let tried = json!({ &book: ["no. ", [1], " by ", [3, 2]], &author: [[2], "!"] });
        let get = async |templates: &Value| {
            let asked =
                json!({ "record_id": 2, "return_record_summaries": true, "table_record_summary_templates": templates });
            ana.get("book", asked).await
        };
        let answer = get(&tried).await.unwrap();
        assert_eq!(answer["record_summaries"], json!({ "2": "no. 2 by Bob" }));
        assert_eq!(answer["linked_record_summaries"], json!({ "3": { "2": "Bob!" } }));
        assert_eq!(get(&Value::Null).await.unwrap()["record_summaries"], json!({ "2": "beta" }));
        for (wrong, words) in [(json!({ "book": [] }), "[\"book\"]"), (json!({ &book: [1] }), "a template is a list")] {
            let error = get(&wrong).await.unwrap_err();
            assert_eq!(error.code(), ErrorCode::VALUE_ERROR);
            assert!(error.to_string().contains(words), "{error}");
        }
    });
}
