//! Rows in PostgreSQL's text format of COPY: tabs between fields, `\N` for NULL, backslashes before what would be mistaken.

use bytes::{Bytes, BytesMut};

/// Bytes after which a piece is full and sent.
const PIECE: usize = 64 * 1024;

/// Gathers rows into pieces.
pub(super) struct CopyText {
    piece: BytesMut,
    at_row_start: bool,
}

impl CopyText {
    pub(super) fn new() -> Self {
        Self { piece: BytesMut::with_capacity(2 * PIECE), at_row_start: true }
    }

    /// Adds a field to the row.
    pub(super) fn field(&mut self, value: Option<&str>) {
        if !std::mem::take(&mut self.at_row_start) {
            self.piece.extend_from_slice(b"\t");
        }
        match value {
            None => self.piece.extend_from_slice(b"\\N"),
            Some(value) => self.text(value.as_bytes()),
        }
    }

    fn text(&mut self, value: &[u8]) {
        let mut rest = value;
        while let Some(at) = rest.iter().position(|byte| escape(*byte).is_some()) {
            self.piece.extend_from_slice(&rest[..at]);
            self.piece.extend_from_slice(&[b'\\', escape(rest[at]).unwrap_or(rest[at])]);
            rest = &rest[at + 1..];
        }
        self.piece.extend_from_slice(rest);
    }

    /// Ends the row; gives the piece when it is full.
    pub(super) fn end_row(&mut self) -> Option<Bytes> {
        self.piece.extend_from_slice(b"\n");
        self.at_row_start = true;
        (self.piece.len() >= PIECE).then(|| self.take())
    }

    /// What is gathered.
    pub(super) fn take(&mut self) -> Bytes {
        let piece = self.piece.split().freeze();
        self.piece.reserve(2 * PIECE);
        piece
    }
}

/// The letter that stands for a byte after a backslash.
fn escape(byte: u8) -> Option<u8> {
    match byte {
        b'\\' => Some(b'\\'),
        b'\t' => Some(b't'),
        b'\n' => Some(b'n'),
        b'\r' => Some(b'r'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_what_looks_like_it_are_told_apart() {
        let mut copy = CopyText::new();
        for field in [None, Some(""), Some("\\N"), Some("a\tb\r\nc\\d")] {
            copy.field(field);
        }
        assert!(copy.end_row().is_none());
        assert_eq!(copy.take(), "\\N\t\t\\\\N\ta\\tb\\r\\nc\\\\d\n");
    }

    #[test]
    fn a_full_piece_is_given() {
        let mut copy = CopyText::new();
        copy.field(Some(&"x".repeat(PIECE)));
        assert_eq!(copy.end_row().map(|piece| piece.len()), Some(PIECE + 1));
        assert!(copy.take().is_empty());
    }
}
