//! Whose a saved thing is, and what others may do with it: columns that explorations, forms and saved views have in common.

use sea_orm::entity::prelude::*;

/// What the other collaborators of a database may do with what one of them saved for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "lowercase")]
pub enum SharedAccess {
    /// Nothing: they do not see it.
    None,
    /// See it.
    Read,
    /// See, change and delete it.
    #[default]
    Write,
}

/// Whose a saved thing is, and what others may do with it. By default it is nobody's, and everybody's to change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    /// The user; absent for what was saved before there were owners, came from elsewhere, or was left by a deleted user.
    pub owner_id: Option<i64>,
    /// What others may do while it has an owner.
    pub access: SharedAccess,
}
