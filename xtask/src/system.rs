//! Debian packages that the tasks need.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{cache, command, find, output, run, succeeds};

/// A program that a task needs, and the Debian package that brings it.
pub struct Need {
    /// Whether it is there.
    pub present: fn() -> bool,
    /// The package.
    pub package: &'static str,
}

/// What building needs beside Rust.
pub const BUILD: &[Need] = &[
    Need { present: || find("cc").is_some(), package: "gcc" },
    Need {
        present: || find("cc").is_some() && std::path::Path::new("/usr/include/stdio.h").exists(),
        package: "libc6-dev",
    },
    Need { present: || find("make").is_some(), package: "make" },
    Need { present: || find("python3").is_some(), package: "python3" },
    Need { present: has_pip, package: "python3-pip" },
];

/// What checking the documentation needs beside that.
pub const DOCUMENTATION: &[Need] = &[
    Need { present: || find("hunspell").is_some(), package: "hunspell" },
    Need { present: || std::path::Path::new("/usr/share/hunspell/en_GB.dic").exists(), package: "hunspell-en-gb" },
];

/// What the tests need beside what building needs.
pub const TEST: &[Need] = &[
    Need { present: has_postgresql, package: "postgresql" },
    Need { present: has_postgis, package: "postgresql-postgis" },
    Need { present: || find("chromium").is_some(), package: "chromium" },
    Need { present: || std::path::Path::new("/usr/sbin/pgbouncer").exists(), package: "pgbouncer" },
    Need { present: || find("curl").is_some(), package: "curl" },
    Need { present: || find("jq").is_some(), package: "jq" },
    Need { present: || find("openssl").is_some(), package: "openssl" },
    // Only the program: it does not start by itself, as the services of `UNPACKED` would.
    Need { present: || std::path::Path::new("/usr/sbin/apache2").exists(), package: "apache2-bin" },
];

/// What making the packages of every channel needs beside that.
pub const DIST: &[Need] = &[
    Need { present: || find("dh").is_some(), package: "debhelper" },
    Need { present: || find("dpkg-buildpackage").is_some(), package: "dpkg-dev" },
    Need { present: || find("gpg").is_some(), package: "gpg" },
    Need { present: || find("gpg-agent").is_some(), package: "gpg-agent" },
    Need { present: || find("reprepro").is_some(), package: "reprepro" },
    Need { present: || find("mmdebstrap").is_some(), package: "mmdebstrap" },
    Need { present: || find("buildah").is_some(), package: "buildah" },
    Need { present: || find("podman").is_some(), package: "podman" },
];

/// What building the control plane of a Kubernetes needs.
pub const CONTROL_PLANE: &[Need] = &[Need { present: || find("mmdebstrap").is_some(), package: "mmdebstrap" }];

/// What building for another architecture than this machine's needs beside that.
pub const FOREIGN: &[Need] = &[
    Need { present: || find("mmdebstrap").is_some(), package: "mmdebstrap" },
    Need { present: has_emulation, package: "qemu-user-static" },
];

/// What testing the packages needs beside that.
pub const DIST_TEST: &[Need] = &[
    Need { present: || find("lintian").is_some(), package: "lintian" },
    Need { present: || find("systemd-nspawn").is_some(), package: "systemd-container" },
    Need { present: || find("runc").is_some(), package: "runc" },
    Need { present: || find("man").is_some(), package: "man-db" },
];

/// Packages whose programs the tests run, and that would start a service on this machine if they were installed.
const UNPACKED: &[&str] = &["nginx", "caddy"];

/// The folders with the programs of [`UNPACKED`]: the system's, where they are installed, else the packages' own, unpacked into the
/// cache.
///
/// # Errors
/// When a package cannot be had.
pub fn unpacked() -> Result<Vec<PathBuf>> {
    let folder_of = |package: &&str| {
        let installed = ["/usr/bin", "/usr/sbin"].map(PathBuf::from);
        if let Some(folder) = installed.into_iter().find(|folder| folder.join(package).exists()) {
            return Ok(folder);
        }
        let home = cache()?.join("unpacked").join(package);
        if !home.exists() {
            let fresh = home.with_extension("part");
            let _ = fs::remove_dir_all(&fresh);
            fs::create_dir_all(&fresh)?;
            run(command("apt-get", ["download", "-qq", package]).current_dir(&fresh))?;
            let archive = fs::read_dir(&fresh)?.next().context("apt-get left no package")??.path();
            run(command("dpkg-deb", ["--extract"]).arg(&archive).arg(&fresh))?;
            fs::remove_file(archive)?;
            fs::rename(&fresh, &home)?;
        }
        let inside = ["usr/bin", "usr/sbin"].map(|path| home.join(path));
        inside
            .into_iter()
            .find(|folder| folder.join(package).exists())
            .with_context(|| format!("there is no {package} in its package"))
    };
    UNPACKED.iter().map(folder_of).collect()
}

/// Installs the packages whose programs are missing.
///
/// # Errors
/// When one is missing and there is neither root nor sudo; the error is the line to run.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<&str> = needs.iter().filter(|need| !(need.present)()).map(|need| need.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    let sudo: &[&str] = if is_root() {
        &[]
    } else if succeeds(&mut command("sudo", ["-n", "true"])) {
        &["sudo"]
    } else {
        bail!(
            "some Debian packages are missing, and there is no right to install them. Run this, then try again:\n  sudo {line}"
        );
    };
    run(&mut privileged(sudo, &["apt-get", "update", "-qq"]))?;
    let mut install = vec!["apt-get", "install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&missing);
    run(&mut privileged(sudo, &install))
}

/// Whether we are root.
pub fn is_root() -> bool {
    output(&mut command("id", ["-u"])).is_ok_and(|id| id == "0")
}

fn privileged(sudo: &[&str], words: &[&str]) -> std::process::Command {
    let mut all = sudo.iter().chain(words);
    let program = all.next().expect("a command has a program");
    let mut command = command(program, all);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn has_pip() -> bool {
    succeeds(&mut command("python3", ["-m", "pip", "--version"]))
}

/// Debian's QEMU says for every architecture but this machine's how the kernel is told about it.
fn has_emulation() -> bool {
    let rule = |machine| format!("/usr/lib/binfmt.d/qemu-{machine}.conf");
    ["aarch64", "x86_64"].into_iter().any(|machine| std::path::Path::new(&rule(machine)).exists())
}

fn has_postgis() -> bool {
    fs::read_dir("/usr/share/postgresql")
        .is_ok_and(|majors| majors.flatten().any(|major| major.path().join("extension/postgis.control").exists()))
}

fn has_postgresql() -> bool {
    std::fs::read_dir("/usr/lib/postgresql")
        .is_ok_and(|majors| majors.flatten().any(|major| major.path().join("bin/initdb").exists()))
}
