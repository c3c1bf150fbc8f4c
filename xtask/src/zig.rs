//! The optimised build: linked by Zig against an old glibc, so that one executable runs on every distribution in use, and free
//! of traces of the machine that built it.

use std::{ffi::OsString, path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    arch::Arch,
    build::target_of,
    machine::Machine,
    pip,
    shell::{command, home_of_cargo, output, root, run},
};

/// What is fetched from PyPI.
const TOOLS: pip::Tools = pip::Tools {
    packages: &["ziglang==0.15.2", "cargo-zigbuild==0.24.1"],
    programs: &["ziglang/zig", "bin/cargo-zigbuild"],
};

/// The oldest glibc that the executable starts on: that of RHEL 7, the baseline of `manylinux2014`.
const OLDEST_GLIBC: &str = "2.17";

/// Builds one program of the workspace and gives its path.
///
/// # Errors
/// When the compiler cannot be had, or the program does not build.
pub fn build(arch: Arch, package: &str, program: &str) -> Result<PathBuf> {
    let tools = TOOLS.ensure()?;
    let machine = if has_standard_library(arch) { Machine::This } else { Machine::of(arch)? };
    let target_with_glibc = format!("{}.{OLDEST_GLIBC}", arch.triple());
    let mut arguments = vec![
        "zigbuild",
        "--release",
        "--locked",
        "--package",
        package,
        "--bin",
        program,
        "--target",
        &target_with_glibc,
    ];
    if let Machine::System(_) = machine {
        // Only this machine knows how to reach the registry.
        run(&mut command("cargo", ["fetch", "--locked", "--target", &arch.triple()]))?;
        arguments.push("--offline");
    }
    run(without_traces(&mut machine.command(tools.join("bin/cargo-zigbuild"), arguments), arch)
        .env("CARGO_TARGET_DIR", target_of(arch))
        .env("CARGO_ZIGBUILD_ZIG_PATH", tools.join("ziglang/zig")))?;
    Ok(self::program(arch, program))
}

/// Where [`build`] leaves a program.
pub fn program(arch: Arch, name: &str) -> PathBuf {
    target_of(arch).join(arch.triple()).join("release").join(name)
}

/// Whether the toolchain of this machine can compile for an architecture.
fn has_standard_library(arch: Arch) -> bool {
    let installed = || output(&mut command("rustup", ["target", "list", "--installed"])).unwrap_or_default();
    arch == Arch::HOST || installed().lines().any(|triple| triple == arch.triple())
}

/// Names the folders of this machine by names that are the same everywhere, in Rust and in C.
fn without_traces(command: &mut Command, arch: Arch) -> &mut Command {
    let mut rust = OsString::new();
    let mut c = OsString::new();
    for (folder, name) in [(home_of_cargo(), "/cargo"), (target_of(arch), "/target"), (root().to_owned(), "/mathesar")]
    {
        for (flags, option) in [(&mut rust, "--remap-path-prefix="), (&mut c, "-ffile-prefix-map=")] {
            let separator = if flags.is_empty() { "" } else { "\x1f" };
            flags.push(separator);
            flags.push(option);
            flags.push(&folder);
            flags.push("=");
            flags.push(name);
        }
    }
    let c = c.to_string_lossy().replace('\x1f', " ");
    command.env("CARGO_ENCODED_RUSTFLAGS", rust).env("CFLAGS", c)
}
