//! HTTPS without a proxy.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::Arc,
};

use mathesar_testkit::Certificates;
use nix::sys::signal::Signal;
use serde_json::json;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::server::{ADMIN, PATIENCE, Server, run};

/// Certificate and key as files.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn write(folder: &Path, made: &Certificates) -> Self {
        let files = Self { certificate: folder.join("server.crt"), key: folder.join("server.key") };
        fs::write(&files.certificate, &made.server_pem).unwrap();
        fs::write(&files.key, &made.server_key_pem).unwrap();
        files
    }

    fn flags(&self) -> [&str; 4] {
        ["--tls-cert", self.certificate.to_str().unwrap(), "--tls-key", self.key.to_str().unwrap()]
    }
}

/// Asks over a new connection as somebody who trusts one authority; whether the server showed a certificate of it.
fn is_trusted(server: &Server, authority_pem: &str) -> bool {
    let authority = Certificate::from_pem(authority_pem.as_bytes()).unwrap();
    let roots = RootCerts::Specific(Arc::new(vec![authority]));
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build()
        .into();
    agent.get(format!("{}/healthz", server.origin())).call().is_ok_and(|answer| answer.status() == 200)
}

#[test]
fn the_link_is_https_and_cookies_are_for_https_only() {
    let folder = tempfile::tempdir().unwrap();
    let made = Certificates::for_names(&["localhost", "127.0.0.1"]);
    let files = Files::write(folder.path(), &made);
    let server = Server::with_superuser(&files.flags());
    assert!(server.link.starts_with("https://127.0.0.1:"), "{}", server.link);
    assert!(is_trusted(&server, &made.authority_pem));
    assert!(!is_trusted(&server, &Certificates::for_names(&["127.0.0.1"]).authority_pem));

    let credentials = json!({ "username": ADMIN.0, "password": ADMIN.1 }).to_string();
    let answer = server.visitor().post("/api/rpc/v0/session.sign_in", "application/json", credentials.as_bytes());
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert!(!cookies.is_empty() && cookies.iter().all(|line| line.contains("; Secure")), "{cookies:?}");
    assert!(answer.headers().contains_key("strict-transport-security"));
    let healthy = run(server.home(), &["healthcheck"], &[]);
    assert!(healthy.status.success(), "{}", String::from_utf8_lossy(&healthy.stderr));
}

#[test]
fn plain_http_on_the_port_of_https_is_told_where_to_go() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::write(folder.path(), &Certificates::for_names(&["localhost"]));
    let server = Server::start(&files.flags(), &[]);
    let said = |request: &str| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let host = server.address();
    let led = said(&format!("GET /db/1/ HTTP/1.1\r\nHost: {host}\r\n\r\n"));
    assert!(led.starts_with("HTTP/1.1 308") && led.contains(&format!("location: https://{host}/db/1/\r\n")), "{led}");
    let refused = said(&format!("POST /api/rpc/v0/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\n\r\n{{}}"));
    assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("speaks HTTPS"), "{refused}");
}

#[test]
fn a_new_certificate_is_served_without_a_restart_and_open_connections_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (Certificates::for_names(&["127.0.0.1"]), Certificates::for_names(&["127.0.0.1"]));
    let files = Files::write(folder.path(), &old);
    let server = Server::start(&files.flags(), &[("MATHESAR_LOG_LEVEL", "info")]);
    let kept = server.visitor();
    assert_eq!(kept.get("/healthz").status(), 200);

    Files::write(folder.path(), &new);
    server.logs("new connections get the new one");
    assert!(is_trusted(&server, &new.authority_pem) && !is_trusted(&server, &old.authority_pem));
    assert_eq!(kept.get("/healthz").status(), 200);

    // What cannot be served is told, and the one before stays.
    fs::write(&files.certificate, &old.server_pem).unwrap();
    server.signal(Signal::SIGHUP);
    server.logs("were made together");
    assert!(is_trusted(&server, &new.authority_pem));
}

#[test]
fn files_that_cannot_be_served_end_the_start_with_words() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::write(folder.path(), &Certificates::for_names(&["localhost"]));
    fs::write(&files.key, "nothing").unwrap();
    let all = [&["--bind", "127.0.0.1:0", "--managed-postgres", "off"][..], &files.flags()].concat();
    let ended = run(folder.path(), &all, &[]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success() && said.contains("server.key holds no private key"), "{said}");
    let alone = run(folder.path(), &["config", "check", "--tls-cert", files.certificate.to_str().unwrap()], &[]);
    let said = String::from_utf8(alone.stderr).unwrap();
    assert!(said.contains("tls_cert needs tls_key"), "{said}");
}
