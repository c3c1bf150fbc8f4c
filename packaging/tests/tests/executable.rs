//! The bare file in systems that have nothing: the newest Debian and older ones, as root and as a user.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

use std::{path::PathBuf, process::Command};

use mathesar_packaging::{
    artefacts, guide::Guide, life, newcomer::Newcomer, process::Running, run, served::Served, system::System,
};

/// Where the file lies in the system; nobody may write there.
const PLACE: &str = "opt/mathesar";
/// Where a system finds the backup of another one.
const BACKUP: &str = "opt/backup.tar.zst";
const PASSPHRASE: &str = "/opt/passphrase";

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

/// What the page says, as somebody does who has never seen the program.
#[test]
fn the_page_keeps_what_it_promises() {
    let system = system("trixie", &["ca-certificates", "curl"]);
    let releases = Served::here(&artefacts::folder());
    let guide = Guide::read("executable", &releases.origin);
    let shell = |name: &str| {
        let mut shell = system.command("ada", "sh");
        // What is told to stop is the program and not the shell.
        shell.arg("-ec").arg(format!(
            "cd; {}",
            guide.commands(name).replace("./mathesar-$(uname -m)-linux\n", "exec ./mathesar-$(uname -m)-linux\n")
        ));
        shell
    };
    run(&mut shell("download"));
    let running = Running::start(&mut shell("start"));
    let newcomer = Newcomer::at(running.link.split("/setup").next().unwrap_or_default());
    newcomer.set_up(&running.link);
    let edit = newcomer.make_and_edit();
    let found = run(&mut shell("administration"));
    assert!(found.contains("data_dir") && !found.contains("problem "), "{found}");
    newcomer.finds(&edit);
    running.stop();
}

/// A life, a backup, and the same data in another system.
fn live(release: &str, user: &str) {
    let system = system(release, &[]);
    let edit = life::live(|address| serve(&system, user, address));
    let (newcomer, running) = life::start(|address| serve(&system, user, address));
    newcomer.finds(&edit);
    let backup = back_up(&system, user);
    running.stop();

    let elsewhere = self::system(if release == "trixie" { "bookworm" } else { "trixie" }, &[]);
    elsewhere.install(&backup, BACKUP);
    restore(&elsewhere, user);
    let (newcomer, running) = life::start(|address| serve(&elsewhere, user, address));
    newcomer.finds(&edit);
    running.stop();
}

/// An empty system, or one with these packages, with the file in a place where nobody may write.
fn system(release: &str, packages: &[&str]) -> System {
    let system = System::new(release, packages);
    system.install(&artefacts::executable(artefacts::HERE), PLACE);
    run(system.command("root", "useradd").args(["--create-home", "ada"]));
    std::fs::write(system.path().join(&PASSPHRASE[1..]), "a long walk to the sea\n").unwrap();
    system
}

fn serve(system: &System, user: &str, address: &str) -> Command {
    let mut serve = mathesar(system, user);
    serve.args(["--bind", address]);
    serve
}

/// Makes a backup while the program runs, and says where it is as seen from outside.
fn back_up(system: &System, user: &str) -> PathBuf {
    let file = format!("/tmp/{user}.tar.zst");
    run(mathesar(system, user).args(["backup", &file, "--passphrase-file", PASSPHRASE]));
    system.path().join(&file[1..])
}

fn restore(system: &System, user: &str) {
    run(mathesar(system, user).args(["restore", &format!("/{BACKUP}"), "--passphrase-file", PASSPHRASE]));
}

fn mathesar(system: &System, user: &str) -> Command {
    system.command(user, &format!("/{PLACE}"))
}
