//! `mathesar backup`.

use std::{fs::File, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use mathesar_app::Clock as _;

use super::{Prepared, block_on, interruptible, owner, passphrase::PassPhraseArguments};
use crate::{
    backup::{
        archive,
        take::{self, Key, Source, Target},
        verify,
    },
    start::{self, Purpose, SystemClock},
    telemetry,
};

/// What to back up, and where to.
#[derive(Args)]
pub(super) struct Backup {
    /// File to write, - for standard output; without it one in backup_dir, named after the time
    file: Option<PathBuf>,
    /// Read FILE instead, and say whether it can be restored
    #[arg(long, requires = "file")]
    verify: bool,
    /// Leave the secret key out: keep it elsewhere, stored passwords are lost without it
    #[arg(long)]
    without_key: bool,
    #[command(flatten)]
    pass_phrase: PassPhraseArguments,
}

pub(super) fn run(command: Backup, prepared: Prepared) -> anyhow::Result<()> {
    if command.verify { try_file(&command, &prepared) } else { make(command, prepared) }
}

fn make(command: Backup, prepared: Prepared) -> anyhow::Result<()> {
    let Prepared { environment, config, .. } = prepared;
    if !config.data_dir.exists() {
        bail!("There is nothing at {} to back up. Name the data directory with --data-dir.", config.data_dir.display());
    }
    telemetry::init(&config.log_level, config.log_json);
    owner::become_owner_of(&config.data_dir)?;
    let key = if command.without_key { Key::LeftOut } else { Key::Sealed(command.pass_phrase.choose(&config)?) };
    let target = match command.file {
        None => Target::File(config.backups.dir.join(take::file_name(SystemClock.now()))),
        Some(path) if path.as_os_str() == "-" => Target::Output,
        Some(path) => Target::File(path),
    };
    // Files are read and written by the thread that waits, so another one must be there for the databases.
    block_on(Some(2), async {
        let started = start::open(&config, &environment, Purpose::Command).await?;
        let source =
            Source { config: &config, environment: &environment, app: &started.app, managed: started.managed.as_ref() };
        let taken = interruptible(take::take(&source, &target, &key)).await?;
        started.app.store.clone().close().await?;
        if let Target::File(path) = target {
            println!("{}", path.display());
        }
        eprintln!(
            "The backup has {} bytes, {} managed databases, {} files of cells and {} uploads{}.",
            taken.bytes,
            taken.databases.len(),
            taken.files,
            taken.uploads,
            if command.without_key { ", and not the secret key: keep that elsewhere" } else { "" }
        );
        Ok(())
    })
}

fn try_file(command: &Backup, prepared: &Prepared) -> anyhow::Result<()> {
    let config = &prepared.config;
    let path = command.file.as_ref().context("Name the backup.")?;
    let mut file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    owner::become_owner_of(&config.data_dir)?;
    let header = archive::peek(&file)?;
    let sealed = header.with_key && !command.without_key;
    let pass_phrase = sealed.then(|| command.pass_phrase.recall(config)).transpose()?;
    let given = start::keys::given(config, &prepared.environment)?;
    let folder = tempfile::Builder::new().prefix("mathesar-verify-").tempdir()?;
    block_on(Some(2), async {
        // The programs may have to be unpacked, and a machine that only keeps backups has no data directory.
        let clients = start::client_programs(config, &prepared.environment, folder.path()).await?;
        let work = verify::verify(&mut file, folder.path(), &clients, pass_phrase.as_ref(), &given);
        let verified = interruptible(work).await?;
        println!(
            "The backup is whole. It was made at {} by version {}.",
            verified.header.made_at, verified.header.version
        );
        println!("Managed databases: {}.", list(&verified.databases));
        println!(
            "{}",
            match (verified.key_fits, header.with_key) {
                (true, _) => "The key opens and fits.",
                (false, true) => "The key was not tried.",
                (false, false) => "The key is not in it: it is needed to restore.",
            }
        );
        Ok(())
    })
}

/// Names for people.
pub(super) fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
