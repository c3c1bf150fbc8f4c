//! `imports.load` and `imports.append`, and the jobs that they queue: one transaction that takes the rows, and creates the table for
//! them where there is none. Its statistics follow.

use std::sync::Arc;

use bytes::Bytes;
use mathesar_api::{
    ErrorCode,
    methods::{
        imports::{AppendParams, Dialect, LoadParams},
        jobs::JobInfo,
    },
};
use mathesar_pg::{Session, Transaction, TxOptions};
use mathesar_sql::{
    QName, ddl, introspect,
    model::{Oid, Table, TableKind},
    session::Mode,
};
use mathesar_store::{DataFile, Job};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    dialect::{Known, merge},
    plan::{NewTable, Plan},
    preview::stored_dialect,
    rows::{self, Report, Source},
    upload,
};
use crate::{App, Caller, Ctx, Error, Result, SignedIn, jobs, jobs::Progress, limits, model};

/// Pieces of rows that wait for PostgreSQL.
const PIECES_AHEAD: usize = 4;

const LOAD: &str = "import";
const APPEND: &str = "append";

/// The kinds of jobs that [`run`] does.
pub const JOBS: [&str; 2] = [LOAD, APPEND];

/// Checks what is asked for and queues it.
///
/// # Errors
/// Words that name the column and what is wrong with it; `DoesNotExist` when the file is not one of the caller's.
pub async fn load(ctx: &Ctx, params: LoadParams) -> Result<JobInfo> {
    ctx.place(params.database_id).await?;
    NewTable::new(&params)?;
    enqueue(ctx, LOAD, params.database_id, params.data_file_id, &params).await
}

/// `imports.append`: checks what is asked for and queues it.
///
/// # Errors
/// As [`load`], and `UndefinedTable`, `UndefinedColumn`.
pub async fn append(ctx: &Ctx, params: AppendParams) -> Result<JobInfo> {
    let mut session = ctx.connect(params.database_id).await?;
    let table = taking_rows(&session.begin(&model::reading()), params.table_oid).await?;
    drop(session);
    Plan::onto(&table, &params.columns)?;
    enqueue(ctx, APPEND, params.database_id, params.data_file_id, &params).await
}

/// The table or view of that number, if rows can be loaded into it.
///
/// # Errors
/// `UndefinedTable`; `WrongObjectType` for a view into which `COPY`, by which rows are loaded, takes none: one without an `INSTEAD OF
/// INSERT` trigger, even where `INSERT` finds the table behind it.
async fn taking_rows(tx: &Transaction<'_>, oid: Oid) -> Result<Table> {
    let table = model::table(tx, oid).await?;
    let takes = match table.summary.kind {
        TableKind::View => tx.introspect_one(&introspect::inserts_by_trigger(oid)).await? == Some(true),
        TableKind::MaterializedView => false,
        TableKind::Table | TableKind::Partitioned | TableKind::Foreign => true,
    };
    if takes {
        return Ok(table);
    }
    let name = &table.summary.name.name;
    let message =
        format!("\"{name}\" is a view, into which no file can be loaded. Load it into the table that the view shows.");
    Err(Error::new(ErrorCode::WRONG_OBJECT_TYPE, message))
}

async fn enqueue(ctx: &Ctx, kind: &str, database_id: i64, file: i64, params: &impl Serialize) -> Result<JobInfo> {
    ctx.app.store.data_files().get(ctx.signed_in()?.user_id, file).await?;
    let payload = serde_json::to_value(params).map_err(Error::internal)?;
    jobs::enqueue(ctx, kind, database_id, payload).await
}

/// Does the work of a queued load. The result has `table_oid`, `table_name`, `rows` and what was met on the way. Nothing is
/// left behind when it fails or is cancelled; the upload is removed when it succeeds.
///
/// # Errors
/// Those of [`perform`].
pub async fn run(app: &Arc<App>, job: &Job, progress: &Arc<Progress>) -> Result<Value> {
    let target = Target::of(job)?;
    let ctx = acting_for(app, job.user_id);
    let Loaded { table, table_oid, report } = perform(&ctx, &target, progress).await?;
    upload::remove(&ctx, target.wanted().data_file_id).await?;
    let Report { rows, short_rows, cut_rows, removed_nul, undecodable } = report;
    Ok(json!({
        "table_oid": table_oid,
        "table_name": table.name.as_str(),
        "rows": rows,
        "short_rows": short_rows,
        "cut_rows": cut_rows,
        "removed_nul": removed_nul,
        "undecodable": undecodable,
    }))
}

/// Loads a file of the caller's, all of it or nothing.
///
/// # Errors
/// Words with line number and column for the first field that does not fit; PostgreSQL's own.
pub(super) async fn perform(ctx: &Ctx, target: &Target, progress: &Arc<Progress>) -> Result<Loaded> {
    let wanted = target.wanted();
    let file = ctx.app.store.data_files().get(ctx.signed_in()?.user_id, wanted.data_file_id).await?;
    let source = open(&ctx.app, &file, &wanted).await?;
    let load = Load { target, source: Arc::new(source), progress: Arc::clone(progress) };
    let mut session = ctx.connect(wanted.database_id).await?;
    let loaded = session.write(&options(), async |tx: &Transaction<'_>| load.run(tx).await).await?;
    tokio::spawn(analyze(session, loaded.table.clone()));
    Ok(loaded)
}

/// Where the rows go.
pub(super) enum Target {
    /// To a table that is made for them.
    New(LoadParams),
    /// To one that is there.
    Present(AppendParams),
}

/// What is asked for, wherever the rows go.
struct Wanted<'a> {
    database_id: i64,
    data_file_id: i64,
    dialect: &'a Dialect,
    remove_nul: bool,
    cut_long_lines: bool,
}

impl Target {
    fn of(job: &Job) -> Result<Self> {
        let payload = job.payload.clone();
        if job.kind == APPEND {
            return serde_json::from_value(payload).map(Self::Present).map_err(Error::internal);
        }
        serde_json::from_value(payload).map(Self::New).map_err(Error::internal)
    }

    fn wanted(&self) -> Wanted<'_> {
        match self {
            Self::New(LoadParams { database_id, data_file_id, dialect, remove_nul, cut_long_lines, .. })
            | Self::Present(AppendParams { database_id, data_file_id, dialect, remove_nul, cut_long_lines, .. }) => {
                Wanted {
                    database_id: *database_id,
                    data_file_id: *data_file_id,
                    dialect,
                    remove_nul: *remove_nul,
                    cut_long_lines: *cut_long_lines,
                }
            }
        }
    }

    /// The table, which is there then, and how it takes the fields.
    async fn prepare(&self, tx: &Transaction<'_>) -> Result<(QName, Plan)> {
        match self {
            Self::New(params) => {
                let schema = tx.introspect_one(&introspect::schema(params.schema_oid)).await?.ok_or_else(no_schema)?;
                let new = NewTable::new(params)?;
                let table = QName::new(schema.name, new.name.clone());
                tx.execute(&new.create(&table)).await.map_err(|error| name_taken(error, &table))?;
                if let Some(comment) = params.comment.as_deref().filter(|comment| !comment.is_empty()) {
                    tx.execute(&ddl::table::comment(TableKind::Table, &table, Some(comment))).await?;
                }
                Ok((table, new.plan))
            }
            Self::Present(params) => {
                let table = taking_rows(tx, params.table_oid).await?;
                let plan = Plan::onto(&table, &params.columns)?;
                Ok((table.summary.name, plan))
            }
        }
    }
}

/// The user who asked for the job, without more rights than any user has.
fn acting_for(app: &Arc<App>, user_id: i64) -> Ctx {
    let signed_in =
        SignedIn { user_id, is_superuser: false, password_change_needed: false, session_id: None, scopes: None };
    Ctx::new(Arc::clone(app), Caller { signed_in: Some(signed_in), ..Caller::default() })
}

async fn open(app: &App, file: &DataFile, wanted: &Wanted<'_>) -> Result<Source> {
    let path = upload::path(app, file);
    let dialect: Dialect = merge(wanted.dialect.clone(), stored_dialect(file));
    let known = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || Known::find(&path, &dialect)).await.map_err(Error::internal)??
    };
    Ok(Source {
        path,
        size: u64::try_from(file.size_bytes).unwrap_or_default(),
        known,
        remove_nul: wanted.remove_nul,
        cut_long_lines: wanted.cut_long_lines,
    })
}

fn options() -> TxOptions {
    TxOptions::new(Mode::ReadWrite, limits::IMPORT_TIMEOUT, limits::TABLE_LOCK_TIMEOUT)
}

/// Has PostgreSQL count what was loaded, so that it plans well and the number of rows can be told without counting them. It takes
/// about as long as the load itself of a small file, and nobody has to wait for it: when it does not come to pass, autovacuum
/// does it in a minute.
async fn analyze(mut session: Session, table: QName) {
    let analyze = ddl::table::analyze(&table);
    let analyzed = session.write(&options(), async |tx: &Transaction<'_>| tx.execute(&analyze).await).await;
    if let Err::<_, mathesar_pg::Error>(error) = analyzed {
        tracing::debug!(%error, "a loaded table was not analysed");
    }
}

/// A load at work.
struct Load<'a> {
    target: &'a Target,
    source: Arc<Source>,
    progress: Arc<Progress>,
}

/// What came of a load.
pub(super) struct Loaded {
    pub(super) table: QName,
    pub(super) table_oid: u32,
    pub(super) report: Report,
}

impl Load<'_> {
    async fn run(&self, tx: &Transaction<'_>) -> Result<Loaded> {
        let (table, plan) = self.target.prepare(tx).await?;
        let report = self.copy(tx, &table, plan).await?;
        let loaded = tx.introspect_one(&introspect::table_by_name(&table)).await?;
        let loaded = loaded.ok_or_else(|| Error::internal("a table that was just loaded is not in the catalogue"))?;
        Ok(Loaded { table, table_oid: loaded.oid, report })
    }

    /// Moves the rows: a thread reads and checks them, this task hands them to PostgreSQL.
    async fn copy(&self, tx: &Transaction<'_>, table: &QName, plan: Plan) -> Result<Report> {
        let mut copy = tx.copy_in(&plan.copy(table)).await?;
        let (sender, mut pieces) = mpsc::channel::<Bytes>(PIECES_AHEAD);
        let (source, progress) = (Arc::clone(&self.source), Arc::clone(&self.progress));
        let reader = tokio::task::spawn_blocking(move || rows::send(&source, &plan, &progress, &sender));
        let sent = loop {
            let piece = tokio::select! {
                biased;
                () = self.progress.cancelled.cancelled() => return Err(Error::unavailable("The import was cancelled.")),
                piece = pieces.recv() => piece,
            };
            match piece {
                Some(piece) => {
                    if let Err(error) = copy.send(piece).await {
                        break Err(error);
                    }
                }
                None => break Ok(()),
            }
        };
        // The reader ends when nobody takes its pieces, so that it is never waited for in vain.
        drop(pieces);
        let report = reader.await.map_err(Error::internal)??;
        // What PostgreSQL has against the rows comes with the end of the copy, also when sending failed before.
        match (sent, copy.finish().await) {
            (_, Err(error)) => Err(self.placed(error, table).await),
            (Err(error), Ok(_)) => Err(error.into()),
            (Ok(()), Ok(_)) => Ok(report),
        }
    }

    /// PostgreSQL's words about a row, with the line of the file instead of the number of the row.
    async fn placed(&self, error: mathesar_pg::Error, table: &QName) -> Error {
        let Some(place) = error.db().and_then(|db| Place::read(db.context.as_deref()?, table.name.as_str())) else {
            return error.into();
        };
        let source = Arc::clone(&self.source);
        let line = tokio::task::spawn_blocking(move || rows::line_of_row(&source, place.row)).await;
        let Ok(Ok(Some(line))) = line else { return error.into() };
        let error = Error::from(error);
        let column = place.column.map(|column| format!(", column \"{column}\"")).unwrap_or_default();
        let message = format!("Line {line}{column}: nothing was loaded. {}", error.message());
        Error::new(error.code(), message).caused_by(error)
    }
}

/// A row of the copy, from 1, and its column, as PostgreSQL's context names them: `COPY fruit, line 3, column weight: "heavy"`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    row: u64,
    column: Option<String>,
}

impl Place {
    /// Reads the context, whose words may be of any language: the first number after the table's name is the row. Functions of
    /// triggers in which it went wrong stand on lines before that.
    fn read(context: &str, table: &str) -> Option<Self> {
        let start = format!("COPY {table},");
        let after_functions = || Some(context.rsplit_once(&format!("\n{start}"))?.1);
        let rest = context.strip_prefix(&start).or_else(after_functions)?;
        let mut parts = rest.splitn(2, ',');
        let head = parts.next()?;
        let digits: String =
            head.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        // A context without a column has the line itself behind a colon.
        let column = parts.next().filter(|_| !head.contains(':')).and_then(|part| {
            let (name, _) = part.trim_start().split_once(' ')?.1.split_once(':')?;
            Some(name.to_owned())
        });
        Some(Self { row: digits.parse().ok()?, column })
    }
}

fn no_schema() -> Error {
    Error::new(ErrorCode::DOES_NOT_EXIST, "The schema is gone, or your role may not see it.")
}

fn name_taken(error: mathesar_pg::Error, table: &QName) -> Error {
    if error.sqlstate() != Some("42P07") {
        return error.into();
    }
    let words = format!("The schema \"{}\" already has a \"{}\". Choose another name.", table.schema, table.name);
    Error::new(ErrorCode::of_sqlstate("42P07"), words).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_read_from_postgresqls_context() {
        let place = |row, column: Option<&str>| Some(Place { row, column: column.map(str::to_owned) });
        assert_eq!(Place::read("COPY fruit 2, line 3, column weight: \"heavy\"", "fruit 2"), place(3, Some("weight")));
        assert_eq!(Place::read("COPY fruit, Zeile 12", "fruit"), place(12, None));
        assert_eq!(Place::read("COPY fruit, line 1: \"2\t7, column x: 3\"", "fruit"), place(1, None));
        assert_eq!(Place::read("PL/pgSQL function f() line 3", "fruit"), None);
        assert_eq!(
            Place::read("PL/pgSQL function f() line 3 at RAISE\nCOPY fruit, line 7: \"2\"", "fruit"),
            place(7, None)
        );
    }
}
