//! `schemas.*`.

use mathesar_api::ErrorCode;
use mathesar_api::methods::schemas::{AddParams, DeleteParams, ListParams, PatchParams, SchemaInfo, SchemaParams};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::introspect;
use mathesar_sql::model::{Dependant, Oid, Schema};
use mathesar_sql::{Ident, ddl};

use super::{ident, metadata, named, reading, role, run, schema};
use crate::{Ctx, Error, Result};

/// How many dependants an error names.
const NAMED_DEPENDANTS: usize = 10;

/// The schemas that the original installs into the databases of its users: its functions, and its types.
pub(crate) const OF_THE_ORIGINAL: [&str; 3] = ["msar", "__msar", "mathesar_types"];

pub(crate) fn is_of_the_original(schema: &Schema) -> bool {
    OF_THE_ORIGINAL.contains(&schema.name.as_str())
}

pub(super) fn info(schema: Schema) -> SchemaInfo {
    SchemaInfo {
        oid: schema.oid,
        name: schema.name.as_str().to_owned(),
        owner_oid: schema.owner,
        description: schema.comment,
        current_role_priv: named(&[(schema.usage, "USAGE"), (schema.create, "CREATE")]),
        current_role_owns: schema.current_role_owns,
        table_count: schema.table_count.into(),
    }
}

/// `schemas.list`; those that the original installed are nobody's data, and are left out as it leaves them out.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<SchemaInfo>> {
    let mut session = ctx.connect(params.database_id).await?;
    let schemas = session.begin(&reading()).introspect(&introspect::schemas()).await?;
    Ok(schemas.into_iter().filter(|schema| !is_of_the_original(schema)).map(info).collect())
}

/// `schemas.get`.
///
/// # Errors
/// `DoesNotExist`.
pub async fn get(ctx: &Ctx, params: SchemaParams) -> Result<SchemaInfo> {
    let mut session = ctx.connect(params.database_id).await?;
    let found = schema(&session.begin(&reading()), params.schema_oid).await?;
    Ok(info(found))
}

/// `schemas.add`.
///
/// # Errors
/// PostgreSQL's, such as `DuplicateSchema` and `InsufficientPrivilege`.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<SchemaInfo> {
    run(ctx, params.database_id, &Add(params)).await
}

pub(super) struct Add(pub AddParams);

impl Change for Add {
    type Made = Ident;
    type Output = SchemaInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<Ident>> {
        let name = ident(&self.0.name)?;
        let owner = match self.0.owner_oid {
            Some(oid) => Some(role(tx, oid).await?.name),
            None => None,
        };
        let mut statements = vec![ddl::schema::create(&name, owner.as_ref())];
        if let Some(comment) = self.0.description.as_deref().filter(|comment| !comment.is_empty()) {
            statements.push(ddl::schema::comment(&name, Some(comment)));
        }
        Ok(Plan { statements, made: name })
    }

    async fn read_back(&self, tx: &Transaction<'_>, name: Ident) -> Result<SchemaInfo> {
        let made = tx.introspect_one(&introspect::schema_by_name(&name)).await?;
        made.map(info).ok_or_else(|| Error::internal("a schema that was just made is not in the catalogue"))
    }
}

/// `schemas.patch`.
///
/// # Errors
/// `DoesNotExist`, and PostgreSQL's.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<SchemaInfo> {
    let (database_id, renamed) = (params.database_id, params.patch.name.is_some());
    let info = run(ctx, database_id, &Patch(params)).await?;
    if renamed {
        let tables = tables_of(ctx, database_id, &[info.oid]).await?;
        metadata::follow(ctx, database_id, &tables).await?;
        ctx.app.store.explorations().rename_schema(database_id, info.oid, &info.name).await?;
        ctx.app.store.forms().rename_schema(database_id, info.oid, &info.name).await?;
    }
    Ok(info)
}

async fn tables_of(ctx: &Ctx, database_id: i64, schemas: &[Oid]) -> Result<Vec<Oid>> {
    let mut session = ctx.connect(database_id).await?;
    let tx = session.begin(&reading());
    let mut tables = Vec::new();
    for schema in schemas {
        let found = tx.introspect(&introspect::tables(*schema)).await?;
        tables.extend(found.into_iter().map(|table| table.oid));
    }
    Ok(tables)
}

pub(super) struct Patch(pub PatchParams);

impl Change for Patch {
    type Made = ();
    type Output = SchemaInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let schema = schema(tx, self.0.schema_oid).await?;
        let mut statements = Vec::new();
        if let Some(comment) = &self.0.patch.description {
            statements.push(ddl::schema::comment(&schema.name, comment.as_deref()));
        }
        if let Some(name) = &self.0.patch.name
            && name != schema.name.as_str()
        {
            statements.push(ddl::schema::rename(&schema.name, &ident(name)?));
        }
        Ok(statements.into())
    }

    async fn read_back(&self, tx: &Transaction<'_>, (): ()) -> Result<SchemaInfo> {
        schema(tx, self.0.schema_oid).await.map(info)
    }
}

/// `schemas.delete`: the schemas with all that they hold.
///
/// # Errors
/// `DependentObjectsStillExist` when something outside of a schema would be lost with it; the message names it.
pub async fn delete(ctx: &Ctx, params: DeleteParams) -> Result<()> {
    let database_id = params.database_id;
    let tables = tables_of(ctx, database_id, &params.schema_oids).await?;
    run(ctx, database_id, &Delete(params)).await?;
    for oid in tables {
        ctx.app.store.metadata().forget_table(database_id, oid).await?;
    }
    Ok(())
}

pub(crate) struct Delete(pub DeleteParams);

impl Change for Delete {
    type Made = ();
    type Output = ();
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan> {
        let mut statements = Vec::new();
        let mut names = Vec::new();
        for oid in &self.0.schema_oids {
            let schema = schema(tx, *oid).await?;
            statements.push(ddl::schema::drop_with_contents(&schema.name));
            names.push(schema.name);
        }
        let dependants = tx.introspect(&introspect::schema_dependants(&self.0.schema_oids)).await?;
        if dependants.is_empty() { Ok(statements.into()) } else { Err(still_needed(&names, &dependants)) }
    }

    async fn read_back(&self, _: &Transaction<'_>, (): ()) -> Result<()> {
        Ok(())
    }
}

fn still_needed(schemas: &[Ident], dependants: &[Dependant]) -> Error {
    let named: Vec<_> = dependants.iter().take(NAMED_DEPENDANTS).map(|one| one.description.as_str()).collect();
    let count = dependants.len();
    let more = if count > named.len() { format!(" and {} more", count - named.len()) } else { String::new() };
    let quoted: Vec<_> = schemas.iter().map(|name| format!("\"{}\"", name.as_str())).collect();
    let (subject, it) = match quoted.as_slice() {
        [one] => (format!("The schema {one}"), "it holds"),
        all => (format!("The schemas {}", all.join(", ")), "they hold"),
    };
    let message = format!(
        "{subject} cannot be dropped, because something outside needs what {it}: {}{more}. Drop that first.",
        named.join(", ")
    );
    Error::new(ErrorCode::DEPENDENT_OBJECTS_STILL_EXIST, message)
}
