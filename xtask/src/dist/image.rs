//! The container image, built by buildah, which needs no running engine.

use std::{fs, path::Path, process::Command};

use anyhow::Result;

use super::{Built, VERSION, fresh_folder, of_repository, sbom};
use crate::{
    arch::Arch,
    shell::{cache, command, output, run},
};

/// The release of Debian that the image stands on.
const RELEASE: &str = "trixie";

/// The name of the base that we make of Debian's packages; as the image of that name, it is a minimal system.
const BASE: &str = "localhost/debian:trixie-slim";

/// Leaves `mathesar-X-amd64.docker.tar` (or `arm64`), and its bill of materials beside it.
pub(super) fn build(built: &Built) -> Result<()> {
    let context = fresh_folder(&built.stage.join("image"))?;
    fs::copy(of_repository("packaging/docker/Dockerfile"), context.join("Dockerfile"))?;
    for part in ["mathesar", "licenses.txt", sbom::FILE] {
        fs::copy(built.stage.join(part), context.join(part))?;
    }
    fs::write(context.join("channel"), "image\n")?;

    let storage = Storage::new(&built.stage.join("containers"))?;
    storage.import_base(built.arch)?;
    let tag = format!("localhost/mathesar:{VERSION}");
    let arguments = [
        format!("BASE={BASE}"),
        format!("VERSION={VERSION}"),
        format!("REVISION={}", output(&mut command("git", ["rev-parse", "HEAD"]))?),
    ];
    let mut bud =
        storage.command("buildah", &["bud", "--isolation=chroot", "--network=host", "--squash", "--format=docker"]);
    bud.args(["--arch", built.arch.debian()]);
    bud.arg(format!("--timestamp={}", Built::time()?)).args(["--tag", &tag]);
    for argument in &arguments {
        bud.args(["--build-arg", argument]);
    }
    run(bud.arg(&context))?;
    let archive = built.folder.join(format!("mathesar-{VERSION}-{}.docker.tar", built.arch.debian()));
    let _ = fs::remove_file(&archive);
    run(storage
        .command("buildah", &["push", &tag])
        .arg(format!("docker-archive:{}:mathesar:{VERSION}", archive.display())))?;
    let system = output(&mut storage.command("podman", &["image", "mount", &tag]))?;
    sbom::write_of_image(built, Path::new(&system), &archive.with_added_extension("cdx.json"))?;
    run(&mut storage.command("podman", &["image", "unmount", &tag]))
}

/// Images and containers of our own, away from those of the machine.
struct Storage {
    configuration: std::path::PathBuf,
}

impl Storage {
    fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let configuration = folder.join("storage.conf");
        let text = format!(
            "[storage]\ndriver = \"overlay\"\ngraphroot = \"{0}/graph\"\nrunroot = \"{0}/run\"\n",
            folder.display()
        );
        fs::write(&configuration, text)?;
        Ok(Self { configuration })
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = command(program, arguments);
        command.env("CONTAINERS_STORAGE_CONF", &self.configuration);
        command
    }

    /// Makes the base of Debian's packages and keeps it for a while; a release is built from an empty cache.
    fn import_base(&self, arch: Arch) -> Result<()> {
        let arch = arch.debian();
        let archive = cache()?.join(format!("{RELEASE}-base-{arch}.tar"));
        if !archive.exists() {
            let fresh = archive.with_extension("part.tar");
            let mut make = command("mmdebstrap", ["--variant=minbase", "--quiet"]);
            run(make.arg(format!("--architectures={arch}")).arg(RELEASE).arg(&fresh))?;
            fs::rename(fresh, &archive)?;
        }
        run(self.command("podman", &["import", "--quiet", "--arch", arch]).arg(&archive).arg(BASE))
    }
}
