//! The bare file in systems that have nothing: the newest Debian and older ones, as root and as a user.

use std::process::Command;

use mathesar_packaging::{
    artefacts,
    newcomer::Newcomer,
    process::{Running, free_address},
    run,
    system::System,
};

/// Where the file lies in the system; nobody may write there.
const PLACE: &str = "opt/mathesar";

#[test]
fn on_debian_13_as_root() {
    live("trixie", "root");
}

#[test]
fn on_debian_13_as_a_user() {
    live("trixie", "ada");
}

#[test]
fn on_debian_12_as_root() {
    live("bookworm", "root");
}

#[test]
fn on_debian_12_as_a_user() {
    live("bookworm", "ada");
}

/// The oldest release that Debian's mirrors still carry.
#[test]
fn on_debian_11_as_root() {
    live("bullseye", "root");
}

#[test]
fn on_debian_11_as_a_user() {
    live("bullseye", "ada");
}

/// First run, sample, edit, restart, accident.
fn live(release: &str, user: &str) {
    let system = System::new(release, &[]);
    system.install(&artefacts::executable(), PLACE);
    run(system.command("root", "useradd").args(["--create-home", "ada"]));
    let address = free_address();
    let start = || {
        let running = Running::start(mathesar(&system, user).args(["--bind", &address]));
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

fn mathesar(system: &System, user: &str) -> Command {
    system.command(user, &format!("/{PLACE}"))
}
