//! The inference of one column.

use super::{
    MAX_SAMPLE_CHARS, MAX_SAMPLES,
    guess::{Alternative, Guess, Loss, LossKind, Sample},
    kinds::{self, Kinds},
    null_words::NullWords,
    reading::{Reading, Separators},
    scan::{self, Found},
    unique::Uniqueness,
};

/// Most other readings that are offered.
const MAX_ALTERNATIVES: usize = 6;

/// Sees every field of a column, once, and says what the column is.
pub struct ColumnInference {
    rows: u64,
    empties: u64,
    blanks: u64,
    null_words: NullWords,
    /// How many fields each reading accepted, the present run left out.
    accepted: [u64; kinds::COUNT],
    /// Neighbours mostly allow the same readings: they are counted as a run.
    run: (Kinds, u64),
    /// Readings that still want samples of what they refuse.
    wanting: Kinds,
    refused: [Vec<Sample>; kinds::COUNT],
    losses: [(u64, Vec<Sample>); LossKind::ALL.len()],
    words: u8,
    /// Whether a whole number is beyond `integer`.
    wide: bool,
    unique: Uniqueness,
}

impl ColumnInference {
    /// `unique_limit`: most fields that are remembered (8 to 16 bytes each) to find out whether all are different.
    pub fn new(unique_limit: usize) -> Self {
        Self {
            rows: 0,
            empties: 0,
            blanks: 0,
            null_words: NullWords::default(),
            accepted: [0; kinds::COUNT],
            run: (0, 0),
            wanting: (1 << kinds::COUNT) - 1,
            refused: Default::default(),
            losses: Default::default(),
            words: 0,
            wide: false,
            unique: Uniqueness::new(unique_limit),
        }
    }

    /// Takes the field of the next row, which starts on `line` of the file; `None` for a field that stands for NULL.
    pub fn observe(&mut self, line: u64, field: Option<&str>) {
        self.rows += 1;
        let Some(field) = field else {
            self.empties += 1;
            self.unique.give_up();
            return;
        };
        let trimmed = trim(field);
        let found = scan::scan(trimmed.as_bytes());
        self.unique.observe(field, found.number);
        if trimmed.is_empty() {
            self.blanks += 1;
            self.lose(LossKind::Blank, line, field);
            return;
        }
        if found.kinds == 0 && self.null_words.take(line, trimmed) {
            return;
        }
        if trimmed.len() != field.len() {
            self.lose(LossKind::SurroundingSpaces, line, field);
        }
        self.count(found, line, field);
    }

    fn count(&mut self, found: Found, line: u64, field: &str) {
        if found.kinds == self.run.0 {
            self.run.1 += 1;
        } else {
            self.end_run();
            self.run = (found.kinds, 1);
        }
        if let Some(loss) = found.loss {
            self.lose(loss, line, field);
        }
        self.words |= found.word;
        self.wide |= found.number.is_some_and(|number| i32::try_from(number).is_err());
        let refused = self.wanting & !found.kinds;
        if refused != 0 {
            self.keep_refused(refused, line, field);
        }
    }

    fn end_run(&mut self) {
        for bit in kinds::bits(self.run.0) {
            self.accepted[bit] += self.run.1;
        }
        self.run.1 = 0;
    }

    #[cold]
    fn keep_refused(&mut self, refused: Kinds, line: u64, field: &str) {
        for bit in kinds::bits(refused) {
            self.refused[bit].push(sample(line, field));
            if self.refused[bit].len() == MAX_SAMPLES {
                self.wanting &= !(1 << bit);
            }
        }
    }

    fn lose(&mut self, kind: LossKind, line: u64, field: &str) {
        let (rows, samples) = &mut self.losses[kind as usize];
        *rows += 1;
        if samples.len() < MAX_SAMPLES {
            samples.push(sample(line, field));
        }
    }

    /// Chooses.
    pub fn finish(mut self) -> Guess {
        self.end_run();
        let chosen = self.choose();
        let alternatives = self.alternatives(chosen);
        let confidence = match chosen {
            Some(bit) => self.confidence(bit),
            None => self.confidence_of_text(),
        };
        let null_words_are_null = chosen.is_some() && self.null_words.rows() > 0;
        Guess {
            reading: chosen.map_or(Reading::Text, |bit| kinds::reading(bit, self.wide)),
            confidence,
            rows: self.rows,
            empties: self.empties,
            unique: self.unique.holds() && !null_words_are_null,
            losses: chosen.map_or_else(Vec::new, |bit| self.losses_of(bit)),
            alternatives,
            null_words: self.null_words.into_met(),
            null_words_are_null,
        }
    }

    /// Fields that a type must accept: all but those that it takes, or can be told to take, for NULL.
    fn values(&self) -> u64 {
        self.rows - self.empties - self.blanks - self.null_words.rows()
    }

    /// The readings that accept every value.
    fn full(&self) -> Kinds {
        let values = self.values();
        let accepts_all = |bit: &usize| values > 0 && self.accepted[*bit] == values;
        (0..kinds::COUNT).filter(accepts_all).fold(0, |set, bit| set | 1 << bit)
    }

    /// The one reading that the column surely has, if there is one.
    fn choose(&self) -> Option<usize> {
        let full = self.full();
        let kept = LossKind::ALL.into_iter().filter(|loss| loss.keeps_text() && self.losses[*loss as usize].0 > 0);
        let unsure = kept.map(LossKind::affects).fold(0, std::ops::BitOr::bitor);
        let mut sure = full & !unsure & !kinds::INET;
        // A comma or a short date that can be read in two ways through the whole column says nothing.
        for [a, b] in rivals() {
            if full & (a | b) == a | b {
                sure &= !(a | b);
            }
        }
        if !self.spells_booleans() {
            sure &= !kinds::BOOLEAN;
        }
        // Whole numbers also pass for decimals, and times for durations: the narrowest reading has the lowest bit.
        kinds::bits(sure).next()
    }

    /// Whether the words are of one spelling, and both are there: a column of nothing but `no` may be about Norway.
    fn spells_booleans(&self) -> bool {
        self.words & !0b11 == 0 || matches!(self.words, 0b1100 | 0b11_0000 | 0b1100_0000)
    }

    fn confidence(&self, bit: usize) -> f64 {
        let values = as_float(self.values());
        let certainty = match kinds::reading(bit, false) {
            Reading::Numeric(Separators::Plain) if self.full() & kinds::POINT_GROUPS != 0 => 0.7,
            reading if matches!(reading.format(), Some("dmy" | "mdy" | "1,234.5" | "1.234,5")) => 0.9,
            _ if self.null_words.rows() > 0 => 0.9,
            _ => 1.0,
        };
        certainty * values / (values + 1.0)
    }

    /// Text is as sure as the best other reading is not.
    fn confidence_of_text(&self) -> f64 {
        let values = as_float(self.values() + self.null_words.rows());
        if values == 0.0 {
            return 0.0;
        }
        let best = self.accepted.iter().copied().max().map_or(0.0, as_float);
        1.0 - 0.5 * best / values
    }

    fn losses_of(&self, bit: usize) -> Vec<Loss> {
        let affected = |loss: &LossKind| loss.affects() & (1 << bit) != 0 && self.losses[*loss as usize].0 > 0;
        let to_loss = |kind: LossKind| {
            let (rows, samples) = self.losses[kind as usize].clone();
            Loss { kind, rows, samples }
        };
        LossKind::ALL.into_iter().filter(affected).map(to_loss).collect()
    }

    /// The other readings that accept at least half of the values, and text.
    fn alternatives(&self, chosen: Option<usize>) -> Vec<Alternative> {
        let values = self.values();
        // The forms with groups read whole numbers no differently.
        let hidden = if self.full() & kinds::INTEGER != 0 { kinds::COMMA_GROUPS | kinds::POINT_GROUPS } else { 0 };
        let worth_offering = |bit: &usize| {
            Some(*bit) != chosen && hidden & (1 << bit) == 0 && values > 0 && self.accepted[*bit] * 2 >= values
        };
        let mut bits: Vec<usize> = (0..kinds::COUNT).filter(worth_offering).collect();
        bits.sort_by_key(|bit| values - self.accepted[*bit]);
        let mut alternatives: Vec<_> = bits.into_iter().map(|bit| self.alternative(bit)).collect();
        if chosen.is_some() {
            alternatives.insert(0, Alternative { reading: Reading::Text, failing: 0, samples: vec![], losses: vec![] });
        }
        alternatives.truncate(MAX_ALTERNATIVES);
        alternatives
    }

    fn alternative(&self, bit: usize) -> Alternative {
        Alternative {
            reading: kinds::reading(bit, self.wide),
            failing: self.values() - self.accepted[bit],
            samples: self.refused[bit].clone(),
            losses: self.losses_of(bit),
        }
    }
}

/// Pairs of readings of which a column has at most one.
fn rivals() -> [[Kinds; 2]; 5] {
    [
        [kinds::COMMA_GROUPS, kinds::POINT_GROUPS],
        [kinds::INET, kinds::POINT_GROUPS],
        [kinds::DATE << 1, kinds::DATE << 2],
        [kinds::TIMESTAMP << 1, kinds::TIMESTAMP << 2],
        [kinds::TIMESTAMPTZ << 1, kinds::TIMESTAMPTZ << 2],
    ]
}

/// The field without the spaces and tabs around it.
pub(super) fn trim(field: &str) -> &str {
    let outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    let bytes = field.as_bytes();
    if outer(bytes.first()) || outer(bytes.last()) { field.trim_ascii() } else { field }
}

fn sample(line: u64, field: &str) -> Sample {
    Sample { line, value: field.chars().take(MAX_SAMPLE_CHARS).collect() }
}

#[expect(clippy::cast_precision_loss, reason = "a share of rows needs no more than 52 bits")]
fn as_float(count: u64) -> f64 {
    count as f64
}
