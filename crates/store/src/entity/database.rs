//! Table `databases`.

use sea_orm::entity::prelude::*;

use crate::values::Moment;

/// A database that this installation knows.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "databases")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Its server.
    pub server_id: i64,
    /// Its name in PostgreSQL.
    pub name: String,
    /// A name for people.
    pub nickname: Option<String>,
    /// Whether we created it in the managed PostgreSQL and may drop it.
    pub managed: bool,
    /// When it was entered.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
