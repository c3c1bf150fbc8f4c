//! Where data may lie, and what happens beside serving when the program starts.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Output, time::Instant};

use mathesar_testkit::Cluster;
use nix::unistd::geteuid;

use crate::server::{PATIENCE, Server, run};

/// A directory in memory, mounted for one test; only root can.
struct Memory(tempfile::TempDir);

impl Memory {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = std::process::Command::new("mount").args(["-t", "tmpfs", "tmpfs"]).arg(folder.path()).output();
        (geteuid().is_root() && mounted.is_ok_and(|output| output.status.success())).then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// Starts a server that cannot have its port, so that it ends whatever else it finds.
fn start(home: &Path, variables: &[(&str, &str)]) -> Output {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap().to_string();
    run(home, &["--bind", &bind], &[&[("MATHESAR_EPHEMERAL", "")], variables].concat())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_must_last_is_not_written_to_memory_unless_it_is_a_trial() {
    let Some(memory) = Memory::mount() else { return };
    let refused = said(&start(memory.path(), &[]));
    for part in ["would be lost", "the secret key", "memory", "--ephemeral"] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    assert!(!memory.path().join("data").exists(), "something was written before the refusal");
    let trial = said(&start(memory.path(), &[("MATHESAR_EPHEMERAL", "true")]));
    assert!(trial.contains("cannot be listened on"), "{trial}");
}

#[test]
fn memory_will_do_when_everything_that_must_last_is_elsewhere() {
    let Some(memory) = Memory::mount() else { return };
    let url = Cluster::shared().database().url();
    let mut given = vec![("DATABASE_URL", url.as_str()), ("SECRET_KEY", "a key for the tests, long enough to pass")];
    let served = said(&start(memory.path(), &given));
    assert!(served.contains("cannot be listened on"), "{served}");
    given.push(("MATHESAR_MANAGED_POSTGRES", "on"));
    let refused = said(&start(memory.path(), &given));
    assert!(refused.contains("the databases that are made here"), "{refused}");
}

#[test]
fn the_browser_is_opened_on_the_link_when_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let (opener, opened) = (folder.path().join("xdg-open"), folder.path().join("opened"));
    fs::write(&opener, format!("#!/bin/sh\necho \"$1\" >{}\n", opened.display())).unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let server = Server::start(&["--open-browser", "on"], &[("PATH", &path)]);
    let begun = Instant::now();
    while fs::read_to_string(&opened).unwrap_or_default().trim() != server.link {
        assert!(begun.elapsed() < PATIENCE, "the link was not opened");
    }
    fs::remove_file(&opened).unwrap();
    // A service has no desktop, even where its environment says so.
    let service = Server::start(&[], &[("PATH", &path), ("DISPLAY", ":0")]);
    service.stop();
    assert!(!opened.exists());
}
