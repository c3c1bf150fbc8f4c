//! The master key: given by the settings, or kept in a file that is made at the first start.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::{Context as _, bail};
use mathesar_app::Random;
use mathesar_store::{KeyRing, Store, StoreConfig};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::Config;

/// The generated key's file in the data directory.
const KEY_FILE: &str = "secret_key";

/// The keys of this installation, the one in use first.
///
/// # Errors
/// When the key is too weak, its file cannot be read or is readable by others, or it is missing although data was sealed
/// with it already.
pub async fn load(config: &Config, store: &StoreConfig, random: &dyn Random) -> anyhow::Result<KeyRing> {
    let in_use = match &config.secret_key {
        Some(key) => key.clone(),
        None => from_file(&config.data_dir.join(KEY_FILE), store, random).await?,
    };
    let keys: Vec<SecretString> = [in_use].into_iter().chain(config.secret_key_previous.clone()).collect();
    Ok(KeyRing::from_strings(&keys)?)
}

async fn from_file(path: &Path, store: &StoreConfig, random: &dyn Random) -> anyhow::Result<SecretString> {
    match fs::read_to_string(path) {
        Ok(text) => {
            check_mode(path)?;
            Ok(text.into())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if Store::holds_key(store).await? {
                bail!(
                    "The secret key is missing: the internal database holds passwords that were sealed with one, and {} is \
                     not there. Bring the file back, or set SECRET_KEY to the key that was in use before.",
                    path.display()
                );
            }
            generate(path, random)
        }
        Err(error) => Err(error).with_context(|| format!("The secret key in {} cannot be read.", path.display())),
    }
}

fn generate(path: &Path, random: &dyn Random) -> anyhow::Result<SecretString> {
    let key = KeyRing::generate(random);
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).and_then(|mut file| {
        writeln!(file, "{}", key.expose_secret())?;
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(key),
        // Another command was started at the same moment and was first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(fs::read_to_string(path)?.into()),
        Err(error) => Err(error).with_context(|| format!("The secret key cannot be written to {}.", path.display())),
    }
}

fn check_mode(path: &Path) -> anyhow::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("The secret key can be read by others. Make it its owner's only: chmod 600 {}", path.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (value, byte) in (0..).zip(bytes) {
                *byte = value;
            }
        }
    }

    #[tokio::test]
    async fn the_key_is_generated_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        let store = StoreConfig::sqlite(folder.path().join("mathesar.sqlite3"));
        let first = from_file(&path, &store, &Counting).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = from_file(&path, &store, &Counting).await.unwrap();
        assert_eq!(first.expose_secret(), again.expose_secret().trim());

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = from_file(&path, &store, &Counting).await.unwrap_err();
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }
}
