//! The machine: its clock and its C library.

use std::{
    fs,
    time::{Duration, UNIX_EPOCH},
};

use jiff::{Timestamp, civil::date, tz::TimeZone};
use mathesar_app::Clock as _;

use super::{Patient, report::Report};
use crate::start::SystemClock;

/// How much ahead a file's time may be: a file system of another machine has another clock.
const TOLERANCE: Duration = Duration::from_secs(300);
/// The oldest GNU C library that the PostgreSQL in the executable runs on.
const CARRIED_NEEDS: (u32, u32) = (2, 27);

pub(super) fn check(patient: &Patient<'_>, report: &mut Report) {
    clock(patient, report);
    c_library(patient, report);
}

/// A clock that is wrong voids certificates, sessions and setup links.
fn clock(patient: &Patient<'_>, report: &mut Report) {
    const NEXT: &str = "Set the clock, and let the machine keep it: systemctl enable --now systemd-timesyncd";
    let now = SystemClock.now();
    // This program did not exist before.
    let oldest =
        date(2025, 1, 1).to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).unwrap_or(Timestamp::UNIX_EPOCH);
    let newest = ["mathesar.sqlite3", "mathesar.sqlite3-wal", "address", "secret_key"]
        .iter()
        .filter_map(|name| fs::metadata(patient.config.data_dir.join(name)).ok()?.modified().ok())
        .filter_map(|time| {
            Timestamp::from_second(time.duration_since(UNIX_EPOCH).ok()?.as_secs().try_into().ok()?).ok()
        })
        .max();
    if now < oldest {
        report.bad("clock", format!("the clock says {now}, which cannot be"), NEXT);
    } else if newest.is_some_and(|newest| newest > now.checked_add(TOLERANCE).unwrap_or(now)) {
        let newest = newest.unwrap_or(now);
        report.bad("clock", format!("the clock says {now}, but data was written at {newest}"), NEXT);
    } else {
        report.good("clock", format!("the clock says {now:.0}"));
    }
}

fn c_library(patient: &Patient<'_>, report: &mut Report) {
    let Some((major, minor)) = glibc() else { return };
    if patient.config.managed_postgres.is_some() && (major, minor) < CARRIED_NEEDS {
        report.warn(
            "system",
            format!(
                "the C library is glibc {major}.{minor}; the PostgreSQL that Mathesar brings needs {}.{}",
                CARRIED_NEEDS.0, CARRIED_NEEDS.1
            ),
            "Install PostgreSQL 15 or later on this machine, or connect a database on another one.",
        );
    } else {
        report.good("system", format!("the C library is glibc {major}.{minor}"));
    }
}

/// The version of the GNU C library that runs this process, as the library itself says in its text.
fn glibc() -> Option<(u32, u32)> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let path = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name == "libc.so.6" || name.starts_with("libc-2.")
    })?;
    version_in(&fs::read(path).ok()?)
}

fn version_in(library: &[u8]) -> Option<(u32, u32)> {
    const BEFORE: &[u8] = b"stable release version ";
    let place = library.windows(BEFORE.len()).position(|window| window == BEFORE)? + BEFORE.len();
    let text = String::from_utf8_lossy(&library[place..library.len().min(place + 16)]).into_owned();
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_library_says_its_version() {
        let text = b"\0GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\nCopyright";
        assert_eq!(version_in(text), Some((2, 36)));
        assert_eq!(version_in(b"something else"), None);
        assert!(glibc().is_none_or(|version| version >= (2, 17)));
    }
}
