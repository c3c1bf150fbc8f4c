//! From settings to a running application: the only place that brings the crates together.

use std::{fs, io, os::unix::fs::DirBuilderExt as _, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use mathesar_app::{App, Clock as _, ManagedPostgres, Options, files};
use mathesar_pg::{PoolLimits, Pools};
use mathesar_store::{ServeLock, Store, StoreConfig};

use crate::{
    backup,
    config::{Config, Environment, FileStorage, InternalDatabase},
};

mod bucket;
pub mod keys;
pub mod lasting;
mod managed;
mod world;

use bucket::Bucket;
pub use managed::{Managed, client_programs};
pub use world::{SystemClock, SystemRandom};

/// The application, and what must outlive it.
pub struct Started {
    /// The application.
    pub app: Arc<App>,
    /// The PostgreSQL that we run ourselves, when there is one. Only for a server it is among what the application works with.
    pub managed: Option<Managed>,
    /// Held by `serve` for a SQLite file.
    _lock: Option<ServeLock>,
}

/// What the application is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To serve: alone with a SQLite file, and with the managed PostgreSQL.
    Serve,
    /// For one command beside a server.
    Command,
}

/// Opens our own data and puts the application together.
///
/// # Errors
/// In words for whoever starts the program.
pub async fn open(config: &Config, environment: &Environment, purpose: Purpose) -> anyhow::Result<Started> {
    make_data_dir(&config.data_dir)?;
    let lock = match (&config.internal_database, purpose) {
        (InternalDatabase::Sqlite(path), Purpose::Serve) => Some(ServeLock::acquire(path)?),
        _ => None,
    };
    complete_restore(config, purpose)?;
    let store_config = store_config(config);
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let keys = keys::load(config, environment, &store_config, random.as_ref()).await?;
    let store = Store::open(&store_config, keys, random.clone(), clock.now()).await?;
    let managed = config
        .managed_postgres
        .as_ref()
        .map(|settings| Managed::new(settings, config, environment, &store, random.clone()));
    let app = App {
        store,
        pools: Pools::new(PoolLimits::default()),
        managed: managed
            .clone()
            .filter(|_| purpose == Purpose::Serve)
            .map(|managed| Arc::new(managed) as Arc<dyn ManagedPostgres>),
        files: file_storage(&config.files.storage)?,
        clock,
        random,
        options: options(config, &store_config, environment)?,
        auth: mathesar_app::auth::Guards::new(),
        places: mathesar_app::records::Places::default(),
        forms: mathesar_app::forms::Guards::default(),
        wake: mathesar_app::jobs::Wake::default(),
    };
    Ok(Started { app: Arc::new(app), managed, _lock: lock })
}

fn file_storage(storage: &FileStorage) -> anyhow::Result<Option<Arc<dyn files::FileStorage>>> {
    Ok(match storage {
        FileStorage::Off => None,
        FileStorage::Folder(path) => Some(Arc::new(files::Folder::new(path.clone()))),
        FileStorage::S3(settings) => Some(Arc::new(Bucket::new(settings)?)),
    })
}

/// How the internal database of these settings is opened.
pub fn store_config(config: &Config) -> StoreConfig {
    match &config.internal_database {
        InternalDatabase::Sqlite(path) => StoreConfig::sqlite(path),
        InternalDatabase::Postgres(url) => StoreConfig::postgres(url.clone()),
    }
}

/// A restore that was interrupted after it was decided leaves half of two installations: they must not be worked with.
fn complete_restore(config: &Config, purpose: Purpose) -> anyhow::Result<()> {
    if !backup::is_pending(&config.data_dir) {
        return Ok(());
    }
    if purpose == Purpose::Command {
        bail!(
            "A restore into {} is at work or was interrupted. Start the server, which completes it.",
            config.data_dir.display()
        );
    }
    tracing::warn!("completing a restore that was interrupted");
    backup::finish(&config.data_dir).map(drop)
}

fn options(config: &Config, store: &StoreConfig, environment: &Environment) -> anyhow::Result<Options> {
    let internal = store.internal_postgres()?;
    if let Some(internal) = &internal
        && !internal.verified
        && !is_here(&internal.host)
    {
        tracing::warn!("the internal database is reached without sslmode=verify-full: somebody between could read it");
    }
    Ok(Options {
        version: env!("CARGO_PKG_VERSION"),
        data_dir: config.data_dir.clone(),
        base_path: config.base_path.clone(),
        file_bytes: config.files.most_bytes,
        form_file_bytes: config.files.most_bytes_by_form,
        in_container: lasting::in_container(environment),
        allow_unix_sockets: config.allow_unix_sockets,
        internal_database: internal.map(|internal| (internal.host, internal.port, internal.database)),
        setup_link_command: config.setup_link_command(),
    })
}

fn is_here(host: &str) -> bool {
    host.starts_with('/') || matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

/// Makes the data directory. Only its owner may look into it: the key lies there.
///
/// # Errors
/// When it cannot be made or written.
pub fn make_data_dir(path: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| {
        format!("The data directory {} cannot be made. Name another one with --data-dir.", path.display())
    })?;
    let probe = path.join(".writable");
    let written = fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe));
    written.map_err(|error| not_writable(path, &error))
}

fn not_writable(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "The data directory {} cannot be written: {error}. Run the command as its owner, or name another one with --data-dir.",
        path.display()
    )
}
