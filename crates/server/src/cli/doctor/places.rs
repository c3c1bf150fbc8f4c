//! The data directory and the files: whose they are, who can read them, whether there is room, and whether they last.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use nix::{
    sys::statvfs::statvfs,
    unistd::{AccessFlags, access},
};

use super::{Patient, report::Report};
use crate::{
    config::{load::Source, settings::SETTINGS},
    start::lasting,
};

/// Below this much room, in bytes, PostgreSQL soon stops writing.
const LITTLE: u64 = 1 << 30;
/// Below this much, uploads and new databases fail.
const TOO_LITTLE: u64 = 200 << 20;

pub(super) fn check(patient: &Patient<'_>, report: &mut Report) {
    configuration_files(patient, report);
    let folder = &patient.config.data_dir;
    lasts(patient, report);
    if !folder.exists() {
        return still_to_be_made(folder, report);
    }
    rights(folder, report);
    strangers(folder, report);
    room(folder, report);
}

/// A file with a secret in it is not for everybody.
fn configuration_files(patient: &Patient<'_>, report: &mut Report) {
    let with_secret = |path: &Path| {
        SETTINGS.iter().filter(|setting| setting.secret).any(|setting| {
            let given = patient.loaded.given(setting.name);
            matches!(given.map(|given| &given.source), Some(Source::File(file, _)) if file == path)
        })
    };
    for path in patient.loaded.files.iter().filter(|path| with_secret(path)) {
        let open = fs::metadata(path).is_ok_and(|found| found.mode() & 0o007 != 0);
        if open {
            let path = path.display();
            report.bad("files", format!("{path} holds a secret and everybody can read it"), format!("chmod o= {path}"));
        }
    }
}

fn lasts(patient: &Patient<'_>, report: &mut Report) {
    let (config, environment) = (patient.config, patient.environment);
    let kept = lasting::what_must_last(config);
    let Some(volatile) = lasting::volatile(&config.data_dir, environment).filter(|_| !kept.is_empty()) else { return };
    let what = format!("{} is {}", config.data_dir.display(), volatile.words());
    if config.ephemeral {
        report.warn("data", format!("{what}; this is a trial (ephemeral)"), "Keep nothing here that you need.");
    } else {
        report.bad("data", what, lasting::remedy(config, environment));
    }
}

fn still_to_be_made(folder: &Path, report: &mut Report) {
    let place = folder.display();
    let parent = folder.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(Path::new("/"));
    if access(parent, AccessFlags::W_OK | AccessFlags::X_OK).is_ok() {
        report.good("data", format!("there is nothing at {place} yet; the first start makes it"));
    } else {
        report.bad(
            "data",
            format!("{place} cannot be made: {} is not ours to write", parent.display()),
            "Run the command as the user that the service runs as, or name another place with --data-dir.",
        );
    }
}

fn rights(folder: &Path, report: &mut Report) {
    let place = folder.display();
    let found = match fs::metadata(folder) {
        Ok(found) if found.is_dir() => found,
        Ok(_) => return report.bad("data", format!("{place} is no directory"), "Name another place with --data-dir."),
        Err(error) => {
            let next = "Run the command as root, or as the user that the service runs as.";
            return report.bad("data", format!("{place} cannot be looked at: {error}"), next);
        }
    };
    // PostgreSQL's own user may have to pass through to its cluster, which execute alone lets it do.
    if found.mode() & 0o066 != 0 {
        let what = format!("others can look into {place} (mode {:o}); the key lies there", found.mode() & 0o777);
        report.bad("data", what, format!("chmod go-rw {place}"));
    } else if access(folder, AccessFlags::W_OK | AccessFlags::X_OK).is_err() {
        let next = "Run the command as root, or as its owner.";
        report.bad("data", format!("{place} cannot be written by this user"), next);
    } else {
        report.good("data", format!("{place} is its owner's only, and can be written"));
    }
}

/// What another user, such as root, left there cannot be changed by the service.
fn strangers(folder: &Path, report: &mut Report) {
    let Ok(owner) = fs::metadata(folder).map(|found| found.uid()) else { return };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let foreign: Vec<PathBuf> = entries
        .filter(|entry| entry.metadata().is_ok_and(|found| found.uid() != owner))
        .map(|entry| entry.path())
        .collect();
    if !foreign.is_empty() {
        let names: Vec<String> = foreign.iter().map(|path| path.display().to_string()).collect();
        report.bad(
            "data",
            format!("not everything belongs to the owner of the data directory: {}", names.join(", ")),
            format!("chown --reference={} {}", folder.display(), names.join(" ")),
        );
    }
}

fn room(folder: &Path, report: &mut Report) {
    let Ok(found) = statvfs(folder) else { return };
    let free = found.blocks_available().saturating_mul(found.fragment_size());
    let words = format!("{} MB are free where {} is", free >> 20, folder.display());
    let next = "Make room, or move the data directory to a larger disk.";
    // Some file systems count no files.
    let files_are_out = found.files() > 0 && found.files_available() == 0;
    if files_are_out {
        report.bad("disk", "no more files can be made (the inodes are used up)", next);
    } else if free < TOO_LITTLE {
        report.bad("disk", words, next);
    } else if free < LITTLE {
        report.warn("disk", words, next);
    } else {
        report.good("disk", words);
    }
}
