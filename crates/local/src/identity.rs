//! As whom PostgreSQL runs.
//!
//! It refuses to be root. Where root starts us it gets a user of its own, so that no SQL, whatever right it found, can read the
//! file with our key. Elsewhere it runs as the user that we are.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use nix::unistd::{Gid, Uid, User, chown};

use crate::error::{Error, IoContext, Result};

/// The user that is made, with `useradd`, when root starts us and there is none.
const OWN_USER: &str = "mathesar-postgres";

/// What to do where PostgreSQL's user cannot reach data.
pub(crate) const OTHER_DATA_DIR: &str = "Choose a data directory that every user can reach, such as /var/lib/mathesar.";
/// What to do where that user cannot reach programs.
pub(crate) const OTHER_PROGRAMS: &str =
    "PostgreSQL's programs lie below it: install them where every user can reach them, such as below /opt.";

/// Where Debian and others keep the library that gives a number a name.
const NSS_WRAPPER: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/libnss_wrapper.so",
    "/usr/lib/aarch64-linux-gnu/libnss_wrapper.so",
    "/usr/lib64/libnss_wrapper.so",
    "/usr/lib/libnss_wrapper.so",
    "/usr/local/lib/libnss_wrapper.so",
];

/// The user that PostgreSQL's processes belong to.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// A name for messages.
    pub(crate) name: String,
    uid: Uid,
    gid: Gid,
    /// Whether this is somebody else than we are.
    switch: bool,
    /// Whether the system knows no user of this number, as in a container that runs under an arbitrary one.
    nameless: bool,
}

impl Identity {
    /// Chooses the user: the setting's, the owner of a cluster that is there already, our own, Debian's `postgres`, `nobody`.
    pub(crate) fn choose(setting: Option<&str>, cluster: Option<&Path>) -> Result<Self> {
        let ourselves = Uid::effective();
        if !ourselves.is_root() {
            return Self::ourselves(ourselves, setting);
        }
        if let Some(name) = setting {
            return Self::named(name)?.ok_or_else(|| no_user(format!("there is no user {name}")));
        }
        if let Some(owner) = cluster.and_then(|path| fs::metadata(path).ok()) {
            let uid = Uid::from_raw(owner.uid());
            return Self::of_owner(uid, Gid::from_raw(owner.gid()));
        }
        if let Some(user) = Self::named(OWN_USER)? {
            return Ok(user);
        }
        if make_user()
            && let Some(user) = Self::named(OWN_USER)?
        {
            return Ok(user);
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = Self::named(name)? {
                return Ok(user);
            }
        }
        Err(no_user("no other user is there and none could be made".to_owned()))
    }

    /// The name to choose this user by, where it is another than our own and has one.
    pub(crate) fn switched_name(&self) -> Option<String> {
        (self.switch && !self.nameless).then(|| self.name.clone())
    }

    fn ourselves(uid: Uid, setting: Option<&str>) -> Result<Self> {
        let user = User::from_uid(uid).ok().flatten();
        if let (Some(wanted), name) = (setting, user.as_ref().map(|user| user.name.as_str()))
            && name != Some(wanted)
        {
            return Err(no_user(format!("only root can run it as {wanted}, and we are {}", name.unwrap_or("nobody"))));
        }
        let nameless = user.is_none();
        let name = user.map_or_else(|| uid.to_string(), |user| user.name);
        Ok(Self { name, uid, gid: Gid::effective(), switch: false, nameless })
    }

    fn named(name: &str) -> Result<Option<Self>> {
        let user = User::from_name(name).map_err(|error| no_user(format!("{name} cannot be looked up ({error})")))?;
        Ok(user.filter(|user| !user.uid.is_root()).map(|user| Self {
            name: user.name,
            uid: user.uid,
            gid: user.gid,
            switch: true,
            nameless: false,
        }))
    }

    fn of_owner(uid: Uid, gid: Gid) -> Result<Self> {
        if uid.is_root() {
            return Err(no_user("the cluster belongs to root".to_owned()));
        }
        let user = User::from_uid(uid).ok().flatten();
        let nameless = user.is_none();
        let (name, gid) = user.map_or_else(|| (uid.to_string(), gid), |user| (user.name, user.gid));
        Ok(Self { name, uid, gid, switch: true, nameless })
    }

    /// A program that will run as this user, away from our terminal, our environment and our working directory.
    ///
    /// A process group of its own keeps a Ctrl-C, which the terminal sends to everyone in ours, from stopping PostgreSQL before
    /// we do.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin").current_dir("/").process_group(0);
        command.stdin(Stdio::null());
        if self.switch {
            // The standard library drops the supplementary groups too when it leaves root.
            command.gid(self.gid.as_raw()).uid(self.uid.as_raw());
        }
        command
    }

    /// Gives `initdb`, which insists on a user name, one where the system has none.
    pub(crate) fn lend_a_name(&self, command: &mut Command, folder: &Path) -> Result<()> {
        if !self.nameless {
            return Ok(());
        }
        let library = NSS_WRAPPER.iter().find(|path| Path::new(path).exists()).ok_or_else(|| {
            no_user(format!(
                "the user number {} has no name here; install the package `libnss-wrapper`, which lends it one",
                self.uid
            ))
        })?;
        let (passwd, group) = (folder.join("passwd"), folder.join("group"));
        let (uid, gid) = (self.uid, self.gid);
        fs::write(&passwd, format!("postgres:x:{uid}:{gid}:PostgreSQL:/:/bin/false\n")).at("Writing", &passwd)?;
        fs::write(&group, format!("postgres:x:{gid}:\n")).at("Writing", &group)?;
        for file in [&passwd, &group] {
            self.own(file)?;
        }
        command.env("LD_PRELOAD", library).env("NSS_WRAPPER_PASSWD", passwd).env("NSS_WRAPPER_GROUP", group);
        Ok(())
    }

    /// Gives a file or folder to this user.
    pub(crate) fn own(&self, path: &Path) -> Result<()> {
        if self.switch { chown(path, Some(self.uid), Some(self.gid)).at("Giving away", path) } else { Ok(()) }
    }

    /// Whether a file or folder belongs to this user.
    pub(crate) fn owns(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|metadata| metadata.uid() == self.uid.as_raw())
    }

    /// Makes sure that this user can reach `path`. Folders from `ours` on are opened to it, for passing through only (a strict
    /// umask, or a data directory that others may not enter, is usual); a folder above is not ours to open, and `remedy` says
    /// what to do instead.
    pub(crate) fn reach(&self, path: &Path, ours: &Path, remedy: &'static str) -> Result<()> {
        if !self.switch {
            return Ok(());
        }
        for folder in path.ancestors() {
            let metadata = fs::metadata(folder).at("Looking at", folder)?;
            if self.may_enter(&metadata) {
                continue;
            }
            if !folder.starts_with(ours) {
                return Err(Error::Permission {
                    user: self.name.clone(),
                    problem: "may not enter",
                    path: folder.to_owned(),
                    remedy,
                });
            }
            chown(folder, None, Some(self.gid)).at("Opening", folder)?;
            let mode = metadata.permissions().mode() | 0o010;
            fs::set_permissions(folder, fs::Permissions::from_mode(mode)).at("Opening", folder)?;
        }
        Ok(())
    }

    fn may_enter(&self, metadata: &fs::Metadata) -> bool {
        let bit = if metadata.uid() == self.uid.as_raw() {
            0o100
        } else if metadata.gid() == self.gid.as_raw() {
            0o010
        } else {
            0o001
        };
        metadata.mode() & bit != 0
    }
}

#[cfg(test)]
impl Identity {
    /// Whoever runs the tests, root included.
    pub(crate) fn ourselves_for_tests() -> Self {
        let (uid, gid) = (Uid::effective(), Gid::effective());
        Self { name: uid.to_string(), uid, gid, switch: false, nameless: false }
    }
}

fn no_user(reason: String) -> Error {
    Error::NoUser { reason }
}

/// Tries to make [`OWN_USER`]; false where the tool is missing or refuses, as on a read-only system.
fn make_user() -> bool {
    let useradd = ["/usr/sbin/useradd", "/sbin/useradd"].iter().map(PathBuf::from).find(|path| path.exists());
    useradd.is_some_and(|useradd| {
        Command::new(useradd)
            .args(["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"])
            .args(["--shell", "/usr/sbin/nologin", OWN_USER])
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Such as an environment of Python in root's home.
    #[test]
    fn programs_that_its_user_cannot_reach_are_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let (uid, gid) = (Uid::from_raw(65_533), Gid::from_raw(65_533));
        let somebody = Identity { name: "somebody".to_owned(), uid, gid, switch: true, nameless: false };
        let refused = somebody.reach(folder.path(), Path::new("/nowhere"), OTHER_PROGRAMS).unwrap_err().to_string();
        assert!(refused.contains("somebody") && refused.contains("/opt"), "{refused}");
    }
}
