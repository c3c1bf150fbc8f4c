//! The bill of materials (CycloneDX 1.6) of what is given to users.
//!
//! It is made from what the executable itself says that it carries: that list holds the parts of the client and of PostgreSQL
//! too, and only the crates that are linked. The tools of CycloneDX read lock files, which tell neither.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Built, VERSION, version_time};
use crate::{
    licences::OURS,
    machine::Machine,
    postgres::{self, sha256},
    shell::{output, root},
};

/// The name of the file in the stage.
pub(super) const FILE: &str = "mathesar.cdx.json";

/// What is described.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The executable with the PostgreSQL that is appended to it.
    WithPostgresql,
    /// The executable as the channels ship it that take PostgreSQL from elsewhere.
    WithoutPostgresql,
}

/// A part of the executable.
pub(super) struct Part {
    origin: String,
    name: String,
    version: String,
    /// An SPDX expression.
    pub(super) licence: String,
}

/// Writes the bill of an executable.
pub(super) fn write(machine: &Machine, executable: &Path, extent: Extent, target: &Path) -> Result<()> {
    let mut components: Vec<Value> = parts(machine, executable)?.iter().map(Part::component).collect();
    if extent == Extent::WithPostgresql {
        components.extend(postgres::components(root())?.iter().map(of_postgresql));
    }
    save(&components, target)
}

/// Writes the bill of the container image whose files are in `system`: the executable and the packages of Debian.
pub(super) fn write_of_image(built: &Built, system: &Path, target: &Path) -> Result<()> {
    let mut components: Vec<Value> =
        parts(&built.machine, &built.stage.join("mathesar"))?.iter().map(Part::component).collect();
    let dpkg = system.join("var/lib/dpkg");
    let mut statuses = vec![dpkg.join("status")];
    for entry in fs::read_dir(dpkg.join("status.d"))? {
        statuses.push(entry?.path());
    }
    // The order of a folder is that of its file system.
    statuses.sort();
    for status in statuses {
        let status = fs::read_to_string(&status).with_context(|| status.display().to_string())?;
        components.extend(status.split("\n\n").filter_map(of_debian));
    }
    save(&components, target)
}

/// Writes the bill that lists `components`.
fn save(components: &[Value], target: &Path) -> Result<()> {
    let references: Vec<&Value> = components.iter().map(|component| &component["bom-ref"]).collect();
    let subject = format!("pkg:generic/mathesar@{VERSION}");
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": version_time()?,
            "component": {
                "type": "application",
                "bom-ref": subject,
                "name": "mathesar",
                "version": VERSION,
                "purl": subject,
                "licenses": [{ "expression": OURS }],
            },
        },
        "dependencies": [{ "ref": subject, "dependsOn": references }],
        "components": components,
        // Everything that is linked or carried is listed; what these parts need of each other is not.
        "compositions": [{ "aggregate": "complete", "assemblies": [subject] }],
    });
    let digest = hex::encode(sha256(bill.to_string().as_bytes())?);
    bill["serialNumber"] = uuid(&digest).into();
    fs::write(target, serde_json::to_vec_pretty(&bill)?).with_context(|| target.display().to_string())
}

/// What is linked into the executable, which runs on this machine, PostgreSQL left out.
pub(super) fn parts(machine: &Machine, executable: &Path) -> Result<Vec<Part>> {
    let listed = output(&mut machine.command(executable, ["licenses"]))?;
    let part = |line: &str| match line.split('\t').collect::<Vec<_>>()[..] {
        [origin, name, version, licence] => Ok(Part {
            origin: origin.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            licence: licence.replace('/', " OR ").split_whitespace().collect::<Vec<_>>().join(" "),
        }),
        _ => bail!("{} lists a part without four columns: {line}", executable.display()),
    };
    let of_executable = listed.lines().filter(|line| !line.starts_with("postgres\t"));
    of_executable.map(part).collect()
}

impl Part {
    fn component(&self) -> Value {
        let Self { origin, name, version, licence } = self;
        let purl = match origin.as_str() {
            "crate" => format!("pkg:cargo/{name}@{version}"),
            // A scope is percent-encoded, as the specification of package URLs wants it.
            "npm" => format!("pkg:npm/{}@{version}", name.replace('@', "%40")),
            _ => format!("pkg:generic/{}@{version}", name.to_lowercase().replace(' ', "-")),
        };
        json!({
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
            "licenses": [{ "expression": licence }],
        })
    }
}

/// A package, from its paragraph in the list of dpkg. Its licences are in the image's `/usr/share/doc` or, where that was left
/// out, at Debian.
fn of_debian(paragraph: &str) -> Option<Value> {
    let field = |name| paragraph.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let (name, version) = (field("Package")?, field("Version")?);
    // Of the signs in versions of Debian, only this one has a meaning in addresses.
    let encoded = version.replace('+', "%2B");
    let purl = format!("pkg:deb/debian/{name}@{encoded}?arch={}", field("Architecture")?);
    Some(json!({ "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl }))
}

fn of_postgresql(part: &postgres::Licensed) -> Value {
    let postgres::Licensed { name, version, licence, cpe, .. } = part;
    let mut component = json!({
        "type": "library",
        "bom-ref": format!("{name} {version}"),
        "name": name,
        "version": version,
        "licenses": [{ "expression": licence }],
    });
    if let Some(cpe) = cpe {
        component["cpe"] = cpe.as_str().into();
    }
    component
}

/// A UUID of the version for values of one's own making (RFC 9562, 8), from 64 hexadecimal digits: the same content has the
/// same number.
fn uuid(digest: &str) -> String {
    format!(
        "urn:uuid:{}-{}-8{}-8{}-{}",
        &digest[..8],
        &digest[8..12],
        &digest[12..15],
        &digest[15..18],
        &digest[18..30]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_of_debian_has_an_address() {
        let paragraph = "Package: tzdata\nStatus: install ok installed\nArchitecture: all\nVersion: 2026a-0+deb13u1\nDescription: x\n .\n";
        let component = of_debian(paragraph).unwrap();
        assert_eq!(component["purl"], "pkg:deb/debian/tzdata@2026a-0%2Bdeb13u1?arch=all");
        assert_eq!(component["version"], "2026a-0+deb13u1");
        assert_eq!(of_debian("\n"), None);
    }
}
