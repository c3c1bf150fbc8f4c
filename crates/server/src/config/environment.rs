//! The environment, read once: the only place of the workspace that looks at it (invariant I6).

use std::{collections::BTreeMap, ffi::OsString, os::unix::process::CommandExt as _, path::PathBuf, process::Command};

/// The variables of libpq that the driver of the internal database reads by itself, beside the address that it is given:
/// a `PGOPTIONS` or `PGSSLCERT` of the shell that starts us must not change where our own data goes.
const LIBPQ: [&str; 13] = [
    "PGAPPNAME",
    "PGDATABASE",
    "PGHOST",
    "PGHOSTADDR",
    "PGOPTIONS",
    "PGPASSFILE",
    "PGPASSWORD",
    "PGPORT",
    "PGSSLCERT",
    "PGSSLKEY",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGUSER",
];

/// Replaces this process with one that lacks libpq's variables, where it has some: a variable can only be removed safely for
/// a process that is about to begin. Returns where there is none.
///
/// # Errors
/// When the program cannot be started again.
pub fn leave_libpq_behind() -> std::io::Result<()> {
    if !std::env::vars_os().any(|(name, _)| LIBPQ.iter().any(|known| name == *known)) {
        return Ok(());
    }
    let mut arguments = std::env::args_os();
    let mut again = Command::new(std::env::current_exe()?);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    again.args(arguments);
    for name in LIBPQ {
        again.env_remove(name);
    }
    Err(again.exec())
}

/// A copy of what the process was started with.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
    root: bool,
}

impl Environment {
    /// That of this process. Variables whose name is not UTF-8 cannot be ours and are left out.
    pub fn of_process() -> Self {
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
        Self { variables, root: nix::unistd::geteuid().is_root() }
    }

    /// One that holds only these variables, for tests.
    pub fn of(variables: &[(&str, &str)], root: bool) -> Self {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        Self { variables, root }
    }

    /// Whether the process is root's.
    pub fn is_root(&self) -> bool {
        self.root
    }

    /// The variable called `name`. An empty one counts as not set, as container tools pass on what is unset as empty.
    ///
    /// # Errors
    /// When the value is not UTF-8.
    pub fn get(&self, name: &str) -> Result<Option<&str>, String> {
        match self.variables.get(name) {
            None => Ok(None),
            Some(value) if value.is_empty() => Ok(None),
            Some(value) => value.to_str().map(Some).ok_or_else(|| format!("{name} is not UTF-8")),
        }
    }

    /// The variable called `name` as a path, when it is absolute; the XDG Base Directory Specification says that others are
    /// invalid.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.variables.get(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// The variable called `name` as the system gave it.
    pub fn raw(&self, name: &str) -> Option<&OsString> {
        self.variables.get(name)
    }
}
