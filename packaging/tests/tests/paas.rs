//! The files for platforms: read as their vendors document them, and the image run as they say.

use mathesar_packaging::{
    artefacts,
    network::SharedNetwork,
    paas::{self, Made, Platform},
    podman::{Container, Podman},
};

/// Connections that the smallest plan of any of them allows: Heroku's.
const FEWEST_CONNECTIONS: u32 = 20;
/// Letters and digits as platforms make them up.
const SECRET: &str = "9fK2mQx7Lr4TzVb8Hn3WcYs6PdGj5uEa1RoXiMq0ZkBtNvCwJyDhSfUgAeOlIp2x7L";

#[test]
fn every_file_is_what_its_vendor_takes() {
    let made = Made { database: "postgres://role:password@host/database", secret: SECRET };
    for platform in [paas::render, paas::railway, paas::digitalocean, paas::heroku, paas::fly].map(|of| of(&made)) {
        let given = |name: &str| platform.environment.iter().filter(|(other, _)| other == name).count();
        assert_eq!((given("DATABASE_URL"), given("SECRET_KEY"), given("PORT")), (1, 1, 0), "{platform:?}");
        assert!(platform.health.as_deref().is_none_or(|path| path == "/readyz"), "{platform:?}");
    }
}

/// Fly's page begins with a download.
#[test]
fn what_is_downloaded_is_among_the_releases() {
    let released = std::fs::read_to_string(artefacts::find("fly.toml", "")).expect("a text");
    assert_eq!(released, include_str!("../../paas/fly.toml"));
}

#[test]
fn on_render() {
    live(paas::render);
}

#[test]
fn on_railway() {
    live(paas::railway);
}

#[test]
fn on_digitalocean() {
    live(paas::digitalocean);
}

#[test]
fn on_heroku() {
    live(paas::heroku);
}

#[test]
fn on_fly() {
    live(paas::fly);
}

/// First run, an edit, a second instance beside the first, a restart on an empty disk.
fn live(platform: fn(&Made<'_>) -> Platform) {
    let podman = Podman::new();
    let host = "db.internal";
    let network = SharedNetwork::new(&podman, host);
    let postgres = network.postgres(host);
    let platform = platform(&Made { database: &postgres.database("internal"), secret: SECRET });
    let theirs = postgres.database("theirs");
    let start = |port: u16| start(&podman, &network, &platform, port);
    let origin = |port: u16| format!("http://127.0.0.1:{port}");
    let (port, other) = (platform.port, platform.port + 1);

    let first = start(port);
    let edit = first.inside_at(&origin(port), |newcomer| {
        let link = first.link();
        assert!(link.starts_with(platform.address.unwrap_or("http://")), "{link}");
        if let Some(path) = &platform.health {
            assert_eq!(newcomer.status_as("10.1.2.3", path), Some(200));
        }
        if let Some(address) = platform.address {
            assert_eq!(newcomer.status_as(address.trim_start_matches("https://"), "/"), Some(200));
        }
        // The platform's address leads nowhere from here.
        let (_, token) = link.split_once("#token=").expect("a setup link has a token");
        newcomer.set_up(&format!("{}/setup#token={token}", newcomer.origin));
        newcomer.connect_and_edit(&format!("{theirs}?sslmode=require"))
    });
    assert!(!first.processes().contains("postgres -D"), "{}", first.processes());
    let settings = first.exec(&["mathesar", "config", "show"]);
    assert!(settings.contains("environment variable SECRET_KEY"), "{settings}");

    let second = start(other);
    second.inside_at(&origin(other), |newcomer| newcomer.finds(&edit));
    let connections = postgres.connections("internal");
    assert!(connections <= FEWEST_CONNECTIONS, "{connections} connections");
    first.stop();
    second.inside_at(&origin(other), |newcomer| newcomer.finds(&edit));

    let again = start(port);
    again.inside_at(&origin(port), |newcomer| newcomer.finds(&edit));
    again.stop();
    second.stop();
}

fn start<'p>(podman: &'p Podman, network: &SharedNetwork<'_>, platform: &Platform, port: u16) -> Container<'p> {
    let mut options = network.options();
    options.extend(platform.environment.iter().map(|(name, value)| format!("--env={name}={value}")));
    options.push(format!("--env=PORT={port}"));
    options.extend(platform.user.map(|user| format!("--user={user}")));
    podman.start(&options.iter().map(String::as_str).collect::<Vec<_>>(), &[])
}
