//! Every SQL snapshot is planned by a real PostgreSQL, as it stands in its file: what is reviewed there is what PostgreSQL takes.

mod common;

use std::path::Path;

use common::{BOOKS, LIBRARY};
use mathesar_testkit::{Cluster, TestDatabase};

/// Snapshots that EXPLAIN takes no part of, and why. They are run in a transaction that is taken back.
const RUN_INSTEAD: &[(&str, &str)] =
    &[("snapshots__the head of a transaction", "BEGIN and SET are utility statements, which have no plan")];

#[test]
fn every_snapshot_is_planned_by_postgresql() {
    let databases = [("snapshots__", BOOKS), ("explorations__", LIBRARY)].map(|(prefix, tables)| {
        let database = Cluster::shared().database();
        database.execute(tables);
        (prefix, database)
    });
    let mut planned = 0;
    for (name, sql) in snapshots() {
        let found = databases.iter().find(|(prefix, _)| name.starts_with(prefix));
        let (_, database) = found.unwrap_or_else(|| panic!("{name}: it is not known which tables it is written for"));
        if RUN_INSTEAD.iter().any(|(listed, _)| *listed == name) {
            database.execute(&format!("{sql}; ROLLBACK"));
        } else {
            plan(database, &name, &sql);
            planned += 1;
        }
    }
    assert!(planned >= 38, "{planned} snapshots were planned");
}

/// The snapshots by name, without their heads.
fn snapshots() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let files =
        std::fs::read_dir(folder).expect("the snapshots are there").map(|entry| entry.expect("an entry").path());
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a snapshot is a text");
        let sql = text.splitn(3, "---\n").nth(2).expect("a head stands between two lines").trim().to_owned();
        (path.file_stem().expect("a name").to_string_lossy().into_owned(), sql)
    };
    files.filter(|path| path.extension().is_some_and(|extension| extension == "snap")).map(read).collect()
}

fn plan(database: &TestDatabase<'_>, name: &str, sql: &str) {
    let query = copied(sql);
    let parameters = (1..).take_while(|number| query.contains(&format!("${number}"))).count();
    let script = if parameters == 0 {
        format!("EXPLAIN {query}")
    } else {
        let nulls = vec!["NULL"; parameters].join(", ");
        // On PostgreSQL 16 and later EXPLAIN plans parameters whose values nobody knows; before, they have to be given.
        format!("PREPARE s AS {query}; EXPLAIN EXECUTE s ({nulls})")
    };
    let plan = database.query(&script);
    assert!(!plan.is_empty(), "{name}");
    let version: u32 = database.scalar("SHOW server_version_num").expect("a number").parse().expect("a number");
    if parameters > 0 && version >= 160_000 {
        assert!(!database.query(&format!("EXPLAIN (GENERIC_PLAN) {query}")).is_empty(), "{name}");
    }
}

/// The query inside of a COPY, which EXPLAIN does not take; every other statement as it is.
fn copied(sql: &str) -> &str {
    let inside = sql.strip_prefix("COPY (").and_then(|rest| rest.rfind(") TO STDOUT").map(|end| &rest[..end]));
    inside.unwrap_or(sql)
}
