//! Files that are no text, told by how they begin: people take a spreadsheet for its values, and an import that made columns
//! of its bytes would help nobody.

use std::{fs::File, io, io::Read as _, path::Path};

/// Bytes of a file's start that are looked at. A ZIP archive names its first parts there, and they say what it is.
const HEAD_BYTES: u64 = 4 * 1024;

const SAVE_AS_CSV: &str = "open it with the program that made it and save it as CSV";
const UNPACK: &str = "unpack it and choose the file inside";
const NO_TABLE: &str = "choose a CSV or TSV file";

/// A kind of file that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Binary {
    /// With its article: `a PNG image`.
    pub(super) name: &'static str,
    /// What to do instead, without a capital letter and a full stop.
    pub(super) advice: &'static str,
}

/// How files of a kind begin: bytes at an offset.
type Signature = (usize, &'static [u8], &'static str, &'static str);

/// Each has a byte that no text of any encoding has there, or is too long to be met by chance.
const SIGNATURES: &[Signature] = &[
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image", NO_TABLE),
    (0, b"\xff\xd8\xff", "a JPEG image", NO_TABLE),
    (0, b"GIF87a", "a GIF image", NO_TABLE),
    (0, b"GIF89a", "a GIF image", NO_TABLE),
    (8, b"WEBPVP8", "a WebP image", NO_TABLE),
    (0, b"%PDF-", "a PDF document", "look for the same figures as CSV where the document came from"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an older Microsoft Office, such as XLS", SAVE_AS_CSV),
    (0, b"\x1f\x8b\x08", "a file packed by gzip", UNPACK),
    (0, b"\xfd7zXZ\0", "a file packed by xz", UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a file packed by zstd", UNPACK),
    (4, b"1AY&SY", "a file packed by bzip2", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (257, b"ustar\0", "a tar archive", UNPACK),
    (257, b"ustar  \0", "a tar archive", UNPACK),
    (0, b"PAR1\x15", "a Parquet file", "write its rows as CSV, for instance with DuckDB or pandas"),
    (0, b"SQLite format 3\0", "a SQLite database", "export its table as CSV, for instance with `sqlite3 -csv -header`"),
    (0, b"PGDMP\x01", "a dump of a PostgreSQL database", "restore it with pg_restore and connect the database"),
    (0, b"\x7fELF", "a program", NO_TABLE),
];

/// Parts of a ZIP archive by which its kind is known.
const ZIP_PARTS: &[(&[u8], &str)] = &[
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (ODS)"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"word/", "a Word document (DOCX)"),
    (b"ppt/", "a PowerPoint presentation (PPTX)"),
    (b"xl/", "an Excel workbook (XLSX)"),
    (b"[Content_Types].xml", "an Office document, such as XLSX"),
    (b"docProps/", "an Office document, such as XLSX"),
];

/// The kind of a file that is no text; `None` for text, and for what no signature is known of.
///
/// # Errors
/// Those of reading.
pub(super) fn kind_of(path: &Path) -> io::Result<Option<Binary>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(kind(&head))
}

fn kind(head: &[u8]) -> Option<Binary> {
    if head.starts_with(b"PK\x03\x04") {
        let office = ZIP_PARTS.iter().find(|(part, _)| head.windows(part.len()).any(|window| window == *part));
        return Some(office.map_or(Binary { name: "a ZIP archive", advice: UNPACK }, |(_, name)| Binary {
            name,
            advice: SAVE_AS_CSV,
        }));
    }
    let starts = |(offset, bytes, ..): &&Signature| head.get(*offset..).is_some_and(|rest| rest.starts_with(bytes));
    SIGNATURES.iter().find(starts).map(|(_, _, name, advice)| Binary { name, advice })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_called_by_their_kind() {
        let zip = |parts: &[u8]| [b"PK\x03\x04\x14\0\0\0\x08\0", parts].concat();
        let mut tar = b"fruit.csv".to_vec();
        tar.resize(257, 0);
        tar.extend_from_slice(b"ustar\0");
        for (head, expected) in [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "a PNG image"),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3".to_vec(), "a PDF document"),
            (b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), "a file packed by gzip"),
            (b"BZh91AY&SY".to_vec(), "a file packed by bzip2"),
            (tar, "a tar archive"),
            (zip(b"fruit.csv"), "a ZIP archive"),
            (zip(b"[Content_Types].xml....xl/workbook.xml"), "an Excel workbook (XLSX)"),
            (zip(b"docProps/app.xml"), "an Office document, such as XLSX"),
            (zip(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK"), "an OpenDocument spreadsheet (ODS)"),
        ] {
            assert_eq!(kind(&head).map(|binary| binary.name), Some(expected));
        }
    }

    #[test]
    fn text_is_no_binary_whatever_its_encoding() {
        for head in [
            b"".as_slice(),
            b"PK,name\n1,x\n",
            b"\xff\xfea\0,\0b\0\n\0",
            b"\xfe\xff\0a\0,\0b\0\n",
            b"\xef\xbb\xbfa,b\n",
            b"a,b\n1,x\0y\n",
            b"Gr\xf6\xdfe;Stra\xdfe\n",
            b"PAR1,PAR2\n1,2\n",
        ] {
            assert_eq!(kind(head), None, "{head:?}");
        }
    }
}
