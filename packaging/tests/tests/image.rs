//! The container image as somebody runs it who trusts it with nothing: no root, no capabilities, a read-only root file system,
//! an arbitrary user number.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

use mathesar_packaging::{
    guide::Guide,
    podman::{Container, Podman},
    run,
};
use mathesar_testkit::Cluster;

/// What the image may weigh.
const HEAVIEST: u64 = 250 * 1000 * 1000;
/// The rights that it gets: none, and a user number that nothing in the image knows.
const WITHOUT_TRUST: [&str; 6] = [
    "--read-only",
    "--tmpfs=/tmp",
    "--tmpfs=/run",
    "--cap-drop=all",
    "--security-opt=no-new-privileges",
    "--user=12345:12345",
];
const VOLUME: &str = "--volume=mathesar:/data";

#[test]
fn an_edit_outlives_its_container() {
    let podman = Podman::new();
    assert!(podman.size() <= HEAVIEST, "the image weighs {} bytes", podman.size());
    let first = start(&podman, &[]);
    let edit = first.inside(|newcomer| {
        newcomer.set_up(&first.link());
        newcomer.make_and_edit()
    });
    first.exec(&["mathesar", "healthcheck"]);
    first.stop();

    let second = start(&podman, &[]);
    second.inside(|newcomer| newcomer.finds(&edit));
    second.stop();
}

#[test]
fn with_our_own_data_elsewhere_no_postgresql_runs_inside() {
    let elsewhere = Cluster::start();
    let database = elsewhere.database();
    let podman = Podman::new();
    let socket = elsewhere.socket_directory().display().to_string();
    let running = start(
        &podman,
        &[
            &format!("--volume={socket}:{socket}"),
            &format!("--env=DATABASE_URL={}", database.url()),
            "--env=SECRET_KEY=a key that somebody keeps in a safe place",
        ],
    );
    running.inside(|newcomer| newcomer.set_up(&running.link()));
    let processes = run(&mut podman.command(&["top", &running.id, "args"]));
    assert!(processes.contains("mathesar serve") && !processes.contains("postgres"), "{processes}");
    assert_eq!(database.scalar("select count(*) from mathesar_internal.users").as_deref(), Some("1"));
    running.stop();
}

/// The commands of the page, with `docker` as a name of podman that reaches no registry and no network.
#[test]
fn the_page_keeps_what_it_promises() {
    let podman = Podman::new();
    let guide = Guide::read("docker", "");
    let follow = |name: &str| podman.shell(&guide.commands(name));
    let named = || podman.named("mathesar");

    follow("start");
    let edit = named().inside(|newcomer| {
        let printed = follow("link");
        newcomer.set_up(printed.lines().map(str::trim).find(|line| line.contains("/setup#token=")).unwrap());
        newcomer.make_and_edit()
    });
    follow("update");
    named().inside(|newcomer| newcomer.finds(&edit));
    follow("uninstall");

    let elsewhere = Cluster::start();
    let socket = elsewhere.socket_directory().display().to_string();
    let given = format!(
        "export SECRET_KEY='a key that somebody keeps in a safe place' DATABASE_URL='{}' SOCKET={socket}\n",
        elsewhere.database().url()
    );
    podman.shell(&(given + &guide.commands("production")));
    named().inside(|newcomer| assert!(!newcomer.origin.is_empty()));
    follow("uninstall");

    // A volume belongs to the number that made it; another number has one of its own.
    run(&mut podman.command(&["volume", "rm", "mathesar"]));
    follow("hardened");
    named().inside(|newcomer| newcomer.set_up(&named().link()));
    follow("uninstall");
}

#[test]
fn nothing_is_kept_where_it_would_be_lost() {
    let podman = Podman::new();
    let refused = podman.command(&podman.run_words(&WITHOUT_TRUST, &[])).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("--ephemeral"), "{said}");
}

fn start<'p>(podman: &'p Podman, more: &[&str]) -> Container<'p> {
    podman.start(&[&WITHOUT_TRUST, &[VOLUME], more].concat(), &[])
}
