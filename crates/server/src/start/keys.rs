//! The master key: given by the settings, or kept in a file that was laid there or is made at the first start.

use std::{
    fs::{self, Metadata, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use mathesar_app::Random;
use mathesar_store::{KeyRing, Store, StoreConfig};
use nix::unistd::{getegid, geteuid, getgroups};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{Config, Environment, MACHINE_DATA_DIR};

/// The generated key's file in the data directory.
pub const KEY_FILE: &str = "secret_key";
/// The key of the machine's own service, which a package's installation makes.
const MACHINE_KEY: &str = "/etc/mathesar/secret.key";
/// The name of the credential that systemd hands over (`LoadCredential=secret-key:…`).
const CREDENTIAL: &str = "secret-key";

/// Where a key may lie, and who may read it there.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// In the data directory: its owner's only.
    DataDir(PathBuf),
    /// In the directory that systemd makes for one service; its access list shows as rights of the group.
    Credential(PathBuf),
    /// In the machine's configuration: root's, readable for our group.
    Machine(PathBuf),
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Self::DataDir(path) | Self::Credential(path) | Self::Machine(path) => path,
        }
    }

    /// Whether nobody but us can read it.
    fn is_private(&self, found: &Metadata) -> bool {
        let ours = match self {
            Self::Machine(_) => found.mode() & 0o027 == 0 && found.uid() == 0 && is_our_group(found.gid()),
            Self::Credential(_) => found.mode() & 0o007 == 0,
            Self::DataDir(_) => false,
        };
        ours || found.mode() & 0o077 == 0
    }

    /// How to make it so.
    fn remedy(&self) -> String {
        let path = self.path().display();
        match self {
            Self::Machine(_) => format!("chown root:mathesar {path} && chmod 640 {path}"),
            _ => format!("chmod 600 {path}"),
        }
    }
}

fn is_our_group(group: u32) -> bool {
    let ours = getgroups().unwrap_or_default();
    geteuid().is_root() || [getegid()].into_iter().chain(ours).any(|one| one.as_raw() == group)
}

/// The keys of this installation, the one in use first.
///
/// # Errors
/// When the key is too weak, its file cannot be read or is readable by others, or it is missing although data was sealed
/// with it already.
pub async fn load(
    config: &Config,
    environment: &Environment,
    store: &StoreConfig,
    random: &dyn Random,
) -> anyhow::Result<KeyRing> {
    let in_use = match &config.secret_key {
        Some(key) => key.clone(),
        None => from_file(&places(config, environment), store, random).await?,
    };
    let keys: Vec<SecretString> = [in_use].into_iter().chain(config.secret_key_previous.clone()).collect();
    Ok(KeyRing::from_strings(&keys)?)
}

/// The texts of the keys that are in use already, the one that seals first, for a backup.
///
/// # Errors
/// When the file cannot be read, or there is none.
pub fn texts(config: &Config, environment: &Environment) -> anyhow::Result<Vec<SecretString>> {
    let found = places(config, environment).into_iter().find(|place| place.path().exists());
    let in_use = match (&config.secret_key, found) {
        (Some(key), _) => key.clone(),
        (None, Some(place)) => read(&place)?,
        (None, None) => bail!("There is no secret key yet. Start the server once."),
    };
    Ok([in_use].into_iter().chain(config.secret_key_previous.clone()).collect())
}

/// The keys that an installation would use whatever lies in its data directory: the settings', else the machine's.
///
/// # Errors
/// When the machine's cannot be read.
pub fn given(config: &Config, environment: &Environment) -> anyhow::Result<Vec<SecretString>> {
    let elsewhere = |place: &Place| !matches!(place, Place::DataDir(_)) && place.path().exists();
    let in_use = match &config.secret_key {
        Some(key) => Some(key.clone()),
        None => places(config, environment).iter().find(|place| elsewhere(place)).map(read).transpose()?,
    };
    Ok(in_use.into_iter().chain(config.secret_key_previous.clone()).collect())
}

fn read(place: &Place) -> anyhow::Result<SecretString> {
    let path = place.path();
    let text = fs::read_to_string(path);
    Ok(text.with_context(|| format!("The secret key in {} cannot be read.", path.display()))?.into())
}

/// Where the key in use comes from, in words, for `doctor`; `None` when it is still to be generated.
pub fn origin(config: &Config, environment: &Environment) -> Option<String> {
    if config.secret_key.is_some() {
        return Some("the setting secret_key".to_owned());
    }
    let found = places(config, environment).into_iter().find(|place| place.path().exists())?;
    Some(found.path().display().to_string())
}

/// Where the key is looked for when the settings give none. The data directory comes first: what was sealed with its key lies
/// beside it.
fn places(config: &Config, environment: &Environment) -> Vec<Place> {
    let credential = environment.path("CREDENTIALS_DIRECTORY").map(|folder| Place::Credential(folder.join(CREDENTIAL)));
    let machine = Place::Machine(PathBuf::from(MACHINE_KEY));
    // Somebody who runs the program for themselves on such a machine must not read the service's key.
    let is_machines = config.data_dir == Path::new(MACHINE_DATA_DIR) || fs::File::open(machine.path()).is_ok();
    let own = Place::DataDir(config.data_dir.join(KEY_FILE));
    [own].into_iter().chain(credential).chain(is_machines.then_some(machine)).collect()
}

async fn from_file(places: &[Place], store: &StoreConfig, random: &dyn Random) -> anyhow::Result<SecretString> {
    for place in places {
        let path = place.path();
        match fs::read_to_string(path) {
            Ok(text) => {
                check_privacy(place)?;
                return Ok(text.into());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| format!("The secret key in {} cannot be read.", path.display()));
            }
        }
    }
    let own = places.first().context("There is no place for a secret key.")?.path();
    if Store::holds_key(store).await? {
        bail!(
            "The secret key is missing: the internal database holds passwords that were sealed with one, and {} is not there. \
             Bring the file back, or set SECRET_KEY to the key that was in use before.",
            own.display()
        );
    }
    generate(own, random)
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

fn check_privacy(place: &Place) -> anyhow::Result<()> {
    if !place.is_private(&fs::metadata(place.path())?) {
        bail!("The secret key in {} can be read by others. Change that: {}", place.path().display(), place.remedy());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

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
        let places = [Place::DataDir(path.clone())];
        let store = StoreConfig::sqlite(folder.path().join("mathesar.sqlite3"));
        let first = from_file(&places, &store, &Counting).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let again = from_file(&places, &store, &Counting).await.unwrap();
        assert_eq!(first.expose_secret(), again.expose_secret().trim());

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = from_file(&places, &store, &Counting).await.unwrap_err();
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }

    #[tokio::test]
    async fn a_credential_is_taken_where_the_data_directory_has_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let [own, credential] = [KEY_FILE, CREDENTIAL].map(|name| folder.path().join(name));
        let places = [Place::DataDir(own.clone()), Place::Credential(credential.clone())];
        let store = StoreConfig::sqlite(folder.path().join("mathesar.sqlite3"));
        fs::write(&credential, "from systemd").unwrap();
        fs::set_permissions(&credential, fs::Permissions::from_mode(0o440)).unwrap();
        assert_eq!(from_file(&places, &store, &Counting).await.unwrap().expose_secret(), "from systemd");
        assert!(!own.exists());

        fs::write(&own, "our own").unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(from_file(&places, &store, &Counting).await.unwrap().expose_secret(), "our own");
    }

    #[test]
    fn the_machines_key_is_roots_and_may_be_read_by_our_group_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        fs::write(&path, "x").unwrap();
        let place = Place::Machine(path.clone());
        let is_private = |mode: u32| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            place.is_private(&fs::metadata(&path).unwrap())
        };
        assert!(is_private(0o600) && !is_private(0o644) && !is_private(0o660));
        // Only root can make a file of root's.
        assert_eq!(is_private(0o640), geteuid().is_root());
        assert!(place.remedy().contains("root:mathesar"));
    }
}
