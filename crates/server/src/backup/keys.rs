//! The key on its way into a backup and out of it.

use mathesar_app::Random;
use mathesar_store::passphrase;
use secrecy::{ExposeSecret as _, SecretString};

/// Seals the keys of an installation, the one in use first.
pub(super) fn seal(keys: &[SecretString], pass_phrase: &SecretString, random: &dyn Random) -> anyhow::Result<String> {
    let lines: Vec<&str> = keys.iter().map(|key| key.expose_secret().trim()).collect();
    Ok(passphrase::seal(&SecretString::from(lines.join("\n")), pass_phrase, random)?)
}

/// Opens them again.
pub(super) fn open(sealed: &str, pass_phrase: &SecretString) -> anyhow::Result<Vec<SecretString>> {
    let opened = passphrase::open(sealed, pass_phrase)?;
    Ok(opened.expose_secret().lines().map(SecretString::from).collect())
}
