//! PostgreSQL roles that we can sign in as, with their sealed passwords.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};
use secrecy::SecretString;

use crate::entity::{collaborator, configured_role};
use crate::error::{Error, Result};
use crate::keys::Place;
use crate::open::Store;

pub use configured_role::Model as ConfiguredRole;

/// A role that is to be stored.
#[derive(Clone, Debug)]
pub struct NewRole {
    /// Its server.
    pub server_id: i64,
    /// Its name in PostgreSQL.
    pub name: String,
    /// Its password; `None` where the server asks for none.
    pub password: Option<SecretString>,
}

/// Reads and writes stored roles.
pub struct ConfiguredRoles<'a> {
    store: &'a Store,
}

impl Store {
    /// PostgreSQL roles that we can sign in as.
    pub fn roles(&self) -> ConfiguredRoles<'_> {
        ConfiguredRoles { store: self }
    }

    /// Seals every stored password anew with the key in use, in one transaction; returns how many needed it.
    ///
    /// # Errors
    /// `KeyDoesNotFit` when a value was sealed with a key that the ring no longer has; nothing is changed then.
    pub async fn rotate_keys(&self, now: Timestamp) -> Result<u64> {
        let transaction = self.begin().await?;
        let mut resealed = 0;
        for role in configured_role::Entity::find().all(&transaction).await? {
            let stale = role.sealed_password.as_ref().is_some_and(|sealed| self.keys.is_stale(sealed));
            if let Some(password) = self.roles().password(&role)?.filter(|_| stale) {
                self.store_password(&transaction, role.id, Some(&password), now).await?;
                resealed += 1;
            }
        }
        self.reseal_check(&transaction, now).await?;
        transaction.commit().await?;
        Ok(resealed)
    }

    /// Stores a role. Its password is sealed for the row, whose number the engine gives first; hence the transaction.
    pub(crate) async fn insert_role(
        &self,
        transaction: &DatabaseTransaction,
        new: NewRole,
        now: Timestamp,
    ) -> Result<ConfiguredRole> {
        let row = configured_role::ActiveModel {
            id: NotSet,
            server_id: Set(new.server_id),
            name: Set(new.name),
            sealed_password: Set(None),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
        };
        let role = row
            .insert(transaction)
            .await
            .map_err(|error| Error::unique(error, "A role of this name is already stored for this server."))?;
        self.store_password(transaction, role.id, new.password.as_ref(), now).await
    }

    pub(crate) async fn store_password(
        &self,
        db: &impl ConnectionTrait,
        id: i64,
        password: Option<&SecretString>,
        now: Timestamp,
    ) -> Result<ConfiguredRole> {
        let sealed = password.map(|password| self.keys.seal(place(id), password, self.random.as_ref()));
        let row = configured_role::ActiveModel {
            id: Set(id),
            sealed_password: Set(sealed),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        row.update(db).await.map_err(|error| match error {
            sea_orm::DbErr::RecordNotUpdated => Error::NotFound { what: "stored role" },
            error => error.into(),
        })
    }
}

fn place(row: i64) -> Place {
    Place { table: "configured_roles", column: "sealed_password", row }
}

impl ConfiguredRoles<'_> {
    /// The stored role with this number.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, id: i64) -> Result<ConfiguredRole> {
        configured_role::Entity::find_by_id(id)
            .one(&self.store.db)
            .await?
            .ok_or(Error::NotFound { what: "stored role" })
    }

    /// The stored roles of a server, by name.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, server_id: i64) -> Result<Vec<ConfiguredRole>> {
        Ok(configured_role::Entity::find()
            .filter(configured_role::Column::ServerId.eq(server_id))
            .order_by_asc(configured_role::Column::Name)
            .all(&self.store.db)
            .await?)
    }

    /// The stored role of this name on a server.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn by_name(&self, server_id: i64, name: &str) -> Result<Option<ConfiguredRole>> {
        by_name(&self.store.db, server_id, name).await
    }

    /// Stores a role with its password.
    ///
    /// # Errors
    /// `Conflict` when a role of this name is stored for the server.
    pub async fn add(
        &self,
        server_id: i64,
        name: &str,
        password: Option<&SecretString>,
        now: Timestamp,
    ) -> Result<ConfiguredRole> {
        let transaction = self.store.begin().await?;
        let new = NewRole { server_id, name: name.to_owned(), password: password.cloned() };
        let role = self.store.insert_role(&transaction, new, now).await?;
        transaction.commit().await?;
        Ok(role)
    }

    /// Replaces the stored password; PostgreSQL is not told.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_password(&self, id: i64, password: Option<&SecretString>, now: Timestamp) -> Result<()> {
        self.store.store_password(&self.store.db, id, password, now).await.map(drop)
    }

    /// Opens the password of a stored role.
    ///
    /// # Errors
    /// `KeyDoesNotFit`, `Corrupt`.
    pub fn password(&self, role: &ConfiguredRole) -> Result<Option<SecretString>> {
        role.sealed_password.as_ref().map(|sealed| self.store.keys.open(place(role.id), sealed)).transpose()
    }

    /// Forgets a stored role.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` while a collaborator works as this role.
    pub async fn delete(&self, id: i64) -> Result<()> {
        let transaction = self.store.begin().await?;
        let used = collaborator::Entity::find()
            .filter(collaborator::Column::ConfiguredRoleId.eq(id))
            .one(&transaction)
            .await?;
        if used.is_some() {
            return Err(Error::Conflict { what: "A collaborator works as this role. Give them another role first." });
        }
        let deleted = configured_role::Entity::delete_by_id(id).exec(&transaction).await?;
        if deleted.rows_affected == 0 {
            return Err(Error::NotFound { what: "stored role" });
        }
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn by_name(db: &impl ConnectionTrait, server_id: i64, name: &str) -> Result<Option<ConfiguredRole>> {
    Ok(configured_role::Entity::find()
        .filter(configured_role::Column::ServerId.eq(server_id))
        .filter(configured_role::Column::Name.eq(name))
        .one(db)
        .await?)
}
