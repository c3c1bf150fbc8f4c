//! How this file came to be here: only a bare file is ours to replace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use mathesar_local::python::packages_beside;

use crate::config::Environment;

/// The ways in which the program is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// Somebody put the file where it is.
    File,
    /// The Debian package.
    Debian,
    /// The container image.
    Image,
    /// The package of PyPI.
    Wheel,
}

impl Channel {
    fn parse(word: &str) -> Option<Self> {
        match word.trim() {
            "file" => Some(Self::File),
            "deb" => Some(Self::Debian),
            "image" => Some(Self::Image),
            "wheel" => Some(Self::Wheel),
            _ => None,
        }
    }

    /// How it is updated.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::File => "This file updates itself with: mathesar self-update",
            Self::Debian => {
                "Mathesar was installed as a Debian package, and apt updates it:\n  apt update && apt install --only-upgrade mathesar"
            }
            Self::Image => {
                "Mathesar runs from a container image. Pull the new image and make the container anew on the same volume; the data \
                 stays in it:\n  docker pull IMAGE && docker rm --force CONTAINER && docker run …"
            }
            Self::Wheel => {
                "Mathesar was installed from PyPI, and the same tool updates it, one of:\n  pip install --upgrade mathesar\n  \
                 pipx upgrade mathesar\n  uv tool upgrade mathesar"
            }
        }
    }
}

/// The channel of `executable`: what the environment says, else the mark that a package lays into its prefix
/// (`/usr/share/mathesar/channel` for `/usr/bin/mathesar`), else what a Python environment says that it was installed into.
pub(super) fn of(executable: &Path, environment: &Environment) -> Channel {
    let said = environment.get("MATHESAR_CHANNEL").ok().flatten().and_then(Channel::parse);
    let prefix = executable.parent().and_then(Path::parent).unwrap_or(Path::new("/"));
    let marked = || Channel::parse(&fs::read_to_string(prefix.join("share/mathesar/channel")).ok()?);
    said.or_else(marked).unwrap_or_else(|| if is_python(executable) { Channel::Wheel } else { Channel::File })
}

/// Whether a Python environment lists the program among what is installed in it (PEP 376).
fn is_python(executable: &Path) -> bool {
    let lists = |packages: PathBuf| {
        let mut entries = fs::read_dir(packages).into_iter().flatten().flatten();
        entries.any(|entry| {
            let name = entry.file_name();
            name.to_str().is_some_and(|name| name.starts_with("mathesar-") && name.ends_with(".dist-info"))
        })
    };
    packages_beside(executable).into_iter().any(lists)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_is_known_by_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = Environment::of(&[], false);
        let executable = folder.path().join("bin/mathesar");
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(&executable, "").unwrap();
        assert_eq!(of(&executable, &nothing), Channel::File);
        assert_eq!(of(&executable, &Environment::of(&[("MATHESAR_CHANNEL", "image")], false)), Channel::Image);
        fs::create_dir_all(folder.path().join("lib/python3.9/site-packages/mathesar-0.1.0.dist-info")).unwrap();
        assert_eq!(of(&executable, &nothing), Channel::Wheel);
        fs::create_dir_all(folder.path().join("share/mathesar")).unwrap();
        fs::write(folder.path().join("share/mathesar/channel"), "deb\n").unwrap();
        assert_eq!(of(&executable, &nothing), Channel::Debian);
    }
}
