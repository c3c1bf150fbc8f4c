//! Table `files`.

use sea_orm::entity::prelude::*;

use crate::values::Moment;

/// A file in a cell.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The secret mark by which cells name it.
    pub mash: String,
    /// Where its bytes are, as the storage that has them says it.
    pub uri: String,
    /// The name that it was uploaded with.
    pub name: String,
    /// What it is, a media type.
    pub media_type: String,
    /// Its size.
    pub size_bytes: i64,
    /// Who uploaded it, unless they are gone.
    pub user_id: Option<i64>,
    /// The public form that it came by, unless that is gone.
    pub form_id: Option<i64>,
    /// Whether it came by a form that was not sent yet.
    pub awaits_submission: bool,
    /// When it was uploaded.
    pub created_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
