//! A reader of delimited text that tells an empty field (NULL) from a quoted empty one (the empty string), which the `csv`
//! crate does not, and that knows the line on which each record starts.
//!
//! Fields are slices of the buffer; only those with doubled quotes are copied.

use std::io::{self, Read};

use super::text::{Blemish, TextReader};

/// Longest record, in bytes. A quote that is never closed would otherwise read the whole file into memory.
pub const MAX_RECORD_BYTES: usize = 64 * 1024 * 1024;

/// How text is cut into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Between fields.
    pub delimiter: u8,
    /// Around fields that hold delimiters, line breaks or quotes; a quote inside is doubled.
    pub quote: Option<u8>,
}

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk.
    #[error("the uploaded file cannot be read")]
    Io(#[from] io::Error),
    /// A quote is open at the end of the file.
    #[error("the quote that opens on line {line} is never closed")]
    UnclosedQuote {
        /// Where its record starts, from 1.
        line: u64,
    },
    /// A record is longer than [`MAX_RECORD_BYTES`].
    #[error(
        "the row that starts on line {line} is longer than {MAX_RECORD_BYTES} bytes; perhaps a quote on it is never closed"
    )]
    TooLong {
        /// Where it starts, from 1.
        line: u64,
    },
}

/// Where a field is in the buffer, quotes left out.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: usize,
    end: usize,
    quoted: bool,
    /// Whether quotes within have to be undone.
    escaped: bool,
}

/// What the scan of a record found.
enum Scanned {
    /// A record; the next one starts here.
    Record(usize),
    /// The buffer ends before the record does.
    Incomplete,
    /// A quote is open at the end of the file.
    Unclosed,
}

/// Reads records one after the other.
pub struct Records<R> {
    text: TextReader<R>,
    cut: Cut,
    buffer: String,
    position: usize,
    ended: bool,
    line: u64,
    spans: Vec<Span>,
    width: usize,
    blank_lines: u64,
}

/// One record: fields of one line, or of several where a quoted field holds line breaks.
pub struct Record<'a> {
    /// The line on which it starts, from 1.
    pub line: u64,
    text: &'a str,
    spans: &'a [Span],
    quote: u8,
}

impl<R: Read> Records<R> {
    /// Reads from the start of `text`.
    pub fn new(text: TextReader<R>, cut: Cut) -> Self {
        Self {
            text,
            cut,
            buffer: String::new(),
            position: 0,
            ended: false,
            line: 1,
            spans: Vec::new(),
            width: 0,
            blank_lines: 0,
        }
    }

    /// The next record.
    ///
    /// In a file of several columns blank lines are passed over and counted; in a file of one, a blank line is a row without
    /// a value.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        loop {
            if self.position == self.buffer.len() && !self.fill()? {
                return Ok(None);
            }
            let (start, line) = (self.position, self.line);
            match scan(&self.buffer.as_bytes()[start..], self.cut, self.ended, &mut self.spans) {
                Scanned::Record(length) => self.advance(length),
                Scanned::Incomplete => {
                    self.grow()?;
                    continue;
                }
                Scanned::Unclosed => return Err(ReadError::UnclosedQuote { line }),
            }
            let blank = matches!(self.spans[..], [Span { start: 0, end: 0, quoted: false, .. }]);
            if blank && self.width != 1 {
                self.blank_lines += 1;
                continue;
            }
            self.width = self.width.max(self.spans.len());
            let text = &self.buffer[start..self.position];
            return Ok(Some(Record { line, text, spans: &self.spans, quote: self.cut.quote.unwrap_or_default() }));
        }
    }

    /// Bytes of the file that were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.text.bytes_read()
    }

    /// The NUL characters met so far.
    pub fn nul(&self) -> Blemish {
        self.text.nul()
    }

    /// The places met so far that are not of the encoding.
    pub fn undecodable(&self) -> Blemish {
        self.text.undecodable()
    }

    /// The blank lines passed over so far.
    pub fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    /// Makes room at the front and reads one piece; `false` at the end.
    fn fill(&mut self) -> Result<bool, ReadError> {
        self.buffer.drain(..self.position);
        self.position = 0;
        self.ended = self.ended || !self.text.read_into(&mut self.buffer)?;
        Ok(!self.buffer.is_empty())
    }

    /// Reads on until the buffer has doubled, so that a long record is not scanned again for every piece of it.
    fn grow(&mut self) -> Result<(), ReadError> {
        let wanted = 2 * (self.buffer.len() - self.position);
        loop {
            self.fill()?;
            if self.ended || self.buffer.len() >= wanted {
                break;
            }
        }
        if self.buffer.len() > 2 * MAX_RECORD_BYTES {
            return Err(ReadError::TooLong { line: self.line });
        }
        Ok(())
    }

    fn advance(&mut self, length: usize) {
        let record = &self.buffer.as_bytes()[self.position..self.position + length];
        let line_breaks = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count() as u64;
        let quoted = self.spans.iter().filter(|span| span.quoted);
        self.line += quoted.map(|span| line_breaks(&record[span.start..span.end])).sum::<u64>();
        self.line += u64::from(matches!(record.last(), Some(b'\n' | b'\r')));
        self.position += length;
    }
}

impl Record<'_> {
    /// How many fields it has.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The field at `index`; `None` when there is none or it is empty without quotes, which both mean NULL.
    ///
    /// `scratch` holds the field where quotes had to be undone; its content is overwritten.
    pub fn field<'s>(&'s self, index: usize, scratch: &'s mut String) -> Option<&'s str> {
        let span = self.spans.get(index)?;
        let text = &self.text[span.start..span.end];
        if span.escaped {
            undo_quotes(text, self.quote, scratch);
            return Some(scratch);
        }
        (span.quoted || !text.is_empty()).then_some(text)
    }
}

/// Takes quotes out: a doubled one within quotes stands for one, and what follows a closing quote is kept as it is.
fn undo_quotes(text: &str, quote: u8, out: &mut String) {
    out.clear();
    let quote = char::from(quote);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(quote) {
        out.push_str(before);
        if let Some(after) = after.strip_prefix(quote) {
            out.push(quote);
            rest = after;
        } else {
            rest = after;
            break;
        }
    }
    out.push_str(rest);
}

/// Scans the first record of `bytes` into `spans`; `ended` when nothing comes after `bytes`.
fn scan(bytes: &[u8], cut: Cut, ended: bool, spans: &mut Vec<Span>) -> Scanned {
    spans.clear();
    let mut at = 0;
    loop {
        let quoted = cut.quote.is_some_and(|quote| bytes.get(at) == Some(&quote));
        let mut span = Span { start: at + usize::from(quoted), quoted, ..Span::default() };
        if let (true, Some(quote)) = (quoted, cut.quote) {
            match closing_quote(bytes, span.start, quote, ended) {
                Some((end, escaped)) => (span.end, span.escaped) = (end, escaped),
                None if ended => return Scanned::Unclosed,
                None => return Scanned::Incomplete,
            }
        }
        let unquoted_from = if quoted { span.end + 1 } else { at };
        let ends = |byte: &u8| *byte == cut.delimiter || *byte == b'\n' || *byte == b'\r';
        let end = bytes[unquoted_from..].iter().position(ends).map(|length| unquoted_from + length);
        if end.is_none() && !ended {
            return Scanned::Incomplete;
        }
        let stop = end.unwrap_or(bytes.len());
        if !quoted {
            span.end = stop;
        } else if stop > unquoted_from {
            (span.end, span.escaped) = (stop, true);
        }
        spans.push(span);
        match end.map(|end| bytes[end]) {
            None => return Scanned::Record(stop),
            Some(b'\n') => return Scanned::Record(stop + 1),
            Some(b'\r') if stop + 1 == bytes.len() && !ended => return Scanned::Incomplete,
            Some(b'\r') => return Scanned::Record(stop + 1 + usize::from(bytes.get(stop + 1) == Some(&b'\n'))),
            Some(_) => at = stop + 1,
        }
    }
}

/// The quote that closes the field which starts at `from`, and whether there are doubled quotes before it.
fn closing_quote(bytes: &[u8], from: usize, quote: u8, ended: bool) -> Option<(usize, bool)> {
    let (mut at, mut escaped) = (from, false);
    loop {
        at += bytes[at..].iter().position(|byte| *byte == quote)?;
        match bytes.get(at + 1) {
            Some(next) if *next == quote => {
                escaped = true;
                at += 2;
            }
            None if !ended => return None,
            _ => return Some((at, escaped)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMA: Cut = Cut { delimiter: b',', quote: Some(b'"') };

    type Row = (u64, Vec<Option<String>>);

    /// Reads in pieces of `size` bytes.
    fn read_pieces(text: &str, cut: Cut, size: usize) -> Result<Vec<Row>, ReadError> {
        struct Pieces<'a>(&'a [u8], usize);
        impl Read for Pieces<'_> {
            fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
                let (piece, rest) = self.0.split_at(self.1.min(self.0.len()));
                chunk[..piece.len()].copy_from_slice(piece);
                self.0 = rest;
                Ok(piece.len())
            }
        }
        let mut records = Records::new(TextReader::new(Pieces(text.as_bytes(), size), encoding_rs::UTF_8), cut);
        let (mut rows, mut scratch) = (Vec::new(), String::new());
        while let Some(record) = records.next_record()? {
            let fields = (0..record.len()).map(|index| record.field(index, &mut scratch).map(str::to_owned));
            rows.push((record.line, fields.collect()));
        }
        Ok(rows)
    }

    fn read(text: &str) -> Vec<Row> {
        read_pieces(text, COMMA, 7).unwrap()
    }

    fn some(fields: &[&str]) -> Vec<Option<String>> {
        fields.iter().map(|field| Some((*field).to_owned())).collect()
    }

    #[test]
    fn an_empty_field_is_null_and_quotes_make_it_the_empty_string() {
        let rows = read("a,,\"\"\n,\n");
        assert_eq!(rows[0].1, [Some("a".to_owned()), None, Some(String::new())]);
        assert_eq!(rows[1].1, [None, None]);
    }

    #[test]
    fn quotes_keep_delimiters_line_breaks_and_quotes() {
        assert_eq!(
            read("\"a,b\",\"c\r\nd\",\"e \"\"f\"\"\"\r\nx,y,z"),
            [(1, some(&["a,b", "c\r\nd", "e \"f\""])), (3, some(&["x", "y", "z"]))]
        );
    }

    #[test]
    fn text_after_a_closing_quote_is_kept() {
        assert_eq!(read("\"a\"b,5\" disk\n")[0].1, some(&["ab", "5\" disk"]));
    }

    #[test]
    fn lines_end_in_every_way() {
        for ending in ["\n", "\r\n", "\r"] {
            let rows = read(&["a,b", "c,d", ""].join(ending));
            assert_eq!(rows, [(1, some(&["a", "b"])), (2, some(&["c", "d"]))], "{ending:?}");
        }
    }

    #[test]
    fn blank_lines_are_rows_only_where_there_is_one_column() {
        assert_eq!(read("a,b\n\n\nc,d\n").iter().map(|row| row.0).collect::<Vec<_>>(), [1, 4]);
        assert_eq!(read("a\n\nb\n"), [(1, some(&["a"])), (2, vec![None]), (3, some(&["b"]))]);
    }

    #[test]
    fn an_open_quote_is_told_with_its_line() {
        let error = read_pieces("a,b\n\"c,d\n", COMMA, 3).unwrap_err();
        assert!(matches!(error, ReadError::UnclosedQuote { line: 2 }));
    }

    #[test]
    fn without_a_quote_character_quotes_are_text() {
        let tab = Cut { delimiter: b'\t', quote: None };
        assert_eq!(read_pieces("\"a\tb\"", tab, 100).unwrap()[0].1, some(&["\"a", "b\""]));
    }

    fn quoted(field: Option<&String>) -> String {
        field.map(|field| format!("\"{}\"", field.replace('"', "\"\""))).unwrap_or_default()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in proptest::collection::vec(proptest::collection::vec(proptest::option::of("[a\", \r\né]{0,6}"), 2..4), 0..6),
            size in 1usize..20,
        ) {
            let text: String = rows
                .iter()
                .map(|row| row.iter().map(|field| quoted(field.as_ref())).collect::<Vec<_>>().join(",") + "\n")
                .collect();
            let read: Vec<_> = read_pieces(&text, COMMA, size).unwrap().into_iter().map(|row| row.1).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn the_size_of_pieces_changes_nothing(text in "[a,\"\r\n]{0,40}", size in 1usize..10) {
            let whole = read_pieces(&text, COMMA, 1000).map_err(|error| error.to_string());
            let pieces = read_pieces(&text, COMMA, size).map_err(|error| error.to_string());
            prop_assert_eq!(whole, pieces);
        }
    }
}
