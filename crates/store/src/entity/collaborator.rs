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

/// What is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The user.
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
    /// The database.
    #[sea_orm(belongs_to = "super::database::Entity", from = "Column::DatabaseId", to = "super::database::Column::Id")]
    Database,
    /// The server of both.
    #[sea_orm(belongs_to = "super::server::Entity", from = "Column::ServerId", to = "super::server::Column::Id")]
    Server,
    /// The role.
    #[sea_orm(
        belongs_to = "super::configured_role::Entity",
        from = "Column::ConfiguredRoleId",
        to = "super::configured_role::Column::Id"
    )]
    Role,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl Related<super::database::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Database.def()
    }
}

impl Related<super::server::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Server.def()
    }
}

impl Related<super::configured_role::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Role.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
