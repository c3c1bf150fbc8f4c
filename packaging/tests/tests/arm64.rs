//! What users of arm64 install. Where this machine is another one, the kernel has QEMU run it, which is slow, so that one life in
//! each channel has to do.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use mathesar_packaging::{
    artefacts::{self, ARM64},
    interpreters::{Python, shell, system_of},
    life::live,
    podman::Podman,
    run,
    system::System,
};

/// Where the bare file lies; nobody may write there.
const PLACE: &str = "opt/mathesar";
const PACKAGE: &str = "var/cache/mathesar.deb";

#[test]
#[ignore = "`cargo xtask test arm64` runs it"]
fn the_executable_lives_with_its_own_postgresql() {
    let system = System::of(ARM64, "trixie", &[]);
    assert_eq!(run(system.command("root", "uname").arg("--machine")).trim(), ARM64.uname);
    system.install(&artefacts::executable(ARM64), PLACE);
    run(system.command("root", "useradd").args(["--create-home", "ada"]));
    live(|address| serve(&system, "ada", &format!("/{PLACE}"), address));
}

/// dpkg finds what the package needs among the packages of its architecture. A command stands for the unit, which is the same for
/// every architecture: QEMU knows none of the filters of system calls (seccomp) by which systemd confines it.
#[test]
#[ignore = "`cargo xtask test arm64` runs it"]
fn the_package_lives_with_the_postgresql_of_debian() {
    let package = artefacts::package(ARM64);
    let field = |name: &str| run(Command::new("dpkg-deb").arg("--field").arg(&package).arg(name));
    assert_eq!(field("Architecture").trim(), "arm64");
    assert!(field("Depends").contains("libc6 (>="), "{}", field("Depends"));

    let system = System::of(ARM64, "trixie", &[]);
    system.install(&package, PACKAGE);
    // What would be started here would be a service of this machine.
    fs::write(system.path().join("usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n").unwrap();
    fs::set_permissions(system.path().join("usr/sbin/policy-rc.d"), fs::Permissions::from_mode(0o755)).unwrap();
    run(system.command("root", "apt-get").args(["update", "-q"]));
    run(system.command("root", "apt-get").args(["install", "-y", "-q", &format!("/{PACKAGE}")]));
    let version = run(system.command("mathesar", "mathesar").arg("--version"));
    assert!(field("Version").trim().ends_with(version.trim().trim_start_matches("mathesar ")), "{version}");
    // The unit's StateDirectory.
    run(system.command("root", "install").args(["--directory", "--owner=mathesar", "/var/lib/mathesar"]));
    run(system.command("mathesar", "mathesar").args(["config", "check"]));
    live(|address| serve(&system, "mathesar", "mathesar", address));
}

/// pip takes it there, and a PostgreSQL for it.
#[test]
#[ignore = "`cargo xtask test arm64` runs it"]
fn the_wheel_lives_with_the_postgresql_of_its_extra() {
    let system = system_of(ARM64, Python { release: "trixie", version: "3.13" }, &[], &[]);
    shell(&system, "python3 -m venv e && e/bin/pip install 'mathesar[postgres]'");
    live(|address| serve(&system, "ada", "/home/ada/e/bin/mathesar", address));
}

/// First run and edit in the PostgreSQL that the image brings.
#[test]
#[ignore = "`cargo xtask test arm64` runs it"]
fn the_image_lives_with_the_postgresql_of_debian() {
    let podman = Podman::of(ARM64);
    assert_eq!(podman.property("{{.Architecture}}"), ARM64.debian);
    let container = podman.start(&["--volume=mathesar:/data"], &[]);
    assert_eq!(container.exec(&["uname", "--machine"]).trim(), ARM64.uname);
    let version = container.exec(&["mathesar", "--version"]);
    assert_eq!(version.trim(), format!("mathesar {}", env!("CARGO_PKG_VERSION")));
    container.inside(|newcomer| {
        newcomer.set_up(&container.link());
        newcomer.make_and_edit()
    });
    container.stop();
}

/// What runs the program on an address for this user.
fn serve(system: &System, user: &str, program: &str, address: &str) -> Command {
    let mut command = system.command(user, program);
    command.args(["serve", "--bind", address]);
    command
}
