//! The first superuser, and the one-time token that allows to create them in the browser.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::entity::{first_superuser, setup_token};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::users::{self, NewUser, User};
use crate::values::TokenHash;

/// Both tables hold at most the row with this key.
const ONLY: i32 = 1;
const COMPLETE: &str = "This installation already has its first superuser. Sign in instead.";

/// The state of set-up.
pub struct FirstRun<'a> {
    store: &'a Store,
}

impl Store {
    /// The state of set-up.
    pub fn first_run(&self) -> FirstRun<'_> {
        FirstRun { store: self }
    }
}

impl FirstRun<'_> {
    /// Whether set-up is over: the first superuser was created, or users came in another way.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn is_complete(&self) -> Result<bool> {
        is_complete(&self.store.db).await
    }

    /// Stores the hash of a new token, valid until `expires_at`; the token before it is void.
    ///
    /// # Errors
    /// `Conflict` when set-up is over.
    pub async fn replace_token(&self, hash: TokenHash, expires_at: Timestamp, now: Timestamp) -> Result<()> {
        let transaction = self.store.begin().await?;
        if is_complete(&transaction).await? {
            return Err(Error::Conflict { what: COMPLETE });
        }
        let row = setup_token::ActiveModel {
            id: Set(ONLY),
            token_hash: Set(hash),
            created_at: Set(now.into()),
            expires_at: Set(expires_at.into()),
        };
        let mut overwrite = OnConflict::column(setup_token::Column::Id);
        overwrite.update_columns([
            setup_token::Column::TokenHash,
            setup_token::Column::CreatedAt,
            setup_token::Column::ExpiresAt,
        ]);
        setup_token::Entity::insert(row).on_conflict(overwrite).exec_without_returning(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Checks a token without using it up.
    ///
    /// # Errors
    /// `NotFound` when the token is not the valid one or has expired; `Conflict` when set-up is over.
    pub async fn check_token(&self, token: &TokenHash, now: Timestamp) -> Result<()> {
        check_token(&self.store.db, token, now).await
    }

    /// Creates the first superuser for whoever has the token; the token dies in the same transaction.
    ///
    /// # Errors
    /// `NotFound` when the token is not the valid one or has expired; `Conflict` when set-up is over or the name is taken.
    pub async fn complete_with_token(&self, token: &TokenHash, new: NewUser, now: Timestamp) -> Result<User> {
        let transaction = self.store.begin().await?;
        check_token(&transaction, token, now).await?;
        let user = create(&transaction, new, now).await?;
        transaction.commit().await?;
        Ok(user)
    }

    /// Creates the first superuser on behalf of whoever controls the process: its settings or its command line.
    ///
    /// # Errors
    /// `Conflict` when set-up is over.
    pub async fn complete(&self, new: NewUser, now: Timestamp) -> Result<User> {
        let transaction = self.store.begin().await?;
        if is_complete(&transaction).await? {
            return Err(Error::Conflict { what: COMPLETE });
        }
        let user = create(&transaction, new, now).await?;
        transaction.commit().await?;
        Ok(user)
    }
}

pub(crate) async fn is_complete(db: &impl ConnectionTrait) -> Result<bool> {
    let marked = first_superuser::Entity::find_by_id(ONLY).one(db).await?.is_some();
    Ok(marked || users::any(db).await?)
}

async fn check_token(db: &impl ConnectionTrait, token: &TokenHash, now: Timestamp) -> Result<()> {
    if is_complete(db).await? {
        return Err(Error::Conflict { what: COMPLETE });
    }
    let stored = setup_token::Entity::find_by_id(ONLY).one(db).await?;
    let valid = stored.is_some_and(|stored| stored.token_hash.is(token) && stored.expires_at.timestamp() > now);
    if valid { Ok(()) } else { Err(Error::NotFound { what: "set-up token" }) }
}

/// Two processes that come here at once both see no user; the primary key of `first_superuser` lets one of them commit.
async fn create(db: &impl ConnectionTrait, new: NewUser, now: Timestamp) -> Result<User> {
    mark(db, now).await?;
    let user = users::insert(db, NewUser { is_superuser: true, ..new }, now).await?;
    hand_over(db, user.id).await?;
    Ok(user)
}

/// Ends set-up for a superuser who came in another way.
pub(crate) async fn end(db: &impl ConnectionTrait, superuser: i64, now: Timestamp) -> Result<()> {
    mark(db, now).await?;
    hand_over(db, superuser).await
}

async fn mark(db: &impl ConnectionTrait, now: Timestamp) -> Result<()> {
    let mark = first_superuser::ActiveModel { id: Set(ONLY), user_id: Set(None), created_at: Set(now.into()) };
    first_superuser::Entity::insert(mark)
        .exec_without_returning(db)
        .await
        .map_err(|error| Error::unique(error, COMPLETE))?;
    Ok(())
}

/// Names the first superuser, with whom the set-up token dies.
async fn hand_over(db: &impl ConnectionTrait, superuser: i64) -> Result<()> {
    let owner = first_superuser::ActiveModel { user_id: Set(Some(superuser)), ..Default::default() };
    first_superuser::Entity::update_many().set(owner).exec(db).await?;
    setup_token::Entity::delete_many().exec(db).await?;
    Ok(())
}
