//! Where commands take passwords from: never from the command line, which every user of the machine can see.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use mathesar_app::Random;
use secrecy::SecretString;

/// How a password is given.
#[derive(Args)]
pub(super) struct PasswordArguments {
    /// File with the password, or - for standard input; without it a password is made and printed
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// A password, and whether we made it.
pub(super) struct Password {
    pub(super) text: SecretString,
    pub(super) made: bool,
}

impl PasswordArguments {
    pub(super) fn read(&self, random: &dyn Random) -> anyhow::Result<Password> {
        let Some(path) = &self.password_file else {
            return Ok(Password { text: mathesar_store::token::mint(random), made: true });
        };
        Ok(Password { text: from_file(path, "password")?, made: false })
    }
}

/// Reads a secret from a file, or from standard input for `-`. `what` it is is said in errors.
pub(super) fn from_file(path: &Path, what: &str) -> anyhow::Result<SecretString> {
    let mut text = String::new();
    if path.as_os_str() == "-" {
        io::stdin()
            .read_to_string(&mut text)
            .with_context(|| format!("The {what} cannot be read from standard input."))?;
    } else {
        text =
            fs::read_to_string(path).with_context(|| format!("The {what} cannot be read from {}.", path.display()))?;
    }
    Ok(text.trim_end_matches(['\r', '\n']).into())
}
