//! `tables.list_joinable`.

use indexmap::IndexMap;
use mathesar_api::methods::explorations::{JoinColumns, JoinEnd};
use mathesar_api::methods::tables::{
    JoinTargetInfo, JoinableColumn, JoinableTable, JoinableTables, ListJoinableParams,
};
use mathesar_sql::introspect;
use mathesar_sql::model::{Attnum, Link, Oid, Table};

use super::{column_info, reading, table};
use crate::{Ctx, Error, Result};

/// How many foreign keys a way may follow.
const DEPTHS: std::ops::RangeInclusive<u8> = 1..=5;
/// How many ways are told: more help nobody, and between tables that are much linked there are millions.
const MOST_WAYS: usize = 5_000;

/// `tables.list_joinable`: a way never follows the same foreign key twice.
///
/// # Errors
/// `UndefinedTable`; `ValueError` for a depth out of range; `LimitReached` when there are more than 5000 ways.
pub async fn list(ctx: &Ctx, params: ListJoinableParams) -> Result<JoinableTables> {
    if !DEPTHS.contains(&params.max_depth) {
        return Err(Error::value(format!("`max_depth` is from {} to {}.", DEPTHS.start(), DEPTHS.end())));
    }
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&reading());
    let base = table(&tx, params.table_oid).await?;
    let links = tx.introspect(&introspect::links()).await?;
    let followed = |link: &Link| params.several_columns || link.columns.len() == 1;
    let links: Vec<Link> = links.into_iter().filter(followed).collect();
    let joinable_tables = ways(base.oid(), &links, params.max_depth)?;
    let mut target_table_info = IndexMap::new();
    for way in &joinable_tables {
        if !target_table_info.contains_key(&way.target) {
            target_table_info.insert(way.target, target_info(&table(&tx, way.target).await?));
        }
    }
    Ok(JoinableTables { joinable_tables, target_table_info })
}

/// Every way from a table, shorter ones first.
fn ways(base: Oid, links: &[Link], max_depth: u8) -> Result<Vec<JoinableTable>> {
    let mut found: Vec<JoinableTable> = Vec::new();
    let start = JoinableTable {
        base,
        target: base,
        join_path: Vec::new(),
        fkey_path: Vec::new(),
        depth: 0,
        multiple_results: false,
    };
    let mut last = vec![start];
    for _ in 0..max_depth {
        last = last.iter().flat_map(|way| links.iter().flat_map(|link| steps(way, link))).collect();
        found.extend(last.iter().cloned());
        if found.len() > MOST_WAYS {
            let message = format!("More than {MOST_WAYS} ways lead from this table. Ask for a smaller `max_depth`.");
            return Err(Error::limit(message));
        }
    }
    Ok(found)
}

/// The ways that a foreign key makes of a way: none, one, or both directions where a table refers to itself.
fn steps(way: &JoinableTable, link: &Link) -> impl Iterator<Item = JoinableTable> {
    let end = |table: Oid, columns: &[Attnum]| match columns {
        [column] => JoinEnd(table, JoinColumns::One(*column)),
        columns => JoinEnd(table, JoinColumns::Many(columns.to_vec())),
    };
    let (here, there) = (end(link.table, &link.columns), end(link.target, &link.target_columns));
    let unused = way.fkey_path.iter().all(|(constraint, _)| *constraint != link.constraint);
    let step = |reversed: bool| {
        let (from, to) = if reversed { (&there, &here) } else { (&here, &there) };
        (unused && from.0 == way.target).then(|| JoinableTable {
            base: way.base,
            target: to.0,
            join_path: way.join_path.iter().cloned().chain([[from.clone(), to.clone()]]).collect(),
            fkey_path: way.fkey_path.iter().copied().chain([(link.constraint, reversed)]).collect(),
            depth: way.depth + 1,
            multiple_results: way.multiple_results || reversed,
        })
    };
    [step(false), step(true)].into_iter().flatten()
}

fn target_info(table: &Table) -> JoinTargetInfo {
    let columns = table.readable().map(|column| {
        let info = JoinableColumn {
            name: column.name.as_str().to_owned(),
            kind: column_info::kind(&column.ty),
            primary_key: table.primary_key().contains(&column.attnum),
        };
        (column.attnum, info)
    });
    JoinTargetInfo { name: table.name().name.as_str().to_owned(), columns: columns.collect() }
}
