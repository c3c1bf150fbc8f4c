//! `mathesar config`.

use clap::Subcommand;

use super::SettingArguments;
use crate::config::{self, Environment, show};

/// What to do with the configuration.
#[derive(Subcommand)]
pub(super) enum Config {
    /// Print every setting with its value and where it comes from
    Show,
    /// Say what is wrong with the configuration; exit code 0 if nothing is
    Check,
    /// Print a configuration file with every setting: those given as flags as they are, the others commented out
    Generate,
}

pub(super) fn run(command: Config, settings: &SettingArguments) -> anyhow::Result<()> {
    let environment = Environment::of_process();
    match command {
        Config::Generate => print!("{}", show::generate(settings.flags())),
        Config::Show => print!("{}", show::show(&settings.load(&environment)?)),
        Config::Check => {
            let loaded = settings.load(&environment)?;
            config::Config::new(&loaded, &environment)?;
            for notice in &loaded.notices {
                println!("{notice}");
            }
            let files: Vec<String> = loaded.files.iter().map(|path| path.display().to_string()).collect();
            let read = if files.is_empty() { "no file was found".to_owned() } else { files.join(", ") };
            println!("The configuration can be used. Read: {read}.");
        }
    }
    Ok(())
}
