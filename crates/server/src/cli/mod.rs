//! The command line. Each command has its file; all of them take the same settings.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, FromArgMatches, Parser, Subcommand};

use crate::config::{
    Config, Environment, Flags, Loaded, Problems, environment,
    form::Form,
    load,
    settings::{SETTINGS, Setting},
};

mod backup;
mod browser;
mod completions;
mod config;
mod doctor;
mod healthcheck;
mod licenses;
mod links;
mod man;
mod migrate;
mod owner;
mod passphrase;
mod password;
mod postgres;
mod reload;
mod restore;
mod self_update;
mod serve;
mod setup_link;
mod systemd;
mod users;
mod whereabouts;

/// A spreadsheet on PostgreSQL. Without a command it serves.
#[derive(Parser)]
#[command(name = "mathesar", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: SettingArguments,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the application (what happens without a command)
    Serve,
    /// Print a new link for creating the first account; earlier links are void
    SetupLink,
    /// Manage the people who may sign in
    #[command(subcommand)]
    Users(users::Users),
    /// Show, check and generate the configuration
    #[command(subcommand)]
    Config(config::Config),
    /// Write everything into one file, while the server works; or try such a file
    Backup(backup::Backup),
    /// Bring a backup back
    Restore(restore::Restore),
    /// Take over what an installation of the original keeps for itself: users, connections, explorations, forms
    MigrateFromMathesar(migrate::Migrate),
    /// Look at the managed PostgreSQL, and move it to a newer version
    #[command(subcommand)]
    Postgres(postgres::Postgres),
    /// Look for what is wrong with this installation
    Doctor(doctor::Doctor),
    /// Ask the running server whether it is ready; exit code 0 if it is
    Healthcheck,
    /// List what this program carries, and under which licences
    Licenses(licenses::Which),
    /// Replace this file by the newest release, where it is a bare file and not part of a package
    SelfUpdate(self_update::SelfUpdate),
    /// Print the manual, or write the manual pages of all commands
    Man(man::Man),
    /// Print a script that lets a shell complete the command line
    Completions {
        /// The shell
        shell: completions::KnownShell,
    },
}

/// Under which settings stand in `--help`; commands have options of their own beside them.
const SETTINGS_HEADING: &str = "Settings";

/// The settings as flags, made from their table.
#[derive(Clone, Debug, Default)]
pub struct SettingArguments {
    file: Option<PathBuf>,
    flags: Flags,
}

impl Args for SettingArguments {
    fn augment_args(command: clap::Command) -> clap::Command {
        let file = clap::Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("Configuration file to read instead of the usual one [env: MATHESAR_CONFIG]");
        let settings = SETTINGS.iter().map(setting_argument);
        let arguments = [file].into_iter().chain(settings).map(|arg| arg.global(true).help_heading(SETTINGS_HEADING));
        command.args(arguments)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

fn setting_argument(setting: &'static Setting) -> clap::Arg {
    let default = setting.default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
    let argument = clap::Arg::new(setting.name)
        .long(setting.flag().trim_start_matches('-').to_owned())
        .value_name("VALUE")
        // A secret on the command line would be seen by every user of the machine.
        .hide(setting.secret)
        .hide_short_help(!IN_SHORT_HELP.contains(&setting.name))
        .help(format!("{}{default} [env: {}]", first_sentence(setting.doc), setting.variable()))
        .long_help(format!("{}{default} [env: {}]", setting.doc, setting.variable()));
    match setting.form {
        // The flag alone is a yes, so that a value must hang on it.
        Form::Bool => argument.num_args(0..=1).require_equals(true).default_missing_value("true"),
        Form::OneOf(words) => argument.value_parser(words.to_vec()),
        _ => argument,
    }
}

/// The settings that `-h` tells; `--help` tells all.
const IN_SHORT_HELP: &[&str] = &["data_dir", "bind", "external_url", "allowed_hosts"];

fn first_sentence(doc: &str) -> &str {
    doc.split_once(". ").map_or(doc.trim_end_matches('.'), |(first, _)| first)
}

impl FromArgMatches for SettingArguments {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self::default();
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        self.file = matches.get_one::<PathBuf>("config").cloned();
        for setting in SETTINGS {
            if let Some(text) = matches.get_one::<String>(setting.name) {
                self.flags.insert(setting.name, text.clone());
            }
        }
        Ok(())
    }
}

impl SettingArguments {
    /// The same but for a flag that means something else to a command.
    fn without(&self, setting: &str) -> Self {
        let mut rest = self.clone();
        rest.flags.remove(setting);
        rest
    }

    fn flags(&self) -> &Flags {
        &self.flags
    }

    fn load(&self, environment: &Environment) -> Result<Loaded, Problems> {
        load(&self.flags, self.file.as_deref(), environment)
    }
}

/// The settings of a command that works with our own data, read as the data's owner.
struct Prepared {
    arguments: SettingArguments,
    environment: Environment,
    loaded: Loaded,
    config: Config,
}

impl Prepared {
    fn new(settings: &SettingArguments) -> anyhow::Result<Self> {
        let environment = Environment::of_process();
        let loaded = settings.load(&environment)?;
        let config = Config::new(&loaded, &environment)?;
        Ok(Self { arguments: settings.clone(), environment, loaded, config })
    }
}

/// Runs the command of the command line.
///
/// # Errors
/// In words for whoever started it; the exit code is then 1. A wrong command line ends the process with 2.
pub fn run() -> anyhow::Result<()> {
    environment::leave_libpq_behind().context("The program cannot be started without the variables of libpq (PG…).")?;
    let arguments = Arguments::parse();
    let settings = &arguments.settings;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(Prepared::new(settings)?),
        Command::SetupLink => setup_link::run(Prepared::new(settings)?),
        Command::Users(command) => users::run(command, Prepared::new(settings)?),
        Command::Config(command) => config::run(command, settings),
        Command::Doctor(how) => doctor::run(&how, settings),
        Command::Backup(command) => backup::run(command, Prepared::new(settings)?),
        Command::Restore(command) => restore::run(command, Prepared::new(settings)?),
        Command::MigrateFromMathesar(command) => migrate::run(command, Prepared::new(&settings.without("secret_key"))?),
        Command::Postgres(command) => postgres::run(command, Prepared::new(settings)?),
        Command::Healthcheck => healthcheck::run(&Prepared::new(settings)?.config),
        Command::Licenses(which) => licenses::run(&which),
        Command::SelfUpdate(wanted) => self_update::run(&wanted),
        Command::Man(which) => man::run(&which),
        Command::Completions { shell } => completions::run(shell),
    }
}

/// Runs `work` on an async runtime with `threads` threads.
fn block_on<T>(threads: Option<usize>, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = threads {
        builder.worker_threads(threads);
    }
    builder.enable_all().build()?.block_on(work)
}

/// Runs `work` until it is done, or until somebody presses Ctrl+C or stops the process: then it is dropped, and cleans up.
async fn interruptible<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("Stopped. Nothing was changed."),
        _ = terminate.recv() => anyhow::bail!("Stopped. Nothing was changed."),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn settings_can_stand_before_and_after_the_command() {
        for line in [["mathesar", "--bind", "127.0.0.1:1", "serve"], ["mathesar", "serve", "--bind", "127.0.0.1:1"]] {
            let arguments = Arguments::try_parse_from(line).unwrap();
            assert_eq!(arguments.settings.flags["bind"], "127.0.0.1:1", "{line:?}");
        }
    }

    #[test]
    fn a_flag_of_yes_or_no_may_stand_alone() {
        for (line, value) in [
            (vec!["mathesar", "--ephemeral", "serve"], "true"),
            (vec!["mathesar", "--ephemeral=false"], "false"),
            (vec!["mathesar", "serve", "--ephemeral"], "true"),
        ] {
            let arguments = Arguments::try_parse_from(&line).unwrap();
            assert_eq!(arguments.settings.flags["ephemeral"], value, "{line:?}");
        }
    }
}
