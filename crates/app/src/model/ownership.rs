//! `databases.privileges.transfer_ownership`, and those of schemas and tables.

use mathesar_api::methods::databases::DatabaseInfo;
use mathesar_api::methods::privileges::{TransferDatabaseParams, TransferSchemaParams, TransferTableParams};
use mathesar_api::methods::schemas::SchemaInfo;
use mathesar_api::methods::tables::TableInfo;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::model::Oid;
use mathesar_sql::{Ident, Statement, ddl, introspect};

use super::{current_database, role_at, run, schema, schemas, summary, tables};
use crate::databases::configured;
use crate::{Ctx, Error, Result};

/// `databases.privileges.transfer_ownership`.
///
/// # Errors
/// `DoesNotExist` for an unknown role, and PostgreSQL's, such as `InsufficientPrivilege`.
pub async fn transfer_database(ctx: &Ctx, params: TransferDatabaseParams) -> Result<DatabaseInfo> {
    run(ctx, params.database_id, &OfDatabase(params)).await
}

/// `schemas.privileges.transfer_ownership`.
///
/// # Errors
/// Those of [`transfer_database`], and `DoesNotExist` for the schema.
pub async fn transfer_schema(ctx: &Ctx, params: TransferSchemaParams) -> Result<SchemaInfo> {
    run(ctx, params.database_id, &OfSchema(params)).await
}

/// `tables.privileges.transfer_ownership`.
///
/// # Errors
/// Those of [`transfer_database`], and `UndefinedTable`.
pub async fn transfer_table(ctx: &Ctx, params: TransferTableParams) -> Result<TableInfo> {
    run(ctx, params.database_id, &OfTable(params)).await
}

/// The statements that give something of `owner` to `new_owner`; none where it has it already.
///
/// PostgreSQL wants whoever gives to be able to become who gets. From version 16 on whoever made a role is not, but may let
/// itself: for the length of the transaction it does.
async fn hand_over(
    tx: &Transaction<'_>,
    owner: Oid,
    new_owner: Oid,
    set_owner: impl Fn(&Ident) -> Statement,
) -> Result<Plan> {
    let role = role_at(&tx.introspect(&introspect::roles()).await?, new_owner, "new_owner_oid")?.name.clone();
    if owner == new_owner {
        return Ok(Vec::new().into());
    }
    let statement = set_owner(&role);
    let may_let_itself = tx.introspect_one(&introspect::may_let_itself_become(new_owner)).await?;
    Ok(if may_let_itself == Some(true) {
        let (before, after) = (ddl::grant::let_current_become(&role), ddl::grant::let_current_become_no_more(&role));
        vec![before, statement, after].into()
    } else {
        vec![statement].into()
    })
}

pub(super) struct OfDatabase(pub TransferDatabaseParams);

impl Change for OfDatabase {
    type Made = ();
    type Output = DatabaseInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let database = current_database(tx).await?;
        let set_owner = |owner: &Ident| ddl::database::set_owner(&database.name, owner);
        hand_over(tx, database.owner, self.0.new_owner_oid, set_owner).await
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<DatabaseInfo> {
        configured::describe(tx).await
    }
}

pub(super) struct OfSchema(pub TransferSchemaParams);

impl Change for OfSchema {
    type Made = ();
    type Output = SchemaInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let schema = schema(tx, self.0.schema_oid).await.map_err(|error| error.at("schema_oid"))?;
        let set_owner = |owner: &Ident| ddl::schema::set_owner(&schema.name, owner);
        hand_over(tx, schema.owner, self.0.new_owner_oid, set_owner).await
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<SchemaInfo> {
        schema(tx, self.0.schema_oid).await.map(schemas::info)
    }
}

pub(super) struct OfTable(pub TransferTableParams);

impl Change for OfTable {
    type Made = ();
    type Output = TableInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let table = summary(tx, self.0.table_oid).await.map_err(|error| error.at("table_oid"))?;
        let set_owner = |owner: &Ident| ddl::table::set_owner(table.kind, &table.name, owner);
        hand_over(tx, table.owner, self.0.new_owner_oid, set_owner).await
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<TableInfo> {
        summary(tx, self.0.table_oid).await.map(tables::info)
    }
}
