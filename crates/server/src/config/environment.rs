//! The environment, read once: the only place of the workspace that looks at it (invariant I6).

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

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
