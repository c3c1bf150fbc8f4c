//! `mathesar licenses`.

use std::io::{self, BufWriter, Write as _};

use crate::licences::Licences;

/// The arguments of `licenses`.
#[derive(clap::Args)]
pub(super) struct Which {
    /// Also print the texts of the licences
    #[arg(long)]
    full: bool,
}

pub(super) fn run(which: &Which) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = Licences::read()?.write(&mut out, which.full).and_then(|()| out.flush());
    match written {
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
