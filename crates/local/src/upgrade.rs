//! Moving the cluster to a newer major version: everything is copied into a new cluster beside the old one, which then takes its
//! place. The old one is kept until somebody confirms that all is well.
//!
//! It is a dump and a restore, because the parts that the executable carries come from different builds, which `pg_upgrade`
//! refuses; and because it leaves the old cluster as it was, whatever happens.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    access::Access,
    binaries::{self, Binaries},
    config::Config,
    error::{Error, IoContext, Result},
    globals::{Database, Globals},
    identity::Identity,
    layout::{self, Layout},
    managed::{Managed, blocking},
};

/// The folder in which the new cluster is made.
const SCRATCH: &str = "upgrade";
/// A dump and the indexes of what it holds take, together, at most about this many times what the database took.
const ROOM_FACTOR: u64 = 2;
/// What a new cluster takes when it is empty.
const NEW_CLUSTER: u64 = 120 << 20;

/// The cluster and its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The cluster's folder.
    pub path: PathBuf,
    /// The major version that made it.
    pub cluster: u32,
    /// The newest version at hand, such as `18.4`, and its first number.
    pub newest: (String, u32),
    /// The major version of the cluster before the last upgrade, while it is kept.
    pub kept: Option<u32>,
}

/// What an upgrade did.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The cluster moved to a newer version.
    Moved {
        /// From this major version.
        from: u32,
        /// To this one.
        to: u32,
        /// The databases that moved, as they were before.
        databases: Vec<Database>,
        /// What could not be taken along, a sentence each; never any data.
        notices: Vec<String>,
        /// The old cluster, which is kept.
        kept: PathBuf,
    },
    /// It is of the newest version already; these databases got new indexes because the collation's version had changed.
    Current {
        /// Their names.
        reindexed: Vec<String>,
    },
}

/// Looks at the cluster and at what could run it; `None` where there is no cluster.
///
/// # Errors
/// When no PostgreSQL is found, or the folder cannot be read.
pub async fn versions(managed: &Managed) -> Result<Option<Versions>> {
    let (config, layout) = parts(managed);
    blocking(move || {
        let Some(state) = layout.read_state()? else { return Ok(None) };
        let newest = binaries::newest(&config, &layout)?;
        Ok(Some(Versions {
            path: layout.cluster(state.major),
            cluster: state.major,
            newest: (newest.version, newest.major),
            kept: state.kept,
        }))
    })
    .await
}

/// Moves the cluster to the newest version at hand. The server must not run. `old` names the folder of the old version's
/// programs, where they are not found by themselves.
///
/// # Errors
/// Whatever goes wrong, the old cluster is as it was and stays in use.
pub async fn upgrade(managed: &Managed, old: Option<PathBuf>) -> Result<Outcome> {
    let claim = managed.claim().await?;
    let versions =
        versions(managed).await?.ok_or_else(|| Error::Start { reason: "there is no cluster yet".to_owned() })?;
    let Versions { path, cluster, newest: (_, newest), .. } = versions;
    if newest < cluster {
        return Err(Error::Older { path, cluster, found: newest });
    }
    if newest == cluster {
        drop(claim);
        return Ok(Outcome::Current { reindexed: reindex(managed).await? });
    }
    let (config, layout) = parts(managed);
    let scratch = layout.home.join(SCRATCH);
    remove_folder(&scratch)?;
    let prepared = {
        let (config, layout) = (config.clone(), layout.clone());
        blocking(move || prepare(&config, &layout, cluster, old.as_deref())).await?
    };
    // Running the old server takes the lock anew.
    drop(claim);
    let copied = copy(managed, &prepared, &scratch).await;
    let (globals, notices) = match copied {
        Ok(copied) => copied,
        Err(error) => {
            remove_folder(&scratch)?;
            return Err(error);
        }
    };
    let claim = managed.claim().await?;
    let kept = blocking(move || take_place(&layout, &scratch, cluster, newest)).await?;
    drop(claim);
    Ok(Outcome::Moved { from: cluster, to: newest, databases: globals.databases, notices, kept })
}

/// Removes the cluster before the last upgrade; tells whether there was one.
///
/// # Errors
/// When it cannot be removed, or the cluster is in use.
pub async fn confirm(managed: &Managed) -> Result<Option<u32>> {
    let claim = managed.claim().await?;
    let (_, layout) = parts(managed);
    let removed = blocking(move || {
        let Some(mut state) = layout.read_state()? else { return Ok(None) };
        let Some(kept) = state.kept.take() else { return Ok(None) };
        remove_folder(&layout.cluster(kept))?;
        layout.write_state(&state)?;
        Ok(Some(kept))
    })
    .await;
    drop(claim);
    removed
}

/// What both servers are run with.
struct Prepared {
    old: Binaries,
    new: Binaries,
    /// The new version's programs for copies, which read both.
    clients: PathBuf,
    /// The user that both clusters belong to.
    run_as: Option<String>,
}

/// Finds everything and makes sure that there is room, before anything is touched.
fn prepare(config: &Config, layout: &Layout, cluster: u32, old: Option<&Path>) -> Result<Prepared> {
    let new = binaries::newest(config, layout)?;
    let clients = binaries::clients(config, layout, &new)?;
    let old = binaries::of_major(config, layout, cluster, old)?;
    let path = layout.cluster(cluster);
    let identity = Identity::choose(config.run_as.as_deref(), Some(&path))?;
    let room = ROOM_FACTOR * size_of(&path).at("Reading", &path)? + NEW_CLUSTER;
    layout::need_room(&layout.home, "copying all databases", room)?;
    Ok(Prepared { old, new, clients, run_as: identity.switched_name() })
}

/// Copies everything into a new cluster in `scratch`, database after database.
async fn copy(managed: &Managed, prepared: &Prepared, scratch: &Path) -> Result<(Globals, Vec<String>)> {
    let (config, layout) = parts(managed);
    let with = |binaries: &Binaries| Config {
        bin_dir: Some(binaries.server.clone()),
        run_as: prepared.run_as.clone(),
        tcp: None,
        ..config.clone()
    };
    let secrets = &managed.inner().secrets;
    let old = Managed::with(with(&prepared.old), secrets.clone(), layout);
    let new = Managed::with(with(&prepared.new), secrets.clone(), Layout::at(&config.data_dir, scratch.to_owned()));
    let outcome = async {
        let from = old.access_with(prepared.clients.clone()).await?;
        let to = new.access_with(prepared.clients.clone()).await?;
        copy_all(&from, &to, scratch).await
    };
    let outcome = outcome.await;
    tokio::join!(old.stop(), new.stop());
    outcome
}

async fn copy_all(from: &Access, to: &Access, scratch: &Path) -> Result<(Globals, Vec<String>)> {
    let globals = from.globals().await?;
    let dump_of = |name: &str| {
        let number = globals.databases.iter().position(|database| database.name == name).unwrap_or_default();
        scratch.join(format!("{number}.dump"))
    };
    for database in &globals.databases {
        tracing::info!(database = database.name, bytes = database.bytes, "copying");
        let path = dump_of(&database.name);
        let file = layout::new_private_file(&path).at("Writing", &path)?;
        from.dump(&database.name, file).await?;
    }
    let notices = to.rebuild(&globals, |database| fs::File::open(dump_of(&database.name))).await?;
    Ok((globals, notices))
}

/// Puts the new cluster in the place of the old one, which keeps its folder.
///
/// The state is written last and at once: before that the old cluster is in use, after that the new one.
fn take_place(layout: &Layout, scratch: &Path, from: u32, to: u32) -> Result<PathBuf> {
    let made = Layout::at(&layout.data_dir, scratch.to_owned());
    let missing = || Error::State { path: scratch.to_owned(), reason: "it was not written".to_owned() };
    let fresh = made.read_state()?.ok_or_else(missing)?;
    let place = layout.cluster(to);
    // Of an upgrade that ended at this very point.
    remove_folder(&place)?;
    let new = made.cluster(to);
    fs::File::open(&new).and_then(|folder| Ok(nix::unistd::syncfs(folder)?)).at("Writing", &new)?;
    fs::rename(&new, &place).at("Naming", &place)?;
    layout.write_state(&fresh.in_place_of(from))?;
    remove_folder(scratch)?;
    Ok(layout.cluster(from))
}

async fn reindex(managed: &Managed) -> Result<Vec<String>> {
    let access = managed.access().await?;
    let outcome = async {
        let mut done = Vec::new();
        for (database, then, now) in access.outdated_collations().await? {
            tracing::info!(database, then, now, "building all indexes anew");
            access.reindex(&database).await?;
            done.push(database);
        }
        Ok(done)
    };
    let outcome = outcome.await;
    access.release().await;
    outcome
}

fn parts(managed: &Managed) -> (Config, Layout) {
    let inner = managed.inner();
    (inner.config.clone(), inner.layout.clone())
}

fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).at("Removing", folder),
        _ => Ok(()),
    }
}

/// Bytes of all files below a folder.
fn size_of(folder: &Path) -> std::io::Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        size += if metadata.is_dir() { size_of(&entry.path())? } else { metadata.len() };
    }
    Ok(size)
}
