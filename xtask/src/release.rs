//! Everything of a release that needs no outside service: `cargo xtask release` on a machine of each architecture, and `cargo xtask
//! assemble` for what they have built. `.github/workflows/release.yml` only signs and hands over what these leave.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::semver::Version;

use crate::{
    arch::Arch,
    client::Project,
    dist::{self, Channel, VERSION},
    pip,
    shell::{command, output, root, run},
};

/// What reads bills of materials, from those who wrote the format.
const CYCLONEDX: pip::Tools =
    pip::Tools { packages: &["cyclonedx-python-lib[json-validation]==11.12.0"], programs: &["cyclonedx/__init__.py"] };

/// The channels that give the same bytes for the same commit. The others hold what Debian had at the time, or are signed.
const REPRODUCIBLE: &[Channel] = &[Channel::Executable, Channel::Deb, Channel::Helm, Channel::Wheel];

/// Builds every channel, checks what was built, and puts it together as if this were the only machine. With the `tag` of a
/// release, the repository must be ready for it.
///
/// # Errors
/// When something does not build, or is not as it has to be.
pub fn prepare(tag: Option<&str>) -> Result<()> {
    check(tag)?;
    let folder = dist::build(Arch::HOST, &[])?;
    is_complete(&folder)?;
    bills_are_valid(&folder)?;
    is_reproducible(&folder)?;
    assemble(tag, &[folder])
}

/// Puts together what one or more machines have built: one list of digests, one apt repository, the tags of the image, and the
/// notes. It is left in `target/release-files`, as a web server shows it.
///
/// # Errors
/// When two machines have built different things under one name.
pub fn assemble(tag: Option<&str>, folders: &[PathBuf]) -> Result<()> {
    let target = dist::assemble(folders)?;
    let tags = image_tags(&Version::parse(VERSION)?, &released()?);
    fs::write(target.join("tags.txt"), tags.join("\n") + "\n")?;
    let section = if tag.is_some() { VERSION } else { UNRELEASED };
    fs::write(target.join("notes.md"), section_of(&changelog()?, section).unwrap_or_default())?;
    println!("{}", target.display());
    Ok(())
}

/// What needs no build to be seen: workflows, and the places in which versions are written.
///
/// # Errors
/// When something is wrong; all of it is printed.
pub fn check(tag: Option<&str>) -> Result<()> {
    Project::workflows()?.script("lint")?;
    let mut faults = faults_of_actions()?;
    faults.extend(faults_of_versions()?);
    faults.extend(faults_of_changelog(&changelog()?, tag));
    if !faults.is_empty() {
        bail!("not ready for a release:\n{}", faults.join("\n"));
    }
    Ok(())
}

/// A name can be moved to other code by whoever owns the action; a commit cannot.
fn faults_of_actions() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for entry in fs::read_dir(root().join(".github/workflows"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let actions = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "));
        let loose = actions.filter(|action| !action.starts_with("./") && !is_pinned(action));
        faults.extend(loose.map(|action| format!("{}: {action} is not pinned by its commit", path.display())));
    }
    Ok(faults)
}

/// Whether an action is named as `owner/name@commit # version`.
fn is_pinned(action: &str) -> bool {
    let Some((name, version)) = action.split_once(" # v") else { return false };
    let commit = name.split_once('@').map_or("", |(_, commit)| commit);
    commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) && !version.is_empty()
}

/// Pages and templates that name a version of the image name this one.
fn faults_of_versions() -> Result<Vec<String>> {
    let files =
        output(&mut command("git", ["ls-files", "--", "docs", "packaging", "*.yaml", "*.yml", "*.toml", "*.md"]))?;
    let mut faults = Vec::new();
    for file in files.lines() {
        let Ok(text) = fs::read_to_string(root().join(file)) else { continue };
        let others = versions_of_image(&text).into_iter().filter(|version| *version != VERSION);
        faults.extend(
            others.map(|version| format!("{file} names version {version} of the image, but this is {VERSION}")),
        );
    }
    Ok(faults)
}

/// The versions in `mathesar/mathesar:1.2.3`; words such as `latest` are none.
fn versions_of_image(text: &str) -> Vec<&str> {
    let is_of_version = |c: char| c.is_ascii_alphanumeric() || ".+-".contains(c);
    let tags = text.split("mathesar/mathesar:").skip(1);
    let tags = tags.map(|rest| rest.split(|c| !is_of_version(c)).next().unwrap_or_default().trim_end_matches('.'));
    tags.filter(|tag| tag.matches('.').count() >= 2 && tag.starts_with(|c: char| c.is_ascii_digit())).collect()
}

/// The heading of what comes with the next release.
const UNRELEASED: &str = "Unreleased";

fn changelog() -> Result<String> {
    fs::read_to_string(root().join("CHANGELOG.md")).context("CHANGELOG.md")
}

/// A release has a section of its own, and leaves nothing behind as unreleased.
fn faults_of_changelog(text: &str, tag: Option<&str>) -> Vec<String> {
    let is_empty = |section| section_of(text, section).is_none_or(|section| section.is_empty());
    let Some(tag) = tag else {
        let silent = is_empty(UNRELEASED) && is_empty(VERSION);
        return silent.then(|| format!("CHANGELOG.md says nothing about {VERSION}")).into_iter().collect();
    };
    let mut faults = Vec::new();
    if tag != format!("v{VERSION}") {
        faults.push(format!("the tag is {tag}, but this is {VERSION}"));
    }
    if is_empty(VERSION) {
        faults.push(format!("CHANGELOG.md has no section \"## {VERSION} - DATE\" with something in it"));
    }
    if !is_empty(UNRELEASED) {
        faults.push(format!("CHANGELOG.md still calls something unreleased; move it to {VERSION}"));
    }
    faults
}

/// What stands below `## name` or `## name - date`.
fn section_of(text: &str, name: &str) -> Option<String> {
    let is_heading = |line: &str| {
        line.strip_prefix("## ").is_some_and(|heading| heading.split(" - ").next().unwrap_or_default().trim() == name)
    };
    let mut lines = text.lines();
    lines.by_ref().find(|line| is_heading(line))?;
    let section: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
    Some(section.join("\n").trim().to_owned())
}

/// Versions that were tagged before.
fn released() -> Result<Vec<Version>> {
    let tags = output(&mut command("git", ["tag", "--list", "v*"]))?;
    Ok(tags.lines().filter_map(|tag| Version::parse(tag.trim_start_matches('v')).ok()).collect())
}

/// The names under which the image is found, as `packaging/docker/README.md` promises them: what has fewer numbers moves to the
/// newest release only, and a candidate has its own name alone.
fn image_tags(version: &Version, released: &[Version]) -> Vec<String> {
    let Version { major, minor, .. } = version;
    let own = version.to_string();
    if !version.pre.is_empty() {
        return vec![own];
    }
    let is_newest = |among: &dyn Fn(&Version) -> bool| {
        released.iter().filter(|other| other.pre.is_empty() && among(other)).all(|other| other <= version)
    };
    let mut tags = vec![own];
    if is_newest(&|other| (other.major, other.minor) == (*major, *minor)) {
        tags.push(format!("{major}.{minor}"));
    }
    if is_newest(&|other| other.major == *major) {
        tags.push(major.to_string());
    }
    if is_newest(&|_| true) {
        tags.push("latest".to_owned());
    }
    tags
}

/// Every kind of file that a release consists of is there, once.
fn is_complete(folder: &Path) -> Result<()> {
    let names = digests(folder)?;
    for ending in ["-linux", "-linux.tar.gz", ".cdx.json", ".deb", ".docker.tar", ".oci.tar", ".whl"] {
        let found = names.keys().filter(|name| name.ends_with(ending) && name.contains(VERSION)).count();
        ensure!(found > 0, "{} has no file …{VERSION}…{ending}", folder.display());
    }
    run(command("sha256sum", ["--check", "--quiet", "SHA256SUMS"]).current_dir(folder))
}

/// Digests by name, from `SHA256SUMS`.
fn digests(folder: &Path) -> Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(folder.join("SHA256SUMS"))?;
    let pairs = text.lines().filter_map(|line| line.split_once("  "));
    Ok(pairs.map(|(digest, name)| (name.to_owned(), digest.to_owned())).collect())
}

fn bills_are_valid(folder: &Path) -> Result<()> {
    const VALIDATE: &str = "import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(str(fault) if fault else 0)";
    let python_path = CYCLONEDX.ensure()?;
    for name in digests(folder)?.keys().filter(|name| name.ends_with(".cdx.json")) {
        run(command("python3", ["-c", VALIDATE]).arg(folder.join(name)).env("PYTHONPATH", &python_path))?;
    }
    Ok(())
}

/// Packs once more and compares.
fn is_reproducible(folder: &Path) -> Result<()> {
    let before = digests(folder)?;
    dist::build(Arch::HOST, REPRODUCIBLE)?;
    let after = digests(folder)?;
    let other: Vec<_> = before.iter().filter(|(name, digest)| after.get(*name) != Some(*digest)).collect();
    ensure!(other.is_empty(), "packed once more, these files are others: {other:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_fewer_numbers_move_to_the_newest_release_only() {
        let version = |text: &str| Version::parse(text).unwrap();
        let tags = |text: &str, released: &[&str]| {
            image_tags(&version(text), &released.iter().map(|text| version(text)).collect::<Vec<_>>()).join(" ")
        };
        assert_eq!(tags("1.2.3", &[]), "1.2.3 1.2 1 latest");
        assert_eq!(tags("1.2.3", &["1.2.2", "1.2.3", "1.3.0-rc.1"]), "1.2.3 1.2 1 latest");
        assert_eq!(tags("1.2.3", &["1.3.0"]), "1.2.3 1.2");
        assert_eq!(tags("1.9.1", &["2.0.0", "1.9.0"]), "1.9.1 1.9 1");
        assert_eq!(tags("1.2.1", &["1.2.2"]), "1.2.1");
        assert_eq!(tags("2.0.0-rc.1", &["1.0.0"]), "2.0.0-rc.1");
    }

    #[test]
    fn a_release_has_its_section_and_leaves_nothing_unreleased() {
        let tag = format!("v{VERSION}");
        let ready = format!(
            "# Changelog\n\n## Unreleased\n\n## {VERSION} - 2026-01-02\n\n### Added\n\n- Something.\n\n## 0.0.1\n"
        );
        assert_eq!(faults_of_changelog(&ready, Some(&tag)), [] as [String; 0]);
        assert_eq!(section_of(&ready, VERSION).unwrap(), "### Added\n\n- Something.");
        assert_eq!(faults_of_changelog(&ready, Some("v9.9.9")).len(), 1);

        let early = "# Changelog\n\n## Unreleased\n\n- Something.\n";
        assert_eq!(faults_of_changelog(early, None), [] as [String; 0]);
        assert_eq!(faults_of_changelog(early, Some(&tag)).len(), 2);
        assert_eq!(faults_of_changelog("# Changelog\n\n## Unreleased\n", None).len(), 1);
    }

    #[test]
    fn versions_of_the_image_are_found_and_words_are_none() {
        let text = "`mathesar/mathesar:0.1.0`. mathesar/mathesar:latest mathesar/mathesar:1.2.0-rc.1\nmathesar/mathesar:2.0.1.";
        assert_eq!(versions_of_image(text), ["0.1.0", "1.2.0-rc.1", "2.0.1"]);
    }

    #[test]
    fn actions_are_pinned_by_commits_with_their_version_beside() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        assert!(is_pinned(&format!("actions/checkout@{commit} # v5.0.0")));
        for loose in ["actions/checkout@v5", "actions/checkout@v5 # v5", "actions/checkout@main # v5.0.0"] {
            assert!(!is_pinned(loose), "{loose}");
        }
        assert!(!is_pinned(&format!("actions/checkout@{commit}")));
    }
}
