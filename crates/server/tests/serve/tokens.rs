//! API tokens over HTTP: wherever a user can call, a token can, and nowhere beyond its scopes.

use mathesar_testkit::Cluster;
use serde_json::{Value, json};

use crate::server::{ADMIN, Browser, FORM, Server, form};

fn with_token<'s>(server: &'s Server, token: &Value) -> Browser<'s> {
    server.visitor().with("authorization", format!("Bearer {}", token.as_str().unwrap()))
}

#[test]
fn a_token_works_as_its_user_within_its_scopes_at_every_address() {
    let server = Server::with_superuser(&["--allow-unix-sockets"]);
    let database = Cluster::shared().database();
    database.execute("create table fruit (id int primary key, name text); insert into fruit values (1, 'apple')");
    let oid: u32 = database.scalar("select 'fruit'::regclass::oid").unwrap().parse().unwrap();
    let session = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let connected = session.call("databases.setup.connect_existing", json!({ "url": database.url() }));
    let id = &connected["database"]["id"];
    let make = |params: Value| session.call("users.tokens.add", params)["token"].clone();
    let all = make(json!({ "name": "all" }));
    let reader = make(json!({ "name": "reader", "read_only": true, "databases": [id] }));
    let writer = make(json!({ "name": "writer", "methods": ["imports.append"], "databases": [id] }));
    let [all, reader, writer] = [all, reader, writer].map(|token| with_token(&server, &token));

    let place = json!({ "database_id": id, "table_oid": oid });
    assert_eq!(all.call("session.get", json!({}))["user"]["username"], ADMIN.0);
    assert_eq!(reader.call("records.list", place.clone())["count"], 1);
    let add = json!({ "database_id": id, "table_oid": oid, "record_def": { "1": 2, "2": "fig" } });
    let refused = reader.answer("records.add", add.clone());
    assert_eq!(refused["error"]["code"], -31035, "{refused}");
    assert!(refused["error"]["message"].as_str().unwrap().contains("may only read"), "{refused}");
    all.call("records.add", add);
    assert_eq!(writer.refused("records.list", place), -31035);
    assert_eq!(all.refused("users.tokens.add", json!({ "name": "another" })), -31035);
    assert_eq!(reader.refused("users.list", json!({})), -31035);
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "records.count", "params": { "database_id": id, "table_oid": oid } },
        { "jsonrpc": "2.0", "id": 2, "method": "users.list", "params": {} },
    ]);
    let batch = reader.rpc(&batch);
    assert_eq!((&batch[0]["result"]["count"], &batch[1]["error"]["code"]), (&json!(2), &json!(-31035)), "{batch}");

    let export = format!("/api/export/v0/tables/?database_id={id}&table_oid={oid}");
    assert_eq!([&reader, &writer].map(|caller| caller.get(&export).status().as_u16()), [200, 403]);
    let upload =
        |caller: &Browser<'_>| caller.post("/api/db/v0/data_files/", FORM, form(&[], "a\n1\n").as_bytes()).status();
    assert_eq!([upload(&all), upload(&reader), upload(&writer)].map(|status| status.as_u16()), [201, 403, 403]);
    let mappings = r#"[{"csv_column": {"index": 0}, "table_column": 1}]"#;
    let (id, oid) = (id.to_string(), oid.to_string());
    let fields = [("database_id", &*id), ("target_table_oid", &oid), ("mappings", mappings)];
    let insert = |caller: &Browser<'_>, key: &str| {
        caller.post("/bulk_insert/", FORM, form(&fields, &format!("id\n{key}\n")).as_bytes()).status().as_u16()
    };
    assert_eq!([insert(&all, "7"), insert(&reader, "8"), insert(&writer, "9")], [200, 403, 200]);
    assert_eq!(database.scalar("select string_agg(id::text, ' ' order by id) from fruit").as_deref(), Some("1 2 7 9"));
}

#[test]
fn a_token_is_refused_in_words_once_it_is_revoked_and_is_in_no_log_or_list() {
    let server = Server::with_superuser(&[]);
    let session = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let made = session.call("users.tokens.add", json!({ "name": "nightly" }));
    let token = made["token"].as_str().unwrap();
    let bot = with_token(&server, &made["token"]);
    assert_eq!(bot.call("session.get", json!({}))["csrf_token"], Value::Null, "no session begins");
    assert!(
        bot.get("/")
            .headers()
            .get_all("set-cookie")
            .iter()
            .all(|line| !line.to_str().unwrap().starts_with("sessionid"))
    );
    assert!(!session.call("users.tokens.list", json!({})).to_string().contains(token));
    session.call("users.tokens.revoke", json!({ "token_id": made["info"]["id"] }));
    let refused = bot.answer("session.get", json!({}));
    assert_eq!(refused["error"]["code"], -32603);
    assert!(refused["error"]["message"].as_str().unwrap().contains("revoked"), "{refused}");
    assert_eq!(bot.get("/api/db/v0/data_files/").status(), 401);
    let other = server.visitor().with("authorization", "Digest x");
    assert!(other.answer("session.get", json!({}))["error"]["message"].as_str().unwrap().contains("`Bearer`"));
    assert!(!server.log().contains(token));
}
