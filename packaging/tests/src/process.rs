//! The program while it runs.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// How soon it has to end when it is told to, in every channel.
pub const END: Duration = Duration::from_secs(10);

/// The link for the first account in what was printed.
pub fn link_in(printed: &str) -> Option<String> {
    printed.lines().map(str::trim).find(|line| line.contains("/setup#token=")).map(str::to_owned)
}

/// A running program; killed when the test ends.
pub struct Running {
    child: Child,
    /// The link that it printed.
    pub link: String,
}

impl Running {
    /// Starts the command and waits for its link.
    ///
    /// # Panics
    /// When it ends before.
    pub fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut running = Self { child, link: String::new() };
        let mut printed = String::new();
        let mut lines = BufReader::new(running.child.stdout.take().unwrap());
        while running.link.is_empty() {
            let start = printed.len();
            assert!(
                lines.read_line(&mut printed).unwrap() > 0,
                "{command:?} ended before it printed a link: {printed}"
            );
            let line = printed[start..].trim();
            if line.starts_with("http") {
                line.clone_into(&mut running.link);
            }
        }
        running
    }

    /// Tells it to stop and waits until it has.
    ///
    /// # Panics
    /// When it takes too long, or ends as after an accident.
    pub fn stop(mut self) {
        let begun = Instant::now();
        self.signal(Signal::SIGTERM);
        let status = self.child.wait().unwrap();
        assert!(status.success() && begun.elapsed() < END, "it ended with {status} after {:?}", begun.elapsed());
    }

    /// Kills it, as the system does when memory runs out.
    ///
    /// # Panics
    /// When there is nothing to kill.
    pub fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        self.child.wait().unwrap();
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already in a test that passes.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nothing listens on at this moment.
///
/// # Panics
/// When there is none.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}
