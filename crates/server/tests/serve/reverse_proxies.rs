//! Real reverse proxies, configured as the documentation says.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    guide::Page,
    server::{ADMIN, PATIENCE, Server},
};

const PAGE: &str = "configuration/reverse-proxies.md";
const MARK: &str = "0123456789abcdef0123456789abcdef";

/// A proxy before a server, and somebody with curl before both.
struct Site {
    server: Server,
    proxy: Child,
    folder: TempDir,
    host: &'static str,
    /// With the port, without a slash at the end.
    url: String,
    port: u16,
}

impl Drop for Site {
    fn drop(&mut self) {
        // Killed, some would leave the processes that they share their work with.
        if let Ok(id) = self.proxy.id().try_into() {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
        let _ = self.proxy.wait();
    }
}

impl Site {
    /// `start` writes a configuration into the folder and gives the command that runs the proxy.
    fn new(host: &'static str, path: &str, start: impl FnOnce(&Path, u16, &str) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        make_certificate(folder.path(), host);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("https://{host}:{port}{path}");
        let server = Server::start(
            &["--external-url", &url, "--trusted-proxies", "127.0.0.1"],
            &[("MATHESAR_SUPERUSER_USERNAME", ADMIN.0), ("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1)],
        );
        let log = fs::File::create(folder.path().join("proxy.log")).unwrap();
        let mut command = start(folder.path(), port, &server.address());
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let proxy = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let site = Self { server, proxy, folder, host, url, port };
        site.wait();
        site
    }

    fn wait(&self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = fs::read_to_string(self.folder.path().join("proxy.log")).unwrap();
            assert!(begun.elapsed() < PATIENCE, "the proxy does not listen: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks for a path as a browser under the site's name would.
    fn curl(&self, path: &str, arguments: &[&str]) -> String {
        let resolve = format!("{}:{}:127.0.0.1", self.host, self.port);
        let Output { status, stdout, stderr } = Command::new("curl")
            .args([
                "--silent",
                "--show-error",
                "--fail-with-body",
                "--max-time",
                "30",
                "--resolve",
                &resolve,
                "--cacert",
            ])
            .arg(self.folder.path().join("fullchain.pem"))
            .args(arguments)
            .arg(format!("{}{path}", self.url))
            .output()
            .unwrap();
        let [out, err] = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let log = fs::read_to_string(self.folder.path().join("proxy.log")).unwrap();
        assert!(status.success(), "{path}: {out}{err}\nproxy: {log}\nserver: {}", self.server.log());
        out
    }

    /// Everything that a proxy can spoil.
    fn check(&self) {
        let forged = ["X-Forwarded-For: 192.0.2.66", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http"];
        let mut headers = vec!["--header".to_owned(), format!("X-Mathesar-Mark: {MARK}")];
        headers.extend(forged.iter().flat_map(|line| ["--header".to_owned(), (*line).to_owned()]));
        self.curl("/healthz", &headers.iter().map(String::as_str).collect::<Vec<_>>());
        let sighting: Value = serde_json::from_str(&self.curl(&format!("/sightings/{MARK}"), &[])).unwrap();
        assert_eq!(sighting["client"], "127.0.0.1", "{sighting}");
        assert_eq!(sighting["host"], format!("{}:{}", self.host, self.port), "{sighting}");
        assert_eq!(sighting["https"], true, "{sighting}");

        // A browser's call, whose origin is compared with what the proxy passes on.
        let origin = self.url.split('/').take(3).collect::<Vec<_>>().join("/");
        let credentials = format!(r#"{{"username": "{}", "password": "{}"}}"#, ADMIN.0, ADMIN.1);
        let answer = self.curl(
            "/api/rpc/v0/session.sign_in",
            &[
                "--include",
                "--header",
                "Content-Type: application/json",
                "--header",
                &format!("Origin: {origin}"),
                "--data",
                &credentials,
            ],
        );
        let cookie = answer.lines().find(|line| line.to_lowercase().starts_with("set-cookie: sessionid")).unwrap();
        assert!(cookie.contains("Secure"), "{cookie}");

        // More than proxies take where nobody tells them.
        let file = self.folder.path().join("large.csv");
        fs::write(&file, "a,b\n".repeat(1_000_000)).unwrap();
        let user = format!("{}:{}", ADMIN.0, ADMIN.1);
        let form = format!("file=@{}", file.display());
        let uploaded: Value =
            serde_json::from_str(&self.curl("/api/db/v0/data_files/", &["--user", &user, "--form", &form])).unwrap();
        assert_eq!(uploaded["size"], 4_000_000, "{uploaded}");

        let page = self.curl("/", &[]);
        let base = self.url.splitn(4, '/').nth(3).map(|path| format!("/{path}/")).unwrap_or_else(|| "/".to_owned());
        assert!(page.contains(&format!("<base href=\"{base}\"")) || page.contains("not part of this build"), "{page}");
    }
}

/// Leaves a certificate that vouches for itself, and its key.
fn make_certificate(folder: &Path, host: &str) {
    let name = [format!("/CN={host}"), format!("subjectAltName=DNS:{host}")];
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", &name[0], "-addext", &name[1]])
        .args(["-keyout", "privkey.pem", "-out", "fullchain.pem"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Runs a program that may lie where only administrators look.
fn program(name: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "PATH=$PATH:/usr/sbin; exec \"$0\" \"$@\"", name]);
    command
}

/// The block of the page with the test's own addresses and files.
fn configured(block: &str, folder: &Path, address: &str) -> String {
    let files = folder.display().to_string();
    Page::read(PAGE).block(block).replace("/etc/ssl/tables.example.org", &files).replace("127.0.0.1:8000", address)
}

fn nginx(folder: &Path, server: &str) -> Command {
    let place = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {place}/{kind};\n"))
        .collect();
    let text = format!(
        "daemon off; master_process off; pid {place}/pid; error_log stderr;\nevents {{}}\nhttp {{ access_log off;\n{temporary}{server}}}\n"
    );
    fs::write(folder.join("nginx.conf"), text).unwrap();
    let mut command = program("nginx");
    command.args(["-e", "stderr", "-c"]).arg(folder.join("nginx.conf")).arg("-p").arg(folder);
    command
}

fn caddy(folder: &Path, port: u16, site: &str) -> Command {
    // Without these, it would ask an authority on the internet for a certificate.
    let certificate = format!("tls {0}/fullchain.pem {0}/privkey.pem", folder.display());
    let (name, rest) = site.split_once(" {\n").unwrap();
    let options = "{\n    admin off\n    auto_https disable_redirects\n}\n";
    let text = format!("{options}{name}:{port} {{\n    bind 127.0.0.1\n    {certificate}\n{rest}");
    fs::write(folder.join("Caddyfile"), text).unwrap();
    let mut command = program("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
    command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
    command
}

#[test]
fn nginx_passes_everything_on() {
    Site::new("tables.example.org", "", |folder, port, address| {
        let server = configured("nginx", folder, address);
        nginx(folder, &server.replace("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl")))
    })
    .check();
}

#[test]
fn nginx_passes_everything_on_below_a_path() {
    Site::new("example.org", "/tables", |folder, port, address| {
        let location = configured("nginx-path", folder, address);
        let (place, name) = (folder.display(), "server_name example.org;");
        let tls = format!("ssl_certificate {place}/fullchain.pem; ssl_certificate_key {place}/privkey.pem;");
        nginx(folder, &format!("server {{ listen 127.0.0.1:{port} ssl; {name} {tls}\n{location}}}\n"))
    })
    .check();
}

#[test]
fn caddy_passes_everything_on() {
    Site::new("tables.example.org", "", |folder, port, address| {
        caddy(folder, port, &configured("caddy", folder, address))
    })
    .check();
}

#[test]
fn caddy_passes_everything_on_below_a_path() {
    Site::new("example.org", "/tables", |folder, port, address| {
        caddy(folder, port, &configured("caddy-path", folder, address))
    })
    .check();
}

#[test]
fn apache_passes_everything_on() {
    Site::new("tables.example.org", "", |folder, port, address| {
        let host = configured("apache", folder, address).replace("*:443", &format!("127.0.0.1:{port}"));
        let modules: String = ["mpm_event", "authz_core", "ssl", "socache_shmcb", "headers", "proxy", "proxy_http"]
            .iter()
            .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
            .collect();
        let place = folder.display();
        let text = format!(
            "ServerRoot {place}\nServerName localhost\nPidFile {place}/pid\nDefaultRuntimeDir {place}\nErrorLog /dev/stderr\n\
             User nobody\nGroup nogroup\nListen 127.0.0.1:{port}\n{modules}{host}"
        );
        fs::write(folder.join("apache.conf"), text).unwrap();
        let mut command = program("apache2");
        command.args(["-D", "FOREGROUND", "-f"]).arg(folder.join("apache.conf"));
        command
    })
    .check();
}
