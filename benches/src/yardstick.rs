//! The same work done by PostgreSQL's own programs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use mathesar_testkit::Cluster;
use tempfile::TempDir;

/// `psql` and `pgbench`, connected to the database that is measured.
pub(crate) struct Yardstick {
    programs: PathBuf,
    port: u16,
    database: String,
    scripts: TempDir,
}

impl Yardstick {
    /// Finds Debian's newest programs.
    pub(crate) fn new(cluster: &Cluster, database: &str) -> Result<Self> {
        let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
            .context("install the package postgresql: its psql and pgbench are what we are measured against")?
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .filter(|bin| bin.join("pgbench").exists() && bin.join("psql").exists())
            .collect();
        installed.sort();
        Ok(Self {
            programs: installed.pop().context("the package postgresql has no psql and pgbench")?,
            port: cluster.port(),
            database: database.to_owned(),
            scripts: tempfile::tempdir()?,
        })
    }

    /// How long one run of `script` takes on average in a prepared, warm connection.
    pub(crate) fn pgbench(&self, script: &str, times: u32) -> Result<Duration> {
        let file = self.scripts.path().join("script.sql");
        fs::write(&file, script)?;
        let output = self
            .command("pgbench")
            .args(["--no-vacuum", "--protocol=prepared", "--client=1", "--transactions", &times.to_string(), "--file"])
            .arg(&file)
            .arg(&self.database)
            .output()?;
        let words = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        let average: f64 = words
            .lines()
            .find_map(|line| line.strip_prefix("latency average = ")?.strip_suffix(" ms")?.trim().parse().ok())
            .context("pgbench says no average")?;
        Ok(Duration::from_secs_f64(average / 1e3))
    }

    /// How long `psql` takes for `commands`, its start included.
    pub(crate) fn psql(&self, commands: &[&str]) -> Result<Duration> {
        let mut command = self.command("psql");
        command.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", &self.database]);
        for text in commands {
            command.args(["--command", text]);
        }
        let start = Instant::now();
        let status = command.stdout(Stdio::null()).status()?;
        let time = start.elapsed();
        ensure!(status.success(), "psql failed");
        Ok(time)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.env("PGOPTIONS", "-c client_min_messages=warning");
        command.args(["--host=127.0.0.1", "--username=postgres", "--port", &self.port.to_string()]);
        command
    }
}

/// How `\copy` names a file.
pub(crate) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}
