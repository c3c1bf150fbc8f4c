//! The package of PyPI, made by hatchling of `packaging/wheel` and what was built.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};

use super::{Built, VERSION, fresh_folder, of_repository, sbom};
use crate::{
    arch::Arch,
    licences::{OURS, fulfilment},
    pip,
    shell::{command, run},
};

const HATCHLING: pip::Tools = pip::Tools { packages: &["hatchling==1.33.0"], programs: &["hatchling/__main__.py"] };

/// Any Python 3; glibc 2.17, which `zig.rs` links against, in the names of new and of old installers.
fn tag(arch: Arch) -> String {
    format!("py3-none-manylinux_2_17_{0}.manylinux2014_{0}", arch.uname())
}

/// Leaves `mathesar-X-py3-none-manylinux_….whl`.
pub(super) fn build(built: &Built) -> Result<()> {
    let source = fresh_folder(&built.stage.join("wheel"))?;
    run(command("cp", ["--recursive"]).arg(of_repository("packaging/wheel/.")).arg(&source))?;
    fs::copy(of_repository("LICENSE"), source.join("LICENSE"))?;
    for part in ["mathesar", "licenses.txt", sbom::FILE] {
        fs::copy(built.stage.join(part), source.join(part))?;
    }
    run(command("python3", ["-m", "hatchling", "build", "--target", "wheel", "--directory"])
        .arg(&built.folder)
        .current_dir(&source)
        .env("PYTHONPATH", HATCHLING.ensure()?)
        .env("SOURCE_DATE_EPOCH", Built::time()?)
        .env("MATHESAR_VERSION", VERSION)
        .env("MATHESAR_LICENSE", licence(built)?)
        .env("MATHESAR_TAG", tag(built.arch)))
}

/// The licences that whoever passes the package on has to keep to, in one SPDX expression: ours, and those of all parts.
fn licence(built: &Built) -> Result<String> {
    let mut all = BTreeSet::from([OURS.to_owned()]);
    for part in sbom::parts(&built.machine, &built.stage.join("mathesar"))? {
        all.extend(fulfilment(&part.licence).with_context(|| format!("the licence {} is not accepted", part.licence))?);
    }
    Ok(all.into_iter().collect::<Vec<_>>().join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_names_the_processor_as_pip_does() {
        assert_eq!(tag(Arch::Amd64), "py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64");
        assert_eq!(tag(Arch::Arm64), "py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64");
    }
}
