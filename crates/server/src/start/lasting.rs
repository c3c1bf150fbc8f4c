//! Whether what must last is written to a place that lasts.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::bail;

use crate::config::{Config, Environment, InternalDatabase};

/// File systems that are memory.
const MEMORY: &[&str] = &["tmpfs", "ramfs"];
/// File systems that container engines lay over an image; what is written to them goes with the container.
const LAYERED: &[&str] = &["overlay", "aufs", "fuse-overlayfs"];

/// Why a place does not last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volatile {
    /// It is memory.
    Memory,
    /// It is the file system of the container.
    Container,
}

impl Volatile {
    /// What the place is, to be read after "it is".
    pub fn words(self) -> &'static str {
        match self {
            Self::Memory => "memory, which is empty again after the next start of the machine or the container",
            Self::Container => {
                "the container's own file system, which is gone when the container is removed or replaced"
            }
        }
    }
}

/// Refuses to write what must last to a place that does not, unless the settings say that it may be lost.
///
/// # Errors
/// In words for whoever starts the program.
pub fn check(config: &Config, environment: &Environment) -> anyhow::Result<()> {
    let kept = what_must_last(config);
    let Some(volatile) = volatile(&config.data_dir, environment).filter(|_| !kept.is_empty()) else { return Ok(()) };
    let (place, kept) = (config.data_dir.display(), kept.join(", "));
    if config.ephemeral {
        tracing::warn!("{place} is {}; what is kept there will be lost: {kept}", volatile.words());
        return Ok(());
    }
    bail!(
        "Mathesar does not start, because what must last would be lost: {kept}. It would be kept in {place}, and that is {}.\n{}",
        volatile.words(),
        remedy(config, environment)
    );
}

/// What to do about a place that does not last.
pub fn remedy(config: &Config, environment: &Environment) -> String {
    let place = config.data_dir.display();
    let lasting = if in_container(environment) {
        format!("Mount a volume there, as with `docker run -v mathesar:{place} …`")
    } else {
        "Name a directory on a disk with --data-dir".to_owned()
    };
    format!(
        "{lasting}; or keep nothing here: give DATABASE_URL and SECRET_KEY, and leave managed_postgres off. To try Mathesar out \
         and lose everything afterwards, start it with --ephemeral (or MATHESAR_EPHEMERAL=true)."
    )
}

/// What this configuration keeps in the data directory for good, in words.
pub fn what_must_last(config: &Config) -> Vec<&'static str> {
    let sqlite = matches!(config.internal_database, InternalDatabase::Sqlite(_));
    let key = config.secret_key.is_none();
    let managed = config.managed_postgres.is_some();
    let kept = [
        (sqlite, "the internal database (users, connections, settings)"),
        (key, "the secret key"),
        (managed, "the databases that are made here"),
    ];
    kept.into_iter().filter(|(is_kept, _)| *is_kept).map(|(_, words)| words).collect()
}

/// Why `path`, or where it will be made, does not last; `None` when it does, as far as can be known.
pub fn volatile(path: &Path, environment: &Environment) -> Option<Volatile> {
    let existing = path.ancestors().find_map(|ancestor| fs::canonicalize(ancestor).ok())?;
    let mount = mount_of(&fs::read_to_string("/proc/self/mountinfo").ok()?, &existing)?;
    judge(&mount, in_container(environment))
}

fn judge(mount: &Mount, in_container: bool) -> Option<Volatile> {
    if MEMORY.contains(&mount.kind.as_str()) {
        Some(Volatile::Memory)
    } else if in_container && mount.point == Path::new("/") && LAYERED.contains(&mount.kind.as_str()) {
        Some(Volatile::Container)
    } else {
        None
    }
}

/// The marks that container engines and Kubernetes leave.
pub fn in_container(environment: &Environment) -> bool {
    let marks = ["/.dockerenv", "/run/.containerenv"];
    let variables = ["KUBERNETES_SERVICE_HOST", "container"];
    marks.iter().any(|mark| Path::new(mark).exists()) || variables.iter().any(|name| environment.raw(name).is_some())
}

/// A mounted file system.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    point: PathBuf,
    /// Such as `ext4`.
    kind: String,
}

/// The file system that holds `path`, found in the text of `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
fn mount_of(mountinfo: &str, path: &Path) -> Option<Mount> {
    let mounts = mountinfo.lines().filter_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let point = PathBuf::from(unescaped(before.split(' ').nth(4)?));
        Some(Mount { point, kind: after.split(' ').next()?.to_owned() })
    });
    // Of two at the same place the later hides the earlier, and it is the later one that this finds.
    mounts.filter(|mount| path.starts_with(&mount.point)).max_by_key(|mount| mount.point.components().count())
}

/// Spaces, tabs, line ends and backslashes stand as octal numbers.
fn unescaped(field: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(field.to_owned(), |text, (code, character)| text.replace(code, character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load;

    const MOUNTINFO: &str = "\
        27 1 0:25 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u\n\
        30 27 8:1 /volumes/m /data rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
        31 30 0:9 / /data/with\\040space rw - tmpfs tmpfs rw\n\
        32 27 0:26 / /tmp rw,nosuid - ext4 /dev/sdb1 rw\n\
        33 32 0:27 / /tmp rw,nosuid - tmpfs tmpfs rw\n";

    fn judged(path: &str, in_container: bool) -> Option<Volatile> {
        judge(&mount_of(MOUNTINFO, Path::new(path)).unwrap(), in_container)
    }

    #[test]
    fn the_innermost_and_latest_mount_decides() {
        assert_eq!(judged("/data", true), None);
        assert_eq!(judged("/data/with space/x", true), Some(Volatile::Memory));
        assert_eq!(judged("/database", true), Some(Volatile::Container));
        assert_eq!(judged("/tmp/x", false), Some(Volatile::Memory));
    }

    #[test]
    fn a_layered_root_is_volatile_in_a_container_only() {
        assert_eq!(judged("/var/lib/mathesar", true), Some(Volatile::Container));
        assert_eq!(judged("/var/lib/mathesar", false), None);
    }

    #[test]
    fn nothing_must_last_where_everything_is_kept_elsewhere() {
        let kept = |variables: &[(&str, &str)]| {
            let environment = Environment::of(variables, true);
            let loaded = load(&Default::default(), None, &environment).unwrap();
            what_must_last(&Config::new(&loaded, &environment).unwrap()).len()
        };
        let (database, key) =
            (("DATABASE_URL", "postgres://u@h/d"), ("SECRET_KEY", "a key of 32 characters or more, in fact"));
        assert_eq!(kept(&[]), 3);
        assert_eq!(kept(&[database]), 1);
        assert_eq!(kept(&[database, key]), 0);
        assert_eq!(kept(&[database, key, ("MATHESAR_MANAGED_POSTGRES", "on")]), 1);
    }
}
