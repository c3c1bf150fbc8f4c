//! Bringing a backup back: into an empty data directory, or in place of an installation that is then kept aside.
//!
//! Everything is made and tried in a folder of its own inside the data directory, and takes its place at the very end
//! ([`super::swap`]). Until then nothing that was there is touched.

use std::{
    fs::{self, File},
    io::{self, Read, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use mathesar_app::{Clock as _, Random};
use mathesar_local::{Access, Claim, Database, Globals, TableNumbers};
use mathesar_store::{
    ColumnName, Error as StoreError, KeyRing, LiveTable, ServeLock, Settled, Store, StoreConfig, TableName,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::block_in_place;

use super::{
    archive::{self, Header},
    entry, keys,
    staging::{private_file, private_folder},
    swap,
};
use crate::{
    config::{Config, Environment},
    start::{self, Managed, SystemClock, SystemRandom},
};

/// What to bring back, and how.
pub struct Request<'a> {
    /// The backup.
    pub file: File,
    /// Where it belongs.
    pub config: &'a Config,
    /// What the process was started with.
    pub environment: &'a Environment,
    /// Whether an installation that is there may be replaced.
    pub replace: bool,
    /// What the key was sealed with, when it is in the backup and needed.
    pub pass_phrase: Option<SecretString>,
}

/// What was brought back.
#[derive(Debug)]
pub struct Restored {
    /// What the backup says about itself.
    pub header: Header,
    /// The managed databases.
    pub databases: Vec<String>,
    /// What ended with the old place.
    pub settled: Settled,
    /// Where the old installation is kept: a folder in the data directory, and a schema of the internal database.
    pub kept: Vec<String>,
    /// What could not be brought back, a sentence each; never any data.
    pub notices: Vec<String>,
}

/// Brings a backup back.
///
/// Needs a runtime of several threads.
///
/// # Errors
/// In words for an administrator. Nothing that was there is changed then.
pub async fn restore(mut request: Request<'_>) -> anyhow::Result<Restored> {
    let config = request.config;
    request.file.rewind()?;
    let header = archive::peek(&request.file)?;
    request.file.rewind()?;
    start::make_data_dir(&config.data_dir)?;
    let _claims = claim(config).await?;
    let store_config = start::store_config(config);
    refuse_to_overwrite(config, &store_config, request.replace).await?;

    let partial = Partial::new(&config.data_dir)?;
    let unpacked = block_in_place(|| Unpacked::unpack(&request.file, &partial.path))?;
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let store = open_store(&request, &unpacked, &partial.path, Arc::clone(&random)).await?;
    let now = SystemClock.now();
    let reason =
        serde_json::json!({ "message": "A backup was restored while this waited or was at work. Start it again." });
    let settled = store.settle_after_copy(reason, now).await?;

    let mut notices = Vec::new();
    let globals = unpacked.globals()?;
    if let Some(globals) = &globals {
        let settings = config.managed_postgres.as_ref().context(
            "The backup holds databases of the managed PostgreSQL, which is switched off here. Restore with \
             --managed-postgres on.",
        )?;
        let managed = Managed::new(settings, config, request.environment, &store, random);
        let managed = managed.local().prepared_in(&partial.path.join("postgres"));
        let found = managed.prepare().await?.major;
        if found < globals.major {
            bail!(
                "The databases in the backup are of PostgreSQL {}, and here is only version {found}, which cannot read them. \
                 Install PostgreSQL {}, or name its programs with --managed-postgres-bin-dir.",
                globals.major,
                globals.major
            );
        }
        let access = managed.access().await?;
        let rebuilt = rebuild(&access, globals, &unpacked, &store).await;
        access.release().await;
        notices.extend(rebuilt?);
    }

    // All is verified. From here on it is only put in its place.
    let mut kept = Vec::new();
    if store_config.internal_postgres()?.is_some() {
        kept.extend(Store::load_into_postgres(&store_config, &store, now).await?.map(|name| format!("schema {name}")));
        store.close().await?;
        remove_sqlite(&partial.path)?;
    } else {
        store.close().await?;
    }
    unpacked.remove_dumps()?;
    partial.decide(now)?;
    kept.extend(swap::finish(&config.data_dir)?.map(|name| config.data_dir.join(name).display().to_string()));
    let databases = globals.map(|globals| globals.databases.into_iter().map(|database| database.name).collect());
    Ok(Restored { header, databases: databases.unwrap_or_default(), settled, kept, notices })
}

/// Keeps the server away, whichever part of it is alive, and completes what an interrupted restore had decided.
async fn claim(config: &Config) -> anyhow::Result<(ServeLock, Vec<Claim>)> {
    let data_dir = &config.data_dir;
    let lock = ServeLock::acquire(&data_dir.join("mathesar.sqlite3"));
    let lock = lock.map_err(|error| match error {
        StoreError::Locked { .. } => anyhow::anyhow!(
            "The server works with {} at this moment. Stop it, restore, and start it again.",
            data_dir.display()
        ),
        other => other.into(),
    })?;
    let mut claims = Vec::new();
    for home in [data_dir.join("postgres"), data_dir.join(swap::PARTIAL).join("postgres")] {
        if home.exists() {
            claims.push(mathesar_local::claim(data_dir, &home).await?);
        }
    }
    swap::finish(data_dir)?;
    Ok((lock, claims))
}

async fn refuse_to_overwrite(config: &Config, store: &StoreConfig, replace: bool) -> anyhow::Result<()> {
    let others = Store::other_sessions(store).await?;
    if others > 0 {
        bail!(
            "{others} sessions of a running server are connected to the internal database. Stop it, restore, and start it again."
        );
    }
    let parts = swap::present(&config.data_dir);
    if replace || parts.is_empty() && !Store::exists(store).await? {
        return Ok(());
    }
    let found = if parts.is_empty() { "the internal database".to_owned() } else { parts.join(", ") };
    bail!(
        "There is an installation already: {found} in {}. With --replace the backup takes its place, and what is there now is \
         kept aside; or restore into another directory with --data-dir.",
        config.data_dir.display()
    )
}

/// Opens the copy of our own data with a key that fits, and lets the key that this place uses be the only one that it needs.
async fn open_store(
    request: &Request<'_>,
    unpacked: &Unpacked,
    folder: &Path,
    random: Arc<dyn Random>,
) -> anyhow::Result<Store> {
    let config = request.config;
    let mut brought = Vec::new();
    if let (Some(sealed), Some(pass_phrase)) = (&unpacked.sealed_key, &request.pass_phrase) {
        brought = block_in_place(|| keys::open(sealed, pass_phrase))?;
    }
    let given = start::keys::given(config, request.environment)?;
    // A key of the settings or of the machine is the one in use from now on; else the backup's own goes into the data directory.
    let in_data_dir = given.is_empty();
    let all: Vec<SecretString> = given.into_iter().chain(brought).collect();
    let Some(in_use) = all.first().cloned() else {
        bail!("The backup was made without the key. Give it as SECRET_KEY or SECRET_KEY_FILE, and restore again.");
    };
    let now = SystemClock.now();
    let ring = KeyRing::from_strings(&all)?;
    let path = folder.join("mathesar.sqlite3");
    let store = match Store::open(&StoreConfig::sqlite(path), ring, random, now).await {
        Err(StoreError::KeyDoesNotFit) => bail!(
            "The key that is set here (SECRET_KEY, or the machine's) is not the one that the backup's passwords were sealed with{}.",
            if unpacked.sealed_key.is_some() {
                ". Restore with the pass phrase of the backup: they are then sealed anew with the key that is set"
            } else {
                ", and the backup was made without that one. Set the key of the installation that it comes from"
            }
        ),
        other => other?,
    };
    store.rotate_keys(now).await?;
    if in_data_dir {
        let mut file = private_file(&folder.join(start::keys::KEY_FILE))?;
        writeln!(file, "{}", in_use.expose_secret())?;
    }
    Ok(store)
}

/// Makes the databases, and lets what we know about their tables follow them to their new numbers.
async fn rebuild(
    access: &Access,
    globals: &Globals,
    unpacked: &Unpacked,
    store: &Store,
) -> anyhow::Result<Vec<String>> {
    let place = |name: &str| globals.databases.iter().position(|database| database.name == name);
    let open = |database: &Database| {
        let number = place(&database.name).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        File::open(unpacked.dump(number))
    };
    let mut notices = access.rebuild(globals, open).await?;
    let missing = follow_copies(access, store, &globals.databases).await?;
    notices.extend(missing.iter().map(|name| format!("The database “{name}” is not in the backup.")));
    Ok(notices)
}

/// Lets what we know about the tables of the managed databases follow them into their copies, where they have other numbers; tells
/// which databases are no longer there.
///
/// # Errors
/// PostgreSQL's, and those of our own data.
pub async fn follow_copies(access: &Access, store: &Store, copied: &[Database]) -> anyhow::Result<Vec<String>> {
    let Some(server) = store.servers().managed().await? else { return Ok(Vec::new()) };
    let mut missing = Vec::new();
    for database in store.databases().list(Some(server.id)).await? {
        let Some(before) = copied.iter().find(|copied| copied.name == database.name) else {
            missing.push(database.name);
            continue;
        };
        let before: Vec<LiveTable> = before.tables.iter().map(live_table).collect();
        let mut session = access.superuser(Some(&database.name)).await?;
        mathesar_app::model::metadata::follow_copy(store, database.id, &before, &mut session, SystemClock.now())
            .await?;
    }
    Ok(missing)
}

fn live_table(numbers: &TableNumbers) -> LiveTable {
    LiveTable {
        table: TableName { oid: numbers.oid, schema: numbers.schema.clone(), name: numbers.name.clone() },
        columns: numbers
            .columns
            .iter()
            .map(|(attnum, name)| ColumnName { attnum: *attnum, name: name.clone() })
            .collect(),
    }
}

fn remove_sqlite(folder: &Path) -> io::Result<()> {
    for name in ["mathesar.sqlite3", "mathesar.sqlite3-wal", "mathesar.sqlite3-shm"] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The folder in which everything is made; gone when it is not decided for.
struct Partial {
    data_dir: PathBuf,
    path: PathBuf,
}

impl Partial {
    fn new(data_dir: &Path) -> anyhow::Result<Self> {
        let path = data_dir.join(swap::PARTIAL);
        // Of a restore that was killed.
        if path.exists() {
            fs::remove_dir_all(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
        }
        private_folder(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self { data_dir: data_dir.to_owned(), path })
    }

    fn decide(self, now: jiff::Timestamp) -> anyhow::Result<()> {
        swap::decide(&self.data_dir, now).with_context(|| format!("{} cannot be completed", self.path.display()))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Once it is decided for, nothing has this name any more.
        if self.path.exists()
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "what was not restored stays until the next restore");
        }
    }
}

/// What was in the file, verified.
struct Unpacked {
    folder: PathBuf,
    sealed_key: Option<String>,
}

impl Unpacked {
    fn unpack(file: &File, folder: &Path) -> anyhow::Result<Self> {
        let mut unpacked = Self { folder: folder.to_owned(), sealed_key: None };
        for name in ["uploads", "files", "dumps"] {
            private_folder(&folder.join(name))?;
        }
        archive::read(io::BufReader::with_capacity(1 << 20, file), |name, _, content| unpacked.take(name, content))?;
        if !folder.join("mathesar.sqlite3").exists() {
            bail!("The backup is damaged: the internal database is missing.");
        }
        Ok(unpacked)
    }

    fn take(&mut self, name: &str, content: &mut dyn Read) -> anyhow::Result<()> {
        if name == entry::KEY {
            let mut text = String::new();
            content.take(1 << 16).read_to_string(&mut text)?;
            self.sealed_key = Some(text);
            return Ok(());
        }
        let path = match name.strip_prefix("postgres/") {
            Some(dump) => self.folder.join("dumps").join(dump),
            None if name == entry::INTERNAL => self.folder.join("mathesar.sqlite3"),
            None => self.folder.join(name),
        };
        let copied = private_file(&path).and_then(|mut file| io::copy(content, &mut file));
        copied.map(drop).with_context(|| format!("{name} cannot be unpacked into {}", self.folder.display()))
    }

    fn globals(&self) -> anyhow::Result<Option<Globals>> {
        let path = self.folder.join("dumps/globals.json");
        if !path.exists() {
            return Ok(None);
        }
        let globals: Globals =
            serde_json::from_reader(File::open(path)?).context("The list of roles cannot be read")?;
        Ok(Some(globals))
    }

    fn dump(&self, number: usize) -> PathBuf {
        self.folder.join("dumps").join(format!("{number}.dump"))
    }

    fn remove_dumps(&self) -> io::Result<()> {
        fs::remove_dir_all(self.folder.join("dumps"))
    }
}
