//! What the tests of the packages share. They install what `cargo xtask dist` made into systems of their own, as its users would,
//! and live with it: first run, a database with a sample, an edit, a restart.
//!
//! They need root, since they make systems; `cargo xtask test dist` runs them. Everything here panics with words when it cannot
//! do its work: a test that cannot go on has nothing to report but that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

pub mod artefacts;
pub mod chart;
pub mod container;
pub mod guide;
pub mod interpreters;
pub mod kubelet;
pub mod kubernetes;
pub mod life;
pub mod network;
pub mod newcomer;
pub mod paas;
pub mod podman;
pub mod process;
mod python;
pub mod served;
pub mod system;
pub mod tour;

use std::process::{Command, Output};

/// Runs a command to its end and gives what it printed; it must succeed.
pub fn run(command: &mut Command) -> String {
    let shown = format!("{command:?}");
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| panic!("{shown}: {error}"));
    let printed = String::from_utf8_lossy(&stdout).into_owned();
    assert!(status.success(), "{shown} ended with {status}\n{printed}{}", String::from_utf8_lossy(&stderr));
    printed
}
