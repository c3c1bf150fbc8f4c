//! `records.list`.

use std::collections::HashMap;

use bytes::Bytes;
use mathesar_api::{
    ErrorCode,
    methods::records::{CountMode, Grouping, ListParams, ValueForm},
};
use mathesar_pg::Transaction;
use mathesar_sql::{
    RowKey, Statement,
    filter::Filter,
    model::{Attnum, RowIdentity, Table},
    order::Order,
    page::{Page, Place, Start},
    select::{self, Output, RowQuery},
};

use super::answer::{Answer, read};
use super::joined::Joins;
use super::places::{self, Found, Rows, Wanted};
use super::table::Work;
use super::{count, groups, input, table};
use crate::{Ctx, Error, Result, limits, selection};

/// Lists rows: filtered, sorted, a page at a time. The result is a `RecordList` as JSON.
///
/// # Errors
/// Those of PostgreSQL; `UnknownDBFunctionID` for a filter and `BadSortFormat` for an order that do not fit the table;
/// `LimitReached` for a page that is too large; `RowConflict` when the row to start behind is gone.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Bytes> {
    // The rows of a page, its groups and what is known about its place have to be of the same table.
    let alone = params.grouping.is_none() && is_first(&params);
    let options = if alone { table::reading() } else { table::reading_at_once() };
    table::read(ctx, params.database_id, &options, &params).await
}

impl Work for ListParams {
    type Output = Bytes;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<Bytes> {
        let table = table::open(tx, self.table_oid).await?;
        let plan = Plan::new(&table, self)?;
        let found = if self.grouping.is_none() && !is_first(self) { plan.find(ctx, tx, &table).await? } else { None };
        let (query, page) = match &found {
            Some(found) => (found.query(&plan.rows(&table), &plan.output)?, None),
            None => {
                let page = plan.page(tx, &table).await?;
                (plan.query(&table, &page), Some(page))
            }
        };

        let answer = Answer {
            database_id: self.database_id,
            shape: &query.shape,
            form: table::form(self.values),
            keys: self.keys,
            summaries: self.return_record_summaries,
            templates: HashMap::new(),
        };
        let joins = Joins::open(tx, &table, &query.shape, self.joined_columns.as_deref()).await?;
        let mut body = read(ctx, tx, &table, &query, &answer, joins).await?;
        body.place = found.map(|found| found.place).filter(|_| self.approximate_count.is_some());
        let is_exact = body.place.is_none_or(|place| place.exact);
        body.count = plan.count(tx, &table, body.rows, is_exact).await?;
        if let (Some(grouping), Some(page)) = (&self.grouping, page) {
            let query = plan.groups(&table, grouping, self.values, &page)?;
            body.grouping = Some(groups::read(tx, &table, grouping.clone(), self.values, &query).await?);
        }
        body.finish()
    }
}

/// Whether the page begins with the first row of all, so that it need not be looked for.
fn is_first(params: &ListParams) -> bool {
    params.offset.unwrap_or(0) == 0 && params.after.is_none() && params.before.is_none()
}

/// What `records.list` does, before anything is run.
pub(super) struct Plan<'t> {
    output: Output<'t>,
    filter: Option<Filter>,
    order: Order<'t>,
    limit: u32,
    edge: Edge,
    approximate_count: Option<u64>,
    count: CountMode,
}

/// Where a page begins or ends.
enum Edge {
    Offset(u64),
    After(RowKey),
    Before(RowKey),
}

impl<'t> Plan<'t> {
    /// Checks the parameters against the table.
    pub(super) fn new(table: &'t Table, params: &ListParams) -> Result<Self> {
        let limit = params.limit.unwrap_or(limits::PAGE_ROWS);
        if limit > limits::PAGE_ROWS {
            return Err(Error::limit(format!("limit: at most {} rows can be asked for at once.", limits::PAGE_ROWS)));
        }
        refuse_unknown(table, params.columns.as_deref())?;
        let asked = params.order.as_deref().unwrap_or_default();
        let order = match &params.grouping {
            Some(grouping) => {
                // By itself first, so that an error names its place in the request.
                selection::order(table, asked)?;
                selection::order(table, &groups::order(table, grouping, asked)?)?
            }
            None => selection::order(table, asked)?,
        };
        let keyed = params.return_record_summaries && !matches!(table.key, RowIdentity::ReadOnly(_));
        Ok(Self {
            output: Output::new(table, params.columns.as_deref(), table::form(params.values), keyed || params.keys),
            filter: selection::filter(table, params.filter.clone())?,
            order,
            limit,
            edge: Edge::new(table, params)?,
            approximate_count: params.approximate_count,
            count: params.count,
        })
    }

    fn rows<'a>(&'a self, table: &'a Table) -> Rows<'a> {
        Rows { table, filter: self.filter.as_ref(), order: &self.order }
    }

    /// The page by what is known about the order; `None` when it is to be read by its own statement.
    async fn find(&self, ctx: &Ctx, tx: &Transaction<'_>, table: &Table) -> Result<Option<Found>> {
        let wanted = match &self.edge {
            Edge::Offset(offset) => Wanted::Offset(*offset),
            Edge::After(key) => Wanted::After(key),
            Edge::Before(key) => Wanted::Before(key),
        };
        places::find(ctx, tx, &self.rows(table), wanted, self.limit, self.approximate_count).await
    }

    /// The page; a row may have to be looked up for its start.
    async fn page(&self, tx: &Transaction<'_>, table: &Table) -> Result<Page> {
        if let Some(page) = self.page_at_once() {
            return Ok(page);
        }
        let Some((key, name)) = self.edge.key() else { return Ok(Page::first(self.limit)) };
        let unordered = || Error::value(format!("{name}: the rows of this table have no order; use \"offset\"."));
        let statement = select::place(table, &self.order, key)?.ok_or_else(unordered)?;
        let row = tx.row(&statement).await?;
        let gone = || {
            let message =
                format!("{name}: the row is gone, so that no page can start beside it. Start from another row.");
            Error::new(ErrorCode::ROW_CONFLICT, message)
        };
        let place = table::read_place(&row.ok_or_else(gone)?, 0)?;
        Ok(Page::at(self.edge.start(place), self.limit))
    }

    /// The page where no row has to be looked up for it.
    fn page_at_once(&self) -> Option<Page> {
        match (&self.edge, self.edge.key()) {
            (Edge::Offset(offset), _) => Some(Page::offset(*offset, self.limit)),
            (_, Some((key, _))) => {
                let place = select::place_of_key(&self.order, key)?;
                Some(Page::at(self.edge.start(place), self.limit))
            }
            (_, None) => None,
        }
    }

    fn query(&self, table: &Table, page: &Page) -> RowQuery {
        select::page(table, &self.output, self.filter.as_ref(), &self.order, page)
    }

    fn groups(&self, table: &Table, asked: &Grouping, values: ValueForm, page: &Page) -> Result<RowQuery> {
        groups::plan(table, asked, values, self.filter.as_ref(), &self.order, page)
    }

    /// The statements, for people to read.
    pub(super) fn shown(&self, table: &Table, params: &ListParams) -> Result<Vec<Statement>> {
        let page = self.page_at_once().unwrap_or_else(|| Page::first(self.limit));
        let mut statements = vec![self.query(table, &page).statement];
        statements.extend(count::statement(table, self.filter.as_ref(), self.count));
        if let Some(grouping) = &params.grouping {
            statements.push(self.groups(table, grouping, params.values, &page)?.statement);
        }
        Ok(statements)
    }

    /// How many rows match. A page that ends early has counted them by itself, unless it does not know where it stands.
    async fn count(
        &self,
        tx: &Transaction<'_>,
        table: &Table,
        rows: usize,
        is_exact: bool,
    ) -> Result<Option<(i64, bool)>> {
        let rows = u64::try_from(rows).map_err(Error::internal)?;
        if let Edge::Offset(offset) = self.edge
            && is_exact
            && rows < u64::from(self.limit)
            && (rows > 0 || offset == 0)
            && self.count != CountMode::None
        {
            return Ok(Some((i64::try_from(offset + rows).map_err(Error::internal)?, true)));
        }
        count::run(tx, table, self.filter.as_ref(), self.count).await
    }
}

impl Edge {
    fn new(table: &Table, params: &ListParams) -> Result<Self> {
        let offset = params.offset.filter(|offset| *offset > 0);
        Ok(match (offset, &params.after, &params.before) {
            (None, Some(key), None) => Self::After(input::key(table, key, "after")?),
            (None, None, Some(key)) => Self::Before(input::key(table, key, "before")?),
            (offset, None, None) => Self::Offset(offset.unwrap_or(0)),
            (Some(_), Some(_), _) => return Err(Error::value("after: it excludes \"offset\"; give one of them.")),
            (Some(_), _, Some(_)) => return Err(Error::value("before: it excludes \"offset\"; give one of them.")),
            (None, Some(_), Some(_)) => return Err(Error::value("before: it excludes \"after\"; give one of them.")),
        })
    }

    /// The row beside which the page lies, and the parameter that names it.
    fn key(&self) -> Option<(&RowKey, &'static str)> {
        match self {
            Self::Offset(_) => None,
            Self::After(key) => Some((key, "after")),
            Self::Before(key) => Some((key, "before")),
        }
    }

    /// The page's start, when that row has this place.
    fn start(&self, place: Place) -> Start {
        match self {
            Self::Offset(_) | Self::After(_) => Start::After(place),
            Self::Before(_) => Start::Before(place),
        }
    }
}

/// Columns that do not exist are an error, not left out.
fn refuse_unknown(table: &Table, columns: Option<&[Attnum]>) -> Result<()> {
    for attnum in columns.unwrap_or_default() {
        input::column(table, &attnum.to_string(), "columns")?;
    }
    Ok(())
}
