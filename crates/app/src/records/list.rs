//! `records.list`.

use bytes::Bytes;
use mathesar_api::{
    ErrorCode,
    methods::records::{CountMode, Grouping, ListParams, ValueForm},
};
use mathesar_pg::{RawRow, Transaction};
use mathesar_sql::{
    RowKey, Statement,
    filter::Filter,
    model::{Attnum, RowIdentity, Table},
    order::Order,
    page::{Page, Place, Start},
    select::{self, Output, RowQuery},
};

use super::answer::{Answer, read};
use super::table::Work;
use super::{count, groups, input, table};
use crate::{Ctx, Error, Result, limits, selection};

/// Lists rows: filtered, sorted, a page at a time. The result is a `RecordList` as JSON.
///
/// # Errors
/// Those of PostgreSQL; `UnknownDBFunctionID` for a filter and `BadSortFormat` for an order that do not fit the table;
/// `LimitReached` for a page that is too large; `RowConflict` when the row to start behind is gone.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Bytes> {
    // The rows of a page and their groups are two statements, which have to see the same table.
    let options = if params.grouping.is_some() { table::reading_at_once() } else { table::reading() };
    table::read(ctx, params.database_id, &options, &params).await
}

impl Work for ListParams {
    type Output = Bytes;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Bytes> {
        let table = table::open(tx, self.table_oid).await?;
        let plan = Plan::new(&table, self)?;
        let page = plan.page(tx, &table).await?;
        let query = plan.query(&table, &page);

        let answer = Answer {
            database_id: self.database_id,
            shape: &query.shape,
            form: table::form(self.values),
            keys: self.keys,
            summaries: self.return_record_summaries,
        };
        let mut body = read(ctx, tx, &table, &query, &answer).await?;
        body.count = plan.count(tx, &table, body.rows).await?;
        if let Some(grouping) = &self.grouping {
            let query = plan.groups(&table, grouping, self.values, &page)?;
            body.grouping = Some(groups::read(tx, &table, grouping.clone(), self.values, &query).await?);
        }
        body.finish()
    }
}

/// What `records.list` does, before anything is run.
pub(super) struct Plan<'t> {
    output: Output<'t>,
    filter: Option<Filter>,
    order: Order<'t>,
    limit: u32,
    offset: u64,
    after: Option<RowKey>,
    count: CountMode,
}

impl<'t> Plan<'t> {
    /// Checks the parameters against the table.
    pub(super) fn new(table: &'t Table, params: &ListParams) -> Result<Self> {
        let limit = params.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT);
        if limit > limits::PAGE_ROWS {
            return Err(Error::limit(format!("limit: at most {} rows can be asked for at once.", limits::PAGE_ROWS)));
        }
        let order = params.order.as_deref().unwrap_or_default();
        if order.len() > limits::ORDER_COLUMNS {
            return Err(Error::limit(format!("order: at most {} columns can be sorted by.", limits::ORDER_COLUMNS)));
        }
        if params.after.is_some() && params.offset.is_some_and(|offset| offset > 0) {
            return Err(Error::value("after: it excludes \"offset\"; give one of them."));
        }
        refuse_unknown(table, params.columns.as_deref())?;
        let order = match &params.grouping {
            Some(grouping) => selection::order(table, &groups::order(grouping, order))?,
            None => selection::order(table, order)?,
        };
        let keyed = params.return_record_summaries && !matches!(table.key, RowIdentity::ReadOnly(_));
        Ok(Self {
            output: Output::new(table, params.columns.as_deref(), table::form(params.values), keyed || params.keys),
            filter: selection::filter(table, params.filter.clone())?,
            order,
            limit,
            offset: params.offset.unwrap_or(0),
            after: params.after.as_ref().map(|key| input::key(table, key, "after")).transpose()?,
            count: params.count,
        })
    }

    /// The page; a row may have to be looked up for its start.
    async fn page(&self, tx: &Transaction<'_>, table: &Table) -> Result<Page> {
        let Some(key) = &self.after else { return Ok(self.page_from(Start::Offset(self.offset))) };
        if let Some(place) = select::place_of_key(&self.order, key) {
            return Ok(self.page_from(Start::After(place)));
        }
        let unordered = || Error::value("after: the rows of this table have no order; use \"offset\".");
        let statement = select::place(table, &self.order, key)?.ok_or_else(unordered)?;
        let row = tx.row(&statement).await?;
        let gone = || {
            let message = "after: the row is gone, so that no page can start behind it. Start from another row.";
            Error::new(ErrorCode::ROW_CONFLICT, message)
        };
        Ok(self.page_from(Start::After(read_place(&row.ok_or_else(gone)?)?)))
    }

    fn page_from(&self, start: Start) -> Page {
        Page { limit: self.limit, start }
    }

    fn query(&self, table: &Table, page: &Page) -> RowQuery {
        select::page(table, &self.output, self.filter.as_ref(), &self.order, page)
    }

    fn groups(&self, table: &Table, asked: &Grouping, values: ValueForm, page: &Page) -> Result<RowQuery> {
        groups::plan(table, asked, values, self.filter.as_ref(), &self.order, page)
    }

    /// The statements, for people to read.
    pub(super) fn shown(&self, table: &Table, params: &ListParams) -> Result<Vec<Statement>> {
        let start = match &self.after {
            Some(key) => select::place_of_key(&self.order, key).map_or(Start::Offset(0), Start::After),
            None => Start::Offset(self.offset),
        };
        let page = self.page_from(start);
        let mut statements = vec![self.query(table, &page).statement];
        statements.extend(count::statement(table, self.filter.as_ref(), self.count));
        if let Some(grouping) = &params.grouping {
            statements.push(self.groups(table, grouping, params.values, &page)?.statement);
        }
        Ok(statements)
    }

    /// How many rows match. A page that ends early has counted them by itself.
    async fn count(&self, tx: &Transaction<'_>, table: &Table, rows: usize) -> Result<Option<(i64, bool)>> {
        let rows = u64::try_from(rows).map_err(Error::internal)?;
        let ended = rows < u64::from(self.limit) && (rows > 0 || self.offset == 0) && self.after.is_none();
        if ended && self.count != CountMode::None {
            return Ok(Some((i64::try_from(self.offset + rows).map_err(Error::internal)?, true)));
        }
        count::run(tx, table, self.filter.as_ref(), self.count).await
    }
}

fn read_place(row: &RawRow) -> Result<Place> {
    let fields = (0..row.len()).map(|index| Ok(row.get::<Option<&str>>(index)?)).collect::<Result<Vec<_>>>()?;
    Ok(select::read_place(&fields))
}

/// Columns that do not exist are an error, not left out.
fn refuse_unknown(table: &Table, columns: Option<&[Attnum]>) -> Result<()> {
    for attnum in columns.unwrap_or_default() {
        input::column(table, &attnum.to_string(), "columns")?;
    }
    Ok(())
}
