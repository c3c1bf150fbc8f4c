//! Runs SQL for tests, from synchronous and asynchronous ones alike.

use std::sync::OnceLock;

use tokio::runtime::Runtime;
use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

/// The rows of the last statement, as text.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// A runtime of our own: a test's runtime may have a single thread, which we would block.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime starts")
    })
}

/// Connects, runs `sql` (several statements may be given) and returns the rows of all of them, or PostgreSQL's words.
pub(crate) fn run(config: Config, sql: &str) -> Result<Rows, String> {
    let (reply, answer) = std::sync::mpsc::sync_channel(1);
    let sql = sql.to_owned();
    runtime().spawn(async move {
        let _ = reply.send(query(&config, &sql).await.map_err(|error| describe(&error)));
    });
    answer.recv().expect("the query's task does not panic")
}

/// Runs SQL and returns the first value of the first row, as text; panics with PostgreSQL's words, or where no row came.
pub(crate) fn scalar(config: Config, sql: &str) -> Option<String> {
    let rows = run(config, sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let first = rows.into_iter().next().unwrap_or_else(|| panic!("no row came from: {sql}"));
    first.into_iter().next().flatten()
}

async fn query(config: &Config, sql: &str) -> Result<Rows, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    let driver = tokio::spawn(connection);
    let messages = client.simple_query(sql).await?;
    drop(client);
    let _ = driver.await;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|i| row.get(i).map(str::to_owned)).collect()),
        _ => None,
    });
    Ok(rows.collect())
}

fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => format!("{error}: {:?}", std::error::Error::source(error).map(ToString::to_string)),
    }
}
