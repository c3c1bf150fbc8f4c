//! The optimised build: linked by Zig against an old glibc, so that one executable runs on every distribution in use, and free
//! of traces of the machine that built it.

use std::{ffi::OsString, path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    build::target,
    pip,
    shell::{command, home_of_cargo, path_with, root, run},
};

/// What is fetched from PyPI.
const TOOLS: pip::Tools = pip::Tools {
    packages: &["ziglang==0.15.2", "cargo-zigbuild==0.24.1"],
    programs: &["ziglang/zig", "bin/cargo-zigbuild"],
};

/// Rust's name of what is built.
pub const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// The oldest glibc that the executable starts on: that of RHEL 7, the baseline of `manylinux2014`.
const OLDEST_GLIBC: &str = "2.17";

/// Builds one program of the workspace and gives its path.
///
/// # Errors
/// When the compiler cannot be had, or the program does not build.
pub fn build(package: &str, program: &str) -> Result<PathBuf> {
    let tools = TOOLS.ensure()?;
    let target_with_glibc = format!("{TRIPLE}.{OLDEST_GLIBC}");
    let arguments =
        ["zigbuild", "--release", "--locked", "--package", package, "--bin", program, "--target", &target_with_glibc];
    run(without_traces(&mut command(tools.join("bin/cargo-zigbuild"), arguments))
        .env("CARGO_ZIGBUILD_ZIG_PATH", tools.join("ziglang/zig"))
        .env("PATH", path_with(&tools.join("bin"))?))?;
    Ok(self::program(program))
}

/// Where [`build`] leaves a program.
pub fn program(name: &str) -> PathBuf {
    target().join(TRIPLE).join("release").join(name)
}

/// Names the folders of this machine by names that are the same everywhere, in Rust and in C.
fn without_traces(command: &mut Command) -> &mut Command {
    let mut rust = OsString::new();
    let mut c = OsString::new();
    for (folder, name) in [(home_of_cargo(), "/cargo"), (target(), "/target"), (root().to_owned(), "/mathesar")] {
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
