//! Checks of the repository itself: the walls between crates, sizes of files, links of documents, words that must not be in
//! it, and where the crates that we carry come from and under which licence.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context, Result, bail};

use crate::{
    licences,
    shell::{command, output, root},
};

/// Which crates of ours each crate may depend on: the walls of ARCHITECTURE.md, section 2.
const WALLS: &[(&str, &[&str])] = &[
    ("mathesar-types", &[]),
    ("mathesar-sql", &["mathesar-types"]),
    ("mathesar-api", &[]),
    ("mathesar-pg", &["mathesar-sql", "mathesar-types"]),
    ("mathesar-store", &[]),
    ("mathesar-local", &["mathesar-pg", "mathesar-sql"]),
    ("mathesar-app", &["mathesar-types", "mathesar-sql", "mathesar-api", "mathesar-pg", "mathesar-store"]),
    (
        "mathesar-server",
        &["mathesar-types", "mathesar-api", "mathesar-app", "mathesar-local", "mathesar-pg", "mathesar-store"],
    ),
];

/// Crates whose presence below a pure crate would break invariant I1, and below anything but `server` I4.
const IMPURE: &[&str] = &["tokio", "async-std", "axum", "hyper", "tokio-postgres", "sea-orm", "sqlx", "reqwest"];
const PURE: &[&str] = &["mathesar-types", "mathesar-sql", "mathesar-api"];
const HTTP: &[&str] = &["axum", "hyper", "tower-http"];

/// Longest source file, in lines; a longer one says in its head why, with the words "Long because".
const LONGEST: usize = 800;

/// Runs every check and reports all that is wrong.
///
/// # Errors
/// When something is wrong.
pub fn check() -> Result<()> {
    let mut faults = Vec::new();
    check_walls(&mut faults)?;
    let files = output(&mut command("git", ["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    for file in files.lines().filter(|file| root().join(file).is_file()) {
        check_file(file, &mut faults)?;
    }
    check_code_map(&mut faults)?;
    faults.extend(licences::faults_of_crates()?);
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} faults", faults.len());
    }
    println!("walls, sizes, words, links and licences are in order");
    Ok(())
}

fn check_walls(faults: &mut Vec<String>) -> Result<()> {
    let tree = dependencies()?;
    for (package, allowed) in WALLS {
        let direct = tree.get(*package).with_context(|| format!("{package} is not in the workspace"))?;
        for name in direct.iter().filter(|name| name.starts_with("mathesar-") && !allowed.contains(&name.as_str())) {
            faults.push(format!("wall: {package} must not depend on {name}"));
        }
        for name in direct.iter().filter(|name| PURE.contains(package) && IMPURE.contains(&name.as_str())) {
            faults.push(format!("invariant I1: {package} is pure and must not depend on {name}"));
        }
        for name in direct.iter().filter(|name| *package != "mathesar-server" && HTTP.contains(&name.as_str())) {
            faults.push(format!("invariant I4: only the server knows HTTP; {package} must not depend on {name}"));
        }
    }
    Ok(())
}

/// Direct dependencies of each package, those of tests and build scripts left out.
fn dependencies() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root()).no_deps().exec()?;
    Ok(metadata
        .packages
        .iter()
        .map(|package| {
            let normal = package.dependencies.iter().filter(|d| d.kind == cargo_metadata::DependencyKind::Normal);
            (package.name.to_string(), normal.map(|d| d.name.clone()).collect())
        })
        .collect())
}

fn check_file(file: &str, faults: &mut Vec<String>) -> Result<()> {
    let Ok(text) = std::fs::read_to_string(root().join(file)) else { return Ok(()) };
    let is_source =
        [".rs", ".ts", ".svelte"].iter().any(|ending| file.ends_with(ending)) && !file.contains("/generated/");
    let lines = text.lines().count();
    if is_source && lines > LONGEST && !text.lines().take(15).any(|line| line.contains("Long because")) {
        faults.push(format!("{file}: {lines} lines; split it, or say in its head why it is \"Long because …\""));
    }
    for (number, line) in text.lines().enumerate() {
        if let Some(word) = forbidden().into_iter().find(|word| line.contains(word.as_str())) {
            faults.push(format!("{file}:{}: {word} is the name of one machine", number + 1));
        }
    }
    if file.ends_with(".md") {
        check_links(file, &text, faults);
    }
    Ok(())
}

/// Paths of one machine, put together here so that this file does not contain them.
fn forbidden() -> [String; 2] {
    ["work/main", "root/."].map(|path| format!("/{path}"))
}

fn check_links(file: &str, text: &str, faults: &mut Vec<String>) {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let path = target.split('#').next().unwrap_or_default();
        let is_relative =
            !path.is_empty() && !path.contains("://") && !path.starts_with("mailto:") && !path.contains(' ');
        if is_relative && !root().join(folder).join(path).exists() {
            faults.push(format!("{file}: the link to {target} leads nowhere"));
        }
    }
}

/// Every crate and client package must be in the code map of ARCHITECTURE.md.
fn check_code_map(faults: &mut Vec<String>) -> Result<()> {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md"))?;
    for folder in ["crates", "client/packages"] {
        for entry in std::fs::read_dir(root().join(folder))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !map.contains(&format!("{name}/")) {
                faults.push(format!("ARCHITECTURE.md: the code map does not name {folder}/{name}/"));
            }
        }
    }
    Ok(())
}
