//! `mathesar healthcheck`: for containers and process supervisors that have no HTTP client.

use anyhow::{Context as _, bail};

use super::whereabouts::Whereabouts;
use crate::config::Config;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let server = Whereabouts::of(config);
    let answer = server.ask("/readyz", &[]);
    let status = answer
        .with_context(|| format!("Nothing answers at {}. Is the server running?", server.origin()))?
        .status()
        .as_u16();
    if status != 200 {
        bail!("The server at {} answers, but is not ready (status {status}). Its log says why.", server.origin());
    }
    println!("ready");
    Ok(())
}
