//! Which user works in which database, as which stored role.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::{collaborator, configured_role, database, server, user};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::{ConfiguredRole, Database, Server, User};

pub use collaborator::Model as Collaborator;

const OTHER_SERVER: &str = "The stored role belongs to another server than the database. Choose a role of its server.";

/// A place in a database that a user is to get.
#[derive(Clone, Copy, Debug)]
pub struct NewCollaborator {
    /// The user.
    pub user_id: i64,
    /// The database.
    pub database_id: i64,
    /// The stored role, one of the database's server.
    pub role_id: i64,
}

/// A user's place in a database with all that a connection needs but the password.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The place itself.
    pub collaborator: Collaborator,
    /// The database.
    pub database: Database,
    /// Its server.
    pub server: Server,
    /// The role that every statement of the user runs as.
    pub role: ConfiguredRole,
}

impl Membership {
    /// What a join gives of a place. The references make sure that one has all three.
    pub(crate) fn of(
        collaborator: Option<Collaborator>,
        database: Option<Database>,
        server: Option<Server>,
        role: Option<ConfiguredRole>,
    ) -> Option<Self> {
        Some(Self { collaborator: collaborator?, database: database?, server: server?, role: role? })
    }
}

/// Reads and writes collaborators.
pub struct Collaborators<'a> {
    store: &'a Store,
}

impl Store {
    /// Which user works in which database.
    pub fn collaborators(&self) -> Collaborators<'_> {
        Collaborators { store: self }
    }
}

impl Collaborators<'_> {
    /// The place of a user in a database, if they have one.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn membership(&self, user_id: i64, database_id: i64) -> Result<Option<Membership>> {
        let found = collaborator::Entity::find()
            .find_also(collaborator::Entity, database::Entity)
            .find_also(collaborator::Entity, server::Entity)
            .find_also(collaborator::Entity, configured_role::Entity)
            .filter(collaborator::Column::UserId.eq(user_id))
            .filter(collaborator::Column::DatabaseId.eq(database_id))
            .one(&self.store.db)
            .await?;
        Ok(found.and_then(|(collaborator, database, server, role)| {
            Membership::of(Some(collaborator), database, server, role)
        }))
    }

    /// The collaborators of a database with their users, oldest first.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, database_id: i64) -> Result<Vec<(Collaborator, User)>> {
        Ok(collaborator::Entity::find()
            .find_both_related(user::Entity)
            .filter(collaborator::Column::DatabaseId.eq(database_id))
            .order_by_asc(collaborator::Column::Id)
            .all(&self.store.db)
            .await?)
    }

    /// The collaborator with this number, with their user.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, id: i64) -> Result<(Collaborator, User)> {
        let place = find(&self.store.db, id).await?;
        let user = self.store.users().get(place.user_id).await?;
        Ok((place, user))
    }

    /// Lets a user into a database.
    ///
    /// # Errors
    /// `NotFound` for the user, the database or the role; `Conflict` when the user is in already or the role belongs to
    /// another server.
    pub async fn add(&self, user_id: i64, database_id: i64, role_id: i64, now: Timestamp) -> Result<Collaborator> {
        self.store.users().get(user_id).await?;
        let server_id = self.store.databases().get(database_id).await?.server_id;
        if self.store.roles().get(role_id).await?.server_id != server_id {
            return Err(Error::Conflict { what: OTHER_SERVER });
        }
        insert(&self.store.db, NewCollaborator { user_id, database_id, role_id }, server_id, now).await
    }

    /// Changes the role that a collaborator works as.
    ///
    /// # Errors
    /// `NotFound` for the collaborator or the role; `Conflict` when the role belongs to another server.
    pub async fn set_role(&self, id: i64, role_id: i64, now: Timestamp) -> Result<Collaborator> {
        let place = find(&self.store.db, id).await?;
        if self.store.roles().get(role_id).await?.server_id != place.server_id {
            return Err(Error::Conflict { what: OTHER_SERVER });
        }
        let row = collaborator::ActiveModel {
            id: Set(id),
            configured_role_id: Set(role_id),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        row.update(&self.store.db).await.map_err(|error| match error {
            sea_orm::DbErr::RecordNotUpdated => Error::NotFound { what: "collaborator" },
            error => error.into(),
        })
    }

    /// Takes a user out of a database.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, id: i64) -> Result<()> {
        let deleted = collaborator::Entity::delete_by_id(id).exec(&self.store.db).await?;
        if deleted.rows_affected == 0 { Err(Error::NotFound { what: "collaborator" }) } else { Ok(()) }
    }
}

async fn find(db: &impl ConnectionTrait, id: i64) -> Result<Collaborator> {
    collaborator::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound { what: "collaborator" })
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    new: NewCollaborator,
    server_id: i64,
    now: Timestamp,
) -> Result<Collaborator> {
    let row = collaborator::ActiveModel {
        id: NotSet,
        user_id: Set(new.user_id),
        database_id: Set(new.database_id),
        configured_role_id: Set(new.role_id),
        server_id: Set(server_id),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
    };
    row.insert(db).await.map_err(|error| Error::unique(error, "This user is already a collaborator of this database."))
}

/// Whether a user has a place in a database.
pub(crate) async fn is_in(db: &impl ConnectionTrait, user_id: i64, database_id: i64) -> Result<bool> {
    let place = collaborator::Entity::find()
        .filter(collaborator::Column::UserId.eq(user_id))
        .filter(collaborator::Column::DatabaseId.eq(database_id));
    Ok(place.one(db).await?.is_some())
}
