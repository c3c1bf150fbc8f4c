//! Which readings one field allows.

use std::net::IpAddr;

use super::{datetime, guess::LossKind, kinds, kinds::Kinds, number};

/// Fields longer than this are text or JSON: no number, day or address is so long.
const MAX_SCALAR_BYTES: usize = 64;

/// What one field allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The readings that accept it.
    pub(super) kinds: Kinds,
    /// What the readings that [`LossKind::affects`] names would lose.
    pub(super) loss: Option<LossKind>,
    /// Its value as a whole number.
    pub(super) number: Option<i64>,
    /// Which boolean word it is: a bit of [`WORDS`].
    pub(super) word: u8,
}

/// The boolean words, two to a spelling: bit `n` of [`Found::word`] is `WORDS[n]`.
pub(super) const WORDS: [&str; 8] = ["true", "false", "yes", "no", "t", "f", "y", "n"];

/// Scans a field without surrounding spaces.
pub(super) fn scan(field: &[u8]) -> Found {
    let Some(first) = field.first() else { return Found::default() };
    if matches!(first, b'{' | b'[') {
        return json(field);
    }
    if field.len() > MAX_SCALAR_BYTES {
        return Found::default();
    }
    match first {
        b'0'..=b'9' | b'-' | b'+' | b'.' | b',' => number::scan_whole(field).unwrap_or_else(|| numeral(field)),
        b'a'..=b'z' | b'A'..=b'Z' => word(field),
        b':' => Found { kinds: address(field), ..Found::default() },
        _ => Found::default(),
    }
}

/// Whether a field, taken alone, looks like more than text; a hint for telling headers from values and delimiters from text.
/// A single letter says nothing, though `y` could be true.
pub fn is_typed(field: &str) -> bool {
    let found = scan(field.trim_ascii().as_bytes());
    found.kinds != 0 && !(found.kinds == kinds::BOOLEAN && field.len() == 1)
}

/// A field that starts like a number and goes on with more than digits.
fn numeral(field: &[u8]) -> Found {
    if field.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'+')) {
        let mut found = number::scan(field);
        if found.kinds != 0 {
            found.kinds |= address(field);
            return found;
        }
    }
    or_identifier(datetime::scan(field), field)
}

/// `found`, or what a field is that is neither number nor time.
fn or_identifier(found: Found, field: &[u8]) -> Found {
    if found.kinds != 0 {
        return found;
    }
    let found = uuid(field);
    Found { kinds: found.kinds | address(field), ..found }
}

fn word(field: &[u8]) -> Found {
    if field.len() <= 5 {
        let word = WORDS.iter().position(|word| field.eq_ignore_ascii_case(word.as_bytes()));
        if let Some(at) = word {
            let loss = matches!(at, 2 | 3 | 6 | 7).then_some(LossKind::Spelling);
            return Found { kinds: kinds::BOOLEAN, loss, word: 1 << at, ..Found::default() };
        }
    }
    // Most text ends here: only some letters start a month, a duration, or a hexadecimal number.
    let starts_time = matches!(field[0], b'P') || b"JFMASONDjfmasond".contains(&field[0]);
    if !(starts_time || field[0].is_ascii_hexdigit()) || !field.iter().any(u8::is_ascii_digit) {
        return Found::default();
    }
    or_identifier(if starts_time { datetime::scan(field) } else { Found::default() }, field)
}

fn uuid(field: &[u8]) -> Found {
    let fits = field.len() == 36
        && field.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if !fits {
        return Found::default();
    }
    let loss = field.iter().any(u8::is_ascii_uppercase).then_some(LossKind::LetterCase);
    Found { kinds: kinds::UUID, loss, ..Found::default() }
}

fn address(field: &[u8]) -> Kinds {
    let separators = |byte: u8| field.iter().filter(|other| **other == byte).count();
    if separators(b'.') < 3 && separators(b':') < 2 {
        return 0;
    }
    let Ok(text) = std::str::from_utf8(field) else { return 0 };
    let (host, prefix) = text.split_once('/').map_or((text, None), |(host, prefix)| (host, Some(prefix)));
    let Ok(host) = host.parse::<IpAddr>() else { return 0 };
    let widest = if host.is_ipv4() { 32 } else { 128 };
    let prefix_fits = prefix.is_none_or(|prefix| prefix.parse::<u8>().is_ok_and(|bits| bits <= widest));
    if prefix_fits { kinds::INET } else { 0 }
}

/// JSON lists and maps. A NUL character in a string is JSON, but `jsonb` cannot hold it.
fn json(field: &[u8]) -> Found {
    let parses = serde_json::from_slice::<serde::de::IgnoredAny>(field).is_ok();
    if !parses || field.windows(6).any(|escape| escape == br"\u0000") {
        return Found::default();
    }
    Found { kinds: kinds::JSON, loss: Some(LossKind::Layout), ..Found::default() }
}
