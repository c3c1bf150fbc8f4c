//! Manual pages and completions, judged by the programs that read them.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::server::run;

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn print(home: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = run(home, arguments, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn manual_pages(home: &Path) -> Vec<PathBuf> {
    let folder = home.join("man/man1");
    print(home, &["man", "--out", folder.to_str().unwrap()]);
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// What a formatter complains about. `groff` may be missing where nobody reads manuals.
fn complaints(page: &Path) -> String {
    let output = Command::new("groff").args(["-man", "-Tutf8", "-ww", "-z"]).arg(page).output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_manual_has_a_page_for_every_command_and_formats_without_a_warning() {
    let home = tempfile::tempdir().unwrap();
    let pages = manual_pages(home.path());
    for name in ["mathesar.1", "mathesar-serve.1", "mathesar-users-create.1", "mathesar-man.1"] {
        assert!(pages.iter().any(|page| page.ends_with(name)), "{name} is missing");
    }
    for page in pages.iter().filter(|_| is_there("groff")) {
        assert_eq!(complaints(page), "", "{}", page.display());
    }
}

#[test]
fn a_reader_of_the_manual_finds_settings_files_exit_codes_and_examples() {
    let home = tempfile::tempdir().unwrap();
    let printed = String::from_utf8(print(home.path(), &["man"])).unwrap();
    for part in [
        ".SH SETTINGS",
        "MATHESAR_DATA_DIR",
        "DOMAIN_NAME",
        ".SH FILES",
        "/etc/mathesar/mathesar.toml",
        ".SH \"EXIT STATUS\"",
        ".SH EXAMPLES",
        "mathesar\\-users",
    ] {
        assert!(printed.contains(part), "{part} is missing");
    }
}

/// What bash offers after these words, the last of which is being typed.
fn offered_by_bash(script: &Path, words: &[&str]) -> Vec<String> {
    let ask = r#"source "$1"; shift; complete -p mathesar >/dev/null || exit 3
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); cur="${!#}"; prev="${COMP_WORDS[COMP_CWORD-1]}"
        _mathesar mathesar "$cur" "$prev"; printf '%s\n' "${COMPREPLY[@]}""#;
    let output = Command::new("bash").args(["--norc", "-c", ask, "bash"]).arg(script).args(words).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_and_flags() {
    let home = tempfile::tempdir().unwrap();
    let script = home.path().join("mathesar");
    fs::write(&script, print(home.path(), &["completions", "bash"])).unwrap();
    assert_eq!(offered_by_bash(&script, &["mathesar", "setup"]), ["setup-link"]);
    assert_eq!(offered_by_bash(&script, &["mathesar", "users", "re"]), ["reset-password"]);
    assert_eq!(offered_by_bash(&script, &["mathesar", "serve", "--data-"]), ["--data-dir"]);
}

/// Lets a shell read a script without running it.
fn read_by(shell: &str, script: &[u8]) -> Output {
    let mut child = Command::new(shell)
        .arg("-n")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(script).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn zsh_and_fish_understand_their_scripts() {
    let home = tempfile::tempdir().unwrap();
    for shell in ["zsh", "fish"] {
        let script = print(home.path(), &["completions", shell]);
        assert!(String::from_utf8_lossy(&script).contains("setup-link"), "{shell}");
        if is_there(shell) {
            let output = read_by(shell, &script);
            assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
