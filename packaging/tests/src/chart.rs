//! The Helm chart: what helm makes of it, held against the schemas of Kubernetes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::python;

/// The release and the namespace that the chart is rendered for.
pub const RELEASE: &str = "tables";
/// See [`RELEASE`].
pub const NAMESPACE: &str = "office";
/// The versions of Kubernetes that the chart is held against: from the oldest that it says it takes to the newest that there are schemas of.
pub const KUBERNETES: [&str; 13] = [
    "1.25.0", "1.26.0", "1.27.0", "1.28.0", "1.29.0", "1.30.0", "1.31.0", "1.32.0", "1.33.0", "1.34.0", "1.35.0",
    "1.36.0", "1.37.0",
];

/// One version of helm.
pub struct Helm {
    pub(crate) program: PathBuf,
}

impl Helm {
    /// Helm of this major version.
    ///
    /// # Panics
    /// When the environment does not name it.
    pub fn of(major: u32) -> Self {
        Self { program: named(&format!("MATHESAR_TEST_HELM_{major}")) }
    }

    /// A command of helm, which knows no cluster, and keeps nothing but in `home`.
    pub fn command(&self, home: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        for variable in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
            command.env(variable, home);
        }
        command.env("KUBECONFIG", "/dev/null").args(words);
        command
    }

    /// What `helm lint --strict` finds with these values.
    ///
    /// # Errors
    /// What it prints.
    ///
    /// # Panics
    /// When helm cannot be started.
    pub fn lint(&self, values: &Value) -> Result<(), String> {
        self.with_text(&["lint", "--strict"], &[], &values.to_string()).map(drop)
    }

    /// The objects of a release with these values, as YAML.
    ///
    /// # Errors
    /// What it prints.
    ///
    /// # Panics
    /// When helm cannot be started.
    pub fn template(&self, values: &Value) -> Result<String, String> {
        self.template_of(&values.to_string())
    }

    /// The same of values that are written as YAML.
    ///
    /// # Errors
    /// What it prints.
    ///
    /// # Panics
    /// When helm cannot be started.
    pub fn template_of(&self, values: &str) -> Result<String, String> {
        self.with_text(&["template", RELEASE], &["--namespace", NAMESPACE, "--kube-version", "1.37.0"], values)
    }

    /// What helm would tell whoever installs a release with these values.
    ///
    /// # Errors
    /// What it prints.
    ///
    /// # Panics
    /// When helm cannot be started.
    pub fn notes(&self, values: &Value) -> Result<String, String> {
        let dry = ["--namespace", NAMESPACE, "--dry-run=client", "--output=json"];
        let printed = self.with_text(&["install", RELEASE], &dry, &values.to_string())?;
        let release: Value = serde_json::from_str(&printed).map_err(|error| format!("{error}: {printed}"))?;
        Ok(release["info"]["notes"].as_str().unwrap_or_default().to_owned())
    }

    fn with_text(&self, before: &[&str], after: &[&str], values: &str) -> Result<String, String> {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("values.yaml");
        fs::write(&file, values).unwrap();
        let mut command = self.command(home.path(), before);
        let output = command.arg(chart()).args(after).arg("--values").arg(file).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() { Ok(printed) } else { Err(printed + &String::from_utf8_lossy(&output.stderr)) }
    }
}

/// The folder of the chart.
pub fn chart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../helm/mathesar")
}

/// Reads objects from YAML and holds them strictly against these versions of Kubernetes.
///
/// # Panics
/// When one does not fit; with the reason.
pub fn objects(yaml: &str, versions: &[&str]) -> Vec<Value> {
    objects_of_all(&[("the release", yaml.to_owned())], versions).remove(0)
}

/// The same of many releases, each with a name that is told when one does not fit: starting the validator takes longer than its work.
///
/// # Panics
/// When one does not fit; with the reason.
pub fn objects_of_all(rendered: &[(&str, String)], versions: &[&str]) -> Vec<Vec<Value>> {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let arguments = [&[schemas.to_str().unwrap()], versions].concat();
    let input: Value = rendered.iter().map(|(name, yaml)| ((*name).to_owned(), json!(yaml))).collect();
    let printed = python::run("objects.py", &arguments, &input.to_string()).unwrap_or_else(|faults| panic!("{faults}"));
    let mut printed: Value = serde_json::from_str(&printed).unwrap();
    rendered.iter().map(|(name, _)| serde_json::from_value(printed[name].take()).unwrap()).collect()
}

/// The only object of a kind.
///
/// # Panics
/// When there is none, or more than one.
pub fn only<'o>(objects: &'o [Value], kind: &str) -> &'o Value {
    let found: Vec<&Value> = objects.iter().filter(|object| object["kind"] == kind).collect();
    assert_eq!(found.len(), 1, "objects of kind {kind}");
    found[0]
}

/// What a variable of the environment names.
#[expect(clippy::disallowed_methods, reason = "the environment is how the tools are named to a test")]
pub(crate) fn named(variable: &str) -> PathBuf {
    let given = std::env::var_os(variable);
    PathBuf::from(given.unwrap_or_else(|| panic!("{variable} is not set; use `cargo xtask test`")))
}
