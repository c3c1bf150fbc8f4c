//! The SQL of the main statements, for review: as people are shown it, and once as it runs.

mod common;

use common::{BOOKS, table};
use insta::assert_snapshot;
use mathesar_sql::dml::{self, RowUpdate};
use mathesar_sql::filter::{Filter, Literal, Node};
use mathesar_sql::group::{self, Grouping};
use mathesar_sql::order::{Direction, Nulls, Order, SortBy};
use mathesar_sql::page::{Page, Place, Start};
use mathesar_sql::select::{self, End, Output};
use mathesar_sql::summary::{self, Part, Summary, Tables};
use mathesar_sql::{RowKey, copy, count, places, search, session};
use mathesar_testkit::Cluster;
use mathesar_types::wire::Form;

fn by(attnum: i16, direction: Direction, nulls: Option<Nulls>) -> SortBy {
    SortBy { attnum, direction, nulls }
}

#[test]
fn reading() {
    let database = Cluster::shared().database();
    database.execute(BOOKS);
    let (author, book, log) = ("author", "book", "log");
    let [author, book, log] = [author, book, log].map(|name| table(&database, "public", name));
    let output = Output::new(&book, None, Form::Iso, true);
    let by_key = Order::new(&book, &[]).unwrap();
    let first = select::page(&book, &output, None, &by_key, &Page::first(500)).statement;
    assert_snapshot!("a page as it runs", first.text());
    assert_snapshot!("a page as it is shown", first.shown());

    let leaf = |kind: &str, value| Node { kind: kind.into(), value: Some(value), args: None };
    let filter = Node {
        kind: "contains_case_insensitive".into(),
        value: None,
        args: Some(vec![leaf("attnum", Literal::Number("2".into())), leaf("literal", Literal::Text("it's".into()))]),
    };
    let filter = Filter::new(&book, &filter, "filter").unwrap();
    let mixed = [by(2, Direction::Descending, Some(Nulls::Last)), by(4, Direction::Ascending, None)];
    let order = Order::new(&book, &mixed).unwrap();
    let place = Place(vec![Some("Dune".into()), None, Some("7".into())]);
    let after = Page::at(Start::After(place), 100);
    assert_snapshot!(
        "a page after a row",
        select::page(&book, &output, Some(&filter), &order, &after).statement.shown()
    );
    let far = Page::offset(900_000, 100);
    assert_snapshot!("a far page", select::page(&book, &output, None, &by_key, &far).statement.shown());
    let place = Page::at(Start::Before(Place(vec![Some("7".into())])), 100);
    assert_snapshot!("a page before a key", select::page(&book, &output, None, &by_key, &place).statement.shown());

    let descending = Order::new(&book, &[by(1, Direction::Descending, None)]).unwrap();
    assert_snapshot!("keys in their order", places::keys_in_order(&book, Some(&filter), &order).text());
    assert_snapshot!("a sample", places::sample(&book, Some(&filter), &order, 1_000, 500).text());
    assert_snapshot!("a histogram", places::histogram(&book, &book.columns[0]).text());
    assert_snapshot!("a snapshot", places::snapshot().text());
    let [three, seven] = ["3", "7"].map(|key| RowKey::Columns(vec![key.to_owned()]));
    assert_snapshot!("keys before one", places::keys_before(&book, &[&three], &seven).unwrap().text());
    let [three_stands, seven_stands] = [&three, &seven].map(|key| select::place_of_key(&by_key, key).unwrap());
    let between = places::rows_between(&book, &by_key, Some(&three_stands), &seven_stands);
    assert_snapshot!("rows between places", between.shown());
    let last = Page { start: Start::Last, skip: 20, limit: 10 };
    assert_snapshot!("a last page", select::page(&book, &output, None, &descending, &last).statement.shown());
    for (name, end) in [("rows by key", End::First), ("rows by key from the end", End::Last)] {
        let rows = select::listed(&book, &output, Some(&filter), &[&three, &seven], end, 10).unwrap();
        assert_snapshot!(name, rows.statement.shown());
    }

    let versions = Output::new(&log, None, Form::Original, true);
    let order = Order::new(&log, &[]).unwrap();
    assert_snapshot!(
        "rows without a key",
        select::page(&log, &versions, None, &order, &Page::first(10)).statement.shown()
    );

    let template = [Part::Text("#".into()), Part::Path(vec![1]), Part::Text(" by ".into()), Part::Path(vec![3, 2])];
    let known: Tables<'_> = [(author.oid(), &author)].into();
    let summary = Summary::new(&book, &template, &known).unwrap();
    assert_snapshot!("labels", summary::labels(&book, &summary, &book.columns[0], ["1", "2"]).shown());
    let list = summary::list(&book, &summary, &book.columns[0], Some("dune"), None, 20, 0);
    assert_snapshot!("summaries", list.shown());
    let grouping = Grouping::new(&book, &[4], &[Some("truncate_to_year".into())]).unwrap();
    let groups = group::of_page(&book, &grouping, Form::Iso, None, &by_key, &Page::first(50));
    assert_snapshot!("groups of a page", groups.statement.shown());
    let terms = [search::Term { attnum: 2, text: "dune".into(), readable: false }];
    let bare = Output::new(&book, Some(&[1]), Form::Original, false);
    assert_snapshot!("a search", search::rows(&book, &bare, &terms, &by_key, 10, 0).unwrap().statement.shown());
    assert_snapshot!("a capped count", count::capped(&book, Some(&filter), 10_001).shown());
    assert_snapshot!("an export", copy::to_stdout(&book, None, Some(&filter), &by_key, copy::Format::Csv, true).text());
}

#[test]
fn changing() {
    let database = Cluster::shared().database();
    database.execute(BOOKS);
    let [book, log] = ["book", "log"].map(|name| table(&database, "public", name));
    let output = Output::new(&book, Some(&[2]), Form::Iso, true);
    let (key, set) = (RowKey::Columns(vec!["7".into()]), vec![(2, Some("Dune".to_owned())), (3, None)]);
    let expect = vec![(2, Some("Doon".to_owned())), (3, Some("1".to_owned()))];
    let update = dml::update(&book, &key, &set, &expect, &output).unwrap().statement;
    assert_snapshot!("an update as it runs", update.text());
    assert_snapshot!("an update as it is shown", update.shown());
    let rows = [RowUpdate { key: &key, set: &set, expect: &expect }];
    assert_snapshot!("many updates", dml::update_many(&book, &rows, &output).unwrap().statement.shown());
    assert_snapshot!("an insert", dml::insert(&book, &set, &output).unwrap().statement.shown());
    assert_snapshot!("many inserts", dml::insert_many(&book, &[&set, &set], &output).unwrap().statement.shown());
    let version = RowKey::Version { tableoid: 16_384, ctid: "(0,1)".into(), digest: "ab".into() };
    let none = Output::new(&log, Some(&[]), Form::Iso, false);
    assert_snapshot!("a delete by version", dml::delete(&log, &version, &vec![], &none).unwrap().statement.shown());
    assert_snapshot!("many deletes", dml::delete_many(&book, &[(&key, &expect)], &output).unwrap().statement.shown());
    let limits = session::Limits { statement: 60_000, lock: 5_000, idle: 60_000 };
    assert_snapshot!("the head of a transaction", session::begin(session::Mode::ReadOnly, limits, "UTC").text());
}
