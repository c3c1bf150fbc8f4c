//! The documentation: MkDocs builds and checks it (`packaging/docs/hooks.py` says what of it), and it is packed for the server to carry.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    build::target,
    postgres::{sha256, write_archive},
    shell::{cache, command, root, run},
    system,
};

/// Where everything about it is, beside its pages.
const FOLDER: &str = "packaging/docs";
/// What is packed, in [`FOLDER`]; `server::http::documentation` carries it.
const PACKED: &str = "site.tar.zst";
/// What it may weigh in the executable.
const HEAVIEST: u64 = 1_000_000;

/// What of others the pages bring along: the theme of `requirements.txt`, what its scripts are made of, and its icons. Name, version,
/// licence as an SPDX expression, and the file with its text.
pub const CARRIED: &[(&str, &str, &str, &str)] = &[
    ("clipboard", "2.0.11", "MIT", "packaging/docs/licences/clipboard.txt"),
    ("escape-html", "1.0.3", "MIT", "packaging/docs/licences/escape-html.txt"),
    ("focus-visible", "5.2.1", "W3C-20150513", "packaging/docs/licences/focus-visible.txt"),
    ("lunr", "2.3.9", "MIT", "packaging/docs/licences/lunr.txt"),
    ("Material Design Icons", "7.4", "Apache-2.0", "LICENSE"),
    ("mkdocs-material", "9.8.2", "MIT", "packaging/docs/licences/mkdocs-material.txt"),
    ("rxjs", "7.8.2", "Apache-2.0", "packaging/docs/licences/rxjs.txt"),
    ("tslib", "2.8.1", "0BSD", "packaging/docs/licences/tslib.txt"),
];

/// Builds the pages and packs them; gives the folder with the pages.
///
/// # Errors
/// When a tool cannot be had, or something is wrong with a page.
pub fn build() -> Result<PathBuf> {
    make("no")
}

/// The same, and looks at how every word is spelled.
///
/// # Errors
/// Those of [`build`], and words that no dictionary has.
pub fn check() -> Result<PathBuf> {
    system::ensure(system::DOCUMENTATION)?;
    make("yes")
}

fn make(spelling: &str) -> Result<PathBuf> {
    let site = site();
    let config = root().join(FOLDER).join("mkdocs.yml");
    run(python(&tools()?, ["-m", "mkdocs", "build", "--clean", "--config-file"])
        .arg(config)
        .arg("--site-dir")
        .arg(&site)
        .env("MATHESAR_DOCS_SPELLING", spelling))?;
    pack(&site, &root().join(FOLDER).join(PACKED))?;
    Ok(site)
}

/// Where [`build`] leaves the pages.
pub fn site() -> PathBuf {
    target().join("docs")
}

/// Makes the pictures that the pages name out of the screenshots that the browser tests left.
///
/// # Errors
/// When there is no such screenshot.
pub fn screenshots() -> Result<()> {
    run(&mut python(&tools()?, [format!("{FOLDER}/screenshots.py")]))
}

/// The folder with the Python packages of `requirements.txt`, exactly those.
fn tools() -> Result<PathBuf> {
    let requirements = root().join(FOLDER).join("requirements.txt");
    let digest = hex::encode(sha256(File::open(&requirements)?)?);
    let folder = cache()?.join(format!("docs-{}", &digest[..16]));
    if !folder.exists() {
        let fresh = folder.with_extension("part");
        let _ = fs::remove_dir_all(&fresh);
        let install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary=:all:"];
        // What else is installed on the machine has nothing to do with it.
        let quiet = ["--no-warn-conflicts", "--root-user-action=ignore", "--disable-pip-version-check", "--target"];
        run(command("python3", install).args(quiet).arg(&fresh).arg("--requirement").arg(&requirements))?;
        fs::rename(&fresh, &folder)?;
    }
    Ok(folder)
}

fn python<S: AsRef<std::ffi::OsStr>>(tools: &Path, arguments: impl IntoIterator<Item = S>) -> std::process::Command {
    let mut command = command("python3", arguments);
    // The theme's own announcements, and files of Python's beside the sources, are of no use here.
    command.env("PYTHONPATH", tools).env("NO_MKDOCS_2_WARNING", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn pack(site: &Path, packed: &Path) -> Result<()> {
    let fresh = packed.with_extension("part");
    write_archive(site, &mut File::create(&fresh)?)?;
    let size = fs::metadata(&fresh)?.len();
    ensure!(size <= HEAVIEST, "the documentation weighs {size} bytes when packed, more than {HEAVIEST}");
    // What has not changed keeps its time, so that the server is not compiled again.
    if fs::read(packed).ok() == Some(fs::read(&fresh)?) {
        fs::remove_file(&fresh)?;
    } else {
        fs::rename(&fresh, packed).context("the packed documentation cannot be put in its place")?;
    }
    println!("the documentation weighs {size} bytes when packed");
    Ok(())
}
