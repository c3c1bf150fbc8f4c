//! Measures the built executable over HTTP against the same work done by `psql` and `pgbench`, in the same run, on the same
//! PostgreSQL and the same million rows.
//!
//! Times of different machines cannot be compared, and those of one machine only in the same minute; so what counts is the ratio
//! beside each of them. Nothing is asserted.
//!
//! `mathesar-bench EXECUTABLE [ROWS]`

use std::path::PathBuf;

use anyhow::{Context, Result};

mod data;
mod footprint;
mod server;
mod table;
mod work;
mod yardstick;

use table::Table;

/// Rows of the table that is read and exported.
const ROWS: u32 = 1_000_000;

fn main() -> Result<()> {
    let mut words = std::env::args_os().skip(1);
    let executable = PathBuf::from(words.next().context("mathesar-bench EXECUTABLE [ROWS]")?);
    let rows = match words.next() {
        Some(word) => word.to_str().and_then(|word| word.parse().ok()).context("ROWS is a number")?,
        None => ROWS,
    };

    eprintln!("filling a table with {rows} rows");
    let cluster = data::cluster();
    let database = cluster.database();
    data::fill(&database, rows);
    let yardstick = yardstick::Yardstick::new(&cluster, database.name())?;

    let mut costs = Table::new(["what", "measured"]);
    let server = footprint::measure(&executable, &mut costs)?;
    let page = server.connect(cluster.port(), database.name())?;

    let mut speeds = Table::new(["work", "mathesar", "PostgreSQL alone", "ratio"]);
    eprintln!("measuring");
    work::first_rows(&server, &page, &yardstick, &mut speeds)?;
    work::far_page(&server, &page, &yardstick, rows, &mut speeds)?;
    work::one_cell(&server, &page, &yardstick, rows, &mut speeds)?;
    work::import(&server, &page, &yardstick, &mut speeds)?;
    work::export(&server, &page, &yardstick, rows, &mut speeds)?;
    footprint::memory_after_work(&server, &mut costs)?;

    println!("\n{speeds}\n{costs}");
    Ok(())
}
