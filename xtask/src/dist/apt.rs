//! A signed apt repository with the Debian packages, ready to be put on any static host.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};

use super::{Built, VERSION, deb, fresh_folder};
use crate::shell::{cache, command, output, run, variable};

/// What `stable` and `beta` have in common.
const DISTRIBUTION: &str = "Origin: Mathesar
Label: Mathesar
Components: main
Architectures: amd64 arm64
Description: Packages of Mathesar, a spreadsheet on PostgreSQL
";

/// Leaves the folder `apt`: the repository, the keyring, and `mathesar.sources` to be completed with its address.
pub(super) fn build(built: &Built) -> Result<()> {
    deb::build(built)?;
    publish(&built.folder)
}

/// Makes the folder `apt` of the packages in `folder`.
pub(super) fn publish(folder: &Path) -> Result<()> {
    let repository = fresh_folder(&folder.join("apt"))?;
    include(&repository, &packages(folder)?)?;
    fs::copy(keyring()?, repository.join(deb::KEYRING))?;
    fs::write(repository.join("fingerprints.txt"), fingerprints()?.join("\n") + "\n")?;
    Ok(())
}

/// Puts packages into the suites that they are meant for: a release into both, what comes before one into `beta` only.
fn include(repository: &Path, packages: &[PathBuf]) -> Result<()> {
    let configuration = repository.join("conf");
    fs::create_dir_all(&configuration)?;
    let sign_with = fingerprints()?.join(" ");
    let suites = ["stable", "beta"];
    let blocks =
        suites.map(|suite| format!("{DISTRIBUTION}Suite: {suite}\nCodename: {suite}\nSignWith: {sign_with}\n"));
    fs::write(configuration.join("distributions"), blocks.join("\n"))?;
    let meant_for: &[&str] = if VERSION.contains('-') { &suites[1..] } else { &suites };
    for suite in meant_for {
        run(reprepro(repository)?.arg("includedeb").arg(suite).args(packages))?;
    }
    // What only the next run of reprepro reads is not for a web server.
    fs::remove_dir_all(configuration)?;
    fs::remove_dir_all(repository.join("db"))?;
    Ok(())
}

fn reprepro(repository: &Path) -> Result<std::process::Command> {
    let mut command = command("reprepro", ["--silent", "--silent", "--basedir"]);
    command.arg(repository).env("GNUPGHOME", home()?);
    Ok(command)
}

fn packages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut packages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            packages.push(path);
        }
    }
    ensure!(!packages.is_empty(), "there are no packages in {}", folder.display());
    packages.sort();
    Ok(packages)
}

/// The public keys that the repository is signed with, in one file as apt reads it.
pub(super) fn keyring() -> Result<PathBuf> {
    let path = home()?.join(deb::KEYRING);
    run(gpg()?.args(["--yes", "--output"]).arg(&path).arg("--export"))?;
    Ok(path)
}

/// Two keys sign side by side while the older one goes out of use.
fn fingerprints() -> Result<Vec<String>> {
    let listed = output(gpg()?.args(["--list-secret-keys", "--with-colons"]))?;
    let mut lines = listed.lines();
    let mut found = Vec::new();
    // The first `fpr` after a `sec` is that of the primary key.
    while lines.by_ref().any(|line| line.starts_with("sec:")) {
        found.extend(
            lines
                .by_ref()
                .find(|line| line.starts_with("fpr:"))
                .and_then(|line| line.split(':').nth(9))
                .map(str::to_owned),
        );
    }
    ensure!(!found.is_empty(), "there is no signing key in {}", home()?.display());
    Ok(found)
}

fn gpg() -> Result<std::process::Command> {
    let mut command = command("gpg", ["--batch", "--quiet"]);
    command.env("GNUPGHOME", home()?);
    Ok(command)
}

/// The folder with the signing keys: a release's is named by `MATHESAR_APT_GNUPGHOME`; without it, a key that signs nothing
/// but what is built here is made and kept.
fn home() -> Result<PathBuf> {
    if let Some(home) = variable("MATHESAR_APT_GNUPGHOME") {
        return Ok(home);
    }
    let home = cache()?.join("apt-signing");
    if !home.exists() {
        let fresh = home.with_extension("part");
        fresh_folder(&fresh)?;
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o700))?;
        let generate = ["--batch", "--quiet", "--passphrase", "", "--quick-gen-key"];
        run(command("gpg", generate)
            .args(["Mathesar packages built by hand", "ed25519", "sign", "never"])
            .env("GNUPGHOME", &fresh))?;
        run(command("gpgconf", ["--kill", "all"]).env("GNUPGHOME", &fresh))?;
        fs::rename(fresh, &home)?;
    }
    Ok(home)
}
