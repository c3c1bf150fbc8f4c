//! `explorations.*`: saved queries over a table and the tables that it is linked with.
//!
//! Whoever works in a database may read and change what is saved for it, as far as its owner lets them ([`sharing`](crate::sharing)). What
//! an exploration shows is decided when it runs, by the PostgreSQL role of whoever runs it.

mod compiled;
mod definition;
mod follow;
mod original;
mod run;

use mathesar_api::Json;
use mathesar_api::methods::explorations::{
    AddParams, ExplorationColumn, ExplorationDef, ExplorationInfo, ExplorationParams, ListParams, ReplaceParams,
    ShareParams, Transformation,
};
use mathesar_api::methods::sharing::{Sharing, SharingRight};
use mathesar_store::{Exploration, NewExploration};
use serde::{Deserialize, Serialize};

pub(crate) use compiled::{Pictures, exploration};
pub(crate) use follow::follow_copy;
pub(crate) use original::taken_over;
pub use run::{run, show};

use crate::{Ctx, Error, Result, limits, model, saved, sharing};

/// `explorations.list`.
///
/// # Errors
/// Those of our own database.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<ExplorationInfo>> {
    let stored = ctx.app.store.explorations().list(params.database_id, params.schema_oid).await?;
    sharing::visible(ctx, stored).await?.into_iter().map(|(stored, sharing)| info(stored, sharing)).collect()
}

/// `explorations.get`.
///
/// # Errors
/// `DoesNotExist`, also for one of another database, and for one that the caller may not see.
pub async fn get(ctx: &Ctx, params: ExplorationParams) -> Result<ExplorationInfo> {
    told(ctx, admitted(ctx, params.database_id, params.exploration_id, SharingRight::Read).await?).await
}

/// `explorations.add`.
///
/// # Errors
/// `ValueError` for a name that cannot be used; `DoesNotExist` for the schema; `IntegrityError` when the schema has an
/// exploration of this name; `LimitReached` for a definition that is too long.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<ExplorationInfo> {
    let mut def = params.exploration_def;
    let sharing = sharing::new(ctx, def.sharing.take().map(|asked| asked.access))?;
    let new = checked(ctx, params.database_id, def, "exploration_def").await?;
    told(ctx, ctx.app.store.explorations().add(new, sharing, ctx.app.clock.now()).await?).await
}

/// `explorations.replace`.
///
/// # Errors
/// Those of [`add`] and [`get`]; `PermissionError` for one that the caller may only see.
pub async fn replace(ctx: &Ctx, params: ReplaceParams) -> Result<ExplorationInfo> {
    let id = params.new_exploration.id.ok_or_else(|| missing("new_exploration", "id"))?;
    admitted(ctx, params.database_id, id, SharingRight::Write).await?;
    let new = checked(ctx, params.database_id, params.new_exploration, "new_exploration").await?;
    told(ctx, ctx.app.store.explorations().replace(id, new, ctx.app.clock.now()).await?).await
}

/// `explorations.share`.
///
/// # Errors
/// Those of [`get`]; `PermissionError` for who is neither its owner nor a superuser; `ValueError` for an owner who does not work in the database,
/// and for one that nobody owns.
pub async fn share(ctx: &Ctx, params: ShareParams) -> Result<Sharing> {
    let (database_id, id) = (params.database_id, params.exploration_id);
    let before = admitted(ctx, database_id, id, SharingRight::Share).await?.sharing();
    let after = sharing::changed(ctx, database_id, before, params.owner_id, params.access).await?;
    sharing::told(ctx, ctx.app.store.explorations().share(database_id, id, after).await?.sharing()).await
}

/// `explorations.delete`.
///
/// # Errors
/// Those of [`get`]; `PermissionError` for one that the caller may only see.
pub async fn delete(ctx: &Ctx, params: ExplorationParams) -> Result<()> {
    admitted(ctx, params.database_id, params.exploration_id, SharingRight::Write).await?;
    Ok(ctx.app.store.explorations().delete(params.database_id, params.exploration_id).await?)
}

/// What is stored of an exploration beside what it is found by.
#[derive(Deserialize, Serialize)]
struct Definition {
    initial_columns: Vec<ExplorationColumn>,
    transformations: Option<Vec<Transformation>>,
    display_options: Option<Json>,
    display_names: Option<indexmap::IndexMap<String, String>>,
    description: Option<String>,
}

impl Definition {
    /// As it is stored. `place` is what the exploration is called in errors.
    fn write(&self, place: &str) -> Result<String> {
        let text = serde_json::to_string(self).map_err(Error::internal)?;
        if text.len() > limits::EXPLORATION_BYTES {
            return Err(Error::limit(format!(
                "{place}: an exploration can have {} kB as JSON. Filter by fewer values.",
                limits::EXPLORATION_BYTES / 1024
            )));
        }
        Ok(text)
    }
}

/// A saved exploration that the caller has this right to.
async fn admitted(ctx: &Ctx, database_id: i64, id: i64, needed: SharingRight) -> Result<Exploration> {
    sharing::admit(ctx, ctx.app.store.explorations().get(database_id, id).await?, needed).await
}

async fn told(ctx: &Ctx, stored: Exploration) -> Result<ExplorationInfo> {
    let sharing = sharing::told(ctx, stored.sharing()).await?;
    info(stored, sharing)
}

fn info(stored: Exploration, sharing: Sharing) -> Result<ExplorationInfo> {
    let definition: Definition = serde_json::from_str(&stored.definition).map_err(Error::internal)?;
    Ok(ExplorationInfo {
        id: stored.id,
        database_id: stored.database_id,
        name: stored.name,
        base_table_oid: stored.base_table_oid.0,
        schema_oid: stored.schema_oid.0,
        initial_columns: definition.initial_columns,
        transformations: definition.transformations,
        display_options: definition.display_options,
        display_names: definition.display_names,
        description: definition.description,
        sharing,
    })
}

/// An exploration that can be saved. `place` names the parameter in errors.
async fn checked(ctx: &Ctx, database_id: i64, def: ExplorationDef, place: &str) -> Result<NewExploration> {
    saved::refuse_other_database(database_id, def.database_id, place)?;
    let name = def.name.ok_or_else(|| missing(place, "name"))?;
    saved::check_name(&name, place)?;
    let schema_oid = def.schema_oid.ok_or_else(|| missing(place, "schema_oid"))?;
    let definition = Definition {
        initial_columns: def.initial_columns,
        transformations: def.transformations,
        display_options: def.display_options,
        display_names: def.display_names,
        description: def.description,
    };
    let definition = definition.write(place)?;
    let mut session = ctx.connect(database_id).await?;
    let schema = model::schema(&session.begin(&model::reading()), schema_oid).await?;
    Ok(NewExploration {
        database_id,
        schema_oid,
        schema_name: schema.name.as_str().to_owned(),
        name,
        base_table_oid: def.base_table_oid,
        definition,
    })
}

fn missing(place: &str, field: &str) -> Error {
    Error::value(format!("{place}.{field}: it is needed to save an exploration."))
}

#[cfg(test)]
mod tests {
    use mathesar_api::methods::explorations::RunParams;

    use crate::{
        Ctx,
        export::{ExplorationExport, exploration_csv},
    };

    /// The dispatcher boxes use cases as futures that move between threads; this only has to compile.
    #[expect(dead_code, reason = "what it calls is checked by the compiler")]
    fn use_cases_move_between_threads(ctx: &Ctx, run: RunParams, export: ExplorationExport) {
        fn moves(_: impl Send) {}
        moves(super::run(ctx, run));
        moves(exploration_csv(ctx, export));
    }
}
