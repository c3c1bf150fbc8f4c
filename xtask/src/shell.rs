//! Running other programs, visibly.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use anyhow::{Context, Result, bail};

/// The repository's top folder.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_owned()
    })
}

/// A command that runs in the repository's top folder.
pub fn command<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Prints the command and runs it to its end.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed: {status}", shown(command));
    }
    Ok(())
}

/// Runs the command and gives what it prints, without the last newline.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} failed: {}", shown(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// Whether the command can be started and succeeds; what it prints is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Where `program` stands on `PATH`.
pub fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&variable("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The caller's `PATH` with `folder` before it.
pub fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    path_with_all([folder.to_owned()])
}

/// The caller's `PATH` with `folders` before it.
pub fn path_with_all(folders: impl IntoIterator<Item = PathBuf>) -> Result<std::ffi::OsString> {
    let rest = variable("PATH").unwrap_or_default();
    std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&rest)))
        .context("a folder on PATH has a colon in its name")
}

/// Where fetched things are kept between builds.
///
/// # Errors
/// When the folder cannot be made.
pub fn cache() -> Result<PathBuf> {
    crate::postgres::cache_dir(crate::system::is_root(), variable("XDG_CACHE_HOME"), variable("HOME"))
}

/// Where Cargo keeps the sources of dependencies.
pub fn home_of_cargo() -> PathBuf {
    let usual = || variable("HOME").unwrap_or_default().join(".cargo");
    variable("CARGO_HOME").unwrap_or_else(usual)
}

/// A variable of the environment that names a file or folder.
#[expect(clippy::disallowed_methods, reason = "xtask is a tool of developers; it has no settings of its own")]
pub fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
