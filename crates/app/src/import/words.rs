//! What a preview says about a column and a file, in sentences.

use mathesar_types::infer::{Loss, LossKind};

use super::{
    survey::{Survey, shown},
    text::Blemish,
};
use crate::limits;

/// What a column's type would do to the text of some of its fields.
pub(super) fn loss(loss: &Loss) -> String {
    let what = match loss.kind {
        LossKind::LeadingZeros => "leading zeros are dropped",
        LossKind::PlusSign => "the plus sign is dropped",
        LossKind::LongNumber => "the digits are so many that this is rather a code than a number",
        LossKind::FractionDigits => "digits beyond microseconds are refused",
        LossKind::NegativeZero => "minus zero becomes zero",
        LossKind::SurroundingSpaces => "spaces around the value are dropped",
        LossKind::Blank => "fields of nothing but spaces or quotes become empty (NULL)",
        LossKind::Spelling => "the word becomes true or false",
        LossKind::Offset => "the instant is kept, its offset from UTC is not",
        LossKind::LetterCase => "capital letters become small",
        LossKind::Layout => "spaces, the order of keys and repeated keys are not kept",
    };
    let example = loss.samples.first().map(|sample| format!(" ({})", shown(sample))).unwrap_or_default();
    format!("In {}, {what}{example}.", rows(loss.rows))
}

/// What is odd about a file.
pub(super) fn warnings(survey: &Survey) -> Vec<String> {
    let width = survey.guesses.len();
    let met = |blemish: Blemish, words: &dyn Fn(u64, u64) -> String| {
        (blemish.count > 0).then(|| words(blemish.count, blemish.first_line))
    };
    let mut warnings: Vec<String> = [
        met(survey.short, &|count, line| {
            format!(
                "{} fewer than {width} fields, first on line {line}; the missing ones become empty (NULL).",
                have(count)
            )
        }),
        met(survey.long, &|count, line| {
            format!(
                "{} more than {width} fields, first on line {line}. Correct the file, or let what is beyond the last \
                 column be dropped.",
                have(count)
            )
        }),
        met(survey.nul, &|count, line| {
            format!(
                "{count} NUL characters, first on line {line}; PostgreSQL cannot hold them. Correct the file, or let \
                 them be removed."
            )
        }),
        met(survey.undecodable, &|count, line| {
            format!(
                "{count} places are not of this encoding, first on line {line}; each becomes \u{fffd}. Perhaps another \
                 encoding fits."
            )
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    if survey.blank_lines > 0 {
        warnings.push(format!("{} blank lines are passed over.", survey.blank_lines));
    }
    if survey.rows == 0 {
        warnings.push("The file has no rows; the table will be empty.".to_owned());
    }
    if width > limits::TABLE_COLUMNS {
        warnings.push(format!(
            "The file has {width} columns; a table can have {}. Choose the ones to load.",
            limits::TABLE_COLUMNS
        ));
    }
    warnings
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn have(count: u64) -> String {
    if count == 1 { "1 row has".to_owned() } else { format!("{count} rows have") }
}
