//! Table `configured_roles`.

use sea_orm::entity::prelude::*;

use crate::values::{Moment, Sealed};

/// A PostgreSQL role that we can sign in as.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "configured_roles")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Its server.
    pub server_id: i64,
    /// Its name in PostgreSQL.
    pub name: String,
    /// Its password, sealed for this row; absent where the server asks for none.
    pub sealed_password: Option<Sealed>,
    /// When it was entered.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
