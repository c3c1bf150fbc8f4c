//! Putting a new file in the place of the running one, in one step that a lost power supply cannot halve.

use std::{
    fs::{self, File, Permissions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

/// A new file beside the one that it will replace. It is removed when it is dropped before.
pub(super) struct Place {
    new: PathBuf,
    executable: PathBuf,
}

impl Place {
    /// Makes an empty file beside `executable`, to be filled.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(super) fn beside(executable: &Path) -> anyhow::Result<(Self, File)> {
        let new = named(executable, ".new");
        let file =
            File::create(&new).and_then(|file| file.set_permissions(Permissions::from_mode(0o755)).map(|()| file));
        let file = file.with_context(|| {
            let folder = executable.parent().unwrap_or(executable).display();
            format!("{folder} cannot be written by this user. Run the command as its owner, as with: sudo mathesar self-update")
        })?;
        Ok((Self { new, executable: executable.to_owned() }, file))
    }

    /// Tries the new file, which nobody may have open for writing any more, keeps the old one under another name, and puts the
    /// new one in its place. Gives the name of the old one.
    ///
    /// # Errors
    /// When the new file does not run here or the directory cannot be written; the old one then stays.
    pub(super) fn swap_in(self, version: &str) -> anyhow::Result<PathBuf> {
        let tried = Command::new(&self.new).arg("--version").stdin(Stdio::null()).output();
        let tried = tried.context("The new file does not start on this system. Nothing was changed.")?;
        if !tried.status.success() || !String::from_utf8_lossy(&tried.stdout).contains(version) {
            let said = String::from_utf8_lossy(&tried.stderr);
            bail!("The new file does not run on this system. Nothing was changed. {}", said.trim());
        }
        let old = named(&self.executable, ".old");
        let swapped = remove_if_there(&old)
            .and_then(|()| fs::hard_link(&self.executable, &old))
            .and_then(|()| fs::rename(&self.new, &self.executable))
            .and_then(|()| File::open(self.executable.parent().unwrap_or(Path::new("/")))?.sync_all());
        swapped.with_context(|| format!("{} cannot be replaced.", self.executable.display()))?;
        Ok(old)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // After the swap it is not there any more.
        let _ = fs::remove_file(&self.new);
    }
}

fn named(executable: &Path, ending: &str) -> PathBuf {
    let mut name = executable.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    executable.with_file_name(name)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
