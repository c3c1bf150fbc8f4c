//! What the documentation tells to do is done here, word by word, and it is served.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mathesar_testkit::Cluster;
use serde_json::{Value, json};
use ureq::http::header;

use crate::{
    guide::Page,
    server::{ADMIN, PATIENCE, Server},
};

/// Beside the executable of these tests, so that the pages' commands find it.
fn shell(folder: &Path, script: &str) -> Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_mathesar")).parent().unwrap();
    let mut command = Command::new("bash");
    command.args(["-eu", "-o", "pipefail", "-c", script]).current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display())).env("HOME", folder);
    command.env("MATHESAR_EPHEMERAL", "true").env("MATHESAR_MANAGED_POSTGRES", "off");
    // Root's usual place is the machine's, and not in the folder of the test.
    command.env("MATHESAR_DATA_DIR", folder.join("data"));
    command
}

#[test]
fn the_walk_through_the_api_prints_what_it_says() {
    const SEPARATOR: &str = "--- next block ---";
    let server = Server::with_superuser(&["--allow-unix-sockets"]);
    let database = Cluster::shared().database();
    let url = database.url_as("postgres");
    server.script(ADMIN.0, ADMIN.1).call("databases.setup.connect_existing", json!({ "url": url }));
    let page = Page::read("api/curl.md");
    let folder = tempfile::tempdir().unwrap();
    let blocks: Vec<_> = page.blocks().collect();
    let script: String = blocks.iter().map(|block| format!("{}\necho '{SEPARATOR}'\n", block.text)).collect();
    let script = script
        .replace("MATHESAR=https://tables.example.org", &format!("MATHESAR={}", server.origin()))
        .replace("robot:a long random text", &format!("{}:{}", ADMIN.0, ADMIN.1))
        .replace("\"shop\"", &format!("\"{}\"", database.name()))
        // The call that fails is meant to.
        .replace("jq --raw-output .message", "jq --raw-output .message || true")
        .replace("| jq .code", "| jq .code || true");
    let output = shell(folder.path(), &script).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    let mut parts = printed.split(&format!("{SEPARATOR}\n")).collect::<Vec<_>>();
    parts.pop();
    assert_eq!(parts.len(), blocks.len(), "{printed}");
    for (block, part) in blocks.iter().zip(parts) {
        if let Some(expected) = block.printed {
            assert_eq!(part, expected, "{}", block.name);
        }
    }
    assert!(blocks.iter().filter(|block| block.printed.is_some()).count() > 5, "the page says what its blocks print");
}

#[test]
fn a_key_is_made_as_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let output = shell(folder.path(), Page::read("configuration/production.md").block("key")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(fs::read_to_string(folder.path().join("secret.key")).unwrap().len() > 60);
}

#[test]
fn a_certificate_for_trying_it_is_made_and_served_as_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::read("configuration/tls.md");
    let script = page.block("self-signed").replace("mathesar serve", "exec mathesar serve --bind 127.0.0.1:0");
    let log = folder.path().join("server.log");
    let told = fs::File::create(&log).unwrap();
    let mut child = shell(folder.path(), &script).stdout(Stdio::piped()).stderr(told).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let served = lines.any(|line| line.trim().starts_with("https://"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(served, "it printed no link that begins with https://, but {}", fs::read_to_string(log).unwrap());
}

/// A server that a page's command has started.
struct Started {
    child: Child,
    origin: String,
}

impl Started {
    /// Runs the command, which says where to listen, with more environment; waits until it is ready.
    fn new(folder: &Path, line: &str, environment: &[(&str, &str)]) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let (command, rest) = line.split_once(" --bind ").unwrap();
        assert!(rest.ends_with(" &"), "{line}");
        let log = fs::File::create(folder.join(format!("{}.log", address.replace(':', "-")))).unwrap();
        let child = shell(folder, &format!("exec {command} --bind {address}"))
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let started = Self { child, origin: format!("http://{address}") };
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "{line} does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        started
    }

    /// Sends with curl, as the first superuser.
    fn curl(&self, path: &str, arguments: &[&str]) -> Value {
        let user = format!("{}:{}", ADMIN.0, ADMIN.1);
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail-with-body", "--max-time", "30", "--user", &user]);
        let output = curl.args(arguments).arg(format!("{}{path}", self.origin)).output().unwrap();
        assert!(output.status.success(), "{path}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn call(&self, method: &str, params: &Value) -> Value {
        let path = format!("/api/rpc/v0/{method}");
        self.curl(&path, &["--header", "Content-Type: application/json", "--data", &params.to_string()])
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn two_processes_share_accounts_uploads_and_jobs_as_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let (internal, user) = (Cluster::shared().database(), Cluster::shared().database());
    let page = Page::read("configuration/scaling.md");
    let block = page.block("two");
    assert!(block.contains("export DATABASE_URL SECRET_KEY\nexport MATHESAR_DATA_DIR="), "{block}");
    let data = folder.path().join("data");
    let (host, port) =
        (internal.cluster().socket_directory().display().to_string(), internal.cluster().port().to_string());
    let environment = [
        ("MATHESAR_DATA_DIR", data.to_str().unwrap()),
        ("SECRET_KEY", "a key of more than 32 characters, 0123456789"),
        ("POSTGRES_HOST", &host),
        ("POSTGRES_PORT", &port),
        ("POSTGRES_DB", internal.name()),
        ("POSTGRES_USER", "postgres"),
        ("MATHESAR_ALLOW_UNIX_SOCKETS", "true"),
        ("MATHESAR_SUPERUSER_USERNAME", ADMIN.0),
        ("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1),
    ];
    let lines = block.lines().filter(|line| line.starts_with("mathesar serve"));
    let servers: Vec<_> = lines.map(|line| Started::new(folder.path(), line, &environment)).collect();
    let [one, other] = servers.as_slice() else { panic!("the page starts two") };

    one.call("databases.setup.connect_existing", &json!({ "url": user.url_as("postgres") }));
    let database = other.call("databases.configured.list", &json!({}))[0]["id"].clone();
    let schema = other.call("schemas.list", &json!({ "database_id": database }))[0]["oid"].clone();
    let file = folder.path().join("fruit.csv");
    fs::write(&file, "name\npear\nplum\n").unwrap();
    let uploaded = one.curl("/api/db/v0/data_files/", &["--form", &format!("file=@{}", file.display())]);
    let columns = json!([{ "index": 0, "name": "name", "type": "text" }]);
    let plan = json!({
        "database_id": database, "schema_oid": schema, "data_file_id": uploaded["id"], "table_name": "fruit",
        "dialect": { "header": true }, "columns": columns,
    });
    let job = other.call("imports.load", &plan)["id"].clone();
    let begun = Instant::now();
    loop {
        let told = one.call("jobs.get", &json!({ "job_id": job }));
        if told["state"] == "done" {
            break;
        }
        assert!(begun.elapsed() < PATIENCE && told["state"] != "failed", "{told}");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(user.scalar("select count(*) from fruit").as_deref(), Some("2"));
}

#[test]
fn the_documentation_is_served_with_the_program_that_it_is_about() {
    let server = Server::start(&["--base-path", "/tables"], &[]);
    let visitor = server.visitor();
    let answer = visitor.get("/tables/docs");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[header::LOCATION]),
        (308, &"/tables/docs/".parse().unwrap())
    );
    let answer = visitor.get("/tables/docs/");
    // These tests also run where the documentation was not built.
    if answer.status() == 404 {
        assert!(answer.body().contains("not part of this build"), "{}", answer.body());
        return;
    }
    assert!(answer.body().contains("Two kinds of databases"), "{}", answer.body());
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let answer = visitor.get("/tables/docs/search/search_index.json");
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
    assert_eq!(visitor.get("/tables/docs/install/nowhere.html").status(), 404);
}
