//! Building, running and measuring the product.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    arch::Arch,
    client::Project,
    documentation, licences,
    node::Node,
    postgres,
    shell::{cache, command, output, root, run as run_command},
    system, zig,
};

/// Builds everything and starts it; ends when the program ends.
///
/// # Errors
/// When something is missing, does not build, or the program fails.
pub fn run(arguments: &[String]) -> Result<()> {
    let executable = release(Arch::HOST)?;
    run_command(command(executable, ["serve"]).args(arguments))
}

/// Builds client, documentation and the optimised executable, and appends PostgreSQL to a copy of it at [`executable_path`].
///
/// # Errors
/// When something is missing or does not build.
pub fn release(arch: Arch) -> Result<PathBuf> {
    let bare = bare_executable(arch)?;
    let executable = executable_path(arch);
    std::fs::create_dir_all(executable.parent().expect("it lies in the target folder"))?;
    let tools = tools()?;
    let packed = postgres::pack(&tools, &postgres::fetch(&tools, arch)?)?;
    postgres::append(&packed, &bare, &executable)?;
    Ok(executable)
}

/// What the client's files are made of: its sources, and what the licences that lie beside it are gathered from.
const SOURCES_OF_CLIENT: &[&str] = &[
    "client",
    "packaging/docs/licences",
    "packaging/postgres",
    "Cargo.lock",
    "xtask/src/documentation.rs",
    "xtask/src/licences.rs",
];

/// Builds the client, and leaves the licences of everything that is carried beside it. What was built from the same sources is
/// left as it is, since the executable is linked anew when one of these files has a new time.
///
/// # Errors
/// When it does not build, or a licence is missing or not accepted.
pub fn client() -> Result<()> {
    let client = Project::client()?;
    let stamp = target().join("client.stamp");
    let sources = digests_of(SOURCES_OF_CLIENT)?;
    let is_built = root().join("client/packages/app/dist/index.html").exists();
    if is_built && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == sources) {
        println!("the client is built");
        return Ok(());
    }
    client.script("build")?;
    licences::write()?;
    fs::create_dir_all(target())?;
    fs::write(&stamp, sources).with_context(|| stamp.display().to_string())
}

/// The digests of the files of the files below these paths that belong to the repository, or would if they were added.
fn digests_of(paths: &[&str]) -> Result<String> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard", "--"];
    let files = output(&mut command("git", list.iter().chain(paths)))?;
    let mut digests = String::new();
    for file in files.lines() {
        // A file that was removed and not yet committed is still listed.
        if let Ok(content) = fs::File::open(root().join(file)) {
            digests += &format!("{} {file}\n", hex::encode(postgres::sha256(content)?));
        }
    }
    Ok(digests)
}

/// Builds client, documentation and the optimised executable without PostgreSQL, as the packages ship it that use an installed one.
///
/// # Errors
/// When something is missing or does not build.
pub fn bare_executable(arch: Arch) -> Result<PathBuf> {
    system::ensure(system::BUILD)?;
    client()?;
    documentation::build()?;
    zig::build(arch, "mathesar-server", "mathesar")
}

/// Where [`release`] leaves it: at `target/release/mathesar`, for another architecture than this machine's one folder deeper.
pub fn executable_path(arch: Arch) -> PathBuf {
    target_of(arch).join("release/mathesar")
}

/// Where [`bare_executable`] leaves it.
pub fn bare_executable_path(arch: Arch) -> PathBuf {
    zig::program(arch, "mathesar")
}

/// The clients of the registries, as fetching PostgreSQL needs them.
///
/// # Errors
/// When Node.js cannot be had.
pub fn tools() -> Result<postgres::Tools> {
    Ok(postgres::Tools {
        npm: Node::ensure()?.npm_program(),
        python: "python3".into(),
        cache: cache()?,
        root: root().to_owned(),
    })
}

/// Writes what is generated from the contract.
///
/// # Errors
/// When the generator does not build or fails.
pub fn codegen() -> Result<()> {
    run_command(&mut command(
        "cargo",
        ["run", "--quiet", "--locked", "--package", "mathesar-server", "--bin", "codegen"],
    ))
}

/// Builds everything and prints the measurements.
///
/// # Errors
/// When something is missing, does not build, or a measurement fails.
pub fn bench() -> Result<()> {
    system::ensure(system::TEST)?;
    let executable = release(Arch::HOST)?;
    let arguments = ["run", "--quiet", "--release", "--locked", "--package", "mathesar-bench", "--"];
    run_command(command("cargo", arguments).arg(executable))
}

/// Cargo's target folder.
#[expect(clippy::disallowed_methods, reason = "cargo itself reads the folder from the environment")]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Cargo's target folder for an architecture. Another one than this machine's has a folder of its own, since another compiler may
/// fill it.
pub fn target_of(arch: Arch) -> PathBuf {
    if arch == Arch::HOST { target() } else { target().join(arch.debian()) }
}
