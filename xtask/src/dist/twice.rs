//! Whether a commit gives the same executable wherever and whenever it is built.

use std::{
    fs::{self, File},
    io::{BufReader, Read},
    path::Path,
};

use anyhow::{Result, bail, ensure};

use crate::{
    arch::Arch,
    build,
    shell::{command, output, root, run},
};

/// Builds the present commit twice, here and from a clone in another folder, and compares the executables byte by byte.
///
/// # Errors
/// When there are changes that are not committed, something does not build, or the executables differ; the error says where.
pub fn check() -> Result<()> {
    let changed = output(&mut command("git", ["status", "--porcelain"]))?;
    ensure!(changed.is_empty(), "only what is committed can be built again elsewhere; commit this first:\n{changed}");
    let here = build::release(Arch::HOST)?;

    // On a disk, since a target folder is too large for a file system in memory.
    let folder = tempfile::Builder::new().prefix("mathesar-again-").tempdir_in("/var/tmp")?;
    let clone = folder.path().join("clone");
    run(command("git", ["clone", "--quiet"]).arg(root()).arg(&clone))?;
    let target = folder.path().join("another-target");
    let build = ["run", "--quiet", "--locked", "--package", "xtask", "--", "build"];
    run(command("cargo", build).current_dir(&clone).env("CARGO_TARGET_DIR", &target))?;
    compare(&here, &target.join("release/mathesar"))
}

fn compare(here: &Path, there: &Path) -> Result<()> {
    let (size_here, size_there) = (fs::metadata(here)?.len(), fs::metadata(there)?.len());
    if let Some(place) = first_difference(File::open(here)?, File::open(there)?)? {
        let sections = output(command("readelf", ["--section-headers", "--wide"]).arg(here))?;
        bail!(
            "two builds of one commit differ from byte {place} ({place:#x}) on; their sizes are {size_here} and {size_there}. \
             The sections:\n{sections}"
        );
    }
    println!("two builds of one commit are the same {size_here} bytes");
    Ok(())
}

/// Where two sources begin to differ, in bytes; nothing when they are the same to the end.
fn first_difference(one: impl Read, other: impl Read) -> Result<Option<u64>> {
    let (mut one, mut other) = (BufReader::new(one).bytes(), BufReader::new(other).bytes());
    for place in 0.. {
        match (one.next().transpose()?, other.next().transpose()?) {
            (None, None) => break,
            (one, other) if one == other => {}
            _ => return Ok(Some(place)),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found_and_a_shorter_file_differs_at_its_end() {
        let place = |one: &[u8], other: &[u8]| first_difference(one, other).unwrap();
        assert_eq!(place(b"same", b"same"), None);
        assert_eq!(place(b"same", b"some"), Some(1));
        assert_eq!(place(b"same", b"same and more"), Some(4));
    }
}
