//! Calls that a page of somebody else makes a browser send.

use serde_json::json;

use crate::server::{ADMIN, Server};

const REFUSED: i64 = -31035;

#[test]
fn a_sessions_cookie_alone_is_no_proof() {
    let server = Server::with_superuser(&[]);
    let session = server.signed_in(ADMIN.0, ADMIN.1);
    assert_eq!(session.refused("users.list", json!({})), REFUSED);

    let token = session.clone().on_own_page().call("session.get", json!({}))["csrf_token"].as_str().unwrap().to_owned();
    session.clone().with("x-csrftoken", token).call("users.list", json!({}));
    assert_eq!(session.clone().with("x-csrftoken", "x".repeat(43)).refused("users.list", json!({})), REFUSED);
    session.clone().with("sec-fetch-site", "same-origin").call("users.list", json!({}));
    session.on_own_page().call("users.list", json!({}));
}

#[test]
fn the_token_of_another_session_is_none() {
    let server = Server::with_superuser(&[]);
    let first = server.signed_in(ADMIN.0, ADMIN.1);
    let token = first.on_own_page().call("session.get", json!({}))["csrf_token"].as_str().unwrap().to_owned();
    let second = server.signed_in(ADMIN.0, ADMIN.1);
    assert_eq!(second.with("x-csrftoken", token).refused("users.list", json!({})), REFUSED);
}

#[test]
fn pages_of_others_are_refused_however_they_come() {
    let server = Server::with_superuser(&[]);
    let session = server.signed_in(ADMIN.0, ADMIN.1);
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(session.clone().with(name, value).refused("users.list", json!({})), REFUSED, "{name}: {value}");
        let visitor = server.visitor().with(name, value);
        let credentials = json!({ "username": ADMIN.0, "password": ADMIN.1 });
        assert_eq!(visitor.refused("session.sign_in", credentials), REFUSED, "{name}: {value}");
    }
}

#[test]
fn a_form_cannot_call_and_another_origin_cannot_ask() {
    let server = Server::with_superuser(&[]);
    let session = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"users.list"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        assert_eq!(session.post("/api/rpc/v0/", kind, body).status(), 415, "{kind}");
    }
    let answer = server.visitor().with("origin", "http://evil.example").get("/api/openrpc.json");
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
}

#[test]
fn an_upload_needs_the_same_proof() {
    let server = Server::with_superuser(&[]);
    let session = server.signed_in(ADMIN.0, ADMIN.1);
    let paste = json!({ "paste": "a,b\n1,2\n" }).to_string();
    let refused = session.post("/api/db/v0/data_files/", "application/json", paste.as_bytes());
    assert_eq!(refused.status(), 403);
    let taken = session.on_own_page().post("/api/db/v0/data_files/", "application/json", paste.as_bytes());
    assert_eq!(taken.status(), 201);
}
