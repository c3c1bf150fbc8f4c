//! From an accepted field to what PostgreSQL reads in one way only.

use std::fmt::Write as _;

use super::{
    column::trim,
    datetime::{self, Moment, TimeText},
    number,
    reading::{DateOrder, Reading, Separators},
};
use crate::pgtype::Modifier;

/// Why a field does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not written as the reading expects.
    NotReadable,
    /// It has more digits after the point than the type keeps: PostgreSQL would round it silently.
    TooManyFractionDigits {
        /// How many are kept.
        kept: u8,
    },
}

/// Turns the fields of one column into PostgreSQL's input.
#[derive(Clone, Copy, Debug)]
pub struct Normaliser {
    reading: Reading,
    fraction_digits: Option<u8>,
}

impl Normaliser {
    /// For a reading, into a type with a modifier.
    pub fn new(reading: Reading, modifier: Modifier) -> Self {
        let fraction_digits = match modifier {
            Modifier::Numeric { scale, .. } => Some(u8::try_from(scale.max(0)).unwrap_or(u8::MAX)),
            Modifier::TimePrecision(digits) => Some(digits),
            _ => None,
        };
        Self { reading, fraction_digits }
    }

    /// Whether fields pass as they are, so that the caller need not look at them.
    pub fn is_text(&self) -> bool {
        self.reading == Reading::Text
    }

    /// What PostgreSQL is given for `field`; `None` for NULL, which a field of nothing but spaces is in every type but text.
    ///
    /// `scratch` holds the answer where it differs from the field; its content is overwritten.
    ///
    /// # Errors
    /// When the field cannot be read, or not without a silent change.
    pub fn normalise<'a>(&self, field: &'a str, scratch: &'a mut String) -> Result<Option<&'a str>, Refusal> {
        if self.is_text() {
            return Ok(Some(field));
        }
        let field = trim(field);
        if field.is_empty() {
            return Ok(None);
        }
        scratch.clear();
        match self.reading {
            Reading::Numeric(separators) => self.number(field, separators, scratch).map(Some),
            Reading::Date(order) => self.moment(field, order, Shape::Date, scratch).map(Some),
            Reading::Timestamp(order) => self.moment(field, order, Shape::Timestamp, scratch).map(Some),
            Reading::TimestampTz(order) => self.moment(field, order, Shape::TimestampTz, scratch).map(Some),
            Reading::Time if field == END_OF_DAY => Ok(Some(field)),
            Reading::Time => {
                let time = datetime::time_of_day(field.as_bytes()).ok_or(Refusal::NotReadable)?;
                self.check_time(&time)?;
                write_time(&time, scratch);
                Ok(Some(scratch))
            }
            // PostgreSQL takes a bare number for seconds, which nobody means.
            Reading::Interval if number::read(field.as_bytes(), Separators::Plain).is_some() => {
                Err(Refusal::NotReadable)
            }
            _ => Ok(Some(field)),
        }
    }

    fn number<'a>(&self, field: &'a str, separators: Separators, out: &'a mut String) -> Result<&'a str, Refusal> {
        let Some(number) = number::read(field.as_bytes(), separators) else {
            // `1e5` and `NaN` are never guessed to be numbers, but PostgreSQL reads them where the user says so.
            return if separators == Separators::Plain { Ok(field) } else { Err(Refusal::NotReadable) };
        };
        let significant = number.fraction.iter().rposition(|digit| *digit != b'0').map_or(0, |at| at + 1);
        if let Some(kept) = self.fraction_digits.filter(|kept| significant > usize::from(*kept)) {
            return Err(Refusal::TooManyFractionDigits { kept });
        }
        if separators == Separators::Plain {
            return Ok(field);
        }
        out.extend(number.sign.map(char::from));
        out.extend(number.whole.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)));
        if !number.fraction.is_empty() {
            out.push('.');
            out.extend(number.fraction.iter().map(|byte| char::from(*byte)));
        }
        Ok(out)
    }

    fn moment<'a>(
        &self,
        field: &'a str,
        order: DateOrder,
        shape: Shape,
        out: &'a mut String,
    ) -> Result<&'a str, Refusal> {
        if is_infinity(field) {
            return Ok(field);
        }
        let far = far_year(field).filter(|_| order == DateOrder::Ymd);
        let nearer = far.map(|(_, rest)| format!("{LEAP_YEAR}{rest}"));
        let moment = datetime::moment(nearer.as_deref().unwrap_or(field).as_bytes()).ok_or(Refusal::NotReadable)?;
        let (year, month, day) = moment.date.resolve(order).ok_or(Refusal::NotReadable)?;
        if shape != Shape::of(&moment) {
            return Err(Refusal::NotReadable);
        }
        let _ = match far {
            Some((year, _)) => write!(out, "{year}-{month:02}-{day:02}"),
            None => write!(out, "{year:04}-{month:02}-{day:02}"),
        };
        if let Some(time) = moment.time {
            self.check_time(&time)?;
            out.push(' ');
            write_time(&time, out);
        }
        if let Some(offset) = moment.offset {
            let sign = if offset < 0 { '-' } else { '+' };
            let _ = write!(out, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
        }
        if moment.before_christ {
            out.push_str(" BC");
        }
        Ok(out)
    }

    fn check_time(&self, time: &TimeText<'_>) -> Result<(), Refusal> {
        let kept = self.fraction_digits.unwrap_or(6).min(6);
        let kept_all = time.fraction.iter().skip(kept.into()).all(|digit| *digit == b'0');
        if kept_all { Ok(()) } else { Err(Refusal::TooManyFractionDigits { kept }) }
    }
}

/// What a moment must have to be of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Date,
    Timestamp,
    TimestampTz,
}

impl Shape {
    fn of(moment: &Moment<'_>) -> Self {
        match (moment.time, moment.offset) {
            (None, _) => Self::Date,
            (Some(_), None) => Self::Timestamp,
            (Some(_), Some(_)) => Self::TimestampTz,
        }
    }
}

/// PostgreSQL's last moment of a day, as it writes it.
const END_OF_DAY: &str = "24:00:00";
/// A year that has every day.
const LEAP_YEAR: &str = "2000";

/// A year of more than four digits, as PostgreSQL writes it, and the rest of its day. Such days are not guessed, and there are up to the
/// year 5874897.
fn far_year(field: &str) -> Option<(&str, &str)> {
    let digits = field.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = field.split_at(digits);
    ((5..=7).contains(&digits) && rest.starts_with('-')).then_some((year, rest))
}

/// PostgreSQL's days outside of time, as it writes them.
fn is_infinity(field: &str) -> bool {
    matches!(field, "infinity" | "-infinity")
}

fn write_time(time: &TimeText<'_>, out: &mut String) {
    let _ = write!(out, "{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    let kept = &time.fraction[..time.fraction.len().min(6)];
    if !kept.is_empty() {
        out.push('.');
        out.extend(kept.iter().map(|digit| char::from(*digit)));
    }
}
