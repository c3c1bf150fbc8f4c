//! The PostgreSQL and the rows that are measured on.

use std::{fmt::Write, path::Path};

use anyhow::Result;
use mathesar_testkit::{Cluster, ClusterOptions, TestDatabase};

/// Rows of the table that the large one links to.
const AUTHORS: u32 = 10_000;

/// A server that both sides reach over TCP, so that neither saves a way.
pub(crate) fn cluster() -> Cluster {
    Cluster::start_with(&ClusterOptions {
        tcp: true,
        hba: Some("local all all trust\nhost all all 127.0.0.1/32 trust\n".to_owned()),
        settings: [("shared_buffers", "512MB"), ("work_mem", "16MB"), ("max_wal_size", "2GB")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..ClusterOptions::default()
    })
}

/// Makes `author` and `book`, which links to it and has eight more columns of the usual types.
pub(crate) fn fill(database: &TestDatabase<'_>, rows: u32) {
    for statement in [
        "create table author (id int primary key, name text not null)".to_owned(),
        format!("insert into author select g, 'Author ' || g from generate_series(1, {AUTHORS}) g"),
        "create table book (
           id int primary key, title text not null, author_id int references author, pages int, price numeric(8, 2),
           published date, added timestamptz, in_print boolean, isbn text, rating double precision)"
            .to_owned(),
        format!(
            "insert into book
             select g, 'Book number ' || g, 1 + (g::bigint * 7919 % {AUTHORS})::int, 50 + g % 900, (g % 10000) / 100.0,
                    date '1900-01-01' + g % 45000, timestamptz '2020-01-01' + g * interval '1 minute', g % 3 > 0,
                    lpad((g::bigint * 97)::text, 13, '9'), g % 50 / 10.0
             from generate_series(1, {rows}) g"
        ),
        "vacuum analyze author".to_owned(),
        "vacuum analyze book".to_owned(),
    ] {
        database.execute(&statement);
    }
}

/// Writes a CSV file of eight columns whose types must be inferred.
pub(crate) fn write_csv(path: &Path, rows: u32) -> Result<()> {
    let mut text = String::from("number,name,amount,day,moment,flag,code,note\n");
    for row in 1..=rows {
        let (day, hour, minute) = (1 + row % 28, row % 24, row % 60);
        writeln!(
            text,
            "{row},Person {row},{}.{:02},2024-{:02}-{day:02},2024-03-{day:02} {hour:02}:{minute:02}:00+00,{},A-{:06},\"{}, \
             with a comma\"",
            row % 1000,
            row % 100,
            1 + row % 12,
            row.is_multiple_of(2),
            row % 999_983,
            row % 77,
        )?;
    }
    Ok(std::fs::write(path, text)?)
}

/// The columns of [`write_csv`]'s file, as SQL declares them.
pub(crate) const CSV_COLUMNS: &str =
    "number int, name text, amount numeric, day date, moment timestamptz, flag boolean, code text, note text";
