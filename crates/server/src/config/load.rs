//! Where each setting comes from: flags, else the environment, else the file, else the default.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    environment::Environment,
    file::{self, FileValue, Files},
    settings::{SETTINGS, Setting, WITHOUT_EFFECT},
};

/// Where a value comes from; the weaker is the smaller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Nobody gave it.
    Default,
    /// A configuration file and the line in it.
    File(PathBuf, usize),
    /// An environment variable.
    Variable(String),
    /// A file named by an environment variable.
    VariableFile(String, PathBuf),
    /// The command line.
    Flag(String),
}

impl Source {
    /// How strong it is: of two settings that exclude each other, the one from the stronger source counts.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(..) => 1,
            Self::Variable(_) | Self::VariableFile(..) => 2,
            Self::Flag(_) => 3,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::VariableFile(name, path) => write!(f, "file {} named by {name}", path.display()),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// A value and where it comes from. Every value is kept as a secret, so that none is shown by accident.
#[derive(Clone, Debug)]
pub struct Given {
    /// The text.
    pub text: SecretString,
    /// Where it comes from.
    pub source: Source,
}

/// Values of the command line, by the name of the setting.
pub type Flags = BTreeMap<&'static str, String>;

/// Every setting that has a value, and what was found on the way.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// By the name of the setting; defaults are included.
    pub values: BTreeMap<&'static str, Given>,
    /// The configuration files that were read.
    pub files: Vec<PathBuf>,
    /// Sentences about what is set and has no effect.
    pub notices: Vec<String>,
}

impl Loaded {
    /// The value of the setting called `name`.
    pub fn given(&self, name: &str) -> Option<&Given> {
        self.values.get(name)
    }

    /// The text of the setting called `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.given(name).map(|given| given.text.expose_secret())
    }

    /// How strong the source of the setting called `name` is; 0 for a default.
    pub fn rank(&self, name: &str) -> u8 {
        self.given(name).map_or(0, |given| given.source.rank())
    }
}

/// Every problem of the configuration, a sentence each.
#[derive(Debug, thiserror::Error)]
#[error("The configuration cannot be used:\n  {}", .0.join("\n  "))]
pub struct Problems(pub Vec<String>);

/// Collects the settings. `config` is the file named on the command line.
///
/// # Errors
/// All problems at once: each names the source, the setting, and what is allowed, and never quotes a secret.
pub fn load(flags: &Flags, config: Option<&Path>, environment: &Environment) -> Result<Loaded, Problems> {
    let mut problems = Vec::new();
    let files = read_files(config, environment).unwrap_or_else(|more| {
        problems.extend(more);
        Files::default()
    });
    let mut loaded = Loaded { files: files.read.clone(), notices: notices(environment), ..Loaded::default() };
    for setting in SETTINGS {
        match find_value(setting, flags, environment, &files).and_then(|given| checked(setting, given)) {
            Ok(Some(given)) => drop(loaded.values.insert(setting.name, given)),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(loaded) } else { Err(Problems(problems)) }
}

fn read_files(config: Option<&Path>, environment: &Environment) -> Result<Files, Vec<String>> {
    let named = environment.get("MATHESAR_CONFIG").map_err(|problem| vec![format!("{problem}.")])?;
    match config.map(Path::to_owned).or_else(|| named.map(PathBuf::from)) {
        Some(path) => file::read(&path),
        None => file::read_usual(&file::usual_files(environment)),
    }
}

fn find_value(
    setting: &'static Setting,
    flags: &Flags,
    environment: &Environment,
    files: &Files,
) -> Result<Option<Given>, String> {
    if let Some(text) = flags.get(setting.name) {
        return Ok(Some(Given { text: text.clone().into(), source: Source::Flag(setting.flag()) }));
    }
    for name in setting.variables() {
        if let Some(given) = variable(&name, setting.secret, environment)? {
            return Ok(Some(given));
        }
    }
    if let Some(FileValue { text, file, line }) = files.values.get(setting.name) {
        return Ok(Some(Given { text: text.clone().into(), source: Source::File(file.clone(), *line) }));
    }
    Ok(setting.default.map(|default| Given { text: default.into(), source: Source::Default }))
}

/// What the environment says under a name; a secret also in a file, which the name with `_FILE` names.
///
/// # Errors
/// A sentence, when both are set, or the value or the file cannot be read.
pub fn variable(name: &str, secret: bool, environment: &Environment) -> Result<Option<Given>, String> {
    let direct = environment.get(name).map_err(|problem| format!("{problem}."))?;
    let file_variable = format!("{name}_FILE");
    let file = if secret { environment.get(&file_variable).map_err(|problem| format!("{problem}."))? } else { None };
    match (direct, file) {
        (Some(_), Some(_)) => Err(format!("{name} and {file_variable} are both set. Keep one of them.")),
        (Some(text), None) => Ok(Some(Given { text: text.into(), source: Source::Variable(name.to_owned()) })),
        (None, Some(path)) => {
            let source = Source::VariableFile(file_variable, PathBuf::from(path));
            let content = fs::read_to_string(path).map_err(|error| format!("The {source} cannot be read: {error}."))?;
            Ok(Some(Given { text: content.trim_end_matches(['\r', '\n']).into(), source }))
        }
        (None, None) => Ok(None),
    }
}

fn checked(setting: &Setting, given: Option<Given>) -> Result<Option<Given>, String> {
    if let Some(Given { text, source }) = &given {
        let text = text.expose_secret();
        setting.form.check(text).map_err(|allowed| {
            let shown = if setting.secret { String::new() } else { format!(" {text:?}") };
            format!("{} ({source}):{shown} cannot be used, expected {allowed}.", setting.name)
        })?;
    }
    Ok(given)
}

fn notices(environment: &Environment) -> Vec<String> {
    let meant =
        |name: &str| environment.get(name).ok().flatten().is_some_and(|text| !matches!(text, "false" | "{}" | "local"));
    WITHOUT_EFFECT
        .iter()
        .filter(|(name, _)| meant(name))
        .map(|(name, why)| format!("{name} has no effect: {why}."))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_with(flags: &[(&'static str, &str)], file: &str, variables: &[(&str, &str)]) -> Result<Loaded, Problems> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mathesar.toml");
        fs::write(&path, file).unwrap();
        let flags = flags.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        load(&flags, Some(&path), &Environment::of(variables, false))
    }

    #[test]
    fn flags_win_over_the_environment_over_the_file_over_the_default() {
        let file = "log_level = \"warn\"\nlog_format = \"json\"\nport = 3\n";
        let variables = [("MATHESAR_LOG_LEVEL", "debug"), ("PORT", "2")];
        let loaded = load_with(&[("log_level", "trace")], file, &variables).unwrap();
        assert_eq!(loaded.text("log_level"), Some("trace"));
        assert_eq!(loaded.text("port"), Some("2"));
        assert_eq!(loaded.text("log_format"), Some("json"));
        assert_eq!(loaded.text("bind"), Some("127.0.0.1:8000"));
        assert_eq!(loaded.given("port").unwrap().source, Source::Variable("PORT".into()));
        assert_eq!(loaded.rank("bind"), 0);
    }

    #[test]
    fn our_own_variable_wins_over_an_alias_and_an_empty_one_counts_as_unset() {
        let variables =
            [("MATHESAR_ALLOWED_HOSTS", ""), ("ALLOWED_HOSTS", "a.org"), ("MATHESAR_PORT", "1"), ("PORT", "2")];
        let loaded = load_with(&[], "", &variables).unwrap();
        assert_eq!(loaded.text("allowed_hosts"), Some("a.org"));
        assert_eq!(loaded.text("port"), Some("1"));
    }

    #[test]
    fn a_secret_may_come_from_a_file_but_not_from_two_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "a key of 32 characters or some more\n").unwrap();
        let path = path.to_str().unwrap();
        let loaded = load_with(&[], "", &[("SECRET_KEY_FILE", path)]).unwrap();
        assert_eq!(loaded.text("secret_key"), Some("a key of 32 characters or some more"));

        let problems = load_with(&[], "", &[("SECRET_KEY_FILE", path), ("SECRET_KEY", "x")]).unwrap_err();
        assert!(problems.to_string().contains("both set"), "{problems}");
    }

    #[test]
    fn a_problem_names_source_and_what_is_allowed_but_no_secret() {
        let variables = [("MATHESAR_BIND", "here"), ("DATABASE_URL", "mysql://root:hunter2@host/db")];
        let problems = load_with(&[], "", &variables).unwrap_err().to_string();
        assert!(
            problems.contains("bind (environment variable MATHESAR_BIND): \"here\" cannot be used, expected an IP")
        );
        assert!(problems.contains("database_url (environment variable DATABASE_URL): cannot be used"), "{problems}");
        assert!(!problems.contains("hunter2"), "{problems}");
    }

    #[test]
    fn what_the_original_knows_and_we_do_not_is_told() {
        let loaded = load_with(&[], "", &[("REQUIRE_SSO_LOGIN", "true"), ("FILE_STORAGE_DICT", "{}")]).unwrap();
        assert_eq!(loaded.notices.len(), 1);
        assert!(loaded.notices[0].contains("REQUIRE_SSO_LOGIN"));
    }
}
