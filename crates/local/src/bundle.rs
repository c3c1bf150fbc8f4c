//! The PostgreSQL that the executable carries behind its own last byte: an archive, then a [`footer::Footer`].
//!
//! The archive is appended and never `include_bytes!`, so that a package of a distribution ships the same program without it,
//! and so that starting the program does not map 25 MB that it may never need.
//!
//! The files are unpacked without being forced to disk; instead every one is compared with the manifest's digest once in the
//! life of each process. That finds a tree torn by a power cut as well as one that somebody touched.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    error::{Error, IoContext, Result},
    layout,
};

pub mod footer;

use footer::Footer;

/// The manifest's name inside the archive.
pub const MANIFEST: &str = "manifest.json";

/// How folders begin in which an archive is being unpacked.
const SCRATCH: &str = ".unpack-";

/// More than any manifest has; a longer one is not ours.
const MANIFEST_LIMIT: u64 = 4 << 20;

/// What the archive holds; written by `cargo xtask`, shown by `licenses` and `doctor`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The parts and where they are from.
    pub components: Vec<Component>,
    /// Every regular file.
    pub files: Vec<Entry>,
}

/// A part of the archive that has a licence of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Component {
    /// Its name, such as `ICU`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence as an SPDX expression.
    pub licence: String,
    /// The file of the archive with the licence's text.
    pub licence_file: String,
}

/// A file of the archive.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Its path, relative to the archive's root.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A PostgreSQL that was found behind an executable.
#[derive(Clone, Debug)]
pub struct Bundle {
    executable: PathBuf,
    offset: u64,
    footer: Footer,
}

impl Bundle {
    /// Looks for a PostgreSQL behind `executable`; `None` when it is bare.
    ///
    /// # Errors
    /// When the file cannot be read, or its footer promises more than the file has.
    pub fn find(executable: &Path) -> Result<Option<Self>> {
        let mut file = File::open(executable).at("Reading", executable)?;
        let size = file.metadata().at("Reading", executable)?.len();
        let mut tail = [0; footer::SIZE];
        let Some(end) = size.checked_sub(footer::SIZE as u64) else {
            return Ok(None);
        };
        file.seek(SeekFrom::Start(end)).and_then(|_| file.read_exact(&mut tail)).at("Reading", executable)?;
        let Some(footer) = Footer::from_bytes(&tail) else {
            return Ok(None);
        };
        let offset = end.checked_sub(footer.archive_size).ok_or_else(|| Error::Bundle {
            path: executable.to_owned(),
            reason: "its archive is cut off".to_owned(),
        })?;
        Ok(Some(Self { executable: executable.to_owned(), offset, footer }))
    }

    /// The first 16 hexadecimal digits of the archive's digest: enough to tell releases apart in a folder's name.
    pub fn short_digest(&self) -> String {
        hex::encode(&self.footer.digest[..8])
    }

    /// Makes sure that the archive lies unpacked and whole in `parent/<digest>`, and returns that folder.
    ///
    /// Blocks: unpacking takes about a second, checking what was unpacked before a fraction of one.
    ///
    /// # Errors
    /// When there is too little room, the archive is damaged, or the system refuses.
    pub fn unpack_once(&self, parent: &Path) -> Result<PathBuf> {
        let home = parent.join(self.short_digest());
        // Held while we look and unpack: a second process waits and then finds the work done.
        let lock_path = parent.join("unpack.lock");
        let lock = layout::open_lock(&lock_path)?;
        lock.lock().at("Locking", &lock_path)?;
        match verify(&home) {
            Ok(_) => return Ok(home),
            Err(Damage::Missing) => {}
            Err(Damage::Torn(reason)) => {
                tracing::warn!(path = %home.display(), reason, "the unpacked PostgreSQL is damaged and is unpacked again");
                fs::remove_dir_all(&home).at("Removing", &home)?;
            }
        }
        layout::sweep(parent, SCRATCH);
        layout::need_room(parent, "unpacking PostgreSQL", self.footer.unpacked_size)?;
        let scratch = tempfile::Builder::new().prefix(SCRATCH).tempdir_in(parent).at("Making a folder in", parent)?;
        self.unpack_into(scratch.path())?;
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755)).at("Opening", scratch.path())?;
        let scratch = scratch.keep();
        if let Err(error) = fs::rename(&scratch, &home) {
            // Best effort: the folder's name says what it is, and the next start may try again.
            let _ = fs::remove_dir_all(&scratch);
            return Err(error).at("Making", &home);
        }
        Ok(home)
    }

    fn unpack_into(&self, folder: &Path) -> Result<()> {
        let damaged = |reason: String| Error::Bundle { path: self.executable.clone(), reason };
        let mut file = File::open(&self.executable).at("Reading", &self.executable)?;
        file.seek(SeekFrom::Start(self.offset)).at("Reading", &self.executable)?;
        let mut hashed = HashingReader { inner: file.take(self.footer.archive_size), hash: Sha256::new() };

        let mut archive = tar::Archive::new(zstd::Decoder::new(&mut hashed).at("Reading", &self.executable)?);
        archive.set_preserve_permissions(true);
        archive.set_preserve_mtime(true);
        archive.unpack(folder).map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::PermissionDenied => {
                Error::Io { what: "Unpacking PostgreSQL into", path: folder.to_owned(), source: error }
            }
            _ => damaged(error.to_string()),
        })?;
        drop(archive);

        // The decoder may stop before the last byte, which belongs to the digest all the same.
        io::copy(&mut hashed, &mut io::sink()).at("Reading", &self.executable)?;
        if hashed.hash.finalize()[..] != self.footer.digest {
            return Err(damaged("its digest is not the one it was built with".to_owned()));
        }
        Ok(())
    }
}

/// Removes what older versions of this program unpacked into `parent`. Only for who runs the cluster there, and runs it from
/// `current`.
pub(crate) fn remove_others(parent: &Path, current: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_unpacked = path.join(MANIFEST).exists() && path.join("bin/postgres").exists();
        if is_unpacked
            && !current.starts_with(&path)
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::warn!(path = %path.display(), %error, "an older PostgreSQL stays unpacked");
        }
    }
}

/// Why an unpacked tree cannot be used.
enum Damage {
    /// It is not there.
    Missing,
    /// Something in it is not as it was unpacked.
    Torn(String),
}

/// Compares every file of an unpacked archive with its manifest.
fn verify(home: &Path) -> std::result::Result<Manifest, Damage> {
    if !home.exists() {
        return Err(Damage::Missing);
    }
    let manifest = read_manifest(home).map_err(|error| Damage::Torn(error.to_string()))?;
    for entry in &manifest.files {
        let path = home.join(&entry.path);
        let digest = digest_of(&path).map_err(|error| Damage::Torn(format!("{}: {error}", entry.path)))?;
        if digest != entry.sha256 {
            return Err(Damage::Torn(format!("{} differs from what was unpacked", entry.path)));
        }
    }
    Ok(manifest)
}

/// Reads the manifest of an unpacked archive.
///
/// # Errors
/// When it is missing or is not a manifest.
pub fn read_manifest(home: &Path) -> io::Result<Manifest> {
    let mut text = String::new();
    File::open(home.join(MANIFEST))?.take(MANIFEST_LIMIT).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

fn digest_of(path: &Path) -> io::Result<String> {
    let mut hashed = HashingReader { inner: File::open(path)?, hash: Sha256::new() };
    io::copy(&mut hashed, &mut io::sink())?;
    Ok(hex::encode(hashed.hash.finalize()))
}

/// Passes bytes on and remembers their digest.
struct HashingReader<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn a_bare_executable_carries_nothing() {
        for content in [&b""[..], b"short", &[7; 500]] {
            assert!(Bundle::find(file(content).path()).unwrap().is_none());
        }
    }

    #[test]
    fn an_archive_is_found_behind_the_program() {
        let footer = Footer { archive_size: 7, unpacked_size: 70, digest: [0xab; 32] };
        let carrier = file(&[&b"program"[..], b"archive", &footer.to_bytes()].concat());
        let bundle = Bundle::find(carrier.path()).unwrap().unwrap();
        assert_eq!((bundle.offset, &bundle.footer), (7, &footer));
        assert_eq!(bundle.short_digest(), "abababababababab");
    }

    #[test]
    fn a_download_that_lost_its_beginning_is_damaged() {
        let footer = Footer { archive_size: 7_000, unpacked_size: 70, digest: [0; 32] };
        let carrier = file(&[&b"the end of an archive"[..], &footer.to_bytes()].concat());
        assert!(matches!(Bundle::find(carrier.path()), Err(Error::Bundle { .. })));
    }
}
