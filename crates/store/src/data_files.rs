//! Uploaded files that wait to be imported.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use crate::entity::data_file;
use crate::error::{Error, Result};
use crate::open::Store;
use crate::values::Moment;

pub use data_file::Model as DataFile;

/// A file that was uploaded.
#[derive(Clone, Debug)]
pub struct NewDataFile {
    /// Who uploaded it.
    pub user_id: i64,
    /// The name that it was uploaded with.
    pub name: String,
    /// Where its bytes are, relative to the spool directory.
    pub spool_path: String,
    /// Its size.
    pub size_bytes: u64,
    /// How it is written, an object.
    pub dialect: Value,
}

/// Reads and writes the register of uploads; the bytes are their caller's.
pub struct DataFiles<'a> {
    store: &'a Store,
}

impl Store {
    /// Uploaded files that wait to be imported.
    pub fn data_files(&self) -> DataFiles<'_> {
        DataFiles { store: self }
    }
}

impl DataFiles<'_> {
    /// A file of a user.
    ///
    /// # Errors
    /// `NotFound` when it is not one of theirs.
    pub async fn get(&self, user_id: i64, id: i64) -> Result<DataFile> {
        data_file::Entity::find_by_id(id)
            .filter(data_file::Column::UserId.eq(user_id))
            .one(&self.store.db)
            .await?
            .ok_or(Error::NotFound { what: "uploaded file" })
    }

    /// The files of a user, newest first.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, user_id: i64) -> Result<Vec<DataFile>> {
        Ok(data_file::Entity::find()
            .filter(data_file::Column::UserId.eq(user_id))
            .order_by_desc(data_file::Column::Id)
            .all(&self.store.db)
            .await?)
    }

    /// Enters an upload.
    ///
    /// # Errors
    /// `Conflict` when its user was deleted meanwhile or its size is none that fits a file.
    pub async fn add(&self, new: NewDataFile, now: Timestamp) -> Result<DataFile> {
        let size = i64::try_from(new.size_bytes).map_err(|_| Error::Conflict { what: "The file is too large." })?;
        let row = data_file::ActiveModel {
            id: NotSet,
            user_id: Set(new.user_id),
            name: Set(new.name),
            spool_path: Set(new.spool_path),
            size_bytes: Set(size),
            dialect: Set(new.dialect),
            created_at: Set(now.into()),
        };
        row.insert(&self.store.db).await.map_err(|error| Error::reference(error, "This user was deleted meanwhile."))
    }

    /// Replaces how a file is read.
    ///
    /// # Errors
    /// `NotFound` when it is not one of the user's.
    pub async fn set_dialect(&self, user_id: i64, id: i64, dialect: Value) -> Result<DataFile> {
        self.get(user_id, id).await?;
        let row = data_file::ActiveModel { id: Set(id), dialect: Set(dialect), ..Default::default() };
        row.update(&self.store.db).await.map_err(|error| match error {
            sea_orm::DbErr::RecordNotUpdated => Error::NotFound { what: "uploaded file" },
            error => error.into(),
        })
    }

    /// Takes a file out of the register and returns it, so that the caller deletes its bytes.
    ///
    /// # Errors
    /// `NotFound` when it is not one of the user's.
    pub async fn delete(&self, user_id: i64, id: i64) -> Result<DataFile> {
        let file = self.get(user_id, id).await?;
        data_file::Entity::delete_by_id(id).exec(&self.store.db).await?;
        Ok(file)
    }

    /// The files uploaded before a moment, which nobody imported in time.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn older_than(&self, moment: Timestamp) -> Result<Vec<DataFile>> {
        Ok(data_file::Entity::find()
            .filter(data_file::Column::CreatedAt.lt(Moment::from(moment)))
            .all(&self.store.db)
            .await?)
    }
}
