//! The bare file, a tarball with it, the bill of what is in it, the client's files and the documentation's.

use std::fs;

use anyhow::{Result, ensure};

use super::{Built, VERSION, archive, fresh_folder, of_repository, sbom};
use crate::{
    documentation,
    shell::{command, run},
};

/// What the bare file may weigh in bytes, PostgreSQL included.
const HEAVIEST: u64 = 40_000_000;

/// Leaves `mathesar-X-x86_64-linux` (or `aarch64`), the same by a name that stays for links to the newest one, the same in a
/// `.tar.gz` with manual, completions and licences, its bill of materials, `mathesar-client-X.tar.gz`, and
/// `mathesar-docs-X.tar.gz` for a web server.
pub(super) fn build(built: &Built) -> Result<()> {
    let ending = format!("{}-linux", built.arch.uname());
    let name = format!("mathesar-{VERSION}-{ending}");
    let bare = built.folder.join(&name);
    fs::copy(&built.with_postgresql, &bare)?;
    let size = fs::metadata(&bare)?.len();
    ensure!(size <= HEAVIEST, "{} weighs {size} bytes, more than {HEAVIEST}", bare.display());
    let newest = built.folder.join(format!("mathesar-{ending}"));
    let _ = fs::remove_file(&newest);
    fs::hard_link(&bare, newest)?;

    let content = fresh_folder(&built.stage.join("tarball"))?;
    fs::copy(&bare, content.join("mathesar"))?;
    for file in ["README.md", "CHANGELOG.md", "LICENSE"] {
        fs::copy(of_repository(file), content.join(file))?;
    }
    run(command("cp", ["--recursive"])
        .args(["man", "completions", "licenses.txt"].map(|part| built.stage.join(part)))
        .arg(&content))?;
    archive(&content, &name, &built.folder.join(format!("{name}.tar.gz")))?;
    sbom::write(&built.machine, &bare, sbom::Extent::WithPostgresql, &built.folder.join(format!("{name}.cdx.json")))?;
    for (part, folder) in [("client", of_repository("client/packages/app/dist")), ("docs", documentation::site())] {
        let name = format!("mathesar-{part}-{VERSION}");
        archive(&folder, &name, &built.folder.join(format!("{name}.tar.gz")))?;
    }
    Ok(())
}
