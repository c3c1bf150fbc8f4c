//! One pass over all rows of a file: what its columns are and what is odd about its lines.

use std::path::Path;

use mathesar_types::infer::{ColumnInference, Guess, Sample};
use tokio_util::sync::CancellationToken;

use super::{
    dialect::Known,
    records::{ReadError, Record},
    text::Blemish,
};
use crate::{Error, Result, limits};

/// Rows between two looks at whether somebody still waits.
const ROWS_BETWEEN_LOOKS: u64 = 4_096;

/// What a file holds.
pub(super) struct Survey {
    /// What stands in the first row, or nothing.
    pub(super) headers: Vec<String>,
    pub(super) guesses: Vec<Guess>,
    pub(super) rows: u64,
    /// The first rows.
    pub(super) sample: Vec<Vec<Option<String>>>,
    /// Rows with fewer fields than the first.
    pub(super) short: Blemish,
    /// Rows with more fields than the first.
    pub(super) long: Blemish,
    pub(super) nul: Blemish,
    pub(super) undecodable: Blemish,
    pub(super) blank_lines: u64,
}

/// Reads the whole file.
///
/// # Errors
/// When it cannot be read or cut; when it has more than [`limits::FILE_COLUMNS`] columns; when `stop` fires.
pub(super) fn survey(path: &Path, known: Known, stop: &CancellationToken) -> Result<Survey> {
    let mut records = known.open(path).map_err(Error::internal)?;
    let mut headers = Vec::new();
    let mut scratch = String::new();
    if known.header
        && let Some(record) = records.next_record().map_err(unreadable)?
    {
        refuse_width(record.len())?;
        headers = names_in(&record, &mut scratch);
    }
    let mut columns = Columns::new(headers.len());
    while let Some(record) = records.next_record().map_err(unreadable)? {
        if columns.inferences.is_empty() {
            refuse_width(record.len())?;
            columns = Columns::new(record.len());
        }
        columns.observe(&record, &mut scratch);
        if columns.rows.is_multiple_of(ROWS_BETWEEN_LOOKS) && stop.is_cancelled() {
            return Err(Error::unavailable("The preview was given up."));
        }
    }
    headers.resize(columns.inferences.len(), String::new());
    Ok(Survey {
        headers,
        guesses: columns.inferences.into_iter().map(ColumnInference::finish).collect(),
        rows: columns.rows,
        sample: columns.sample,
        short: columns.short,
        long: columns.long,
        nul: records.nul(),
        undecodable: records.undecodable(),
        blank_lines: records.blank_lines(),
    })
}

/// What stands in the first row where it holds the names, else nothing for each of its fields.
///
/// # Errors
/// As [`survey`]; `ValueError` for a file without a row.
pub(super) fn headers(path: &Path, known: Known) -> Result<Vec<String>> {
    let mut records = known.open(path).map_err(Error::internal)?;
    let first = records.next_record().map_err(unreadable)?;
    let first = first.ok_or_else(|| Error::value("The file is empty: it has not even a row of names."))?;
    refuse_width(first.len())?;
    Ok(if known.header { names_in(&first, &mut String::new()) } else { vec![String::new(); first.len()] })
}

fn names_in(record: &Record<'_>, scratch: &mut String) -> Vec<String> {
    (0..record.len()).map(|index| record.field(index, scratch).unwrap_or_default().to_owned()).collect()
}

struct Columns {
    inferences: Vec<ColumnInference>,
    rows: u64,
    sample: Vec<Vec<Option<String>>>,
    short: Blemish,
    long: Blemish,
}

impl Columns {
    fn new(width: usize) -> Self {
        let digests = limits::KEY_DIGESTS / width.max(8);
        Self {
            inferences: (0..width).map(|_| ColumnInference::new(digests)).collect(),
            rows: 0,
            sample: Vec::new(),
            short: Blemish::default(),
            long: Blemish::default(),
        }
    }

    fn observe(&mut self, record: &Record<'_>, scratch: &mut String) {
        self.rows += 1;
        let width = self.inferences.len();
        if record.len() < width {
            self.short.add(1, || record.line);
        }
        if is_long(record, width, scratch) {
            self.long.add(1, || record.line);
        }
        for (index, inference) in self.inferences.iter_mut().enumerate() {
            inference.observe(record.line, record.field(index, scratch));
        }
        if self.sample.len() < limits::PREVIEW_ROWS {
            let share = limits::PREVIEW_CHARS / (limits::PREVIEW_ROWS * width.max(1));
            let cut = |field: &str| field.chars().take(share.min(limits::PREVIEW_FIELD_CHARS)).collect();
            self.sample.push((0..width).map(|index| record.field(index, scratch).map(cut)).collect());
        }
    }
}

/// Whether a record holds something beyond the last column; delimiters with nothing between them are no loss.
pub(super) fn is_long(record: &Record<'_>, width: usize, scratch: &mut String) -> bool {
    (width..record.len()).any(|index| record.field(index, scratch).is_some())
}

fn refuse_width(width: usize) -> Result<()> {
    if width <= limits::FILE_COLUMNS {
        return Ok(());
    }
    Err(Error::limit(format!(
        "The first row has {width} fields; files of up to {} columns are read. Perhaps the delimiter is another one.",
        limits::FILE_COLUMNS
    )))
}

/// The words for a file that cannot be cut.
pub(super) fn unreadable(error: ReadError) -> Error {
    match error {
        ReadError::Io(error) => Error::internal(error),
        error => Error::value(format!(
            "The file cannot be read as it is: {error}. Correct that line, or choose another quote character or none."
        )),
    }
}

/// The line and text of a sample, for words.
pub(super) fn shown(sample: &Sample) -> String {
    format!("line {}: \"{}\"", sample.line, sample.value)
}
