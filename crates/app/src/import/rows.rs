//! From the records of a file to rows for COPY, on a thread of its own.

use std::path::PathBuf;

use bytes::Bytes;
use mathesar_types::infer::Refusal;
use tokio::sync::mpsc;

use super::{
    copy_text::CopyText,
    dialect::Known,
    plan::{Plan, PlannedColumn},
    records::Record,
    survey::{is_long, unreadable},
};
use crate::{Error, Result, jobs::Progress};

/// Longest value that an error quotes, in characters.
const MAX_QUOTED_CHARS: usize = 100;

/// Where rows come from and how strictly they are taken.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) known: Known,
    pub(super) remove_nul: bool,
    pub(super) cut_long_lines: bool,
}

/// What was met on the way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Report {
    pub(super) rows: u64,
    /// Rows that were shorter than the first and were filled with NULL.
    pub(super) short_rows: u64,
    /// Rows of which something beyond the last column was dropped.
    pub(super) cut_rows: u64,
    pub(super) removed_nul: u64,
    pub(super) undecodable: u64,
}

/// Sends all rows of the file, in pieces. Ends early when nobody takes them any more or the job is to stop.
///
/// # Errors
/// Words with line number and column for the first field that does not fit.
pub(super) fn send(source: &Source, plan: &Plan, progress: &Progress, pieces: &mpsc::Sender<Bytes>) -> Result<Report> {
    let mut records = source.known.open(&source.path).map_err(Error::internal)?;
    let (mut report, mut copy) = (Report::default(), CopyText::new());
    let mut width = None;
    if source.known.header {
        width = records.next_record().map_err(unreadable)?.map(|record| record.len());
    }
    let mut row = Row { plan, scratch: String::new(), normalised: String::new() };
    while let Some(record) = records.next_record().map_err(unreadable)? {
        let width = *width.get_or_insert(record.len());
        report.short_rows += u64::from(record.len() < width);
        if is_long(&record, width, &mut row.scratch) {
            if !source.cut_long_lines {
                return Err(too_long(&record, width));
            }
            report.cut_rows += 1;
        }
        row.write(&record, &mut copy)?;
        report.rows += 1;
        if let Some(piece) = copy.end_row() {
            refuse_nul(source, records.nul())?;
            progress.set_done(count(report.rows));
            progress.set_total(estimate(report.rows, records.bytes_read(), source.size));
            if pieces.blocking_send(piece).is_err() || progress.cancelled.is_cancelled() {
                return Ok(report);
            }
        }
    }
    refuse_nul(source, records.nul())?;
    report.removed_nul = records.nul().count;
    report.undecodable = records.undecodable().count;
    progress.set_done(count(report.rows));
    progress.set_total(count(report.rows));
    // Whoever no longer listens has an error of their own to report.
    let _ = pieces.blocking_send(copy.take());
    Ok(report)
}

/// The line on which the row of that number starts, both from 1, the header left out.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn line_of_row(source: &Source, number: u64) -> Result<Option<u64>> {
    let mut records = source.known.open(&source.path).map_err(Error::internal)?;
    let mut left = number + u64::from(source.known.header);
    while let Some(record) = records.next_record().map_err(unreadable)? {
        left -= 1;
        if left == 0 {
            return Ok(Some(record.line));
        }
    }
    Ok(None)
}

/// Writes records; holds the buffers that all of them share.
struct Row<'a> {
    plan: &'a Plan,
    scratch: String,
    normalised: String,
}

impl Row<'_> {
    fn write(&mut self, record: &Record<'_>, copy: &mut CopyText) -> Result<()> {
        for column in &self.plan.columns {
            let Some(field) = record.field(column.index, &mut self.scratch) else {
                copy.field(None);
                continue;
            };
            if column.is_null_word(field) {
                copy.field(None);
                continue;
            }
            match column.normaliser.normalise(field, &mut self.normalised) {
                Ok(value) => copy.field(value),
                Err(refusal) => return Err(does_not_fit(record.line, column, field, refusal)),
            }
        }
        Ok(())
    }
}

fn does_not_fit(line: u64, column: &PlannedColumn, field: &str, refusal: Refusal) -> Error {
    let value: String = field.chars().take(MAX_QUOTED_CHARS).collect();
    let why = match refusal {
        Refusal::NotReadable => format!("cannot be read as {}", column.kind),
        Refusal::TooManyFractionDigits { kept } => format!("would be rounded to {kept} digits of its fraction"),
    };
    Error::value(format!(
        "Line {line}, column \"{}\": \"{value}\" {why}. Nothing was loaded. Correct the line, or load the column as text.",
        column.name
    ))
}

fn too_long(record: &Record<'_>, width: usize) -> Error {
    Error::value(format!(
        "Line {} has {} fields, the first has {width}. Nothing was loaded. Correct the line, or let what is beyond the last \
         column be dropped.",
        record.line,
        record.len()
    ))
}

fn refuse_nul(source: &Source, nul: super::text::Blemish) -> Result<()> {
    if source.remove_nul || nul.count == 0 {
        return Ok(());
    }
    Err(Error::value(format!(
        "Line {} holds a NUL character, which PostgreSQL cannot store. Nothing was loaded. Correct the file, or let NUL \
         characters be removed.",
        nul.first_line
    )))
}

/// How many rows the file has if the rest of it is like the part that was read.
fn estimate(rows: u64, bytes_read: u64, size: u64) -> i64 {
    let rows_in_all = u128::from(rows) * u128::from(size) / u128::from(bytes_read.max(1));
    i64::try_from(rows_in_all).unwrap_or(i64::MAX)
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
