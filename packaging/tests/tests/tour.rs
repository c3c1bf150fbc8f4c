//! A newcomer comes to each channel's page and enters what it says, until the first row is on screen. What they would fetch from far
//! away comes from this machine: how long that takes says nothing about the program.

use std::process::Command;

use mathesar_packaging::{
    artefacts,
    container::Container,
    guide::Guide,
    interpreters::{Python, shell, system_with},
    newcomer::{Newcomer, in_network_of},
    podman::Podman,
    process::{Running, link_in},
    run,
    served::Served,
    system::System,
    tour::Tour,
};

#[test]
fn with_the_executable() {
    let system = System::new("trixie", &["ca-certificates", "curl"]);
    run(system.command("root", "useradd").args(["--create-home", "ada"]));
    let releases = Served::here(&artefacts::folder());
    let guide = Guide::read("executable", &releases.origin);

    let mut tour = Tour::begin("executable");
    shell(&system, &tour.enter(guide.commands("download")));
    let running = start(&system, &tour.enter(guide.commands("start")));
    first_row(&running, tour);
    running.stop();
}

#[test]
fn with_the_package_of_pypi() {
    let system = system_with(Python { release: "trixie", version: "3.13" }, &[], &[]);
    let guide = Guide::read("pypi", "");

    let mut tour = Tour::begin("pypi");
    shell(&system, &tour.enter(guide.commands("install")));
    let running = start(&system, &tour.enter(guide.commands("start")));
    first_row(&running, tour);
    running.stop();
}

#[test]
fn with_the_debian_package() {
    let container = Container::boot(System::before_the_package("trixie"));
    let repository = Served::inside(&container, artefacts::find("apt", "").parent().unwrap());
    let guide = Guide::read("debian", &repository.origin);

    let mut tour = Tour::begin("debian");
    let mut follow = |name: &str| container.run(&["sh", "-ec", &tour.enter(guide.commands(name))]);
    follow("repository");
    follow("install");
    let link = link_in(&follow("link")).unwrap();
    in_network_of(container.leader(), || {
        let newcomer = Newcomer::at("http://127.0.0.1:8000");
        newcomer.set_up(&link);
        newcomer.make_and_edit();
    });
    tour.arrive();
}

#[test]
fn with_the_container_image() {
    let podman = Podman::new();
    let guide = Guide::read("docker", "");

    let mut tour = Tour::begin("docker");
    podman.shell(&tour.enter(guide.commands("start")));
    let container = podman.named("mathesar");
    container.inside(|newcomer| {
        let link = link_in(&podman.shell(&tour.enter(guide.commands("link")))).unwrap();
        newcomer.set_up(&link);
        newcomer.make_and_edit();
    });
    tour.arrive();
    container.stop();
}

/// Starts the program by the last command of a page; what is told to stop is the program and not the shell.
fn start(system: &System, command: &str) -> Running {
    let mut shell: Command = system.command("ada", "sh");
    Running::start(shell.args(["-ec", &format!("cd; exec {command}")]))
}

fn first_row(running: &Running, tour: Tour) {
    let newcomer = Newcomer::at(running.link.split("/setup").next().unwrap_or_default());
    newcomer.set_up(&running.link);
    newcomer.make_and_edit();
    tour.arrive();
}
