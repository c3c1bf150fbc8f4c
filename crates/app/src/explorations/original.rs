//! Explorations of the original, whose grammar is ours.

use mathesar_api::value;
use mathesar_store::NewExploration;
use mathesar_store::original::OriginalExploration;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Definition;
use crate::{Error, Result, saved};

/// What an exploration is called in errors.
const PLACE: &str = "exploration";

/// The parts of a definition as the original stores them.
#[derive(Serialize)]
struct Parts<'a> {
    initial_columns: &'a RawValue,
    transformations: Option<&'a RawValue>,
    display_options: Option<&'a RawValue>,
    display_names: Option<&'a RawValue>,
    description: Option<&'a str>,
}

/// An exploration of the original as it is stored here; its numbers stay those of the original.
///
/// # Errors
/// `ValueError` for a name that cannot be used; `InvalidParams` with the path of what is not of the grammar; `LimitReached`.
pub(crate) fn taken_over(from: &OriginalExploration, schema_name: String) -> Result<NewExploration> {
    saved::check_name(&from.name, PLACE)?;
    let parts = Parts {
        initial_columns: &from.initial_columns,
        transformations: from.transformations.as_deref(),
        display_options: from.display_options.as_deref(),
        display_names: from.display_names.as_deref(),
        description: from.description.as_deref(),
    };
    let text = serde_json::to_string(&parts).map_err(Error::internal)?;
    let definition: Definition = value::read(&text).map_err(|misfit| Error::misfit(PLACE, &misfit))?;
    Ok(NewExploration {
        database_id: from.database_id,
        schema_oid: from.schema_oid,
        schema_name,
        name: from.name.clone(),
        base_table_oid: from.base_table_oid,
        definition: definition.write(PLACE)?,
    })
}
