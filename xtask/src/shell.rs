//! Running other programs, visibly.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, IsTerminal, PipeReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::excerpt::Excerpt;

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

/// Like [`run`], for checks: the error repeats what matters of what was printed, for readers of the end of a long log.
///
/// In a terminal the command keeps the terminal, with its colours and its progress, and the error says only that it failed.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn check(command: &mut Command) -> Result<()> {
    if std::io::stdout().is_terminal() {
        return run(command);
    }
    println!("$ {}", shown(command));
    let (printed, ours) = std::io::pipe()?;
    command.stdout(ours.try_clone()?).stderr(ours);
    let mut child = command.spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    // The command holds our ends of the pipe; while it does, reading would never come to an end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let lines = lines_of(printed);
    let mut excerpt = Excerpt::default();
    let status = loop {
        match lines.recv_timeout(SILENCE) {
            Ok(line) => {
                println!("{line}");
                excerpt.push(line);
            }
            Err(RecvTimeoutError::Disconnected) => break child.wait()?,
            // A server that the command has left behind holds the pipe for as long as it lives.
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = child.try_wait()? {
                    break status;
                }
            }
        }
    };
    if !status.success() {
        bail!("{} failed: {status}\n{excerpt}", shown(command));
    }
    Ok(())
}

/// After its end, a command is taken to have said everything when it was silent for so long.
const SILENCE: Duration = Duration::from_millis(500);

/// The lines that come out of `printed`, read by a thread of their own until its end.
fn lines_of(printed: PipeReader) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(printed).split(b'\n').map_while(std::result::Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
        }
    });
    lines
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
