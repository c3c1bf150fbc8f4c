//! Table `forms`.

use sea_orm::entity::prelude::*;

use crate::sharing::{SharedAccess, Sharing};
use crate::values::{Moment, Oid};

/// A page on which people add records to a table of a user database.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "forms")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The database.
    pub database_id: i64,
    /// The schema that it is listed in, by its object identifier, which a dump and restore changes.
    pub schema_oid: Oid,
    /// The schema's name, which a dump and restore keeps.
    pub schema_name: String,
    /// The table that gets the records.
    pub base_table_oid: Oid,
    /// The stored role that it works as; absent when that was forgotten.
    pub associated_role_id: Option<i64>,
    /// The secret of its link, a UUID.
    pub token: String,
    /// Whether everybody who has its link may fill it in.
    pub publish_public: bool,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// All else of it: JSON.
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
