//! Facts about the installation, by name, and the check that the key fits.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::entity::setting;
use crate::error::{Error, Result};
use crate::keys::Place;
use crate::open::Store;
use crate::values::Sealed;

const KEY_CHECK: &str = "key_check";
const KEY_CHECK_PLACE: Place = Place { table: "settings", column: KEY_CHECK, row: 0 };
const KEY_CHECK_TEXT: &str = "this key fits";

/// Reads and writes facts.
pub struct Settings<'a> {
    store: &'a Store,
}

impl Store {
    /// Facts about the installation.
    pub fn settings(&self) -> Settings<'_> {
        Settings { store: self }
    }
}

impl Settings<'_> {
    /// The fact called `name`.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn get(&self, name: &str) -> Result<Option<Value>> {
        get(&self.store.db, name).await
    }

    /// Writes the fact called `name`.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn set(&self, name: &str, value: Value, now: Timestamp) -> Result<()> {
        set(&self.store.db, name, value, now).await
    }

    /// Removes the fact called `name`, if it is there.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn remove(&self, name: &str) -> Result<()> {
        setting::Entity::delete_by_id(name.to_owned()).exec(&self.store.db).await?;
        Ok(())
    }
}

pub(crate) async fn get(db: &impl ConnectionTrait, name: &str) -> Result<Option<Value>> {
    let row = setting::Entity::find_by_id(name.to_owned()).one(db).await?;
    Ok(row.map(|row| row.value))
}

pub(crate) async fn set(db: &impl ConnectionTrait, name: &str, value: Value, now: Timestamp) -> Result<()> {
    let mut overwrite = OnConflict::column(setting::Column::Name);
    overwrite.update_columns([setting::Column::Value, setting::Column::UpdatedAt]);
    write(db, name, value, now, overwrite).await
}

async fn write(db: &impl ConnectionTrait, name: &str, value: Value, now: Timestamp, on: OnConflict) -> Result<()> {
    let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value), updated_at: Set(now.into()) };
    setting::Entity::insert(row).on_conflict(on).exec_without_returning(db).await?;
    Ok(())
}

impl Store {
    /// Opens the check value that the installation's key sealed; the first start seals it.
    pub(crate) async fn check_key(&self, now: Timestamp) -> Result<()> {
        if self.settings().get(KEY_CHECK).await?.is_none() {
            let mut keep = OnConflict::column(setting::Column::Name);
            keep.do_nothing();
            write(&self.db, KEY_CHECK, self.sealed_check(), now, keep).await?;
        }
        // Read what is stored now: another server may have been first.
        let stored = self.settings().get(KEY_CHECK).await?;
        let corrupt = || Error::Corrupt { what: "the key check is missing or no text".to_owned() };
        let sealed = stored.as_ref().and_then(Value::as_str).ok_or_else(corrupt)?;
        let opened = self.keys.open(KEY_CHECK_PLACE, &Sealed(sealed.to_owned()))?;
        if opened.expose_secret() == KEY_CHECK_TEXT { Ok(()) } else { Err(Error::KeyDoesNotFit) }
    }

    /// Seals the check value with the key in use, which is part of changing the key.
    pub(crate) async fn reseal_check(&self, db: &impl ConnectionTrait, now: Timestamp) -> Result<()> {
        set(db, KEY_CHECK, self.sealed_check(), now).await
    }

    fn sealed_check(&self) -> Value {
        let text = SecretString::from(KEY_CHECK_TEXT);
        Value::String(self.keys.seal(KEY_CHECK_PLACE, &text, self.random.as_ref()).0)
    }
}

/// Whether a key was ever used with this data.
pub(crate) async fn holds_key_check(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(setting::Entity::find_by_id(KEY_CHECK.to_owned()).one(db).await?.is_some())
}
