//! Work that takes longer than a request: one worker loop takes jobs from the store, so that several server processes share
//! them and a job of a killed process is not lost from sight.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use mathesar_api::{
    Json,
    methods::jobs::{JobInfo, JobParams, JobState},
};
use mathesar_store::{Job, JobState as Stored, NewJob, Outcome};
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{App, Ctx, Result, limits};

/// How often a running job says that it is alive and asks whether it should stop.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// How long a job may be silent before it counts as abandoned, as after a kill.
const ABANDONED_AFTER: Duration = Duration::from_secs(60);
/// How long an idle worker waits before it looks for jobs of other processes.
const POLL: Duration = Duration::from_secs(5);

/// Wakes the worker when a job is queued.
#[derive(Default)]
pub struct Wake(Notify);

/// How far a job is, and whether it should stop. Shared by the job and its heartbeat.
#[derive(Default)]
pub struct Progress {
    done: AtomicI64,
    total: AtomicI64,
    /// Fires when the user or the server wants the job to stop; the job then leaves everything as it was.
    pub cancelled: CancellationToken,
}

impl Progress {
    /// Says how many units are done.
    pub fn set_done(&self, done: i64) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// Says how many units there are.
    pub fn set_total(&self, total: i64) {
        self.total.store(total, Ordering::Relaxed);
    }

    fn read(&self) -> (i64, Option<i64>) {
        let total = self.total.load(Ordering::Relaxed);
        (self.done.load(Ordering::Relaxed), (total > 0).then_some(total))
    }
}

/// Queues a job of the caller.
///
/// # Errors
/// `AuthenticationFailed` for a visitor.
pub async fn enqueue(ctx: &Ctx, kind: &str, database_id: i64, payload: Value) -> Result<JobInfo> {
    let job =
        NewJob { kind: kind.to_owned(), user_id: ctx.signed_in()?.user_id, database_id: Some(database_id), payload };
    let job = ctx.app.store.jobs().enqueue(job, ctx.app.clock.now()).await?;
    ctx.app.wake.0.notify_one();
    Ok(info(job))
}

/// `jobs.get`.
///
/// # Errors
/// `DoesNotExist` when there is no such job of the caller.
pub async fn get(ctx: &Ctx, params: JobParams) -> Result<JobInfo> {
    own(ctx, params.job_id).await.map(info)
}

/// `jobs.cancel`.
///
/// # Errors
/// `DoesNotExist` when there is no such job of the caller.
pub async fn cancel(ctx: &Ctx, params: JobParams) -> Result<JobInfo> {
    let job = own(ctx, params.job_id).await?;
    Ok(info(ctx.app.store.jobs().ask_cancel(job.id, ctx.app.clock.now()).await?))
}

async fn own(ctx: &Ctx, id: i64) -> Result<Job> {
    let job = ctx.app.store.jobs().get(id).await?;
    let within = |id| ctx.scopes().is_none_or(|scopes| scopes.holds_database(id));
    if job.user_id == ctx.signed_in()?.user_id && job.database_id.is_none_or(within) {
        return Ok(job);
    }
    Err(mathesar_store::Error::NotFound { what: "job" }.into())
}

fn info(job: Job) -> JobInfo {
    let failed = job.state == Stored::Failed;
    let error = failed.then(|| job.result.as_ref()?.get("message")?.as_str().map(str::to_owned)).flatten();
    JobInfo {
        id: job.id,
        kind: job.kind,
        state: match job.state {
            Stored::Queued => JobState::Queued,
            Stored::Running => JobState::Running,
            Stored::Done => JobState::Done,
            Stored::Failed => JobState::Failed,
            Stored::Cancelled => JobState::Cancelled,
        },
        done: job.progress_done,
        total: job.progress_total,
        result: job.result.filter(|_| !failed).and_then(|result| Json::from_serialize(&result).ok()),
        error,
    }
}

/// Takes jobs and does them until `stop` fires; then cancels those at work and waits for them.
///
/// `worker` names this process among those that share the store.
pub async fn work(app: Arc<App>, worker: String, stop: CancellationToken) {
    let free = Arc::new(Semaphore::new(limits::IMPORTS_AT_ONCE));
    while !stop.is_cancelled() {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
        let next = app.store.jobs().claim(&worker, &crate::import::JOBS, app.clock.now()).await;
        match next {
            Ok(Some(job)) => {
                let (app, worker, stop) = (Arc::clone(&app), worker.clone(), stop.child_token());
                tokio::spawn(async move {
                    run(&app, &worker, job, stop).await;
                    drop(permit);
                });
            }
            Ok(None) => {
                drop(permit);
                fail_abandoned(&app).await;
                tokio::select! {
                    () = app.wake.0.notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                    () = stop.cancelled() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot look for jobs");
                tokio::time::sleep(POLL).await;
            }
        }
    }
    // All permits are back when no job is at work.
    let _ = free.acquire_many(u32::try_from(limits::IMPORTS_AT_ONCE).unwrap_or(u32::MAX)).await;
}

async fn fail_abandoned(app: &App) {
    let reason =
        json!({ "message": "The server was stopped while this was at work. Nothing was changed; start it again." });
    let now = app.clock.now();
    if let Err(error) = app.store.jobs().fail_abandoned(now - ABANDONED_AFTER, reason, now).await {
        tracing::warn!(%error, "cannot look for abandoned jobs");
    }
}

async fn run(app: &Arc<App>, worker: &str, job: Job, stop: CancellationToken) {
    let progress = Arc::new(Progress { cancelled: stop, ..Progress::default() });
    let id = job.id;
    let work = crate::import::run(app, &job, &progress);
    let result = tokio::select! {
        result = work => result,
        never = keep_alive(app, worker, id, &progress) => match never {},
    };
    let outcome = match result {
        Ok(result) => Outcome::Done(result),
        Err(_) if progress.cancelled.is_cancelled() => Outcome::Cancelled,
        Err(error) => Outcome::Failed(json!({ "message": error.message(), "code": error.code().code })),
    };
    let jobs = app.store.jobs();
    let (done, total) = progress.read();
    let _ = jobs.heartbeat(id, worker, (done, total), app.clock.now()).await;
    if let Err(error) = jobs.finish(id, worker, outcome, app.clock.now()).await {
        tracing::warn!(%error, job = id, "cannot note how a job ended");
    }
}

/// Reports progress and carries the user's wish to stop, for as long as the job runs.
async fn keep_alive(app: &App, worker: &str, id: i64, progress: &Progress) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        match app.store.jobs().heartbeat(id, worker, progress.read(), app.clock.now()).await {
            Ok(false) => {}
            Ok(true) => progress.cancelled.cancel(),
            Err(error) => tracing::warn!(%error, job = id, "cannot report the progress of a job"),
        }
    }
}
