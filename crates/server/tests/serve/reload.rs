//! SIGHUP, and what systemd hears of it.

use std::{fs, os::unix::net::UnixDatagram};

use nix::sys::signal::Signal;

use crate::server::{PATIENCE, Server};

#[test]
fn sighup_changes_what_can_change_and_names_what_needs_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mathesar.toml");
    let write = |text: &str| fs::write(&file, text).unwrap();
    write("log_level = \"warn\"\nthreads = 1\nallowed_hosts = [\"before.example.org\"]\n");
    let server = Server::start(&["--config", file.to_str().unwrap()], &[("MATHESAR_LOG_LEVEL", "")]);
    let answers = |host: &str| server.visitor().with("host", host).get("/api/openrpc.json").status() == 200;
    assert!(answers("before.example.org") && !answers("after.example.org"));

    write("log_level = \"info\"\nthreads = 2\nallowed_hosts = [\"after.example.org\"]\n");
    server.signal(Signal::SIGHUP);
    // Which is told at the new level.
    server.logs("changed: allowed_hosts, log_level");
    server.logs("must be started again before these settings count: threads");
    assert!(answers("after.example.org") && !answers("before.example.org"));

    // A mistake changes nothing and ends nothing.
    write("allowed_hosts = \n");
    server.signal(Signal::SIGHUP);
    server.logs("the settings stay as they are");
    assert!(answers("after.example.org"));
}

#[test]
fn systemd_is_told_of_start_reload_and_end() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("notify");
    let systemd = UnixDatagram::bind(&path).unwrap();
    systemd.set_read_timeout(Some(PATIENCE)).unwrap();
    let heard = || {
        let mut message = [0; 256];
        let length = systemd.recv(&mut message).unwrap();
        String::from_utf8(message[..length].to_vec()).unwrap().trim().to_owned()
    };
    let server = Server::start(&[], &[("NOTIFY_SOCKET", path.to_str().unwrap())]);
    let ready = format!("READY=1\nSTATUS=serving at http://{}/", server.address());
    assert_eq!(heard(), ready);
    server.signal(Signal::SIGHUP);
    let reloading = heard();
    let moment = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap_or_else(|| panic!("{reloading}"));
    assert!(moment.parse::<u64>().unwrap() > 0);
    assert_eq!(heard(), ready);
    server.stop();
    assert_eq!(heard(), "STOPPING=1");
}
