//! Work that takes longer than a request. Ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::methods;
use crate::value::Json;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Not begun.
    Queued,
    /// At work.
    Running,
    /// Done; see `result`.
    Done,
    /// Failed; see `error`. Nothing was changed.
    Failed,
    /// Stopped by its user. Nothing was changed.
    Cancelled,
}

/// A job.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct JobInfo {
    /// Our number of the job.
    pub id: i64,
    /// What it does: `import`.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// Units done: rows for an import.
    pub done: i64,
    /// Units in all, when known.
    pub total: Option<i64>,
    /// What it gave; its shape depends on `kind`.
    #[ts(type = "Record<string, unknown> | null")]
    pub result: Option<Json>,
    /// Why it failed, in words.
    pub error: Option<String>,
}

/// Names a job.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct JobParams {
    /// The job.
    pub job_id: i64,
}

methods! {
    /// Tells where one of the caller's jobs stands. Ours.
    Login Read "jobs.get" JobsGet (JobParams) -> JobInfo;
    /// Stops one of the caller's jobs. Ours.
    Login Settings "jobs.cancel" JobsCancel (JobParams) -> JobInfo;
}
