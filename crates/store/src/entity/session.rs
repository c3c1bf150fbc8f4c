//! Table `sessions`.

use sea_orm::entity::prelude::*;

use crate::values::{Moment, TokenHash};

/// A place where a user is signed in.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Hash of the cookie.
    pub token_hash: TokenHash,
    /// Who is signed in.
    pub user_id: i64,
    /// When it began.
    pub created_at: Moment,
    /// When it was last used, to within a minute or so.
    pub last_seen_at: Moment,
    /// From when on it is void.
    pub expires_at: Moment,
    /// The browser's own description of itself.
    pub user_agent: Option<String>,
    /// Address of the client.
    pub address: Option<String>,
}

/// What is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Who is signed in.
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
