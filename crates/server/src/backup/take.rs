//! Making a backup, beside a server that goes on working.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use mathesar_app::App;
use mathesar_local::Access;
use secrecy::SecretString;
use tokio::task::block_in_place;

use super::{
    archive::{FORMAT, Header, Writer},
    entry, keys,
    staging::{Workshop, private_file, private_folder, sync_folder},
};
use crate::{
    config::{Config, Environment, FileStorage},
    start::{self, Managed},
};

/// What becomes of the key.
pub enum Key {
    /// It goes along, sealed with this pass phrase.
    Sealed(SecretString),
    /// It stays here, and somebody keeps it elsewhere.
    LeftOut,
}

/// Where the backup goes.
pub enum Target {
    /// Into a file that is not there yet.
    File(PathBuf),
    /// To standard output.
    Output,
}

/// What a backup holds.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its size.
    pub bytes: u64,
    /// The managed databases in it.
    pub databases: Vec<String>,
    /// How many files are in it that wait to be imported.
    pub uploads: usize,
    /// How many files of cells are in it.
    pub files: usize,
}

/// The installation that is backed up.
pub struct Source<'a> {
    /// Its settings.
    pub config: &'a Config,
    /// What the process was started with.
    pub environment: &'a Environment,
    /// Its own data.
    pub app: &'a App,
    /// The PostgreSQL that it runs itself, whoever runs it at this moment.
    pub managed: Option<&'a Managed>,
}

/// The name of a backup that is made at this moment.
pub fn file_name(now: Timestamp) -> String {
    format!("{PREFIX}{}{SUFFIX}", now.strftime("%Y%m%dT%H%M%SZ"))
}

/// How the names of our own backups begin and end.
const PREFIX: &str = "mathesar-";
const SUFFIX: &str = ".tar.zst";

/// When the backup with this name was made; `None` for a file that we did not name.
pub(super) fn moment_of(name: &str) -> Option<Timestamp> {
    let moment = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let moment = moment.strip_suffix('Z')?;
    jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S", moment)
        .ok()?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// Makes a backup. Nothing is left behind when it fails.
///
/// Needs a runtime of several threads.
///
/// # Errors
/// In words for an administrator: what failed, a full disk among them.
pub async fn take(source: &Source<'_>, target: &Target, key: &Key) -> anyhow::Result<Taken> {
    let folder = match target {
        Target::Output => source.config.data_dir.clone(),
        Target::File(path) if path.exists() => {
            bail!("{} exists already, and a backup overwrites nothing. Choose another name.", path.display())
        }
        Target::File(path) => folder_of(path),
    };
    private_folder(&folder).with_context(|| format!("The folder {} cannot be made", folder.display()))?;
    let workshop = Workshop::new(&folder)?;
    let path = workshop.path("archive");
    let (out, file): (Box<dyn Write + Send>, Option<File>) = match target {
        Target::Output => (Box::new(io::stdout()), None),
        Target::File(_) => {
            let file = private_file(&path)?;
            (Box::new(file.try_clone()?), Some(file))
        }
    };
    let mut counting = Counting { inner: io::BufWriter::with_capacity(1 << 20, out), count: 0 };
    let mut taken = write(source, &mut counting, key, &workshop).await.context("The backup could not be made")?;
    if let (Some(file), Target::File(target)) = (file, target) {
        file.sync_all().and_then(|()| fs::rename(&path, target)).and_then(|()| sync_folder(&folder))?;
    }
    taken.bytes = counting.count;
    Ok(taken)
}

/// The folder of a file, which a bare name does not tell.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

async fn write(
    source: &Source<'_>,
    out: &mut (impl Write + Send),
    key: &Key,
    workshop: &Workshop,
) -> anyhow::Result<Taken> {
    let app = source.app;
    let now = app.clock.now();
    let with_key = matches!(key, Key::Sealed(_));
    let header = Header { format: FORMAT, version: app.options.version.to_owned(), made_at: now, with_key };
    let mut archive = Writer::new(out, &header)?;

    // First our own data: a database that is made after this moment is in the dumps and not in here, which harms nobody.
    let internal = workshop.path("internal");
    app.store.save(&internal, now).await?;
    block_in_place(|| add_file(&mut archive, entry::INTERNAL, &internal))?;
    fs::remove_file(&internal)?;

    if let Key::Sealed(pass_phrase) = key {
        let texts = start::keys::texts(source.config, source.environment)?;
        let sealed = block_in_place(|| keys::seal(&texts, pass_phrase, app.random.as_ref()))?;
        archive.add(entry::KEY, sealed.len() as u64, sealed.as_bytes())?;
    }

    let uploads = app.store.data_files().older_than(now).await?;
    let uploads = uploads.iter().map(|upload| Ok(mathesar_app::import::path_of(app, upload)));
    let uploads = block_in_place(|| add_files(&mut archive, entry::UPLOADS, uploads))?;
    let files = match &source.config.files.storage {
        FileStorage::Folder(folder) => block_in_place(|| add_folder(&mut archive, entry::FILES, folder))?,
        // A bucket has its own ways to last.
        FileStorage::S3(_) | FileStorage::Off => 0,
    };

    let mut databases = Vec::new();
    if let Some(managed) = source.managed.map(Managed::local)
        && managed.exists()?
    {
        let access = managed.access().await?;
        let outcome = add_databases(&access, &mut archive, workshop).await;
        access.release().await;
        databases = outcome?;
    }
    block_in_place(|| archive.finish())?;
    Ok(Taken { bytes: 0, databases, uploads, files })
}

fn add_folder<W: Write + Send>(archive: &mut Writer<W>, entry: &str, folder: &Path) -> anyhow::Result<usize> {
    match fs::read_dir(folder) {
        Ok(files) => add_files(archive, entry, files.map(|file| Ok(file?.path()))),
        // Nobody has put a file into a cell yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error).with_context(|| format!("The folder {}", folder.display())),
    }
}

/// Adds files under their own names; gives how many.
fn add_files<W: Write + Send>(
    archive: &mut Writer<W>,
    entry: &str,
    paths: impl Iterator<Item = io::Result<PathBuf>>,
) -> anyhow::Result<usize> {
    let mut count = 0;
    for path in paths {
        let path = path?;
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match add_file(archive, &format!("{entry}{name}"), &path) {
            // It was imported or removed a moment ago.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => {
                other.with_context(|| format!("The file {}", path.display()))?;
                count += 1;
            }
        }
    }
    Ok(count)
}

async fn add_databases<W: Write + Send>(
    access: &Access,
    archive: &mut Writer<W>,
    workshop: &Workshop,
) -> anyhow::Result<Vec<String>> {
    let globals = access.globals().await?;
    let text = serde_json::to_vec_pretty(&globals)?;
    archive.add(entry::GLOBALS, text.len() as u64, text.as_slice())?;
    for (number, database) in globals.databases.iter().enumerate() {
        tracing::info!(database = database.name, bytes = database.bytes, "backing up");
        let dump = workshop.path("dump");
        access.dump(&database.name, private_file(&dump)?).await?;
        block_in_place(|| add_file(archive, &entry::dump(number), &dump))?;
        fs::remove_file(&dump)?;
    }
    Ok(globals.databases.into_iter().map(|database| database.name).collect())
}

fn add_file<W: Write>(archive: &mut Writer<W>, name: &str, path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    archive.add(name, file.metadata()?.len(), file)
}

/// Counts what is written.
struct Counting<W> {
    inner: W,
    count: u64,
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_when_the_backup_was_made() {
        let moment: Timestamp = "2026-03-04T05:06:07Z".parse().unwrap();
        assert_eq!(file_name(moment), "mathesar-20260304T050607Z.tar.zst");
        assert_eq!(moment_of(&file_name(moment)), Some(moment));
        for other in ["mathesar-mine.tar.zst", "mathesar-20260304T050607Z.tar", "notes.txt"] {
            assert_eq!(moment_of(other), None, "{other}");
        }
    }
}
