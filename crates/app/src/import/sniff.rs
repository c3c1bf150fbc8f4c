//! What a file is: its encoding, how it is cut into fields, and whether its first row holds names.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use mathesar_types::infer::is_typed;

use super::{
    records::{Cut, Records},
    text::{TextReader, read_some},
};

/// Bytes of the file's start that are looked at to find the dialect.
pub const SAMPLE_BYTES: usize = 1024 * 1024;
/// Rows of it that are looked at.
const SAMPLE_ROWS: usize = 1_000;
/// Bytes with letters beyond ASCII that are shown to the detector of encodings.
const DETECTOR_BYTES: usize = 4 * 1024 * 1024;

/// Delimiters that are tried, the likeliest first.
const DELIMITERS: [u8; 4] = *b",\t;|";
/// Quotes that are tried, the likeliest first.
const QUOTES: [Option<u8>; 3] = [Some(b'"'), None, Some(b'\'')];

/// Finds the encoding by reading the whole file: what is UTF-8 to the end, but for a slip here and there, is UTF-8; else its
/// letters decide.
///
/// # Errors
/// Those of reading.
pub fn encoding(mut file: impl Read) -> io::Result<&'static Encoding> {
    let mut buffer = vec![0; SAMPLE_BYTES];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut utf8, mut shown, mut kept, mut first) = (Utf8::default(), 0, 0, true);
    loop {
        let read = read_some(&mut file, &mut buffer[kept..])?;
        let end = kept + read;
        if std::mem::take(&mut first)
            && let Some(encoding) = wide_encoding(&buffer[..end])
        {
            return Ok(encoding);
        }
        if shown < DETECTOR_BYTES && !buffer[kept..end].is_ascii() {
            detector.feed(&buffer[kept..end], false);
            shown += read;
        }
        kept = utf8.count(&buffer[..end], read == 0);
        if read == 0 {
            break;
        }
        buffer.copy_within(end - kept..end, 0);
    }
    detector.feed(&[], true);
    Ok(if utf8.is_likely() { UTF_8 } else { detector.guess(None, Utf8Detection::Deny) })
}

/// How much of a file is UTF-8.
#[derive(Default)]
struct Utf8 {
    /// Bytes beyond ASCII that are.
    letters: usize,
    /// Places that are not.
    wrong: usize,
}

impl Utf8 {
    /// Counts a piece; returns how many bytes at its end may be the start of a character and belong to the next piece.
    fn count(&mut self, mut bytes: &[u8], last: bool) -> usize {
        loop {
            let valid = Encoding::utf8_valid_up_to(bytes);
            self.letters += bytes[..valid].iter().filter(|byte| !byte.is_ascii()).count();
            bytes = &bytes[valid..];
            match bytes {
                [] => return 0,
                [_, _, _, _, ..] => {}
                _ if last => {}
                cut => return cut.len(),
            }
            self.wrong += 1;
            bytes = &bytes[1..];
        }
    }

    /// Text of another encoding has hardly a sequence that happens to be UTF-8.
    fn is_likely(&self) -> bool {
        self.wrong == 0 || self.letters > 20 * self.wrong
    }
}

/// UTF-16, by its mark or by the zeros that it puts between the letters of European text; UTF-8 by its mark.
fn wide_encoding(start: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Some(encoding);
    }
    let pairs = start.as_chunks::<2>().0;
    let share = |at: usize| pairs.iter().filter(|pair| pair[at] == 0 && pair[1 - at] != 0).count() * 10;
    match (share(0), share(1)) {
        _ if pairs.is_empty() => None,
        (high, low) if high > 7 * pairs.len() && low < pairs.len() => Some(UTF_16BE),
        (high, low) if low > 7 * pairs.len() && high < pairs.len() => Some(UTF_16LE),
        _ => None,
    }
}

/// Rows of the sample.
type Rows = Vec<Vec<Option<String>>>;

/// Finds delimiter and quote, as far as they are not given, on the start of a file; `whole` when that is all of it.
///
/// Each pair cuts the sample with the reader that will cut the file, and the one wins whose rows have the same number of
/// fields and whose fields look like values (after van den Burg, Nazábal and Sutton, "Wrangling messy CSV files", 2019).
pub fn cut(sample: &str, whole: bool, delimiter: Option<u8>, quote: Option<Option<u8>>) -> Cut {
    let delimiters = delimiter.map_or(DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
    let quotes = quote.map_or(QUOTES.to_vec(), |quote| vec![quote]);
    let mut best = (Cut { delimiter: delimiters[0], quote: quotes[0] }, 0.0);
    for delimiter in delimiters {
        for (rank, quote) in quotes.iter().enumerate() {
            let cut = Cut { delimiter, quote: *quote };
            // Without a sign to the contrary, quotes are the usual ones.
            let score = score(sample, whole, cut) * [1.0, 0.9, 0.8][rank];
            if score > best.1 {
                best = (cut, score);
            }
        }
    }
    best.0
}

fn score(sample: &str, whole: bool, cut: Cut) -> f64 {
    let Some(rows) = rows(sample, whole, cut) else { return 0.0 };
    let widest = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut widths = vec![0_u32; widest + 1];
    rows.iter().for_each(|row| widths[row.len()] += 1);
    let (width, count) =
        widths.into_iter().enumerate().max_by_key(|(width, count)| (*count, *width)).unwrap_or_default();
    if width < 2 {
        // Better than a delimiter that hardly ever cuts, worse than one that does.
        return 0.05;
    }
    let fields = rows.iter().flatten().flatten();
    let (values, all) =
        fields.fold((0_u32, 0_u32), |(values, all), field| (values + u32::from(is_value(field)), all + 1));
    let share = |part: u32, all: usize| if all == 0 { 1.0 } else { f64::from(part) / all as f64 };
    let consistent = share(count, rows.len());
    consistent * consistent * (0.1 + 0.9 * share(values, all as usize))
}

/// Whether a field looks like one value: of a type, or text without delimiters and quotes at its ends.
fn is_value(field: &str) -> bool {
    let cut_off = |c: char| matches!(c, '"' | '\'');
    is_typed(field)
        || !(field.bytes().any(|byte| DELIMITERS.contains(&byte))
            || field.starts_with(cut_off)
            || field.ends_with(cut_off))
}

/// The rows of a sample; the last is left out where the sample may have cut it. `None` when it cannot be cut so.
fn rows(sample: &str, whole: bool, cut: Cut) -> Option<Rows> {
    let mut records = Records::new(TextReader::new(sample.as_bytes(), UTF_8), cut);
    let (mut rows, mut scratch) = (Rows::new(), String::new());
    while rows.len() <= SAMPLE_ROWS {
        match records.next_record() {
            Ok(Some(record)) => {
                rows.push(
                    (0..record.len()).map(|index| record.field(index, &mut scratch).map(str::to_owned)).collect(),
                );
            }
            Ok(None) => break,
            Err(_) if whole || rows.is_empty() => return None,
            Err(_) => return Some(rows),
        }
    }
    if !whole && rows.len() > 1 {
        rows.pop();
    }
    Some(rows)
}

/// Whether the first row holds names: it does unless its fields are of the types that the rows below have.
pub fn has_header(sample: &str, whole: bool, cut: Cut) -> bool {
    let rows = rows(sample, whole, cut).unwrap_or_default();
    let Some((first, body)) = rows.split_first() else { return true };
    let evidence = |(index, name): (usize, &Option<String>)| {
        let below: Vec<_> = body.iter().take(100).filter_map(|row| row.get(index)?.as_deref()).collect();
        let typed_below = below.iter().filter(|field| is_typed(field)).count() * 2 > below.len();
        match name.as_deref().map(|name| (is_typed(name), is_year(name))) {
            // Years head columns as often as they stand in them.
            Some((true, false)) if typed_below => -1,
            Some((false, _)) if typed_below => 1,
            _ => 0,
        }
    };
    first.iter().enumerate().map(evidence).sum::<i32>() >= 0
}

fn is_year(field: &str) -> bool {
    field.len() == 4 && field.parse::<u16>().is_ok_and(|year| (1800..2200).contains(&year))
}

#[cfg(test)]
mod tests {
    use encoding_rs::{SHIFT_JIS, WINDOWS_1252};

    use super::*;

    fn found(sample: &str) -> (char, Option<char>) {
        let cut = cut(sample, true, None, None);
        (char::from(cut.delimiter), cut.quote.map(char::from))
    }

    #[test]
    fn delimiters_and_quotes_are_found() {
        let cases = [
            ("a,b,c\n1,2,3\n4,5,6\n", ',', Some('"')),
            ("a\tb\n1,5\t2\n", '\t', Some('"')),
            ("price;weight\n1,5;2,7\n3,25;4,0\n", ';', Some('"')),
            ("name|note\nA, B|x; y\nC, D|z\n", '|', Some('"')),
            ("id,when,note\n1,12:30,\"a, b\"\n2,13:45,\"c; d\"\n", ',', Some('"')),
            ("a,b\n'x, y',1\n'z, w',2\n", ',', Some('\'')),
            ("size\tname\n5\"\tdisk\n\"3\tdrive\n", '\t', None),
            ("one column\nwith text, and more\nand some\n", ',', Some('"')),
            ("iata,name,city\n00M,Thigpen,\"Bay Springs\"\n00R,'s-Hertogenbosch,X\n", ',', Some('"')),
        ];
        for (sample, delimiter, quote) in cases {
            assert_eq!(found(sample), (delimiter, quote), "{sample:?}");
        }
    }

    #[test]
    fn a_sample_that_ends_within_a_row_is_read_to_the_row_before() {
        let sample = "a,b,c\n1,2,3\n4,5,6\n7,\"8";
        assert_eq!(cut(sample, false, None, None), Cut { delimiter: b',', quote: Some(b'"') });
    }

    #[test]
    fn names_are_told_from_values() {
        let comma = Cut { delimiter: b',', quote: Some(b'"') };
        for (sample, header) in [
            ("id,name\n1,x\n2,y\n", true),
            ("1,x\n2,y\n", false),
            ("first,last\nA,B\n", true),
            ("country,2000,2001\nX,5.5,6.5\nY,7.5,8.5\n", true),
            ("2012-01-01,0.0\n2012-01-02,10.9\n", false),
            ("a,b\n", true),
            ("", true),
        ] {
            assert_eq!(has_header(sample, true, comma), header, "{sample:?}");
        }
    }

    #[test]
    fn encodings_are_found() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
        let cases: [(Vec<u8>, &Encoding); 6] = [
            (b"plain".to_vec(), UTF_8),
            ("Größe 🐘".as_bytes().to_vec(), UTF_8),
            (b"\xef\xbb\xbfa".to_vec(), UTF_8),
            (utf16("name,city\nx,y\n"), UTF_16BE),
            (
                "Größe;Straße\nMüller;Köln\n".chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
                WINDOWS_1252,
            ),
            (SHIFT_JIS.encode("名前,住所\n山田太郎,東京都千代田区\n").0.into_owned(), SHIFT_JIS),
        ];
        for (bytes, expected) in cases {
            assert_eq!(encoding(bytes.as_slice()).unwrap(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn letters_late_in_the_file_still_count() {
        let mut bytes = vec![b'a'; 3 * SAMPLE_BYTES];
        bytes.extend_from_slice(b"caf\xe9 du soleil, d\xe9j\xe0 vu");
        assert_eq!(encoding(bytes.as_slice()).unwrap(), WINDOWS_1252);
        let mut utf8 = vec![b'a'; SAMPLE_BYTES - 1];
        utf8.extend_from_slice("é".as_bytes());
        assert_eq!(encoding(utf8.as_slice()).unwrap(), UTF_8, "a character may lie across two pieces");
    }

    #[test]
    fn a_slip_does_not_change_the_encoding_of_the_rest() {
        let mut bytes = "Größe, Straße, Müller, Köln, Łódź, ".repeat(10).into_bytes();
        bytes.extend_from_slice(b"\xff, end");
        assert_eq!(encoding(bytes.as_slice()).unwrap(), UTF_8);
    }
}
