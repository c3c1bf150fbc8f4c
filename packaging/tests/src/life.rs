//! What every channel is put through in the same way.

use std::process::Command;

use crate::{
    newcomer::Newcomer,
    process::{Running, free_address},
};

/// First run, sample, edit, restart, accident. `start` gives the command that serves on an address such as `127.0.0.1:8000`.
///
/// # Panics
/// When something is not as a user expects it.
pub fn live(start: impl Fn(&str) -> Command) {
    let address = free_address();
    let start = || {
        let running = Running::start(&mut start(&address));
        (Newcomer::at(&format!("http://{address}")), running)
    };

    let (newcomer, running) = start();
    newcomer.set_up(&running.link);
    let edit = newcomer.make_and_edit();
    running.stop();

    let (newcomer, running) = start();
    newcomer.finds(&edit);
    running.kill();

    let (newcomer, running) = start();
    newcomer.finds(&edit);
    running.stop();
}
