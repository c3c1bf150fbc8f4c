//! Pages on which people add records to tables of user databases.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};

use crate::entity::form;
use crate::error::{Error, Result};
use crate::open::Store;
use crate::sharing::Sharing;
use crate::values::Oid;

pub use form::Model as Form;

/// Forms that one database may have.
const MAX_PER_DATABASE: u64 = 2_000;

const GONE: &str = "This database was disconnected, the stored role forgotten, or the owner deleted, meanwhile.";

/// A form as somebody saves it.
#[derive(Clone, Debug)]
pub struct NewForm {
    /// The database.
    pub database_id: i64,
    /// The schema that it is listed in.
    pub schema_oid: u32,
    /// That schema's name.
    pub schema_name: String,
    /// The table that gets the records.
    pub base_table_oid: u32,
    /// The stored role that it works as, one of the database's server.
    pub associated_role_id: Option<i64>,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// All else of it, as JSON.
    pub definition: String,
}

/// The link of a form that is saved first.
#[derive(Clone, Copy, Debug)]
pub struct NewLink<'a> {
    /// Its secret.
    pub token: &'a str,
    /// Whether everybody who has it may fill the form in.
    pub publish_public: bool,
}

/// Reads and writes forms.
pub struct Forms<'a> {
    store: &'a Store,
}

impl Store {
    /// Pages on which people add records.
    pub fn forms(&self) -> Forms<'_> {
        Forms { store: self }
    }
}

impl Forms<'_> {
    /// The forms of a database, or of one of its schemas, oldest first.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self, database_id: i64, schema_oid: Option<u32>) -> Result<Vec<Form>> {
        let mut query = of(database_id).order_by_asc(form::Column::Id);
        if let Some(oid) = schema_oid {
            query = query.filter(form::Column::SchemaOid.eq(Oid(oid)));
        }
        Ok(query.all(&self.store.db).await?)
    }

    /// The form of a database with this number.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn get(&self, database_id: i64, id: i64) -> Result<Form> {
        find(&self.store.db, database_id, id).await
    }

    /// The form whose link has this token.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn by_token(&self, token: &str) -> Result<Option<Form>> {
        by_token(&self.store.db, token).await
    }

    /// Saves a new form.
    ///
    /// # Errors
    /// `Conflict` when the database has too many, or when it was disconnected or the role forgotten.
    pub async fn add(&self, new: NewForm, link: NewLink<'_>, sharing: Sharing, now: Timestamp) -> Result<Form> {
        let transaction = self.store.begin().await?;
        let added = insert(&transaction, new, link, sharing, now).await?;
        transaction.commit().await?;
        Ok(added)
    }

    /// Saves a form anew under its number; its link stays, whether it is public, and whose it is.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database; `Conflict` when the role was forgotten.
    pub async fn replace(&self, id: i64, new: NewForm, now: Timestamp) -> Result<Form> {
        let database_id = new.database_id;
        self.change(database_id, id, saved(new, now)).await
    }

    /// Opens a form to everybody who has its link, or closes it.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn set_public(&self, database_id: i64, id: i64, public: bool, now: Timestamp) -> Result<Form> {
        let row = form::ActiveModel { publish_public: Set(public), updated_at: Set(now.into()), ..Default::default() };
        self.change(database_id, id, row).await
    }

    /// Gives a form another link.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn set_token(&self, database_id: i64, id: i64, token: &str, now: Timestamp) -> Result<Form> {
        let row = form::ActiveModel { token: Set(token.to_owned()), updated_at: Set(now.into()), ..Default::default() };
        self.change(database_id, id, row).await
    }

    /// Makes a form somebody's, and says what others may do with it.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database; `Conflict` when the user was deleted.
    pub async fn share(&self, database_id: i64, id: i64, sharing: Sharing) -> Result<Form> {
        let (owner_id, access) = (Set(sharing.owner_id), Set(sharing.access));
        self.change(database_id, id, form::ActiveModel { owner_id, access, ..Default::default() }).await
    }

    async fn change(&self, database_id: i64, id: i64, row: form::ActiveModel) -> Result<Form> {
        let transaction = self.store.begin().await?;
        find(&transaction, database_id, id).await?;
        let row = form::ActiveModel { id: Unchanged(id), ..row };
        let changed = row.update(&transaction).await.map_err(refused)?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Deletes a form.
    ///
    /// # Errors
    /// `NotFound`, also for one of another database.
    pub async fn delete(&self, database_id: i64, id: i64) -> Result<()> {
        let deleted = form::Entity::delete_many()
            .filter(form::Column::DatabaseId.eq(database_id))
            .filter(form::Column::Id.eq(id))
            .exec(&self.store.db)
            .await?;
        if deleted.rows_affected == 0 { Err(NOT_FOUND) } else { Ok(()) }
    }

    /// Takes over the new name of a schema.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn rename_schema(&self, database_id: i64, schema_oid: u32, name: &str) -> Result<()> {
        form::Entity::update_many()
            .col_expr(form::Column::SchemaName, Expr::value(name))
            .filter(form::Column::DatabaseId.eq(database_id))
            .filter(form::Column::SchemaOid.eq(Oid(schema_oid)))
            .exec(&self.store.db)
            .await?;
        Ok(())
    }

    /// Replaces all forms of a database by what `change` makes of each, which keeps its number; `None` forgets it.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn rewrite(&self, database_id: i64, change: impl Fn(Form) -> Option<Form> + Send) -> Result<()> {
        let transaction = self.store.begin().await?;
        for row in of(database_id).all(&transaction).await? {
            let id = row.id;
            let Some(changed) = change(row) else {
                form::Entity::delete_by_id(id).exec(&transaction).await?;
                continue;
            };
            let changed = form::ActiveModel { id: Unchanged(id), ..form::ActiveModel::from(changed).reset_all() };
            changed.update(&transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

const NOT_FOUND: Error = Error::NotFound { what: "form" };

/// What is written of a form whenever it is saved.
fn saved(new: NewForm, now: Timestamp) -> form::ActiveModel {
    form::ActiveModel {
        schema_oid: Set(Oid(new.schema_oid)),
        schema_name: Set(new.schema_name),
        base_table_oid: Set(Oid(new.base_table_oid)),
        associated_role_id: Set(new.associated_role_id),
        name: Set(new.name),
        definition: Set(new.definition),
        updated_at: Set(now.into()),
        ..Default::default()
    }
}

pub(crate) async fn by_token(db: &impl ConnectionTrait, token: &str) -> Result<Option<Form>> {
    Ok(form::Entity::find().filter(form::Column::Token.eq(token)).one(db).await?)
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    new: NewForm,
    link: NewLink<'_>,
    sharing: Sharing,
    now: Timestamp,
) -> Result<Form> {
    if of(new.database_id).count(db).await? >= MAX_PER_DATABASE {
        return Err(Error::Conflict { what: "This database has 2,000 forms already. Delete some first." });
    }
    let row = form::ActiveModel {
        id: NotSet,
        database_id: Set(new.database_id),
        token: Set(link.token.to_owned()),
        publish_public: Set(link.publish_public),
        owner_id: Set(sharing.owner_id),
        access: Set(sharing.access),
        created_at: Set(now.into()),
        ..saved(new, now)
    };
    row.insert(db).await.map_err(refused)
}

fn of(database_id: i64) -> sea_orm::Select<form::Entity> {
    form::Entity::find().filter(form::Column::DatabaseId.eq(database_id))
}

async fn find(db: &impl ConnectionTrait, database_id: i64, id: i64) -> Result<Form> {
    of(database_id).filter(form::Column::Id.eq(id)).one(db).await?.ok_or(NOT_FOUND)
}

fn refused(error: DbErr) -> Error {
    Error::reference(error, GONE)
}
