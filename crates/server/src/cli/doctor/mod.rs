//! `mathesar doctor`: what is wrong, and what to do about it.

use anyhow::bail;

use super::{SettingArguments, block_on, owner};
use crate::config::{Config, Environment, Loaded};

mod backups;
mod data;
mod listener;
mod machine;
mod network;
mod places;
mod report;
mod tls;

use report::Report;

/// How to tell it.
#[derive(clap::Args)]
pub(super) struct Doctor {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// What every check looks at.
struct Patient<'a> {
    config: &'a Config,
    loaded: &'a Loaded,
    environment: &'a Environment,
}

pub(super) fn run(doctor: &Doctor, settings: &SettingArguments) -> anyhow::Result<()> {
    let mut report = Report::new(doctor.json);
    report.good("version", format!("this is Mathesar {}", env!("CARGO_PKG_VERSION")));
    examine(settings, &mut report)?;
    match report.end()? {
        0 => Ok(()),
        1 => bail!("One problem was found."),
        problems => bail!("{problems} problems were found."),
    }
}

fn examine(settings: &SettingArguments, report: &mut Report) -> anyhow::Result<()> {
    let environment = Environment::of_process();
    let read = settings.load(&environment).and_then(|loaded| Ok((Config::new(&loaded, &environment)?, loaded)));
    let (config, loaded) = match read {
        Ok(read) => read,
        Err(problems) => {
            for problem in problems.0 {
                report.bad("settings", problem, "Correct it; nothing else can be looked at before.");
            }
            return Ok(());
        }
    };
    settings_are_read(&loaded, report);
    let patient = Patient { config: &config, loaded: &loaded, environment: &environment };
    machine::check(&patient, report);
    places::check(&patient, report);
    // Whose program holds a port is for root to see, so that it is asked before root becomes another user.
    let server = listener::check(&patient, report);
    owner::become_owner_of(&config.data_dir)?;
    tls::check(&patient, report);
    network::check(&patient, server, report);
    block_on(Some(2), async {
        data::check(&patient, report).await;
        Ok(())
    })
}

fn settings_are_read(loaded: &Loaded, report: &mut Report) {
    let files: Vec<String> = loaded.files.iter().map(|path| path.display().to_string()).collect();
    let from = if files.is_empty() { "no file was found".to_owned() } else { files.join(", ") };
    report.good("settings", format!("the settings can be used; read: {from}"));
    for notice in &loaded.notices {
        report.warn("settings", notice.clone(), "Take the variable away.");
    }
}
