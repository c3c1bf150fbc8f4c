//! Table `api_tokens`.

use sea_orm::entity::prelude::*;

use crate::values::{Moment, TokenHash};

/// A token with which a program works as a user, within scopes.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Hash of the token.
    pub token_hash: TokenHash,
    /// Whose it is.
    pub user_id: i64,
    /// What its user calls it.
    pub name: String,
    /// Patterns of the methods that it may call, as a JSON list.
    pub methods: Json,
    /// Our numbers of the databases that it may work in, as a JSON list; all when absent.
    pub databases: Option<Json>,
    /// Whether it may only read.
    pub read_only: bool,
    /// When it was made.
    pub created_at: Moment,
    /// From when on it is void, if it ends by itself.
    pub expires_at: Option<Moment>,
    /// When it was last used, to within a few minutes.
    pub last_used_at: Option<Moment>,
}

/// What is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Whose it is.
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
