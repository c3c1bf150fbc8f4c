//! The measured work: what a person waits for.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    data,
    server::{Page, Server},
    table::Table,
    yardstick::{Yardstick, quoted},
};

/// How often the short works are repeated.
const TIMES: u32 = 300;
/// How often the long works are repeated; the best time counts, as disturbances only ever add.
const LONG_TIMES: u32 = 3;
/// Rows of the imported file.
const IMPORTED: u32 = 100_000;

/// The first 500 rows with the names of the linked records, against one prepared join.
pub(crate) fn first_rows(server: &Server, page: &Page, yardstick: &Yardstick, speeds: &mut Table<4>) -> Result<()> {
    let original = json!({ "database_id": page.database, "table_oid": page.table, "limit": 500 });
    let mut ours = original.clone();
    for (name, value) in [("count", json!("none")), ("values", json!("text")), ("keys", json!(true))] {
        ours[name] = value;
    }
    let rows = server.call("records.list", &ours)?;
    let count = rows["results"].as_array().map(Vec::len);
    let named = rows["linked_record_summaries"]["3"].as_object().map(serde_json::Map::len).unwrap_or_default();
    if count != Some(500) || named == 0 {
        bail!("records.list gave {count:?} rows and {named} names of linked records");
    }
    let theirs = yardstick.pgbench(
        "select b.*, a.name from book b left join author a on a.id = b.author_id order by b.id limit 500;",
        TIMES,
    )?;
    let counting = yardstick.pgbench("select count(*) from book;", 5)?;
    let list = |params: &Value| median(TIMES, || server.call_raw("records.list", params).map(drop));
    speeds.compare("first 500 rows with linked names, as our page asks", list(&ours)?, theirs);
    let exact = median(10, || server.call_raw("records.list", &original).map(drop))?;
    speeds.compare("the same with an exact count, as the original answers", exact, theirs + counting);
    Ok(())
}

/// 500 rows after nine tenths of all, by key and sorted without an index: at first about there, then exactly.
pub(crate) fn far_page(
    server: &Server,
    page: &Page,
    yardstick: &Yardstick,
    rows: u32,
    speeds: &mut Table<4>,
) -> Result<()> {
    let offset = rows / 10 * 9;
    let theirs = |place: &str| {
        let join = "select b.*, a.name from book b left join author a on a.id = b.author_id";
        yardstick.pgbench(&format!("{join} {place} limit 500;"), 10)
    };
    let by_key = theirs(&format!("where b.id > {offset} order by b.id"))?;
    for (order, words, ours) in [
        ("b.id", "by key", json!([])),
        ("b.title, b.id", "sorted without an index", json!([{ "attnum": 2, "direction": "asc" }])),
    ] {
        let passed_over = theirs(&format!("order by {order} offset {offset}"))?;
        let exact = json!({
            "database_id": page.database, "table_oid": page.table, "order": ours, "offset": offset, "limit": 500,
            "count": "none", "values": "text", "keys": true,
        });
        let mut about = exact.clone();
        about["approximate_count"] = json!(rows);
        let list = |params: &Value| server.call_raw("records.list", params).map(drop);
        let once = |params: &Value| {
            let start = Instant::now();
            list(params).map(|()| start.elapsed())
        };
        let what = |how: &str| format!("500 rows after {offset}, {words}, {how}");
        speeds.compare(&what("the first time, about there; against OFFSET"), once(&about)?, passed_over);
        speeds.compare(&what("passing over; against OFFSET"), median(5, || list(&exact))?, passed_over);

        let key = server.call("records.list", &about)?["keys"][0].clone();
        let params = json!({ "database_id": page.database, "table_oid": page.table, "order": ours, "key": key });
        let start = Instant::now();
        server.call("records.locate", &params)?;
        speeds.compare(
            &format!("find out where all rows stand, {words}; against OFFSET"),
            start.elapsed(),
            passed_over,
        );
        if server.call("records.list", &about)?["place"] != json!({ "offset": offset, "exact": true }) {
            bail!("a far page does not stand exactly where it was asked for");
        }
        let found = median(TIMES, || list(&exact))?;
        speeds.compare(&what("known; against OFFSET"), found, passed_over);
        speeds.compare(&what("known; against the rows after a key"), found, by_key);
    }
    Ok(())
}

/// One cell, against one prepared `UPDATE … RETURNING`.
pub(crate) fn one_cell(
    server: &Server,
    page: &Page,
    yardstick: &Yardstick,
    rows: u32,
    speeds: &mut Table<4>,
) -> Result<()> {
    let mut row = 0;
    let ours = median(TIMES, || {
        row = row % rows + 1;
        let params = json!({
            "database_id": page.database, "table_oid": page.table, "record_id": row,
            "record_def": { "2": format!("Changed {row}") },
        });
        server.call_raw("records.patch", &params).map(drop)
    })?;
    let script =
        format!("\\set id random(1, {rows})\nupdate book set title = 'Changed ' || :id where id = :id returning *;");
    speeds.compare("change one cell", ours, yardstick.pgbench(&script, TIMES)?);
    Ok(())
}

/// A file whose types are found out and which is loaded, against `\copy` into a table that is there.
pub(crate) fn import(server: &Server, page: &Page, yardstick: &Yardstick, speeds: &mut Table<4>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("people.csv");
    data::write_csv(&file, IMPORTED)?;
    let create = format!("create table bare_import ({})", data::CSV_COLUMNS);
    let copy = format!("\\copy bare_import from {} csv header", quoted(&file));
    let theirs = best(|| yardstick.psql(&["drop table if exists bare_import", &create, &copy]))?;
    let mut number = 0;
    let ours = best(|| {
        number += 1;
        let start = Instant::now();
        import_once(server, page, &file, &format!("import_{number}"))?;
        Ok(start.elapsed())
    })?;
    speeds.compare("import 100,000 × 8, types found out", ours, theirs);
    Ok(())
}

fn import_once(server: &Server, page: &Page, file: &std::path::Path, table: &str) -> Result<()> {
    let upload = server.upload(file)?;
    let preview = server.call("imports.preview", &json!({ "data_file_id": upload }))?;
    let columns: Vec<Value> = preview["columns"]
        .as_array()
        .context("a preview has columns")?
        .iter()
        .map(|column| {
            json!({
                "index": column["index"], "name": column["name"], "type": column["type"],
                "type_options": column["type_options"], "format": column["format"],
            })
        })
        .collect();
    let job = server.call(
        "imports.load",
        &json!({
            "database_id": page.database, "schema_oid": page.schema, "data_file_id": upload, "table_name": table,
            "dialect": preview["dialect"], "columns": columns,
        }),
    )?;
    loop {
        let job = server.call("jobs.get", &json!({ "job_id": job["id"] }))?;
        match job["state"].as_str() {
            Some("done") => return Ok(()),
            Some("queued" | "running") => std::thread::sleep(Duration::from_millis(5)),
            _ => bail!("the import failed: {}", job["error"]),
        }
    }
}

/// The whole table as CSV, against `\copy … to`.
pub(crate) fn export(
    server: &Server,
    page: &Page,
    yardstick: &Yardstick,
    rows: u32,
    speeds: &mut Table<4>,
) -> Result<()> {
    let theirs = best(|| yardstick.psql(&["\\copy book to stdout csv header"]))?;
    let path = format!("/api/export/v0/tables/?database_id={}&table_oid={}", page.database, page.table);
    let ours = best(|| {
        let start = Instant::now();
        let bytes = server.fetch(&path)?;
        if bytes < u64::from(rows) * 50 {
            bail!("the export has only {bytes} bytes");
        }
        Ok(start.elapsed())
    })?;
    speeds.compare(&format!("export {rows} rows as CSV"), ours, theirs);
    Ok(())
}

/// The median of many runs, after a few that warm up.
fn median(times: u32, mut work: impl FnMut() -> Result<()>) -> Result<Duration> {
    for _ in 0..5 {
        work()?;
    }
    let mut all = Vec::new();
    for _ in 0..times {
        let start = Instant::now();
        work()?;
        all.push(start.elapsed());
    }
    all.sort_unstable();
    Ok(all[all.len() / 2])
}

fn best(mut work: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let times = (0..LONG_TIMES).map(|_| work()).collect::<Result<Vec<_>>>()?;
    times.into_iter().min().context("it is done at least once")
}
