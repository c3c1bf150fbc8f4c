//! Trying a backup without bringing it back.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _},
    path::Path,
    sync::Arc,
};

use anyhow::Context as _;
use mathesar_app::Clock as _;
use mathesar_local::{Globals, try_dump};
use mathesar_store::{KeyRing, Store, StoreConfig};
use secrecy::SecretString;
use tokio::task::block_in_place;

use super::{
    archive::{self, Header},
    entry, keys,
    staging::private_file,
};
use crate::start::{SystemClock, SystemRandom};

/// What a good backup holds.
#[derive(Debug)]
pub struct Verified {
    /// What it says about itself.
    pub header: Header,
    /// The managed databases in it.
    pub databases: Vec<String>,
    /// Whether the key was opened and fits the data.
    pub key_fits: bool,
}

/// Reads everything: digests, the key, our own data with that key, and each dump as `pg_restore` would. `folder` gets a copy of our
/// own data meanwhile; `clients` is the folder of `pg_restore`. The key is tried with `pass_phrase`, or one of `given`.
///
/// # Errors
/// What is wrong with it.
pub async fn verify(
    file: &mut File,
    folder: &Path,
    clients: &Path,
    pass_phrase: Option<&SecretString>,
    given: &[SecretString],
) -> anyhow::Result<Verified> {
    let (mut sealed, mut globals): (Option<String>, Option<Globals>) = (None, None);
    let internal = folder.join("mathesar.sqlite3");
    file.rewind()?;
    let reader = io::BufReader::with_capacity(1 << 20, &*file);
    let header = block_in_place(|| {
        archive::read(reader, |name, _, content| {
            match name {
                entry::KEY => sealed = Some(io::read_to_string(content.take(1 << 16))?),
                entry::GLOBALS => {
                    globals = Some(serde_json::from_reader(content).context("The list of roles cannot be read")?)
                }
                entry::INTERNAL => drop(io::copy(content, &mut private_file(&internal)?)?),
                dump if dump.starts_with("postgres/") => {
                    try_dump(clients, content).with_context(|| format!("{dump} cannot be restored"))?;
                }
                _ => {}
            }
            Ok(())
        })
    })?;
    let mut all = given.to_vec();
    if let (Some(sealed), Some(pass_phrase)) = (&sealed, pass_phrase) {
        all.extend(block_in_place(|| keys::open(sealed, pass_phrase))?);
    }
    let key_fits = !all.is_empty();
    if key_fits {
        let (ring, config) = (KeyRing::from_strings(&all)?, StoreConfig::sqlite(&internal));
        let store = Store::open(&config, ring, Arc::new(SystemRandom), SystemClock.now()).await?;
        store.close().await?;
    }
    fs::remove_file(internal).context("The backup is damaged: the internal database is missing.")?;
    if let Some(globals) = &globals {
        globals.check()?;
    }
    let databases = globals.map(|globals| globals.databases.into_iter().map(|database| database.name).collect());
    Ok(Verified { header, databases: databases.unwrap_or_default(), key_fits })
}
