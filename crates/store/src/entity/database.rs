//! Table `databases`.

use sea_orm::entity::prelude::*;

use crate::values::Moment;

/// Who may set what is kept about the tables of a database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "lowercase")]
pub enum MetadataAccess {
    /// Whoever works in the database.
    #[default]
    Collaborators,
    /// Of each table those whose role owns it.
    Owners,
}

/// A database that this installation knows.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "databases")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Its server.
    pub server_id: i64,
    /// Its name in PostgreSQL.
    pub name: String,
    /// A name for people.
    pub nickname: Option<String>,
    /// Whether we created it in the managed PostgreSQL and may drop it.
    pub managed: bool,
    /// When it was entered.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// Who may set what is kept about its tables.
    pub metadata_access: MetadataAccess,
    /// Whether the metadata of one of its tables says, or has said, which column holds who wrote a row last.
    pub keeps_last_editors: bool,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
