//! Our own data, the databases that are connected, and the PostgreSQL that we run ourselves.

use mathesar_app::databases::checkup::{Checkup, check_up};
use mathesar_pg::Diagnosis;

use super::{Patient, backups, report::Report};
use crate::{
    config::InternalDatabase,
    start::{self, Managed, Purpose, Started, keys},
};

pub(super) async fn check(patient: &Patient<'_>, report: &mut Report) {
    let config = patient.config;
    let (place, is_there) = match &config.internal_database {
        InternalDatabase::Sqlite(path) => (path.display().to_string(), path.exists()),
        InternalDatabase::Postgres(_) => ("PostgreSQL".to_owned(), true),
    };
    if !is_there {
        // Opening it would make it, and a look must change nothing.
        return report.good("data", format!("there is no internal database at {place} yet; the first start makes it"));
    }
    match start::open(config, patient.environment, Purpose::Command).await {
        Ok(started) => inside(patient, &place, &started, report).await,
        Err(error) => report.bad(
            "data",
            format!("the internal database ({place}) cannot be used: {error:#}"),
            "Bring back the file, the key or the PostgreSQL that it names.",
        ),
    }
}

async fn inside(patient: &Patient<'_>, place: &str, started: &Started, report: &mut Report) {
    report.good("data", format!("the internal database ({place}) answers"));
    let key = keys::origin(patient.config, patient.environment).unwrap_or_default();
    report.good("key", format!("the secret key is strong enough and fits; it comes from {key}"));
    match started.app.store.first_run().is_complete().await {
        Ok(true) => report.good("accounts", "the first account exists"),
        Ok(false) => report.warn(
            "accounts",
            "the first account is still to be created",
            format!("Open the link that this prints: {}", patient.config.setup_link_command()),
        ),
        Err(error) => report.bad("accounts", error.to_string(), "Look at the log of the server."),
    }
    backups::check(patient, &started.app.store, report).await;
    managed(patient, started, report).await;
    match check_up(&started.app).await {
        Ok(all) => all.iter().for_each(|one| connected(one, report)),
        Err(error) => report.bad("databases", error.to_string(), "Look at the log of the server."),
    }
}

async fn managed(patient: &Patient<'_>, started: &Started, report: &mut Report) {
    let Some(settings) = &patient.config.managed_postgres else {
        return report.good("postgres", "new databases are not made here (managed_postgres is off)");
    };
    let app = &started.app;
    let managed = Managed::new(settings, patient.config, patient.environment, &app.store, app.random.clone());
    let databases = match app.store.servers().managed().await {
        Ok(Some(server)) => app.store.databases().list(Some(server.id)).await.map(|all| all.len()).unwrap_or_default(),
        _ => 0,
    };
    match managed.programs().await {
        Ok(found) => report.good(
            "postgres",
            format!("PostgreSQL {} in {} runs what is made here ({databases} databases)", found.version, found.server.display()),
        ),
        // Without databases of ours nothing is broken yet: others can be connected all the same.
        Err(error) if databases == 0 => report.warn(
            "postgres",
            format!("no database can be made here: {error}"),
            "Install PostgreSQL 15 or later on this machine (apt install postgresql), or connect existing databases only.",
        ),
        Err(error) => report.bad(
            "postgres",
            format!("the {databases} databases that were made here cannot be run: {error}"),
            "Install that major version of PostgreSQL, or name its programs with managed_postgres_bin_dir.",
        ),
    }
}

fn connected(one: &Checkup, report: &mut Report) {
    let port = one.server.port.map(|port| format!(":{}", port.0)).unwrap_or_default();
    let name = format!("\"{}\" at {}{port} as \"{}\"", one.database.name, one.server.host, one.role.name);
    match &one.outcome {
        Ok(Diagnosis::Works(facts)) => report.good(
            "databases",
            format!(
                "{name} answers: PostgreSQL {}{}",
                facts.server.version,
                if facts.encrypted { ", encrypted" } else { "" }
            ),
        ),
        Ok(Diagnosis::Fails(problem)) => {
            let detail = problem.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
            report.bad("databases", format!("{name}: {}{detail}", problem.what), problem.next.clone());
        }
        Err(error) => report.bad("databases", format!("{name}: {error}"), "Enter the password of this role again."),
    }
}
