//! Where users are signed in.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait as _, IntoCondition as _};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
};

use crate::collaborators::Membership;
use crate::entity::{collaborator, configured_role, database, server, session, user};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::users::User;
use crate::values::{Moment, TokenHash};

pub use session::Model as Session;

/// Sessions that one user may have; a new one ends those that were unused the longest.
const MAX_SESSIONS_PER_USER: u64 = 100;

/// A session that begins.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Hash of the cookie.
    pub token_hash: TokenHash,
    /// Who signed in.
    pub user_id: i64,
    /// From when on it is void.
    pub expires_at: Timestamp,
    /// The browser's own description of itself.
    pub user_agent: Option<String>,
    /// Address of the client.
    pub address: Option<String>,
}

/// Whom a session's cookie stands for.
#[derive(Clone, Debug)]
pub struct SessionHolder {
    /// The session.
    pub session: Session,
    /// Who is signed in.
    pub user: User,
    /// Their place in the database that was asked for, if they have one.
    pub place: Option<Membership>,
}

/// Reads and writes sessions.
pub struct Sessions<'a> {
    store: &'a Store,
}

impl Store {
    /// Where users are signed in.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions { store: self }
    }
}

impl Sessions<'_> {
    /// Begins a session.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn begin(&self, new: NewSession, now: Timestamp) -> Result<Session> {
        let transaction = self.store.begin().await?;
        let row = session::ActiveModel {
            id: NotSet,
            token_hash: Set(new.token_hash),
            user_id: Set(new.user_id),
            created_at: Set(now.into()),
            last_seen_at: Set(now.into()),
            expires_at: Set(new.expires_at.into()),
            user_agent: Set(new.user_agent),
            address: Set(new.address),
        };
        let begun = row
            .insert(&transaction)
            .await
            .map_err(|error| Error::reference(error, "This user was deleted meanwhile."))?;
        end_surplus(&transaction, new.user_id).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    /// Whom a cookie stands for, unless its session has expired or was revoked, or its user may not sign in any more.
    ///
    /// Nearly every call of the interface asks this, about one database; so it is all one statement.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn find(
        &self,
        token: &TokenHash,
        database_id: Option<i64>,
        now: Timestamp,
    ) -> Result<Option<SessionHolder>> {
        let found = session::Entity::find()
            .join(JoinType::LeftJoin, place_in(database_id))
            .select_also(collaborator::Entity)
            .find_also(session::Entity, user::Entity)
            .find_also(collaborator::Entity, database::Entity)
            .find_also(collaborator::Entity, server::Entity)
            .find_also(collaborator::Entity, configured_role::Entity)
            .filter(session::Column::TokenHash.eq(token.clone()))
            .filter(session::Column::ExpiresAt.gt(Moment::from(now)))
            .filter(user::Column::IsActive.eq(true))
            .one(&self.store.db)
            .await?;
        Ok(found.and_then(|(session, collaborator, user, database, server, role)| {
            Some(SessionHolder { session, user: user?, place: Membership::of(collaborator, database, server, role) })
        }))
    }

    /// Notes that a session was used and lengthens it.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn touch(&self, id: i64, expires_at: Timestamp, now: Timestamp) -> Result<()> {
        let row = session::ActiveModel {
            last_seen_at: Set(now.into()),
            expires_at: Set(expires_at.into()),
            ..Default::default()
        };
        session::Entity::update_many().set(row).filter(session::Column::Id.eq(id)).exec(&self.store.db).await?;
        Ok(())
    }

    /// The valid sessions of a user, last used first.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, user_id: i64, now: Timestamp) -> Result<Vec<Session>> {
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(user_id))
            .filter(session::Column::ExpiresAt.gt(Moment::from(now)))
            .order_by_desc(session::Column::LastSeenAt)
            .order_by_desc(session::Column::Id)
            .all(&self.store.db)
            .await?;
        Ok(rows)
    }

    /// Ends one session of a user.
    ///
    /// # Errors
    /// `NotFound` when it is not one of theirs.
    pub async fn revoke(&self, user_id: i64, id: i64) -> Result<()> {
        let deleted = session::Entity::delete_many()
            .filter(session::Column::Id.eq(id))
            .filter(session::Column::UserId.eq(user_id))
            .exec(&self.store.db)
            .await?;
        if deleted.rows_affected == 0 { Err(Error::NotFound { what: "session" }) } else { Ok(()) }
    }

    /// Ends all sessions of a user.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn revoke_all(&self, user_id: i64) -> Result<()> {
        session::Entity::delete_many().filter(session::Column::UserId.eq(user_id)).exec(&self.store.db).await?;
        Ok(())
    }

    /// Deletes sessions that have expired; returns how many.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn purge(&self, now: Timestamp) -> Result<u64> {
        let deleted = session::Entity::delete_many()
            .filter(session::Column::ExpiresAt.lte(Moment::from(now)))
            .exec(&self.store.db)
            .await?;
        Ok(deleted.rows_affected)
    }
}

/// From a session to its user's place in a database. Nothing equals NULL: without a database, there is no place.
fn place_in(database_id: Option<i64>) -> RelationDef {
    session::Entity::belongs_to(collaborator::Entity)
        .from(session::Column::UserId)
        .to(collaborator::Column::UserId)
        .on_condition(move |_, place| {
            Expr::col((place, collaborator::Column::DatabaseId)).eq(database_id).into_condition()
        })
        .into()
}

async fn end_surplus(db: &impl ConnectionTrait, user_id: i64) -> Result<()> {
    let kept: Vec<i64> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::UserId.eq(user_id))
        .order_by_desc(session::Column::LastSeenAt)
        .order_by_desc(session::Column::Id)
        .limit(MAX_SESSIONS_PER_USER)
        .into_tuple()
        .all(db)
        .await?;
    if (kept.len() as u64) == MAX_SESSIONS_PER_USER {
        session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user_id))
            .filter(session::Column::Id.is_not_in(kept))
            .exec(db)
            .await?;
    }
    Ok(())
}
