//! The container image under podman and runc, without a registry and without a network.

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    artefacts::{self, Arch},
    newcomer::{Newcomer, in_network_of},
    process::{END, link_in},
    run,
};

/// What podman needs where neither systemd nor journald runs.
const OPTIONS: [&str; 3] = ["--runtime=runc", "--events-backend=file", "--cgroup-manager=cgroupfs"];

/// Podman with images, containers and volumes of its own.
pub struct Podman {
    folder: TempDir,
}

impl Podman {
    /// One that has this machine's image, under the names that the pages use.
    ///
    /// # Panics
    /// When there is no image.
    pub fn new() -> Self {
        Self::of(artefacts::HERE)
    }

    /// One that has the image for an architecture.
    ///
    /// # Panics
    /// When there is no image.
    pub fn of(arch: Arch) -> Self {
        let folder = tempfile::Builder::new().prefix("mathesar-podman-").tempdir_in("/var/tmp").unwrap();
        let podman = Self { folder };
        let text = format!(
            "[storage]\ndriver = \"overlay\"\ngraphroot = \"{0}/graph\"\nrunroot = \"{0}/run\"\n",
            podman.path().display()
        );
        std::fs::write(podman.path().join("storage.conf"), text).unwrap();
        run(podman.command(&["load", "--quiet", "--input"]).arg(artefacts::image(arch)));
        let image = podman.image();
        for tag in ["latest", "0.1.0"] {
            run(&mut podman.command(&["tag", &image, &format!("docker.io/mathesar/mathesar:{tag}")]));
        }
        podman
    }

    /// Runs commands that call `docker`.
    ///
    /// # Panics
    /// When one fails.
    pub fn shell(&self, commands: &str) -> String {
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
        run(self.shell_command().arg("-ec").arg(format!("{DOCKER}{commands}")))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Prints what every container has said, for whoever reads why a test failed.
    fn show_logs(&self) {
        const SHOW: &str =
            "for id in $(podman $PODMAN ps --all --quiet); do echo \"container $id:\"; podman $PODMAN logs $id; done";
        let _ = self.shell_command().args(["-c", SHOW]).status();
    }

    fn shell_command(&self) -> Command {
        let mut shell = Command::new("sh");
        shell.env("CONTAINERS_STORAGE_CONF", self.path().join("storage.conf")).env("PODMAN", OPTIONS.join(" "));
        shell
    }

    /// A command of podman.
    pub fn command<S: AsRef<std::ffi::OsStr>>(&self, words: &[S]) -> Command {
        let mut command = Command::new("podman");
        command.env("CONTAINERS_STORAGE_CONF", self.path().join("storage.conf"));
        command.args(OPTIONS).args(words);
        command
    }

    fn image(&self) -> String {
        run(&mut self.command(&["images", "--quiet"])).lines().next().unwrap().to_owned()
    }

    /// Bytes that the image takes.
    ///
    /// # Panics
    /// When podman does not say.
    pub fn size(&self) -> u64 {
        self.property("{{.Size}}").parse().unwrap()
    }

    /// The words for podman that run the image in the background with these options, and `arguments` for it. Without an option for
    /// the network it has one of its own with nothing in it.
    pub fn run_words(&self, options: &[&str], arguments: &[&str]) -> Vec<String> {
        let usual = ["run", "--detach", "--ulimit=nofile=1024:20000", "--ulimit=nproc=4096:4096"];
        let none = options.iter().all(|option| !option.starts_with("--network")).then_some("--network=none");
        let words = usual.iter().chain(options).chain(&none).map(|word| (*word).to_owned());
        words.chain([self.image()]).chain(arguments.iter().map(|word| (*word).to_owned())).collect()
    }

    /// A property of the image, such as `{{.Architecture}}`, in the form of Go's templates.
    ///
    /// # Panics
    /// When podman does not say.
    pub fn property(&self, template: &str) -> String {
        let format = format!("--format={template}");
        run(&mut self.command(&["image", "inspect", &format, &self.image()])).trim().to_owned()
    }

    /// What the image says of itself.
    ///
    /// # Panics
    /// When podman does not say.
    pub fn label(&self, name: &str) -> String {
        self.property(&format!("{{{{index .Labels \"org.opencontainers.image.{name}\"}}}}"))
    }

    /// Runs the image in the background.
    ///
    /// # Panics
    /// When podman cannot.
    pub fn start(&self, options: &[&str], arguments: &[&str]) -> Container<'_> {
        let id = run(&mut self.command(&self.run_words(options, arguments))).trim().to_owned();
        Container { podman: self, id }
    }

    /// The container that was given this name.
    pub fn named(&self, name: &str) -> Container<'_> {
        Container { podman: self, id: name.to_owned() }
    }
}

impl Default for Podman {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        if thread::panicking() {
            self.show_logs();
        }
        // The first time leaves containers whose network others were in.
        for _ in 0..2 {
            let _ = self.command(&["rm", "--all", "--force", "--time=0"]).output();
        }
        // The overlay's mounts would keep the folder from being removed.
        let _ = Command::new("umount").arg("--lazy").arg(PathBuf::from(self.path()).join("graph/overlay")).output();
    }
}

/// A container that runs the image.
pub struct Container<'p> {
    podman: &'p Podman,
    /// Its number or its name.
    pub id: String,
}

impl Container<'_> {
    /// Works with the program at `origin`, in the network of the container.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn inside_at<T: Send>(&self, origin: &str, work: impl FnOnce(&Newcomer) -> T + Send) -> T {
        in_network_of(self.pid(), || work(&Newcomer::at(origin)))
    }

    /// Works with the program at its usual address.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn inside<T: Send>(&self, work: impl FnOnce(&Newcomer) -> T + Send) -> T {
        self.inside_at("http://127.0.0.1:8000", work)
    }

    /// The first process inside, seen from outside.
    ///
    /// # Panics
    /// When there is none: it has ended.
    pub fn pid(&self) -> u32 {
        let pid = self.state("Pid").parse().unwrap();
        assert_ne!(pid, 0, "the container has ended: {}", self.logs());
        pid
    }

    /// The code that it ends with, once it has.
    ///
    /// # Panics
    /// When podman does not say.
    pub fn exit_code(&self) -> i32 {
        run(&mut self.podman.command(&["wait", &self.id])).trim().parse().unwrap()
    }

    fn state(&self, field: &str) -> String {
        let format = format!("--format={{{{.State.{field}}}}}");
        run(&mut self.podman.command(&["inspect", &format, &self.id])).trim().to_owned()
    }

    /// Everything that it has printed.
    ///
    /// # Panics
    /// When podman does not say.
    pub fn logs(&self) -> String {
        let output = self.podman.command(&["logs", &self.id]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    /// The link for the first account, from what it prints once it answers.
    ///
    /// # Panics
    /// When it prints none.
    pub fn link(&self) -> String {
        let start = Instant::now();
        loop {
            let logs = self.logs();
            if let Some(link) = link_in(&logs) {
                return link;
            }
            assert!(start.elapsed() < END, "the log has no link: {logs}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs a command inside and gives what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn exec(&self, words: &[&str]) -> String {
        run(self.podman.command(&["exec", &self.id]).args(words))
    }

    /// The command lines of all processes inside.
    ///
    /// # Panics
    /// When it does not run.
    pub fn processes(&self) -> String {
        run(&mut self.podman.command(&["top", &self.id, "args"]))
    }

    /// Stops it as an engine does, which kills what has not ended by itself.
    ///
    /// # Panics
    /// When it takes too long, or ends as after an accident.
    pub fn stop(self) {
        let begun = Instant::now();
        run(&mut self.podman.command(&["stop", "--time=20", &self.id]));
        assert!(begun.elapsed() < END, "it took {:?}", begun.elapsed());
        assert_eq!(self.state("ExitCode"), "0", "{}", self.logs());
        run(&mut self.podman.command(&["rm", &self.id]));
        thread::sleep(Duration::from_millis(100));
    }
}
