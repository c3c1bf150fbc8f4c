//! Keeps what was found out about orders of rows, for a while and within limits.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mathesar_pg::pictures::Scope;
use mathesar_sql::{
    filter::Filter,
    model::{Oid, Table},
    order::Order,
    places,
};
use tokio::time::Instant;

use super::keys::Keys;
use super::marks::Marks;
use crate::limits;

/// Which rows in which order, and who sees them: roles share nothing, since each may see other rows.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Selection {
    scope: Arc<Scope>,
    table: Oid,
    /// The statement that gives the keys in their order names everything that they depend on,
    statement: Arc<str>,
    /// but for the types of the columns.
    types: Vec<Oid>,
}

impl Selection {
    pub(super) fn new(scope: &Arc<Scope>, table: &Table, filter: Option<&Filter>, order: &Order<'_>) -> Self {
        let statement = places::keys_in_order(table, filter, order);
        let types = order.types().collect();
        Self { scope: Arc::clone(scope), table: table.oid(), statement: statement.text().into(), types }
    }
}

/// What is known about an order.
pub(super) enum Known {
    /// Marks about where shares of the rows end, from statistics or a sample.
    Sampled(Marks),
    /// Every n-th row.
    Marked(Marks),
    /// All rows.
    Listed(Keys),
}

impl Known {
    fn bytes(&self) -> usize {
        match self {
            Self::Sampled(marks) | Self::Marked(marks) => marks.bytes(),
            Self::Listed(keys) => keys.bytes(),
        }
    }
}

/// Something known, and what it was true for.
pub(super) struct Kept {
    pub(super) known: Known,
    /// What the transaction saw that found it out: it is exact for whoever sees the same. `None` is never the same.
    pub(super) snapshot: Option<String>,
    pub(super) made: Instant,
}

/// What is known about the orders that somebody looks at. See [`limits::PLACES_BYTES`].
#[derive(Default)]
pub struct Places(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    kept: HashMap<Selection, Slot>,
    /// What is being found out now.
    surveys: HashSet<Selection>,
    /// Counts uses, so that what was not used for longest makes room.
    uses: u64,
}

struct Slot {
    kept: Arc<Kept>,
    bytes: usize,
    used: u64,
}

/// The permit to find out about an order; while it is held, nobody else does.
pub(super) struct Survey<'p> {
    places: &'p Places,
    selection: Selection,
}

impl Places {
    pub(super) fn find(&self, selection: &Selection, now: Instant) -> Option<Arc<Kept>> {
        let mut shelf = self.shelf();
        shelf.drop_old(now);
        shelf.uses += 1;
        let used = shelf.uses;
        let slot = shelf.kept.get_mut(selection)?;
        slot.used = used;
        Some(Arc::clone(&slot.kept))
    }

    /// Keeps something, unless it alone is beyond the limit; what was not used for longest makes room.
    pub(super) fn keep(&self, selection: Selection, kept: Kept) -> Arc<Kept> {
        let kept = Arc::new(kept);
        let mut shelf = self.shelf();
        shelf.drop_old(kept.made);
        shelf.kept.remove(&selection);
        let bytes = kept.known.bytes() + selection.statement.len();
        while bytes <= limits::PLACES_BYTES
            && (shelf.kept.len() >= limits::PLACES || shelf.bytes() + bytes > limits::PLACES_BYTES)
        {
            shelf.drop_least_used();
        }
        if bytes <= limits::PLACES_BYTES {
            shelf.uses += 1;
            let used = shelf.uses;
            shelf.kept.insert(selection, Slot { kept: Arc::clone(&kept), bytes, used });
        }
        kept
    }

    /// Gives back the memory of what nobody would be told any more.
    pub fn sweep(&self, now: Instant) {
        self.shelf().drop_old(now);
    }

    /// Begins a survey; `None` while somebody else makes the same, or too many are made.
    pub(super) fn survey(&self, selection: &Selection) -> Option<Survey<'_>> {
        let mut shelf = self.shelf();
        let free = shelf.surveys.len() < limits::SURVEYS_AT_ONCE && shelf.surveys.insert(selection.clone());
        free.then(|| Survey { places: self, selection: selection.clone() })
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn bytes(&self) -> usize {
        self.kept.values().map(|slot| slot.bytes).sum()
    }

    fn drop_old(&mut self, now: Instant) {
        self.kept.retain(|_, slot| now.saturating_duration_since(slot.kept.made) < limits::PLACES_AGE);
    }

    fn drop_least_used(&mut self) {
        let least = self.kept.iter().min_by_key(|(_, slot)| slot.used).map(|(selection, _)| selection.clone());
        least.map(|selection| self.kept.remove(&selection));
    }
}

impl Drop for Survey<'_> {
    fn drop(&mut self) {
        self.places.shelf().surveys.remove(&self.selection);
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use mathesar_pg::{Endpoint, Host, TlsMode};

    use super::*;

    fn selection(role: &str, table: Oid) -> Selection {
        let host = Host::Unix { directory: PathBuf::from("/run"), port: 5432 };
        let role = role.to_owned();
        let tls = TlsMode::default();
        let endpoint = Endpoint { host, database: "d".to_owned(), role, password: None, tls, ca_pem: None };
        Selection { scope: Arc::new(Scope::of(&endpoint)), table, statement: "COPY …".into(), types: vec![23] }
    }

    fn keep(places: &Places, selection: Selection, bytes: usize, made: Instant) {
        let known = Known::Listed(Keys::Numbers(Vec::with_capacity(bytes / size_of::<i64>())));
        places.keep(selection, Kept { known, snapshot: None, made });
    }

    #[test]
    fn what_is_known_is_of_one_role_and_for_a_while() {
        let (places, now) = (Places::default(), Instant::now());
        keep(&places, selection("ana", 1), 8, now);
        assert!(places.find(&selection("ana", 1), now).is_some());
        assert!(places.find(&selection("bob", 1), now).is_none());
        assert!(places.find(&selection("ana", 2), now).is_none());
        let mut retyped = selection("ana", 1);
        retyped.types = vec![25];
        assert!(places.find(&retyped, now).is_none());
        assert!(places.find(&selection("ana", 1), now + limits::PLACES_AGE).is_none());
        assert!(places.shelf().kept.is_empty());
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let (places, now) = (Places::default(), Instant::now());
        for table in 1..=4 {
            keep(&places, selection("ana", table), limits::PLACES_BYTES / 4 - 100, now);
        }
        assert!(places.find(&selection("ana", 1), now).is_some());
        keep(&places, selection("ana", 5), 1_000, now);
        let kept = |table| places.shelf().kept.contains_key(&selection("ana", table));
        assert!(kept(1) && !kept(2) && kept(3) && kept(4) && kept(5));
        keep(&places, selection("ana", 6), limits::PLACES_BYTES + 8, now);
        assert!(!kept(6) && kept(1), "what is too large alone drives nothing out");
        for table in 10..10 + limits::PLACES as Oid {
            keep(&places, selection("ana", table), 8, now + Duration::from_secs(1));
        }
        assert_eq!(places.shelf().kept.len(), limits::PLACES);
    }

    #[test]
    fn nobody_finds_out_the_same_twice_at_once() {
        let places = Places::default();
        let first = places.survey(&selection("ana", 1));
        assert!(first.is_some() && places.survey(&selection("ana", 1)).is_none());
        let others: Vec<_> = (2..9).filter_map(|table| places.survey(&selection("ana", table))).collect();
        assert_eq!(others.len(), limits::SURVEYS_AT_ONCE - 1);
        drop(first);
        assert!(places.survey(&selection("ana", 1)).is_some());
    }
}
