//! Table `users`.

use sea_orm::entity::prelude::*;

use crate::values::{Moment, PasswordHash};

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Name to sign in with, unique, case-sensitive, 1 to 63 characters.
    pub username: String,
    /// E-mail address or an empty string.
    pub email: String,
    /// Full name or an empty string.
    pub full_name: String,
    /// Hash of the password.
    pub password_hash: PasswordHash,
    /// Whether they administer this installation.
    pub is_superuser: bool,
    /// Whether they may sign in at all.
    pub is_active: bool,
    /// Whether they must choose a new password before anything else.
    pub password_change_needed: bool,
    /// Language of the interface, a BCP 47 tag.
    pub display_language: String,
    /// When the account was made.
    pub created_at: Moment,
    /// When the account was last changed.
    pub updated_at: Moment,
    /// When they last signed in.
    pub last_sign_in_at: Option<Moment>,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
