//! What the inference says about a column.

use serde::Serialize;

use super::{
    kinds::{self, Kinds},
    null_words::NullWord,
    reading::Reading,
};

/// A field, and the line of the file on which its row starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// The line, from 1.
    pub line: u64,
    /// The field, cut to [`MAX_SAMPLE_CHARS`](super::MAX_SAMPLE_CHARS).
    pub value: String,
}

/// What happens to the text of some fields under a reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// What.
    pub kind: LossKind,
    /// In how many rows.
    pub rows: u64,
    /// Some of them.
    pub samples: Vec<Sample>,
}

/// The ways in which a value's text is not kept by a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LossKind {
    /// `007` becomes 7.
    LeadingZeros,
    /// `+49` becomes 49.
    PlusSign,
    /// More than twenty digits before the fraction: rather a code than a number.
    LongNumber,
    /// A fraction of a second beyond microseconds is refused by the load, since PostgreSQL would round it.
    FractionDigits,
    /// `-0` becomes 0.
    NegativeZero,
    /// Spaces around the value are dropped.
    SurroundingSpaces,
    /// A field of nothing but spaces, or of two quotes, becomes NULL.
    Blank,
    /// `yes` becomes `true`.
    Spelling,
    /// The offset is dropped: the instant is kept, in UTC.
    Offset,
    /// Letters of a UUID become small.
    LetterCase,
    /// Spaces, duplicate keys and the order of keys in JSON.
    Layout,
}

impl LossKind {
    pub(super) const ALL: [Self; 11] = [
        Self::LeadingZeros,
        Self::PlusSign,
        Self::LongNumber,
        Self::FractionDigits,
        Self::NegativeZero,
        Self::SurroundingSpaces,
        Self::Blank,
        Self::Spelling,
        Self::Offset,
        Self::LetterCase,
        Self::Layout,
    ];

    /// The readings that lose it.
    pub(super) const fn affects(self) -> Kinds {
        match self {
            Self::LeadingZeros | Self::PlusSign | Self::LongNumber | Self::NegativeZero => kinds::NUMBERS,
            Self::FractionDigits => {
                kinds::all_orders(kinds::TIMESTAMP) | kinds::all_orders(kinds::TIMESTAMPTZ) | kinds::TIME
            }
            Self::SurroundingSpaces | Self::Blank => Kinds::MAX,
            Self::Spelling => kinds::BOOLEAN,
            Self::Offset => kinds::all_orders(kinds::TIMESTAMPTZ),
            Self::LetterCase => kinds::UUID,
            Self::Layout => kinds::JSON,
        }
    }

    /// Whether the loss means that the column is not surely of that type, so that it stays text unless the user says otherwise.
    pub(super) const fn keeps_text(self) -> bool {
        matches!(self, Self::LeadingZeros | Self::PlusSign | Self::LongNumber | Self::FractionDigits)
    }
}

/// Another reading that a column could have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// The reading.
    pub reading: Reading,
    /// How many rows it refuses, those with one of [`Guess::null_words`] left out.
    pub failing: u64,
    /// Some of them.
    pub samples: Vec<Sample>,
    /// What it would lose.
    pub losses: Vec<Loss>,
}

/// What a column is taken for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guess {
    /// The reading, with its type.
    pub reading: Reading,
    /// How sure it is, 0 to 1.
    pub confidence: f64,
    /// Rows seen.
    pub rows: u64,
    /// Rows whose field stands for NULL.
    pub empties: u64,
    /// Words for "no value" that were met.
    pub null_words: Vec<NullWord>,
    /// Whether the reading takes them for NULL: it does where the column would not have its type otherwise. Text keeps them.
    pub null_words_are_null: bool,
    /// Whether every row has a field and no two are the same, so far as that was watched.
    pub unique: bool,
    /// What the reading loses.
    pub losses: Vec<Loss>,
    /// Other readings, the best first.
    pub alternatives: Vec<Alternative>,
}
