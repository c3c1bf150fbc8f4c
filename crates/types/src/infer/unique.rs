//! Whether the fields of a column are all different, within a limit of memory.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Watches fields until two are the same or the limit is reached.
///
/// A column whose whole numbers only rise needs no memory, so that the usual key of a long file is still recognised. Digests
/// of 64 bits stand for the fields: two different fields with one digest would only cost the offer of a key.
pub(super) struct Uniqueness {
    limit: usize,
    seen: HashSet<u64>,
    rising: bool,
    last: Option<i64>,
    broken: bool,
}

impl Uniqueness {
    /// `limit`: most fields whose digests are kept.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, seen: HashSet::new(), rising: true, last: None, broken: false }
    }

    /// Takes the next field; `number` when it is a whole number.
    pub(super) fn observe(&mut self, field: &str, number: Option<i64>) {
        if self.broken {
            return;
        }
        self.rising = self.rising && number.is_some() && number > self.last;
        self.last = number;
        if self.seen.len() < self.limit {
            let mut hasher = DefaultHasher::new();
            field.hash(&mut hasher);
            if !self.seen.insert(hasher.finish()) {
                self.give_up();
            }
        } else if !self.rising {
            self.give_up();
        }
    }

    /// Notes a row without a value: such a column is no key.
    pub(super) fn give_up(&mut self) {
        self.broken = true;
        self.seen = HashSet::new();
    }

    pub(super) fn holds(&self) -> bool {
        !self.broken && !self.seen.is_empty()
    }
}
