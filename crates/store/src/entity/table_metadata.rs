//! Table `table_metadata`.

use sea_orm::entity::prelude::*;

use crate::values::{Moment, Oid};

/// What we keep about a table of a user database.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "table_metadata")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The database.
    pub database_id: i64,
    /// The table's object identifier, which a dump and restore changes.
    pub table_oid: Oid,
    /// Its schema, which a dump and restore keeps.
    pub schema_name: String,
    /// Its name.
    pub table_name: String,
    /// The settings, an object with the keys of the contract.
    pub settings: Json,
    /// When it was last written.
    pub updated_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
