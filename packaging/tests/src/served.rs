//! A folder on a web server, in place of the address that the pages name; and other servers that a test needs.

use std::{
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{container::Container, newcomer::in_network_of, process::free_address, python};

/// How long the server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// A served folder; the server ends with this guard.
pub struct Served {
    server: Child,
    /// Scheme, host and port.
    pub origin: String,
}

impl Served {
    /// Serves the folder on a free port of this machine.
    ///
    /// # Panics
    /// When no server starts.
    pub fn here(folder: &Path) -> Self {
        let address = free_address();
        let served = Self::start(&mut Command::new("python3"), &address, folder);
        await_answer(&address);
        served
    }

    /// Serves what an OCI layout holds as a registry does, for reading and under any name, on a free port of this machine.
    ///
    /// # Panics
    /// When no server starts.
    pub fn registry(layout: &Path) -> Self {
        let address = free_address();
        let port = address.rsplit(':').next().unwrap();
        let server = python::command("registry.py").arg(port).arg(layout).stderr(Stdio::null()).spawn().unwrap();
        let served = Self { server, origin: format!("http://{address}") };
        await_answer(&address);
        served
    }

    /// Serves the folder on port 80 of a container's own network.
    ///
    /// # Panics
    /// When no server starts.
    pub fn inside(container: &Container, folder: &Path) -> Self {
        let leader = container.leader();
        let mut enter = Command::new("nsenter");
        enter.args(["--target", &leader.to_string(), "--net", "python3"]);
        let served = Self::start(&mut enter, "127.0.0.1:80", folder);
        in_network_of(leader, || await_answer("127.0.0.1:80"));
        served
    }

    fn start(python: &mut Command, address: &str, folder: &Path) -> Self {
        let (host, port) = address.split_once(':').unwrap();
        let python = python.args(["-m", "http.server", port, "--bind", host, "--directory"]).arg(folder);
        let server = python.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { server, origin: format!("http://{address}") }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn await_answer(address: &str) {
    let start = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(start.elapsed() < PATIENCE, "nothing is served at {address}");
        thread::sleep(Duration::from_millis(50));
    }
}
