//! The groups of a page of `records.list`.

use mathesar_api::{
    ErrorCode,
    methods::records::{Direction, Group, Grouping as Asked, GroupingResult, OrderBy, ValueForm},
};
use mathesar_pg::Transaction;
use mathesar_sql::{
    filter::Filter,
    group::{self, Grouping},
    model::Table,
    order::Order,
    page::Page,
    select::RowQuery,
};

use super::body::RowWriter;
use super::table;
use crate::{Error, Result};

/// The order that was asked for, with the columns of the grouping before it, so that the rows of a group stand together.
pub(super) fn order(table: &Table, asked: &Asked, order: &[OrderBy]) -> Result<Vec<OrderBy>> {
    let readable = |attnum| table.column(attnum).is_some_and(|column| column.privileges.select);
    if let Some((index, attnum)) = asked.columns.iter().enumerate().find(|(_, attnum)| !readable(**attnum)) {
        let message = format!("grouping.columns[{index}]: the table has no column {attnum} that you may read");
        return Err(Error::new(ErrorCode::UNDEFINED_COLUMN, message));
    }
    let mut all: Vec<OrderBy> = Vec::new();
    for attnum in &asked.columns {
        let by = order.iter().find(|by| by.attnum == *attnum).cloned();
        if !all.iter().any(|by| by.attnum == *attnum) {
            all.push(by.unwrap_or(OrderBy { attnum: *attnum, direction: Direction::Asc, nulls: None }));
        }
    }
    all.extend(order.iter().filter(|by| !asked.columns.contains(&by.attnum)).cloned());
    Ok(all)
}

/// What is run beside the page's own statement.
pub(super) fn plan(
    table: &Table,
    asked: &Asked,
    values: ValueForm,
    filter: Option<&Filter>,
    order: &Order<'_>,
    page: &Page,
) -> Result<RowQuery> {
    let preproc = asked.preproc.as_deref().unwrap_or_default();
    let grouping = Grouping::new(table, &asked.columns, preproc).map_err(|error| Error::value(error.to_string()))?;
    Ok(group::of_page(table, &grouping, table::form(values), filter, order, page))
}

/// The groups of the page, in the order in which they appear on it.
pub(super) async fn read(
    tx: &Transaction<'_>,
    table: &Table,
    asked: Asked,
    values: ValueForm,
    query: &RowQuery,
) -> Result<GroupingResult> {
    let writer = RowWriter::new(table, &query.shape, table::form(values));
    let width = query.shape.columns.len();
    let mut groups: Vec<Group> = Vec::new();
    for (index, row) in tx.rows(&query.statement).await?.iter().enumerate() {
        let number = |at: usize| row.get::<&str>(at)?.parse::<i64>().map_err(Error::internal);
        let (id, index) = (number(width)?, i64::try_from(index).map_err(Error::internal)?);
        if let Some(group) = groups.iter_mut().rev().find(|group| group.id == id) {
            group.result_indices.push(index);
            continue;
        }
        let mut common = Vec::new();
        writer.row(row, 0, &mut common)?;
        groups.push(Group {
            id,
            count: number(width + 1)?,
            results_eq: serde_json::from_slice(&common).map_err(Error::internal)?,
            result_indices: vec![index],
        });
    }
    Ok(GroupingResult { columns: asked.columns, preproc: asked.preproc, groups })
}
