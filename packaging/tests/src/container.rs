//! A system that was booted: systemd and everything that it starts, in a network of its own.

use std::{
    fs::{self, File},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{run, system::System};

/// How long a boot, or what systemd is asked to do, may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A booted system; switched off when the test ends.
pub struct Container {
    system: System,
    nspawn: Child,
    leader: u32,
}

impl Container {
    /// Boots the system and waits until it has come up.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn boot(system: System) -> Self {
        system.release();
        let console = File::create(system.path().with_extension("console")).unwrap();
        let mut nspawn = Command::new("systemd-nspawn")
            .env("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "1")
            .args(["--boot", "--register=no", "--keep-unit", "--private-network", "--directory"])
            .arg(system.path())
            .stdin(Stdio::null())
            .stdout(console.try_clone().unwrap())
            .stderr(console)
            .spawn()
            .unwrap();
        let leader = leader_of(&mut nspawn);
        let container = Self { system, nspawn, leader };
        let start = Instant::now();
        // A system in a container is "degraded" as often as not, for a mount that it may not make.
        while !["running", "degraded"].contains(&container.state().as_str()) {
            assert!(start.elapsed() < PATIENCE, "it did not come up: {}", container.state());
            thread::sleep(Duration::from_millis(200));
        }
        container
    }

    /// The process that is the first one inside.
    pub fn leader(&self) -> u32 {
        self.leader
    }

    /// The system that was booted.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// A command inside, as root.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.leader.to_string(), "--all", "--"]);
        command.args(["env", "--ignore-environment", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"]);
        command.args(["DEBIAN_FRONTEND=noninteractive", "SYSTEMD_PAGER=", "LC_ALL=C.UTF-8"]).args(words);
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command inside, as root, and gives what it printed; it must succeed.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, words: &[&str]) -> String {
        run(&mut self.command(words))
    }

    /// What systemd says of a unit's property.
    ///
    /// # Panics
    /// When it says nothing.
    pub fn property(&self, unit: &str, property: &str) -> String {
        self.run(&["systemctl", "show", "--value", "--property", property, unit]).trim().to_owned()
    }

    fn state(&self) -> String {
        let output = self.command(&["systemctl", "is-system-running"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // Everything inside goes with its first process.
        let _ = Command::new("kill").args(["-KILL", &self.leader.to_string()]).status();
        let _ = self.nspawn.wait();
        let _ = fs::remove_file(self.system.path().with_extension("console"));
    }
}

/// The first process inside, once it is there.
fn leader_of(nspawn: &mut Child) -> u32 {
    let start = Instant::now();
    loop {
        if let Some(leader) = first_inside(nspawn.id()) {
            return leader;
        }
        assert!(nspawn.try_wait().unwrap().is_none(), "systemd-nspawn ended before it booted anything");
        assert!(start.elapsed() < PATIENCE, "nothing was booted");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The child that is the first process of a system of its own. While it sets out, systemd-nspawn has another one for a moment.
fn first_inside(nspawn: u32) -> Option<u32> {
    let children = fs::read_to_string(format!("/proc/{nspawn}/task/{nspawn}/children")).ok()?;
    let child = children.split_whitespace().next()?.parse().ok()?;
    let status = fs::read_to_string(format!("/proc/{child}/status")).ok()?;
    // Its numbers, from ours to that in the innermost namespace.
    let mut numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?.split_whitespace().skip(1);
    (numbers.next() == Some("1")).then_some(child)
}
