//! Sessions by JSON-RPC and by forms, and HTTP Basic.

use serde_json::json;

use crate::server::{ADMIN, Browser, Server, cookies};

#[test]
fn a_session_begins_lives_and_ends() {
    let server = Server::with_superuser(&[]);
    let page = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let info = page.call("session.get", json!({}));
    assert_eq!(info["user"]["username"], ADMIN.0);
    assert!(page.call("session.list", json!({}))[0]["current"].as_bool().unwrap());
    page.call("session.sign_out", json!({}));
    assert_eq!(page.call("session.get", json!({}))["user"], json!(null));
    assert_eq!(page.refused("session.list", json!({})), -32603);
}

#[test]
fn the_cookie_is_hidden_from_scripts_and_secure_behind_tls() {
    let flags = ["--external-url", "https://tables.example.org", "--trusted-proxies", "127.0.0.1"];
    let server = Server::with_superuser(&flags);
    let body = json!({ "username": ADMIN.0, "password": ADMIN.1 }).to_string();
    let set = |proto: &str| -> Vec<String> {
        let visitor = server.visitor().with("x-forwarded-proto", proto);
        let response = visitor.post("/api/rpc/v0/session.sign_in", "application/json", body.as_bytes());
        assert_eq!(response.headers().contains_key("strict-transport-security"), proto == "https");
        response.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned()).collect()
    };
    let secure = set("https");
    let session = secure.iter().find(|line| line.starts_with("sessionid=")).unwrap();
    for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
        assert!(session.contains(part), "{part} is missing");
    }
    let token = secure.iter().find(|line| line.starts_with("csrftoken=")).unwrap();
    assert!(!token.contains("HttpOnly") && token.contains("; Secure"));
    assert!(set("http").iter().all(|line| !line.contains("; Secure")));
}

#[test]
fn basic_makes_no_session_and_browsers_are_not_asked_for_it() {
    let server = Server::with_superuser(&[]);
    let path = "/api/rpc/v0/users.list";
    let right = server.script(ADMIN.0, ADMIN.1).post(path, "application/json", b"{}");
    assert_eq!((right.status().as_u16(), cookies(&right).len()), (200, 0));
    for browser in
        [server.script(ADMIN.0, "wrong"), server.visitor(), server.visitor().with("authorization", "Bearer x")]
    {
        let refused = browser.post(path, "application/json", b"{}");
        assert_eq!(refused.status(), 401);
        assert!(!refused.headers().contains_key("www-authenticate"));
        assert!(refused.body().contains("-32603"), "{}", refused.body());
    }
}

#[test]
fn guessing_is_slowed_down() {
    let server = Server::with_superuser(&[]);
    let mut refusals = (0..20).map(|_| server.script(ADMIN.0, "wrong").refused("users.list", json!({})));
    assert!(refusals.any(|code| code == -24003));
}

#[test]
fn the_originals_form_works_for_scripts() {
    let server = Server::with_superuser(&[]);
    let form = server.visitor().get("/auth/login/");
    let token = cookies(&form)[0].strip_prefix("csrftoken=").unwrap().to_owned();
    assert!(form.body().contains(&format!("name=\"csrfmiddlewaretoken\" value=\"{token}\"")));

    let script = server.visitor().with("cookie", format!("csrftoken={token}"));
    let post = |password: &str, token: &str, next: &str| {
        let password = password.replace(' ', "+");
        let body = format!("username={}&password={password}&csrfmiddlewaretoken={token}&next={next}", ADMIN.0);
        script.post("/auth/login/", "application/x-www-form-urlencoded", body.as_bytes())
    };
    assert!(post("wrong", &token, "").body().contains("do not fit together"));
    assert!(post(ADMIN.1, "forged", "").body().contains("another site"));
    assert_eq!(post(ADMIN.1, &token, "//evil.example/").headers()["location"], "/");
    let body = format!("username={}&password={}", ADMIN.0, ADMIN.1.replace(' ', "+"));
    let by_header = script.clone().with("x-csrftoken", &token);
    let done = by_header.post("/auth/login/?next=/db/2/", "application/x-www-form-urlencoded", body.as_bytes());
    assert_eq!(done.headers()["location"], "/db/2/");
    let done = post(ADMIN.1, &token, "/db/1/");
    assert_eq!((done.status().as_u16(), done.headers()["location"].to_str().unwrap()), (302, "/db/1/"));

    let set = cookies(&done);
    let token = set.iter().find_map(|cookie| cookie.strip_prefix("csrftoken=")).unwrap().to_owned();
    let session = server.visitor().with("cookie", set.join("; ")).with("x-csrftoken", token.clone());
    assert_eq!(session.call("session.get", json!({}))["user"]["username"], ADMIN.0);

    // The header says who sends it; a body is not needed.
    let out = session.post("/auth/logout/", "application/x-www-form-urlencoded", b"");
    assert_eq!(out.status(), 302);
    assert_eq!(session.call("session.get", json!({}))["user"], json!(null));
}

/// What a script of the original's does: it is led to the form, which asks for the new password only.
#[test]
fn a_first_password_is_changed_by_the_originals_form() {
    let server = Server::with_superuser(&[]);
    let admin = server.script(ADMIN.0, ADMIN.1);
    admin.call("users.add", json!({ "user_def": { "username": "bob", "password": "first-of-many" } }));
    let token = cookies(&server.visitor().get("/auth/login/"))[0].strip_prefix("csrftoken=").unwrap().to_owned();
    let script = server.visitor().with("cookie", format!("csrftoken={token}"));
    let send = |script: &Browser<'_>, path: &str, token: &str, fields: &str| {
        let body = format!("csrfmiddlewaretoken={token}&{fields}");
        script.post(path, "application/x-www-form-urlencoded", body.as_bytes())
    };
    const PASSWORD: &str = "/auth/password_reset_confirm/";
    let done = send(&script, "/auth/login/?next=/db/1/", &token, "username=bob&password=first-of-many");
    assert_eq!(done.headers()["location"], PASSWORD);

    let set = cookies(&done);
    let token = set.iter().find_map(|cookie| cookie.strip_prefix("csrftoken=")).unwrap().to_owned();
    let script = server.visitor().with("cookie", set.join("; "));
    assert!(!script.get(PASSWORD).body().contains("old_password"));
    let change =
        |one: &str, two: &str| send(&script, PASSWORD, &token, &format!("new_password1={one}&new_password2={two}"));
    for (one, two, words) in [
        ("second-of-many", "other", "not the same"),
        ("short", "short", "too short"),
        ("first-of-many", "first-of-many", "the present one"),
    ] {
        let refused = change(one, two);
        assert!(refused.status() == 200 && refused.body().contains(words), "{}", refused.body());
    }
    assert_eq!(change("second-of-many", "second-of-many").status(), 302);
    server.script("bob", "second-of-many").call("databases.configured.list", json!({}));

    // From then on the present password is asked for, as of everybody.
    assert!(script.get(PASSWORD).body().contains("old_password"));
    let refused = change("third-of-many", "third-of-many");
    assert!(refused.status() == 200 && refused.body().contains("not right"), "{}", refused.body());
}

#[test]
fn a_first_password_must_be_changed_before_anything_else() {
    let server = Server::with_superuser(&[]);
    let admin = server.script(ADMIN.0, ADMIN.1);
    admin.call("users.add", json!({ "user_def": { "username": "bob", "password": "first of many" } }));
    let bob = server.script("bob", "first of many");
    assert_eq!(bob.call("session.get", json!({}))["password_change_needed"], true);
    assert_eq!(bob.refused("databases.configured.list", json!({})), -24004);
    assert_eq!(bob.get("/api/db/v0/data_files/").status(), 403);
    let change = json!({ "old_password": "first of many", "new_password": "second of many" });
    bob.call("users.password.replace_own", change);
    server.script("bob", "second of many").call("databases.configured.list", json!({}));
}
