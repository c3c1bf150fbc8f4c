//! Days, times and durations as people write them.

use super::{
    guess::LossKind,
    kinds::{self, Kinds},
    reading::DateOrder,
    scan::Found,
};

const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

/// A day as written: what its parts are is known only once an order is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateText {
    form: DateForm,
    year: u16,
    first: u8,
    second: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DateForm {
    /// Year, month, day.
    YearFirst,
    /// Two numbers, then the year.
    YearLast,
    /// A month by name and a day, in whatever order; stored as month, day.
    Named,
}

/// A time of day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeText<'a> {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    /// Digits of the fraction of a second.
    pub(super) fraction: &'a [u8],
}

/// An offset from UTC in minutes.
pub(super) type Offset = i16;

/// A day, perhaps with a time, perhaps with an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment<'a> {
    pub(super) date: DateText,
    pub(super) time: Option<TimeText<'a>>,
    pub(super) offset: Option<Offset>,
    /// Before the common era, as PostgreSQL marks it with ` BC`.
    pub(super) before_christ: bool,
}

impl DateText {
    /// Year, month and day under an order, if there is such a day.
    pub(super) fn resolve(self, order: DateOrder) -> Option<(u16, u8, u8)> {
        let (month, day) = match (self.form, order) {
            (DateForm::YearFirst, DateOrder::Ymd)
            | (DateForm::Named, DateOrder::Named)
            | (DateForm::YearLast, DateOrder::Mdy) => (self.first, self.second),
            (DateForm::YearLast, DateOrder::Dmy) => (self.second, self.first),
            _ => return None,
        };
        let exists = self.year >= 1 && (1..=12).contains(&month) && day >= 1 && day <= days_of(self.year, month);
        exists.then_some((self.year, month, day))
    }
}

impl TimeText<'_> {
    /// Whether PostgreSQL keeps it: microseconds, and zeros beyond.
    pub(super) fn is_exact(&self) -> bool {
        self.fraction.iter().skip(6).all(|digit| *digit == b'0')
    }
}

fn days_of(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Takes between `least` and `most` digits off the front; a further digit means that it is another number.
fn digits(text: &[u8], least: usize, most: usize) -> Option<(u16, &[u8])> {
    let count = text.iter().take(most + 1).take_while(|byte| byte.is_ascii_digit()).count();
    if count < least || count > most {
        return None;
    }
    let value = text[..count].iter().fold(0u16, |value, digit| value * 10 + u16::from(digit - b'0'));
    Some((value, &text[count..]))
}

fn two_digits(text: &[u8], least: usize) -> Option<(u8, &[u8])> {
    let (value, rest) = digits(text, least, 2)?;
    Some((u8::try_from(value).ok()?, rest))
}

fn date(text: &[u8]) -> Option<(DateText, &[u8])> {
    if text.first()?.is_ascii_alphabetic() {
        return month_first(text);
    }
    if let Some((year, [separator @ (b'-' | b'/' | b'.'), rest @ ..])) = digits(text, 4, 4) {
        let (first, rest) = two_digits(rest, 1)?;
        let (second, rest) = two_digits(rest.strip_prefix(&[*separator])?, 1)?;
        return Some((DateText { form: DateForm::YearFirst, year, first, second }, rest));
    }
    let (first, rest) = two_digits(text, 1)?;
    let (separator, rest) = rest.split_first()?;
    if !matches!(separator, b'-' | b'/' | b'.' | b' ') {
        return None;
    }
    if rest.first().is_some_and(u8::is_ascii_alphabetic) {
        return day_first(first, rest);
    }
    let (second, rest) = two_digits(rest, 1)?;
    let (year, rest) = digits(rest.strip_prefix(&[*separator])?, 4, 4)?;
    let parts = DateText { form: DateForm::YearLast, year, first, second };
    (*separator != b' ').then_some((parts, rest))
}

/// `June 12, 1998`.
fn month_first(text: &[u8]) -> Option<(DateText, &[u8])> {
    let (first, rest) = month_name(text)?;
    let (second, rest) = two_digits(rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"-"))?, 1)?;
    let rest = rest.strip_prefix(b",").unwrap_or(rest);
    let (year, rest) = digits(rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"-"))?, 4, 4)?;
    Some((DateText { form: DateForm::Named, year, first, second }, rest))
}

/// The rest of `12 June 1998` after the day.
fn day_first(day: u8, text: &[u8]) -> Option<(DateText, &[u8])> {
    let (month, rest) = month_name(text)?;
    let rest = rest.strip_prefix(b",").unwrap_or(rest);
    let (year, rest) = digits(rest.get(1..).filter(|_| matches!(rest[0], b' ' | b'-' | b'/'))?, 4, 4)?;
    Some((DateText { form: DateForm::Named, year, first: month, second: day }, rest))
}

/// An English month, whole or by its first three letters (`Sept` too), perhaps with a point.
fn month_name(text: &[u8]) -> Option<(u8, &[u8])> {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &text[..letters];
    let month = MONTHS.iter().position(|name| {
        word.eq_ignore_ascii_case(name)
            || word.eq_ignore_ascii_case(&name[..3])
            || (name[0] == b's' && word.eq_ignore_ascii_case(&name[..4]))
    })?;
    let rest = &text[letters..];
    Some((u8::try_from(month + 1).ok()?, rest.strip_prefix(b".").unwrap_or(rest)))
}

fn time(text: &[u8]) -> Option<(TimeText<'_>, &[u8])> {
    let (hour, rest) = two_digits(text, 1)?;
    let (minute, rest) = two_digits(rest.strip_prefix(b":")?, 2)?;
    let (second, fraction, rest) = match rest {
        [b':', rest @ ..] => {
            let (second, rest) = two_digits(rest, 2)?;
            let (fraction, rest) = fraction(rest)?;
            (second, fraction, rest)
        }
        _ => (0, &rest[..0], rest),
    };
    let (hour, rest) = half_of_day(hour, rest)?;
    let exists = hour < 24 && minute < 60 && second < 60;
    exists.then_some((TimeText { hour, minute, second, fraction }, rest))
}

/// Up to nine digits after a point or comma, if there is one.
fn fraction(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let [b'.' | b',', rest @ ..] = text else { return Some((&text[..0], text)) };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (1..=9).contains(&count).then(|| rest.split_at(count))
}

/// Applies `AM` or `PM`, if there is one.
fn half_of_day(hour: u8, text: &[u8]) -> Option<(u8, &[u8])> {
    let word = text.strip_prefix(b" ").unwrap_or(text);
    let Some((half, rest)) = word.split_at_checked(2) else { return Some((hour, text)) };
    let afternoon = half.eq_ignore_ascii_case(b"pm");
    if !afternoon && !half.eq_ignore_ascii_case(b"am") {
        return Some((hour, text));
    }
    (1..=12).contains(&hour).then(|| (hour % 12 + if afternoon { 12 } else { 0 }, rest))
}

/// `Z`, `UTC`, `+02`, `+0200`, `+02:00`, perhaps after a space. PostgreSQL takes offsets below sixteen hours.
fn offset(text: &[u8]) -> Option<Offset> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    if text.eq_ignore_ascii_case(b"z") || text.eq_ignore_ascii_case(b"utc") {
        return Some(0);
    }
    let (sign, rest) = match text {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match *rest {
        [a, b] => ([a, b], [b'0', b'0']),
        [a, b, c, d] | [a, b, b':', c, d] => ([a, b], [c, d]),
        _ => return None,
    };
    let (hours, minutes) = (two_digits(&hours, 2)?.0, two_digits(&minutes, 2)?.0);
    (hours < 16 && minutes < 60).then(|| sign * (i16::from(hours) * 60 + i16::from(minutes)))
}

/// Reads a day, perhaps with a time, an offset and an era.
pub(super) fn moment(text: &[u8]) -> Option<Moment<'_>> {
    let (text, before_christ) = text.strip_suffix(b" BC").map_or((text, false), |text| (text, true));
    let (date, rest) = date(text)?;
    let Some((separator, rest)) = rest.split_first() else {
        return Some(Moment { date, time: None, offset: None, before_christ });
    };
    if !matches!(separator, b'T' | b't' | b' ') {
        return None;
    }
    let (time, rest) = time(rest)?;
    let offset = if rest.is_empty() { None } else { Some(offset(rest)?) };
    Some(Moment { date, time: Some(time), offset, before_christ })
}

/// Reads a time of day and nothing else.
pub(super) fn time_of_day(text: &[u8]) -> Option<TimeText<'_>> {
    time(text).filter(|(_, rest)| rest.is_empty()).map(|(time, _)| time)
}

/// `HH:MM:SS[.f]` with any number of hours, or ISO 8601 with designators.
pub(super) fn is_interval(text: &[u8]) -> bool {
    text.strip_prefix(b"P").map_or_else(|| is_clock_interval(text), is_iso_interval)
}

fn is_clock_interval(text: &[u8]) -> bool {
    let parts = || {
        let (_, rest) = digits(text.strip_prefix(b"-").unwrap_or(text), 1, 4)?;
        let (minutes, rest) = two_digits(rest.strip_prefix(b":")?, 2)?;
        let (seconds, rest) = two_digits(rest.strip_prefix(b":")?, 2)?;
        let (_, rest) = fraction(rest)?;
        Some(minutes < 60 && seconds < 60 && rest.is_empty())
    };
    parts().unwrap_or(false)
}

/// The designators in their order, each at most once, with a number before it; hours and less after `T`.
fn is_iso_interval(text: &[u8]) -> bool {
    let (days, clock) = match text.iter().position(|byte| *byte == b'T') {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let well_formed = |part: &[u8], order: &[u8]| count_designators(part, order).is_some();
    let clock_is_there = clock.is_none_or(|clock| !clock.is_empty());
    clock_is_there
        && !(days.is_empty() && clock.is_none())
        && well_formed(days, b"YMWD")
        && clock.is_none_or(|clock| well_formed(clock, b"HMS"))
}

fn count_designators(mut part: &[u8], mut order: &[u8]) -> Option<usize> {
    let mut count = 0;
    while !part.is_empty() {
        let unsigned = part.strip_prefix(b"-").unwrap_or(part);
        let length = unsigned.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        if length == 0 || unsigned[0] == b'.' || unsigned[..length].iter().filter(|byte| **byte == b'.').count() > 1 {
            return None;
        }
        let (designator, rest) = unsigned[length..].split_first()?;
        let at = order.iter().position(|known| known == designator)?;
        order = &order[at + 1..];
        part = rest;
        count += 1;
    }
    Some(count)
}

/// The readings that a field allows as a day, a time or a duration.
pub(super) fn scan(field: &[u8]) -> Found {
    if let Some(moment) = moment(field) {
        return scan_moment(&moment);
    }
    let mut found = Found::default();
    if let Some(time) = time_of_day(field) {
        found.kinds |= kinds::TIME;
        found.loss = (!time.is_exact()).then_some(LossKind::FractionDigits);
    }
    if is_interval(field) {
        found.kinds |= kinds::INTERVAL;
    }
    found
}

fn scan_moment(moment: &Moment<'_>) -> Found {
    let first: Kinds = match (moment.time, moment.offset) {
        (None, _) => kinds::DATE,
        (Some(_), None) => kinds::TIMESTAMP,
        (Some(_), Some(_)) => kinds::TIMESTAMPTZ,
    };
    let orders = DateOrder::ALL.into_iter().filter(|order| moment.date.resolve(*order).is_some());
    let kinds = orders.map(|order| kinds::ordered(first, order)).fold(0, std::ops::BitOr::bitor);
    let inexact = moment.time.is_some_and(|time| !time.is_exact());
    let shifted = moment.offset.is_some_and(|offset| offset != 0);
    let loss = inexact.then_some(LossKind::FractionDigits).or(shifted.then_some(LossKind::Offset));
    Found { kinds, loss, ..Found::default() }
}
