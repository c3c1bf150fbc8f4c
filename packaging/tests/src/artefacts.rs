//! What is tested: the files that `cargo xtask dist` left.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// An architecture, by the names in which the files bear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arch {
    /// Debian's name, which container images have too.
    pub debian: &'static str,
    /// The kernel's name.
    pub uname: &'static str,
}

/// x86-64.
pub const AMD64: Arch = Arch { debian: "amd64", uname: "x86_64" };
/// ARM in its 64-bit form.
pub const ARM64: Arch = Arch { debian: "arm64", uname: "aarch64" };
/// That of this machine.
pub const HERE: Arch = if cfg!(target_arch = "aarch64") { ARM64 } else { AMD64 };

/// The folder of the files, as `cargo xtask test dist` names it.
#[expect(clippy::disallowed_methods, reason = "the environment is how the files are named to a test")]
pub fn folder() -> PathBuf {
    let given = std::env::var_os("MATHESAR_TEST_DIST");
    PathBuf::from(
        given.expect("MATHESAR_TEST_DIST names the folder that `cargo xtask dist` filled; use `cargo xtask test dist`"),
    )
}

/// Where what takes long to make is kept between runs.
#[expect(clippy::disallowed_methods, reason = "the environment is how the cache is named to a test")]
pub fn cache() -> PathBuf {
    PathBuf::from(
        std::env::var_os("MATHESAR_TEST_CACHE")
            .expect("MATHESAR_TEST_CACHE names the cache; use `cargo xtask test dist`"),
    )
}

/// The one file whose name begins and ends like this.
///
/// # Panics
/// When there is none, or more than one.
pub fn find(start: &str, end: &str) -> PathBuf {
    let folder = folder();
    let fits = |path: &Path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(start) && name.ends_with(end))
    };
    let mut found: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| fits(path))
        .collect();
    assert_eq!(found.len(), 1, "files {start}*{end} in {}: {found:?}", folder.display());
    found.remove(0)
}

/// The bare file that carries PostgreSQL.
pub fn executable(arch: Arch) -> PathBuf {
    find(&format!("mathesar-{}-linux", arch.uname), "")
}

/// The Debian package.
pub fn package(arch: Arch) -> PathBuf {
    find("mathesar_", &format!("_{}.deb", arch.debian))
}

/// The package of PyPI.
pub fn wheel(arch: Arch) -> PathBuf {
    find("mathesar-", &format!("_{}.whl", arch.uname))
}

/// The archive of the container image.
pub fn image(arch: Arch) -> PathBuf {
    find("mathesar-", &format!("-{}.docker.tar", arch.debian))
}

/// The bill of materials that stands beside a file.
///
/// # Panics
/// When it cannot be read.
pub fn bill_of(file: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(file.with_added_extension("cdx.json")).unwrap()).unwrap()
}

/// Whether a bill of materials lists a part whose package URL begins like this.
///
/// # Panics
/// When it lists nothing at all.
pub fn bill_lists(bill: &serde_json::Value, start: &str) -> bool {
    let parts = bill["components"].as_array().unwrap();
    parts.iter().any(|part| part["purl"].as_str().is_some_and(|purl| purl.starts_with(start)))
}

/// This machine's Debian package as an older version.
pub fn older_package() -> PathBuf {
    folder().join("stage").join(HERE.debian).join("older/mathesar.deb")
}
