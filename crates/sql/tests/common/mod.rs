//! Runs statements of the crate on a real PostgreSQL and reads back the pictures of its tables.
#![expect(dead_code, reason = "each test binary uses its own part")]
#![expect(unreachable_pub, reason = "the module is shared by test binaries")]

use mathesar_sql::introspect::{self, Introspection, TableQuery};
use mathesar_sql::model::Table;
use mathesar_sql::session::{self, Limits, Mode};
use mathesar_sql::{QName, Statement};
use mathesar_testkit::TestDatabase;

pub type Rows = Vec<Vec<Option<String>>>;

/// A literal in the safest form.
fn literal(value: Option<&str>) -> String {
    value.map_or("NULL".to_owned(), |value| format!("E'{}'", value.replace('\\', "\\\\").replace('\'', "''")))
}

/// The SQL that runs a statement with its parameters, through `PREPARE`, in the session's fixed formats.
fn script(statement: &Statement, explain: bool) -> String {
    let limits = Limits { statement: 60_000, lock: 1_000, idle: 60_000 };
    let mut script = session::begin(Mode::ReadWrite, limits, "UTC").text().to_owned() + "; ";
    let text = statement.text();
    if text.starts_with("EXPLAIN") || text.starts_with("COPY") {
        script.push_str(&statement.shown());
    } else {
        let types = vec!["text"; statement.binds().len()].join(", ");
        let types = if types.is_empty() { String::new() } else { format!("({types})") };
        let values = statement.binds().iter().map(|bind| literal(bind.as_deref())).collect::<Vec<_>>().join(", ");
        let values = if values.is_empty() { String::new() } else { format!("({values})") };
        let explain = if explain { "EXPLAIN " } else { "" };
        script.push_str(&format!("PREPARE s {types} AS {text}; {explain}EXECUTE s {values}; DEALLOCATE s"));
    }
    script + "; COMMIT"
}

/// The rows of a query or of a change.
pub fn run(database: &TestDatabase<'_>, statement: &Statement) -> Rows {
    database.query(&script(statement, false))
}

/// Has PostgreSQL plan a statement, both as it runs and as it is shown to people.
pub fn explain(database: &TestDatabase<'_>, statement: &Statement) -> Rows {
    let shown = statement.shown();
    if !shown.starts_with("EXPLAIN") && !shown.starts_with("COPY") {
        database.execute(&format!("EXPLAIN {shown}"));
    }
    database.query(&script(statement, true))
}

/// Runs a change of structure as it is.
pub fn change(database: &TestDatabase<'_>, statement: &Statement) {
    assert!(statement.binds().is_empty(), "utility statements take no parameters: {}", statement.text());
    database.execute(statement.text());
}

pub fn read<T>(database: &TestDatabase<'_>, query: &Introspection<T>) -> Vec<T> {
    run(database, query.statement())
        .iter()
        .map(|row| {
            let fields: Vec<Option<&str>> = row.iter().map(Option::as_deref).collect();
            query.decode(&fields).expect("the row is of the query's form")
        })
        .collect()
}

/// The picture of a table.
pub fn table(database: &TestDatabase<'_>, schema: &str, name: &str) -> Table {
    let name = QName::parse(schema, name).expect("a name");
    let summary = read(database, &introspect::table_by_name(&name)).pop().expect("the table is there");
    let query = introspect::table(summary.oid);
    let one = read(database, &query.summary).pop();
    let (columns, types) = (read(database, &query.columns), read(database, &query.types));
    let (constraints, keys) = (read(database, &query.constraints), read(database, &query.keys));
    TableQuery::assemble(one, columns, types, constraints, &keys).expect("the picture fits together")
}
