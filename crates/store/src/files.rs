//! Files in cells.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};

use crate::entity::file;
use crate::error::{Error, Result};
use crate::open::Store;
use crate::values::Moment;

pub use file::Model as StoredFile;

/// Marks that are looked up by one statement. SQLite takes 32766 parameters.
const AT_ONCE: usize = 10_000;

/// A file whose bytes a storage has.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The secret mark by which cells name it.
    pub mash: String,
    /// Where its bytes are, as the storage says it.
    pub uri: String,
    /// The name that it was uploaded with.
    pub name: String,
    /// What it is, a media type.
    pub media_type: String,
    /// Its size.
    pub size_bytes: u64,
    /// Who uploaded it, if somebody was signed in.
    pub user_id: Option<i64>,
    /// The public form that it came by, if it did.
    pub form_id: Option<i64>,
}

/// Reads and writes the register of files; the bytes are their storage's.
pub struct Files<'a> {
    store: &'a Store,
}

impl Store {
    /// Files in cells.
    pub fn files(&self) -> Files<'_> {
        Files { store: self }
    }
}

impl Files<'_> {
    /// Enters a file. One that came by a form awaits its submission.
    ///
    /// # Errors
    /// `Conflict` when it is there already, its user or form was deleted meanwhile, or its size is none that fits a file.
    pub async fn add(&self, new: NewFile, now: Timestamp) -> Result<StoredFile> {
        let size = i64::try_from(new.size_bytes).map_err(|_| Error::Conflict { what: "The file is too large." })?;
        let row = file::ActiveModel {
            id: NotSet,
            mash: Set(new.mash),
            uri: Set(new.uri),
            name: Set(new.name),
            media_type: Set(new.media_type),
            size_bytes: Set(size),
            user_id: Set(new.user_id),
            form_id: Set(new.form_id),
            awaits_submission: Set(new.form_id.is_some()),
            created_at: Set(now.into()),
        };
        let taken = "This file was entered a moment ago. Try again.";
        let gone = "The user or the form that brought the file was deleted meanwhile.";
        row.insert(&self.store.db).await.map_err(|error| Error::taken_or_gone(error, taken, gone))
    }

    /// The file with this mark.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn by_mash(&self, mash: &str) -> Result<Option<StoredFile>> {
        Ok(file::Entity::find().filter(file::Column::Mash.eq(mash)).one(&self.store.db).await?)
    }

    /// The files with these marks, in no order.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn by_mashes(&self, mashes: &[String]) -> Result<Vec<StoredFile>> {
        let mut found = Vec::new();
        for some in mashes.chunks(AT_ONCE) {
            let query = file::Entity::find().filter(file::Column::Mash.is_in(some));
            found.extend(query.all(&self.store.db).await?);
        }
        Ok(found)
    }

    /// Notes that the files of a form that have these marks were sent with it, so that they stay.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn keep_sent(&self, form_id: i64, mashes: &[String]) -> Result<()> {
        for some in mashes.chunks(AT_ONCE) {
            let files = file::Entity::update_many()
                .col_expr(file::Column::AwaitsSubmission, Expr::value(false))
                .filter(file::Column::FormId.eq(form_id))
                .filter(file::Column::Mash.is_in(some));
            files.exec(&self.store.db).await?;
        }
        Ok(())
    }

    /// Files that came before `oldest` by a form that was never sent.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn unsent(&self, oldest: Timestamp) -> Result<Vec<StoredFile>> {
        let query = file::Entity::find()
            .filter(file::Column::AwaitsSubmission.eq(true))
            .filter(file::Column::CreatedAt.lt(Moment::from(oldest)))
            .limit(AT_ONCE as u64);
        Ok(query.all(&self.store.db).await?)
    }

    /// Forgets a file unless its form was sent meanwhile; returns whether it did.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn forget_unsent(&self, id: i64) -> Result<bool> {
        let file = file::Entity::delete_by_id(id).filter(file::Column::AwaitsSubmission.eq(true));
        Ok(file.exec(&self.store.db).await?.rows_affected > 0)
    }

    /// The file at this place.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn by_uri(&self, uri: &str) -> Result<Option<StoredFile>> {
        Ok(file::Entity::find().filter(file::Column::Uri.eq(uri)).one(&self.store.db).await?)
    }
}
