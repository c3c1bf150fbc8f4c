//! `mathesar restore`.

use std::{fs::File, path::PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::{Prepared, backup::list, block_on, interruptible, owner, passphrase::PassPhraseArguments};
use crate::{
    backup::{
        archive,
        restore::{self, Request},
    },
    start::lasting,
    telemetry,
};

/// What to bring back.
#[derive(Args)]
pub(super) struct Restore {
    /// The backup
    file: PathBuf,
    /// Replace the installation that is there; it is kept aside
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    pass_phrase: PassPhraseArguments,
}

pub(super) fn run(command: Restore, prepared: Prepared) -> anyhow::Result<()> {
    let Prepared { environment, config, .. } = prepared;
    telemetry::init(&config.log_level, config.log_json);
    lasting::check(&config, &environment)?;
    // Root may read what the owner of the data may not.
    let file = File::open(&command.file).with_context(|| format!("{} cannot be read", command.file.display()))?;
    owner::become_owner_of(&config.data_dir)?;
    let header = archive::peek(&file)?;
    // Where a key is set here, the one in the backup is needed only when that does not fit.
    let wanted = header.with_key && (config.secret_key.is_none() || command.pass_phrase.is_given());
    let pass_phrase = wanted.then(|| command.pass_phrase.recall(&config)).transpose()?;
    let request = Request { file, config: &config, environment: &environment, replace: command.replace, pass_phrase };
    let restored = block_on(Some(2), interruptible(restore::restore(request)))?;
    println!("The backup of {} was restored into {}.", restored.header.made_at, config.data_dir.display());
    println!("Managed databases: {}.", list(&restored.databases));
    println!("Everybody signs in anew ({} sessions were ended).", restored.settled.sessions);
    if restored.settled.tokens > 0 {
        println!("{} API tokens were revoked; make new ones for what used them.", restored.settled.tokens);
    }
    if restored.settled.jobs > 0 {
        println!("{} jobs that waited or were at work were ended; start them again.", restored.settled.jobs);
    }
    for place in &restored.kept {
        println!("What was there before is kept: {place}. Remove it when all is well.");
    }
    for notice in &restored.notices {
        println!("Note: {notice}");
    }
    Ok(())
}
