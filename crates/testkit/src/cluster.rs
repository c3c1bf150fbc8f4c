//! One running PostgreSQL server.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::Config;

use crate::certificates::Certificates;
use crate::database::TestDatabase;
use crate::programs::{self, Account};
use crate::queries;

/// The bootstrap superuser and, over TCP, its password.
pub(crate) const SUPERUSER: &str = "postgres";

/// Runs the server until standard input ends, which happens when the test process ends in whatever way, and then removes
/// everything. `PR_SET_PDEATHSIG` would follow the thread that started the server, and test threads are short-lived.
///
/// A line on standard input restarts it as a standby that waits for a primary, which never comes.
const KEEPER: &str = r#"
program=$1 home=$2
start() {
    "$program" -D "$home/data" -k "$home" >>"$home/log" 2>&1 </dev/null &
    server=$!
}
start
while read -r _; do
    kill -INT "$server"
    wait "$server"
    : >"$home/data/standby.signal"
    start
done
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$home"
"#;

/// How a server differs from the usual one.
#[derive(Clone, Default)]
pub struct ClusterOptions {
    /// Also listen on 127.0.0.1.
    pub tcp: bool,
    /// Offer TLS over TCP with these.
    pub tls: Option<Certificates>,
    /// Replaces `pg_hba.conf`; the usual one trusts the socket and asks for a password over TCP.
    pub hba: Option<String>,
    /// Where the server's programs are, if not in [`programs::directory`].
    pub programs: Option<PathBuf>,
    /// Further settings, as in `postgresql.conf`.
    pub settings: Vec<(String, String)>,
}

/// A running PostgreSQL server that belongs to the tests.
pub struct Cluster {
    directory: PathBuf,
    port: u16,
    keeper: Child,
    /// What the keeper reads; gone once the server is to end.
    input: Mutex<Option<ChildStdin>>,
    databases: AtomicU32,
}

impl Cluster {
    /// The server that all tests of one process share. Databases are separate; roles are not.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a server that listens on a Unix socket only.
    pub fn start() -> Self {
        Self::start_with(&ClusterOptions::default())
    }

    /// Starts a server.
    pub fn start_with(options: &ClusterOptions) -> Self {
        let account = Account::pick();
        let programs = options.programs.clone().unwrap_or_else(programs::directory);
        // A socket's path may be 107 bytes long, so the directory is short whatever TMPDIR says.
        let directory = tempfile::Builder::new().prefix("mtk-").tempdir_in("/tmp").expect("a directory in /tmp").keep();
        account.own(&directory);
        initialise(&account, &programs, &directory);
        let port = free_port();
        configure(&account, &directory, port, options);
        let mut keeper = account
            .command("/bin/sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(programs.join("postgres"))
            .arg(&directory)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .spawn()
            .expect("/bin/sh starts");
        let input = Mutex::new(keeper.stdin.take());
        let cluster = Self { directory, port, keeper, input, databases: AtomicU32::new(0) };
        cluster.wait_until_ready();
        cluster
    }

    /// Creates an empty database with a name of its own.
    pub fn database(&self) -> TestDatabase<'_> {
        self.database_with("")
    }

    /// Creates an empty database with these options of `CREATE DATABASE`.
    pub fn database_with(&self, options: &str) -> TestDatabase<'_> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.execute(&format!("create database {name} {options}"));
        TestDatabase::new(self, name)
    }

    /// Restarts the server as a hot standby: it answers what only reads, until its end.
    pub fn become_standby(&self) {
        self.keeper_input().as_mut().expect("the server runs").write_all(b"standby\n").expect("its keeper listens");
        let started = Instant::now();
        let standby = Ok(vec![vec![Some("t".to_owned())]]);
        while queries::run(self.config(SUPERUSER, "postgres"), "select pg_is_in_recovery()") != standby {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "PostgreSQL does not become a standby\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn keeper_input(&self) -> MutexGuard<'_, Option<ChildStdin>> {
        self.input.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Creates a database as a copy of `template`, which nobody may be connected to.
    pub fn copy_of(&self, template: &TestDatabase<'_>) -> TestDatabase<'_> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.execute(&format!("create database {name} template {}", template.name()));
        TestDatabase::new(self, name)
    }

    /// The directory of the Unix socket.
    pub fn socket_directory(&self) -> &Path {
        &self.directory
    }

    /// The port: of 127.0.0.1 where TCP is on, and in the name of the socket.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs SQL as the superuser in the database `postgres`.
    pub fn execute(&self, sql: &str) {
        queries::run(self.config(SUPERUSER, "postgres"), sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    /// Runs SQL as the superuser in the database `postgres` and returns the first value of the first row, as text; `None` for
    /// NULL.
    pub fn scalar(&self, sql: &str) -> Option<String> {
        queries::scalar(self.config(SUPERUSER, "postgres"), sql)
    }

    /// The server's log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }

    /// What a role whose `log_statement` is `all` has run since the log was `start` long: the text of each statement in one line.
    pub fn statements(&self, role: &str, start: usize) -> Vec<String> {
        // Further lines of a statement begin with a tab.
        let log = self.log()[start..].replace("\n\t", " ");
        let own = log.lines().filter_map(|line| line.split_once(&format!(" {role} LOG:  ")).map(|(_, said)| said));
        let texts = own.filter_map(|said| {
            let (kind, text) = said.split_once(": ")?;
            (kind == "statement" || kind.starts_with("execute ")).then(|| text.to_owned())
        });
        texts.collect()
    }

    /// Ends the server at once, as a crash would; its directory goes too.
    pub fn kill(&mut self) {
        drop(self.keeper_input().take());
        let _ = self.keeper.wait();
    }

    pub(crate) fn config(&self, role: &str, database: &str) -> Config {
        let mut config = Config::new();
        config.host_path(&self.directory).port(self.port).user(role).dbname(database);
        config
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        loop {
            let Err(error) = queries::run(self.config(SUPERUSER, "postgres"), "select 1") else { return };
            let patient = started.elapsed() < Duration::from_secs(60);
            assert!(patient, "PostgreSQL does not answer: {error}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

fn initialise(account: &Account, programs: &Path, directory: &Path) {
    let output = account
        .command(programs.join("initdb"))
        .args(["--no-sync", "--no-instructions", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
        .arg(format!("--username={SUPERUSER}"))
        .arg("-D")
        .arg(directory.join("data"))
        .current_dir("/")
        .output()
        .expect("initdb starts");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "initdb failed: {words}");
}

fn configure(account: &Account, directory: &Path, port: u16, options: &ClusterOptions) {
    let mut settings = format!(
        "port = {port}\nlisten_addresses = '{}'\nmax_connections = 200\nlog_line_prefix = '%m [%p] %u '\n\
         fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\njit = off\n",
        if options.tcp { "127.0.0.1" } else { "" }
    );
    if let Some(certificates) = &options.tls {
        write_owned(account, &directory.join("data/server.crt"), &certificates.server_pem);
        write_owned(account, &directory.join("data/server.key"), &certificates.server_key_pem);
        settings.push_str("ssl = on\n");
    }
    for (name, value) in &options.settings {
        settings.push_str(&format!("{name} = '{value}'\n"));
    }
    write_owned(account, &directory.join("data/postgresql.auto.conf"), &settings);
    let usual = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
    write_owned(account, &directory.join("data/pg_hba.conf"), options.hba.as_deref().unwrap_or(usual));
}

/// Writes a file that only its owner can read, as PostgreSQL demands of a private key.
fn write_owned(account: &Account, path: &Path, text: &str) {
    let _ = std::fs::remove_file(path);
    let mut file = tempfile::NamedTempFile::new_in(path.parent().expect("a file is in a directory")).expect("a file");
    file.write_all(text.as_bytes()).expect("the file takes its text");
    file.persist(path).expect("the file gets its name");
    account.own(path);
}

/// Another process may take the port before the server does; then the server says so and the test fails with its words.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
