//! The bytes of a file as text: decoded piece by piece, with everything that does not fit counted and its first line kept.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding};

/// Bytes read from the file at a time.
const CHUNK: usize = 256 * 1024;

/// Something in the file that text cannot hold, and where it was first met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Blemish {
    /// How often.
    pub count: u64,
    /// The line of the first, from 1.
    pub first_line: u64,
}

impl Blemish {
    /// Counts more of them; `line` is asked for only when they are the first.
    pub fn add(&mut self, count: u64, line: impl FnOnce() -> u64) {
        if count > 0 && self.count == 0 {
            self.first_line = line();
        }
        self.count += count;
    }
}

/// Reads text. NUL characters, which PostgreSQL's text cannot hold, are taken out and counted; bytes that are not of the
/// encoding become U+FFFD and are counted.
pub struct TextReader<R> {
    file: R,
    decoder: Decoder,
    chunk: Box<[u8]>,
    decoded: String,
    /// Bytes of `chunk` that are not decoded yet.
    pending: std::ops::Range<usize>,
    ended: bool,
    bytes_read: u64,
    line_breaks: u64,
    nul: Blemish,
    undecodable: Blemish,
}

impl<R: Read> TextReader<R> {
    /// Reads `file` in an encoding; a byte-order mark at its start is dropped.
    pub fn new(file: R, encoding: &'static Encoding) -> Self {
        Self {
            file,
            decoder: encoding.new_decoder_with_bom_removal(),
            chunk: vec![0; CHUNK].into_boxed_slice(),
            decoded: String::new(),
            pending: 0..0,
            ended: false,
            bytes_read: 0,
            line_breaks: 0,
            nul: Blemish::default(),
            undecodable: Blemish::default(),
        }
    }

    /// Appends more text; `false` when there is no more.
    ///
    /// # Errors
    /// Those of reading the file.
    pub fn read_into(&mut self, out: &mut String) -> io::Result<bool> {
        while !self.ended {
            self.decoded.clear();
            self.decode_some()?;
            if !self.decoded.is_empty() {
                self.take_decoded(out);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Bytes of the file that were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The NUL characters met so far.
    pub fn nul(&self) -> Blemish {
        self.nul
    }

    /// The places met so far that are not of the encoding.
    pub fn undecodable(&self) -> Blemish {
        self.undecodable
    }

    fn decode_some(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            let read = read_some(&mut self.file, &mut self.chunk)?;
            self.bytes_read += read as u64;
            self.pending = 0..read;
        }
        let last = self.pending.is_empty();
        let source = &self.chunk[self.pending.clone()];
        let wanted = self.decoder.max_utf8_buffer_length_without_replacement(source.len()).unwrap_or(4 * CHUNK);
        self.decoded.reserve(wanted);
        let (result, read) = self.decoder.decode_to_string_without_replacement(source, &mut self.decoded, last);
        self.pending.start += read;
        match result {
            DecoderResult::InputEmpty => self.ended = last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                let line = 1 + self.line_breaks + count(b'\n', &self.decoded);
                self.decoded.push(char::REPLACEMENT_CHARACTER);
                self.undecodable.add(1, || line);
            }
        }
        Ok(())
    }

    fn take_decoded(&mut self, out: &mut String) {
        let nuls = count(0, &self.decoded);
        let (decoded, line_breaks) = (&self.decoded, self.line_breaks);
        self.nul.add(nuls, || {
            let before = &decoded[..decoded.find('\0').unwrap_or_default()];
            1 + line_breaks + count(b'\n', before)
        });
        self.line_breaks += count(b'\n', decoded);
        if nuls == 0 {
            out.push_str(decoded);
        } else {
            out.extend(decoded.split('\0'));
        }
    }
}

fn count(byte: u8, text: &str) -> u64 {
    text.bytes().filter(|other| *other == byte).count() as u64
}

/// Reads what there is, as far as `chunk` goes; 0 at the end.
pub fn read_some(file: &mut impl Read, chunk: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Decodes the start of a file for a look at it; what does not decode is replaced.
pub fn decode_sample(sample: &[u8], encoding: &'static Encoding) -> String {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(sample.len()).unwrap_or(4 * sample.len()));
    let (result, ..) = decoder.decode_to_string(sample, &mut text, false);
    debug_assert_eq!(result, CoderResult::InputEmpty);
    text
}

#[cfg(test)]
mod tests {
    use encoding_rs::{UTF_8, UTF_16LE, WINDOWS_1252};

    use super::*;

    /// Gives a byte at a time, so that every character is cut somewhere.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            chunk[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn read(bytes: &[u8], encoding: &'static Encoding) -> (String, Blemish, Blemish) {
        let mut reader = TextReader::new(Drops(bytes), encoding);
        let mut text = String::new();
        while reader.read_into(&mut text).unwrap() {}
        assert_eq!(reader.bytes_read(), bytes.len() as u64);
        (text, reader.nul(), reader.undecodable())
    }

    #[test]
    fn decodes_across_the_borders_of_pieces() {
        let utf16: Vec<u8> = "\u{feff}Größe\n🐘".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&utf16, UTF_16LE).0, "Größe\n🐘");
        assert_eq!(read("\u{feff}Größe\n🐘".as_bytes(), UTF_8).0, "Größe\n🐘");
        assert_eq!(read(b"Gr\xf6\xdfe", WINDOWS_1252).0, "Größe");
    }

    #[test]
    fn counts_what_does_not_fit_and_names_its_first_line() {
        let (text, nul, undecodable) = read(b"a\nb\0\n\xffc\n\xff\0", UTF_8);
        assert_eq!(text, "a\nb\n\u{fffd}c\n\u{fffd}");
        assert_eq!(nul, Blemish { count: 2, first_line: 2 });
        assert_eq!(undecodable, Blemish { count: 2, first_line: 3 });
    }

    #[test]
    fn a_character_that_is_cut_by_the_end_of_the_file_is_told() {
        let (text, _, undecodable) = read(&"é".as_bytes()[..1], UTF_8);
        assert_eq!((text.as_str(), undecodable.count), ("\u{fffd}", 1));
    }
}
