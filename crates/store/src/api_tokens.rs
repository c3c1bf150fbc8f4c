//! Tokens with which programs work as users.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;

use crate::entity::{api_token, user};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::users::User;
use crate::values::TokenHash;

pub use api_token::Model as ApiToken;

/// Tokens that one user may have.
const MAX_PER_USER: u64 = 100;

const TOO_MANY: &str = "You have 100 tokens already. Revoke those that nothing uses.";
const NAME_TAKEN: &str = "You have a token of this name already. Choose another name, or revoke that one.";
const USER_GONE: &str = "This user was deleted meanwhile.";

/// A token as its user makes it.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    /// Hash of the token.
    pub token_hash: TokenHash,
    /// Whose it is.
    pub user_id: i64,
    /// What its user calls it, 1 to 100 characters.
    pub name: String,
    /// Patterns of the methods that it may call.
    pub methods: Vec<String>,
    /// The databases that it may work in; all when absent.
    pub databases: Option<Vec<i64>>,
    /// Whether it may only read.
    pub read_only: bool,
    /// From when on it is void, if it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// Reads and writes tokens.
pub struct ApiTokens<'a> {
    store: &'a Store,
}

impl Store {
    /// Tokens with which programs work as users.
    pub fn api_tokens(&self) -> ApiTokens<'_> {
        ApiTokens { store: self }
    }
}

impl ApiTokens<'_> {
    /// Enters a new token.
    ///
    /// # Errors
    /// `Conflict` when its user has one of this name or too many, or was deleted.
    pub async fn add(&self, new: NewApiToken, now: Timestamp) -> Result<ApiToken> {
        let transaction = self.store.begin().await?;
        let own = api_token::Entity::find().filter(api_token::Column::UserId.eq(new.user_id));
        if own.count(&transaction).await? >= MAX_PER_USER {
            return Err(Error::Conflict { what: TOO_MANY });
        }
        let row = api_token::ActiveModel {
            id: NotSet,
            token_hash: Set(new.token_hash),
            user_id: Set(new.user_id),
            name: Set(new.name),
            methods: Set(json!(new.methods)),
            databases: Set(new.databases.map(|databases| json!(databases))),
            read_only: Set(new.read_only),
            created_at: Set(now.into()),
            expires_at: Set(new.expires_at.map(Into::into)),
            last_used_at: Set(None),
        };
        let added =
            row.insert(&transaction).await.map_err(|error| Error::taken_or_gone(error, NAME_TAKEN, USER_GONE))?;
        transaction.commit().await?;
        Ok(added)
    }

    /// The tokens of a user, oldest first, also those that have expired.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, user_id: i64) -> Result<Vec<ApiToken>> {
        let own = api_token::Entity::find().filter(api_token::Column::UserId.eq(user_id));
        Ok(own.order_by_asc(api_token::Column::Id).all(&self.store.db).await?)
    }

    /// The token with this hash and its user, unless the user may not sign in any more. It may have expired.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn find(&self, token: &TokenHash) -> Result<Option<(ApiToken, User)>> {
        let found = api_token::Entity::find()
            .find_also_related(user::Entity)
            .filter(api_token::Column::TokenHash.eq(token.clone()))
            .filter(user::Column::IsActive.eq(true))
            .one(&self.store.db)
            .await?;
        Ok(found.and_then(|(token, user)| Some((token, user?))))
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn touch(&self, id: i64, now: Timestamp) -> Result<()> {
        let row = api_token::ActiveModel { last_used_at: Set(Some(now.into())), ..Default::default() };
        api_token::Entity::update_many().set(row).filter(api_token::Column::Id.eq(id)).exec(&self.store.db).await?;
        Ok(())
    }

    /// Revokes one token of a user.
    ///
    /// # Errors
    /// `NotFound` when it is not one of theirs.
    pub async fn revoke(&self, user_id: i64, id: i64) -> Result<()> {
        let deleted = api_token::Entity::delete_many()
            .filter(api_token::Column::Id.eq(id))
            .filter(api_token::Column::UserId.eq(user_id))
            .exec(&self.store.db)
            .await?;
        if deleted.rows_affected == 0 { Err(Error::NotFound { what: "token" }) } else { Ok(()) }
    }
}
