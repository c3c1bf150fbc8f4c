//! Databases that this installation knows.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::database::MetadataAccess;
use crate::entity::{collaborator, database};
use crate::error::{Error, Result};
use crate::open::Store;

pub use database::Model as Database;

const NAME_TAKEN: &str = "This database of this server is already connected.";

/// A database that is to be entered.
#[derive(Clone, Debug)]
pub struct NewDatabase {
    /// Its server.
    pub server_id: i64,
    /// Its name in PostgreSQL, 1 to 128 characters.
    pub name: String,
    /// A name for people.
    pub nickname: Option<String>,
    /// Whether we created it in the managed PostgreSQL and may drop it.
    pub managed: bool,
}

/// What to change of a database; the outer `None` leaves a field alone.
#[derive(Clone, Debug, Default)]
pub struct DatabaseChange {
    /// Its name in PostgreSQL, when it was renamed there.
    pub name: Option<String>,
    /// A name for people.
    pub nickname: Option<Option<String>>,
    /// Who may set what is kept about its tables.
    pub metadata_access: Option<MetadataAccess>,
}

/// Reads and writes databases.
pub struct Databases<'a> {
    store: &'a Store,
}

impl Store {
    /// Databases that this installation knows.
    pub fn databases(&self) -> Databases<'_> {
        Databases { store: self }
    }
}

impl Databases<'_> {
    /// The database with this number.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, id: i64) -> Result<Database> {
        database::Entity::find_by_id(id).one(&self.store.db).await?.ok_or(Error::NotFound { what: "database" })
    }

    /// All databases, or those of one server, oldest first.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, server_id: Option<i64>) -> Result<Vec<Database>> {
        let mut query = database::Entity::find().order_by_asc(database::Column::Id);
        if let Some(server_id) = server_id {
            query = query.filter(database::Column::ServerId.eq(server_id));
        }
        Ok(query.all(&self.store.db).await?)
    }

    /// The numbers of the databases that a user is a collaborator of.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn accessible_to(&self, user_id: i64) -> Result<Vec<i64>> {
        let places =
            collaborator::Entity::find().filter(collaborator::Column::UserId.eq(user_id)).all(&self.store.db).await?;
        Ok(places.into_iter().map(|place| place.database_id).collect())
    }

    /// The database of this name on a server.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn by_name(&self, server_id: i64, name: &str) -> Result<Option<Database>> {
        by_name(&self.store.db, server_id, name).await
    }

    /// Enters a database.
    ///
    /// # Errors
    /// `Conflict` when it is there already or its server is not.
    pub async fn add(&self, new: NewDatabase, now: Timestamp) -> Result<Database> {
        insert(&self.store.db, new, now).await
    }

    /// Changes the entry of a database.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another entry has this name.
    pub async fn change(&self, id: i64, change: DatabaseChange, now: Timestamp) -> Result<Database> {
        let row = database::ActiveModel {
            id: Set(id),
            name: change.name.map_or(NotSet, Set),
            nickname: change.nickname.map_or(NotSet, Set),
            metadata_access: change.metadata_access.map_or(NotSet, Set),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        row.update(&self.store.db).await.map_err(|error| match error {
            sea_orm::DbErr::RecordNotUpdated => Error::NotFound { what: "database" },
            error => Error::unique(error, NAME_TAKEN),
        })
    }

    /// Forgets a database with its collaborators, metadata and jobs. The database itself is not touched.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, id: i64) -> Result<()> {
        let deleted = database::Entity::delete_by_id(id).exec(&self.store.db).await?;
        if deleted.rows_affected == 0 { Err(Error::NotFound { what: "database" }) } else { Ok(()) }
    }
}

pub(crate) async fn by_name(db: &impl ConnectionTrait, server_id: i64, name: &str) -> Result<Option<Database>> {
    Ok(database::Entity::find()
        .filter(database::Column::ServerId.eq(server_id))
        .filter(database::Column::Name.eq(name))
        .one(db)
        .await?)
}

pub(crate) async fn insert(db: &impl ConnectionTrait, new: NewDatabase, now: Timestamp) -> Result<Database> {
    let row = database::ActiveModel {
        id: NotSet,
        server_id: Set(new.server_id),
        name: Set(new.name),
        nickname: Set(new.nickname),
        managed: Set(new.managed),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
        metadata_access: Set(MetadataAccess::default()),
        keeps_last_editors: Set(false),
    };
    row.insert(db).await.map_err(|error| Error::unique(error, NAME_TAKEN))
}
