//! Where commands take the pass phrase of a backup from: a file, a setting, or the terminal; never from the command line, which
//! every user of the machine can see.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    os::fd::AsFd as _,
    path::PathBuf,
};

use anyhow::{Context as _, bail};
use clap::Args;
use mathesar_store::passphrase;
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
use secrecy::{ExposeSecret as _, SecretString};

use super::password;
use crate::config::Config;

/// How a pass phrase is given.
#[derive(Args)]
pub(super) struct PassPhraseArguments {
    /// File with the pass phrase of the key; without it the setting backup_passphrase, or a question on the terminal
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassPhraseArguments {
    /// Whether a file was named.
    pub(super) fn is_given(&self) -> bool {
        self.passphrase_file.is_some()
    }

    /// The pass phrase for a new backup, asked for twice.
    pub(super) fn choose(&self, config: &Config) -> anyhow::Result<SecretString> {
        let chosen = match self.given(config)? {
            Some(given) => given,
            None => {
                let mut terminal =
                    Terminal::open("Give it with --passphrase-file, or leave the key out with --without-key.")?;
                let first = terminal.ask("A pass phrase for the secret key in the backup: ")?;
                passphrase::check(&first)?;
                if terminal.ask("The same once more: ")?.expose_secret() != first.expose_secret() {
                    bail!("These were two different pass phrases. Nothing was done.");
                }
                first
            }
        };
        passphrase::check(&chosen)?;
        Ok(chosen)
    }

    /// The pass phrase of a backup that was made before.
    pub(super) fn recall(&self, config: &Config) -> anyhow::Result<SecretString> {
        match self.given(config)? {
            Some(given) => Ok(given),
            None => Terminal::open("Give it with --passphrase-file.")?.ask("The pass phrase of the backup: "),
        }
    }

    fn given(&self, config: &Config) -> anyhow::Result<Option<SecretString>> {
        let Some(path) = &self.passphrase_file else { return Ok(config.backups.pass_phrase.clone()) };
        password::from_file(path, "pass phrase").map(Some)
    }
}

/// The terminal of whoever started the command, even when its output goes elsewhere.
struct Terminal(File);

impl Terminal {
    fn open(otherwise: &str) -> anyhow::Result<Self> {
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
        let words = || format!("There is no terminal to ask for the pass phrase. {otherwise}");
        terminal.map(Self).with_context(words)
    }

    /// Asks without showing what is typed.
    fn ask(&mut self, question: &str) -> anyhow::Result<SecretString> {
        self.0.write_all(question.as_bytes())?;
        let shown = tcgetattr(self.0.as_fd())?;
        let mut hidden = shown.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(self.0.as_fd(), SetArg::TCSAFLUSH, &hidden)?;
        let mut line = String::new();
        let read = BufReader::new(&self.0).read_line(&mut line);
        tcsetattr(self.0.as_fd(), SetArg::TCSAFLUSH, &shown)?;
        self.0.write_all(b"\n")?;
        match read {
            Ok(0) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).into()),
            Err(error) => Err(error.into()),
        }
    }
}
