//! Table `first_superuser`.

use sea_orm::entity::prelude::*;

use crate::values::Moment;

/// The one row that says that set-up is over.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "first_superuser")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The user, unless deleted since.
    pub user_id: Option<i64>,
    /// When set-up was completed.
    pub created_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
