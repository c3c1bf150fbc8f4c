//! `tables.refresh`: materialised views filled anew.

use mathesar_api::methods::tables::{RefreshedView, TableParams};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::{ddl, introspect};

use super::{run, summary};
use crate::{Ctx, Error, Result};

/// `tables.refresh`.
///
/// # Errors
/// `UndefinedTable`; `ValueError` for what is no materialised view; PostgreSQL's, such as `InsufficientPrivilege` for who neither owns it
/// nor may maintain it.
pub async fn refresh(ctx: &Ctx, params: TableParams) -> Result<RefreshedView> {
    run(ctx, params.database_id, &Refresh(params)).await
}

pub(super) struct Refresh(pub TableParams);

impl Change for Refresh {
    type Made = bool;
    type Output = RefreshedView;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<bool>> {
        let view = summary(tx, self.0.table_oid).await.map_err(|error| error.at("table_oid"))?;
        let Some(concurrently) = tx.introspect_one(&introspect::refreshable(view.oid)).await? else {
            let message = format!("table_oid: {} is no materialised view; only those are refreshed.", view.name);
            return Err(Error::value(message));
        };
        Ok(Plan { statements: vec![ddl::table::refresh(&view.name, concurrently)], made: concurrently })
    }

    async fn read_back(&self, _: &Transaction<'_>, concurrently: bool) -> Result<RefreshedView> {
        Ok(RefreshedView { concurrently })
    }
}
