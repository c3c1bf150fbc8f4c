//! The Debian packages, made by debhelper of `packaging/deb/debian` and what was built.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use super::{Built, VERSION, fresh_folder, of_repository};
use crate::{
    arch::Arch,
    shell::{command, output, run},
};

/// The key that the repository is signed with; `apt` makes it where there is none.
pub(super) const KEYRING: &str = "mathesar-archive-keyring.gpg";

/// Leaves `mathesar_X_amd64.deb` (or `arm64`) and `mathesar-archive-keyring_X_all.deb`.
pub(super) fn build(built: &Built) -> Result<()> {
    for package in packages(built, VERSION)? {
        fs::copy(&package, built.folder.join(package.file_name().context("a package has a name")?))?;
    }
    Ok(())
}

/// Leaves the package as version 0.0.1 at `older/mathesar.deb` in the stage.
pub(super) fn build_older(built: &Built) -> Result<()> {
    let folder = fresh_folder(&built.stage.join("older"))?;
    let all = packages(built, "0.0.1")?;
    let ending = format!("_{}.deb", built.arch.debian());
    let package =
        all.iter().find(|path| path.to_string_lossy().ends_with(&ending)).context("debhelper left no package")?;
    fs::copy(package, folder.join("mathesar.deb"))?;
    Ok(())
}

/// Makes the packages of one version and says where they are.
fn packages(built: &Built, version: &str) -> Result<Vec<PathBuf>> {
    let work = fresh_folder(&built.stage.join("deb"))?;
    let source = work.join("mathesar");
    fs::create_dir(&source)?;
    run(command("cp", ["--recursive"]).arg(of_repository("packaging/deb/debian")).arg(&source))?;
    let stage = source.join("stage");
    fs::create_dir(&stage)?;
    run(command("cp", ["--recursive"])
        .args(["mathesar", "man", "completions", "licenses.txt"].map(|part| built.stage.join(part)))
        .arg(&stage))?;
    fs::copy(of_repository("CHANGELOG.md"), stage.join("releases.md"))?;
    fs::write(stage.join("channel"), "deb\n")?;
    let decided = ["config", "generate", "--data-dir", "/var/lib/mathesar", "--bind", "127.0.0.1:8000"];
    fs::write(
        stage.join("mathesar.toml"),
        output(&mut built.machine.command(stage.join("mathesar"), decided))? + "\n",
    )?;
    fs::copy(super::apt::keyring()?, stage.join(KEYRING))?;
    fs::write(source.join("debian/changelog"), changelog(version)?)?;

    let time = Built::time()?;
    let mut build = built.machine.command("dpkg-buildpackage", ["--build=binary", "--no-sign", "--no-pre-clean"]);
    if built.arch != Arch::HOST {
        // Debian would have a cross compiler installed, but nothing is compiled.
        build.arg(format!("--host-arch={}", built.arch.debian())).arg("--no-check-builddeps");
    }
    run(build.current_dir(&source).env("SOURCE_DATE_EPOCH", time))?;
    let files = fs::read_dir(&work)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    Ok(files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "deb")).collect())
}

/// Debian wants a changelog of its own form; what users notice is in ours, which the package carries among its documents.
fn changelog(version: &str) -> Result<String> {
    let date = output(&mut command("git", ["log", "-1", "--format=%cD"]))?;
    Ok(format!(
        "mathesar ({version}) stable; urgency=medium\n\n  * /usr/share/doc/mathesar/releases.md.gz says what changed.\n\n \
         -- Mathesar maintainers <maintainers@example.org>  {date}\n"
    ))
}
