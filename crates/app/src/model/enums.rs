//! `enums.*`.

use mathesar_api::methods::enums::{AddParams, EnumInfo, ListParams, PatchParams};
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::enumeration;
use mathesar_sql::ident::MAX_NAME_BYTES;
use mathesar_sql::model::Enum;
use mathesar_sql::{QName, introspect};

use super::{gone, ident, reading, run, schema};
use crate::{Ctx, Error, Result, limits};

fn info(found: Enum) -> EnumInfo {
    EnumInfo {
        oid: found.oid,
        schema_oid: found.schema_oid,
        kind: found.name.to_string(),
        name: found.name.name.as_str().to_owned(),
        display_type: found.display,
        values: found.values,
        current_role_owns: found.current_role_owns,
    }
}

/// `enums.list`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<EnumInfo>> {
    let mut session = ctx.connect(params.database_id).await?;
    let enums = session.begin(&reading()).introspect(&introspect::enums()).await?;
    Ok(enums.into_iter().map(info).collect())
}

async fn named(tx: &Transaction<'_>, name: &QName) -> Result<EnumInfo> {
    let found = tx.introspect(&introspect::enums()).await?.into_iter().find(|one| one.name == *name);
    found.map(info).ok_or_else(|| Error::internal("an enum that was just made or changed is not in the catalogue"))
}

/// Says where a value is not one that PostgreSQL keeps as a label.
fn check_value(path: &str, value: &str) -> Result<()> {
    if value.len() > MAX_NAME_BYTES || value.contains('\0') {
        let message = format!(
            "{path}: \"{value:.100}\" is no value of an enum: that has {MAX_NAME_BYTES} bytes at most, and no NUL."
        );
        return Err(Error::value(message));
    }
    Ok(())
}

fn check_count(path: &str, count: usize) -> Result<()> {
    if count > limits::ENUM_VALUES {
        return Err(Error::limit(format!("{path}: {} values at most can be named at once.", limits::ENUM_VALUES)));
    }
    Ok(())
}

/// `enums.add`.
///
/// # Errors
/// `ValueError` for a value that is too long, and PostgreSQL's, such as `DuplicateObject` and `InsufficientPrivilege`.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<EnumInfo> {
    run(ctx, params.database_id, &Add(params)).await
}

pub(super) struct Add(pub AddParams);

impl Change for Add {
    type Made = QName;
    type Output = EnumInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<QName>> {
        check_count("values", self.0.values.len())?;
        for (index, value) in self.0.values.iter().enumerate() {
            check_value(&format!("values[{index}]"), value)?;
        }
        let schema = schema(tx, self.0.schema_oid).await.map_err(|error| error.at("schema_oid"))?;
        let name = QName::new(schema.name, ident(&self.0.name)?);
        let statements = vec![enumeration::create(&name, self.0.values.iter().map(String::as_str))];
        Ok(Plan { statements, made: name })
    }

    async fn read_back(&self, tx: &Transaction<'_>, name: QName) -> Result<EnumInfo> {
        named(tx, &name).await
    }
}

/// `enums.patch`.
///
/// # Errors
/// `DoesNotExist` for the enum; `ValueError` for a value that is too long, and PostgreSQL's: `InvalidParameterValue` for a value that the
/// enum lacks, `DuplicateObject` for one that it has, `InsufficientPrivilege` for who does not own it.
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<EnumInfo> {
    run(ctx, params.database_id, &Patch(params)).await
}

pub(super) struct Patch(pub PatchParams);

impl Change for Patch {
    type Made = QName;
    type Output = EnumInfo;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<QName>> {
        let PatchParams { renamed, added, .. } = &self.0;
        check_count("renamed", renamed.len())?;
        check_count("added", added.len())?;
        for (index, value) in renamed.iter().enumerate() {
            check_value(&format!("renamed[{index}].new_value"), &value.new_value)?;
        }
        for (index, value) in added.iter().enumerate() {
            check_value(&format!("added[{index}].value"), &value.value)?;
        }
        let found = tx.introspect(&introspect::enums()).await?.into_iter().find(|one| one.oid == self.0.enum_oid);
        let name = found.ok_or_else(|| gone("enum", self.0.enum_oid).at("enum_oid"))?.name;
        let renaming = renamed.iter().map(|one| enumeration::rename_value(&name, &one.value, &one.new_value));
        let adding = added.iter().map(|one| enumeration::add_value(&name, &one.value, one.before.as_deref()));
        Ok(Plan { statements: renaming.chain(adding).collect(), made: name })
    }

    async fn read_back(&self, tx: &Transaction<'_>, name: QName) -> Result<EnumInfo> {
        named(tx, &name).await
    }
}
