//! `records.list_summaries`.

use mathesar_api::{
    ErrorCode, Json,
    methods::records::{ListSummariesParams, RecordSummary, RecordSummaryList},
};
use mathesar_pg::Transaction;
use mathesar_sql::{
    Statement,
    model::{Column, RowIdentity, Table},
    summary,
};
use mathesar_types::wire::{Form, JsonToken, wire};

use super::joined::LinkedTo;
use super::names::{Names, read_labels};
use super::table::Work;
use super::{count, input, table};
use crate::{Ctx, Error, Result, limits};

/// Lists how records are called, for choosing one.
///
/// # Errors
/// Those of PostgreSQL; `ValueError` when the table has no column that a record could be chosen by, and for a `linked_record_path` that
/// leads elsewhere or begins at no record.
pub async fn list_summaries(ctx: &Ctx, params: ListSummariesParams) -> Result<RecordSummaryList> {
    table::read(ctx, params.database_id, &table::reading(), &params).await
}

impl Work for ListSummariesParams {
    type Output = RecordSummaryList;

    async fn run(&self, ctx: &Ctx, tx: &Transaction<'_>) -> Result<RecordSummaryList> {
        let names = Names::load(ctx, tx, self.database_id, &[self.table_oid]).await?;
        let plan = Plan::new(tx, &names, self).await?;
        let results = read_labels(&tx.rows(&plan.list).await?)?;
        let keys: Vec<String> = results.iter().map(|(key, _)| key.clone()).collect();
        let mapping = match &plan.linked {
            Some(linked) => Some(linked.among(tx, &keys).await?),
            None => None,
        };
        let results = results.into_iter().map(|(key, summary)| {
            let key = if plan.number {
                Json::from_serialize(&serde_json::value::RawValue::from_string(key).ok())
            } else {
                Json::from_serialize(&key)
            };
            Ok(RecordSummary { key: key.map_err(Error::internal)?, summary })
        });
        let results = results.collect::<Result<_>>()?;
        Ok(RecordSummaryList { results, count: count::number(tx, &plan.count).await?, mapping })
    }
}

/// What is run.
pub(super) struct Plan {
    pub(super) list: Statement,
    pub(super) count: Statement,
    /// Whether the key is a JSON number.
    number: bool,
    linked: Option<LinkedTo>,
}

impl Plan {
    pub(super) async fn new(tx: &Transaction<'_>, names: &Names, params: &ListSummariesParams) -> Result<Self> {
        let gone = || Error::new(ErrorCode::UNDEFINED_TABLE, "There is no such table, or your role may not see it.");
        let (table, summary) = names.summary(params.table_oid).ok_or_else(gone)?;
        let key = key(table, params)?;
        let limit = params.limit.unwrap_or(limits::PAGE_ROWS);
        if limit > limits::PAGE_ROWS {
            return Err(Error::limit(format!(
                "limit: at most {} records can be asked for at once.",
                limits::PAGE_ROWS
            )));
        }
        let search = params.search.as_deref().filter(|search| !search.is_empty());
        if search.is_some_and(|search| search.contains('\0')) {
            return Err(Error::value("search: PostgreSQL keeps no NUL characters in a text."));
        }
        let linked = match &params.linked_record_path {
            Some(asked) => Some(LinkedTo::open(tx, asked, (params.table_oid, key.attnum)).await?),
            None => None,
        };
        let leading = params.linked_record_path.as_ref().is_some_and(|asked| asked.linked_first);
        let first = match &linked {
            Some(linked) if leading => linked.condition(key)?,
            _ => None,
        };
        Ok(Self {
            list: summary::list(table, &summary, key, search, first, limit, params.offset.unwrap_or(0)),
            count: summary::count(table, &summary, search),
            number: wire(&key.ty, Form::Original).json(Form::Original) == JsonToken::Number,
            linked,
        })
    }
}

/// The column whose value chooses a record.
fn key<'t>(table: &'t Table, params: &ListSummariesParams) -> Result<&'t Column> {
    if let Some(attnum) = params.key_attnum {
        return input::column(table, &attnum.to_string(), "key_attnum");
    }
    match &table.key {
        RowIdentity::PrimaryKey(columns) | RowIdentity::Unique(columns) if columns.len() == 1 => {
            input::column(table, &columns[0].to_string(), "table_oid")
        }
        _ => Err(Error::value("key_attnum: the table's key is not a single column, so say which column to choose by.")),
    }
}
