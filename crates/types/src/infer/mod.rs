//! Inference of column types from text, over every row of a file, in one pass and constant memory.
//!
//! [`ColumnInference`] sees each field once and counts which [`Reading`]s it allows; [`ColumnInference::finish`] chooses. The
//! rule is that what is not surely something else stays text: codes with leading zeros, days that could be months, numbers
//! whose comma could mean two things. [`Normaliser`] then turns the accepted fields into what PostgreSQL reads in one way
//! only, whatever its `DateStyle` says.

mod column;
mod datetime;
mod guess;
mod kinds;
mod normalise;
mod null_words;
mod number;
mod reading;
mod scan;
mod unique;

pub use column::ColumnInference;
pub use guess::{Alternative, Guess, Loss, LossKind, Sample};
pub use normalise::{Normaliser, Refusal};
pub use null_words::NullWord;
pub use reading::{DateOrder, Reading, Separators};
pub use scan::is_typed;

/// Most failing or lossy fields that are kept as samples, per reading.
pub const MAX_SAMPLES: usize = 5;

/// Longest sample kept, in characters; the rest is cut.
pub const MAX_SAMPLE_CHARS: usize = 100;
