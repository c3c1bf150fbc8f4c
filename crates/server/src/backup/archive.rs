//! The file itself: writing it entry by entry, and reading it without trusting it.

use std::{
    collections::HashSet,
    io::{self, Read, Write},
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::entry;

/// The format that this program writes. It reads this one and those before it.
pub const FORMAT: u32 = 1;

/// More than a header or a list of roles has.
const SMALL: u64 = 64 << 20;
/// zstd's own default: fast, and small enough.
const LEVEL: i32 = 3;

/// What a backup says about itself before anything else.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// See [`FORMAT`].
    pub format: u32,
    /// The version of the program that made it.
    pub version: String,
    /// When.
    pub made_at: Timestamp,
    /// Whether the key is in it, sealed.
    pub with_key: bool,
}

/// What a backup says about itself at its end.
#[derive(Serialize, Deserialize)]
struct Manifest {
    files: Vec<Listed>,
}

/// An entry as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    path: String,
    size: u64,
    sha256: String,
}

/// A backup that is being written.
pub struct Writer<W: Write> {
    tar: tar::Builder<zstd::Encoder<'static, W>>,
    made_at: Timestamp,
    files: Vec<Listed>,
}

impl<W: Write> Writer<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// The system's.
    pub fn new(out: W, header: &Header) -> io::Result<Self> {
        let mut encoder = zstd::Encoder::new(out, LEVEL)?;
        encoder.include_checksum(true)?;
        let mut writer = Self { tar: tar::Builder::new(encoder), made_at: header.made_at, files: Vec::new() };
        let text = serde_json::to_vec_pretty(header)?;
        writer.append(entry::HEADER, text.len() as u64, &mut text.as_slice())?;
        Ok(writer)
    }

    /// Adds an entry of exactly `size` bytes.
    ///
    /// # Errors
    /// The system's; when `content` is shorter.
    pub fn add(&mut self, path: &str, size: u64, content: impl Read) -> io::Result<()> {
        let mut hashing = Hashing { inner: content.take(size), hash: Sha256::new(), size: 0, failed: false };
        self.append(path, size, &mut hashing)?;
        if hashing.size != size {
            return Err(io::Error::other(format!("{path} became shorter while it was read")));
        }
        self.files.push(Listed { path: path.to_owned(), size, sha256: hex::encode(hashing.hash.finalize()) });
        Ok(())
    }

    /// Ends with the manifest.
    ///
    /// # Errors
    /// The system's.
    pub fn finish(mut self) -> io::Result<W> {
        let text = serde_json::to_vec_pretty(&Manifest { files: std::mem::take(&mut self.files) })?;
        self.append(entry::MANIFEST, text.len() as u64, &mut text.as_slice())?;
        let mut out = self.tar.into_inner()?.finish()?;
        out.flush()?;
        Ok(out)
    }

    fn append(&mut self, path: &str, size: u64, content: &mut dyn Read) -> io::Result<()> {
        // GNU's form has room for any size, and every tar reads it.
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.made_at.as_second().try_into().unwrap_or_default());
        self.tar.append_data(&mut header, path, content)
    }
}

/// Reads the header alone.
///
/// # Errors
/// When it is no backup, or one of a later version.
pub fn peek(file: impl Read) -> anyhow::Result<Header> {
    let mut archive = tar::Archive::new(zstd::Decoder::new(file)?);
    let mut entries = archive.entries()?;
    let no_backup = "This is no backup of Mathesar, or it is damaged at its beginning.";
    let first = entries.next().context(no_backup)?.context(no_backup)?;
    header_of(first).context(no_backup)?
}

/// The outer error is that it is no header, the inner one that it is none for us.
fn header_of(first: tar::Entry<'_, impl Read>) -> anyhow::Result<anyhow::Result<Header>> {
    if &*first.path_bytes() != entry::HEADER.as_bytes() {
        bail!("the first entry is another one");
    }
    let mut text = Vec::new();
    first.take(SMALL).read_to_end(&mut text)?;
    let header: Header = serde_json::from_slice(&text)?;
    Ok(if header.format > FORMAT {
        Err(anyhow::anyhow!(
            "This backup was made by Mathesar {}, in format {}, and this version knows formats up to {FORMAT}. Use that \
             version or a later one.",
            header.version,
            header.format
        ))
    } else {
        Ok(header)
    })
}

/// Reads a whole backup, handing each entry to `visit` with its size, and makes sure at the end that every byte was as it was
/// written. What `visit` did with the entries must not be relied on before that.
///
/// # Errors
/// When something is damaged, cut off, or not what a backup holds; and `visit`'s.
pub fn read(
    file: impl Read,
    mut visit: impl FnMut(&str, u64, &mut dyn Read) -> anyhow::Result<()>,
) -> anyhow::Result<Header> {
    const DAMAGED: &str = "The backup is damaged or cut off";
    let mut archive = tar::Archive::new(zstd::Decoder::new(file).context(DAMAGED)?);
    let mut entries = archive.entries().context(DAMAGED)?;
    let first = entries.next().context(DAMAGED)?.context(DAMAGED)?;
    let header = header_of(first).context(DAMAGED)??;
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut manifest: Option<Manifest> = None;
    for entry in entries {
        let entry = entry.context(DAMAGED)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if manifest.is_some() || entry.header().entry_type() != tar::EntryType::Regular || !seen.insert(path.clone()) {
            bail!("The file holds {path:?} in a way that no backup does. It was not unpacked.");
        }
        let size = entry.size();
        if path == entry::MANIFEST {
            let mut text = Vec::new();
            entry.take(SMALL).read_to_end(&mut text).context(DAMAGED)?;
            manifest = Some(serde_json::from_slice(&text).context(DAMAGED)?);
            continue;
        }
        if !entry::is_known(&path) {
            bail!("The file holds {path:?}, which no backup has. It was not unpacked.");
        }
        let mut hashing = Hashing { inner: entry, hash: Sha256::new(), size: 0, failed: false };
        let visited = visit(&path, size, &mut hashing);
        if hashing.failed {
            visited.context(DAMAGED)?;
        } else {
            visited?;
        }
        io::copy(&mut hashing, &mut io::sink()).context(DAMAGED)?;
        found.push(Listed { path, size: hashing.size, sha256: hex::encode(hashing.hash.finalize()) });
    }
    // The checksum of the compressed stream comes after the archive's end.
    io::copy(&mut archive.into_inner(), &mut io::sink()).context(DAMAGED)?;
    let listed = manifest.context("The backup is cut off: its list of contents is missing.")?.files;
    if let Some(wrong) = found.iter().find(|found| !listed.contains(found)) {
        bail!("The backup is damaged: {} is not as it was written.", wrong.path);
    }
    if let Some(missing) = listed.iter().find(|listed| !found.contains(listed)) {
        bail!("The backup is damaged: {} is missing.", missing.path);
    }
    Ok(header)
}

/// Passes bytes on and remembers their number and digest.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
    size: u64,
    /// Whether it was the reading that went wrong, and not what is done with the bytes.
    failed: bool,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer).inspect_err(|_| self.failed = true)?;
        self.hash.update(&buffer[..count]);
        self.size += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(format: u32) -> Header {
        Header { format, version: "9.9.9".to_owned(), made_at: Timestamp::UNIX_EPOCH, with_key: false }
    }

    fn backup(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &header(FORMAT)).unwrap();
        for (path, content) in entries {
            writer.add(path, content.len() as u64, *content).unwrap();
        }
        writer.finish().unwrap()
    }

    fn refused(bytes: &[u8]) -> String {
        format!("{:#}", read(bytes, |_, _, _| Ok(())).unwrap_err())
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = backup(&[
            ("internal.sqlite3", b"data"),
            ("uploads/00ff", b""),
            ("files/0a", b"x"),
            ("postgres/0.dump", b"dump"),
        ]);
        let mut seen = Vec::new();
        let found = read(bytes.as_slice(), |path, size, content| {
            let mut text = String::new();
            content.read_to_string(&mut text)?;
            seen.push((path.to_owned(), size, text));
            Ok(())
        });
        assert_eq!(found.unwrap().version, "9.9.9");
        assert_eq!(seen[0], ("internal.sqlite3".to_owned(), 4, "data".to_owned()));
        assert_eq!(seen[2], ("files/0a".to_owned(), 1, "x".to_owned()));
        assert_eq!(seen.len(), 4);
        assert_eq!(peek(bytes.as_slice()).unwrap().made_at, Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn every_cut_and_every_flipped_byte_is_found() {
        let bytes = backup(&[("internal.sqlite3", b"some data that is stored"), ("secret_key", b"sealed")]);
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length], |_, _, _| Ok(())).is_err(), "cut at {length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            // A flag of the frame's head may say the same in two ways; then nothing that matters was changed.
            let mut content = Vec::new();
            let outcome = read(changed.as_slice(), |_, _, entry| {
                entry.read_to_end(&mut content)?;
                Ok(())
            });
            assert!(outcome.is_err() || content == b"some data that is storedsealed", "flipped at {at}");
        }
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for path in
            ["../x", "/etc/passwd", "uploads/../x", "uploads/", "postgres/0.dump/x", "secret_key/x", "uploads/a/b", "x"]
        {
            assert!(!entry::is_known(path), "{path}");
        }
        let crafted = |kind: tar::EntryType, path: &[u8]| {
            let mut builder = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
            let text = serde_json::to_vec(&header(FORMAT)).unwrap();
            let mut first = tar::Header::new_gnu();
            first.set_size(text.len() as u64);
            builder.append_data(&mut first, entry::HEADER, text.as_slice()).unwrap();
            let mut evil = tar::Header::new_gnu();
            evil.set_entry_type(kind);
            evil.set_size(0);
            evil.as_mut_bytes()[..path.len()].copy_from_slice(path);
            evil.as_mut_bytes()[157..168].copy_from_slice(b"/etc/passwd");
            evil.set_cksum();
            builder.append(&evil, io::empty()).unwrap();
            builder.into_inner().unwrap().finish().unwrap()
        };
        for (kind, path) in [
            (tar::EntryType::Regular, &b"../../etc/x"[..]),
            (tar::EntryType::Regular, b"/etc/x"),
            (tar::EntryType::Symlink, b"internal.sqlite3"),
            (tar::EntryType::Link, b"secret_key"),
            (tar::EntryType::Directory, b"uploads/00"),
        ] {
            let words = refused(&crafted(kind, path));
            assert!(words.contains("no backup"), "{words}");
        }
    }

    #[test]
    fn a_later_format_and_other_files_are_refused_in_words() {
        let later = Writer::new(Vec::new(), &header(FORMAT + 1)).unwrap().finish().unwrap();
        for words in [refused(&later), peek(later.as_slice()).unwrap_err().to_string()] {
            assert!(words.contains("made by Mathesar 9.9.9") && words.contains("Use that version"), "{words}");
        }
        assert!(peek(&b"PK\x03\x04"[..]).is_err());
    }
}
