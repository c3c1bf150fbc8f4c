//! The container image as somebody runs it who trusts it with nothing: no root, no capabilities, a read-only root file system,
//! an arbitrary user number.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
};

use mathesar_packaging::{
    artefacts,
    guide::Guide,
    podman::{Container, Podman},
    process::link_in,
    run,
};
use mathesar_testkit::Cluster;
use serde_json::json;

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
    assert_eq!(podman.label("licenses"), "Apache-2.0");
    assert_eq!(podman.label("version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(podman.label("revision").len(), 40, "the commit that it was built from");
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

/// A scanner that looks for parts with known faults finds Debian's packages, PostgreSQL's too, and what is linked into the program.
#[test]
fn its_parts_are_listed() {
    let bill = artefacts::bill_of(&artefacts::image(artefacts::HERE));
    let listed = |part: &str| artefacts::bill_lists(&bill, part);
    assert!(
        listed("pkg:deb/debian/postgresql-17@17.")
            && listed("pkg:deb/debian/libssl3t64@")
            && listed("pkg:cargo/tokio@")
    );

    let podman = Podman::new();
    let running = start(&podman, &[]);
    let inner = running.exec(&["cat", "/usr/share/mathesar/mathesar.cdx.json"]);
    assert!(artefacts::bill_lists(&serde_json::from_str(&inner).unwrap(), "pkg:cargo/tokio@"));
    let status = running.exec(&["cat", "/var/lib/dpkg/status.d/postgresql-17"]);
    let version = status.lines().find_map(|line| line.strip_prefix("Version: ")).unwrap();
    let says = running.exec(&["/usr/lib/postgresql/17/bin/postgres", "--version"]);
    assert!(says.contains(version), "{says} is not of the package {version}");
    running.stop();
}

#[test]
fn with_our_own_data_elsewhere_no_postgresql_runs_inside() {
    let elsewhere = Cluster::start();
    let database = elsewhere.database();
    let podman = Podman::new();
    let socket = elsewhere.socket_directory().display().to_string();
    let secrets = tempfile::tempdir_in("/var/tmp").unwrap();
    fs::set_permissions(secrets.path(), Permissions::from_mode(0o755)).unwrap();
    fs::write(secrets.path().join("url"), database.url()).unwrap();
    fs::write(secrets.path().join("key"), "a key that somebody keeps in a safe place\n").unwrap();
    let running = start(
        &podman,
        &[
            &format!("--volume={socket}:{socket}"),
            &format!("--volume={}:/run/secrets:ro", secrets.path().display()),
            "--env=DATABASE_URL_FILE=/run/secrets/url",
            "--env=SECRET_KEY_FILE=/run/secrets/key",
        ],
    );
    running.inside(|newcomer| newcomer.set_up(&running.link()));
    let processes = running.processes();
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
        newcomer.set_up(&link_in(&follow("link")).unwrap());
        newcomer.make_and_edit()
    });
    follow("update");
    named().inside(|newcomer| newcomer.finds(&edit));
    follow("uninstall");

    let elsewhere = Cluster::start();
    let database = elsewhere.database();
    let socket = elsewhere.socket_directory().display().to_string();
    let given = format!(
        "export SECRET_KEY='a key that somebody keeps in a safe place' DATABASE_URL='{}' SOCKET={socket}\n",
        database.url()
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
    let refused = podman.start(&WITHOUT_TRUST, &[]);
    assert_ne!(refused.exit_code(), 0);
    assert!(refused.logs().contains("--ephemeral"), "{}", refused.logs());

    let trial = podman.start(&[], &["serve", "--ephemeral"]);
    trial.inside(|newcomer| {
        newcomer.set_up(&trial.link());
        newcomer.make_and_edit()
    });
    trial.stop();
}

/// Behind a proxy that shows it as a part of another site.
#[test]
fn under_a_path_of_another_site() {
    let podman = Podman::new();
    let running = start(&podman, &["--env=MATHESAR_EXTERNAL_URL=https://example.org/tables"]);
    running.inside_at("http://127.0.0.1:8000/tables", |newcomer| {
        let link = running.link();
        let token = link.strip_prefix("https://example.org/tables/setup").unwrap_or_else(|| panic!("{link}"));
        newcomer.set_up(&format!("{}/setup{token}", newcomer.origin));
        newcomer.make_and_edit()
    });
    running.stop();
}

/// Somebody means their own machine and says the name by which the container calls itself.
#[test]
fn a_database_on_the_host_is_called_by_its_name() {
    let podman = Podman::new();
    let running = start(&podman, &[]);
    running.inside(|newcomer| {
        newcomer.set_up(&running.link());
        let refusal = |host: &str| {
            let url = format!("postgresql://ada:secret@{host}/books");
            newcomer.refused("databases.setup.connect_existing", &json!({ "url": url })).to_string()
        };
        let said = refusal("localhost");
        assert!(said.contains("host.docker.internal"), "{said}");
        let said = refusal("host.docker.internal");
        assert!(said.contains("--add-host=host.docker.internal:host-gateway"), "{said}");
    });
    running.stop();
}

fn start<'p>(podman: &'p Podman, more: &[&str]) -> Container<'p> {
    podman.start(&[&WITHOUT_TRUST[..], &[VOLUME], more].concat(), &[])
}
