//! A table and the transaction in which its rows are read or changed.

use mathesar_api::{ErrorCode, methods::records::ValueForm};
use mathesar_pg::{Transaction, TxOptions};
use mathesar_sql::{
    dml::ChangeError,
    key::KeyError,
    model::{Oid, ReadOnlyReason, RowIdentity, Table},
    session::Mode,
};
use mathesar_types::wire::Form;

use crate::{Error, Result, limits};

/// A transaction that reads.
pub(super) fn reading() -> TxOptions {
    TxOptions::new(Mode::ReadOnly, limits::READ_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

/// A transaction whose statements all read the same snapshot.
pub(super) fn reading_at_once() -> TxOptions {
    TxOptions::new(Mode::Snapshot, limits::READ_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

/// A transaction that changes rows.
pub(super) fn writing() -> TxOptions {
    TxOptions::new(Mode::ReadWrite, limits::WRITE_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

/// The picture of a table.
pub(super) async fn open(tx: &Transaction<'_>, oid: Oid) -> Result<Table> {
    tx.table(oid).await?.ok_or_else(|| {
        Error::new(
            ErrorCode::UNDEFINED_TABLE,
            format!("There is no table with the object identifier {oid}, or your role may not see it. It may have been dropped."),
        )
    })
}

/// Commits what succeeded and takes back what did not.
pub(super) async fn finish<T>(tx: Transaction<'_>, result: Result<T>) -> Result<T> {
    match result {
        Ok(value) => {
            tx.commit().await?;
            Ok(value)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

/// The wire form that the contract's form means.
pub(super) fn form(values: ValueForm) -> Form {
    match values {
        ValueForm::Original => Form::Original,
        ValueForm::Text => Form::Iso,
    }
}

/// Refuses to change rows that nothing names, and says why.
pub(super) fn refuse_read_only(table: &Table) -> Result<()> {
    let RowIdentity::ReadOnly(reason) = table.key else { return Ok(()) };
    let why = match reason {
        ReadOnlyReason::View => "a view has no key that PostgreSQL could check; change the rows of its tables",
        ReadOnlyReason::MaterializedView => "it is a materialised view; change the rows of its tables and refresh it",
        ReadOnlyReason::Foreign => "it is a foreign table without a key; change its rows on their own server",
        ReadOnlyReason::NoReadableKey => "your role may not read a key of it; ask its owner for SELECT on the table",
    };
    Err(Error::new(ErrorCode::READ_ONLY, format!("Rows of {} cannot be changed: {why}.", table.name().name)))
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        let code = if error == KeyError::ReadOnly { ErrorCode::READ_ONLY } else { ErrorCode::VALUE_ERROR };
        Self::new(code, error.to_string())
    }
}

impl From<ChangeError> for Error {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Key(key) => key.into(),
            ChangeError::UnknownColumn(_) => Self::new(ErrorCode::UNDEFINED_COLUMN, error.to_string()),
            ChangeError::Computed(_) => Self::new(ErrorCode::READ_ONLY, error.to_string()),
            other => Self::value(other.to_string()),
        }
    }
}
