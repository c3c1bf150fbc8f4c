//! People who may sign in.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::{session, user};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::values::PasswordHash;

pub use user::Model as User;

const NAME_TAKEN: &str = "There is already a user with this name. Choose another.";

/// A user who is to be added.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Name to sign in with, 1 to 63 characters.
    pub username: String,
    /// E-mail address or an empty string.
    pub email: String,
    /// Full name or an empty string.
    pub full_name: String,
    /// Hash of the first password.
    pub password_hash: PasswordHash,
    /// Whether they administer this installation.
    pub is_superuser: bool,
    /// Whether they may sign in at all.
    pub is_active: bool,
    /// Whether they must choose a new password before anything else.
    pub password_change_needed: bool,
    /// Language of the interface, a BCP 47 tag.
    pub display_language: String,
}

/// What to change of a user; `None` leaves a field alone.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// Name to sign in with.
    pub username: Option<String>,
    /// E-mail address; an empty string removes it.
    pub email: Option<String>,
    /// Full name; an empty string removes it.
    pub full_name: Option<String>,
    /// Language of the interface.
    pub display_language: Option<String>,
    /// Whether they administer this installation.
    pub is_superuser: Option<bool>,
}

/// Reads and writes users.
pub struct Users<'a> {
    store: &'a Store,
}

impl Store {
    /// People who may sign in.
    pub fn users(&self) -> Users<'_> {
        Users { store: self }
    }
}

impl Users<'_> {
    /// The user with this number.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, id: i64) -> Result<User> {
        user::Entity::find_by_id(id).one(&self.store.db).await?.ok_or(Error::NotFound { what: "user" })
    }

    /// Those of these users whom there are.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn of_ids(&self, ids: &[i64]) -> Result<Vec<User>> {
        Ok(user::Entity::find().filter(user::Column::Id.is_in(ids.iter().copied())).all(&self.store.db).await?)
    }

    /// The user with this name, which is case-sensitive.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn by_name(&self, username: &str) -> Result<Option<User>> {
        by_name(&self.store.db, username).await
    }

    /// All users, by name.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self) -> Result<Vec<User>> {
        Ok(user::Entity::find().order_by_asc(user::Column::Username).all(&self.store.db).await?)
    }

    /// Adds a user.
    ///
    /// # Errors
    /// `Conflict` when the name is taken.
    pub async fn add(&self, new: NewUser, now: Timestamp) -> Result<User> {
        insert(&self.store.db, new, now).await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the name is taken or the last superuser would be one no longer.
    pub async fn change(&self, id: i64, change: UserChange, now: Timestamp) -> Result<User> {
        let transaction = self.store.begin().await?;
        if change.is_superuser == Some(false) {
            keep_a_superuser(&transaction, id).await?;
        }
        let row = user::ActiveModel {
            id: Set(id),
            username: change.username.map_or(NotSet, Set),
            email: change.email.map_or(NotSet, Set),
            full_name: change.full_name.map_or(NotSet, Set),
            display_language: change.display_language.map_or(NotSet, Set),
            is_superuser: change.is_superuser.map_or(NotSet, Set),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        let changed = row.update(&transaction).await.map_err(|error| match error {
            sea_orm::DbErr::RecordNotUpdated => Error::NotFound { what: "user" },
            error => Error::unique(error, NAME_TAKEN),
        })?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Gives a user a new password and ends their sessions, except the one that is kept.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_password(
        &self,
        id: i64,
        hash: PasswordHash,
        change_needed: bool,
        kept_session: Option<i64>,
        now: Timestamp,
    ) -> Result<()> {
        let transaction = self.store.begin().await?;
        let row = user::ActiveModel {
            password_hash: Set(hash),
            password_change_needed: Set(change_needed),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        let updated = user::Entity::update_many().set(row).filter(user::Column::Id.eq(id)).exec(&transaction).await?;
        if updated.rows_affected == 0 {
            return Err(Error::NotFound { what: "user" });
        }
        session::Entity::delete_many()
            .filter(session::Column::UserId.eq(id))
            .filter(session::Column::Id.ne(kept_session.unwrap_or(0)))
            .exec(&transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that a user signed in and, where the hash was of an older kind, replaces it by a hash of the same password.
    ///
    /// The new hash is written only over the very hash that was checked: the password may have been changed meanwhile.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn note_sign_in(&self, checked: &User, rehashed: Option<PasswordHash>, now: Timestamp) -> Result<()> {
        let row = user::ActiveModel {
            last_sign_in_at: Set(Some(now.into())),
            password_hash: rehashed.map_or(NotSet, Set),
            ..Default::default()
        };
        user::Entity::update_many()
            .set(row)
            .filter(user::Column::Id.eq(checked.id))
            .filter(user::Column::PasswordHash.eq(checked.password_hash.clone()))
            .exec(&self.store.db)
            .await?;
        Ok(())
    }

    /// Deletes a user with their sessions, preferences, uploads, jobs and places in databases. The explorations, forms and saved views that they own
    /// become everybody's.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for the last superuser.
    pub async fn delete(&self, id: i64) -> Result<()> {
        let transaction = self.store.begin().await?;
        keep_a_superuser(&transaction, id).await?;
        let deleted = user::Entity::delete_by_id(id).exec(&transaction).await?;
        if deleted.rows_affected == 0 {
            return Err(Error::NotFound { what: "user" });
        }
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn by_name(db: &impl ConnectionTrait, username: &str) -> Result<Option<User>> {
    Ok(user::Entity::find().filter(user::Column::Username.eq(username)).one(db).await?)
}

pub(crate) async fn insert(db: &impl ConnectionTrait, new: NewUser, now: Timestamp) -> Result<User> {
    let row = user::ActiveModel {
        id: NotSet,
        username: Set(new.username),
        email: Set(new.email),
        full_name: Set(new.full_name),
        password_hash: Set(new.password_hash),
        is_superuser: Set(new.is_superuser),
        is_active: Set(new.is_active),
        password_change_needed: Set(new.password_change_needed),
        display_language: Set(new.display_language),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
        last_sign_in_at: Set(None),
    };
    row.insert(db).await.map_err(|error| Error::unique(error, NAME_TAKEN))
}

/// Refuses when `id` is the only superuser. The rows are locked, so that two superusers cannot remove each other at once;
/// SQLite has one writer anyway.
async fn keep_a_superuser(db: &impl ConnectionTrait, id: i64) -> Result<()> {
    let superusers: Vec<i64> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::IsSuperuser.eq(true))
        .filter(user::Column::IsActive.eq(true))
        .lock(LockType::Update)
        .into_tuple()
        .all(db)
        .await?;
    if superusers == [id] {
        return Err(Error::Conflict {
            what: "This is the only superuser. Make another user a superuser first, so that someone can administer this \
                   installation.",
        });
    }
    Ok(())
}

/// Counting is only needed to tell a first run.
pub(crate) async fn any(db: &impl ConnectionTrait) -> Result<bool> {
    let found: Option<i32> =
        user::Entity::find().select_only().expr(Expr::value(1)).limit(1).into_tuple().one(db).await?;
    Ok(found.is_some())
}
