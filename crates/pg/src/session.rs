//! One checked-out connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool::managed::Object;
use futures_util::future::join;
use mathesar_sql::Statement;
use mathesar_sql::session as sql;
use tokio_postgres::Client;

use crate::error::Error;
use crate::pictures::{Pictures, Scope};
use crate::pool::{Lease, Pooled};
use crate::stream::{SessionCopy, SessionRows};
use crate::transaction::{Transaction, TxOptions, execute, run_text};
use crate::versions::ServerVersion;

/// How long a connection may take to put itself in order after a request before it is closed instead.
const RESET_TIMEOUT: Duration = Duration::from_secs(5);
/// Waiting times before each repetition of a change that found its table locked.
const LOCK_RETRIES: [Duration; 4] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(600), Duration::from_millis(1_500)];

/// A change of structure.
pub trait Change: Sync {
    /// What the plan knows and the read-back needs, such as a name that was chosen.
    type Made: Send + Sync;
    /// What the caller is told.
    type Output: Send;
    /// What can go wrong.
    type Error: From<Error> + Send;

    /// The statements, made from what the catalogue says now. Changes nothing, so that they can be shown without being run.
    fn plan(&self, tx: &Transaction<'_>) -> impl Future<Output = Result<Plan<Self::Made>, Self::Error>> + Send;

    /// What the caller is told, read after the statements ran and before they are kept; an error takes them back.
    fn read_back(
        &self,
        tx: &Transaction<'_>,
        made: Self::Made,
    ) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

/// What a change will run.
pub struct Plan<M = ()> {
    /// In this order, in one transaction.
    pub statements: Vec<Statement>,
    /// What the read-back needs.
    pub made: M,
}

impl From<Vec<Statement>> for Plan {
    fn from(statements: Vec<Statement>) -> Self {
        Self { statements, made: () }
    }
}

/// A connection to a user's database, for the length of one request.
///
/// Dropping it gives the connection back. If an answer is still outstanding then (because the request's future was dropped
/// half-way), the statement is cancelled in PostgreSQL and the connection is closed: nobody else can meet its rows.
pub struct Session {
    lease: Option<Lease>,
    pending: Pending,
    /// Whether a transaction was begun and not yet ended.
    open: bool,
}

/// Counts the answers that have not been read to their end.
#[derive(Clone, Default)]
pub(crate) struct Pending(Arc<AtomicUsize>);

/// One answer that is being read. Unless it is [`done`](PendingAnswer::done), it counts as abandoned.
pub(crate) struct PendingAnswer(Pending);

impl Pending {
    pub(crate) fn expect(&self) -> PendingAnswer {
        self.0.fetch_add(1, Ordering::AcqRel);
        PendingAnswer(self.clone())
    }

    fn is_clear(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }
}

impl PendingAnswer {
    /// The answer was read to its end, which may have been an error.
    pub(crate) fn done(self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Session {
    pub(crate) fn new(lease: Lease) -> Self {
        Self { lease: Some(lease), pending: Pending::default(), open: false }
    }

    fn pooled(&self) -> &Pooled {
        self.lease.as_deref().expect("a session holds its connection until it is dropped")
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.pooled().connected.client
    }

    /// Where the pictures of tables are kept that this session may use.
    pub(crate) fn pictures(&self) -> (&Pictures, &Arc<Scope>) {
        let pooled = self.pooled();
        (&pooled.pictures, &pooled.scope)
    }

    /// Forgets the pictures of tables that are kept for this role in this database, because they were found to be out of date.
    pub fn forget_pictures(&self) {
        let (pictures, scope) = self.pictures();
        pictures.forget_scope(scope);
    }

    pub(crate) fn pending(&self) -> &Pending {
        &self.pending
    }

    /// Notes that a transaction begins; tells whether an earlier one was left open.
    pub(crate) fn mark_open(&mut self) -> bool {
        std::mem::replace(&mut self.open, true)
    }

    /// Notes that the transaction has ended.
    pub(crate) fn mark_closed(&mut self) {
        self.open = false;
    }

    /// The server's version.
    pub fn version(&self) -> ServerVersion {
        self.pooled().connected.version
    }

    /// Whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.pooled().connected.encrypted
    }

    /// Begins a transaction. `BEGIN` and the settings are one text, which travels with the first statement: no round trip.
    pub fn begin(&mut self, options: &TxOptions) -> Transaction<'_> {
        Transaction::begin(self, options)
    }

    /// Runs `work` in a transaction, which is then left without waiting: a read has nothing to commit.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn read<T, E: From<Error>>(
        &mut self,
        options: &TxOptions,
        work: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self.begin(options);
        let result = work(&tx).await;
        tx.begun().await?;
        result
    }

    /// Runs `work` in a transaction and commits it when `work` succeeds.
    ///
    /// # Errors
    /// Those of `work`, and those that PostgreSQL reports at `COMMIT`: deferred constraints.
    pub async fn write<T, E: From<Error>>(
        &mut self,
        options: &TxOptions,
        work: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self.begin(options);
        finish(tx, work).await
    }

    /// Makes a change of structure in one transaction: plan, run, read back.
    ///
    /// The wait for each lock is short (`options.limits.lock`), because everybody who comes after a waiting `ALTER TABLE`
    /// waits with it; instead the whole is repeated a few times with pauses between, as pgroll does.
    ///
    /// # Errors
    /// PostgreSQL's; [`Error::is_lock_timeout`] when the lock was never free. Those of the change.
    pub async fn change<C: Change>(&mut self, options: &TxOptions, change: &C) -> Result<C::Output, C::Error> {
        let result = self.make_change(options, change).await;
        // Even when it failed: where the connection broke at COMMIT, nobody knows what became of it.
        let (pictures, scope) = self.pictures();
        pictures.forget(scope.host());
        result
    }

    async fn make_change<C: Change>(&mut self, options: &TxOptions, change: &C) -> Result<C::Output, C::Error> {
        let mut pauses = LOCK_RETRIES.iter();
        loop {
            let tx = self.begin(options);
            let plan = change.plan(&tx).await?;
            match (run_plan(&tx, &plan.statements).await, pauses.next()) {
                (Ok(()), _) => return finish(tx, async |tx| change.read_back(tx, plan.made).await).await,
                (Err(error), Some(pause)) if error.is_lock_timeout() => {
                    tx.rollback().await?;
                    tokio::time::sleep(*pause).await;
                }
                (Err(error), _) => return Err(error.into()),
            }
        }
    }

    /// Runs one statement outside of a transaction, for the few that refuse to be inside (`CREATE DATABASE`, `DROP DATABASE`).
    ///
    /// # Errors
    /// PostgreSQL's.
    pub async fn execute_alone(&mut self, statement: &Statement) -> Result<u64, Error> {
        let answer = self.pending.expect();
        let result = execute(self.client(), statement).await;
        answer.done();
        Ok(result?)
    }

    /// Rows of one statement, in a transaction of their own, as a stream that keeps this session.
    ///
    /// # Errors
    /// PostgreSQL's, as far as they come before the first row.
    pub async fn stream(mut self, options: &TxOptions, statement: &Statement) -> Result<SessionRows, Error> {
        let tx = self.begin(options);
        let rows = tx.stream(statement).await?;
        drop(tx);
        Ok(SessionRows::new(self, rows))
    }

    /// The bytes of one `COPY … TO STDOUT`, in a transaction of their own, as a stream that keeps this session.
    ///
    /// # Errors
    /// PostgreSQL's, as far as they come before the first byte.
    pub async fn stream_copy(mut self, options: &TxOptions, statement: &Statement) -> Result<SessionCopy, Error> {
        let tx = self.begin(options);
        let bytes = tx.copy_out(statement).await?;
        drop(tx);
        Ok(SessionCopy::new(self, bytes))
    }
}

async fn run_plan(tx: &Transaction<'_>, plan: &[Statement]) -> Result<(), Error> {
    for statement in plan {
        tx.execute(statement).await?;
    }
    Ok(())
}

async fn finish<T, E: From<Error>>(
    tx: Transaction<'_>,
    work: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    match work(&tx).await {
        Ok(value) => {
            tx.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // What was refused says more than that the connection did not outlive it; then it is closed, and the transaction with it.
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        // Without a runtime nothing can be sent any more; the connection closes with its task.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            drop(Object::take(lease));
            return;
        };
        if self.pending.is_clear() {
            runtime.spawn(reset(lease, self.open));
        } else {
            runtime.spawn(Object::take(lease).abandon());
        }
    }
}

/// Ends a transaction that was left open and undoes what functions may have done to the session (`SET`, temporary tables,
/// advisory locks, `LISTEN`), off the request's path; a connection that cannot do that is closed.
async fn reset(lease: Lease, open: bool) {
    let client = Arc::clone(&lease.connected.client);
    let (rollback, discard) = (sql::rollback(), sql::discard());
    let work = async {
        let rolled_back = async { if open { run_text(&client, &rollback).await } else { Ok(()) } };
        let (rolled_back, discarded) = join(rolled_back, run_text(&client, &discard)).await;
        rolled_back.and(discarded)
    };
    if !matches!(tokio::time::timeout(RESET_TIMEOUT, work).await, Ok(Ok(()))) {
        drop(Object::take(lease));
    }
}
