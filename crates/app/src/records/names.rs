//! What records are called: the labels of linked records and of the rows themselves.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::{try_join, try_join_all};
use indexmap::{IndexMap, IndexSet};
use mathesar_pg::{RawRow, Transaction};
use mathesar_sql::{
    Statement,
    model::{Attnum, Oid, Table},
    summary::{self, MAX_HOPS, Part, Summary, Tables, link},
};
use mathesar_types::wire::WireExpr;
use serde_json::Value;

use super::body::{Linked, RowWriter};
use crate::{Ctx, Result};

/// Pictures of tables and how their records are called.
pub(super) struct Names {
    tables: HashMap<Oid, Arc<Table>>,
    templates: HashMap<Oid, Vec<Part>>,
}

impl Names {
    /// Reads what is needed to call the records of the tables `wanted`, following the links of their templates. Tables that
    /// the role may not see are left out, and with them their part of a summary.
    pub(super) async fn load(ctx: &Ctx, tx: &Transaction<'_>, database_id: i64, wanted: &[Oid]) -> Result<Self> {
        Self::load_with(ctx, tx, database_id, wanted, &HashMap::new()).await
    }

    /// The same with templates that count more than those that are stored.
    pub(super) async fn load_with(
        ctx: &Ctx,
        tx: &Transaction<'_>,
        database_id: i64,
        wanted: &[Oid],
        templates: &HashMap<Oid, Vec<Part>>,
    ) -> Result<Self> {
        let mut names = Self { tables: HashMap::new(), templates: HashMap::new() };
        let (mut stored, ()) =
            try_join(stored_templates(ctx, database_id, wanted), names.add_tables(tx, wanted)).await?;
        for oid in wanted {
            let Some(table) = names.tables.get(oid) else { continue };
            let chosen = templates.get(oid).cloned().or_else(|| stored.remove(oid));
            let template = chosen.unwrap_or_else(|| Summary::default_template(table));
            names.templates.insert(*oid, template);
        }
        for _ in 0..MAX_HOPS {
            let missing = names.missing();
            if missing.is_empty() {
                break;
            }
            names.add_tables(tx, &missing).await?;
        }
        Ok(names)
    }

    async fn add_tables(&mut self, tx: &Transaction<'_>, oids: &[Oid]) -> Result<()> {
        let tables = try_join_all(oids.iter().map(|oid| tx.picture_to_read(*oid))).await?;
        self.tables.extend(tables.into_iter().flatten().map(|table| (table.oid(), table)));
        Ok(())
    }

    fn missing(&self) -> Vec<Oid> {
        let tables = self.references();
        let needed = self.templates.iter().filter_map(|(oid, template)| Some((tables.get(oid)?, template)));
        let mut missing: Vec<Oid> =
            needed.flat_map(|(table, template)| Summary::needed(table, template, &tables)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    fn references(&self) -> Tables<'_> {
        self.tables.iter().map(|(oid, table)| (*oid, table.as_ref())).collect()
    }

    /// How the records of a table are called; `None` when the role may not see it.
    pub(super) fn summary(&self, oid: Oid) -> Option<(&Table, Summary)> {
        let (table, template) = (self.tables.get(&oid)?, self.templates.get(&oid)?);
        let summary = Summary::new(table, template, &self.references()).ok()?;
        Some((table, summary))
    }

    /// The lookup of what the records are called that have these values in a column.
    fn labels(&self, (oid, attnum): (Oid, Attnum), values: &IndexSet<&str>) -> Option<Statement> {
        let (table, summary) = self.summary(oid)?;
        let column = table.column(attnum).filter(|column| column.privileges.select)?;
        if values.is_empty() {
            return None;
        }
        Some(summary::labels(table, &summary, column, values.iter().copied()))
    }
}

/// The templates that somebody chose for tables, such as `["#",[1]," – ",[2,5]]`. Parts of another shape were not written by us
/// and are left out, as in the original.
async fn stored_templates(ctx: &Ctx, database_id: i64, oids: &[Oid]) -> Result<HashMap<Oid, Vec<Part>>> {
    if oids.is_empty() {
        return Ok(HashMap::new());
    }
    let stored = ctx.app.store.metadata().of_tables(database_id, oids).await?;
    let templates = stored.iter().filter_map(|metadata| {
        let Value::Array(parts) = metadata.settings.get("record_summary_template")? else { return None };
        Some((metadata.table_oid.0, parts.iter().filter_map(part).collect()))
    });
    Ok(templates.collect())
}

/// Reads a template that a caller gives; `None` when a part of it is none.
pub(super) fn template(json: &str) -> Option<Vec<Part>> {
    serde_json::from_str::<Vec<Value>>(json).ok()?.iter().map(part).collect()
}

fn part(json: &Value) -> Option<Part> {
    match json {
        Value::String(text) => Some(Part::Text(text.clone())),
        Value::Array(path) => {
            let numbers = path.iter().map(|number| number.as_i64().and_then(|number| number.try_into().ok()));
            numbers.collect::<Option<Vec<Attnum>>>().map(Part::Path)
        }
        _ => None,
    }
}

/// The links of the rows of an answer.
#[derive(Default)]
pub(super) struct Links {
    columns: Vec<Link>,
}

struct Link {
    attnum: Attnum,
    /// Where the column's field is.
    position: usize,
    target: (Oid, Attnum),
    values: IndexSet<String>,
}

impl Links {
    /// The linking columns among those that are shown.
    pub(super) fn new(table: &Table, shape: &mathesar_sql::select::RowShape) -> Self {
        let columns = shape.columns.iter().enumerate().filter_map(|(position, column)| {
            // Only a text that PostgreSQL reads back as the same value can be looked up.
            let readable = matches!(
                column.wire,
                WireExpr::Native(_) | WireExpr::Numeric | WireExpr::Text | WireExpr::BytesHex | WireExpr::IsoDate
            );
            let target = link(table, column.attnum).filter(|_| readable)?;
            Some(Link { attnum: column.attnum, position, target, values: IndexSet::new() })
        });
        Self { columns: columns.collect() }
    }

    /// The tables that are linked to.
    pub(super) fn targets(&self) -> Vec<Oid> {
        let mut targets: Vec<Oid> = self.columns.iter().map(|link| link.target.0).collect();
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// Notes the linked values of a row, whose fields begin at `first`.
    pub(super) fn note(&mut self, writer: &RowWriter, row: &RawRow, first: usize) -> Result<()> {
        for link in &mut self.columns {
            if let Some(value) = writer.text(row, first, link.position)?
                && !link.values.contains(value.as_ref())
            {
                link.values.insert(value.into_owned());
            }
        }
        Ok(())
    }

    /// The columns that are linked to, and the values in them.
    pub(super) fn wanted(&self) -> impl Iterator<Item = ((Oid, Attnum), &IndexSet<String>)> {
        self.columns.iter().map(|link| (link.target, &link.values))
    }

    /// What the linked records are called, as far as it was found.
    pub(super) fn named(&self, labels: &Labels) -> Linked {
        let linked = self.columns.iter().filter(|link| !link.values.is_empty());
        linked.filter_map(|link| Some((link.attnum, labels.of(link.target, &link.values)?))).collect()
    }
}

/// Look-ups of what records are called: one statement for each column that is linked to, and every record once.
#[derive(Default)]
pub(super) struct Lookups {
    targets: Vec<(Oid, Attnum)>,
    /// They are independent of each other.
    pub(super) statements: Vec<Statement>,
}

impl Lookups {
    /// Those of the records that have these values in these columns. Tables that the role may not see are left out.
    pub(super) fn new<'v>(
        names: &Names,
        wanted: impl IntoIterator<Item = ((Oid, Attnum), &'v IndexSet<String>)>,
    ) -> Self {
        let mut all: IndexMap<(Oid, Attnum), IndexSet<&str>> = IndexMap::new();
        for (target, values) in wanted {
            all.entry(target).or_default().extend(values.iter().map(String::as_str));
        }
        let asked = all.iter().filter_map(|(target, values)| Some((*target, names.labels(*target, values)?)));
        let (targets, statements) = asked.unzip();
        Self { targets, statements }
    }

    /// Runs them in one round trip.
    pub(super) async fn run(&self, tx: &Transaction<'_>) -> Result<Labels> {
        self.labels(&try_join_all(self.statements.iter().map(|statement| tx.rows(statement))).await?)
    }

    /// Reads the answers to the statements, in their order.
    pub(super) fn labels(&self, answers: &[Vec<RawRow>]) -> Result<Labels> {
        let labels = self
            .targets
            .iter()
            .zip(answers)
            .map(|(target, rows)| Ok((*target, read_labels(rows)?.into_iter().collect::<HashMap<_, _>>())));
        Ok(Labels(labels.collect::<Result<_>>()?))
    }
}

/// What records are called: for a column that is linked to, value → summary.
pub(super) struct Labels(HashMap<(Oid, Attnum), HashMap<String, String>>);

impl Labels {
    /// The labels of the records that have these values in a column, in their order; `None` when it was not looked up.
    pub(super) fn of(&self, target: (Oid, Attnum), values: &IndexSet<String>) -> Option<Vec<(String, String)>> {
        let found = self.0.get(&target)?;
        Some(values.iter().filter_map(|value| Some((value.clone(), found.get(value)?.clone()))).collect())
    }
}

/// The rows of a lookup: the value as given, and the summary.
pub(super) fn read_labels(rows: &[RawRow]) -> Result<Vec<(String, String)>> {
    rows.iter().map(|row| Ok((row.get::<String>(0)?, row.get::<String>(1)?))).collect()
}
