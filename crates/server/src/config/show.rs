//! What `config show` and `config generate` print, and the reference page of the settings.

use std::fmt::Write as _;

use secrecy::ExposeSecret;

use super::{
    load::{Flags, Loaded},
    settings::{SETTINGS, Setting, When},
};

/// Each setting with its value and where it comes from. Secrets are only said to be there.
pub fn show(loaded: &Loaded) -> String {
    let rows: Vec<(&str, String, String)> = SETTINGS.iter().map(|setting| row(setting, loaded)).collect();
    let name_width = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
    let value_width = rows.iter().map(|(_, value, _)| value.chars().count()).max().unwrap_or_default().min(48);
    let mut out = String::new();
    for (name, value, source) in rows {
        let _ = writeln!(out, "{name:name_width$}  {value:value_width$}  {source}");
    }
    out
}

fn row(setting: &Setting, loaded: &Loaded) -> (&'static str, String, String) {
    let name = setting.name;
    match loaded.given(setting.name) {
        None => (name, "-".into(), "not set".into()),
        Some(given) if setting.secret => (name, "(secret)".into(), given.source.to_string()),
        Some(given) => (name, given.text.expose_secret().to_owned(), given.source.to_string()),
    }
}

/// A configuration file with every setting. Those of `decided` have their value; the others are comments and decide nothing.
pub fn generate(decided: &Flags) -> String {
    let mut out = "# Configuration of Mathesar. Lines that begin with # are comments; what they show is the default or an example.\n\
        # Flags and environment variables are stronger than this file; files in conf.d beside it are read after it.\n"
        .to_owned();
    for setting in SETTINGS {
        out.push('\n');
        for line in wrapped(setting.doc, 110) {
            let _ = writeln!(out, "# {line}");
        }
        let _ = writeln!(out, "# Expected: {}.", setting.form.allowed());
        let variables: Vec<String> = setting.variables().collect();
        let or_file = if setting.secret { ", or the path of a file that holds it with _FILE" } else { "" };
        let _ = writeln!(out, "# Environment: {}{or_file}.", variables.join(", "));
        if setting.when == When::BeforeFirstStart {
            out.push_str("# Decide before the first start.\n");
        }
        let (mark, value) = match decided.get(setting.name) {
            Some(value) => ("", value.as_str()),
            None => ("#", setting.default.unwrap_or_default()),
        };
        let _ = writeln!(out, "{mark}{} = {}", setting.name, toml::Value::from(value));
    }
    out
}

/// The reference page of the settings, in Markdown.
pub fn reference() -> String {
    let mut page = REFERENCE_BEGINS.to_owned();
    for setting in SETTINGS {
        let name = setting.name;
        let default = setting.default.map(|default| format!("`{default}`")).unwrap_or_default();
        let kind = kind(setting.when);
        let _ = writeln!(
            page,
            "| [`{}`](#{name}) | `{}` | `{name}` | {default} | {kind} |",
            setting.variable(),
            setting.flag()
        );
    }
    for setting in SETTINGS {
        let variables: Vec<String> = setting.variables().map(|name| format!("`{name}`")).collect();
        let _ = write!(page, "\n## `{}`\n\n{}\n\n", setting.name, setting.doc);
        let _ = writeln!(page, "- Flag: `{}`", setting.flag());
        let _ = writeln!(page, "- Environment: {}", variables.join(", "));
        let _ = writeln!(page, "- Expected: {}", setting.form.allowed());
        if let Some(default) = setting.default {
            let _ = writeln!(page, "- Default: `{default}`");
        }
        let _ = writeln!(page, "- Kind: {}", kind(setting.when));
        if setting.secret {
            page.push_str("- Secret: never shown\n");
        }
    }
    page
}

const REFERENCE_BEGINS: &str = "# Environment variables

Each setting is a flag, an environment variable and a key of the configuration file, of which the first that is given counts.
[How it is configured](../configuration/index.md) says more about that. A secret may also be given as the path of a file that holds
it, by the variable's name with `_FILE`.

A setting is of one of these kinds:

- **before the first start**: it says where data is kept or how it is sealed. A later change means moving data.
- **restart**: it is read at each start.
- **restart or reload**: it is also read when the running server gets SIGHUP.

What is set *in the product* (users, databases, roles and who works as which of them) is not among them: it is in the internal
database.

| Variable | Flag | Key | Default | Kind |
|---|---|---|---|---|
";

fn kind(when: When) -> &'static str {
    match when {
        When::BeforeFirstStart => "before the first start",
        When::Restart => "restart",
        When::Reload => "restart or reload",
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{environment::Environment, file, load::load};

    #[test]
    fn secrets_are_not_shown_and_sources_are() {
        let environment = Environment::of(&[("SECRET_KEY", "0123456789abcdefghijklmnopqrstuv"), ("PORT", "81")], false);
        let shown = show(&load(&[("log_level", "warn".to_owned())].into(), None, &environment).unwrap());
        assert!(!shown.contains("0123456789"), "{shown}");
        let line = |name: &str| {
            shown.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(line("secret_key "), "secret_key (secret) environment variable SECRET_KEY");
        assert_eq!(line("port"), "port 81 environment variable PORT");
        assert_eq!(line("log_level"), "log_level warn flag --log-level");
        assert_eq!(line("bind"), "bind 127.0.0.1:8000 default");
        assert_eq!(line("external_url"), "external_url - not set");
    }

    #[test]
    fn the_generated_file_can_be_read_and_decides_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mathesar.toml");
        std::fs::write(&path, generate(&Flags::new())).unwrap();
        assert!(file::read(&path).unwrap().values.is_empty());

        // The examples themselves are well-formed, too.
        let defaults: String = generate(&Flags::new())
            .lines()
            .filter(|line| {
                line.starts_with('#') && line.contains(" = ") && !line.ends_with("\"\"") && !line.starts_with("# ")
            })
            .map(|line| format!("{}\n", &line[1..]))
            .collect();
        std::fs::write(&path, defaults).unwrap();
        assert_eq!(file::read(&path).unwrap().values["bind"].text, "127.0.0.1:8000");
    }

    #[test]
    fn what_was_decided_is_in_the_generated_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mathesar.toml");
        std::fs::write(&path, generate(&Flags::from([("data_dir", "/srv/a \"b\"".to_owned())]))).unwrap();
        let values = file::read(&path).unwrap().values;
        assert_eq!(values.keys().collect::<Vec<_>>(), [&"data_dir"]);
        assert_eq!(values["data_dir"].text, "/srv/a \"b\"");
    }
}
