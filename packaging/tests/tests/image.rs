//! The container image under podman and runc, as somebody runs it who trusts it with nothing: no root, no capabilities, a
//! read-only root file system, an arbitrary user number.

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use mathesar_packaging::{
    artefacts,
    newcomer::{Newcomer, in_network_of},
    process::END,
    run,
};
use tempfile::TempDir;

/// A user number that nothing in the image knows.
const SOMEBODY: &str = "12345:12345";
/// What the image may weigh.
const HEAVIEST: u64 = 250 * 1000 * 1000;

#[test]
fn an_edit_outlives_its_container() {
    let podman = Podman::new();
    assert!(podman.size() <= HEAVIEST, "the image weighs {} bytes", podman.size());
    let first = podman.start(&[]);
    let edit = first.inside(|newcomer| {
        newcomer.set_up(&first.link());
        newcomer.make_and_edit()
    });
    first.is_healthy();
    first.stop();

    let second = podman.start(&[]);
    second.inside(|newcomer| newcomer.finds(&edit));
    second.stop();
}

#[test]
fn nothing_is_kept_where_it_would_be_lost() {
    let podman = Podman::new();
    let mut words = podman.run_words(&[]);
    words.retain(|word| !word.starts_with("--volume"));
    let refused = podman.command(&words).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("--ephemeral"), "{said}");
}

/// Podman with images, containers and volumes of its own.
struct Podman {
    folder: TempDir,
}

impl Podman {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("mathesar-podman-").tempdir_in("/var/tmp").unwrap();
        let podman = Self { folder };
        let text = format!(
            "[storage]\ndriver = \"overlay\"\ngraphroot = \"{0}/graph\"\nrunroot = \"{0}/run\"\n",
            podman.path().display()
        );
        std::fs::write(podman.path().join("storage.conf"), text).unwrap();
        run(podman.command(&["load", "--quiet", "--input"]).arg(artefacts::find("mathesar-", ".docker.tar")));
        podman
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command<S: AsRef<std::ffi::OsStr>>(&self, words: &[S]) -> Command {
        let mut command = Command::new("podman");
        command.env("CONTAINERS_STORAGE_CONF", self.path().join("storage.conf"));
        command.args(["--runtime=runc", "--events-backend=file", "--cgroup-manager=cgroupfs"]).args(words);
        command
    }

    fn image(&self) -> String {
        run(&mut self.command(&["images", "--quiet"])).trim().to_owned()
    }

    fn size(&self) -> u64 {
        run(&mut self.command(&["image", "inspect", "--format={{.Size}}", &self.image()])).trim().parse().unwrap()
    }

    fn run_words(&self, more: &[&str]) -> Vec<String> {
        let usual = [
            "run",
            "--detach",
            "--network=none",
            "--read-only",
            "--tmpfs=/tmp",
            "--tmpfs=/run",
            "--cap-drop=all",
            "--security-opt=no-new-privileges",
            "--user",
            SOMEBODY,
            "--ulimit=nofile=1024:20000",
            "--ulimit=nproc=4096:4096",
            "--volume=mathesar:/data",
        ];
        usual.iter().chain(more).map(|word| (*word).to_owned()).chain([self.image()]).collect()
    }

    fn start(&self, more: &[&str]) -> Container<'_> {
        let id = run(&mut self.command(&self.run_words(more))).trim().to_owned();
        Container { podman: self, id }
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        let _ = self.command(&["rm", "--all", "--force", "--time=0"]).status();
        // The overlay's mounts would keep the folder from being removed.
        let _ = Command::new("umount").arg("--lazy").arg(PathBuf::from(self.path()).join("graph/overlay")).output();
    }
}

struct Container<'p> {
    podman: &'p Podman,
    id: String,
}

impl Container<'_> {
    fn inside<T: Send>(&self, work: impl FnOnce(&Newcomer) -> T + Send) -> T {
        in_network_of(self.pid(), || work(&Newcomer::at("http://127.0.0.1:8000")))
    }

    fn pid(&self) -> u32 {
        run(&mut self.podman.command(&["inspect", "--format={{.State.Pid}}", &self.id])).trim().parse().unwrap()
    }

    fn logs(&self) -> String {
        let output = self.podman.command(&["logs", &self.id]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    fn link(&self) -> String {
        let logs = self.logs();
        let link = logs.lines().map(str::trim).find(|line| line.contains("/setup#token="));
        link.unwrap_or_else(|| panic!("the log has the link: {logs}")).to_owned()
    }

    fn is_healthy(&self) {
        run(&mut self.podman.command(&["exec", &self.id, "mathesar", "healthcheck"]));
    }

    /// Stops it as an engine does, which kills what has not ended by itself.
    fn stop(self) {
        let begun = Instant::now();
        run(&mut self.podman.command(&["stop", "--time=20", &self.id]));
        assert!(begun.elapsed() < END, "it took {:?}", begun.elapsed());
        let code = run(&mut self.podman.command(&["inspect", "--format={{.State.ExitCode}}", &self.id]));
        assert_eq!(code.trim(), "0", "{}", self.logs());
        run(&mut self.podman.command(&["rm", &self.id]));
        thread::sleep(Duration::from_millis(100));
    }
}
