//! `mathesar doctor`: what is wrong, and what to do about it.

use std::net::TcpStream;

use anyhow::bail;

use super::{SettingArguments, block_on, owner, whereabouts::Whereabouts};
use crate::{
    config::{Config, Environment, InternalDatabase},
    start::{self, Managed, Purpose},
};

pub(super) fn run(settings: &SettingArguments) -> anyhow::Result<()> {
    let environment = Environment::of_process();
    let loaded = settings.load(&environment)?;
    let config = Config::new(&loaded, &environment)?;
    owner::become_owner_of(&config.data_dir)?;
    let mut report = Report::default();
    report.good(format!("version {}", env!("CARGO_PKG_VERSION")));
    report.good(format!("the configuration can be used ({} files read)", loaded.files.len()));
    for notice in &loaded.notices {
        report.bad(notice.clone());
    }
    check_port(&config, &mut report);
    block_on(Some(1), async {
        check_data(&config, &environment, &mut report).await;
        Ok(())
    })?;
    if report.problems > 0 {
        bail!("{} of these need attention.", report.problems);
    }
    Ok(())
}

/// Prints findings as they come.
#[derive(Default)]
struct Report {
    problems: usize,
}

impl Report {
    fn good(&mut self, words: String) {
        println!("ok       {words}");
    }

    fn bad(&mut self, words: String) {
        self.problems += 1;
        println!("problem  {words}");
    }
}

fn check_port(config: &Config, report: &mut Report) {
    let address = Whereabouts::of(config).address;
    match TcpStream::connect(address) {
        Ok(_) => report
            .good(format!("something listens on {address}; `mathesar healthcheck` asks whether it is this program")),
        Err(_) => report.good(format!("nothing listens on {address}: the server is not running")),
    }
}

async fn check_data(config: &Config, environment: &Environment, report: &mut Report) {
    let place = match &config.internal_database {
        InternalDatabase::Sqlite(path) => path.display().to_string(),
        InternalDatabase::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let started = match start::open(config, environment, Purpose::Command).await {
        Ok(started) => started,
        Err(error) => return report.bad(format!("the internal database ({place}) cannot be used: {error:#}")),
    };
    report.good(format!("the internal database ({place}) answers, and the secret key fits"));
    match started.app.store.first_run().is_complete().await {
        Ok(true) => report.good("the first account exists".to_owned()),
        Ok(false) => report.good(format!("the first account is still to be created: {}", config.setup_link_command())),
        Err(error) => report.bad(error.to_string()),
    }
    if let Some(settings) = &config.managed_postgres {
        let random = started.app.random.clone();
        let managed = Managed::new(settings, config, environment, &started.app.store, random);
        match managed.programs().await {
            Ok(found) => report.good(format!("the managed PostgreSQL is version {}", found.version)),
            Err(error) => report.bad(format!("the managed PostgreSQL cannot run: {error}")),
        }
    }
}
