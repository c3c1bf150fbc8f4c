//! The container image under podman and runc, as somebody runs it who trusts it with nothing: no root, no capabilities, a
//! read-only root file system, an arbitrary user number.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use mathesar_packaging::{
    artefacts,
    guide::Guide,
    newcomer::{Newcomer, in_network_of},
    process::END,
    run,
};
use mathesar_testkit::Cluster;
use tempfile::TempDir;

/// A user number that nothing in the image knows.
const SOMEBODY: &str = "12345:12345";
/// What podman needs where neither systemd nor journald runs.
const OPTIONS: [&str; 3] = ["--runtime=runc", "--events-backend=file", "--cgroup-manager=cgroupfs"];
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
fn with_our_own_data_elsewhere_no_postgresql_runs_inside() {
    let elsewhere = Cluster::start();
    let database = elsewhere.database();
    let podman = Podman::new();
    let socket = elsewhere.socket_directory().display().to_string();
    let running = podman.start(&[
        &format!("--volume={socket}:{socket}"),
        &format!("--env=DATABASE_URL={}", database.url()),
        "--env=SECRET_KEY=a key that somebody keeps in a safe place",
    ]);
    running.inside(|newcomer| newcomer.set_up(&running.link()));
    let processes = run(&mut podman.command(&["top", &running.id, "args"]));
    assert!(processes.contains("mathesar serve") && !processes.contains("postgres"), "{processes}");
    assert_eq!(database.scalar("select count(*) from mathesar_internal.users").as_deref(), Some("1"));
    running.stop();
}

/// The commands of the page, with `docker` as a name of podman that reaches no registry and no network.
#[test]
fn the_page_keeps_what_it_promises() {
    let podman = Podman::new();
    let guide = Guide::read("docker", "");
    let follow = |name: &str| podman.shell(&guide.commands(name));
    let named = || Container { podman: &podman, id: "mathesar".to_owned() };

    follow("start");
    let edit = named().inside(|newcomer| {
        let printed = follow("link");
        newcomer.set_up(printed.lines().map(str::trim).find(|line| line.contains("/setup#token=")).unwrap());
        newcomer.make_and_edit()
    });
    follow("update");
    named().inside(|newcomer| newcomer.finds(&edit));
    follow("uninstall");

    let elsewhere = Cluster::start();
    let socket = elsewhere.socket_directory().display().to_string();
    let given = format!(
        "export SECRET_KEY='a key that somebody keeps in a safe place' DATABASE_URL='{}' SOCKET={socket}\n",
        elsewhere.database().url()
    );
    podman.shell(&(given + &guide.commands("production")));
    named().inside(|newcomer| assert!(!newcomer.origin.is_empty()));
    follow("uninstall");

    // A volume belongs to the number that made it; another number has one of its own.
    run(&mut podman.command(&["volume", "rm", "mathesar"]));
    follow("hardened");
    named().inside(|newcomer| newcomer.set_up(&named().link()));
    follow("uninstall");
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
        let image = podman.image();
        for tag in ["latest", "0.1.0"] {
            run(&mut podman.command(&["tag", &image, &format!("docker.io/mathesar/mathesar:{tag}")]));
        }
        podman
    }

    /// Runs commands that call `docker`.
    fn shell(&self, commands: &str) -> String {
        const DOCKER: &str = r#"docker() {
            case $1 in
                pull) ;;
                run) shift; podman $PODMAN run --pull=never --network=none --ulimit=nofile=1024:20000 --ulimit=nproc=4096:4096 \
                    ${SOCKET:+--volume=$SOCKET:$SOCKET} "$@" ;;
                *) podman $PODMAN "$@" ;;
            esac
        }
        "#;
        // Nothing is published from a container without a network.
        let commands = commands.replace("--publish 8000:8000 ", "");
        let mut shell = Command::new("sh");
        shell.env("CONTAINERS_STORAGE_CONF", self.path().join("storage.conf")).env("PODMAN", OPTIONS.join(" "));
        run(shell.arg("-ec").arg(format!("{DOCKER}{commands}")))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command<S: AsRef<std::ffi::OsStr>>(&self, words: &[S]) -> Command {
        let mut command = Command::new("podman");
        command.env("CONTAINERS_STORAGE_CONF", self.path().join("storage.conf"));
        command.args(OPTIONS).args(words);
        command
    }

    fn image(&self) -> String {
        run(&mut self.command(&["images", "--quiet"])).lines().next().unwrap().to_owned()
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
