//! `mathesar man`: manual pages, made from the command line's own description and from the table of settings.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_mangen::roff::{Inline, Roff, bold, italic, line_break, roman};

use super::{Arguments, SETTINGS_HEADING};
use crate::config::settings::{SETTINGS, Setting, When};

mod texts;

use texts::{EXAMPLES, EXIT_STATUS, FILES};

/// Which pages, and where they go.
#[derive(clap::Args)]
pub(super) struct Man {
    /// Directory to write the page of every command to; without it, mathesar(1) is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(man: &Man) -> anyhow::Result<()> {
    let pages = pages()?;
    match &man.out {
        Some(folder) => write(&pages, folder),
        None => Ok(io::stdout().write_all(&pages[0].roff)?),
    }
}

fn write(pages: &[Page], folder: &Path) -> anyhow::Result<()> {
    let written = fs::create_dir_all(folder)
        .and_then(|()| pages.iter().try_for_each(|page| fs::write(folder.join(&page.file), &page.roff)));
    written.with_context(|| format!("The manual pages cannot be written to {}.", folder.display()))
}

/// One manual page.
struct Page {
    /// Such as `mathesar-users.1`.
    file: String,
    roff: Vec<u8>,
}

/// The page of the program, then those of its commands.
fn pages() -> io::Result<Vec<Page>> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    collect(&program, &mut pages)?;
    Ok(pages)
}

fn collect(command: &clap::Command, pages: &mut Vec<Page>) -> io::Result<()> {
    pages.push(page(command)?);
    command.get_subcommands().filter(|command| !command.is_hide_set()).try_for_each(|command| collect(command, pages))
}

fn page(command: &clap::Command) -> io::Result<Page> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let is_program = name == command.get_name();
    let words = name.replacen('-', " ", if is_program { 0 } else { 1 });
    // Every command takes all settings. They are told once, in the program's own page.
    let told_elsewhere = command.clone().mut_args(|arg| {
        let is_setting = arg.get_help_heading() == Some(SETTINGS_HEADING);
        arg.hide(is_setting)
    });
    let man = clap_mangen::Man::new(told_elsewhere)
        .title(name.to_uppercase())
        // A page that is built twice is the same twice, so that it has no date; two quotes are roff's way to write nothing.
        .date("\"\"")
        .source(format!("Mathesar {}", env!("CARGO_PKG_VERSION")))
        .manual("User Commands");
    let mut roff = Vec::new();
    man.render_title(&mut roff)?;
    // Names of flags and addresses are not to be torn apart.
    Roff::new().control("nh", []).control("ad", ["l"]).to_writer(&mut roff)?;
    man.render_name_section(&mut roff)?;
    man.render_synopsis_section(&mut roff)?;
    man.render_description_section(&mut roff)?;
    if !is_program {
        takes_settings(&mut roff)?;
    }
    man.render_options_section(&mut roff)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut roff)?;
    }
    let mut rest = Roff::new();
    if is_program {
        settings(&mut rest);
        list(&mut rest, "FILES", FILES);
    }
    list(&mut rest, "EXIT STATUS", EXIT_STATUS);
    examples(&mut rest, &words);
    see_also(&mut rest, command, is_program);
    rest.to_writer(&mut roff)?;
    Ok(Page { file: man.get_filename(), roff })
}

fn takes_settings(page: &mut Vec<u8>) -> io::Result<()> {
    let words = [roman("It takes every setting of "), bold("mathesar"), roman("(1) as well.")];
    Roff::new().control("PP", []).text(words).to_writer(page)
}

fn settings(roff: &mut Roff) {
    roff.control("SH", ["SETTINGS"]);
    roff.text(marked(
        "Every command takes them. A flag is stronger than an environment variable, that than a configuration file, that than \
         the default. `mathesar config show` tells every value and where it comes from. A secret has no place on a command \
         line; give it in the environment, in a file, or as the path of a file that holds it in the variable with `_FILE`.",
    ));
    for setting in SETTINGS {
        roff.control("TP", []);
        let flag = setting.flag();
        roff.text(if setting.secret {
            vec![bold(setting.variable())]
        } else {
            vec![bold(flag), roman(" "), italic("VALUE")]
        });
        roff.text(marked(setting.doc));
        roff.text([line_break()]);
        roff.text(facts(setting));
    }
}

fn facts(setting: &Setting) -> Vec<Inline> {
    let mut facts = vec![roman("Environment: ")];
    for (place, variable) in setting.variables().enumerate() {
        facts.extend((place > 0).then(|| roman(", ")));
        facts.push(bold(variable));
    }
    facts.extend([roman("; file: "), bold(setting.name), roman("; expected: ")]);
    facts.extend(marked(&setting.form.allowed()));
    if let Some(default) = setting.default {
        facts.extend([roman("; default: "), bold(default)]);
    }
    facts.push(roman(match setting.when {
        When::BeforeFirstStart => "; decide before the first start.",
        When::Restart => ".",
        When::Reload => "; read again at SIGHUP.",
    }));
    facts
}

fn list(roff: &mut Roff, heading: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [heading]);
    for (term, meaning) in entries {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text(marked(meaning));
    }
}

fn examples(roff: &mut Roff, words: &str) {
    let mut of_this = EXAMPLES.iter().filter(|example| example.command == words).peekable();
    if of_this.peek().is_some() {
        roff.control("SH", ["EXAMPLES"]);
    }
    for example in of_this {
        roff.control("TP", []);
        roff.text([bold(example.line)]);
        roff.text(marked(example.meaning));
    }
}

fn see_also(roff: &mut Roff, command: &clap::Command, is_program: bool) {
    let below = command.get_subcommands().filter_map(clap::Command::get_display_name);
    let names: Vec<&str> = (!is_program).then_some("mathesar").into_iter().chain(below).collect();
    if names.is_empty() {
        return;
    }
    roff.control("SH", ["SEE ALSO"]);
    let mut inlines = Vec::new();
    for (place, name) in names.into_iter().enumerate() {
        inlines.extend((place > 0).then(|| roman(", ")));
        inlines.extend([bold(name), roman("(1)")]);
    }
    roff.text(inlines);
}

/// Text in which words between backquotes are set in bold. Formatters of manuals are at home in ASCII.
fn marked(text: &str) -> Vec<Inline> {
    let ascii = text.replace('…', "...");
    ascii.split('`').enumerate().map(|(place, part)| if place % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn every_example_is_a_command_line_that_is_understood() {
        for example in EXAMPLES {
            // A pipe is the shell's; what stands before it is ours.
            let words = example.line.split(" | ").next().unwrap().split_whitespace();
            if let Err(error) = Arguments::try_parse_from(words) {
                panic!("{}: {error}", example.line);
            }
            let pages = pages().unwrap();
            let page = format!("{}.1", example.command.replace(' ', "-"));
            assert!(pages.iter().any(|one| one.file == page), "no page is called {page}");
        }
    }

    #[test]
    fn the_page_of_the_program_tells_every_setting_and_those_of_commands_none() {
        let pages = pages().unwrap();
        let text = |file: &str| {
            let page = pages.iter().find(|page| page.file == file).unwrap();
            String::from_utf8(page.roff.clone()).unwrap()
        };
        let program = text("mathesar.1");
        for setting in SETTINGS {
            assert!(program.contains(&setting.variable()), "{} is missing", setting.name);
        }
        assert!(pages.iter().all(|page| page.roff.is_ascii()), "a formatter would need to be told the encoding");
        assert!(!text("mathesar-users-create.1").contains("MATHESAR_DATA_DIR"));
        assert!(text("mathesar-users-create.1").contains(r"\-\-superuser"));
    }
}
