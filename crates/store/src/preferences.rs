//! Personal settings of the interface, by name: the theme, the widths of a table's columns.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;

use crate::entity::user_preference;
use crate::error::{Error, Result};
use crate::open::Store;

/// Names that one user may have values under.
const MAX_PER_USER: u64 = 10_000;

/// Reads and writes personal settings.
pub struct Preferences<'a> {
    store: &'a Store,
}

impl Store {
    /// Personal settings of the interface.
    pub fn preferences(&self) -> Preferences<'_> {
        Preferences { store: self }
    }
}

impl Preferences<'_> {
    /// What a user stored under `name`.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn get(&self, user_id: i64, name: &str) -> Result<Option<Value>> {
        let row = user_preference::Entity::find_by_id((user_id, name.to_owned())).one(&self.store.db).await?;
        Ok(row.map(|row| row.value))
    }

    /// Stores a value under `name`.
    ///
    /// # Errors
    /// `Conflict` when the user has stored too many, or was deleted.
    pub async fn set(&self, user_id: i64, name: &str, value: Value, now: Timestamp) -> Result<()> {
        let transaction = self.store.begin().await?;
        let stored = user_preference::Entity::find()
            .filter(user_preference::Column::UserId.eq(user_id))
            .filter(user_preference::Column::Name.ne(name))
            .count(&transaction)
            .await?;
        if stored >= MAX_PER_USER {
            return Err(Error::Conflict { what: "There are too many personal settings (10,000). Remove some first." });
        }
        let row = user_preference::ActiveModel {
            user_id: Set(user_id),
            name: Set(name.to_owned()),
            value: Set(value),
            updated_at: Set(now.into()),
        };
        let mut overwrite = OnConflict::columns([user_preference::Column::UserId, user_preference::Column::Name]);
        overwrite.update_columns([user_preference::Column::Value, user_preference::Column::UpdatedAt]);
        user_preference::Entity::insert(row)
            .on_conflict(overwrite)
            .exec_without_returning(&transaction)
            .await
            .map_err(|error| Error::reference(error, "This user was deleted meanwhile."))?;
        Ok(transaction.commit().await?)
    }

    /// Replaces what all users stored under names that begin with `prefix` by what `change` makes of each; `None` forgets it.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn rewrite(
        &self,
        prefix: &str,
        change: impl Fn(&str, Value) -> Option<(String, Value)> + Send,
    ) -> Result<()> {
        let transaction = self.store.begin().await?;
        let stored = user_preference::Entity::find()
            .filter(user_preference::Column::Name.starts_with(prefix))
            .all(&transaction)
            .await?;
        user_preference::Entity::delete_many()
            .filter(user_preference::Column::Name.starts_with(prefix))
            .exec(&transaction)
            .await?;
        for row in stored {
            let Some((name, value)) = change(&row.name, row.value) else { continue };
            let row = user_preference::ActiveModel {
                user_id: Set(row.user_id),
                name: Set(name),
                value: Set(value),
                updated_at: Set(row.updated_at),
            };
            user_preference::Entity::insert(row).exec_without_returning(&transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Forgets what a user stored under `name`, if anything.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn remove(&self, user_id: i64, name: &str) -> Result<()> {
        user_preference::Entity::delete_by_id((user_id, name.to_owned())).exec(&self.store.db).await?;
        Ok(())
    }
}
