//! `mathesar postgres`.

use std::{os::unix::process::CommandExt as _, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use mathesar_local::upgrade::{self, Outcome};
use mathesar_store::Store;

use super::{Prepared, backup::list, block_on, interruptible, owner};
use crate::{
    backup::restore::follow_copies,
    start::{self, Managed, Purpose},
    telemetry,
};

/// What to do with the managed PostgreSQL.
#[derive(Subcommand)]
pub(super) enum Postgres {
    /// Tell which version made the databases, which is at hand, and where they are
    Status,
    /// Move the databases to the newest version at hand; the old ones are kept until --confirm. Stop the server first
    Upgrade {
        /// Remove what was kept by the last upgrade
        #[arg(long)]
        confirm: bool,
        /// Folder of the programs that the databases were made by, where they are not found
        #[arg(long, value_name = "FOLDER")]
        old_bin_dir: Option<PathBuf>,
    },
    /// Open psql as PostgreSQL's superuser, beside the server
    Psql {
        /// Database to connect to
        #[arg(default_value = "postgres")]
        database: String,
        /// Further arguments for psql
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

pub(super) fn run(command: Postgres, prepared: Prepared) -> anyhow::Result<()> {
    let Prepared { environment, config, .. } = prepared;
    if !config.data_dir.exists() {
        bail!("There is nothing at {} yet. Name the data directory with --data-dir.", config.data_dir.display());
    }
    telemetry::init(&config.log_level, config.log_json);
    owner::become_owner_of(&config.data_dir)?;
    block_on(Some(2), async {
        let started = start::open(&config, &environment, Purpose::Command).await?;
        let managed = started.managed.context("The managed PostgreSQL is switched off: see managed_postgres.")?;
        if !managed.local().exists()? {
            println!("There are no databases of the managed PostgreSQL yet.");
            return Ok(());
        }
        match command {
            Postgres::Status => status(&managed).await,
            Postgres::Upgrade { confirm: true, .. } => confirm(&managed).await,
            Postgres::Upgrade { old_bin_dir, .. } => {
                interruptible(move_up(&managed, &started.app.store, old_bin_dir)).await
            }
            Postgres::Psql { database, arguments } => psql(&managed, &database, &arguments).await,
        }
    })
}

async fn status(managed: &Managed) -> anyhow::Result<()> {
    let Some(versions) = upgrade::versions(managed.local()).await? else { return Ok(()) };
    let (newest, major) = &versions.newest;
    println!("Databases: {}, made by PostgreSQL {}.", versions.path.display(), versions.cluster);
    println!("Newest version at hand: {newest}.");
    if let Some(kept) = versions.kept {
        println!("The databases of version {kept} are kept. When all is well: mathesar postgres upgrade --confirm");
    }
    if *major > versions.cluster {
        println!("To move to it, stop the server and run: mathesar postgres upgrade");
        return Ok(());
    }
    let access = managed.local().access().await?;
    let outdated = access.outdated_collations().await;
    access.release().await;
    for (database, then, now) in outdated? {
        println!(
            "Problem: “{database}” was sorted by version {then} of its collation, and here is {now}. Run: mathesar postgres upgrade"
        );
    }
    Ok(())
}

async fn move_up(managed: &Managed, store: &Store, old: Option<PathBuf>) -> anyhow::Result<()> {
    let outcome = upgrade::upgrade(managed.local(), old).await?;
    if let Outcome::Moved { databases, .. } = &outcome {
        let access = managed.local().access().await?;
        let followed = follow_copies(&access, store, databases).await;
        access.release().await;
        followed?;
    }
    match outcome {
        Outcome::Current { reindexed } if reindexed.is_empty() => {
            println!("The databases are of the newest version at hand.")
        }
        Outcome::Current { reindexed } => {
            println!("The indexes of these databases were built anew: {}.", list(&reindexed))
        }
        Outcome::Moved { from, to, databases, notices, kept } => {
            let names: Vec<String> = databases.into_iter().map(|database| database.name).collect();
            println!("The databases moved from PostgreSQL {from} to {to}: {}.", list(&names));
            for notice in notices {
                println!("Note: {notice}");
            }
            println!("Those of version {from} are kept in {}.", kept.display());
            println!("Start the server, look whether all is well, and then run: mathesar postgres upgrade --confirm");
        }
    }
    Ok(())
}

async fn confirm(managed: &Managed) -> anyhow::Result<()> {
    match upgrade::confirm(managed.local()).await? {
        Some(version) => println!("The databases of PostgreSQL {version} were removed."),
        None => println!("Nothing is kept from an upgrade."),
    }
    Ok(())
}

/// Waits for `psql` instead of becoming it, because a server that was started for it must be stopped.
async fn psql(managed: &Managed, database: &str, arguments: &[String]) -> anyhow::Result<()> {
    let access = managed.local().access().await?;
    // Ctrl+C is psql's: it cancels a statement there.
    let mut interrupts = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    tokio::spawn(async move { while interrupts.recv().await.is_some() {} });
    let mut command = access.psql(database);
    command.args(arguments).arg0("psql");
    let status = tokio::process::Command::from(command).status().await;
    access.release().await;
    if !status.context("psql cannot be started")?.success() {
        bail!("psql ended with an error.");
    }
    Ok(())
}
