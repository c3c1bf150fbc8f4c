//! `cargo xtask test`: every check there is, one step after the other, and a table of what became of them.

use std::{ffi::OsStr, process::Command, time::Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::{
    arch::Arch,
    build,
    client::Project,
    dist, documentation, kubernetes, pip, postgres, release,
    shell::{check, command, path_with_all},
    system, tidy,
};

/// How much is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Extent {
    /// Without the optimised build and the browser.
    Quick,
    /// What every change must pass.
    Normal,
    /// Everything, the slow checks too.
    Full,
    /// What users install, all of it: built, installed and lived with in systems made for that. Needs root.
    Dist,
    /// The chart in a Kubernetes that is built for it. Needs root.
    Kubernetes,
    /// What users of arm64 install, built and tried on whatever machine this is. Needs root.
    Arm64,
}

struct Step {
    name: &'static str,
    /// The smallest extent that it belongs to.
    extent: Extent,
    run: fn() -> Result<()>,
}

impl Step {
    fn belongs_to(&self, extent: Extent) -> bool {
        // Those after the full one stand for themselves.
        if extent > Extent::Full { self.extent == extent } else { self.extent <= extent }
    }
}

const STEPS: &[Step] = &[
    Step { name: "formatting", extent: Extent::Quick, run: || cargo(&["fmt", "--all", "--check"]) },
    Step { name: "tidy", extent: Extent::Quick, run: tidy::check },
    Step { name: "workflows and versions", extent: Extent::Quick, run: || release::check(None) },
    Step { name: "client lint", extent: Extent::Quick, run: || client("lint") },
    Step { name: "client types", extent: Extent::Quick, run: || client("check") },
    Step { name: "client tests", extent: Extent::Quick, run: || client("test") },
    Step { name: "client build", extent: Extent::Quick, run: build::client },
    Step { name: "documentation", extent: Extent::Quick, run: || documentation::check().map(drop) },
    Step {
        name: "clippy",
        extent: Extent::Quick,
        run: || cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]),
    },
    Step { name: "generated files", extent: Extent::Quick, run: generated_is_fresh },
    Step { name: "tests on PostgreSQL 15", extent: Extent::Quick, run: || tests_on(15, &[]) },
    Step { name: "tests on PostgreSQL 18", extent: Extent::Normal, run: || tests_on(18, VERSION_SENSITIVE) },
    Step { name: "tests on PostgreSQL 14", extent: Extent::Full, run: || tests_on(14, VERSION_SENSITIVE) },
    Step { name: "tests on PostgreSQL 16", extent: Extent::Full, run: || tests_on(16, VERSION_SENSITIVE) },
    Step { name: "tests on PostgreSQL 17", extent: Extent::Full, run: || tests_on(17, VERSION_SENSITIVE) },
    Step { name: "slow tests", extent: Extent::Full, run: slow_tests },
    Step { name: "optimised build", extent: Extent::Normal, run: || build::release(Arch::HOST).map(drop) },
    Step { name: "browser tests", extent: Extent::Normal, run: browser },
    Step { name: "browser tests on two processes", extent: Extent::Full, run: browser_behind_nginx },
    Step { name: "schemathesis", extent: Extent::Full, run: schemathesis },
    Step { name: "chart and platforms, the quick part", extent: Extent::Normal, run: || of_packages(QUICK_OF_CHART) },
    Step { name: "packages, the quick part", extent: Extent::Normal, run: || packages(QUICK_OF_PACKAGES) },
    Step { name: "packages", extent: Extent::Dist, run: || packages(&[]) },
    Step { name: "packages for arm64", extent: Extent::Arm64, run: packages_for_arm64 },
    Step { name: "the same build twice", extent: Extent::Dist, run: dist::twice::check },
    Step { name: "release", extent: Extent::Dist, run: || release::prepare(None) },
    Step { name: "the chart in a Kubernetes", extent: Extent::Kubernetes, run: chart_in_kubernetes },
];

/// One life in each channel, for every change; `cargo xtask test dist` tries each of them in every system. What boots a system
/// belongs there alone: not every machine that runs the tests of a change may do that.
const QUICK_OF_PACKAGES: &[&str] = &[
    "on_debian_13_as_a_user",
    "lintian_finds_nothing",
    "an_edit_outlives_its_container",
    "its_parts_are_listed",
    "on_python_3_13",
    "it_holds_what_it_says",
];

/// The chart and the files for platforms, as far as nothing has to be built or started for that.
const QUICK_OF_CHART: &[&str] = &[
    "helm_4_and_the_oldest_and_newest_kubernetes_take_it",
    "helm_4_refuses_what_cannot_work",
    "helm_4_gives_what_the_values_say",
    "helm_4_tells_the_way_to_the_first_page",
    "every_example_of_the_page_is_taken",
    "every_file_is_what_its_vendor_takes",
    "every_block_of_every_page_is_marked",
];

/// The crates whose tests run on every major: those that talk to user databases.
const VERSION_SENSITIVE: &[&str] = &["mathesar-sql", "mathesar-pg", "mathesar-app"];

/// Runs the steps of `extent` whose names contain `only`, all of them even when one fails.
///
/// # Errors
/// When a step failed; the table printed before says which.
pub fn run(extent: Extent, only: Option<&str>) -> Result<()> {
    system::ensure(system::BUILD)?;
    system::ensure(system::TEST)?;
    let mut outcomes = Vec::new();
    for step in STEPS.iter().filter(|step| step.belongs_to(extent) && only.is_none_or(|part| step.name.contains(part)))
    {
        println!("\n── {} ──", step.name);
        let start = Instant::now();
        let outcome = (step.run)();
        outcomes.push((step.name, outcome, start.elapsed()));
    }
    println!();
    for (name, outcome, time) in &outcomes {
        println!("{} {name} ({} s)", if outcome.is_ok() { "passed" } else { "FAILED" }, time.as_secs());
    }
    let failures: Vec<_> =
        outcomes.iter().filter_map(|(name, outcome, _)| Some((name, outcome.as_ref().err()?))).collect();
    println!("{} passed, {} failed", outcomes.len() - failures.len(), failures.len());
    for (name, error) in &failures {
        println!("\n── {name} ──\n{error:#}");
    }
    if !failures.is_empty() {
        bail!("{} steps failed", failures.len());
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<()> {
    check(&mut command("cargo", arguments))
}

fn client(script: &str) -> Result<()> {
    Project::client()?.script(script)
}

/// Runs the tests of `packages`, or of the whole workspace, against PostgreSQL `major`.
fn tests_on(major: u32, packages: &[&str]) -> Result<()> {
    let tools = build::tools()?;
    let programs = postgres::install_major(&tools, &major.to_string())?;
    let bundle = postgres::pack(&tools, &postgres::fetch(&tools, Arch::HOST)?)?;
    let mut arguments = vec!["test", "--locked", "--no-fail-fast"];
    if packages.is_empty() {
        arguments.extend(["--workspace", "--exclude", "mathesar-packaging"]);
    }
    for package in packages {
        arguments.extend(["--package", package]);
    }
    check(
        command("cargo", arguments)
            .env("MATHESAR_TEST_PG_BIN", programs)
            .env("MATHESAR_TEST_BUNDLE", bundle)
            .env("PATH", path_with_all(system::unpacked()?)?),
    )
}

/// Those marked `#[ignore = "slow …"]`: files of hundreds of megabytes and more, in the crate that takes files in.
fn slow_tests() -> Result<()> {
    cargo(&["test", "--release", "--locked", "--package", "mathesar-app", "--", "--ignored"])
}

/// What calls everything in the OpenAPI document. Hypothesis makes the values, other ones with the same seed in each version.
const SCHEMATHESIS: pip::Tools = pip::Tools {
    packages: &["schemathesis==4.32.5", "hypothesis==6.170.17"],
    programs: &["schemathesis/cli/__main__.py"],
};

/// Calls everything that the executable describes of itself, in ways that nobody would think of.
fn schemathesis() -> Result<()> {
    let test = ["test", "--locked", "--package", "mathesar-server", "--test", "serve"];
    let words = ["--", "--ignored", "--nocapture", "schemathesis"];
    check(
        command("cargo", test.iter().chain(&words))
            .env("MATHESAR_TEST_PG_BIN", postgres::install_major(&build::tools()?, "18")?)
            .env("MATHESAR_TEST_EXECUTABLE", build::executable_path(Arch::HOST))
            .env("MATHESAR_TEST_SCHEMATHESIS", SCHEMATHESIS.ensure()?),
    )
}

/// Writes the generated files again and fails when that changes something.
fn generated_is_fresh() -> Result<()> {
    build::codegen()?;
    let changed = crate::shell::output(&mut command("git", ["status", "--porcelain", "--"].iter().chain(GENERATED)))?;
    if changed.is_empty() {
        return Ok(());
    }
    bail!("generated files were stale; `cargo xtask codegen` has now written them, so commit them:\n{changed}")
}

const GENERATED: &[&str] = &[
    "client/packages/api/src/generated",
    "docs/reference",
    "packaging/helm/mathesar/README.md",
    "packaging/helm/mathesar/values.schema.json",
];

/// Builds what users install, and lives with it as these tests do, or all.
fn packages(tests: &[&str]) -> Result<()> {
    if !may_make_systems() {
        return Ok(());
    }
    system::ensure(system::DIST_TEST)?;
    dist::build(Arch::HOST, &[])?;
    dist::build_older_package()?;
    of_packages(tests)
}

/// Lives with the chart in the control plane of a Kubernetes; the tests of that are marked as ignored for everyone else.
fn chart_in_kubernetes() -> Result<()> {
    if !system::is_root() {
        println!("skipped: building a Kubernetes needs root");
        return Ok(());
    }
    let mut tests = tests_of_packages(&["--test=chart_cluster"], &["--ignored"])?;
    tests.env("MATHESAR_TEST_CONTROL_PLANE", kubernetes::control_plane()?);
    check(tests.env("MATHESAR_TEST_KUBECTL", kubernetes::kubectl()?))
}

/// Builds what users of arm64 install, and tries it; the tests of that are marked as ignored for everyone else.
fn packages_for_arm64() -> Result<()> {
    if !may_make_systems() {
        return Ok(());
    }
    system::ensure(system::DIST_TEST)?;
    dist::build(Arch::Arm64, &[])?;
    check(&mut tests_of_packages(&["--test=arm64"], &["--ignored"])?)
}

/// Says so where nothing can be tested.
fn may_make_systems() -> bool {
    let may = system::is_root();
    if !may {
        println!("skipped: installing packages into systems of their own needs root");
    }
    may
}

/// Runs these tests of the packages, or all, on what was built before.
fn of_packages(tests: &[&str]) -> Result<()> {
    check(&mut tests_of_packages(&[], tests)?)
}

/// A command that runs tests of the packages: those of these targets, or all, that these words for them choose.
fn tests_of_packages(targets: &[&str], words: &[&str]) -> Result<Command> {
    let mut tests = command("cargo", ["test", "--locked", "--package", "mathesar-packaging", "--no-fail-fast"]);
    // Each test has a system to itself; more than one at a time would only make all of them slower.
    tests.args(targets).args(["--", "--test-threads=1"]).args(words);
    tests.env("MATHESAR_TEST_DIST", dist::folder()).env("MATHESAR_TEST_CACHE", crate::shell::cache()?);
    tests.env("MATHESAR_TEST_HELM_3", kubernetes::helm("3")?).env("MATHESAR_TEST_HELM_4", kubernetes::helm("4")?);
    tests.env("MATHESAR_TEST_VALIDATOR", kubernetes::validator()?);
    Ok(tests)
}

/// Drives the optimised executable in Chromium, beside a PostgreSQL that "exists already".
fn browser() -> Result<()> {
    browser_with("test", &[])
}

/// The same on two processes behind nginx, which share an internal database: all but what only one process can do: run a
/// PostgreSQL itself, and remember the order of large tables.
fn browser_behind_nginx() -> Result<()> {
    let path = path_with_all(system::unpacked()?)?;
    let nginx = std::env::split_paths(&path).map(|folder| folder.join("nginx")).find(|program| program.is_file());
    let nginx = nginx.context("nginx is not among the programs that were unpacked")?;
    browser_with(
        "test:processes",
        &[("MATHESAR_TEST_PROCESSES", OsStr::new("2")), ("MATHESAR_TEST_NGINX", nginx.as_os_str())],
    )
}

fn browser_with(script: &str, more: &[(&str, &OsStr)]) -> Result<()> {
    let programs = postgres::install_major(&build::tools()?, "18")?;
    let project = Project::browser_tests()?;
    project.script("check")?;
    let executable = build::executable_path(Arch::HOST);
    let mut environment =
        vec![("MATHESAR_TEST_PG_BIN", programs.as_os_str()), ("MATHESAR_TEST_EXECUTABLE", executable.as_os_str())];
    environment.extend(more);
    project.script_with(script, &environment)
}
