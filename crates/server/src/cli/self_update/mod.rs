//! `mathesar self-update`: replaces a bare file by the newest release. What a package brought, the package's own tool updates.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::config::Environment;

mod channel;
mod release;
mod replace;

use channel::Channel;
use release::{Found, Source};

/// Where releases of this build are; nothing when it was not told.
const RELEASES: Option<&str> = option_env!("MATHESAR_RELEASE_URL");
/// The public key (minisign) that signs them; nothing when it was not told.
const PUBLIC_KEY: Option<&str> = option_env!("MATHESAR_RELEASE_KEY");

/// What to update from, and how far to go.
#[derive(clap::Args)]
pub(super) struct SelfUpdate {
    /// Say whether there is a newer release, and change nothing
    #[arg(long)]
    check: bool,
    /// Directory of a release on a web server, instead of the one that this build knows
    #[arg(long, value_name = "URL")]
    from: Option<String>,
}

pub(super) fn run(wanted: &SelfUpdate) -> anyhow::Result<()> {
    let executable = executable()?;
    match channel::of(&executable, &Environment::of_process()) {
        Channel::File => {}
        other => bail!("{}", other.words()),
    }
    let base = wanted.from.as_deref().or(RELEASES).filter(|base| !base.is_empty()).context(
        "This build does not know where releases are published, so that it cannot update itself. Download the new file, check \
         it against its SHA256SUMS, and put it in the place of this one; or name the place with --from URL.",
    )?;
    let source = Source::new(base.trim_end_matches('/'), PUBLIC_KEY.filter(|key| !key.is_empty()))?;
    let Some(found) = source.newer_than(env!("CARGO_PKG_VERSION"))? else {
        println!("Mathesar {} is the newest release.", env!("CARGO_PKG_VERSION"));
        return Ok(());
    };
    if wanted.check {
        println!(
            "Mathesar {} can be had; this is {}. Update with: mathesar self-update",
            found.version,
            env!("CARGO_PKG_VERSION")
        );
        return Ok(());
    }
    update(&source, &found, &executable)
}

/// The file itself, not a link that leads to it.
fn executable() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe().and_then(|path| path.canonicalize());
    path.context("The file of this program cannot be found, so that it cannot be replaced.")
}

fn update(source: &Source<'_>, found: &Found, executable: &std::path::Path) -> anyhow::Result<()> {
    let (place, mut file) = replace::Place::beside(executable)?;
    source.download(found, &mut file)?;
    file.sync_all().context("The new file cannot be written. Nothing was changed.")?;
    // A file that is open for writing cannot be started, and it is tried before it is taken.
    drop(file);
    let old = place.swap_in(&found.version)?;
    println!(
        "Mathesar {} is in place. The file before it is kept as {}.\nA server that runs goes on as it is; start it again to use \
         the new version.",
        found.version,
        old.display()
    );
    Ok(())
}
