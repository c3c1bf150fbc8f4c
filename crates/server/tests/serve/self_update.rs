//! Replacing the program by a release on a real web server.

use std::{
    fs,
    io::{BufRead as _, BufReader, ErrorKind, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
    time::Instant,
};

use nix::unistd::geteuid;
use tempfile::TempDir;

use crate::server::PATIENCE;

/// A directory on a web server.
struct Release {
    folder: TempDir,
    origin: String,
}

impl Release {
    /// With one file for this machine, and the digest that is said to be its own.
    fn with(version: &str, content: &[u8], digest: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("mathesar-{version}-{}-linux", std::env::consts::ARCH);
        fs::write(folder.path().join(&name), content).unwrap();
        let sum = Command::new("sha256sum").arg(&name).current_dir(&folder).output().unwrap().stdout;
        let right = String::from_utf8(sum).unwrap();
        let list = digest.map_or(right, |digest| format!("{digest}  {name}\n"));
        fs::write(folder.path().join("SHA256SUMS"), list).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}/", listener.local_addr().unwrap());
        let served = folder.path().to_owned();
        thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(answer(stream, &served))));
        Self { folder, origin }
    }
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut head =
        BufReader::new(stream.try_clone()?).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let first = head.next().unwrap_or_default();
    head.for_each(drop);
    let name = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    match fs::read(folder.join(name)) {
        Ok(content) => {
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", content.len())?;
            stream.write_all(&content)
        }
        Err(_) => stream.write_all(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
    }
}

/// The program as a file in a directory of its own.
struct Installed {
    folder: TempDir,
}

impl Installed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let installed = Self { folder };
        fs::create_dir(installed.folder.path().join("bin")).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_mathesar"), installed.path()).unwrap();
        installed
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("bin/mathesar")
    }

    fn update(&self, flags: &[&str]) -> Output {
        output(Command::new(self.path()).env_clear().arg("self-update").args(flags))
    }
}

/// Runs a file that was just written: another test's child process may for a moment still hold it open.
fn output(command: &mut Command) -> Output {
    let begun = Instant::now();
    loop {
        match command.output() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && begun.elapsed() < PATIENCE => {}
            output => return output.unwrap(),
        }
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A program that is a later version.
const LATER: &[u8] = b"#!/bin/sh\necho mathesar 99.1.0\n";

#[test]
fn a_bare_file_is_replaced_by_the_newest_release_and_kept() {
    let (installed, release) = (Installed::new(), Release::with("99.1.0", LATER, None));
    let before = fs::metadata(installed.path()).unwrap().ino();
    let checked = installed.update(&["--check", "--from", &release.origin]);
    assert!(checked.status.success() && said(&checked).contains("99.1.0 can be had"), "{}", said(&checked));
    assert_eq!(fs::metadata(installed.path()).unwrap().ino(), before, "a check changed something");

    let updated = installed.update(&["--from", &release.origin]);
    assert!(updated.status.success() && said(&updated).contains("start it again"), "{}", said(&updated));
    assert_eq!(fs::read(installed.path()).unwrap(), LATER);
    assert_eq!(fs::metadata(installed.folder.path().join("bin/mathesar.old")).unwrap().ino(), before);
    assert_eq!(fs::read_dir(installed.folder.path().join("bin")).unwrap().count(), 2, "something was left lying");
}

#[test]
fn what_is_not_what_the_list_says_or_does_not_run_is_not_taken() {
    let installed = Installed::new();
    let before = fs::metadata(installed.path()).unwrap().ino();
    for (release, words) in [
        (Release::with("99.1.0", LATER, Some(&"0".repeat(64))), "its digest differs"),
        (Release::with("99.1.0", b"\x7fELF, but not really", None), "does not"),
        (Release::with("99.1.0", b"#!/bin/sh\necho mathesar 1.0.0\n", None), "does not run on this system"),
    ] {
        let refused = installed.update(&["--from", &release.origin]);
        assert!(!refused.status.success() && said(&refused).contains(words), "{}", said(&refused));
        assert!(said(&refused).contains("Nothing was changed"), "{}", said(&refused));
    }
    assert_eq!(fs::metadata(installed.path()).unwrap().ino(), before);
    assert_eq!(fs::read_dir(installed.folder.path().join("bin")).unwrap().count(), 1, "something was left lying");
}

#[test]
fn nothing_happens_without_a_newer_release_or_a_place_for_it() {
    let installed = Installed::new();
    let unknown = installed.update(&[]);
    assert!(!unknown.status.success() && said(&unknown).contains("--from URL"), "{}", said(&unknown));
    let same = Release::with(env!("CARGO_PKG_VERSION"), LATER, None);
    let newest = installed.update(&["--from", &same.origin]);
    assert!(newest.status.success() && said(&newest).contains("is the newest release"), "{}", said(&newest));
    fs::remove_file(same.folder.path().join("SHA256SUMS")).unwrap();
    let missing = installed.update(&["--from", &same.origin]);
    assert!(said(&missing).contains("status 404"), "{}", said(&missing));
    let plain = installed.update(&["--from", "http://example.org/"]);
    assert!(said(&plain).contains("is not https"), "{}", said(&plain));
}

#[test]
fn a_place_that_cannot_be_written_is_refused_with_what_to_do() {
    let (installed, release) = (Installed::new(), Release::with("99.1.0", LATER, None));
    let rights = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let bin = installed.folder.path().join("bin");
    rights(installed.folder.path(), 0o755);
    rights(&bin, 0o555);
    let mut command = Command::new(installed.path());
    command.env_clear().args(["self-update", "--from", &release.origin]);
    if geteuid().is_root() {
        // Root may write everywhere, and the user nobody almost nowhere.
        command.uid(65_534);
    }
    let refused = output(&mut command);
    rights(&bin, 0o755);
    assert!(!refused.status.success() && said(&refused).contains("sudo mathesar self-update"), "{}", said(&refused));
}

#[test]
fn what_a_package_brought_is_left_to_its_tool() {
    let installed = Installed::new();
    let mark = installed.folder.path().join("share/mathesar/channel");
    fs::create_dir_all(mark.parent().unwrap()).unwrap();
    for (channel, words) in
        [("deb", "apt install --only-upgrade"), ("image", "docker pull"), ("wheel", "pip install --upgrade")]
    {
        fs::write(&mark, format!("{channel}\n")).unwrap();
        let refused = installed.update(&[]);
        assert!(!refused.status.success() && said(&refused).contains(words), "{channel}: {}", said(&refused));
    }
}
