//! Table `setup_tokens`.

use sea_orm::entity::prelude::*;

use crate::values::{Moment, TokenHash};

/// The one valid set-up token.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "setup_tokens")]
pub struct Model {
    /// Always 1: a new token replaces the old.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Hash of the token.
    pub token_hash: TokenHash,
    /// When it was made.
    pub created_at: Moment,
    /// From when on it is void.
    pub expires_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
