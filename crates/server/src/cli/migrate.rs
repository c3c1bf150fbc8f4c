//! `mathesar migrate-from-mathesar`.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use mathesar_app::migrate::{self, Fate, Line, Report, Request, Section};
use secrecy::SecretString;

use super::{Prepared, block_on, interruptible, owner, password};
use crate::{
    config::{Environment, variable},
    start::{self, Purpose, lasting},
};

const URL_VARIABLE: &str = "MATHESAR_ORIGINAL_URL";
const KEY_VARIABLE: &str = "MATHESAR_ORIGINAL_SECRET_KEY";

/// Where the original is, and what to do.
#[derive(Args)]
pub(super) struct Migrate {
    /// Address of the original's internal database, postgres://role:password@host:port/database [env: MATHESAR_ORIGINAL_URL]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// File with that address, or - for standard input [env: MATHESAR_ORIGINAL_URL_FILE]
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    url_file: Option<PathBuf>,
    /// The SECRET_KEY of the original; every user of this computer can see it here, so better use the file [env:
    /// MATHESAR_ORIGINAL_SECRET_KEY]
    // The setting of this name, which is our own key, has to be given in another way for this command.
    #[arg(long, value_name = "KEY")]
    secret_key: Option<String>,
    /// File with the SECRET_KEY of the original, or - for standard input [env: MATHESAR_ORIGINAL_SECRET_KEY_FILE]
    #[arg(long, value_name = "FILE", conflicts_with = "secret_key")]
    secret_key_file: Option<PathBuf>,
    /// Go on although stored passwords cannot be opened: their roles come without them
    #[arg(long)]
    without_passwords: bool,
    /// Change nothing, and say what would be brought over
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(command: Migrate, prepared: Prepared) -> anyhow::Result<()> {
    let Prepared { environment, config, .. } = prepared;
    // Root may read what the owner of the data may not.
    let request = command.request(&environment)?;
    lasting::check(&config, &environment)?;
    owner::become_owner_of(&config.data_dir)?;
    let rehearsal = request.rehearsal;
    let report = block_on(Some(2), async {
        let started = start::open(&config, &environment, Purpose::Command).await?;
        let report = interruptible(async { Ok(migrate::migrate(&started.app, request).await?) }).await?;
        started.app.store.clone().close().await?;
        Ok(report)
    })?;
    print(&report, rehearsal);
    Ok(())
}

impl Migrate {
    fn request(self, environment: &Environment) -> anyhow::Result<Request> {
        let url = given(self.url, self.url_file, URL_VARIABLE, "address of the original", environment)?;
        let url = url.context(
            "Say where the original's internal database is: --url postgres://role:password@host:port/mathesar_django, or \
             --url-file with a file that holds this.",
        )?;
        let secret_key = given(self.secret_key, self.secret_key_file, KEY_VARIABLE, "secret key", environment)?;
        Ok(Request { url, secret_key, without_passwords: self.without_passwords, rehearsal: self.dry_run })
    }
}

/// What a flag says, else what is in the file that another one names, else what the environment says in either way.
fn given(
    flag: Option<String>,
    file: Option<PathBuf>,
    variable_name: &str,
    what: &str,
    environment: &Environment,
) -> anyhow::Result<Option<SecretString>> {
    if let Some(path) = file {
        return password::from_file(&path, what).map(Some);
    }
    if let Some(flag) = flag {
        return Ok(Some(flag.into()));
    }
    match variable(variable_name, true, environment) {
        Ok(given) => Ok(given.map(|given| given.text)),
        Err(problem) => bail!(problem),
    }
}

fn print(report: &Report, rehearsal: bool) {
    if rehearsal {
        println!("This is what would be brought over.\n");
    }
    for section in report.sections.iter().filter(|section| !section.lines.is_empty()) {
        print_section(section);
    }
    if report.some_are_away {
        println!(
            "Some databases cannot be reached from here. A name such as db or localhost may mean a computer only where the \
             original runs: change host and port in the settings of a database, under Connection.\n"
        );
    }
    if rehearsal {
        println!("Nothing was changed. Run the same without --dry-run to bring it over.");
    } else {
        println!("Done. The original was only read. Everybody signs in with the password that they have there.");
    }
}

fn print_section(section: &Section) {
    println!("{}: {}", section.title, summary(section));
    let worth_reading = |line: &&Line| !section.many || matches!(line.fate, Fate::LeftOut(_));
    for line in section.lines.iter().filter(worth_reading) {
        let (mark, fate) = match &line.fate {
            Fate::BroughtOver => ('+', String::new()),
            Fate::HereAlready => ('=', ": is here already, and stays as it is".to_owned()),
            Fate::GotPassword => ('+', ": is here already, and gets its password".to_owned()),
            Fate::LeftOut(reason) => ('-', format!(": {reason}")),
        };
        println!("  {mark} {}{fate}", line.what);
        if let Some(note) = &line.note {
            println!("      {note}");
        }
    }
    println!();
}

/// How many met which fate, such as `2 brought over, 1 left out`.
fn summary(section: &Section) -> String {
    let count = |fate: fn(&Fate) -> bool| section.lines.iter().filter(|line| fate(&line.fate)).count();
    let counts = [
        (count(|fate| matches!(fate, Fate::BroughtOver)), "brought over"),
        (count(|fate| matches!(fate, Fate::HereAlready | Fate::GotPassword)), "here already"),
        (count(|fate| matches!(fate, Fate::LeftOut(_))), "left out"),
    ];
    let words: Vec<_> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, fate)| format!("{count} {fate}")).collect();
    words.join(", ")
}
