//! Files in cells: put into the data directory or a bucket, shown, and kept from those whom they do not concern.

use std::{collections::BTreeSet, fs, sync::mpsc};

use axum::http::{HeaderMap, StatusCode, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mathesar_testkit::{Cluster, TestDatabase};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use serde_json::{Value, json};

use crate::server::{ADMIN, Browser, FORM, Server};

/// A picture of 4 × 2 pixels, red and opaque.
const PNG: &[u8] = include_bytes!("files/red.png");

/// A form with one file, as browsers send it.
fn part(name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat()
}

fn put(who: &Browser<'_>, path: &str, name: &str, bytes: &[u8]) -> (StatusCode, Value) {
    let response = who.post(path, FORM, &part(name, bytes));
    (response.status(), serde_json::from_str(response.body()).unwrap())
}

/// Puts a file that must be taken, and gives what the cell holds.
fn cell(who: &Browser<'_>, name: &str, bytes: &[u8]) -> Value {
    let (status, body) = put(who, "/files/", name, bytes);
    assert_eq!(status, 200, "{body}");
    let link = format!("/files/{}/download/", body["result"]["mash"].as_str().unwrap());
    assert_eq!(body["download_link"], link.as_str());
    body["result"].clone()
}

fn path(cell: &Value, more: &str) -> String {
    format!("/files/{}/{more}", cell["mash"].as_str().unwrap())
}

fn field(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[test]
fn a_file_is_kept_shown_and_saved_under_its_name() {
    let server = Server::with_superuser(&["--file-upload-mib", "1"]);
    let admin = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let picture = cell(&admin, "Früchte/../a b.png", PNG);
    assert!(picture["uri"].as_str().unwrap().ends_with("/Früchte_.._a b.png"), "{picture}");

    let shown = admin.bytes(&path(&picture, ""));
    assert_eq!((shown.status(), shown.body().as_slice()), (StatusCode::OK, PNG));
    let about = |name| field(shown.headers(), name);
    assert_eq!(about(header::CONTENT_TYPE), "image/png");
    assert!(about(header::CONTENT_DISPOSITION).starts_with("inline; "), "{:?}", shown.headers());
    assert!(about(header::CONTENT_DISPOSITION).ends_with("''Fr%C3%BCchte%2F..%2Fa%20b.png"), "{:?}", shown.headers());
    assert!(about(header::CONTENT_SECURITY_POLICY).contains("sandbox"), "nothing in it runs");
    assert!(about(header::CACHE_CONTROL).starts_with("private"), "nobody between may keep it");
    let saved = admin.bytes(&path(&picture, "download/"));
    assert!(field(saved.headers(), header::CONTENT_DISPOSITION).starts_with("attachment; "));

    let small = admin.bytes(&path(&picture, "thumbnail/?width=2&height=2"));
    assert_eq!((small.status().as_u16(), field(small.headers(), header::CONTENT_TYPE)), (200, "image/jpeg"));
    let shape = small.body().windows(9).find(|at| at.starts_with(&[0xff, 0xc0])).unwrap();
    assert_eq!(&shape[5..], [0, 1, 0, 2], "one pixel high and two wide");

    let page = cell(&admin, "page.html", b"<script>alert(1)</script>");
    let shown = admin.bytes(&path(&page, ""));
    assert!(field(shown.headers(), header::CONTENT_DISPOSITION).starts_with("attachment; "), "a page is never shown");
    assert_eq!(admin.get(&path(&page, "thumbnail/")).status(), 400);
    let broken = cell(&admin, "broken.png", &PNG[..PNG.len() - 30]);
    let refused = admin.get(&path(&broken, "thumbnail/"));
    assert!(refused.status() == 400 && refused.body().contains("no small picture"), "{}", refused.body());

    let (status, words) = put(&admin, "/files/", "large.bin", &vec![0; (1 << 20) + 1]);
    assert!(status == 400 && words["message"].as_str().unwrap().contains("1 MiB"), "{status} {words}");
    assert_eq!(fs::read_dir(server.home().join("data/files")).unwrap().count(), 3, "what was refused takes no room");
    assert_eq!(fs::read_dir(server.home().join("data/uploads")).unwrap().count(), 0);
}

#[test]
fn a_file_is_for_those_who_are_signed_in_and_know_its_mark() {
    let server = Server::with_superuser(&["--allow-unix-sockets"]);
    let database = Cluster::shared().database();
    let admin = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let connected = admin.call("databases.setup.connect_existing", json!({ "url": database.url() }));
    let note = cell(&admin, "note.txt", b"for us");
    assert_eq!(server.visitor().get(&path(&note, "")).status(), 401);
    assert_eq!(put(&server.visitor(), "/files/", "a.txt", b"a").0, 401);
    assert_eq!(admin.get(&format!("/files/{}/", "0".repeat(64))).status(), 404);
    let forged = server.signed_in(ADMIN.0, ADMIN.1).with("origin", "http://evil.example");
    assert_eq!(put(&forged, "/files/", "a.txt", b"a").0, 403);

    let token = |scopes: Value| {
        let token = admin.call("users.tokens.add", scopes)["token"].clone();
        server.visitor().with("authorization", format!("Bearer {}", token.as_str().unwrap()))
    };
    let reader = token(json!({ "name": "reader", "read_only": true }));
    let limited = token(json!({ "name": "limited", "databases": [connected["database"]["id"]] }));
    assert_eq!(
        (reader.get(&path(&note, "")).status().as_u16(), put(&reader, "/files/", "a", b"a").0.as_u16()),
        (200, 403)
    );
    assert_eq!(
        (limited.get(&path(&note, "")).status().as_u16(), put(&limited, "/files/", "a", b"a").0.as_u16()),
        (403, 403)
    );
}

/// A table with a column for files, whose form everybody may fill in; the token of its link.
fn public_form(admin: &Browser<'_>, database: &TestDatabase<'_>) -> String {
    database.execute("create table report (id int generated always as identity primary key, photo jsonb, note jsonb)");
    let oid: u32 = database.scalar("select 'report'::regclass::oid").unwrap().parse().unwrap();
    let schema: u32 = database.scalar("select 'public'::regnamespace::oid").unwrap().parse().unwrap();
    let connected = admin.call("databases.setup.connect_existing", json!({ "url": database.url() }));
    let id = &connected["database"]["id"];
    let as_files = json!([{ "attnum": 2, "file_backend": "default" }]);
    admin.call(
        "columns.metadata.set",
        json!({ "database_id": id, "table_oid": oid, "column_meta_data_list": as_files }),
    );
    let fields = json!([
        { "key": "photo", "kind": "scalar_column", "column_attnum": 2 },
        { "key": "note", "kind": "scalar_column", "column_attnum": 3 },
    ]);
    let form = json!({
        "name": "Report", "schema_oid": schema, "base_table_oid": oid, "publish_public": true, "version": 1,
        "header_title": { "text": "Report" }, "fields": fields,
    });
    let added = admin.call("forms.add", json!({ "database_id": id, "form_def": form }));
    added["token"].as_str().unwrap().to_owned()
}

#[test]
fn visitors_add_files_by_a_form_where_that_is_allowed() {
    let database = Cluster::shared().database();
    let server = Server::with_superuser(&["--allow-unix-sockets", "--form-file-upload-mib", "1"]);
    let admin = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let token = public_form(&admin, &database);
    let visitor = server.visitor();
    let by = |key: &str| format!("?form_token={token}&form_field_key={key}");

    let (status, body) = put(&visitor, &format!("/files/{}", by("photo")), "red.png", PNG);
    assert_eq!(status, 200, "{body}");
    let photo = &body["result"];
    visitor.call("forms.submit", json!({ "form_token": token, "values": { "photo": photo } }));
    assert_eq!(database.scalar("select photo->>'mash' from report").as_deref(), photo["mash"].as_str());
    assert_eq!(visitor.bytes(&format!("{}{}", path(photo, ""), by("photo"))).body().as_slice(), PNG);
    assert_eq!(admin.bytes(&path(photo, "")).body().as_slice(), PNG);

    let inside = cell(&admin, "inside.txt", b"not for visitors");
    assert_eq!(visitor.get(&format!("{}{}", path(&inside, ""), by("photo"))).status(), 404);
    for elsewhere in [by("note"), by("nothing"), by("photo").replace("form_token=", "form_token=0")] {
        assert_eq!(put(&visitor, &format!("/files/{elsewhere}"), "a.png", PNG).0, 404, "{elsewhere}");
    }

    let (_, home) = server.stop();
    let closed = Server::start_in(home, &["--allow-unix-sockets"], &[]);
    let (status, words) = put(&closed.visitor(), &format!("/files/{}", by("photo")), "red.png", PNG);
    assert!(status == 403 && words["message"].as_str().unwrap().contains("by a form"), "{status} {words}");
}

/// An S3 service over a folder with one bucket, until the sender is dropped; gives its address.
fn s3_service(folder: &std::path::Path) -> (String, mpsc::Sender<()>) {
    fs::create_dir(folder.join("attachments")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    service.set_auth(SimpleAuth::from_single("key", "correct secret"));
    let service = service.build();
    let (stop, stopped) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let service = service.clone();
                tokio::spawn(async move {
                    let http = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = http.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        runtime.block_on(async { tokio::task::spawn_blocking(move || stopped.recv()).await }).unwrap().unwrap_err();
    });
    (format!("http://{}", told.recv().unwrap()), stop)
}

#[test]
fn files_are_kept_in_a_bucket() {
    let objects = tempfile::tempdir().unwrap();
    let (endpoint, stop) = s3_service(objects.path());
    let flags = ["--file-storage", "s3", "--s3-bucket", "attachments", "--s3-prefix", "ours/"];
    let flags = [&flags[..], &["--s3-endpoint", &endpoint, "--s3-access-key-id", "key"]].concat();
    let secret = |secret| [("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1), ("MATHESAR_S3_SECRET_ACCESS_KEY", secret)];
    let home = tempfile::tempdir().unwrap();
    let server = Server::start_in(home, &flags, &secret("correct secret"));
    let admin = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let picture = cell(&admin, "a ü.png", PNG);
    assert!(picture["uri"].as_str().unwrap().starts_with("s3://attachments/ours/"), "{picture}");
    assert_eq!(admin.bytes(&path(&picture, "")).body().as_slice(), PNG);
    assert_eq!(admin.bytes(&path(&picture, "thumbnail/")).status(), 200);
    let large: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let data = cell(&admin, "data.bin", &large);
    assert_eq!(admin.bytes(&path(&data, "download/")).body(), &large, "piece by piece");
    let empty = cell(&admin, "empty", b"");
    assert_eq!(admin.bytes(&path(&empty, "")).body().as_slice(), b"");
    assert!(!server.home().join("data/files").exists());
    assert_eq!(fs::read_dir(server.home().join("data/uploads")).unwrap().count(), 0);

    fs::remove_dir_all(objects.path().join("attachments/ours")).unwrap();
    assert_eq!(admin.get(&path(&picture, "")).status(), 404, "somebody removed it");
    let (_, home) = server.stop();
    let server = Server::start_in(home, &flags, &secret("wrong secret"));
    let admin = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let (status, words) = put(&admin, "/files/", "a.png", PNG);
    assert!(status == 503 && words["message"].as_str().unwrap().contains("storage for files"), "{status} {words}");
    server.logs("SignatureDoesNotMatch");
    drop(stop);
}

#[test]
fn a_bucket_loses_the_files_of_a_form_that_nobody_sent() {
    let (database, internal) = (Cluster::shared().database(), Cluster::shared().database());
    let objects = tempfile::tempdir().unwrap();
    let (endpoint, stop) = s3_service(objects.path());
    let (bucket, url) = (objects.path().join("attachments"), internal.url().to_owned());
    let flags = ["--allow-unix-sockets", "--log-level", "info", "--form-file-upload-mib", "1", "--file-storage", "s3"];
    let flags = [&flags[..], &["--s3-bucket", "attachments", "--s3-endpoint", &endpoint]].concat();
    let flags = [&flags[..], &["--s3-access-key-id", "key"]].concat();
    let variables = [
        ("DATABASE_URL", url.as_str()),
        ("SECRET_KEY", "a key for the tests, long enough to pass"),
        ("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1),
        ("MATHESAR_S3_SECRET_ACCESS_KEY", "correct secret"),
    ];
    let server = Server::start_in(tempfile::tempdir().unwrap(), &flags, &variables);
    let admin = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let token = public_form(&admin, &database);
    let to = format!("/files/?form_token={token}&form_field_key=photo");
    let photos = [put(&server.visitor(), &to, "sent.png", PNG), put(&server.visitor(), &to, "unsent.png", PNG)];
    let sent = &photos[0].1["result"];
    server.visitor().call("forms.submit", json!({ "form_token": token, "values": { "photo": sent } }));
    let objects = || {
        let folders = fs::read_dir(&bucket).unwrap().filter_map(|entry| fs::read_dir(entry.unwrap().path()).ok());
        folders.flatten().map(|object| object.unwrap().file_name().into_string().unwrap()).collect::<BTreeSet<_>>()
    };
    assert_eq!(objects(), BTreeSet::from(["sent.png", "unsent.png"].map(str::to_owned)));

    let (_, home) = server.stop();
    internal.execute("update mathesar_internal.files set created_at = 0");
    let server = Server::start_in(home, &flags, &variables);
    let admin = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let unsent = path(&photos[1].1["result"], "");
    server.logs("files of forms that nobody sent were removed");
    assert_eq!(objects(), BTreeSet::from(["sent.png".to_owned()]));
    assert_eq!(admin.get(&unsent).status(), 404);
    assert_eq!(admin.bytes(&path(sent, "")).body().as_slice(), PNG);
    drop(stop);
}

#[test]
fn what_a_bucket_needs_is_asked_for_by_name() {
    let home = tempfile::tempdir().unwrap();
    let tried = crate::server::run(home.path(), &["config", "check", "--file-storage", "s3"], &[]);
    let said = String::from_utf8_lossy(&tried.stderr).into_owned() + &String::from_utf8_lossy(&tried.stdout);
    assert!(!tried.status.success() && said.contains("s3_") && said.contains("is missing"), "{said}");
    let off = Server::with_superuser(&["--file-storage", "off"]);
    let (status, words) = put(&off.signed_in(ADMIN.0, ADMIN.1).on_own_page(), "/files/", "a", b"a");
    assert!(status == 503 && words["message"].as_str().unwrap().contains("`file_storage` is off"), "{status} {words}");
}
