//! The Debian packages, made by debhelper of `packaging/deb/debian` and what was built.

use std::fs;

use anyhow::{Context, Result};

use super::{Built, VERSION, fresh_folder, of_repository};
use crate::shell::{command, output, run};

/// The key that the repository is signed with; `apt` makes it where there is none.
pub(super) const KEYRING: &str = "mathesar-archive-keyring.gpg";

/// Leaves `mathesar_X_amd64.deb` and `mathesar-archive-keyring_X_all.deb`.
pub(super) fn build(built: &Built) -> Result<()> {
    build_version(built, VERSION)
}

/// The same with another version number, which is how an upgrade is tested.
fn build_version(built: &Built, version: &str) -> Result<()> {
    let work = fresh_folder(&built.folder.join("stage/deb"))?;
    let source = work.join("mathesar");
    fs::create_dir(&source)?;
    run(command("cp", ["--recursive"]).arg(of_repository("packaging/deb/debian")).arg(&source))?;
    let stage = source.join("stage");
    fs::create_dir(&stage)?;
    run(command("cp", ["--recursive"])
        .args(["mathesar", "man", "completions", "licenses.txt"].map(|part| built.stage.join(part)))
        .arg(&stage))?;
    fs::write(stage.join("channel"), "deb\n")?;
    let decided = ["config", "generate", "--data-dir", "/var/lib/mathesar", "--bind", "127.0.0.1:8000"];
    fs::write(stage.join("mathesar.toml"), output(&mut command(stage.join("mathesar"), decided))? + "\n")?;
    fs::copy(super::apt::keyring()?, stage.join(KEYRING))?;
    fs::write(source.join("debian/changelog"), changelog(version)?)?;

    let time = Built::time()?;
    run(command("dpkg-buildpackage", ["--build=binary", "--no-sign", "--no-pre-clean"])
        .current_dir(&source)
        .env("SOURCE_DATE_EPOCH", time))?;
    for entry in fs::read_dir(&work)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            fs::copy(&path, built.folder.join(path.file_name().context("a package has a name")?))?;
        }
    }
    Ok(())
}

/// Debian wants a changelog of its own form; what users notice is in ours, which the package carries too.
fn changelog(version: &str) -> Result<String> {
    let date = output(&mut command("git", ["log", "-1", "--format=%cD"]))?;
    Ok(format!(
        "mathesar ({version}) stable; urgency=medium\n\n  * See /usr/share/doc/mathesar/changelog.gz for what changed.\n\n \
         -- Mathesar maintainers <maintainers@example.org>  {date}\n"
    ))
}
