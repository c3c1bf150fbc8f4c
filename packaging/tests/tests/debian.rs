//! The Debian package from its signed repository, in systems that were booted with systemd.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

use std::process::Command;

use mathesar_packaging::{
    artefacts,
    container::Container,
    guide::Guide,
    newcomer::{Edit, Newcomer, in_network_of},
    process::link_in,
    run,
    served::Served,
    system::System,
};

const UNIT: &str = "mathesar.service";
const KEY: &str = "/etc/mathesar/secret.key";
const CONFIGURATION: &str = "/etc/mathesar/mathesar.toml";

#[test]
fn on_debian_13_with_systemd() {
    live("trixie");
}

#[test]
fn on_debian_12_with_systemd() {
    live("bookworm");
}

#[test]
fn lintian_finds_nothing() {
    let packages = [artefacts::package(artefacts::HERE), artefacts::find("mathesar-archive-keyring_", ".deb")];
    run(Command::new("lintian")
        .args(["--allow-root", "--fail-on=error,warning,info", "--tag-display-limit=0"])
        .args(packages));
}

/// An older version, first run, then what the page says: the repository, an upgrade, a setting, removal, installation again,
/// purge.
fn live(release: &str) {
    let container = Container::boot(with_older_package(release));
    let repository = Served::inside(&container, artefacts::find("apt", "").parent().unwrap());
    let guide = Guide::read("debian", &repository.origin);
    let follow = |name: &str| container.run(&["sh", "-ec", &guide.commands(name)]);

    container.run(&["apt-get", "install", "-y", "-q", "/var/cache/older/mathesar.deb"]);
    let edit = first_run(&container, &follow("link"));
    let key = container.run(&["cat", KEY]);
    assert_eq!(container.run(&["stat", "-c", "%U:%G %a", KEY]).trim(), "root:mathesar 640");
    is_confined(&container);

    follow("repository");
    let before = container.property(UNIT, "MainPID");
    follow("upgrade");
    assert_ne!(container.property(UNIT, "MainPID"), before, "an upgrade restarts the service");
    assert_eq!(container.run(&["cat", KEY]), key, "an upgrade keeps the key");
    finds(&container, &edit);

    an_edited_configuration_survives(&container);
    follow("configure");
    let found = follow("doctor");
    assert!(!found.contains("problem "), "{found}");
    finds(&container, &edit);
    a_stopped_service_stays_stopped(&container);

    follow("remove");
    assert_eq!(container.run(&["cat", KEY]), key, "removal keeps the key");
    follow("install");
    finds(&container, &edit);

    follow("purge");
    container.run(&["test", "-d", "/var/lib/mathesar"]);
    follow("install");
    finds(&container, &edit);
    container.run(&["sh", "-c", "echo mathesar mathesar/purge-data boolean true | debconf-set-selections"]);
    follow("purge");
    container.run(&["apt-get", "purge", "-y", "-q", "mathesar-archive-keyring"]);
    nothing_is_left(&container);
}

/// A system with an older package.
fn with_older_package(release: &str) -> System {
    let system = System::before_the_package(release);
    system.install(&artefacts::older_package(), "var/cache/older/mathesar.deb");
    system
}

/// Opens the link that the journal has, or rather the newer one that was printed since.
fn first_run(container: &Container, printed: &str) -> Edit {
    assert_eq!(container.property(UNIT, "ActiveState"), "active");
    let journal = container.run(&["journalctl", "--unit", UNIT, "--output=cat"]);
    assert!(link_in(&journal).is_some(), "the journal has the link: {journal}");
    let link = link_in(printed).unwrap_or_else(|| panic!("{printed}"));
    in_network_of(container.leader(), || {
        let newcomer = Newcomer::at("http://127.0.0.1:8000");
        newcomer.set_up(&link);
        newcomer.make_and_edit()
    })
}

fn finds(container: &Container, edit: &Edit) {
    in_network_of(container.leader(), || Newcomer::at("http://127.0.0.1:8000").finds(edit));
}

/// The exposure that systemd computes from the unit, from 0 (none) to 10.
fn is_confined(container: &Container) {
    container.run(&["systemd-analyze", "verify", "--man=no", &format!("/lib/systemd/system/{UNIT}")]);
    container.run(&["systemd-analyze", "security", "--no-pager", "--threshold=16", UNIT]);
    let owner = container.run(&["stat", "-c", "%U", &format!("/proc/{}", container.property(UNIT, "MainPID"))]);
    assert_eq!(owner.trim(), "mathesar");
}

fn an_edited_configuration_survives(container: &Container) {
    container.run(&["sh", "-c", &format!("echo 'log_format = \"json\"' >> {CONFIGURATION}")]);
    container.run(&["sh", "-c", "echo 'threads = 2' > /etc/mathesar/conf.d/threads.toml"]);
    container.run(&["apt-get", "install", "-y", "-q", "--reinstall", "mathesar"]);
    let shown = container.run(&["mathesar", "config", "show"]);
    let line = |name: &str| shown.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("log_format").contains(CONFIGURATION), "{shown}");
    assert!(line("threads").contains("conf.d/threads.toml"), "{shown}");
    container.run(&["systemctl", "reload", UNIT]);
}

/// Upgrades restart only what runs.
fn a_stopped_service_stays_stopped(container: &Container) {
    container.run(&["systemctl", "stop", UNIT]);
    container.run(&["apt-get", "install", "-y", "-q", "--reinstall", "mathesar"]);
    assert_eq!(container.property(UNIT, "ActiveState"), "inactive");
}

fn nothing_is_left(container: &Container) {
    let search = "find / -xdev -path /proc -prune -o -path /sys -prune -o -path '/var/lib/apt/lists' -prune -o \
        -path /var/log -prune -o -path /var/cache -prune -o -iname '*mathesar*' -print";
    let left = container.run(&["sh", "-c", search]);
    let ours: Vec<&str> = left.lines().filter(|path| !path.ends_with("sources.list.d/mathesar.sources")).collect();
    assert!(ours.is_empty(), "{ours:?}");
    assert!(!container.command(&["getent", "passwd", "mathesar"]).status().unwrap().success());
}
