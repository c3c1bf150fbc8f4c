//! How a file is cut: what the caller says, completed by what was found when it was uploaded.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use encoding_rs::Encoding;
use mathesar_api::methods::imports::Dialect;

use super::{
    records::{Cut, Records},
    sniff,
    text::{TextReader, decode_sample},
};
use crate::{Error, Result};

/// A dialect with nothing left open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) encoding: &'static Encoding,
    pub(super) cut: Cut,
    pub(super) header: bool,
}

impl Known {
    /// What was said, completed by what the file shows.
    ///
    /// # Errors
    /// When what was said is no encoding, delimiter or quote; when the file cannot be read.
    pub(super) fn find(path: &Path, said: &Dialect) -> Result<Self> {
        let encoding = match said.encoding.as_deref() {
            Some(label) => encoding_named(label)?,
            None => sniff::encoding(File::open(path).map_err(Error::internal)?).map_err(Error::internal)?,
        };
        let delimiter = said.delimiter.as_deref().map(delimiter).transpose()?;
        let quote = said.quote.as_deref().map(quote).transpose()?;
        let (sample, whole) = sample(path).map_err(Error::internal)?;
        let sample = decode_sample(&sample, encoding);
        let cut = sniff::cut(&sample, whole, delimiter, quote);
        if cut.quote == Some(cut.delimiter) {
            return Err(Error::value(
                "The delimiter and the quote are the same character; choose another one for either.",
            ));
        }
        let header = said.header.unwrap_or_else(|| sniff::has_header(&sample, whole, cut));
        Ok(Self { encoding, cut, header })
    }

    /// As the contract writes it.
    pub(super) fn to_api(self) -> Dialect {
        let character = |byte| char::from(byte).to_string();
        Dialect {
            encoding: Some(self.encoding.name().to_ascii_lowercase()),
            delimiter: Some(character(self.cut.delimiter)),
            quote: Some(self.cut.quote.map_or_else(String::new, character)),
            header: Some(self.header),
        }
    }

    /// Reads a file from its start.
    pub(super) fn open(self, path: &Path) -> io::Result<Records<File>> {
        Ok(Records::new(TextReader::new(File::open(path)?, self.encoding), self.cut))
    }
}

/// What the caller says wins over what is known of the file.
pub(super) fn merge(said: Dialect, stored: Dialect) -> Dialect {
    // A delimiter or an encoding that was said makes the rest of what was found worthless: it was found by cutting otherwise.
    let cut_anew = said.delimiter.is_some() || said.encoding.is_some();
    let stored_quote = stored.quote.filter(|_| !cut_anew);
    let stored_header = stored.header.filter(|_| !cut_anew);
    Dialect {
        delimiter: said.delimiter.or(stored.delimiter.filter(|_| said.encoding.is_none())),
        encoding: said.encoding.or(stored.encoding),
        quote: said.quote.or(stored_quote),
        header: said.header.or(stored_header),
    }
}

fn encoding_named(label: &str) -> Result<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
        Error::value(format!("There is no encoding \"{label}\". Use a name such as utf-8, windows-1252 or utf-16le."))
    })
}

fn delimiter(said: &str) -> Result<u8> {
    match said.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err(Error::value("The delimiter is one ASCII character, such as a comma, a semicolon or a tab.")),
    }
}

fn quote(said: &str) -> Result<Option<u8>> {
    match said.as_bytes() {
        [] => Ok(None),
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Ok(Some(*byte)),
        _ => Err(Error::value("The quote is one ASCII character, or an empty text for none.")),
    }
}

/// The start of a file, and whether that is all of it.
fn sample(path: &Path) -> io::Result<(Vec<u8>, bool)> {
    let mut sample = Vec::new();
    let limit = sniff::SAMPLE_BYTES as u64;
    File::open(path)?.take(limit + 1).read_to_end(&mut sample)?;
    let whole = sample.len() as u64 <= limit;
    sample.truncate(sniff::SAMPLE_BYTES);
    Ok((sample, whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(encoding: Option<&str>, delimiter: Option<&str>, quote: Option<&str>, header: Option<bool>) -> Dialect {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Dialect { encoding: owned(encoding), delimiter: owned(delimiter), quote: owned(quote), header }
    }

    #[test]
    fn what_is_said_wins_and_undoes_what_was_found_by_cutting_otherwise() {
        let stored = dialect(Some("utf-8"), Some(","), Some("\""), Some(true));
        let header = merge(dialect(None, None, None, Some(false)), stored.clone());
        assert_eq!(header, dialect(Some("utf-8"), Some(","), Some("\""), Some(false)));
        let delimiter = merge(dialect(None, Some(";"), None, None), stored.clone());
        assert_eq!(delimiter, dialect(Some("utf-8"), Some(";"), None, None));
        let encoding = merge(dialect(Some("utf-16le"), None, None, None), stored);
        assert_eq!(encoding, dialect(Some("utf-16le"), None, None, None));
    }

    #[test]
    fn a_dialect_that_cannot_be_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for said in [
            dialect(Some("klingon"), None, None, None),
            dialect(None, Some("||"), None, None),
            dialect(None, Some("é"), None, None),
            dialect(None, None, Some("''"), None),
            dialect(None, Some("\""), Some("\""), None),
        ] {
            assert!(Known::find(file.path(), &said).is_err(), "{said:?}");
        }
        let known = Known::find(file.path(), &dialect(None, Some(";"), Some(""), Some(false))).unwrap();
        assert_eq!(known.to_api(), dialect(Some("utf-8"), Some(";"), Some(""), Some(false)));
    }
}
