//! A saved exploration as a file.

use bytes::Bytes;
use futures_util::{StreamExt as _, future, stream};
use indexmap::IndexMap;
use mathesar_api::methods::explorations::{ExplorationDef, ExplorationParams};
use mathesar_pg::TxOptions;
use mathesar_sql::exploration::Column;

use super::{Download, frames, writing_out};
use crate::explorations::{self, Pictures};
use crate::{Ctx, Result};

/// What of which exploration to export.
#[derive(Clone, Debug)]
pub struct ExplorationExport {
    /// The database.
    pub database_id: i64,
    /// The saved exploration.
    pub exploration_id: i64,
    /// Most rows to give; all when absent.
    pub limit: Option<u32>,
    /// Rows to pass over.
    pub offset: u64,
}

/// A saved exploration as CSV. Its header has the display names of the columns, or their aliases.
///
/// # Errors
/// Those of `explorations.get` and of `explorations.run`. What PostgreSQL finds wrong while rows are written comes in the body.
pub async fn exploration_csv(ctx: &Ctx, export: ExplorationExport) -> Result<Download> {
    let ExplorationExport { database_id, exploration_id, limit, offset } = export;
    let saved = explorations::get(ctx, ExplorationParams { database_id, exploration_id }).await?;
    let def = ExplorationDef::from(saved);
    let mut session = ctx.connect(database_id).await?;
    let pictures = Pictures::load(&session.begin(&TxOptions::read()), &def, "exploration").await?;
    let exploration = explorations::exploration(&pictures)?;
    let header = header(exploration.columns(), def.display_names.as_ref());
    let rows = session.stream_copy(&writing_out(), &exploration.to_stdout(limit, offset)).await?;
    let file = stream::once(future::ready(Ok(header))).chain(rows);
    let name = def.name.as_deref().unwrap_or("exploration");
    Ok(Download { file_name: format!("{name}.csv"), body: Box::pin(frames::Frames::new(file)) })
}

fn header(columns: &[Column<'_>], display_names: Option<&IndexMap<String, String>>) -> Bytes {
    let names = columns.iter().map(|column| {
        let name = display_names.and_then(|names| names.get(&column.alias)).unwrap_or(&column.alias);
        field(name)
    });
    let mut line = names.collect::<Vec<_>>().join(",");
    line.push('\n');
    line.into()
}

/// A field as PostgreSQL's CSV writes it.
fn field(text: &str) -> String {
    if !text.is_empty() && !text.contains([',', '"', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_have_to_be() {
        let fields = ["plain name", "", "a,b", "say \"hi\"", "two\nlines"].map(field);
        assert_eq!(fields, ["plain name", "\"\"", "\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\""]);
    }
}
