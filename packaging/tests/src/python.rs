//! The scripts of this package, which use what comes with the validator of Kubernetes: readers of YAML and of JSON Schema.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::chart::named;

/// A command that runs one of them.
pub(crate) fn command(script: &str) -> Command {
    let mut python = Command::new("python3");
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(script));
    python.env("PYTHONPATH", named("MATHESAR_TEST_VALIDATOR"));
    python
}

/// Runs one of them with this standard input and gives what it printed.
///
/// # Errors
/// What it says when it fails.
///
/// # Panics
/// When Python cannot be started.
pub(crate) fn run(script: &str, arguments: &[&str], input: &str) -> Result<String, String> {
    let mut python = command(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
