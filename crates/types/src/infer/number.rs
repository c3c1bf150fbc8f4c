//! Numbers as people write them.

use super::{
    guess::LossKind,
    kinds::{self, Kinds},
    reading::Separators,
    scan::Found,
};

/// A code rather than a number, above this many digits before the fraction.
const MAX_WHOLE_DIGITS: usize = 20;

/// The parts of a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Number<'a> {
    pub(super) sign: Option<u8>,
    /// Digits and separators of groups before the fraction.
    pub(super) whole: &'a [u8],
    /// How many of them are digits.
    pub(super) whole_digits: usize,
    pub(super) fraction: &'a [u8],
}

/// Reads a number written with `separators`: groups, where there are any, are of three digits and all there.
pub(super) fn read(field: &[u8], separators: Separators) -> Option<Number<'_>> {
    let (group, decimal) = separators.characters();
    let (sign, digits) = match field {
        [sign @ (b'-' | b'+'), rest @ ..] => (Some(*sign), rest),
        _ => (None, field),
    };
    let (whole, fraction) = match digits.iter().position(|byte| *byte == decimal) {
        Some(at) if at + 1 < digits.len() => (&digits[..at], &digits[at + 1..]),
        Some(_) => return None,
        None => (digits, &digits[..0]),
    };
    if whole.len() == digits.len() && whole.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let whole_digits = count_whole(whole, group)?;
    Some(Number { sign, whole, whole_digits, fraction })
}

/// Counts the digits before the fraction; `None` where groups are not well formed.
fn count_whole(whole: &[u8], group: Option<u8>) -> Option<usize> {
    if whole.iter().all(u8::is_ascii_digit) {
        return Some(whole.len());
    }
    let mut groups = whole.split(|byte| Some(*byte) == group);
    let first = groups.next()?;
    let well_formed = (1..=3).contains(&first.len()) && first[0] != b'0' && first.iter().all(u8::is_ascii_digit);
    let mut digits = first.len();
    for group in groups {
        if group.len() != 3 || !group.iter().all(u8::is_ascii_digit) {
            return None;
        }
        digits += 3;
    }
    well_formed.then_some(digits)
}

/// The readings that a field of digits, signs, points and commas allows.
pub(super) fn scan(field: &[u8]) -> Found {
    let mut found = Found::default();
    for (separators, bit) in [
        (Separators::Plain, kinds::PLAIN),
        (Separators::CommaGroups, kinds::COMMA_GROUPS),
        (Separators::PointGroups, kinds::POINT_GROUPS),
    ] {
        if let Some(number) = read(field, separators) {
            found.kinds |= bit;
            found.loss = found.loss.or_else(|| loss(&number));
        }
    }
    found
}

/// The readings of a field that starts with a digit or a minus sign and goes on in digits; `None` if there is more in it.
pub(super) fn scan_whole(field: &[u8]) -> Option<Found> {
    let digits = field.strip_prefix(b"-").unwrap_or(field);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = whole(field, digits);
    let mut kinds: Kinds = kinds::PLAIN | kinds::COMMA_GROUPS | kinds::POINT_GROUPS;
    if number.is_some() {
        kinds |= kinds::INTEGER;
    }
    let sign = (digits.len() < field.len()).then_some(b'-');
    let loss = loss(&Number { sign, whole: digits, whole_digits: digits.len(), fraction: &[] });
    Some(Found { kinds, loss, number, ..Found::default() })
}

/// The value of a whole number that fits `bigint`.
fn whole(field: &[u8], digits: &[u8]) -> Option<i64> {
    if digits.len() > 18 {
        return std::str::from_utf8(field).ok()?.parse().ok();
    }
    let value = digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some(if digits.len() < field.len() { -value } else { value })
}

/// What a number type would not keep of the text.
fn loss(number: &Number<'_>) -> Option<LossKind> {
    if number.whole_digits > 1 && number.whole[0] == b'0' {
        return Some(LossKind::LeadingZeros);
    }
    if number.whole_digits > MAX_WHOLE_DIGITS {
        return Some(LossKind::LongNumber);
    }
    match number.sign {
        Some(b'+') => Some(LossKind::PlusSign),
        Some(_) if number.whole.iter().chain(number.fraction).all(|digit| *digit == b'0') => {
            Some(LossKind::NegativeZero)
        }
        _ => None,
    }
}
