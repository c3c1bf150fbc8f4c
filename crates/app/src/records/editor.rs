//! The column in which a table keeps who wrote a row last: `user_tracking_attnum` of its metadata, as in the original, which names a
//! column of users.

use mathesar_sql::dml::Values;
use mathesar_sql::model::{Attnum, Oid, Table};
use mathesar_store::LAST_EDITOR;
use serde_json::Value;

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
        // Most edits ask nothing for this.
        if !ctx.place(database_id).await?.database.keeps_last_editors {
            return Ok(Self::default());
        }
        let store = ctx.app.store.metadata();
        let settings = store.table(database_id, table).await?.map(|metadata| metadata.settings);
        let Some(attnum) = settings.and_then(|settings| settings.get(LAST_EDITOR)?.as_i64()) else {
            return Ok(Self::default());
        };
        // A dump that was restored may have given the number to another column; what a column itself is known by follows its name.
        let columns = store.columns(database_id, table).await?;
        let holds_users = columns.iter().any(|column| {
            i64::from(column.attnum) == attnum
                && column.settings.get("user_display_field").is_some_and(Value::is_string)
        });
        let attnum = Attnum::try_from(attnum).ok().filter(|_| holds_users);
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
