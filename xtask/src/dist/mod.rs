//! What is given to users: every channel from one build, in `target/dist`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::{
    arch::Arch,
    build,
    machine::Machine,
    postgres::sha256,
    shell::{command, output, root, run},
    system,
};

mod apt;
mod deb;
mod executable;
mod helm;
mod image;
mod paas;
mod sbom;
pub mod twice;
mod wheel;

/// The version of everything: that of the workspace.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Channel {
    /// The bare file with PostgreSQL inside, a tarball with it, and the client's files.
    Executable,
    /// The Debian packages.
    Deb,
    /// A signed apt repository with them.
    Apt,
    /// The container image.
    Image,
    /// The Helm chart.
    Helm,
    /// The files for platforms.
    Paas,
    /// The package of PyPI.
    Wheel,
}

const ALL: [Channel; 7] =
    [Channel::Executable, Channel::Deb, Channel::Apt, Channel::Image, Channel::Helm, Channel::Paas, Channel::Wheel];

/// Builds these channels, or all, for an architecture, and writes the list of digests anew. What was built for another one stays
/// beside it.
///
/// # Errors
/// When something is missing or does not build.
pub fn build(arch: Arch, channels: &[Channel]) -> Result<PathBuf> {
    let folder = folder();
    fs::create_dir_all(&folder)?;
    let channels = if channels.is_empty() { &ALL } else { channels };
    let carries = |channel: &Channel| !matches!(channel, Channel::Helm | Channel::Paas);
    // Only what carries the program has to wait until it is compiled.
    let built =
        if channels.iter().any(carries) { Built::new(&folder, arch)? } else { Built::of_last_build(&folder, arch)? };
    for channel in channels {
        match channel {
            Channel::Executable => executable::build(&built)?,
            Channel::Deb => deb::build(&built)?,
            Channel::Apt => apt::build(&built)?,
            Channel::Image => image::build(&built)?,
            Channel::Helm => helm::build(&built)?,
            Channel::Paas => paas::build(&built)?,
            Channel::Wheel => wheel::build(&built)?,
        }
    }
    write_digests(&folder)?;
    Ok(folder)
}

/// Builds this machine's Debian package as an older version, for the test of an upgrade; it goes to `older` in the stage, away
/// from what is given to users.
///
/// # Errors
/// When it does not build.
pub fn build_older_package() -> Result<()> {
    deb::build_older(&Built::of_last_build(&folder(), Arch::HOST)?)
}

/// Puts into `target/release-files` what these folders hold together, with one list of digests and one apt repository.
///
/// # Errors
/// When two of them hold different files under one name.
pub fn assemble(folders: &[PathBuf]) -> Result<PathBuf> {
    let target = fresh_folder(&build::target().join("release-files"))?;
    for folder in folders {
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
            if path.is_dir() && !MADE_ANEW.iter().any(|made| name == *made) {
                run(command("cp", ["--recursive", "--no-target-directory"]).arg(&path).arg(target.join(&name)))?;
            } else if path.is_file() {
                take(&path, &target.join(&name))?;
            }
        }
    }
    apt::publish(&target)?;
    write_digests(&target)?;
    Ok(target)
}

/// Folders that are of one machine only.
const MADE_ANEW: [&str; 2] = ["stage", "apt"];

fn take(file: &Path, target: &Path) -> Result<()> {
    let digest = |path: &Path| sha256(fs::File::open(path)?);
    let is_list = target.ends_with(DIGESTS);
    if target.exists() && !is_list && digest(target)? != digest(file)? {
        bail!("{} differs from what another machine has built under this name", file.display());
    }
    fs::copy(file, target)?;
    Ok(())
}

/// Where everything goes.
pub fn folder() -> PathBuf {
    build::target().join("dist")
}

/// What every channel takes its parts from.
struct Built {
    /// What it was built for.
    arch: Arch,
    /// Where what was built can run, and be packed.
    machine: Machine,
    /// Where the channels leave their files.
    folder: PathBuf,
    /// A folder for the architecture, with the files that more than one channel ships: `mathesar` without PostgreSQL, its
    /// `mathesar.cdx.json`, `man/`, `completions/`, `licenses.txt`.
    stage: PathBuf,
    /// The bare file with PostgreSQL.
    with_postgresql: PathBuf,
}

impl Built {
    fn new(folder: &Path, arch: Arch) -> Result<Self> {
        system::ensure(system::DIST)?;
        build::release(arch)?;
        let built = Self::of_last_build(folder, arch)?;
        let stage = fresh_folder(&built.stage)?;
        let program = stage.join("mathesar");
        fs::copy(build::bare_executable_path(arch), &program).context("the executable without PostgreSQL")?;
        run(built.machine.command(&program, ["man", "--out"]).arg(stage.join("man")))?;
        let completions = fresh_folder(&stage.join("completions"))?;
        for (shell, file) in [("bash", "mathesar"), ("zsh", "_mathesar"), ("fish", "mathesar.fish")] {
            let completion = output(&mut built.machine.command(&program, ["completions", shell]))?;
            fs::write(completions.join(file), completion + "\n")?;
        }
        sbom::write(&built.machine, &program, sbom::Extent::WithoutPostgresql, &stage.join(sbom::FILE))?;
        let licences = output(&mut built.machine.command(&built.with_postgresql, ["licenses", "--full"]))?;
        fs::write(stage.join("licenses.txt"), licences + "\n")?;
        Ok(built)
    }

    /// What [`Built::new`] left.
    fn of_last_build(folder: &Path, arch: Arch) -> Result<Self> {
        Ok(Self {
            arch,
            machine: Machine::of(arch)?,
            folder: folder.to_owned(),
            stage: folder.join("stage").join(arch.debian()),
            with_postgresql: build::executable_path(arch),
        })
    }

    /// The time of the commit, in seconds since 1970: that of every file, so that the same commit gives the same bytes.
    fn time() -> Result<String> {
        output(&mut command("git", ["log", "-1", "--format=%ct"]))
    }
}

/// The time of the commit, as RFC 3339 writes it.
fn version_time() -> Result<String> {
    let format = ["log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ"];
    output(command("git", format).env("TZ", "UTC"))
}

/// An empty folder, whatever was there.
fn fresh_folder(path: &Path) -> Result<PathBuf> {
    if path.exists() {
        fs::remove_dir_all(path)?;
    }
    fs::create_dir_all(path)?;
    Ok(path.to_owned())
}

/// A gzipped tar of a folder's content, with nothing in it of the machine that made it.
fn archive(folder: &Path, inner_name: &str, target: &Path) -> Result<()> {
    let mtime = format!("--mtime=@{}", Built::time()?);
    let rename = format!("--transform=s,^\\.,{inner_name},");
    let plain = target.with_extension("");
    run(command(
        "tar",
        ["--create", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu", "--mode=go=rX,u+rw"],
    )
    .args([&mtime, &rename, "--file"])
    .arg(&plain)
    .arg("--directory")
    .arg(folder)
    .arg("."))?;
    run(command("gzip", ["--force", "--no-name", "--best"]).arg(&plain))?;
    fs::rename(plain.with_extension(extended(&plain, "gz")), target)?;
    Ok(())
}

fn extended(path: &Path, more: &str) -> String {
    path.extension().map_or_else(|| more.to_owned(), |extension| format!("{}.{more}", extension.to_string_lossy()))
}

/// The list of digests, as `sha256sum --check` reads it.
const DIGESTS: &str = "SHA256SUMS";

fn write_digests(folder: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().context("a file has a name")?.to_string_lossy().into_owned();
        if path.is_file() && name != DIGESTS {
            lines.push(format!("{}  {name}\n", hex::encode(sha256(fs::File::open(&path)?)?)));
        }
    }
    lines.sort_by(|a, b| a[64..].cmp(&b[64..]));
    fs::write(folder.join(DIGESTS), lines.concat())?;
    Ok(())
}

/// A file of the repository.
fn of_repository(path: &str) -> PathBuf {
    root().join(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_one_file_whichever_machine_built_it() {
        let folder = tempfile::tempdir().unwrap();
        let [one, same, other, list, target] =
            ["one", "same", "other", DIGESTS, "target"].map(|name| folder.path().join(name));
        for (file, content) in [(&one, "a"), (&same, "a"), (&other, "b"), (&list, "b")] {
            fs::write(file, content).unwrap();
        }
        take(&one, &target).unwrap();
        take(&same, &target).unwrap();
        let refused = take(&other, &target).unwrap_err().to_string();
        assert!(refused.contains("other differs"), "{refused}");
        // The list is made anew of all files.
        take(&one, &list).unwrap();
    }
}
