//! The folder of PostgreSQL's Unix socket: private, and short enough for the kernel.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use mathesar_pg::Host;
use nix::unistd::Uid;
use sha2::{Digest, Sha256};

use crate::{
    config::Config,
    error::{Error, Result},
    identity::{Identity, OTHER_DATA_DIR},
    layout::Layout,
};

/// The number in the socket's name. Nothing else listens in a folder of our own, so there is nothing to choose.
pub(crate) const PORT: u16 = 5432;

/// `sun_path` of `sockaddr_un` has 108 bytes, the last of which is zero.
const LONGEST: usize = 107;

/// Makes, or takes again, a folder that only PostgreSQL's user (and root) can enter.
///
/// Tried in this order: the one of the last start, `$XDG_RUNTIME_DIR`, `/run/mathesar`, and one with a random name in `/tmp`.
pub(crate) fn prepare(config: &Config, layout: &Layout, identity: &Identity, last: Option<&Path>) -> Result<PathBuf> {
    let name = format!("pg-{}", short_name(&layout.home));
    let run = config.runtime_dir.iter().map(|folder| folder.join("mathesar")).chain([PathBuf::from("/run/mathesar")]);
    let mut refused = Vec::new();
    if let Some(last) = last
        && check(last, identity).is_ok()
    {
        return Ok(last.to_owned());
    }
    for parent in run {
        match make(&parent, &name, identity) {
            Ok(folder) => return Ok(folder),
            Err(reason) => refused.push(format!("{}: {reason}", parent.display())),
        }
    }
    match make_temporary(identity) {
        Ok(folder) => Ok(folder),
        Err(reason) => {
            refused.push(format!("/tmp: {reason}"));
            Err(Error::SocketDir { reason: refused.join("; ") })
        }
    }
}

/// Whether the socket still has its name.
pub(crate) fn is_there(host: &Host) -> bool {
    match host {
        Host::Unix { directory, port } => directory.join(format!(".s.PGSQL.{port}")).exists(),
        Host::Tcp { .. } => true,
    }
}

/// Removes the folder after a stop; one that is not empty, or is gone, is left as it is.
pub(crate) fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir(folder) {
        tracing::debug!(path = %folder.display(), %error, "the socket's folder stays");
    }
}

/// Tells one cluster's folder from another, so that several may run beside each other.
fn short_name(home: &Path) -> String {
    hex::encode(&Sha256::digest(home.as_os_str().as_encoded_bytes())[..5])
}

fn make(parent: &Path, name: &str, identity: &Identity) -> std::result::Result<PathBuf, String> {
    let folder = parent.join(name);
    fits(&folder)?;
    let words = |error: std::io::Error| error.to_string();
    // Root's folder is passed through by PostgreSQL's user; ours is for us alone.
    let mode = if Uid::effective().is_root() { 0o711 } else { 0o700 };
    if !parent.exists() {
        fs::DirBuilder::new().mode(mode).create(parent).map_err(words)?;
    }
    let owner = fs::symlink_metadata(parent).map_err(words)?;
    if !owner.is_dir() || owner.uid() != Uid::effective().as_raw() {
        return Err("it belongs to somebody else".to_owned());
    }
    identity.reach(parent, parent, OTHER_DATA_DIR).map_err(|error| error.to_string())?;
    match fs::DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => identity.own(&folder).map_err(|error| error.to_string())?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(words(error)),
    }
    check(&folder, identity)?;
    Ok(folder)
}

/// In a folder that everybody may write in, a name that nobody can guess.
fn make_temporary(identity: &Identity) -> std::result::Result<PathBuf, String> {
    let folder = tempfile::Builder::new()
        .prefix("mathesar-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in("/tmp")
        .map_err(|error| error.to_string())?;
    identity.own(folder.path()).map_err(|error| error.to_string())?;
    Ok(folder.keep())
}

/// Whether a folder is a real one of PostgreSQL's user, closed to others, with a short enough path.
fn check(folder: &Path, identity: &Identity) -> std::result::Result<(), String> {
    fits(folder)?;
    let metadata = fs::symlink_metadata(folder).map_err(|error| error.to_string())?;
    if !metadata.is_dir() {
        return Err("it is not a folder".to_owned());
    }
    if !identity.owns(folder) {
        return Err(format!("it does not belong to {}", identity.name));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err("others may enter it".to_owned());
    }
    Ok(())
}

fn fits(folder: &Path) -> std::result::Result<(), String> {
    let length = folder.join(format!(".s.PGSQL.{PORT}")).as_os_str().len();
    if length <= LONGEST { Ok(()) } else { Err(format!("its path has {length} bytes, and {LONGEST} is the most")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ourselves() -> Identity {
        Identity::ourselves_for_tests()
    }

    fn config(runtime_dir: Option<PathBuf>) -> Config {
        Config {
            data_dir: PathBuf::from("/data"),
            executable: None,
            bin_dir: None,
            search_path: None,
            run_as: None,
            runtime_dir,
            tcp: None,
        }
    }

    #[test]
    fn the_runtime_folder_comes_first_and_the_same_folder_is_taken_again() {
        let runtime = tempfile::tempdir_in("/tmp").unwrap();
        let config = config(Some(runtime.path().to_owned()));
        let layout = Layout::new(Path::new("/data"));
        let first = prepare(&config, &layout, &ourselves(), None).unwrap();
        assert!(first.starts_with(runtime.path()), "{}", first.display());
        assert_eq!(fs::metadata(&first).unwrap().mode() & 0o777, 0o700);
        assert_eq!(prepare(&config, &layout, &ourselves(), Some(&first)).unwrap(), first);
        let other = prepare(&config, &Layout::new(Path::new("/other")), &ourselves(), None).unwrap();
        assert_ne!(first, other);
    }

    #[test]
    fn a_runtime_folder_with_a_long_path_is_passed_over() {
        let runtime = tempfile::tempdir_in("/tmp").unwrap();
        let long = runtime.path().join("x".repeat(80));
        fs::create_dir(&long).unwrap();
        let folder =
            prepare(&config(Some(long.clone())), &Layout::new(Path::new("/data")), &ourselves(), None).unwrap();
        assert!(!folder.starts_with(&long));
        assert!(folder.join(".s.PGSQL.5432").as_os_str().len() <= LONGEST);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_others_may_enter_or_a_link_is_never_taken() {
        let runtime = tempfile::tempdir_in("/tmp").unwrap();
        let open = runtime.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(check(&open, &ourselves()).is_err());
        let link = runtime.path().join("link");
        std::os::unix::fs::symlink(runtime.path(), &link).unwrap();
        assert!(check(&link, &ourselves()).is_err());
    }
}
