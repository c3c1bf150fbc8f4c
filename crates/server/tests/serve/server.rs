//! A running server that belongs to one test.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use nix::{sys::signal::Signal, unistd::Pid};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::{
    http::{Response, header},
    tls::TlsConfig,
};

/// Name and password of the superuser that [`Server::with_superuser`] creates.
pub const ADMIN: (&str, &str) = ("admin", "correct horse battery");

/// How long anything may take before the test gives up.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The content type of what [`form`] writes.
pub const FORM: &str = "multipart/form-data; boundary=x";

/// A form with these fields and a file behind them, as browsers send it.
pub fn form(fields: &[(&str, &str)], file: &str) -> String {
    let part = |disposition: &str, content: &str| {
        format!("--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
    };
    let fields = fields.iter().map(|(name, value)| part(&format!("name=\"{name}\""), value)).collect::<String>();
    format!("{fields}{}--x--\r\n", part("name=\"file\"; filename=\"data.csv\"", file))
}

/// A running server.
pub struct Server {
    child: Child,
    data_dir: TempDir,
    scheme: &'static str,
    address: SocketAddr,
    /// What it printed up to and including the link.
    pub printed: String,
    /// The link.
    pub link: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The executable, or the one that a test put beside its data, with an environment in which nothing is set but what is given.
pub fn command(data_dir: &Path, flags: &[&str], variables: &[(&str, &str)]) -> Command {
    let own = data_dir.join("mathesar");
    let executable = if own.exists() { own } else { env!("CARGO_BIN_EXE_mathesar").into() };
    let mut command = Command::new(executable);
    command.env_clear().env("HOME", data_dir).env("MATHESAR_DATA_DIR", data_dir.join("data"));
    // Where /tmp is memory, the tests' data is lost at the next start of the machine, and may be.
    command.env("MATHESAR_EPHEMERAL", "true");
    command.env("MATHESAR_LOG_LEVEL", "warn").envs(variables.iter().copied()).args(flags).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(data_dir: &Path, flags: &[&str], variables: &[(&str, &str)]) -> Output {
    command(data_dir, flags, variables).output().unwrap()
}

impl Server {
    /// Starts on a free port, without a PostgreSQL of its own unless the flags ask for it.
    pub fn start(flags: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), flags, variables)
    }

    /// Starts with the data that is there.
    pub fn start_in(data_dir: TempDir, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        // Free at this moment; that another process takes it before the server does is rare enough.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let bind = address.to_string();
        let mut all = vec!["--bind", &bind];
        if !flags.contains(&"--managed-postgres") {
            all.extend(["--managed-postgres", "off"]);
        }
        all.extend(flags);
        let log = File::create(data_dir.path().join("log")).unwrap();
        let mut child = command(data_dir.path(), &all, variables).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let (mut printed, mut link) = (String::new(), None);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while link.is_none() {
            let start = printed.len();
            if lines.read_line(&mut printed).unwrap() == 0 {
                let log = fs::read_to_string(data_dir.path().join("log")).unwrap();
                panic!("it ended before it printed a link: {printed}{log}");
            }
            link = printed[start..].trim().strip_prefix("http").map(|rest| format!("http{rest}"));
        }
        let scheme = if flags.contains(&"--tls-cert") { "https" } else { "http" };
        Self { child, data_dir, scheme, address, printed, link: link.unwrap() }
    }

    /// Starts with a superuser, [`ADMIN`].
    pub fn with_superuser(flags: &[&str]) -> Self {
        let variables = [("MATHESAR_SUPERUSER_USERNAME", ADMIN.0), ("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1)];
        Self::start(flags, &variables)
    }

    /// The directory that holds its data.
    pub fn home(&self) -> &Path {
        self.data_dir.path()
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home().join("log")).unwrap()
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        nix::sys::signal::kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Waits until its log has `words`.
    pub fn logs(&self, words: &str) {
        let begun = Instant::now();
        while !self.log().contains(words) {
            assert!(begun.elapsed() < PATIENCE, "{words} is not in the log: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Host and port.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Tells it to stop and waits; gives how long it took, and its data.
    pub fn stop(mut self) -> (Duration, TempDir) {
        let begun = Instant::now();
        self.signal(Signal::SIGTERM);
        let status = self.child.wait().unwrap();
        assert!(status.success(), "it ended with {status}");
        (begun.elapsed(), std::mem::replace(&mut self.data_dir, tempfile::tempdir().unwrap()))
    }

    /// Someone who sends nothing that tells who they are.
    pub fn visitor(&self) -> Browser<'_> {
        Browser { server: self, headers: Vec::new() }
    }

    /// Someone who sends name and password with each call.
    pub fn script(&self, name: &str, password: &str) -> Browser<'_> {
        let credentials = BASE64_STANDARD.encode(format!("{name}:{password}"));
        self.visitor().with("authorization", format!("Basic {credentials}"))
    }

    /// Someone with a session.
    pub fn signed_in(&self, name: &str, password: &str) -> Browser<'_> {
        let response = self.visitor().post(
            "/api/rpc/v0/session.sign_in",
            "application/json",
            json!({ "username": name, "password": password }).to_string().as_bytes(),
        );
        assert_eq!(response.status(), 200);
        let cookie = cookies(&response).join("; ");
        self.visitor().with("cookie", cookie)
    }
}

/// Somebody at the other end, with the headers that they send.
#[derive(Clone)]
pub struct Browser<'s> {
    server: &'s Server,
    headers: Vec<(String, String)>,
}

impl Browser<'_> {
    /// Also sends this header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Whose page sends the calls: our own.
    #[must_use]
    pub fn on_own_page(self) -> Self {
        let origin = self.server.origin();
        self.with("origin", origin)
    }

    /// Gets a path.
    pub fn get(&self, path: &str) -> Response<String> {
        let mut request = agent().get(format!("{}{path}", self.server.origin()));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        read(request.call().unwrap())
    }

    /// Gets a path whose answer is no text.
    pub fn bytes(&self, path: &str) -> Response<Vec<u8>> {
        let mut request = agent().get(format!("{}{path}", self.server.origin()));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let (parts, mut body) = request.call().unwrap().into_parts();
        Response::from_parts(parts, body.read_to_vec().unwrap())
    }

    /// Posts a body.
    pub fn post(&self, path: &str, kind: &str, body: &[u8]) -> Response<String> {
        let mut request = agent().post(format!("{}{path}", self.server.origin())).header("content-type", kind);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        read(request.send(body).unwrap())
    }

    /// Posts JSON to the address of JSON-RPC and gives the answer.
    pub fn rpc(&self, body: &Value) -> Value {
        let response = self.post("/api/rpc/v0/", "application/json", body.to_string().as_bytes());
        serde_json::from_str(response.body()).unwrap_or_else(|_| panic!("{}: {}", response.status(), response.body()))
    }

    /// Calls a method and gives the whole answer.
    pub fn answer(&self, method: &str, params: Value) -> Value {
        self.rpc(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
    }

    /// Calls a method that must succeed.
    pub fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method} failed: {answer}");
        answer["result"].clone()
    }

    /// Calls a method that must fail, and gives the error's number.
    pub fn refused(&self, method: &str, params: Value) -> i64 {
        let answer = self.answer(method, params);
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method} did not fail: {answer}"))
    }
}

/// The name=value parts of the cookies that an answer sets.
pub fn cookies(response: &Response<String>) -> Vec<String> {
    let all = response.headers().get_all(header::SET_COOKIE).iter();
    all.map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        // Whether a certificate is the right one is asked where certificates are tested.
        .tls_config(TlsConfig::builder().disable_verification(true).build())
        .timeout_global(Some(PATIENCE))
        .build()
        .into()
}

fn read(response: Response<ureq::Body>) -> Response<String> {
    let (parts, mut body) = response.into_parts();
    Response::from_parts(parts, body.read_to_string().unwrap())
}
