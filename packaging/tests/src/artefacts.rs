//! What is tested: the files that `cargo xtask dist` left.

use std::{
    fs,
    path::{Path, PathBuf},
};

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
pub fn executable() -> PathBuf {
    find("mathesar-x86_64-linux", "")
}
