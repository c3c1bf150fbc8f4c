//! The SQL of explorations: for review, and planned and run by a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "clippy takes what tests share for no test")]

mod common;

use common::{FIXTURE, LIBRARY, explain, run, table};
use insta::assert_snapshot;
use mathesar_sql::exploration::{
    Aggregation, Definition, Exploration, ExplorationError, Group, InitialColumn, Link, LinkEnd, Problem, SortBy, Step,
    Summary, Tables,
};
use mathesar_sql::filter::{self, Literal, Node};
use mathesar_sql::model::{Attnum, Table};
use mathesar_sql::order::{Direction, Nulls};
use mathesar_testkit::{Cluster, TestDatabase};
use mathesar_types::family::{Aggregate, family_of};
use mathesar_types::wire::Form;

struct World {
    database: TestDatabase<'static>,
    tables: Vec<Table>,
}

impl World {
    fn new() -> Self {
        let database = Cluster::shared().database();
        database.execute(LIBRARY);
        let mut tables: Vec<Table> =
            ["book", "edition", "loan", "note"].iter().map(|name| table(&database, "public", name)).collect();
        tables.extend(["author", "land"].iter().map(|name| table(&database, "Other place", name)));
        Self { database, tables }
    }

    fn table(&self, name: &str) -> &Table {
        self.tables.iter().find(|table| table.name().name.as_str() == name).unwrap()
    }

    fn pictures(&self) -> Tables<'_> {
        self.tables.iter().map(|table| (table.oid(), table)).collect()
    }

    /// A link over columns by name: `("book", &["author"], "author", &["id"])`.
    fn link(&self, (from, left, to, right): (&str, &[&str], &str, &[&str])) -> Link {
        let end = |name: &str, columns: &[&str]| {
            let table = self.table(name);
            LinkEnd { table: table.oid(), columns: columns.iter().map(|column| attnum(table, column)).collect() }
        };
        Link { from: end(from, left), to: end(to, right) }
    }

    fn compile(&self, definition: &Definition) -> Result<Exploration<'_>, ExplorationError> {
        Exploration::new(definition, &self.pictures(), "def")
    }

    /// Has PostgreSQL plan all that an exploration runs, and gives its page as people are shown it.
    fn shown(&self, definition: &Definition) -> String {
        let exploration = self.compile(definition).unwrap();
        let page = exploration.page(Form::Original, 100, 0);
        explain(&self.database, &page);
        explain(&self.database, &exploration.count());
        page.shown()
    }

    fn refusal(&self, definition: &Definition) -> String {
        self.compile(definition).unwrap_err().to_string()
    }
}

fn attnum(table: &Table, column: &str) -> Attnum {
    table.columns.iter().find(|known| known.name.as_str() == column).unwrap().attnum
}

fn column(alias: &str, table: &Table, name: &str, path: Vec<Link>) -> InitialColumn {
    InitialColumn { alias: alias.to_owned(), attnum: attnum(table, name), path }
}

/// A leaf or an operator of a condition.
fn leaf(kind: &str, value: Literal) -> Node {
    Node { kind: kind.to_owned(), value: Some(value), args: None }
}

fn compare(operator: &str, alias: &str, value: &str) -> Step {
    let args = vec![leaf("column_name", Literal::Text(alias.into())), leaf("literal", Literal::Text(value.into()))];
    Step::Filter(Node { kind: operator.to_owned(), value: None, args: Some(args) })
}

fn sorted(alias: &str, direction: Direction, nulls: Option<Nulls>) -> Step {
    Step::Order(vec![SortBy { alias: alias.to_owned(), direction, nulls }])
}

fn group(input: &str, preproc: Option<&str>) -> Group {
    Group { input: input.to_owned(), output: format!("{input} group"), preproc: preproc.map(str::to_owned) }
}

fn aggregation(input: &str, function: &str) -> Aggregation {
    Aggregation { input: input.to_owned(), output: format!("{input} {function}"), function: function.to_owned() }
}

fn aliases(exploration: &Exploration<'_>) -> Vec<String> {
    exploration.columns().iter().map(|column| column.alias.clone()).collect()
}

/// Books with their authors, where these are from, and their editions.
fn books(world: &World, steps: Vec<Step>) -> Definition {
    let author = || world.link(("book", &["author"], "author", &["id"]));
    let land = || world.link(("author", &["id_of_land"], "land", &["code"]));
    let edition = || world.link(("book", &["id"], "edition", &["book"]));
    let (book, written_by) = (world.table("book"), world.table("author"));
    Definition {
        base: book.oid(),
        columns: vec![
            column("Title", book, "title", vec![]),
            column("By", written_by, "Full name", vec![author()]),
            column("From", world.table("land"), "name", vec![author(), land()]),
            column("Author's id", written_by, "id", vec![author()]),
            column("Made", book, "made", vec![]),
            column("ISBN", world.table("edition"), "isbn", vec![edition()]),
            column("Price", book, "price", vec![]),
            column("Number", book, "id", vec![]),
        ],
        steps,
    }
}

#[test]
fn joins_share_what_they_have_in_common() {
    let world = World::new();
    assert_snapshot!("joined tables", world.shown(&books(&world, vec![])));
    let exploration = world.compile(&books(&world, vec![])).unwrap();
    assert_snapshot!("joined tables as they run", exploration.page(Form::Original, 100, 200).text());
    assert_snapshot!("the count of an exploration", exploration.count().shown());
    assert_snapshot!("the file of an exploration", exploration.to_stdout(None, 0).text());

    // A key of two columns, a table without any key, and the same table by two ways.
    let edition = world.link(("loan", &["book", "year"], "edition", &["book", "year"]));
    let book = world.link(("loan", &["book"], "book", &["id"]));
    let through = world.link(("edition", &["book"], "book", &["id"]));
    let notes = world.link(("book", &["id"], "note", &["book"]));
    let definition = Definition {
        base: world.table("loan").oid(),
        columns: vec![
            column("isbn", world.table("edition"), "isbn", vec![edition.clone()]),
            column("title", world.table("book"), "title", vec![book.clone()]),
            column("title again", world.table("book"), "title", vec![edition, through]),
            column("note", world.table("note"), "line", vec![book, notes]),
        ],
        steps: vec![],
    };
    assert_snapshot!("joins over composite keys", world.shown(&definition));
}

#[test]
fn steps_work_on_what_the_one_before_gave() {
    let world = World::new();
    let hide = Step::Hide(vec!["By".into(), "From".into(), "Author's id".into(), "ISBN".into(), "Made".into()]);
    let steps = vec![
        compare("contains_case_insensitive", "Title", "it's; --"),
        sorted("Price", Direction::Descending, Some(Nulls::Last)),
        Step::Limit(10),
        sorted("By", Direction::Ascending, None),
        hide.clone(),
        Step::Offset(2),
        compare("greater", "Price", "5"),
    ];
    assert_snapshot!("filter, order, limit, hide, offset", world.shown(&books(&world, steps)));
    let exploration = books(&world, vec![hide, Step::Select(vec!["Number".into(), "Title".into()])]);
    assert_eq!(aliases(&world.compile(&exploration).unwrap()), ["Number", "Title"]);
}

#[test]
fn a_summary_adds_what_it_does_not_mention() {
    let world = World::new();
    let summary = |base: &str, groups, aggregations| Summary { base: base.to_owned(), groups, aggregations };
    // The author's name and land are the author's; of books and editions an author has many.
    let by_author = summary("Author's id", vec![], vec![aggregation("Number", "count"), aggregation("Price", "sum")]);
    let definition = books(&world, vec![Step::Summarize(by_author)]);
    assert_snapshot!("a summary by a key", world.shown(&definition));
    assert_eq!(
        aliases(&world.compile(&definition).unwrap()),
        [
            "By_grouped",
            "From_grouped",
            "Author's id_grouped",
            "Number count",
            "Price sum",
            "Title_agged",
            "Made_agged",
            "ISBN_agged"
        ]
    );

    // A name names nobody for sure, and a year no record.
    for (base, preproc) in [("By", None), ("Made", Some("truncate_to_year"))] {
        let only = Step::Select(vec![base.into(), "Title".into()]);
        let step = Step::Summarize(summary(base, vec![group(base, preproc)], vec![]));
        let definition = books(&world, vec![only, step]);
        assert_eq!(aliases(&world.compile(&definition).unwrap()), [format!("{base} group"), "Title_agged".into()]);
        assert_snapshot!(format!("a summary by {base}"), world.shown(&definition));
    }

    // What is grouped by the key is summed up again.
    let steps = vec![
        Step::Select(vec!["Number".into(), "Made".into(), "Price".into()]),
        Step::Summarize(summary("Number", vec![group("Number", None)], vec![aggregation("Price", "max")])),
        compare("greater", "Price max", "1"),
        Step::Summarize(summary(
            "Made_grouped",
            vec![group("Made_grouped", Some("truncate_to_month"))],
            vec![aggregation("Price max", "mean"), aggregation("Number group", "aggregate_to_array")],
        )),
        sorted("Price max mean", Direction::Descending, None),
    ];
    assert_snapshot!("a summary of a summary", world.shown(&books(&world, steps)));
}

#[test]
fn everything_can_be_grouped_put_together_and_sorted() {
    let database = Cluster::shared().database();
    database.execute(FIXTURE);
    database.execute("insert into everything (b) values (true), (null)");
    for name in ["everything", "keyless", "odd key", "parts", "seen"] {
        let table = table(&database, "public", name);
        let tables: Tables<'_> = [(table.oid(), &table)].into();
        let columns: Vec<InitialColumn> =
            table.columns.iter().map(|c| column(c.name.as_str(), &table, c.name.as_str(), vec![])).collect();
        let definition = |steps| Definition { base: table.oid(), columns: columns.clone(), steps };
        let compiled = |steps| Exploration::new(&definition(steps), &tables, "def").unwrap();
        let check = |exploration: Exploration<'_>| {
            let count = run(&database, &exploration.count());
            for form in [Form::Original, Form::Iso] {
                let page = exploration.page(form, 100, 0);
                explain(&database, &page);
                let rows = run(&database, &page);
                assert_eq!(Some(rows.len().to_string()), count[0][0], "{name}");
                assert!(rows.iter().all(|row| row.len() == exploration.columns().len()));
            }
            let copy = exploration.to_stdout(None, 0);
            let query = copy.text().strip_prefix("COPY (").unwrap().rsplit_once(") TO STDOUT").unwrap().0;
            database.execute(query);
        };
        let order = table.columns.iter().map(|c| SortBy {
            alias: c.name.as_str().to_owned(),
            direction: Direction::Descending,
            nulls: Some(Nulls::Last),
        });
        check(compiled(vec![Step::Order(order.collect()), Step::Limit(50)]));
        let base = table.columns[0].name.as_str().to_owned();
        let groups = table.columns.iter().map(|c| group(c.name.as_str(), None)).collect();
        check(compiled(vec![Step::Summarize(Summary { base: base.clone(), groups, aggregations: vec![] })]));

        for column in &table.columns {
            let takes = |aggregate: &Aggregate| family_of(&column.ty.pg).aggregates.contains(aggregate);
            let known = Aggregate::ALL.iter().filter(|(_, aggregate)| takes(aggregate));
            let aggregations = known.map(|(id, _)| aggregation(column.name.as_str(), id)).collect();
            let base = table.columns.last().unwrap().name.as_str().to_owned();
            let only = Step::Select(if base == column.name.as_str() {
                vec![base.clone()]
            } else {
                vec![base.clone(), column.name.as_str().to_owned()]
            });
            check(compiled(vec![only, Step::Summarize(Summary { base, groups: vec![], aggregations })]));
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_path() {
    let world = World::new();
    let steps = |step| books(&world, vec![Step::Limit(1), step]);
    let text = |text: &str| text.to_owned();
    let summarize = |base: &str, groups, aggregations| {
        steps(Step::Summarize(Summary { base: base.to_owned(), groups, aggregations }))
    };
    let condition = |kind: &str, args| Node { kind: kind.to_owned(), value: None, args: Some(args) };
    let gone = || leaf("column_name", Literal::Text("Gone".into()));
    for (definition, expected) in [
        (
            steps(Step::Hide(vec![text("Title"), text("Gone")])),
            "def.transformations[1].spec[1]: no column is called \"Gone\"",
        ),
        (steps(Step::Select(vec![text("By"), text("By")])), "def.transformations[1].spec[1]: \"By\" is named already"),
        (steps(Step::Select(vec![])), "def.transformations[1].spec: at least one column must be left"),
        (
            steps(sorted("Gone", Direction::Ascending, None)),
            "def.transformations[1].spec[0].field: no column is called \"Gone\"",
        ),
        (
            steps(Step::Filter(condition("or", vec![condition("not", vec![condition("null", vec![gone()])])]))),
            "def.transformations[1].spec.or[0].not[0].null[0].column_name[0]: no column is called \"Gone\"",
        ),
        (
            steps(Step::Filter(condition("and", vec![condition("equals", vec![])]))),
            "def.transformations[1].spec.and[0].equals: unknown operator \"equals\"; did you mean \"equal\"?",
        ),
        (
            steps(Step::Filter(condition("equal", vec![gone()]))),
            "def.transformations[1].spec.equal: the operator takes two operands, not 1",
        ),
        (summarize("Gone", vec![], vec![]), "def.transformations[1].spec.base_grouping_column: no column is called"),
        (
            summarize("By", vec![group("Made", Some("truncate_to_hour"))], vec![]),
            "def.transformations[1].spec.grouping_expressions[0].preproc: \"truncate_to_hour\" is unknown; known are",
        ),
        (
            summarize("By", vec![group("By", Some("truncate_to_year"))], vec![]),
            "def.transformations[1].spec.grouping_expressions[0].preproc: truncate_to_year is not for values of type text",
        ),
        (
            summarize("By", vec![group("By", None), group("By", None)], vec![]),
            "def.transformations[1].spec.grouping_expressions[1].output_alias: another column is called \"By group\" already",
        ),
        (
            summarize("By", vec![], vec![aggregation("Title", "sum")]),
            "def.transformations[1].spec.aggregation_expressions[0].function: sum is not for values of type text",
        ),
        (
            summarize("By", vec![], vec![aggregation("Title", "total")]),
            "def.transformations[1].spec.aggregation_expressions[0].function: \"total\" is unknown; known are count,",
        ),
    ] {
        let refusal = world.refusal(&definition);
        assert!(refusal.starts_with(expected), "{refusal}\n{expected}");
    }
}

#[test]
fn columns_that_cannot_be_reached_are_refused_with_their_path() {
    let world = World::new();
    let book = world.table("book");
    let one = |column| Definition { base: book.oid(), columns: vec![column], steps: vec![] };
    let author = || world.link(("book", &["author"], "author", &["id"]));
    let by = |path| one(column("By", world.table("author"), "Full name", path));
    let land = world.link(("author", &["id_of_land"], "land", &["code"]));
    let uneven = Link { to: LinkEnd { table: world.table("author").oid(), columns: vec![] }, ..author() };
    let nowhere = Link { to: LinkEnd { table: 1, columns: vec![1] }, ..author() };
    for (definition, expected) in [
        (Definition { base: 1, ..by(vec![]) }, "def.base_table_oid: there is no table with the object identifier 1"),
        (Definition { columns: vec![], ..by(vec![]) }, "def.initial_columns: at least one column must be left"),
        (
            one(InitialColumn { alias: "x".into(), attnum: 99, path: vec![author()] }),
            "def.initial_columns[0].attnum: the table \"Other place\".author has no column 99",
        ),
        (one(column("", book, "title", vec![])), "def.initial_columns[0].alias: an alias has 1 to 500 bytes"),
        (by(vec![land]), "def.initial_columns[0].join_path[0][0][0]: the path has come to the table public.book"),
        (by(vec![uneven]), "def.initial_columns[0].join_path[0]: both ends of a link need the same number of columns"),
        (by(vec![nowhere]), "def.initial_columns[0].join_path[0][1][0]: there is no table"),
        (
            by(vec![world.link(("book", &["title"], "author", &["id"]))]),
            "def.initial_columns[0].join_path[0]: text and integer cannot be compared",
        ),
    ] {
        let refusal = world.refusal(&definition);
        assert!(refusal.starts_with(expected), "{refusal}\n{expected}");
    }
    let twice = Definition { columns: [by(vec![author()]).columns, by(vec![author()]).columns].concat(), ..by(vec![]) };
    assert!(matches!(world.compile(&twice).unwrap_err().problem, Problem::AliasTwice(_)));
    let deep = Node { kind: "not".into(), value: None, args: Some(vec![]) };
    let not = |inner| Node { kind: "not".into(), value: None, args: Some(vec![inner]) };
    let deep = (0..=filter::MAX_DEPTH).fold(deep, |inner, _| not(inner));
    let deep = Definition { steps: vec![Step::Filter(deep)], ..by(vec![author()]) };
    assert!(world.refusal(&deep).ends_with("limited to 20"));
}

#[test]
fn a_column_that_the_role_may_not_read_is_refused_by_name() {
    let mut world = World::new();
    let author = world.tables.iter_mut().find(|table| table.name().name.as_str() == "author").unwrap();
    for column in &mut author.columns {
        column.privileges.select = column.name.as_str() == "id";
    }
    let link = world.link(("book", &["author"], "author", &["id"]));
    let column = column("By", world.table("author"), "Full name", vec![link]);
    let definition = Definition { base: world.table("book").oid(), columns: vec![column], steps: vec![] };
    assert_eq!(
        world.refusal(&definition),
        "def.initial_columns[0].attnum: your role may not read the column Full name of \"Other place\".author; it needs SELECT on it"
    );
}
