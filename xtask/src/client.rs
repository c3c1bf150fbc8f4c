//! The client, the browser tests and the checker of the workflows: npm packages, checks, build.

use std::{ffi::OsStr, path::PathBuf};

use anyhow::Result;

use crate::{
    node::Node,
    shell::{check, root, run},
};

/// An npm project of this repository with its packages installed.
pub struct Project {
    node: Node,
    folder: PathBuf,
}

impl Project {
    /// The client.
    ///
    /// # Errors
    /// When Node.js or a package cannot be had.
    pub fn client() -> Result<Self> {
        Self::installed("client")
    }

    /// The browser tests.
    ///
    /// # Errors
    /// When Node.js or a package cannot be had.
    pub fn browser_tests() -> Result<Self> {
        Self::installed("e2e")
    }

    /// The checker of the workflows.
    ///
    /// # Errors
    /// When Node.js or a package cannot be had.
    pub fn workflows() -> Result<Self> {
        Self::installed(".github")
    }

    /// Installs exactly what the lock file says, unless that was done since it changed.
    fn installed(name: &str) -> Result<Self> {
        let project = Self { node: Node::ensure()?, folder: root().join(name) };
        let lock = std::fs::read(project.folder.join("package-lock.json"))?;
        let stamp = project.folder.join("node_modules/.installed-lock.json");
        if std::fs::read(&stamp).ok().as_ref() != Some(&lock) {
            run(&mut project.node.npm(&project.folder, &["ci", "--no-audit", "--no-fund"])?)?;
            std::fs::write(stamp, lock)?;
        }
        Ok(project)
    }

    /// Runs a script of `package.json`.
    ///
    /// # Errors
    /// When it fails.
    pub fn script(&self, name: &str) -> Result<()> {
        self.script_with(name, &[])
    }

    /// Runs a script of `package.json` with more environment.
    ///
    /// # Errors
    /// When it fails.
    pub fn script_with(&self, name: &str, environment: &[(&str, &OsStr)]) -> Result<()> {
        check(self.node.npm(&self.folder, &["run", name])?.envs(environment.iter().copied()))
    }
}
