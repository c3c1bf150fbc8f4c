//! Which names the server answers to, and what its answers carry.

use crate::server::Server;

#[test]
fn an_unknown_name_is_refused_with_what_to_do() {
    let server = Server::start(&["--allowed-hosts", "tables.local, .example.org"], &[]);
    let status = |host: &str| server.visitor().with("host", host).get("/api/openrpc.json").status().as_u16();
    for host in ["tables.local", "a.example.org:80", "localhost:1", "192.0.2.1"] {
        assert_eq!(status(host), 200, "{host}");
    }
    let refused = server.visitor().with("host", "evil.example").get("/");
    assert_eq!(refused.status(), 400);
    assert!(refused.body().contains("MATHESAR_ALLOWED_HOSTS=evil.example"));
    let probed = server.visitor().with("host", "pod-name").get("/healthz");
    assert_eq!((probed.status().as_u16(), probed.body().as_str()), (200, "ok\n"));
    let strange = server.visitor().with("host", "<b>").get("/");
    assert!(!strange.body().contains("<b>"), "{}", strange.body());
}

#[test]
fn forwarded_headers_of_strangers_are_not_believed() {
    let server = Server::start(&[], &[]);
    let forged = server.visitor().with("host", "evil.example").with("x-forwarded-host", "localhost");
    assert_eq!(forged.get("/api/openrpc.json").status(), 400);
}

#[test]
fn every_answer_makes_browsers_careful() {
    let server = Server::start(&[], &[]);
    for path in ["/", "/healthz", "/api/openrpc.json", "/auth/login/", "/api/nothing", "/db/1/"] {
        let answer = server.visitor().get(path);
        for name in
            ["content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id", "cache-control"]
        {
            assert!(answer.headers().contains_key(name), "{path} lacks {name}");
        }
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("script-src 'unsafe"),
            "{path}: {policy}"
        );
    }
    let post = server.visitor().post("/db/1/", "text/plain", b"");
    assert_eq!(post.status(), 405);
}

#[test]
fn below_a_path_everything_works_with_and_without_it() {
    let server = Server::start(&["--base-path", "/tables"], &[]);
    assert!(server.link.contains("/tables/setup#token="), "{}", server.link);
    for path in ["/tables/api/openrpc.json", "/api/openrpc.json"] {
        assert_eq!(server.visitor().get(path).status(), 200, "{path}");
    }
    let form = server.visitor().get("/tables/auth/login/");
    assert!(form.body().contains("action=\"/tables/auth/login/\""));
    assert!(form.headers()["set-cookie"].to_str().unwrap().contains("Path=/tables/"));
}
