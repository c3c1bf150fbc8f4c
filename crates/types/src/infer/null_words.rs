//! Words that programs write for "no value" where a file has no other way: R's `NA`, a spreadsheet's `#N/A`, the `\N` of
//! PostgreSQL and MySQL, Python's `None`, a dash in a table made for people.

use serde::Serialize;

/// The words, as they are written; other capitals are other words.
const WORDS: [&str; 18] = [
    "-", "--", "?", ".", "–", "—", "NA", "N/A", "n/a", "na", "#N/A", "<NA>", "\\N", "NULL", "Null", "null", "None",
    "none",
];

/// A word for "no value" that was met in a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NullWord {
    /// As it is written.
    pub word: &'static str,
    /// In how many rows.
    pub rows: u64,
    /// The line on which the first of them starts, from 1.
    pub line: u64,
}

/// The words of one column.
#[derive(Default)]
pub(super) struct NullWords {
    met: Vec<NullWord>,
}

impl NullWords {
    /// Counts a field, without the spaces around it, if it is such a word.
    pub(super) fn take(&mut self, line: u64, field: &str) -> bool {
        if field.len() > 4 {
            return false;
        }
        if let Some(known) = self.met.iter_mut().find(|known| known.word == field) {
            known.rows += 1;
            return true;
        }
        let Some(word) = WORDS.into_iter().find(|word| *word == field) else { return false };
        self.met.push(NullWord { word, rows: 1, line });
        true
    }

    /// In how many rows there is one.
    pub(super) fn rows(&self) -> u64 {
        self.met.iter().map(|word| word.rows).sum()
    }

    /// Those that were met, in the order of the file.
    pub(super) fn into_met(self) -> Vec<NullWord> {
        self.met
    }
}
