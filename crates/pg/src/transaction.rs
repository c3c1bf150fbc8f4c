//! Statements within one transaction.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, join, join_all, join3};
use futures_util::{FutureExt, TryStreamExt};
use mathesar_sql::Statement;
use mathesar_sql::introspect;
use mathesar_sql::model::Table;
use mathesar_sql::session::{self as sql, Limits, Mode};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use crate::error::Error;
use crate::pictures::{Pictures, Scope};
use crate::rows::RawRow;
use crate::session::Session;
use crate::stream::{CopyIn, CopyOut, RowStream};
use crate::versions::ServerVersion;

/// How a transaction is begun.
#[derive(Clone, Debug)]
pub struct TxOptions {
    /// What it may do.
    pub mode: Mode,
    /// Its limits, which PostgreSQL itself keeps.
    pub limits: Limits,
    /// The zone that timestamps with time zone are shown and read in, such as `Europe/Zurich`.
    pub time_zone: String,
}

impl TxOptions {
    /// A transaction in UTC; PostgreSQL ends it when we stall for a minute.
    pub fn new(mode: Mode, statement: Duration, lock: Duration) -> Self {
        let millis = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(i32::MAX as u32);
        let limits = Limits { statement: millis(statement), lock: millis(lock), idle: 60_000 };
        Self { mode, limits, time_zone: "UTC".to_owned() }
    }

    /// For reading: 60 s a statement, 5 s a lock.
    pub fn read() -> Self {
        Self::new(Mode::ReadOnly, Duration::from_secs(60), Duration::from_secs(5))
    }

    /// For changing rows: 120 s a statement, 10 s a lock.
    pub fn write() -> Self {
        Self::new(Mode::ReadWrite, Duration::from_secs(120), Duration::from_secs(10))
    }

    /// For changing structure: 10 min a statement, because rewriting a large table takes its time, but 2 s a lock.
    pub fn ddl() -> Self {
        Self::new(Mode::ReadWrite, Duration::from_secs(600), Duration::from_secs(2))
    }

    /// The same with another time zone.
    #[must_use]
    pub fn in_time_zone(mut self, name: &str) -> Self {
        name.clone_into(&mut self.time_zone);
        self
    }
}

/// A transaction. Dropping it without [`commit`](Self::commit) leaves it to be rolled back with the session's next use.
///
/// Statements that do not depend on each other may be run at once (`tokio::try_join!`): they share a round trip.
pub struct Transaction<'s> {
    session: &'s mut Session,
    /// The answer to `BEGIN`, until somebody has read it.
    begin: Mutex<Option<BoxFuture<'static, Result<(), tokio_postgres::Error>>>>,
    kept: Mutex<Kept>,
}

/// What a transaction took from the pictures that are kept.
#[derive(Default)]
struct Kept {
    any: bool,
    /// Those that must still be true at `COMMIT`.
    checked: Vec<Arc<Table>>,
}

impl<'s> Transaction<'s> {
    /// Sends `BEGIN` and the settings without waiting: the answer is read together with the first statement's.
    ///
    /// If they failed, PostgreSQL would refuse every later statement of the aborted transaction, so nothing can slip
    /// through outside of it.
    pub(crate) fn begin(session: &'s mut Session, options: &TxOptions) -> Self {
        let left_open = session.mark_open();
        let client = Arc::clone(session.client());
        let answer = session.pending().expect();
        let begin = sql::begin(options.mode, options.limits, &options.time_zone);
        let mut begin = async move {
            let clear = async { if left_open { run_text(&client, &sql::rollback()).await } else { Ok(()) } };
            let (cleared, begun) = join(clear, run_text(&client, &begin)).await;
            answer.done();
            cleared.and(begun)
        }
        .boxed();
        let begin = match (&mut begin).now_or_never() {
            None => begin,
            Some(early) => std::future::ready(early).boxed(),
        };
        Self { session, begin: Mutex::new(Some(begin)), kept: Mutex::default() }
    }

    /// The rows of a statement.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub async fn rows(&self, statement: &Statement) -> Result<Vec<RawRow>, Error> {
        self.run(rows(self.client(), statement)).await
    }

    /// The only row of a statement; `None` without one.
    ///
    /// # Errors
    /// PostgreSQL's; [`Error::Protocol`] when there are several.
    pub async fn row(&self, statement: &Statement) -> Result<Option<RawRow>, Error> {
        let mut rows = self.rows(statement).await?;
        let row = rows.pop();
        if rows.is_empty() { Ok(row) } else { Err(Error::Protocol) }
    }

    /// Runs a statement and returns how many rows it changed.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub async fn execute(&self, statement: &Statement) -> Result<u64, Error> {
        self.run(execute(self.client(), statement)).await
    }

    /// Runs a text of several statements without parameters.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub async fn run_script(&self, script: &Statement) -> Result<(), Error> {
        self.run(run_text(self.client(), script)).await
    }

    /// The rows of a statement as they come. A stream that is dropped before its end closes the connection.
    ///
    /// # Errors
    /// PostgreSQL's, as far as they come before the first row.
    pub async fn stream(&self, statement: &Statement) -> Result<RowStream, Error> {
        let answer = self.session.pending().expect();
        let rows = self.run(self.client().query_typed_raw(statement.text(), parameters(statement))).await;
        match rows {
            Ok(rows) => Ok(RowStream::new(rows, answer)),
            Err(error) => {
                answer.done();
                Err(error)
            }
        }
    }

    /// Runs a `COPY … FROM STDIN` and takes its bytes.
    ///
    /// Where PostgreSQL refuses it, the driver sends the end of the copy all the same, and PostgreSQL answers to that, too: from then on
    /// each answer would be taken for the one before. So a refused copy counts as outstanding, and its connection is closed.
    ///
    /// # Errors
    /// PostgreSQL's, as far as they come before the first byte.
    pub async fn copy_in(&self, statement: &Statement) -> Result<CopyIn, Error> {
        let answer = self.session.pending().expect();
        let sink = self.run(self.client().copy_in::<_, Bytes>(statement.text())).await?;
        Ok(CopyIn::new(sink, answer))
    }

    /// Runs a `COPY … TO STDOUT` and gives its bytes. A stream that is dropped before its end closes the connection.
    ///
    /// # Errors
    /// PostgreSQL's, as far as they come before the first byte.
    pub async fn copy_out(&self, statement: &Statement) -> Result<CopyOut, Error> {
        let answer = self.session.pending().expect();
        match self.run(self.client().copy_out(statement.text())).await {
            Ok(bytes) => Ok(CopyOut::new(bytes, answer)),
            Err(error) => {
                answer.done();
                Err(error)
            }
        }
    }

    /// Commits, unless a table is not any more as [`picture`](Self::picture) showed it: names may mean other columns by now.
    ///
    /// The check travels with `COMMIT` and fails the transaction. It comes late enough: a table whose rows were changed is
    /// locked against changes of its structure from the first row on.
    ///
    /// # Errors
    /// PostgreSQL's, above all deferred constraints; [`Error::Outdated`] for an old picture; [`Error::RolledBack`] when a
    /// statement had failed, which PostgreSQL's own `COMMIT` would only tell in its command tag: it answers `ROLLBACK`.
    pub async fn commit(self) -> Result<(), Error> {
        self.commit_after(&[]).await.map(drop)
    }

    /// Runs the transaction's last statements and commits it, all in one round trip. Gives the rows of each statement; when one
    /// of them fails, nothing is committed.
    ///
    /// # Errors
    /// Those of the statements and of [`commit`](Self::commit).
    pub async fn commit_after(self, last: &[Statement]) -> Result<Vec<Vec<RawRow>>, Error> {
        let commit = sql::commit();
        let checks: Vec<Statement> = self.kept().checked.iter().map(|table| introspect::still_as(table)).collect();
        let work = async {
            // Each is sent when it is polled first, so that PostgreSQL gets them in this order.
            let rows = join_all(last.iter().map(|statement| rows(self.client(), statement)));
            let checked = join_all(checks.iter().map(|check| execute(self.client(), check)));
            Ok(join3(rows, checked, run_text(self.client(), &commit)).await)
        };
        let (rows, checked, committed) = self.run(work).await?;
        let rows = rows.into_iter().collect::<Result<_, _>>().map_err(not_committed)?;
        checked.into_iter().try_for_each(|check| check.map(drop)).map_err(|error| match not_committed(error) {
            error if error.sqlstate() == Some(introspect::NOT_AS_PICTURED) => Error::Outdated,
            error => error,
        })?;
        committed.map_err(not_committed)?;
        self.session.mark_closed();
        Ok(rows)
    }

    /// Rolls back.
    ///
    /// # Errors
    /// [`Error::Lost`] when the connection is gone, and the transaction with it.
    pub async fn rollback(self) -> Result<(), Error> {
        self.run(run_text(self.client(), &sql::rollback())).await?;
        self.session.mark_closed();
        Ok(())
    }

    /// The server's version.
    pub fn version(&self) -> ServerVersion {
        self.session.version()
    }

    /// Reads the answer to `BEGIN` if no statement has done so.
    pub(crate) async fn begun(&self) -> Result<(), Error> {
        match self.take_begin() {
            Some(begin) => begin.await.map_err(not_begun),
            None => Ok(()),
        }
    }

    /// Whether a picture of a table was used that was not taken now, so that an error may be about what is not true any more.
    pub fn used_kept_pictures(&self) -> bool {
        self.kept().any
    }

    /// Who works where: what was found out for one must not be told to another.
    pub fn scope(&self) -> &Arc<Scope> {
        self.session.pictures().1
    }

    pub(crate) fn pictures(&self) -> (&Pictures, &Arc<Scope>) {
        self.session.pictures()
    }

    /// Notes that a kept picture was used, and which one has to be checked.
    pub(crate) fn note_kept(&self, check: Option<&Arc<Table>>) {
        let mut kept = self.kept();
        kept.any = true;
        kept.checked.extend(check.cloned());
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn client(&self) -> &Client {
        self.session.client()
    }

    fn take_begin(&self) -> Option<BoxFuture<'static, Result<(), tokio_postgres::Error>>> {
        self.begin.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Waits for `work`, and for `BEGIN` where this is the first statement. Counts as outstanding until both have answered.
    async fn run<T>(&self, work: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Error> {
        let answer = self.session.pending().expect();
        let result = match self.take_begin() {
            None => work.await.map_err(Error::from),
            Some(begin) => {
                let (begun, result) = join(begin, work).await;
                begun.map_err(not_begun).and(result.map_err(Error::from))
            }
        };
        answer.done();
        result
    }
}

/// Why a transaction did not begin. PostgreSQL refuses one that may write as a feature that it lacks while it is in recovery
/// (`check_transaction_read_only` in `src/backend/commands/variable.c`), and nothing else of ours.
fn not_begun(error: tokio_postgres::Error) -> Error {
    let error = Error::from(error);
    if error.sqlstate() == Some(SqlState::FEATURE_NOT_SUPPORTED.code()) { Error::Standby } else { error }
}

/// Why a transaction was not committed. What is refused because it had failed before says nothing of what had failed.
fn not_committed(error: tokio_postgres::Error) -> Error {
    let error = Error::from(error);
    if error.sqlstate() == Some(SqlState::IN_FAILED_SQL_TRANSACTION.code()) { Error::RolledBack } else { error }
}

async fn rows(client: &Client, statement: &Statement) -> Result<Vec<RawRow>, tokio_postgres::Error> {
    let rows = client.query_typed_raw(statement.text(), parameters(statement)).await?;
    rows.map_ok(RawRow::from).try_collect().await
}

pub(crate) async fn execute(client: &Client, statement: &Statement) -> Result<u64, tokio_postgres::Error> {
    let rows = client.query_typed_raw(statement.text(), parameters(statement)).await?;
    let mut rows = std::pin::pin!(rows);
    while rows.try_next().await?.is_some() {}
    Ok(rows.rows_affected().unwrap_or(0))
}

/// Runs a statement without parameters in the simple protocol, which transaction control needs.
pub(crate) async fn run_text(client: &Client, statement: &Statement) -> Result<(), tokio_postgres::Error> {
    client.batch_execute(statement.text()).await
}

/// Every parameter is `text`: the statement's own casts give it its type.
fn parameters(statement: &Statement) -> impl Iterator<Item = (Option<&str>, Type)> {
    statement.binds().iter().map(|bind| (bind.as_deref(), Type::TEXT))
}
