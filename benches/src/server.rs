//! The executable: started on an empty data directory, set up, and called as a browser calls it.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than any start takes.
const START: Duration = Duration::from_secs(60);

/// A running `mathesar serve` whose first superuser is signed in.
pub(crate) struct Server {
    child: Child,
    origin: String,
    cookies: String,
    agent: ureq::Agent,
    /// From the start of the process to the first answer.
    pub(crate) start: Duration,
    _data_dir: TempDir,
}

/// The database and the table that are measured, as the API names them.
pub(crate) struct Page {
    /// Our number of the database.
    pub(crate) database: i64,
    /// The schema `public`.
    pub(crate) schema: i64,
    /// The table `book`.
    pub(crate) table: i64,
}

impl Server {
    /// Starts the executable and makes its first superuser.
    pub(crate) fn start(executable: &Path) -> Result<Self> {
        let data_dir = tempfile::Builder::new().prefix("mathesar-bench-").tempdir_in("/tmp")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let began = Instant::now();
        let mut child = Command::new(executable)
            .arg("serve")
            .args(["--bind", &format!("127.0.0.1:{port}"), "--data-dir"])
            .arg(data_dir.path())
            .env("MATHESAR_EPHEMERAL", "true")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| executable.display().to_string())?;
        let output = child.stdout.take().context("its output is piped")?;
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut server = Self {
            child,
            origin: format!("http://127.0.0.1:{port}"),
            cookies: String::new(),
            agent,
            start: Duration::ZERO,
            _data_dir: data_dir,
        };
        server.wait_until_it_answers(began)?;
        let token = read_token(output)?;
        server.set_up(&token)?;
        Ok(server)
    }

    fn wait_until_it_answers(&mut self, began: Instant) -> Result<()> {
        while began.elapsed() < START {
            if self.agent.get(format!("{}/healthz", self.origin)).call().is_ok_and(|answer| answer.status() == 200) {
                self.start = began.elapsed();
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the executable ended with {status}");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bail!("the executable does not answer after {} s", START.as_secs())
    }

    fn set_up(&mut self, token: &str) -> Result<()> {
        let params = json!({ "token": token, "username": "bench", "password": "measured-not-guessed-7261" });
        let answer = self.post("setup.complete", &params)?;
        let cookies: Vec<String> = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned))
            .collect();
        ensure!(!cookies.is_empty(), "the first superuser was not signed in");
        self.cookies = cookies.join("; ");
        Ok(())
    }

    /// Connects the database that is measured.
    pub(crate) fn connect(&self, port: u16, database: &str) -> Result<Page> {
        let place = json!({
            "host": "127.0.0.1", "port": port, "database": database, "role": "postgres", "password": "any",
            "sslmode": "disable",
        });
        let made = self.call("databases.setup.connect_existing", &place)?;
        let database = number(&made["database"]["id"])?;
        let schemas = self.call("schemas.list", &json!({ "database_id": database }))?;
        let schema = number(&named(&schemas, "public")?["oid"])?;
        let tables = self.call("tables.list", &json!({ "database_id": database, "schema_oid": schema }))?;
        Ok(Page { database, schema, table: number(&named(&tables, "book")?["oid"])? })
    }

    /// Calls a method and reads its result.
    pub(crate) fn call(&self, method: &str, params: &Value) -> Result<Value> {
        Ok(serde_json::from_slice(&self.call_raw(method, params)?)?)
    }

    /// Calls a method and takes its result's bytes as they come.
    pub(crate) fn call_raw(&self, method: &str, params: &Value) -> Result<Vec<u8>> {
        let mut answer = self.post(method, params)?;
        let mut body = Vec::new();
        answer.body_mut().as_reader().read_to_end(&mut body)?;
        Ok(body)
    }

    fn post(&self, method: &str, params: &Value) -> Result<ureq::http::Response<ureq::Body>> {
        let request = self.agent.post(format!("{}/api/rpc/v0/{method}", self.origin)).header("origin", &self.origin);
        let mut answer = request.header("cookie", &self.cookies).send_json(params)?;
        if answer.status() != 200 {
            bail!("{method}: {} {}", answer.status(), answer.body_mut().read_to_string()?);
        }
        Ok(answer)
    }

    /// Sends a file as the browser's form does, and gives its number.
    pub(crate) fn upload(&self, file: &Path) -> Result<i64> {
        const BOUNDARY: &str = "mathesar-bench-boundary";
        let mut body = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\
             content-type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend(std::fs::read(file)?);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let mut answer = self
            .agent
            .post(format!("{}/api/db/v0/data_files/", self.origin))
            .header("origin", &self.origin)
            .header("cookie", &self.cookies)
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .send(&body)?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status().is_success(), "the upload: {} {text}", answer.status());
        number(&serde_json::from_str::<Value>(&text)?["id"])
    }

    /// Fetches a path, throwing its bytes away; how many they were on the wire.
    pub(crate) fn fetch(&self, path: &str) -> Result<u64> {
        let mut answer = self.get(path, None)?;
        Ok(std::io::copy(&mut answer.body_mut().as_reader(), &mut std::io::sink())?)
    }

    /// Fetches a path as a browser does that understands compression: the bytes as they came, and the text when it is not
    /// compressed.
    pub(crate) fn get(&self, path: &str, encoding: Option<&str>) -> Result<ureq::http::Response<ureq::Body>> {
        let mut request = self.agent.get(format!("{}{path}", self.origin)).header("cookie", &self.cookies);
        if let Some(encoding) = encoding {
            request = request.header("accept-encoding", encoding);
        }
        let answer = request.call()?;
        ensure!(answer.status() == 200, "{path}: {}", answer.status());
        Ok(answer)
    }

    /// A number of the process's `status`, in bytes: `VmRSS`, `VmHWM`.
    pub(crate) fn memory(&self, name: &str) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes: u64 =
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).context("no such line")?;
        Ok(kilobytes * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.child.id().try_into().map(Pid::from_raw);
        // It stops its own PostgreSQL, so it is asked, and waited for, rather than killed.
        if pid.is_ok_and(|pid| kill(pid, Signal::SIGTERM).is_ok()) {
            let _ = self.child.wait();
        }
    }
}

/// Reads the one-time token of the link that is printed, and keeps reading, so that the program is never stopped by a full pipe.
fn read_token(output: impl Read + Send + 'static) -> Result<String> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
            if let Some((_, token)) = line.split_once("#token=") {
                let end =
                    token.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(token.len());
                let _ = sender.send(token[..end].to_owned());
            }
        }
    });
    receiver.recv_timeout(START).context("no set-up link was printed")
}

fn number(value: &Value) -> Result<i64> {
    value.as_i64().with_context(|| format!("{value} is not a number"))
}

fn named<'v>(list: &'v Value, name: &str) -> Result<&'v Value> {
    let items = list.as_array().context("a list was expected")?;
    items.iter().find(|item| item["name"] == name).with_context(|| format!("there is no {name}"))
}
