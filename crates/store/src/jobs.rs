//! Work that outlives the request that asked for it, shared by all server processes.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use crate::entity::job::{self, JobState};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::values::Moment;

pub use job::Model as Job;

/// Work that is to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What kind of work, such as `import`.
    pub kind: String,
    /// Who asks for it.
    pub user_id: i64,
    /// The database that it works in.
    pub database_id: Option<i64>,
    /// What the work needs to know; no secrets.
    pub payload: Value,
}

/// How a job ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Well, with this result.
    Done(Value),
    /// Badly, for this reason.
    Failed(Value),
    /// Because somebody asked for it.
    Cancelled,
}

/// Reads and writes jobs.
pub struct Jobs<'a> {
    store: &'a Store,
}

impl Store {
    /// Work that outlives the request that asked for it.
    pub fn jobs(&self) -> Jobs<'_> {
        Jobs { store: self }
    }
}

impl Jobs<'_> {
    /// Queues a job.
    ///
    /// # Errors
    /// `Conflict` when its user or database was deleted meanwhile.
    pub async fn enqueue(&self, new: NewJob, now: Timestamp) -> Result<Job> {
        let row = job::ActiveModel {
            id: NotSet,
            kind: Set(new.kind),
            state: Set(JobState::Queued),
            user_id: Set(new.user_id),
            database_id: Set(new.database_id),
            payload: Set(new.payload),
            result: Set(None),
            progress_done: Set(0),
            progress_total: Set(None),
            claimed_by: Set(None),
            heartbeat_at: Set(None),
            cancel_asked: Set(false),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
        };
        row.insert(&self.store.db)
            .await
            .map_err(|error| Error::reference(error, "This user or database was deleted meanwhile."))
    }

    /// The job with this number.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, id: i64) -> Result<Job> {
        job::Entity::find_by_id(id).one(&self.store.db).await?.ok_or(Error::NotFound { what: "job" })
    }

    /// The newest jobs of a user.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, user_id: i64, limit: u64) -> Result<Vec<Job>> {
        Ok(job::Entity::find()
            .filter(job::Column::UserId.eq(user_id))
            .order_by_desc(job::Column::Id)
            .limit(limit)
            .all(&self.store.db)
            .await?)
    }

    /// Takes the oldest queued job of these kinds for `worker`. No two workers get the same.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn claim(&self, worker: &str, kinds: &[&str], now: Timestamp) -> Result<Option<Job>> {
        let transaction = self.store.begin().await?;
        let next = job::Entity::find()
            .filter(job::Column::State.eq(JobState::Queued))
            .filter(job::Column::Kind.is_in(kinds.iter().copied()))
            .order_by_asc(job::Column::Id)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .one(&transaction)
            .await?;
        let Some(next) = next else { return Ok(None) };
        let row = job::ActiveModel {
            id: Set(next.id),
            state: Set(JobState::Running),
            claimed_by: Set(Some(worker.to_owned())),
            heartbeat_at: Set(Some(now.into())),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        let claimed = row.update(&transaction).await?;
        transaction.commit().await?;
        Ok(Some(claimed))
    }

    /// Says that `worker` still works on a job and how far it is; returns whether it should stop.
    ///
    /// # Errors
    /// `NotFound` when the job is no longer the worker's: it was deleted, or given up as abandoned.
    pub async fn heartbeat(&self, id: i64, worker: &str, progress: (i64, Option<i64>), now: Timestamp) -> Result<bool> {
        let row = job::ActiveModel {
            progress_done: Set(progress.0),
            progress_total: Set(progress.1),
            heartbeat_at: Set(Some(now.into())),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        self.update_own(id, worker, row).await?;
        Ok(self.get(id).await?.cancel_asked)
    }

    /// Ends a job of `worker`.
    ///
    /// # Errors
    /// `NotFound` when the job is no longer the worker's.
    pub async fn finish(&self, id: i64, worker: &str, outcome: Outcome, now: Timestamp) -> Result<()> {
        let (state, result) = match outcome {
            Outcome::Done(result) => (JobState::Done, Some(result)),
            Outcome::Failed(reason) => (JobState::Failed, Some(reason)),
            Outcome::Cancelled => (JobState::Cancelled, None),
        };
        let row = job::ActiveModel {
            state: Set(state),
            result: Set(result),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        self.update_own(id, worker, row).await
    }

    async fn update_own(&self, id: i64, worker: &str, row: job::ActiveModel) -> Result<()> {
        let updated = job::Entity::update_many()
            .set(row)
            .filter(job::Column::Id.eq(id))
            .filter(job::Column::State.eq(JobState::Running))
            .filter(job::Column::ClaimedBy.eq(worker))
            .exec(&self.store.db)
            .await?;
        if updated.rows_affected == 0 { Err(Error::NotFound { what: "running job" }) } else { Ok(()) }
    }

    /// Asks a job to stop. A queued one ends at once; a running one when its worker notices; an ended one stays as it is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn ask_cancel(&self, id: i64, now: Timestamp) -> Result<Job> {
        let transaction = self.store.begin().await?;
        let found = job::Entity::find_by_id(id)
            .lock(LockType::Update)
            .one(&transaction)
            .await?
            .ok_or(Error::NotFound { what: "job" })?;
        if found.state.is_over() {
            return Ok(found);
        }
        let row = job::ActiveModel {
            id: Set(id),
            state: if found.state == JobState::Queued { Set(JobState::Cancelled) } else { NotSet },
            cancel_asked: Set(true),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        let asked = row.update(&transaction).await?;
        transaction.commit().await?;
        Ok(asked)
    }

    /// Fails the running jobs whose worker has not been heard of since `silent_since`, with `reason`; returns how many.
    ///
    /// They are not queued again by themselves: half of an import may have been done.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn fail_abandoned(&self, silent_since: Timestamp, reason: Value, now: Timestamp) -> Result<u64> {
        let row = job::ActiveModel {
            state: Set(JobState::Failed),
            result: Set(Some(reason)),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        let updated = job::Entity::update_many()
            .set(row)
            .filter(job::Column::State.eq(JobState::Running))
            .filter(job::Column::HeartbeatAt.lt(Moment::from(silent_since)))
            .exec(&self.store.db)
            .await?;
        Ok(updated.rows_affected)
    }

    /// Deletes the jobs that ended before a moment; returns how many.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn purge(&self, ended_before: Timestamp) -> Result<u64> {
        let deleted = job::Entity::delete_many()
            .filter(job::Column::State.is_in([JobState::Done, JobState::Failed, JobState::Cancelled]))
            .filter(job::Column::UpdatedAt.lt(Moment::from(ended_before)))
            .exec(&self.store.db)
            .await?;
        Ok(deleted.rows_affected)
    }
}
