//! Table `explorations`.

use sea_orm::entity::prelude::*;

use crate::sharing::{SharedAccess, Sharing};
use crate::values::{Moment, Oid};

/// A saved query over the tables of a user database.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "explorations")]
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
    /// Its name, 1 to 128 characters, unique within the schema.
    pub name: String,
    /// The table that it begins with.
    pub base_table_oid: Oid,
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
