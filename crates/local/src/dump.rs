//! Running PostgreSQL's own programs for copies: `pg_dump` and `pg_restore`.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use mathesar_pg::Host;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    cluster::tail,
    error::{Error, IoContext, Result},
    identity::Identity,
};

/// More than the list of contents of any dump has; the rest of a longer one would be lost.
const LIST_LIMIT: u64 = 256 << 20;

/// How to sign in to a database of the cluster.
pub(crate) struct Login<'a> {
    pub(crate) host: &'a Host,
    pub(crate) database: &'a str,
    pub(crate) role: &'a str,
    pub(crate) password: &'a SecretString,
}

/// The programs, and as whom they run: never as root, because they read what somebody else may have written.
pub(crate) struct Programs {
    pub(crate) clients: PathBuf,
    pub(crate) identity: Identity,
}

impl Programs {
    pub(crate) async fn dump(&self, login: &Login<'_>, file: File) -> Result<()> {
        let mut command = self.command("pg_dump", login);
        command.arg("--format=custom").stdout(file);
        finished("pg_dump", command).await
    }

    /// Brings everything back but rights, or fails with the first thing that cannot be.
    pub(crate) async fn restore(&self, login: &Login<'_>, dump: File) -> Result<()> {
        let mut command = self.command("pg_restore", login);
        command.args(["--no-privileges", "--exit-on-error"]).stdin(dump);
        finished("pg_restore", command).await
    }

    /// Brings the rights back, and tells which could not be, in PostgreSQL's words.
    pub(crate) async fn restore_rights(
        &self,
        login: &Login<'_>,
        folder: &Path,
        open: &(impl Fn() -> Result<File> + Sync),
    ) -> Result<Option<String>> {
        let mut list = self.identity.command(self.clients.join("pg_restore"));
        list.arg("--list").stdin(open()?);
        let mut contents = output("pg_restore", list).await?;
        contents.retain_rights();
        if contents.0.is_empty() {
            return Ok(None);
        }
        let mut file = tempfile::NamedTempFile::new_in(folder).at("Writing into", folder)?;
        file.write_all(contents.0.as_bytes()).at("Writing", file.path())?;
        self.identity.own(file.path())?;
        let mut command = self.command("pg_restore", login);
        command.arg("--use-list").arg(file.path()).stdin(open()?);
        match finished("pg_restore", command).await {
            Ok(()) => Ok(None),
            Err(Error::Program { output, .. }) => Ok(Some(output)),
            Err(error) => Err(error),
        }
    }

    fn command(&self, program: &str, login: &Login<'_>) -> Command {
        let mut command = self.identity.command(self.clients.join(program));
        sign_in(&mut command, login);
        command
    }
}

/// `psql` on our terminal.
pub(crate) fn psql(clients: &Path, login: &Login<'_>) -> Command {
    let mut command = Command::new(clients.join("psql"));
    sign_in(&mut command, login);
    command
}

/// The password goes through the environment, which only the same user and root can see; an argument everybody could.
fn sign_in(command: &mut Command, login: &Login<'_>) {
    let (place, port): (&OsStr, u16) = match login.host {
        Host::Unix { directory, port } => (directory.as_os_str(), *port),
        Host::Tcp { name, port } => (name.as_ref(), *port),
    };
    command.env("PGHOST", place).env("PGPORT", port.to_string()).env("PGUSER", login.role);
    command.env("PGPASSWORD", login.password.expose_secret()).env("PGSSLMODE", "disable");
    // A name with a `=` in it would be taken for a connection string, so it is given as one.
    let name = login.database.replace('\\', "\\\\").replace('\'', "\\'");
    command.arg(format!("--dbname=dbname='{name}'"));
}

/// What `pg_restore --list` printed.
struct Contents(String);

impl Contents {
    /// Leaves the lines of rights: `3456; 0 0 ACL public TABLE books books_owner`, and those of default rights.
    fn retain_rights(&mut self) {
        let is_right = |line: &&str| {
            let what = line.splitn(4, ' ').nth(3).unwrap_or_default();
            !line.starts_with(';') && (what.starts_with("ACL ") || what.starts_with("DEFAULT ACL "))
        };
        self.0 = self.0.lines().filter(is_right).flat_map(|line| [line, "\n"]).collect();
    }
}

async fn finished(program: &'static str, command: Command) -> Result<()> {
    output(program, command).await.map(drop)
}

/// Runs a program to its end; when the caller goes away, so does the program.
async fn output(program: &'static str, mut command: Command) -> Result<Contents> {
    let path = PathBuf::from(command.get_program());
    let prints = program == "pg_restore" && command.get_args().any(|argument| argument == "--list");
    if prints {
        command.stdout(Stdio::piped());
    } else if program == "pg_restore" {
        command.stdout(Stdio::null());
    }
    command.stderr(Stdio::piped());
    let mut command = tokio::process::Command::from(command);
    let child = command.kill_on_drop(true).spawn().at("Starting", &path)?;
    let output = child.wait_with_output().await.at("Running", &path)?;
    if !output.status.success() {
        return Err(Error::Program { program, output: tail(&String::from_utf8_lossy(&output.stderr)) });
    }
    if output.stdout.len() as u64 > LIST_LIMIT {
        return Err(Error::Program { program, output: "its list of contents is too long".to_owned() });
    }
    Ok(Contents(String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// Reads a whole dump as bringing it back would, without a database: every part of it must unpack.
///
/// Blocks.
///
/// # Errors
/// What `pg_restore` says; the reader's own.
pub fn try_dump(clients: &Path, mut dump: impl Read) -> Result<()> {
    let program = clients.join("pg_restore");
    let mut child = Command::new(&program)
        .arg("--file=/dev/null")
        .env_clear()
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .at("Starting", &program)?;
    let mut stdin = child.stdin.take();
    let copied = stdin.as_mut().map_or(Ok(0), |stdin| std::io::copy(&mut dump, stdin));
    drop(stdin);
    let output = child.wait_with_output().at("Running", &program)?;
    if !output.status.success() {
        return Err(Error::Program { program: "pg_restore", output: tail(&String::from_utf8_lossy(&output.stderr)) });
    }
    match copied {
        // It has seen enough before we had given it everything.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map(drop).at("Reading a dump for", &program),
    }
}

/// Whether a folder has the programs for copies.
pub(crate) fn has_programs(folder: &Path) -> bool {
    ["pg_dump", "pg_restore"]
        .iter()
        .all(|program| fs::metadata(folder.join(program)).is_ok_and(|found| found.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rights_are_left_of_a_list() {
        let mut contents = Contents(
            "; Archive created at 2026-01-01\n;\n215; 1259 16385 TABLE public ACL owner\n\
             3456; 0 0 ACL public TABLE books owner\n3457; 826 16400 DEFAULT ACL - DEFAULT PRIVILEGES FOR TABLES owner\n"
                .to_owned(),
        );
        contents.retain_rights();
        let kept: Vec<&str> = contents.0.lines().map(|line| line.split(';').next().unwrap_or_default()).collect();
        assert_eq!(kept, ["3456", "3457"]);
    }
}
