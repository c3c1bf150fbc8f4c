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

fn token(server: &Server) -> String {
    server.link.split_once("token=").unwrap().1.to_owned()
}

#[test]
fn whoever_has_the_setup_link_can_confirm_the_name_under_which_they_came() {
    let server = Server::start(&[], &[]);
    let visitor = server.visitor().with("host", "Tables.example:8000");
    let form =
        |link: &str| visitor.post("/setup", "application/x-www-form-urlencoded", format!("link={link}").as_bytes());

    assert!(!visitor.get("/").body().contains("<form"), "only the page of set-up makes the offer");
    let offer = visitor.get("/setup");
    assert_eq!(offer.status(), 400);
    assert!(offer.body().contains("allow “Tables.example”") && offer.body().contains("<form"), "{}", offer.body());
    let policy = offer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'nonce-") && policy.contains("frame-ancestors 'none'"), "{policy}");

    for wrong in ["", "guess", "%23token=guess"] {
        let refused = form(wrong);
        assert!(refused.status() == 400 && refused.body().contains("This setup link is wrong"), "{}", refused.body());
    }
    assert_eq!(visitor.get("/api/openrpc.json").status(), 400);

    let link = format!("http://tables.example:8000/setup%23token={}", token(&server));
    let confirmed = form(&link);
    assert_eq!(confirmed.status(), 303, "{}", confirmed.body());
    assert_eq!(confirmed.headers()["location"], format!("/setup#token={}", token(&server)).as_str());
    assert_eq!(visitor.get("/api/openrpc.json").status(), 200);
    for other in ["evil.example", "a.tables.example", "tables.example.evil.example"] {
        assert_eq!(server.visitor().with("host", other).get("/api/openrpc.json").status(), 400, "{other}");
    }

    // The token was not used up, and the name is remembered.
    let account = serde_json::json!({ "token": token(&server), "username": "ann", "password": "a horse in a park" });
    visitor.call("setup.complete", account);
    let late = server.visitor().with("host", "late.example");
    assert!(!late.get("/setup").body().contains("<form"), "set-up is over");
    let (_, home) = server.stop();
    let again = Server::start_in(home, &[], &[]);
    assert_eq!(again.visitor().with("host", "tables.example").get("/api/openrpc.json").status(), 200);
    let (_, home) = again.stop();
    let set = Server::start_in(home, &["--allowed-hosts", "other.example"], &[]);
    assert_eq!(set.visitor().with("host", "tables.example").get("/api/openrpc.json").status(), 400, "the setting wins");
}

#[test]
fn no_name_can_be_confirmed_where_the_setting_names_some() {
    let server = Server::start(&["--allowed-hosts", "tables.example"], &[]);
    for host in ["evil.example", "*", "a b"] {
        let visitor = server.visitor().with("host", host);
        assert!(!visitor.get("/setup").body().contains("<form"), "{host}");
        let form = format!("link={}", token(&server));
        let refused = visitor.post("/setup", "application/x-www-form-urlencoded", form.as_bytes());
        assert_eq!(refused.status(), 400, "{host}");
        assert_eq!(visitor.get("/api/openrpc.json").status(), 400, "{host}");
    }
}
