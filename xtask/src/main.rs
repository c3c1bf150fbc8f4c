//! Everything that is not a plain `cargo build`: installing what is missing, building the client, packing PostgreSQL, running
//! every check, measuring.

mod arch;
mod build;
mod client;
mod dist;
mod documentation;
mod excerpt;
mod kubernetes;
mod licences;
mod machine;
mod node;
mod pip;
mod postgres;
mod release;
mod shell;
mod system;
mod test;
mod tidy;
mod tours;
mod zig;

use std::process::ExitCode;

use arch::Arch;
use clap::{Parser, Subcommand};

/// Tasks of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build everything, start it and print the link.
    Run {
        /// Arguments for `mathesar`, after `--`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Leave the optimised executable, client and PostgreSQL inside, at `target/release/mathesar`.
    Build {
        /// For this architecture; another one than this machine's is left in a folder of its own, such as `target/arm64`.
        #[arg(long, value_enum, default_value_t = Arch::HOST)]
        arch: Arch,
    },
    /// Install what is missing and run every check.
    Test {
        /// `quick` leaves out the browser; `full` adds the slow ones.
        #[arg(value_enum, default_value = "normal")]
        extent: test::Extent,
        /// Run only the steps whose name contains this.
        #[arg(long)]
        only: Option<String>,
    },
    /// Leave in `target/dist` what users install.
    Dist {
        /// For this architecture.
        #[arg(long, value_enum, default_value_t = Arch::HOST)]
        arch: Arch,
        /// Only these channels.
        #[arg(value_enum)]
        channels: Vec<dist::Channel>,
    },
    /// Build and check the documentation; it is left in `target/docs`.
    Docs {
        /// Take the pictures anew from the screenshots of the browser tests.
        #[arg(long)]
        screenshots: bool,
        /// Write anew how long a newcomer's way is, as the tests of the packages have found it.
        #[arg(long, conflicts_with = "screenshots")]
        tours: bool,
    },
    /// Build every channel on this machine, check it, and put it together: all of a release but signing and publishing.
    Release {
        /// The tag of the release, such as `v1.2.3`; without it, this is a rehearsal.
        #[arg(long)]
        tag: Option<String>,
    },
    /// Put together in `target/release-files` what `release` has left on one machine or more.
    Assemble {
        /// The tag of the release, such as `v1.2.3`.
        #[arg(long)]
        tag: Option<String>,
        /// Each machine's `target/dist`.
        #[arg(required = true)]
        folders: Vec<std::path::PathBuf>,
    },
    /// Write everything that is generated from the contract.
    Codegen,
    /// Print speed and memory as ratios against PostgreSQL itself.
    Bench,
    /// Fetch PostgreSQL of these majors for the tests and print where their programs are.
    Pg {
        /// Such as `15 18`.
        majors: Vec<String>,
    },
    /// Append PostgreSQL to an executable, as `build` does; without one, only pack it for the tests.
    Bundle {
        /// The PostgreSQL of this architecture.
        #[arg(long, value_enum, default_value_t = Arch::HOST)]
        arch: Arch,
        /// The executable.
        executable: Option<std::path::PathBuf>,
    },
    /// Check walls, sizes and links.
    Tidy,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A trace of our own calls would only push what failed out of sight.
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Run { arguments } => build::run(&arguments),
        Task::Build { arch } => build::release(arch).map(|executable| println!("{}", executable.display())),
        Task::Test { extent, only } => test::run(extent, only.as_deref()),
        Task::Dist { arch, channels } => dist::build(arch, &channels).map(|folder| println!("{}", folder.display())),
        Task::Docs { screenshots: true, .. } => documentation::screenshots(),
        Task::Docs { tours: true, .. } => tours::write(),
        Task::Docs { .. } => documentation::check().map(|site| println!("{}", site.display())),
        Task::Release { tag } => release::prepare(tag.as_deref()),
        Task::Assemble { tag, folders } => release::assemble(tag.as_deref(), &folders),
        Task::Codegen => build::codegen(),
        Task::Bench => build::bench(),
        Task::Pg { majors } => {
            let tools = build::tools()?;
            for major in majors {
                println!("{}", postgres::install_major(&tools, &major)?.display());
            }
            Ok(())
        }
        Task::Bundle { arch, executable } => {
            let tools = build::tools()?;
            let bundle = postgres::pack(&tools, &postgres::fetch(&tools, arch)?)?;
            println!("{}", bundle.display());
            executable.map_or(Ok(()), |executable| postgres::append(&bundle, &executable, &executable))
        }
        Task::Tidy => tidy::check(),
    }
}
