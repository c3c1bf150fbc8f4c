//! Debian systems that are empty but for what their release calls required, each for one test.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use tempfile::TempDir;

use crate::{
    artefacts::{self, Arch},
    run,
};

/// The folder of a system.
pub struct System {
    folder: TempDir,
}

impl System {
    /// A new system of this release with these packages besides the required ones.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(release: &str, packages: &[&str]) -> Self {
        Self::of(artefacts::HERE, release, packages)
    }

    /// The same for an architecture whose programs the kernel can run.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn of(arch: Arch, release: &str, packages: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("mathesar-system-").tempdir_in("/var/tmp").unwrap();
        run(Command::new("tar")
            .arg("--directory")
            .arg(folder.path())
            .arg("--extract")
            .arg("--file")
            .arg(archive(arch, release, packages)));
        // What works inside may run as somebody who has to pass through.
        run(Command::new("chmod").arg("755").arg(folder.path()));
        // Not a namespace of its own for each command: a start must see the processes that an earlier one has left.
        run(Command::new("mount").args(["-t", "proc", "proc"]).arg(folder.path().join("proc")));
        Self { folder }
    }

    /// A server on which the Debian package can be installed, with what the package recommends fetched beforehand: once it has booted, it
    /// reaches nobody.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn before_the_package(release: &str) -> Self {
        let system =
            Self::new(release, &["systemd", "systemd-sysv", "dbus", "debconf", "ca-certificates", "curl", "procps"]);
        run(system.command("root", "apt-get").args(["update", "-q"]));
        run(system.command("root", "apt-get").args(["install", "-y", "-q", "--download-only", "postgresql"]));
        system
    }

    /// Its folder, seen from outside.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A program inside, as `user` with their home; it shares this machine's processes and network.
    ///
    /// The process that is started is the program itself, so that signals reach it.
    pub fn command(&self, user: &str, program: &str) -> Command {
        const ENTER: &str = r#"root=$1 user=$2; shift 2
            home=$(chroot "$root" getent passwd "$user" | cut -d: -f6)
            exec env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" chroot --userspec="$user" "$root" "$@""#;
        let mut command = Command::new("sh");
        command.args(["-ec", ENTER, "sh"]).arg(self.path()).arg(user).arg(program);
        command
    }

    /// Takes back what makes [`System::command`] work, for a boot that brings its own.
    pub(crate) fn release(&self) {
        // What is still open does not keep the folder.
        let _ = Command::new("umount").args(["--lazy", "--quiet"]).arg(self.path().join("proc")).status();
    }

    /// Puts a file into the system, for everyone to read and run.
    ///
    /// # Panics
    /// When it cannot be copied.
    pub fn install(&self, file: &Path, place: &str) {
        run(Command::new("install").arg("-D").arg("--mode=755").arg(file).arg(self.path().join(place)));
    }
}

impl Drop for System {
    fn drop(&mut self) {
        self.release();
    }
}

/// The system as an archive, made once and kept.
fn archive(arch: Arch, release: &str, packages: &[&str]) -> PathBuf {
    // Tests of one process that want the same system wait for the one that makes it.
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let name = [&[release, arch.debian], packages].concat().join("+");
    let archive = artefacts::cache().join(format!("{name}.tar"));
    if !archive.exists() {
        let fresh = archive.with_extension("part.tar");
        let mut make = Command::new("mmdebstrap");
        make.args(["--variant=minbase", "--quiet"]).arg(format!("--architectures={}", arch.debian));
        // A system that lives as long as a test may be made of lists that a mirror has not renewed for some days; their
        // signatures are checked all the same.
        make.arg("--aptopt=Acquire::Check-Valid-Until \"false\"");
        if !packages.is_empty() {
            make.arg(format!("--include={}", packages.join(",")));
        }
        run(make.arg(release).arg(&fresh));
        fs::rename(fresh, &archive).unwrap();
    }
    archive
}
