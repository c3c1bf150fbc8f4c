//! The configuration file and the files beside it in `conf.d`.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::{environment::Environment, settings};

/// A value of a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileValue {
    /// As it would be written in the environment.
    pub text: String,
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: usize,
}

/// What the files say.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// By the name of the setting; later files have replaced earlier ones.
    pub values: BTreeMap<&'static str, FileValue>,
    /// The files that were read, in their order.
    pub read: Vec<PathBuf>,
}

/// The files that are read when none is named, where they exist: the machine's, `/etc/mathesar/mathesar.toml`, and after it the
/// user's, `$XDG_CONFIG_HOME/mathesar/mathesar.toml`.
pub fn usual_files(environment: &Environment) -> Vec<PathBuf> {
    let home_config = || environment.path("HOME").map(|home| home.join(".config"));
    let user = environment.path("XDG_CONFIG_HOME").or_else(home_config);
    [Some(PathBuf::from("/etc")), user]
        .into_iter()
        .flatten()
        .map(|folder| folder.join("mathesar/mathesar.toml"))
        .collect()
}

/// Reads each of `mains` that exists and, after each, `conf.d/*.toml` beside it in alphabetical order.
///
/// # Errors
/// As for [`read`].
pub fn read_usual(mains: &[PathBuf]) -> Result<Files, Vec<String>> {
    let existing = mains.iter().map(|main| (main.as_path(), main.exists()));
    read_all(existing)
}

/// Reads `main`, which must be there, and after it `conf.d/*.toml` beside it in alphabetical order.
///
/// # Errors
/// Sentences for people: a file that cannot be read, is no TOML, or has unknown keys.
pub fn read(main: &Path) -> Result<Files, Vec<String>> {
    read_all([(main, true)].into_iter())
}

fn read_all<'a>(mains: impl Iterator<Item = (&'a Path, bool)>) -> Result<Files, Vec<String>> {
    let (mut paths, mut problems) = (Vec::new(), Vec::new());
    for (main, is_there) in mains {
        paths.extend(is_there.then(|| main.to_owned()));
        match fragments(main) {
            Ok(more) => paths.extend(more),
            Err(error) => problems.push(format!("{}/conf.d cannot be read: {error}.", folder_of(main).display())),
        }
    }
    let mut files = Files::default();
    for path in paths {
        match fs::read_to_string(&path) {
            Ok(content) => match parse(&path, &content) {
                Ok(values) => files.values.extend(values),
                Err(more) => problems.extend(more),
            },
            Err(error) => problems.push(format!(
                "{} cannot be read: {error}. Run the command as the user that the service runs as, or name another file \
                 with --config.",
                path.display()
            )),
        }
        files.read.push(path);
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

fn folder_of(main: &Path) -> &Path {
    main.parent().unwrap_or(Path::new("."))
}

fn fragments(main: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder_of(main).join("conf.d")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}

fn parse(path: &Path, content: &str) -> Result<BTreeMap<&'static str, FileValue>, Vec<String>> {
    let line_at = |offset: usize| content[..offset].matches('\n').count() + 1;
    let table = DeTable::parse(content).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(span.start));
        vec![format!("{}, line {line}: {}.", path.display(), error.message())]
    })?;
    let (mut values, mut problems) = (BTreeMap::new(), Vec::new());
    for (key, value) in table.get_ref() {
        let line = line_at(key.span().start);
        let place = format!("{}, line {line}, {}", path.display(), key.get_ref());
        match (settings::find(key.get_ref()), text_of(value.get_ref())) {
            (None, _) => {
                problems.push(format!("{place}: there is no such setting. `mathesar config generate` lists all."))
            }
            (Some(setting), None) => problems.push(format!("{place}: expected {}.", setting.form.allowed())),
            (Some(setting), Some(text)) => {
                values.insert(setting.name, FileValue { text, file: path.to_owned(), line });
            }
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// A list is written as the environment writes it, separated by commas.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Array(members) => {
            let members = members.iter().map(|member| text_of(member.get_ref())).collect::<Option<Vec<_>>>()?;
            Some(members.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_files_replace_earlier_ones_and_values_know_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("mathesar.toml");
        fs::write(&main, "# comment\nbind = \"127.0.0.1:1\"\nallowed_hosts = [\"a.org\", \"b.org\"]\n").unwrap();
        fs::create_dir(folder.path().join("conf.d")).unwrap();
        fs::write(folder.path().join("conf.d/20.toml"), "port = 20\n").unwrap();
        fs::write(folder.path().join("conf.d/10.toml"), "port = 10\n").unwrap();
        fs::write(folder.path().join("conf.d/30.toml.bak"), "port = 30\n").unwrap();

        let files = read(&main).unwrap();
        assert_eq!(files.values["port"].text, "20");
        assert_eq!(files.values["allowed_hosts"].text, "a.org,b.org");
        assert_eq!((files.values["bind"].line, &files.values["bind"].file), (2, &main));
        assert_eq!(files.read.len(), 3);
    }

    #[test]
    fn the_users_file_comes_after_the_machines_and_neither_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let [machine, user] = ["machine", "user"].map(|name| folder.path().join(name).join("mathesar.toml"));
        let mains = [machine.clone(), user.clone()];
        assert!(read_usual(&mains).unwrap().read.is_empty());

        let fragment = folder.path().join("machine/conf.d/10.toml");
        fs::create_dir_all(fragment.parent().unwrap()).unwrap();
        fs::write(&fragment, "port = 10\nthreads = 1\n").unwrap();
        assert_eq!(read_usual(&mains).unwrap().values["port"].text, "10");

        fs::create_dir(user.parent().unwrap()).unwrap();
        fs::write(&user, "port = 20\n").unwrap();
        let files = read_usual(&mains).unwrap();
        assert_eq!((files.values["port"].text.as_str(), files.values["threads"].text.as_str()), ("20", "1"));
        assert_eq!(files.read, [fragment, user]);
        assert!(read(&machine).unwrap_err()[0].contains("cannot be read"));
    }

    #[test]
    fn problems_name_file_line_and_key() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("mathesar.toml");
        fs::write(&main, "\nbnid = \"x\"\nport = 1.5\n").unwrap();
        let problems = read(&main).unwrap_err();
        assert_eq!(problems.len(), 2);
        assert!(problems[0].contains("line 2, bnid: there is no such setting"), "{problems:?}");
        assert!(problems[1].contains("line 3, port: expected a port number"), "{problems:?}");

        fs::write(&main, "a = 1\nb = = 2\n").unwrap();
        assert!(read(&main).unwrap_err()[0].contains("line 2"));
    }
}
