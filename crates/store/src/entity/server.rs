//! Table `servers`.

use sea_orm::entity::prelude::*;

use crate::values::{Moment, Port};

/// A PostgreSQL server that this installation knows.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "servers")]
pub struct Model {
    /// Our number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Host name, address, or the directory of a Unix socket.
    pub host: String,
    /// TCP port; absent for the default one or a socket.
    pub port: Option<Port>,
    /// How connections are protected, in libpq's words.
    pub sslmode: String,
    /// Certificates of the authorities to trust, PEM; absent means the system's.
    pub ca_pem: Option<String>,
    /// Whether it is the managed PostgreSQL.
    pub managed: bool,
    /// When it was entered.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// Nothing is joined to these rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
