//! Saved queries over the tables of user databases.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, PaginatorTrait, QueryFilter,
    QueryOrder,
};

use crate::entity::exploration;
use crate::error::{Error, Result};
use crate::open::Store;
use crate::sharing::Sharing;
use crate::values::Oid;

pub use exploration::Model as Exploration;

/// Explorations that one database may have.
const MAX_PER_DATABASE: u64 = 2_000;

const NAME_TAKEN: &str = "This schema has an exploration of this name already, perhaps one that its owner keeps to themselves. Choose another name.";
const GONE: &str = "This database was disconnected, or the owner deleted, meanwhile.";

/// An exploration as somebody saves it.
#[derive(Clone, Debug)]
pub struct NewExploration {
    /// The database.
    pub database_id: i64,
    /// The schema that it is listed in.
    pub schema_oid: u32,
    /// That schema's name.
    pub schema_name: String,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// The table that it begins with.
    pub base_table_oid: u32,
    /// All else of it, as JSON.
    pub definition: String,
}

/// Reads and writes explorations.
pub struct Explorations<'a> {
    store: &'a Store,
}

impl Store {
    /// Saved queries over the tables of user databases.
    pub fn explorations(&self) -> Explorations<'_> {
        Explorations { store: self }
    }
}

impl Explorations<'_> {
    /// The explorations of a database, or of one of its schemas, oldest first.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, database_id: i64, schema_oid: Option<u32>) -> Result<Vec<Exploration>> {
        let mut query = of(database_id).order_by_asc(exploration::Column::Id);
        if let Some(oid) = schema_oid {
            query = query.filter(exploration::Column::SchemaOid.eq(Oid(oid)));
        }
        Ok(query.all(&self.store.db).await?)
    }

    /// The exploration of a database with this number.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn get(&self, database_id: i64, id: i64) -> Result<Exploration> {
        find(&self.store.db, database_id, id).await
    }

    /// Saves a new exploration.
    ///
    /// # Errors
    /// `Conflict` when its schema has one of this name, when the database has too many, or when it was disconnected.
    pub async fn add(&self, new: NewExploration, sharing: Sharing, now: Timestamp) -> Result<Exploration> {
        let transaction = self.store.begin().await?;
        let added = insert(&transaction, new, sharing, now).await?;
        transaction.commit().await?;
        Ok(added)
    }

    /// Saves an exploration anew under its number; whose it is stays.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database; `Conflict` when its schema has another one of this name.
    pub async fn replace(&self, id: i64, new: NewExploration, now: Timestamp) -> Result<Exploration> {
        let database_id = new.database_id;
        let row = exploration::ActiveModel {
            schema_oid: Set(Oid(new.schema_oid)),
            schema_name: Set(new.schema_name),
            name: Set(new.name),
            base_table_oid: Set(Oid(new.base_table_oid)),
            definition: Set(new.definition),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        self.change(database_id, id, row).await
    }

    /// Makes an exploration somebody's, and says what others may do with it.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database; `Conflict` when the user was deleted.
    pub async fn share(&self, database_id: i64, id: i64, sharing: Sharing) -> Result<Exploration> {
        let (owner_id, access) = (Set(sharing.owner_id), Set(sharing.access));
        self.change(database_id, id, exploration::ActiveModel { owner_id, access, ..Default::default() }).await
    }

    async fn change(&self, database_id: i64, id: i64, row: exploration::ActiveModel) -> Result<Exploration> {
        let transaction = self.store.begin().await?;
        find(&transaction, database_id, id).await?;
        let row = exploration::ActiveModel { id: Unchanged(id), ..row };
        let changed = row.update(&transaction).await.map_err(refused)?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Deletes an exploration.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn delete(&self, database_id: i64, id: i64) -> Result<()> {
        let deleted = exploration::Entity::delete_many()
            .filter(exploration::Column::DatabaseId.eq(database_id))
            .filter(exploration::Column::Id.eq(id))
            .exec(&self.store.db)
            .await?;
        if deleted.rows_affected == 0 { Err(NOT_FOUND) } else { Ok(()) }
    }

    /// Takes over the new name of a schema.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn rename_schema(&self, database_id: i64, schema_oid: u32, name: &str) -> Result<()> {
        exploration::Entity::update_many()
            .col_expr(exploration::Column::SchemaName, Expr::value(name))
            .filter(exploration::Column::DatabaseId.eq(database_id))
            .filter(exploration::Column::SchemaOid.eq(Oid(schema_oid)))
            .exec(&self.store.db)
            .await?;
        Ok(())
    }

    /// Replaces all explorations of a database by what `change` makes of each, which keeps its number; `None` forgets it.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn rewrite(
        &self,
        database_id: i64,
        change: impl Fn(Exploration) -> Option<Exploration> + Send,
    ) -> Result<()> {
        let transaction = self.store.begin().await?;
        let stored = of(database_id).all(&transaction).await?;
        // Schemas may have changed numbers with each other: the old ones are out of the way before the first new one comes.
        exploration::Entity::update_many()
            .col_expr(exploration::Column::SchemaOid, Expr::col(exploration::Column::Id).mul(-1))
            .filter(exploration::Column::DatabaseId.eq(database_id))
            .exec(&transaction)
            .await?;
        for row in stored {
            let id = row.id;
            let Some(changed) = change(row) else {
                exploration::Entity::delete_by_id(id).exec(&transaction).await?;
                continue;
            };
            let changed =
                exploration::ActiveModel { id: Unchanged(id), ..exploration::ActiveModel::from(changed).reset_all() };
            changed.update(&transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

const NOT_FOUND: Error = Error::NotFound { what: "exploration" };

fn of(database_id: i64) -> sea_orm::Select<exploration::Entity> {
    exploration::Entity::find().filter(exploration::Column::DatabaseId.eq(database_id))
}

async fn find(db: &impl ConnectionTrait, database_id: i64, id: i64) -> Result<Exploration> {
    of(database_id).filter(exploration::Column::Id.eq(id)).one(db).await?.ok_or(NOT_FOUND)
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    new: NewExploration,
    sharing: Sharing,
    now: Timestamp,
) -> Result<Exploration> {
    if of(new.database_id).count(db).await? >= MAX_PER_DATABASE {
        return Err(Error::Conflict { what: "This database has 2,000 explorations already. Delete some first." });
    }
    let row = exploration::ActiveModel {
        id: NotSet,
        database_id: Set(new.database_id),
        schema_oid: Set(Oid(new.schema_oid)),
        schema_name: Set(new.schema_name),
        name: Set(new.name),
        base_table_oid: Set(Oid(new.base_table_oid)),
        definition: Set(new.definition),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
        owner_id: Set(sharing.owner_id),
        access: Set(sharing.access),
    };
    row.insert(db).await.map_err(refused)
}

/// Whether a schema has an exploration of this name.
pub(crate) async fn is_there(db: &impl ConnectionTrait, database_id: i64, schema_oid: u32, name: &str) -> Result<bool> {
    let named = of(database_id)
        .filter(exploration::Column::SchemaOid.eq(Oid(schema_oid)))
        .filter(exploration::Column::Name.eq(name));
    Ok(named.one(db).await?.is_some())
}

fn refused(error: DbErr) -> Error {
    Error::taken_or_gone(error, NAME_TAKEN, GONE)
}
