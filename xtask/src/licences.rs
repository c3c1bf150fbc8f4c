//! The licences of everything that the executable carries: crates, npm packages, fonts, the theme of the documentation, PostgreSQL and
//! its libraries. Gathered with their texts for `mathesar licenses`, and held against the list of those that we accept.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use serde::{Deserialize, Serialize};

use crate::{documentation, postgres, shell::root};

/// The licence of this repository.
pub const OURS: &str = "Apache-2.0";

/// Licences that what we carry may have: all of them let an Apache-2.0 program carry it, as long as their texts come along.
const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "LicenseRef-public-domain",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OFL-1.1",
    "OpenSSL",
    "PostgreSQL",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "W3C-20150513",
    "Zlib",
];

/// Packages that do not name their licence in the way of their registry, and what their texts say that it is.
const CLARIFIED: &[(&str, &str)] = &[("svelte-toolbelt", "MIT")];

/// Where the only crates come from that we take.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What the client's build says about the packages that are in it, from the root of the repository.
const CLIENT: &str = "client/packages/app/dist/licences.json";
/// What is written; `server::licences` reads it.
const WRITTEN: &str = "client/packages/app/dist/licences.json.zst";

/// Everything that is carried; `server::licences` has the same shape.
#[derive(Serialize)]
struct Licences {
    components: Vec<Component>,
    /// Each text once; components name them by their place.
    texts: Vec<String>,
}

#[derive(Serialize)]
struct Component {
    /// `crate`, `npm`, `docs` or `postgres`.
    origin: &'static str,
    name: String,
    version: String,
    /// An SPDX expression.
    licence: String,
    texts: Vec<usize>,
}

/// A package of the client's build, as Vite writes it.
#[derive(Deserialize)]
struct Bundled {
    name: String,
    version: String,
    identifier: Option<String>,
    text: Option<String>,
}

/// Gathers everything and leaves it, compressed, in the folder that the server carries. The client must be built before.
///
/// # Errors
/// When a licence is missing or not accepted; when the client was not built.
pub fn write() -> Result<()> {
    let mut gathered = Gathered::default();
    let crates = crates()?;
    for package in &crates {
        let texts = texts_of(package, &crates)?;
        gathered.add("crate", package.name.as_str(), &package.version.to_string(), licence_of(package), texts);
    }
    let client = root().join(CLIENT);
    let bundled = fs::read(&client).with_context(|| format!("{CLIENT}: build the client first"))?;
    for Bundled { name, version, identifier, text } in
        serde_json::from_slice::<Vec<_>>(&bundled)?.into_iter().chain(fonts()?)
    {
        let clarified = CLARIFIED.iter().find(|(known, _)| *known == name).map(|(_, licence)| (*licence).to_owned());
        let texts = text.map(|text| vec![text]).unwrap_or_default();
        gathered.add("npm", &name, &version, identifier.or(clarified).unwrap_or_default(), texts);
    }
    for (name, version, licence, file) in documentation::CARRIED {
        let text = fs::read_to_string(root().join(file)).with_context(|| (*file).to_owned())?;
        gathered.add("docs", name, version, (*licence).to_owned(), vec![text]);
    }
    for component in postgres::components(root())? {
        gathered.add("postgres", &component.name, &component.version, component.licence, vec![component.text]);
    }
    let faults = gathered.faults();
    if !faults.is_empty() {
        bail!("licences:\n{}", faults.join("\n"));
    }
    let written = serde_json::to_vec(&gathered.finish())?;
    fs::write(root().join(WRITTEN), zstd::encode_all(written.as_slice(), 19)?)?;
    for uncompressed in [client.clone(), client.with_extension("json.br")] {
        let _ = fs::remove_file(uncompressed);
    }
    Ok(())
}

/// Crates that come from elsewhere than crates.io, or whose licence is not accepted: what needs no build to be known.
///
/// # Errors
/// When cargo cannot tell.
pub fn faults_of_crates() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for package in crates()? {
        let source = package.source.as_ref().map(|source| source.repr.as_str());
        if source != Some(REGISTRY) {
            faults.push(format!("source: {} comes from {}", package.name, source.unwrap_or("a folder")));
        }
        faults.extend(fault(package.name.as_str(), &licence_of(&package)));
    }
    Ok(faults)
}

#[derive(Default)]
struct Gathered {
    components: Vec<Component>,
    texts: BTreeMap<String, usize>,
}

impl Gathered {
    fn add(&mut self, origin: &'static str, name: &str, version: &str, licence: String, texts: Vec<String>) {
        let place = |text: String| {
            let next = self.texts.len();
            *self.texts.entry(text.trim().replace("\r\n", "\n")).or_insert(next)
        };
        let texts = texts.into_iter().map(place).collect();
        self.components.push(Component { origin, name: name.to_owned(), version: version.to_owned(), licence, texts });
    }

    fn faults(&self) -> Vec<String> {
        let fault_of = |component: &Component| {
            let silent =
                component.texts.is_empty().then(|| format!("{}: no text of its licence was found", component.name));
            fault(&component.name, &component.licence).or(silent)
        };
        self.components.iter().filter_map(fault_of).collect()
    }

    fn finish(self) -> Licences {
        let mut texts = vec![String::new(); self.texts.len()];
        for (text, place) in self.texts {
            texts[place] = text;
        }
        Licences { components: self.components, texts }
    }
}

fn fault(name: &str, licence: &str) -> Option<String> {
    if is_accepted(licence) {
        None
    } else {
        Some(format!("{name}: the licence \"{licence}\" is not on the list of xtask/src/licences.rs"))
    }
}

/// Whether an SPDX expression can be fulfilled with accepted licences.
fn is_accepted(expression: &str) -> bool {
    fulfilment(expression).is_some()
}

/// The accepted licences that fulfil an SPDX expression; of alternatives our own licence, else the fewest, else the most usual. The
/// slash of older crates is their "or".
pub fn fulfilment(expression: &str) -> Option<BTreeSet<String>> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let fulfilled = any_of(&mut words);
    fulfilled.filter(|_| words.next().is_none())
}

type Words<'a, 'b> = &'b mut std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: Words<'_, '_>) -> Option<BTreeSet<String>> {
    let mut ways = vec![all_of(words)];
    while words.next_if_eq(&"OR").is_some() {
        ways.push(all_of(words));
    }
    ways.into_iter()
        .flatten()
        .min_by_key(|licences| (!licences.contains(OURS), licences.len(), !licences.contains("MIT")))
}

fn all_of(words: Words<'_, '_>) -> Option<BTreeSet<String>> {
    let mut all = one(words);
    while words.next_if_eq(&"AND").is_some() {
        let another = one(words);
        all = all.zip(another).map(|(all, another)| all.union(&another).cloned().collect());
    }
    all
}

fn one(words: Words<'_, '_>) -> Option<BTreeSet<String>> {
    if words.next_if_eq(&"(").is_some() {
        let inner = any_of(words);
        let is_closed = words.next_if_eq(&")").is_some();
        return inner.filter(|_| is_closed);
    }
    let name = words.next()?;
    let exception = words.next_if_eq(&"WITH").and_then(|_| words.next());
    let whole = exception.map_or(name.to_owned(), |exception| format!("{name} WITH {exception}"));
    ACCEPTED.contains(&whole.as_str()).then(|| BTreeSet::from([whole]))
}

/// The crates that are in the executable, ours left out: what the server needs when it runs, and what that needs.
fn crates() -> Result<Vec<Package>> {
    let metadata = MetadataCommand::new().current_dir(root()).other_options(["--locked".to_owned()]).exec()?;
    let needed = needed(&metadata)?;
    let ours: BTreeSet<&PackageId> = metadata.workspace_members.iter().collect();
    let mut packages: Vec<Package> = metadata
        .packages
        .iter()
        .filter(|package| needed.contains(&package.id) && !ours.contains(&package.id))
        .cloned()
        .collect();
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

fn needed(metadata: &Metadata) -> Result<BTreeSet<PackageId>> {
    let graph = metadata.resolve.as_ref().context("cargo resolves the dependencies")?;
    let server = metadata.packages.iter().find(|package| package.name.as_str() == "mathesar-server");
    let mut open = vec![server.context("the server is in the workspace")?.id.clone()];
    let mut needed = BTreeSet::new();
    while let Some(id) = open.pop() {
        let node = graph.nodes.iter().find(|node| node.id == id).context("each package has its dependencies")?;
        let at_run_time = node.deps.iter().filter(|dependency| {
            dependency.dep_kinds.iter().any(|kind| {
                kind.kind == DependencyKind::Normal
                    && !kind.target.as_ref().is_some_and(|target| target.to_string().contains("windows"))
            })
        });
        open.extend(at_run_time.map(|dependency| dependency.pkg.clone()).filter(|id| !needed.contains(id)));
        needed.insert(id);
    }
    Ok(needed)
}

fn licence_of(package: &Package) -> String {
    package.license.clone().unwrap_or_default()
}

/// The fonts of the client. Vite tells of the scripts in its build only.
fn fonts() -> Result<Vec<Bundled>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Project {
        dev_dependencies: BTreeMap<String, String>,
    }
    #[derive(Deserialize)]
    struct Font {
        name: String,
        version: String,
        license: String,
    }
    let client = root().join("client");
    let project: Project = serde_json::from_slice(&fs::read(client.join("packages/app/package.json"))?)?;
    let fonts = project.dev_dependencies.into_keys().filter(|name| name.starts_with("@fontsource"));
    let read = |name: String| {
        let folder = client.join("node_modules").join(name);
        let Font { name, version, license } = serde_json::from_slice(&fs::read(folder.join("package.json"))?)?;
        let text = fs::read_to_string(folder.join("LICENSE")).with_context(|| format!("the licence of {name}"))?;
        Ok(Bundled { name, version, identifier: Some(license), text: Some(text) })
    };
    fonts.map(read).collect()
}

/// The files of a crate, or of another one from its repository, that hold licences and notices. A crate without them is under
/// the text of Apache-2.0 that is also ours, or under MIT with the names of its authors, as far as it names these licences.
fn texts_of(package: &Package, all: &[Package]) -> Result<Vec<String>> {
    let mut texts = read_texts(package)?;
    let siblings = all.iter().filter(|other| other.repository.is_some() && other.repository == package.repository);
    for sibling in siblings {
        if texts.is_empty() {
            texts = read_texts(sibling)?;
        }
    }
    let licence = licence_of(package);
    if texts.is_empty() && licence.contains("Apache-2.0") {
        texts.push(fs::read_to_string(root().join("LICENSE"))?);
    } else if texts.is_empty() && licence.contains("MIT") {
        texts.push(MIT.replace("{holders}", &package.authors.join(", ")));
    }
    Ok(texts)
}

fn read_texts(package: &Package) -> Result<Vec<String>> {
    let folder = package.manifest_path.parent().context("a crate has a folder")?;
    let read = |path: PathBuf| fs::read_to_string(&path).with_context(|| path.display().to_string());
    licence_files(folder.as_std_path())?.into_iter().map(read).collect()
}

fn licence_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let is_licence = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let starts = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|word| name.starts_with(word));
        starts && path.is_file() && !name.ends_with(".RS")
    };
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(is_licence).collect();
    files.sort();
    Ok(files)
}

/// The text of the MIT licence (SPDX `MIT`).
const MIT: &str = "Copyright (c) {holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation \
files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy, \
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software \
is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE \
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR \
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, \
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_alternatives_our_own_licence_is_taken_and_else_the_fewest() {
        for (expression, taken) in [
            ("MIT/Apache-2.0", &["Apache-2.0"][..]),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", &["Apache-2.0", "Unicode-3.0"]),
            ("BSD-3-Clause AND ISC OR Unlicense OR MIT", &["MIT"]),
            ("GPL-3.0-only OR MIT", &["MIT"]),
        ] {
            let expected = taken.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(fulfilment(expression), Some(expected), "{expression}");
        }
    }

    #[test]
    fn expressions_are_fulfilled_by_accepted_licences_only() {
        for accepted in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "(MIT OR GPL-3.0-only) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "Apache-2.0 AND ISC",
        ] {
            assert!(is_accepted(accepted), "{accepted}");
        }
        for refused in [
            "",
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "MIT WITH something",
            "(MIT",
            "MIT MIT",
            "AGPL-3.0-only OR (GPL-2.0-only)",
        ] {
            assert!(!is_accepted(refused), "{refused}");
        }
    }
}
