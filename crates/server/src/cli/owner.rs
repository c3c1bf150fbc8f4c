//! Working beside a service as the service's user.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

use anyhow::Context as _;
use nix::unistd::{Gid, Uid, geteuid, setgid, setgroups, setuid};

/// Becomes the owner of the data directory when started by root: files that root made there could not be used by the
/// service. Must be called while the process has one thread.
///
/// # Errors
/// When the system refuses.
pub(super) fn become_owner_of(data_dir: &Path) -> anyhow::Result<()> {
    let Ok(found) = fs::metadata(data_dir) else { return Ok(()) };
    let (user, group) = (Uid::from_raw(found.uid()), Gid::from_raw(found.gid()));
    if !geteuid().is_root() || user.is_root() {
        return Ok(());
    }
    setgroups(&[group])
        .and_then(|()| setgid(group))
        .and_then(|()| setuid(user))
        .with_context(|| format!("The owner of {} could not be become.", data_dir.display()))
}
