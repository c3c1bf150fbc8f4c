//! Debian systems with a Python, where packages come from a folder and never from a network.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    artefacts::{self, Arch},
    run,
    system::System,
};

/// A release of Debian, and the Python that is its own.
#[derive(Clone, Copy, Debug)]
pub struct Python {
    /// Its name, such as `trixie`.
    pub release: &'static str,
    /// Its Python, such as `3.13`.
    pub version: &'static str,
}

/// Where the packages lie in a system.
pub const WHEELS: &str = "wheels";

/// Makes a system with this Python and a user `ada`, in which `pip` and `uv` find the wheel that was built, what it needs, and
/// the packages `more`, without a network.
///
/// # Panics
/// When it cannot be made, or a package is not to be had for this Python.
pub fn system_with(python: Python, debian: &[&str], more: &[&str]) -> System {
    system_of(artefacts::HERE, python, debian, more)
}

/// The same for an architecture whose programs the kernel can run.
///
/// # Panics
/// When it cannot be made, or a package is not to be had for this Python.
pub fn system_of(arch: Arch, python: Python, debian: &[&str], more: &[&str]) -> System {
    let system = System::of(arch, python.release, &[&["python3", "python3-venv"], debian].concat());
    run(system.command("root", "useradd").args(["--create-home", "ada"]));
    let found = run(system.command("ada", "python3").arg("--version"));
    assert!(found.starts_with(&format!("Python {}.", python.version)), "{} has {found}", python.release);
    let wheels = system.path().join(WHEELS);
    download(arch, python.version, &[&["mathesar[postgres]"], more].concat(), &wheels);
    run(Command::new("chmod").args(["--recursive", "a+rX"]).arg(&wheels));
    let etc = system.path().join("etc");
    fs::write(etc.join("pip.conf"), format!("[global]\nno-index = true\nfind-links = /{WHEELS}\n")).unwrap();
    fs::create_dir(etc.join("uv")).unwrap();
    fs::write(etc.join("uv/uv.toml"), format!("offline = true\nno-index = true\nfind-links = [\"/{WHEELS}\"]\n"))
        .unwrap();
    system
}

/// Lets pip find what a Python of this version would install on an architecture, without installing it.
///
/// # Panics
/// When something is not to be had for it.
pub fn download(arch: Arch, version: &str, packages: &[&str], folder: &Path) {
    let wheel = artefacts::wheel(arch);
    run(Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"])
        .args(["--python-version", version])
        // The glibc that the least of our packages is for, and that of the oldest Debian here.
        .args(["2_17", "2_28"].map(|glibc| format!("--platform=manylinux_{glibc}_{}", arch.uname)))
        .arg("--find-links")
        .arg(wheel.parent().unwrap())
        .arg("--dest")
        .arg(folder)
        .args(packages));
}

/// The versions, such as `3.12`, of the Pythons that pyenv keeps on this machine, with their folders.
///
/// # Panics
/// When a folder cannot be read.
#[expect(clippy::disallowed_methods, reason = "this is how pyenv is told where its versions are")]
pub fn of_pyenv() -> Vec<(String, PathBuf)> {
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".pyenv"));
    let home = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(usual).unwrap_or_default();
    let folders = fs::read_dir(home.join("versions")).into_iter().flatten().map(|entry| entry.unwrap());
    let versions = folders.filter_map(|folder| {
        let name = folder.file_name().into_string().ok()?;
        Some((name.rsplit_once('.')?.0.to_owned(), folder.path()))
    });
    versions.collect()
}

/// What a shell of `ada` prints for these commands in her home; they must succeed.
///
/// # Panics
/// When they fail.
pub fn shell(system: &System, commands: &str) -> String {
    run(system.command("ada", "sh").args(["-ec", &format!("cd\n{commands}")]))
}
