//! Every statement that reads or changes rows is planned by a real PostgreSQL, over tables of every kind.

mod common;

use common::{FIXTURE, explain, run, table};
use mathesar_sql::count;
use mathesar_sql::dml::{self, RowUpdate, Values};
use mathesar_sql::filter::{Filter, Literal, Node, operators};
use mathesar_sql::key::RowKey;
use mathesar_sql::model::{Attnum, RowIdentity, Table, TableKind};
use mathesar_sql::order::{Direction, Nulls, Order, SortBy};
use mathesar_sql::page::{Page, Place, Start};
use mathesar_sql::select::{self, Output};
use mathesar_sql::summary::{self, Part, Summary, Tables};
use mathesar_sql::{copy, files, places, search};
use mathesar_testkit::{Cluster, TestDatabase};
use mathesar_types::wire::Form;

fn fixture() -> (TestDatabase<'static>, Vec<Table>) {
    let database = Cluster::shared().database();
    database.execute(FIXTURE);
    let tables = ["everything", "keyless", "odd key", "parts", "seen"];
    let tables = tables.iter().map(|name| table(&database, "public", name)).collect();
    (database, tables)
}

fn attnum(number: Attnum) -> Node {
    Node { kind: "attnum".into(), value: Some(Literal::Number(number.to_string())), args: None }
}

fn literal(value: Literal) -> Node {
    Node { kind: "literal".into(), value: Some(value), args: None }
}

fn node(kind: &str, args: Vec<Node>) -> Node {
    Node { kind: kind.into(), value: None, args: Some(args) }
}

fn first_key(database: &TestDatabase<'_>, table: &Table) -> Option<RowKey> {
    let output = Output::new(table, Some(&[]), Form::Iso, true);
    let order = Order::new(table, &[]).expect("the key is an order");
    let page = select::page(table, &output, None, &order, &Page::first(1));
    let rows = run(database, &page.statement);
    let fields: Vec<Option<&str>> = rows.first()?.iter().map(Option::as_deref).collect();
    mathesar_sql::key::read(&table.key, &fields)
}

#[test]
fn reads_are_planned_for_every_kind_of_table() {
    let (database, tables) = fixture();
    for table in &tables {
        for form in [Form::Iso, Form::Original] {
            let output = Output::new(table, None, form, true);
            let all: Vec<SortBy> = table
                .columns
                .iter()
                .enumerate()
                .map(|(index, column)| SortBy {
                    attnum: column.attnum,
                    direction: if index % 2 == 0 { Direction::Ascending } else { Direction::Descending },
                    nulls: [None, Some(Nulls::First), Some(Nulls::Last)][index % 3],
                })
                .collect();
            for asked in [&[][..], &all[..]] {
                let order = Order::new(table, asked).unwrap();
                let page = select::page(table, &output, None, &order, &Page::first(10));
                explain(&database, &page.statement);
                let width = page.shape.columns.len() + page.shape.key_fields;
                let rows = run(&database, &page.statement);
                assert!(!rows.is_empty() && rows.iter().all(|row| row.len() == width), "{:?}", table.name());
                let place = Place(vec![None; order.width()]);
                for start in [Start::Last, Start::After(place.clone()), Start::Before(place)] {
                    let page = Page { start, skip: 2_000, limit: 10 };
                    explain(&database, &select::page(table, &output, None, &order, &page).statement);
                }
            }
        }
    }
}

#[test]
fn single_rows_and_counts_are_planned() {
    let (database, tables) = fixture();
    for table in &tables {
        let output = Output::new(table, None, Form::Iso, true);
        let filter = Filter::new(table, &node("not_null", vec![attnum(table.columns[0].attnum)]), "filter").unwrap();
        for filter in [None, Some(&filter)] {
            explain(&database, &count::exact(table, filter));
            explain(&database, &count::capped(table, filter, 10_001));
            let estimate = run(&database, &count::estimate(table, filter));
            assert!(estimate[0][0].as_deref().is_some_and(|json| json.contains("Plan Rows")));
        }
        let Some(key) = first_key(&database, table) else {
            assert!(matches!(table.key, RowIdentity::ReadOnly(_)));
            continue;
        };
        let one = select::one(table, &output, &key).unwrap();
        explain(&database, &one.statement);
        assert_eq!(run(&database, &one.statement).len(), 1, "{:?}", table.name());
        assert_eq!(run(&database, &select::present(table, &output, &key).unwrap().statement).len(), 1);
        let order = Order::new(table, &[]).unwrap();
        if let Some(place) = select::place(table, &order, &key).unwrap() {
            assert_eq!(run(&database, &place).len(), 1);
        }
    }
}

#[test]
fn places_are_found_in_every_table_with_a_key() {
    let (database, tables) = fixture();
    for table in tables.iter().filter(|table| !table.key.columns().is_empty()) {
        let output = Output::new(table, None, Form::Iso, true);
        let order = Order::new(table, &[]).unwrap();
        let key = first_key(&database, table).expect("every table has a row");
        let place = select::place_of_key(&order, &key).unwrap();
        let before = places::keys_before(table, &[&key], &key).unwrap();
        assert_eq!(run(&database, &before), [[Some("0".to_owned())]], "{:?}", table.name());
        assert_eq!(run(&database, &places::rows_between(table, &order, None, &place)), [[Some("0".to_owned())]]);
        for end in [select::End::First, select::End::Last] {
            let listed = select::listed(table, &output, None, &[&key], end, 10).unwrap();
            explain(&database, &listed.statement);
            assert_eq!(run(&database, &listed.statement).len(), 1);
        }
        for column in table.readable() {
            explain(&database, &places::histogram(table, column));
            let by = SortBy { attnum: column.attnum, direction: Direction::Descending, nulls: None };
            let order = Order::new(table, &[by]).unwrap();
            if matches!(table.summary.kind, TableKind::Table | TableKind::Partitioned) {
                assert!(!run(&database, &places::sample(table, None, &order, 1_000_000, 500)).is_empty());
            }
        }
    }
}

/// Plans a query and gives PostgreSQL's refusal: one round trip for a whole list of queries.
const TRY: &str = "create function try(query text) returns text language plpgsql as $$
    begin execute 'explain ' || query; return null;
    exception when others then return sqlerrm || ' (' || sqlstate || ')'; end $$";

#[test]
fn every_operator_is_planned_over_every_column_it_takes() {
    let (database, tables) = fixture();
    database.execute(TRY);
    let everything = &tables[0];
    for operator in operators() {
        let queries: Vec<String> = everything
            .columns
            .iter()
            .flat_map(|column| trees(operator, column.attnum))
            .filter_map(|tree| Filter::new(everything, &tree, "filter").ok())
            .map(|filter| count::exact(everything, Some(&filter)).shown())
            .collect();
        let list: Vec<String> = queries.iter().map(|query| format!("($try${query}$try$)")).collect();
        assert!(!list.is_empty(), "no column takes {operator}");
        let answers = database.query(&format!("select try(q), q from (values {}) as v (q)", list.join(", ")));
        // Whether a value is one of the column's type is PostgreSQL's to say; that the statement is SQL and that its operators
        // exist is ours.
        for answer in &answers {
            if let Some(error) = &answer[0] {
                assert!(is_about_a_value(error), "{operator}: {error}\n{:?}", answer[1]);
            }
        }
        assert!(answers.iter().any(|answer| answer[0].is_none()), "no column takes {operator}");
    }
}

/// Conditions that use an operator on a column with each candidate value.
fn trees(operator: &str, column: Attnum) -> Vec<Node> {
    let mut trees = Vec::new();
    for value in candidates(operator) {
        let (column, value) = (attnum(column), literal(value));
        let tree = match operator {
            "and" | "or" | "not" => node(operator, vec![node("null", vec![column])]),
            "between" => node(operator, vec![column, value.clone(), value]),
            "current_date" | "current_time" | "current_datetime" => node("not_null", vec![node(operator, vec![])]),
            _ if is_function(operator) => node("not_null", vec![node(operator, vec![column])]),
            "null" | "not_null" | "json_array_not_empty" | "array_not_empty" => node(operator, vec![column]),
            _ => node(operator, vec![column, value]),
        };
        trees.push(tree);
    }
    trees
}

fn candidates(operator: &str) -> Vec<Literal> {
    if matches!(operator, "in" | "not_in") {
        return vec![Literal::List {
            items: vec![Literal::Null, Literal::Text("1".into())],
            json: "[null, \"1\"]".into(),
        }];
    }
    vec![Literal::Null, Literal::Number("1".into()), Literal::Text("a'b".into()), Literal::Json("[1]".into())]
}

fn is_function(operator: &str) -> bool {
    matches!(
        operator,
        "json_array_length"
            | "convert_to_json"
            | "truncate_to_year"
            | "truncate_to_month"
            | "truncate_to_day"
            | "uri_scheme"
            | "uri_authority"
            | "email_domain"
            | "format_data"
            | "to_lowercase"
    )
}

/// Class 22 (data exception), or a cast that the column's type does not have.
fn is_about_a_value(error: &str) -> bool {
    error.contains("(22") || error.contains("(42846)")
}

#[test]
fn summaries_labels_and_searches_are_planned() {
    let (database, tables) = fixture();
    database.execute(
        "create table author (id int primary key, name text, boss int references author);
         create table book (id int primary key, title text, author int references author(id));
         insert into author values (1, 'Ann', null), (2, 'Bob', 1);
         insert into book values (1, 'One', 2), (2, 'Two', null)",
    );
    let (author, book) = (table(&database, "public", "author"), table(&database, "public", "book"));
    let template = vec![
        Part::Text("#".into()),
        Part::Path(vec![1]),
        Part::Text(" – ".into()),
        Part::Path(vec![3, 2]),
        Part::Path(vec![3, 3, 2]),
        Part::Path(vec![99]),
    ];
    let mut known = Tables::new();
    assert_eq!(Summary::needed(&book, &template, &known), [author.oid()]);
    known.insert(author.oid(), &author);
    assert!(Summary::needed(&book, &template, &known).is_empty());
    let summary = Summary::new(&book, &template, &known).unwrap();
    let rows = run(&database, &summary::labels(&book, &summary, &book.columns[0], ["1", "2", "3"]));
    let mut labels: Vec<_> = rows.iter().map(|row| (row[0].as_deref().unwrap(), row[1].as_deref().unwrap())).collect();
    labels.sort_unstable();
    assert_eq!(labels, [("1", "#1 – BobAnn"), ("2", "#2 – ")]);

    let list = summary::list(&book, &summary, &book.columns[0], Some("BOB"), None, 10, 0);
    assert_eq!(run(&database, &list), [[Some("1".to_owned()), Some("#1 – BobAnn".to_owned())]]);
    assert_eq!(run(&database, &summary::count(&book, &summary, Some("bob")))[0][0].as_deref(), Some("1"));

    for table in &tables {
        let template = Summary::default_template(table);
        let summary = Summary::new(table, &template, &Tables::new()).unwrap();
        explain(&database, &summary::list(table, &summary, &table.columns[0], None, None, 5, 5));
        let output = Output::new(table, None, Form::Original, true);
        let order = Order::new(table, &[]).unwrap();
        for column in &table.columns {
            for text in ["1", "a'b"] {
                let terms = [search::Term { attnum: column.attnum, text: text.into(), readable: false }];
                explain(&database, &search::rows(table, &output, &terms, &order, 10, 0).unwrap().statement);
            }
        }
        explain(&database, &search::rows(table, &output, &[], &order, 10, 0).unwrap().statement);
    }
}

#[test]
fn an_empty_summary_is_a_question_mark() {
    let (database, tables) = fixture();
    database.execute("insert into keyless values (2, null)");
    let keyless = &tables[1];
    let summary = Summary::new(keyless, &[Part::Path(vec![2])], &Tables::new()).unwrap();
    let rows = run(&database, &summary::labels(keyless, &summary, &keyless.columns[0], ["2"]));
    assert_eq!(rows, [[Some("2".to_owned()), Some("?".to_owned())]]);
}

#[test]
fn changes_are_planned_and_hit_the_row_they_name() {
    let (database, tables) = fixture();
    for table in &tables[..4] {
        let output = Output::new(table, None, Form::Iso, true);
        let key = first_key(&database, table).expect("the table has a key");
        let last = table.columns.last().expect("a column");
        // The row's own values, as they leave: what is read can be written and expected.
        let one = select::one(table, &output, &key).unwrap();
        let row = run(&database, &one.statement).pop().expect("the row is there");
        let values: Values =
            one.shape.columns.iter().zip(&row).map(|(column, value)| (column.attnum, value.clone())).collect();

        let update = dml::update(table, &key, &values, &values, &output).unwrap();
        explain(&database, &update.statement);
        let after = run(&database, &update.statement);
        assert_eq!(after.len(), 1, "{:?}: what was read is what is expected", table.name());
        let width = update.shape.columns.len();
        assert_eq!(after[0][..width], row[..width], "{:?}: what is written is what is read", table.name());

        let key = first_key(&database, table).expect("the row is still there");
        let set = vec![(last.attnum, None)];
        let rows = [RowUpdate { key: &key, set: &set, expect: &values }];
        let many = dml::update_many(table, &rows, &output).unwrap();
        explain(&database, &many.statement);
        let after = run(&database, &many.statement);
        assert_eq!((after.len(), after[0][0].as_deref()), (1, Some("0")), "{:?}", table.name());
        let conflict = dml::update(table, &first_key(&database, table).unwrap(), &set, &values, &output).unwrap();
        let same = row[table.columns.len() - 1].is_none();
        assert_eq!(run(&database, &conflict.statement).len(), usize::from(same), "{:?}", table.name());

        let key = first_key(&database, table).expect("the row is still there");
        assert_eq!(run(&database, &dml::holds(table, &key, &values).unwrap()), [[Some(same.to_string())]]);
        explain(&database, &dml::delete(table, &key, &values, &output).unwrap().statement);
        let deleted = run(&database, &dml::delete_many(table, &[(&key, &set)], &output).unwrap().statement);
        assert_eq!((deleted.len(), deleted[0][0].as_deref()), (1, Some("0")));

        let insert = dml::insert(table, &values, &output).unwrap();
        explain(&database, &insert.statement);
        let inserted = run(&database, &insert.statement);
        assert_eq!(inserted.len(), 1, "{:?}", table.name());
        assert_eq!(inserted[0][..width], row[..width], "{:?}", table.name());
        if table.name().name.as_str() == "everything" {
            let without: Values = values[1..].to_vec();
            let many = dml::insert_many(table, &[&without, &without], &output).unwrap();
            explain(&database, &many.statement);
            assert_eq!(run(&database, &many.statement).len(), 2);
            explain(&database, &dml::insert(table, &Values::new(), &output).unwrap().statement);
        }
    }
}

#[test]
fn exports_are_planned_and_import_again() {
    let (database, tables) = fixture();
    let everything = &tables[0];
    let filter = Filter::equals(everything, 8, "Häl\"lo").unwrap();
    let order = Order::new(everything, &[]).unwrap();
    for format in [copy::Format::Csv, copy::Format::Text] {
        let export = copy::to_stdout(everything, None, Some(&filter), &order, format, true);
        assert!(export.binds().is_empty());
        // The query inside is planned by itself: EXPLAIN takes no COPY.
        let text = export.text();
        let query = &text["COPY (".len()..text.rfind(") TO STDOUT").expect("the end of the query")];
        assert_eq!(database.query(&format!("set intervalstyle = iso_8601; {query}")).len(), 1);
    }
    let names = [everything.columns[0].name.clone()];
    let import = copy::from_stdin(everything.name(), &names, copy::Format::Csv);
    assert_eq!(import.text(), r#"COPY "public"."everything" ("id") FROM STDIN (FORMAT csv, ENCODING 'UTF8')"#);
}

#[test]
fn files_of_cells_are_found_and_get_their_marks() {
    let (database, tables) = fixture();
    let everything = &tables[0];
    let jsonb = everything.columns.iter().find(|column| column.name.as_str() == "jb").unwrap();
    database.execute(
        r#"insert into everything (jb) values ('{"uri": "file:b/x"}'), ('{"uri": "file:a/x"}'), ('{"uri": "file:a/x", "mash": "1"}'), (null)"#,
    );
    let addresses = |after: &str| run(&database, &files::addresses(everything, jsonb, after, 5));
    assert_eq!(addresses(""), [[Some("file:a/x".to_owned())], [Some("file:b/x".to_owned())]]);
    assert_eq!(addresses("file:a/x").len(), 1);
    let marks = [("file:a/x".to_owned(), "1".to_owned()), ("file:c/x".to_owned(), "2".to_owned())];
    let set = files::set_marks(everything, jsonb, &marks);
    explain(&database, &set);
    run(&database, &set);
    let marked = database.scalar("select count(*) from everything where jb->>'mash' = '1'");
    assert_eq!(marked.as_deref(), Some("2"));
}
