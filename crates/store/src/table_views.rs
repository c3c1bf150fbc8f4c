//! How people look at tables of user databases, as they keep it.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};

use crate::entity::table_view;
use crate::error::{Error, Result};
use crate::open::Store;
use crate::sharing::Sharing;
use crate::values::Oid;

pub use table_view::Model as TableView;

/// Views that one database may have.
const MAX_PER_DATABASE: u64 = 5_000;

const GONE: &str = "This database was disconnected, or the owner deleted, meanwhile.";

/// A view as somebody saves it.
#[derive(Clone, Debug)]
pub struct NewTableView {
    /// The database.
    pub database_id: i64,
    /// The table.
    pub table_oid: u32,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// All else of it, as JSON.
    pub definition: String,
}

/// What to change of a view; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct TableViewChange {
    /// Its name, 1 to 128 characters.
    pub name: Option<String>,
    /// All else of it, as JSON.
    pub definition: Option<String>,
}

/// Reads and writes views.
pub struct TableViews<'a> {
    store: &'a Store,
}

impl Store {
    /// How people look at tables of user databases.
    pub fn table_views(&self) -> TableViews<'_> {
        TableViews { store: self }
    }
}

impl TableViews<'_> {
    /// The views of a table, oldest first.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, database_id: i64, table_oid: u32) -> Result<Vec<TableView>> {
        let of_table = of(database_id).filter(table_view::Column::TableOid.eq(Oid(table_oid)));
        Ok(of_table.order_by_asc(table_view::Column::Id).all(&self.store.db).await?)
    }

    /// The view of a database with this number.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn get(&self, database_id: i64, id: i64) -> Result<TableView> {
        find(&self.store.db, database_id, id).await
    }

    /// Saves a new view.
    ///
    /// # Errors
    /// `Conflict` when the database has too many, or when it was disconnected or the owner deleted.
    pub async fn add(&self, new: NewTableView, sharing: Sharing, now: Timestamp) -> Result<TableView> {
        let transaction = self.store.begin().await?;
        if of(new.database_id).count(&transaction).await? >= MAX_PER_DATABASE {
            return Err(Error::Conflict { what: "This database has 5,000 saved views already. Delete some first." });
        }
        let row = table_view::ActiveModel {
            id: NotSet,
            database_id: Set(new.database_id),
            table_oid: Set(Oid(new.table_oid)),
            name: Set(new.name),
            definition: Set(new.definition),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
            owner_id: Set(sharing.owner_id),
            access: Set(sharing.access),
        };
        let added = row.insert(&transaction).await.map_err(refused)?;
        transaction.commit().await?;
        Ok(added)
    }

    /// Saves a view anew under its number; whose it is stays.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn change(
        &self,
        database_id: i64,
        id: i64,
        change: TableViewChange,
        now: Timestamp,
    ) -> Result<TableView> {
        let row = table_view::ActiveModel {
            name: change.name.map_or(NotSet, Set),
            definition: change.definition.map_or(NotSet, Set),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        self.update(database_id, id, row).await
    }

    /// Makes a view somebody's, and says what others may do with it.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database; `Conflict` when the user was deleted.
    pub async fn share(&self, database_id: i64, id: i64, sharing: Sharing) -> Result<TableView> {
        let (owner_id, access) = (Set(sharing.owner_id), Set(sharing.access));
        self.update(database_id, id, table_view::ActiveModel { owner_id, access, ..Default::default() }).await
    }

    async fn update(&self, database_id: i64, id: i64, row: table_view::ActiveModel) -> Result<TableView> {
        let transaction = self.store.begin().await?;
        find(&transaction, database_id, id).await?;
        let row = table_view::ActiveModel { id: Unchanged(id), ..row };
        let changed = row.update(&transaction).await.map_err(refused)?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Deletes a view.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn delete(&self, database_id: i64, id: i64) -> Result<()> {
        let deleted = table_view::Entity::delete_many()
            .filter(table_view::Column::DatabaseId.eq(database_id))
            .filter(table_view::Column::Id.eq(id))
            .exec(&self.store.db)
            .await?;
        if deleted.rows_affected == 0 { Err(NOT_FOUND) } else { Ok(()) }
    }

    /// Replaces all views of a database by what `change` makes of each, which keeps its number; `None` forgets it.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn rewrite(
        &self,
        database_id: i64,
        change: impl Fn(TableView) -> Option<TableView> + Send,
    ) -> Result<()> {
        let transaction = self.store.begin().await?;
        for row in of(database_id).all(&transaction).await? {
            let id = row.id;
            let Some(changed) = change(row) else {
                table_view::Entity::delete_by_id(id).exec(&transaction).await?;
                continue;
            };
            let changed =
                table_view::ActiveModel { id: Unchanged(id), ..table_view::ActiveModel::from(changed).reset_all() };
            changed.update(&transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

const NOT_FOUND: Error = Error::NotFound { what: "saved view" };

fn of(database_id: i64) -> sea_orm::Select<table_view::Entity> {
    table_view::Entity::find().filter(table_view::Column::DatabaseId.eq(database_id))
}

async fn find(db: &impl ConnectionTrait, database_id: i64, id: i64) -> Result<TableView> {
    of(database_id).filter(table_view::Column::Id.eq(id)).one(db).await?.ok_or(NOT_FOUND)
}

fn refused(error: DbErr) -> Error {
    Error::reference(error, GONE)
}

/// Forgets the views of a table.
pub(crate) async fn forget(db: &impl ConnectionTrait, database_id: i64, table_oid: u32) -> Result<()> {
    table_view::Entity::delete_many()
        .filter(table_view::Column::DatabaseId.eq(database_id))
        .filter(table_view::Column::TableOid.eq(Oid(table_oid)))
        .exec(db)
        .await?;
    Ok(())
}
