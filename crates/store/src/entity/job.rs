//! Table `jobs`.

use sea_orm::entity::prelude::*;

use crate::values::Moment;

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "lowercase")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Ended well.
    Done,
    /// Ended badly; the result says why.
    Failed,
    /// Ended because somebody asked for it.
    Cancelled,
}

impl JobState {
    /// Whether nothing more will happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// Work that outlives the request that asked for it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// What kind of work, such as `import`.
    pub kind: String,
    /// How far it is.
    pub state: JobState,
    /// Who asked for it.
    pub user_id: i64,
    /// The database that it works in.
    pub database_id: Option<i64>,
    /// What the work needs to know.
    pub payload: Json,
    /// What came of it.
    pub result: Option<Json>,
    /// How much is done, in the kind's own unit.
    pub progress_done: i64,
    /// How much there is to do, when known.
    pub progress_total: Option<i64>,
    /// Which process works on it.
    pub claimed_by: Option<String>,
    /// When that process last said that it still does.
    pub heartbeat_at: Option<Moment>,
    /// Whether somebody asked to stop it.
    pub cancel_asked: bool,
    /// When it was asked for.
    pub created_at: Moment,
    /// When anything of it last changed.
    pub updated_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
