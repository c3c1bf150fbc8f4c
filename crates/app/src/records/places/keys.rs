//! The keys of all rows of an order, kept compactly: 8 bytes for a whole number, else the key's text.

use mathesar_sql::{RowKey, model::Table};

use crate::{Error, Result};

/// Keys in the order of their rows.
pub(super) enum Keys {
    /// Of one column of whole numbers.
    Numbers(Vec<i64>),
    /// As COPY writes them, one after the other, and where each ends.
    Lines { text: Vec<u8>, ends: Vec<u32> },
}

impl Keys {
    /// No keys yet of a table.
    pub(super) fn new(table: &Table) -> Self {
        const WHOLE: [&str; 3] = ["int2", "int4", "int8"];
        match table.key.columns() {
            [attnum]
                if table.column(*attnum).is_some_and(|column| {
                    let ty = &column.ty.pg;
                    ty.schema == "pg_catalog" && WHOLE.contains(&ty.name.as_str())
                }) =>
            {
                Self::Numbers(Vec::new())
            }
            _ => Self::Lines { text: Vec::new(), ends: Vec::new() },
        }
    }

    /// Adds a line of COPY's text format, without its end.
    pub(super) fn push(&mut self, line: &[u8]) -> Result<()> {
        match self {
            Self::Numbers(numbers) => {
                let number = std::str::from_utf8(line).map_err(Error::internal)?.parse().map_err(Error::internal)?;
                numbers.push(number);
            }
            Self::Lines { text, ends } => {
                text.extend_from_slice(line);
                ends.push(u32::try_from(text.len()).map_err(Error::internal)?);
            }
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Lines { ends, .. } => ends.len(),
        }
    }

    /// The key of a row that is there.
    pub(super) fn get(&self, index: usize) -> Result<RowKey> {
        match self {
            Self::Numbers(numbers) => Ok(RowKey::Columns(vec![numbers[index].to_string()])),
            Self::Lines { text, ends } => read(line(text, ends, index)).map(RowKey::Columns),
        }
    }

    /// Where a key stands. Looks at every key: some milliseconds for ten million.
    pub(super) fn find(&self, key: &RowKey) -> Option<usize> {
        let RowKey::Columns(values) = key else { return None };
        match self {
            Self::Numbers(numbers) => {
                let number: i64 = values.first()?.parse().ok()?;
                numbers.iter().position(|other| *other == number)
            }
            Self::Lines { text, ends } => {
                let wanted = write(values);
                (0..ends.len()).find(|index| line(text, ends, *index) == wanted)
            }
        }
    }

    /// Bytes of the keys so far.
    pub(super) fn used(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len() * size_of::<i64>(),
            Self::Lines { text, ends } => text.len() + ends.len() * size_of::<u32>(),
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.capacity() * size_of::<i64>(),
            Self::Lines { text, ends } => text.capacity() + ends.capacity() * size_of::<u32>(),
        }
    }

    /// Gives back the memory that was only reserved.
    pub(super) fn shrink(&mut self) {
        match self {
            Self::Numbers(numbers) => numbers.shrink_to_fit(),
            Self::Lines { text, ends } => {
                text.shrink_to_fit();
                ends.shrink_to_fit();
            }
        }
    }
}

fn line<'k>(text: &'k [u8], ends: &[u32], index: usize) -> &'k [u8] {
    let start = index.checked_sub(1).map_or(0, |before| ends[before] as usize);
    &text[start..ends[index] as usize]
}

/// Reads the fields of a line of COPY's text format. No field of a key is NULL.
pub(super) fn read(line: &[u8]) -> Result<Vec<String>> {
    line.split(|byte| *byte == b'\t').map(field).collect()
}

fn field(escaped: &[u8]) -> Result<String> {
    let mut out = Vec::with_capacity(escaped.len());
    let mut bytes = escaped.iter();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'\\' => plain(*bytes.next().ok_or_else(|| Error::internal("COPY ended a line within a letter"))?),
            byte => *byte,
        });
    }
    String::from_utf8(out).map_err(Error::internal)
}

/// The letters after a backslash in COPY's text format, and what they stand for; others stand for themselves.
const LETTERS: [(u8, u8); 6] = [(b'b', 8), (b't', b'\t'), (b'n', b'\n'), (b'v', 11), (b'f', 12), (b'r', b'\r')];

fn plain(letter: u8) -> u8 {
    LETTERS.iter().find(|(known, _)| *known == letter).map_or(letter, |(_, byte)| *byte)
}

fn write(values: &[String]) -> Vec<u8> {
    let mut line = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            line.push(b'\t');
        }
        for byte in value.bytes() {
            match LETTERS.iter().find(|(_, plain)| *plain == byte) {
                Some((letter, _)) => line.extend([b'\\', *letter]),
                None if byte == b'\\' => line.extend(b"\\\\"),
                None => line.push(byte),
            }
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back_and_is_found() {
        let mut keys = Keys::Lines { text: Vec::new(), ends: Vec::new() };
        let rows = [["", "\\N"], ["a\tb", "\\"], ["\u{8}\n\u{b}\u{c}\r", "é\\t"], ["x", "y"]];
        for row in rows {
            keys.push(&write(&row.map(str::to_owned))).unwrap();
        }
        for (index, row) in rows.into_iter().enumerate() {
            let key = RowKey::Columns(row.map(str::to_owned).into());
            assert!(keys.get(index).unwrap() == key);
            assert_eq!(keys.find(&key), Some(index));
        }
        assert_eq!(keys.len(), 4);
        assert_eq!(keys.find(&RowKey::Columns(vec!["y".to_owned(), "x".to_owned()])), None);
    }
}
