//! Table `collaborators`.

use sea_orm::entity::prelude::*;

use crate::values::Moment;

/// A user's place in a database.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "collaborators")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The user.
    pub user_id: i64,
    /// The database.
    pub database_id: i64,
    /// The role that every statement of the user runs as.
    pub configured_role_id: i64,
    /// The server of both.
    pub server_id: i64,
    /// When it was entered.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// Rows are joined by hand where that is needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
