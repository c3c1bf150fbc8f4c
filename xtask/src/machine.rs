//! Where the programs of an architecture are compiled, packed and run.
//!
//! For another architecture than this machine's that is a Debian system of both, made once: its Rust comes with a standard library
//! for the other one, its dpkg knows the libraries of both, and the kernel lends the foreign programs QEMU as their processor.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{
    arch::Arch,
    build::target,
    shell::{cache, command, home_of_cargo, root, run},
    system,
};

/// The release of Debian: the oldest one whose Rust is as new as ours has to be.
const RELEASE: &str = "trixie";

/// Where the kernel is told what runs foreign programs.
const BINFMT: &str = "/proc/sys/fs/binfmt_misc";

/// Where commands run.
pub enum Machine {
    /// As usual.
    This,
    /// In the Debian system in this folder.
    System(PathBuf),
}

impl Machine {
    /// The one for this architecture.
    ///
    /// # Errors
    /// When the system for another architecture cannot be made.
    pub fn of(arch: Arch) -> Result<Self> {
        if arch == Arch::HOST {
            return Ok(Self::This);
        }
        emulate(arch)?;
        let folder = cache()?.join(format!("{RELEASE}-for-{}", arch.debian()));
        if !folder.exists() {
            let fresh = folder.with_extension("part");
            let _ = fs::remove_dir_all(&fresh);
            make(arch, &fresh)?;
            fs::rename(&fresh, &folder)?;
        }
        Ok(Self::System(folder))
    }

    /// A command that runs there in the repository's top folder, like [`crate::shell::command`]. The files of the repository, of
    /// cargo and of the caches are at the same places there.
    pub fn command<S: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        // The mounts are seen by this process only and end with it. What cargo and rustup have said about the toolchain of
        // this machine is not true there.
        const ENTER: &str = r#"system=$1; shift
            while [ "$1" != -- ]; do
                mkdir -p "$system$1"
                mount --rbind "$1" "$system$1"
                shift
            done
            shift
            exec chroot "$system" env --chdir="$PWD" --unset=CARGO --unset=RUSTC --unset=RUSTC_WRAPPER --unset=LD_LIBRARY_PATH \
                PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@""#;
        match self {
            Self::This => command(program, arguments),
            Self::System(folder) => {
                let mut command = command("unshare", ["--mount", "sh", "-ec", ENTER, "sh"]);
                command.arg(folder).args(["/dev", "/proc"]).args([root(), &target(), &home_of_cargo()]);
                command.args(folder.parent()).arg("--").arg(program).args(arguments);
                command
            }
        }
    }
}

/// Lets the kernel run programs of another architecture in QEMU, as an installation of QEMU does where systemd runs.
///
/// # Errors
/// When QEMU cannot be installed, or the kernel not be told.
pub fn emulate(arch: Arch) -> Result<()> {
    if arch == Arch::HOST {
        return Ok(());
    }
    ensure!(system::is_root(), "building and running programs for {} on this machine needs root", arch.debian());
    system::ensure(system::FOREIGN)?;
    let name = format!("qemu-{}", arch.uname());
    if Path::new(BINFMT).join(&name).exists() {
        return Ok(());
    }
    if !Path::new(BINFMT).join("register").exists() {
        run(&mut command("mount", ["-t", "binfmt_misc", "binfmt_misc", BINFMT]))?;
    }
    let rule = PathBuf::from(format!("/usr/lib/binfmt.d/{name}.conf"));
    let rule = fs::read(&rule).with_context(|| rule.display().to_string())?;
    fs::write(Path::new(BINFMT).join("register"), rule).with_context(|| format!("{BINFMT} does not take {name}"))
}

fn make(arch: Arch, folder: &Path) -> Result<()> {
    let (ours, other) = (Arch::HOST.debian(), arch.debian());
    let packages = [
        "cargo-web",
        "rustc-web",
        &format!("libstd-rust-web-dev:{other}"),
        // Build scripts are programs of this machine; everything else is compiled and linked by Zig.
        "gcc",
        "libc6-dev",
        "debhelper",
        // dpkg reads the foreign executable with it.
        &format!("binutils-{}-linux-gnu", arch.uname().replace('_', "-")),
    ];
    run(command("mmdebstrap", ["--variant=minbase", "--quiet"])
        .arg(format!("--architectures={ours},{other}"))
        .arg(format!("--include={}", packages.join(",")))
        .arg(RELEASE)
        .arg(folder))
}
