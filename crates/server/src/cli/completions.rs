//! `mathesar completions`: scripts that let a shell complete our command line.

use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Arguments;

/// Which shell.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum KnownShell {
    /// GNU bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
}

pub(super) fn run(shell: KnownShell) -> anyhow::Result<()> {
    let shell = match shell {
        KnownShell::Bash => Shell::Bash,
        KnownShell::Zsh => Shell::Zsh,
        KnownShell::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "mathesar", &mut script);
    Ok(io::stdout().write_all(&script)?)
}
