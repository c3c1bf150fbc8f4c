//! Marks: the places of some rows of an order, and how many rows stand up to each.

use mathesar_sql::page::Place;

/// A row's place, and how many rows stand up to it, itself included.
#[derive(Clone, Debug)]
struct Mark {
    rows: u64,
    place: Place,
}

/// Marks of one order, the first one first.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    marks: Vec<Mark>,
    /// Rows of the whole, in the unit of the marks: all rows, or those of a sample.
    total: u64,
    /// Whether the mark before a row is near enough, so that none is passed over from there.
    is_rough: bool,
}

/// How to reach a row: from which mark, and how many rows to pass over from there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Way<'m> {
    /// `None` is the beginning.
    pub(super) mark: Option<&'m Place>,
    pub(super) skip: u64,
}

impl Marks {
    pub(super) fn new(total: u64) -> Self {
        Self { marks: Vec::new(), total, is_rough: false }
    }

    /// Marks of a sample: between two of them lie fewer rows than it errs by, and without an index each of them costs.
    pub(super) fn rough(total: u64) -> Self {
        Self { is_rough: true, ..Self::new(total) }
    }

    /// Adds a mark behind the others.
    pub(super) fn push(&mut self, rows: u64, place: Place) {
        self.marks.push(Mark { rows, place });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Rows of the whole.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The places of the marks.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.marks.iter().map(|mark| &mark.place)
    }

    /// The mark before which `marks` others stand, and how many rows stand up to it.
    pub(super) fn get(&self, marks: usize) -> Option<(u64, &Place)> {
        self.marks.get(marks).map(|mark| (mark.rows, &mark.place))
    }

    /// The way to the row that `offset` of `count` rows stand before. Where the marks know another total, it is taken for the
    /// same share of it.
    pub(super) fn way(&self, offset: u64, count: u64) -> Way<'_> {
        let (offset, count, total) = (u128::from(offset), u128::from(count.max(1)), u128::from(self.total.max(1)));
        let before = self.marks.partition_point(|mark| u128::from(mark.rows) * count <= offset * total);
        let Some(mark) = before.checked_sub(1).map(|index| &self.marks[index]) else {
            return Way { mark: None, skip: u64::try_from(offset).unwrap_or(u64::MAX) };
        };
        let skip = if self.is_rough { 0 } else { offset - u128::from(mark.rows) * count / total };
        Way { mark: Some(&mark.place), skip: u64::try_from(skip).unwrap_or(u64::MAX) }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.places().map(place_bytes).sum()
    }
}

pub(super) fn place_bytes(place: &Place) -> usize {
    size_of::<Mark>()
        + place.0.iter().map(|value| size_of::<Option<String>>() + value.as_ref().map_or(0, String::len)).sum::<usize>()
}

/// Takes the places of all rows in their order and keeps every n-th: the more rows, the greater n becomes.
pub(super) struct Thinning {
    kept: Vec<Place>,
    bytes: usize,
    step: u64,
    seen: u64,
    most: Most,
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    pub(super) marks: usize,
    pub(super) bytes: usize,
}

impl Thinning {
    /// Begins with every `step`-th row.
    pub(super) fn new(step: u64, most: Most) -> Self {
        Self { kept: Vec::new(), bytes: 0, step, seen: 0, most }
    }

    /// The next row; its place is only asked for where it is kept.
    pub(super) fn row<E>(&mut self, place: impl FnOnce() -> Result<Place, E>) -> Result<(), E> {
        self.seen += 1;
        if self.seen.is_multiple_of(self.step) {
            let place = place()?;
            self.bytes += place_bytes(&place);
            self.kept.push(place);
            while self.kept.len() > 1 && (self.kept.len() > self.most.marks || self.bytes > self.most.bytes) {
                self.halve();
            }
        }
        Ok(())
    }

    fn halve(&mut self) {
        let mut number = 0;
        self.kept.retain(|_| {
            number += 1;
            number % 2 == 0
        });
        self.bytes = self.kept.iter().map(place_bytes).sum();
        self.step *= 2;
    }

    pub(super) fn finish(self) -> Marks {
        let mut marks = Marks::new(self.seen);
        for (number, place) in (1..).zip(self.kept) {
            marks.push(number * self.step, place);
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(value: u64) -> Place {
        Place(vec![Some(value.to_string())])
    }

    fn thinned(rows: u64, step: u64, most: Most) -> Marks {
        let mut thinning = Thinning::new(step, most);
        for row in 1..=rows {
            thinning.row(|| Ok::<_, ()>(place(row))).unwrap();
        }
        thinning.finish()
    }

    /// Every row of a table whose rows are numbered from 1 is where the way leads.
    fn assert_exact(marks: &Marks, rows: u64) {
        for offset in 0..rows + 3 {
            let way = marks.way(offset, rows);
            let from = way.mark.map_or(0, |place| place.0[0].as_deref().unwrap().parse().unwrap());
            assert_eq!(from + way.skip, offset);
        }
    }

    #[test]
    fn every_row_is_found_however_few_marks_are_kept() {
        for rows in [0, 1, 4, 5, 6, 99, 100, 1_000] {
            for most in [1, 2, 3, 10, 1_000] {
                let marks = thinned(rows, 5, Most { marks: most, bytes: usize::MAX });
                assert!(marks.marks.len() <= most && marks.total() == rows);
                assert_exact(&marks, rows);
            }
        }
        let marks = thinned(1_000, 1, Most { marks: usize::MAX, bytes: 2_000 });
        assert!(marks.bytes() <= 2_000 && !marks.is_empty());
        assert_exact(&marks, 1_000);
    }

    #[test]
    fn the_marks_of_a_sample_stand_for_shares_of_all_rows() {
        let mut marks = Marks::new(100);
        (1..10).for_each(|tenth| marks.push(tenth * 10, place(tenth)));
        assert_eq!(marks.way(9_500, 10_000), Way { mark: Some(&place(9)), skip: 500 });
        assert_eq!(marks.way(9_000, 10_000), Way { mark: Some(&place(9)), skip: 0 });
        assert_eq!(marks.way(999, 10_000), Way { mark: None, skip: 999 });
        let mut rough = Marks::rough(100);
        rough.push(90, place(9));
        assert_eq!(rough.way(9_500, 10_000), Way { mark: Some(&place(9)), skip: 0 });
    }
}
