//! What users of arm64 install. Where this machine is another one, the kernel has QEMU run it, which is slow, so that one life in
//! each channel has to do.

use std::process::Command;

use mathesar_packaging::{
    artefacts::{self, ARM64},
    newcomer::Newcomer,
    podman::Podman,
    process::{Running, free_address},
    run,
    system::System,
};

/// Where the bare file lies; nobody may write there.
const PLACE: &str = "opt/mathesar";
const PACKAGE: &str = "var/cache/mathesar.deb";

/// First run, sample in the PostgreSQL that it carries, edit, restart.
#[test]
#[ignore = "`cargo xtask test arm64` runs it"]
fn the_executable_lives_with_its_own_postgresql() {
    let system = System::of(ARM64, "trixie", &[]);
    assert_eq!(run(system.command("root", "uname").arg("--machine")).trim(), ARM64.uname);
    system.install(&artefacts::executable(ARM64), PLACE);
    run(system.command("root", "useradd").args(["--create-home", "ada"]));
    let start = || {
        let address = free_address();
        let running = Running::start(system.command("ada", &format!("/{PLACE}")).args(["--bind", &address]));
        (Newcomer::at(&format!("http://{address}")), running)
    };

    let (newcomer, running) = start();
    newcomer.set_up(&running.link);
    let edit = newcomer.make_and_edit();
    running.stop();

    let (newcomer, running) = start();
    newcomer.finds(&edit);
    running.stop();
}

/// dpkg resolves what the package depends on among the packages of its architecture.
#[test]
#[ignore = "`cargo xtask test arm64` runs it"]
fn the_package_is_installed_and_runs() {
    let package = artefacts::package(ARM64);
    let field = |name: &str| run(Command::new("dpkg-deb").arg("--field").arg(&package).arg(name));
    assert_eq!(field("Architecture").trim(), "arm64");
    assert!(field("Depends").contains("libc6 (>="), "{}", field("Depends"));

    let system = System::of(ARM64, "trixie", &[]);
    system.install(&package, PACKAGE);
    let mut install = system.command("root", "apt-get");
    run(install.args(["install", "-y", "-q", "--no-install-recommends", &format!("/{PACKAGE}")]));
    let version = run(system.command("mathesar", "mathesar").arg("--version"));
    assert!(field("Version").trim().ends_with(version.trim().trim_start_matches("mathesar ")), "{version}");
    run(system.command("mathesar", "mathesar").args(["config", "check"]));
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
