//! Table `table_views`.

use sea_orm::entity::prelude::*;

use crate::sharing::{SharedAccess, Sharing};
use crate::values::{Moment, Oid};

/// A way to look at a table of a user database, as somebody keeps it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "table_views")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The database.
    pub database_id: i64,
    /// The table, by its object identifier, which a dump and restore changes.
    pub table_oid: Oid,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// All else of it: JSON, digit for digit as it arrived.
    pub definition: String,
    /// When it was saved first.
    pub created_at: Moment,
    /// When it was saved last.
    pub updated_at: Moment,
    /// Whose it is, if anybody's.
    pub owner_id: Option<i64>,
    /// What other collaborators may do with it while it has an owner.
    pub access: SharedAccess,
}

impl Model {
    /// Whose it is, and what others may do with it.
    pub fn sharing(&self) -> Sharing {
        Sharing { owner_id: self.owner_id, access: self.access }
    }
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
