//! The column in which a table keeps who wrote a row last: `user_tracking_attnum` of its metadata, as in the original.

use mathesar_sql::dml::Values;
use mathesar_sql::model::{Attnum, Oid, Table};

use crate::{Ctx, Result};

/// Who is noted in the rows that a call writes, and where.
#[derive(Default)]
pub(super) struct LastEditor(Option<(Attnum, i64)>);

impl LastEditor {
    /// The caller, where the table keeps who wrote last.
    ///
    /// # Errors
    /// Those of our own database.
    pub(super) async fn of(ctx: &Ctx, database_id: i64, table: Oid) -> Result<Self> {
        let Some(signed_in) = &ctx.caller.signed_in else { return Ok(Self::default()) };
        let metadata = ctx.app.store.metadata().table(database_id, table).await?;
        let attnum = metadata.and_then(|metadata| metadata.settings.get("user_tracking_attnum")?.as_i64());
        let attnum = attnum.and_then(|attnum| Attnum::try_from(attnum).ok());
        Ok(Self(attnum.map(|attnum| (attnum, signed_in.user_id))))
    }

    /// Notes them among the values of a row, whatever those say. Metadata may name a column that is gone or is computed by now.
    pub(super) fn sign(&self, table: &Table, set: &mut Values) {
        let Some((attnum, user_id)) = self.0 else { return };
        if table.column(attnum).is_some_and(|column| !column.is_computed()) {
            set.retain(|(other, _)| *other != attnum);
            set.push((attnum, Some(user_id.to_string())));
        }
    }
}
