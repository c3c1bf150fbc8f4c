//! What every channel is put through in the same way.

use std::process::Command;

use crate::{
    newcomer::{Edit, Newcomer},
    process::{Running, free_address},
};

/// First run, sample, edit, restart, accident; gives what was edited. `serve` is the command that serves on an address such as
/// `127.0.0.1:8000`.
///
/// # Panics
/// When something is not as a user expects it.
pub fn live(serve: impl Fn(&str) -> Command) -> Edit {
    let (newcomer, running) = start(&serve);
    newcomer.set_up(&running.link);
    let edit = newcomer.make_and_edit();
    running.stop();

    let (newcomer, running) = start(&serve);
    newcomer.finds(&edit);
    running.kill();

    let (newcomer, running) = start(&serve);
    newcomer.finds(&edit);
    running.stop();
    edit
}

/// Starts the program on a free address and goes there.
///
/// # Panics
/// When it ends or does not answer.
pub fn start(serve: impl Fn(&str) -> Command) -> (Newcomer, Running) {
    let address = free_address();
    let running = Running::start(&mut serve(&address));
    (Newcomer::at(&format!("http://{address}")), running)
}
