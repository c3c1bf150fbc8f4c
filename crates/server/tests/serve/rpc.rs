//! The envelope of JSON-RPC and the plain form.

use serde_json::{Value, json};

use crate::server::{ADMIN, Server};

fn call(id: Value, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": {} })
}

#[test]
fn a_batch_is_answered_in_its_order_and_notifications_are_not() {
    let server = Server::with_superuser(&[]);
    let admin = server.script(ADMIN.0, ADMIN.1);
    let silent = json!({ "jsonrpc": "2.0", "method": "users.list" });
    let batch =
        json!([call(json!("a"), "session.get"), silent, call(json!(null), "no.such"), call(json!(7), "users.list"), 5]);
    let answers = admin.rpc(&batch);
    let ids: Vec<&Value> = answers.as_array().unwrap().iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&json!("a"), &json!(null), &json!(7), &json!(null)]);
    assert_eq!(answers[1]["error"]["code"], -32601);
    assert_eq!(answers[2]["result"][0]["username"], ADMIN.0);
    assert_eq!(answers[3]["error"]["code"], -32600);

    let silent = admin.post("/api/rpc/v0/", "application/json", silent.to_string().as_bytes());
    assert_eq!((silent.status().as_u16(), silent.body().as_str()), (204, ""));
}

/// As in the original, whose scripts look for these words and match answers to calls.
#[test]
fn each_call_that_is_not_let_in_is_answered() {
    let server = Server::with_superuser(&[]);
    let silent = json!({ "jsonrpc": "2.0", "method": "users.list" });
    for caller in [server.visitor(), server.script(ADMIN.0, "wrong")] {
        let answers = caller.rpc(&json!([call(json!("a"), "users.list"), silent, call(json!(7), "users.get")]));
        let answers = answers.as_array().unwrap();
        assert_eq!(answers.len(), 2);
        for (answer, (id, method)) in answers.iter().zip([(json!("a"), "users.list"), (json!(7), "users.get")]) {
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&id, &json!(-32603)));
            let words = answer["error"]["message"].as_str().unwrap();
            assert!(words.starts_with(&format!("Authentication failed when calling \"{method}\"")), "{words}");
        }
        assert_eq!(caller.rpc(&call(json!("b"), "users.list"))["id"], "b");
    }
}

#[test]
fn a_batch_has_a_limit() {
    let server = Server::start(&[], &[]);
    let batch = |size: usize| Value::from(vec![call(json!(1), "setup.status"); size]);
    assert_eq!(server.visitor().rpc(&batch(100)).as_array().unwrap().len(), 100);
    assert_eq!(server.visitor().rpc(&batch(101))["error"]["code"], -24002);
    assert_eq!(server.visitor().rpc(&json!([]))["error"]["code"], -32600);
}

#[test]
fn what_is_malformed_is_told_so() {
    let server = Server::start(&[], &[]);
    let code = |body: &str| {
        let answer = server.visitor().post("/api/rpc/v0/", "application/json", body.as_bytes());
        let answer: Value = serde_json::from_str(answer.body()).unwrap();
        answer["error"]["code"].as_i64().unwrap()
    };
    assert_eq!(code("{"), -32700);
    assert_eq!(code("5"), -32600);
    assert_eq!(code(r#"{"jsonrpc":"1.0","id":1,"method":"session.get"}"#), -32600);
    assert_eq!(code(r#"{"jsonrpc":"2.0","id":1,"method":"session.get","extra":1}"#), -32600);
    assert_eq!(code(r#"{"jsonrpc":"2.0","id":1,"method":"session.get","params":[]}"#), -32602);
    assert_eq!(code(r#"{"jsonrpc":"2.0","id":1,"method":"session.get","params":{"unknown":1}}"#), -32602);
    assert_eq!(code(r#"{"jsonrpc":"2.0","id":1,"method":"session.sign_in","params":{"username":"x"}}"#), -32602);
}

#[test]
fn the_plain_form_says_by_its_status_what_happened() {
    let server = Server::with_superuser(&[]);
    let admin = server.script(ADMIN.0, ADMIN.1);
    let status = |method: &str, body: &str| {
        let path = format!("/api/rpc/v0/{method}");
        let answer = admin.post(&path, "application/json", body.as_bytes());
        (answer.status().as_u16(), serde_json::from_str::<Value>(answer.body()).unwrap())
    };
    assert_eq!(status("users.list", "").1[0]["username"], ADMIN.0);
    assert_eq!(status("users.get", r#"{"user_id":999}"#).0, 404);
    assert_eq!(status("users.get", r#"{"user":1}"#).0, 400);
    assert_eq!(status("no.such", "{}").0, 404);
    let (code, error) = status("users.get", "[1]");
    assert_eq!((code, error["code"].as_i64()), (400, Some(-32602)));
    assert_eq!(admin.get("/api/rpc/v0/").status(), 405);
    // Nothing listens there, which is about the address that was given.
    let nowhere = r#"{"host":"127.0.0.1","port":1,"role":"a","database":"b"}"#;
    let (code, error) = status("databases.setup.connect_existing", nowhere);
    assert_eq!((code, error["code"].as_i64()), (400, Some(-24005)), "{error}");
    // What is refused before it is looked into is told in the same way.
    let stranger = server.script(ADMIN.0, "wrong").post("/api/rpc/v0/users.list", "application/json", b"{}");
    let form = admin.post("/api/rpc/v0/users.list", "application/x-www-form-urlencoded", b"{}");
    for (refused, status) in [(stranger, 401), (form, 415)] {
        assert_eq!(refused.status(), status);
        assert_eq!(refused.headers()["content-type"], "application/json");
    }
}

#[test]
fn a_body_has_a_limit() {
    let server = Server::start(&[], &[]);
    let body = vec![b' '; 33 * 1024 * 1024];
    let answer = server.visitor().post("/api/rpc/v0/", "application/json", &body);
    assert_eq!(answer.status(), 413);
}

#[test]
fn the_server_describes_itself() {
    let server = Server::start(&[], &[]);
    let visitor = server.visitor();
    let names = visitor.call("system.listMethods", json!({}));
    assert!(names.as_array().unwrap().contains(&json!("records.list")));
    let help = visitor.call("system.methodHelp", json!({ "method_name": "records.list" }));
    assert_eq!(help, "Lists rows: filtered, sorted, a page at a time.");
    let signature = visitor.call("system.methodSignature", json!({ "method_name": "users.get" }));
    assert_eq!(signature, json!(["user_id"]));
    let document: Value = serde_json::from_str(visitor.get("/api/openrpc.json").body()).unwrap();
    assert_eq!(document["methods"].as_array().unwrap().len() + 3, names.as_array().unwrap().len());
    let below = Server::start(&["--base-path", "/tables"], &[]);
    let document: Value = serde_json::from_str(below.visitor().get("/tables/api/openapi.json").body()).unwrap();
    assert_eq!(document["servers"][0]["url"], "/tables");
    for name in names.as_array().unwrap() {
        let path = format!("/api/rpc/v0/{}", name.as_str().unwrap());
        assert_eq!(document["paths"][&path]["post"]["operationId"], *name);
    }
}
