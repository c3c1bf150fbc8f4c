//! A table and the transaction in which its rows are read or changed.

use std::sync::Arc;

use mathesar_api::{ErrorCode, methods::records::ValueForm};
use mathesar_pg::{RawRow, Transaction, TxOptions};
use mathesar_sql::{
    dml::ChangeError,
    key::KeyError,
    model::{Oid, ReadOnlyReason, RowIdentity, Table},
    page::Place,
    select,
    session::Mode,
};
use mathesar_types::wire::Form;

use super::names::{Labels, Lookups};
use crate::{Ctx, Error, Result, limits};

/// A transaction that reads.
pub(super) fn reading() -> TxOptions {
    TxOptions::new(Mode::ReadOnly, limits::READ_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

/// A transaction whose statements all read the same snapshot.
pub(crate) fn reading_at_once() -> TxOptions {
    TxOptions::new(Mode::Snapshot, limits::READ_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

/// A transaction that changes rows.
pub(super) fn writing() -> TxOptions {
    TxOptions::new(Mode::ReadWrite, limits::WRITE_TIMEOUT, limits::ROW_LOCK_TIMEOUT)
}

/// The picture of a table, which may be a moment old.
pub(crate) async fn open(tx: &Transaction<'_>, oid: Oid) -> Result<Arc<Table>> {
    tx.picture(oid).await?.ok_or_else(|| {
        Error::new(
            ErrorCode::UNDEFINED_TABLE,
            format!("There is no table with the object identifier {oid}, or your role may not see it. It may have been dropped."),
        )
    })
}

/// What is done with rows in one transaction, perhaps twice: the parameters of a method.
pub(crate) trait Work: Sync {
    /// What the caller gets.
    type Output: Send;

    /// Does it.
    fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// Does `work` as the caller's role in a transaction that is begun with `options`. What fails because a picture of a table was
/// old is done once more with new ones.
pub(crate) async fn read<W: Work>(ctx: &Ctx, database_id: i64, options: &TxOptions, work: &W) -> Result<W::Output> {
    let mut session = ctx.connect(database_id).await?;
    let tx = session.begin(options);
    match work.run(ctx, &tx).await {
        Err(error) if tx.used_kept_pictures() && may_be_outdated(&error) => drop(tx),
        result => return result,
    }
    session.forget_pictures();
    work.run(ctx, &session.begin(options)).await
}

/// What a change has still to look up before it can be answered, which travels with the `COMMIT`, and how it is answered then.
pub(crate) struct Last<T> {
    lookups: Lookups,
    answer: Box<dyn FnOnce(Labels) -> Result<T> + Send>,
}

impl<T: Send + 'static> Last<T> {
    /// An answer that is there already.
    pub(crate) fn done(answer: T) -> Self {
        Self { lookups: Lookups::default(), answer: Box::new(|_| Ok(answer)) }
    }

    /// An answer with names in it.
    pub(super) fn named(lookups: Lookups, answer: impl FnOnce(Labels) -> Result<T> + Send + 'static) -> Self {
        Self { lookups, answer: Box::new(answer) }
    }
}

/// Does `work` as the caller's role, and commits it or takes it back; otherwise as [`read`].
pub(crate) async fn write<T: Send, W: Work<Output = Last<T>>>(ctx: &Ctx, database_id: i64, work: &W) -> Result<T> {
    let mut session = ctx.connect(database_id).await?;
    match finish(ctx, session.begin(&writing()), work).await {
        Err(failure) if failure.old_picture => session.forget_pictures(),
        result => return result.map_err(|failure| failure.error),
    }
    finish(ctx, session.begin(&writing()), work).await.map_err(|failure| failure.error)
}

/// Why everything was taken back.
struct Failure {
    error: Error,
    /// A picture was old, or may have been. Once they were forgotten, that is no reason any more to doubt the error: a picture that
    /// one transaction uses twice is a kept one at the second time.
    old_picture: bool,
}

impl From<mathesar_pg::Error> for Failure {
    fn from(error: mathesar_pg::Error) -> Self {
        Self { old_picture: matches!(error, mathesar_pg::Error::Outdated), error: error.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, old_picture: false }
    }
}

async fn finish<T: Send, W: Work<Output = Last<T>>>(
    ctx: &Ctx,
    tx: Transaction<'_>,
    work: &W,
) -> std::result::Result<T, Failure> {
    let last = match work.run(ctx, &tx).await {
        Ok(last) => last,
        Err(error) => {
            let old_picture = tx.used_kept_pictures() && may_be_outdated(&error);
            tx.rollback().await?;
            return Err(Failure { error, old_picture });
        }
    };
    let kept = tx.used_kept_pictures();
    match tx.commit_after(&last.lookups.statements).await {
        Ok(rows) => Ok((last.answer)(last.lookups.labels(&rows)?)?),
        Err(error) => {
            // Where PostgreSQL did not refuse, nobody knows whether it has committed.
            let refused = error.db().is_some();
            let mut failure = Failure::from(error);
            failure.old_picture |= kept && refused && may_be_outdated(&failure.error);
            Err(failure)
        }
    }
}

/// Whether an error is one that a table which has changed gives: PostgreSQL's refusals of names, types, values and rights, and
/// our own of what does not fit the picture. Not those that took long to find out, nor those about other rows.
fn may_be_outdated(error: &Error) -> bool {
    const OURS: [ErrorCode; 5] = [
        ErrorCode::VALUE_ERROR,
        ErrorCode::READ_ONLY,
        ErrorCode::BAD_FILTER,
        ErrorCode::BAD_SORT_FORMAT,
        // A value of another type than the picture's.
        ErrorCode::INTERNAL,
    ];
    let code = error.code();
    OURS.contains(&code) || ["0A", "22", "42"].iter().any(|class| code.sqlstate.starts_with(class))
}

/// Reads the place of a row from fields that [`select::place`] gives, from field `first` on.
pub(super) fn read_place(row: &RawRow, first: usize) -> Result<Place> {
    let fields = (first..row.len()).map(|index| Ok(row.get::<Option<&str>>(index)?)).collect::<Result<Vec<_>>>()?;
    Ok(select::read_place(&fields))
}

/// The wire form that the contract's form means.
pub(crate) fn form(values: ValueForm) -> Form {
    match values {
        ValueForm::Original => Form::Original,
        ValueForm::Text => Form::Iso,
    }
}

/// Refuses to change rows that nothing names, and says why.
pub(super) fn refuse_read_only(table: &Table) -> Result<()> {
    let RowIdentity::ReadOnly(reason) = table.key else { return Ok(()) };
    let why = match reason {
        ReadOnlyReason::View => {
            "it is a view of several tables, or one that does not show a key of its table; change the rows of its tables"
        }
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
