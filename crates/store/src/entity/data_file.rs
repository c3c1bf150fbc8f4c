//! Table `data_files`.

use sea_orm::entity::prelude::*;

use crate::values::Moment;

/// An uploaded file that waits to be imported.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "data_files")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Who uploaded it.
    pub user_id: i64,
    /// The name that it was uploaded with.
    pub name: String,
    /// Where its bytes are, relative to the spool directory.
    pub spool_path: String,
    /// Its size.
    pub size_bytes: i64,
    /// How it is written, an object.
    pub dialect: Json,
    /// When it was uploaded.
    pub created_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
