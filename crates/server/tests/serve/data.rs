//! Rows, files and downloads over HTTP, on a real database.

use std::{io::Write as _, net::TcpStream, time::Instant};

use mathesar_testkit::{Cluster, TestDatabase};
use serde_json::{Value, json};

use crate::server::{ADMIN, Browser, FORM, PATIENCE, Server, form};

struct World {
    server: Server,
    database: TestDatabase<'static>,
    id: Value,
}

impl World {
    fn new() -> Self {
        Self::working_as(|_| "postgres".to_owned())
    }

    /// The superuser works in the database as the role that is made there.
    fn working_as(role: impl FnOnce(&TestDatabase<'_>) -> String) -> Self {
        let server = Server::with_superuser(&["--allow-unix-sockets"]);
        let database = Cluster::shared().database();
        let url = database.url_as(&role(&database));
        let admin = server.script(ADMIN.0, ADMIN.1);
        let id = admin.call("databases.setup.connect_existing", json!({ "url": url }))["database"]["id"].clone();
        Self { server, database, id }
    }

    /// Changes the name of the fruit with this number, which was read as `expected`; the answer.
    fn rename(&self, id: &str, expected: &str) -> Value {
        let change = json!({ "op": "update", "key": { "1": id }, "set": { "2": "mine" }, "expect": { "2": expected } });
        let params = json!({ "database_id": self.id, "table_oid": self.oid("fruit"), "changes": [change] });
        self.admin().answer("records.apply", params)
    }

    fn admin(&self) -> Browser<'_> {
        self.server.script(ADMIN.0, ADMIN.1)
    }

    fn oid(&self, relation: &str) -> u32 {
        self.database.scalar(&format!("select '{relation}'::regclass::oid")).unwrap().parse().unwrap()
    }
}

#[test]
fn rows_arrive_exactly_and_leave_as_a_file() {
    let world = World::new();
    world.database.execute(
        "create table fruit (id int primary key, name text, price numeric, big int8);
         insert into fruit values (1, 'apple', 12345678901234567890.10, 9007199254740993), (2, null, null, null), (3, '', 0.30, 1)",
    );
    let oid = world.oid("fruit");
    let page = world.admin().post(
        "/api/rpc/v0/records.list",
        "application/json",
        json!({ "database_id": world.id, "table_oid": oid, "limit": 1 }).to_string().as_bytes(),
    );
    assert!(
        page.body().contains("12345678901234567890.10") && page.body().contains("9007199254740993"),
        "{}",
        page.body()
    );

    let address = format!("/api/export/v0/tables/?database_id={}&table_oid={oid}", world.id);
    let file = world.admin().get(&format!("{address}&order=%5B%7B%22attnum%22:1,%22direction%22:%22desc%22%7D%5D"));
    assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(file.headers()["content-disposition"].to_str().unwrap().contains("filename=\"fruit.csv\""));
    assert_eq!(
        file.body(),
        "id,name,price,big\n3,\"\",0.30,1\n2,,,\n1,apple,12345678901234567890.10,9007199254740993\n"
    );

    let refused = world.admin().get(&format!("{address}&unknown=1"));
    assert_eq!(refused.status(), 400);
}

#[test]
fn an_exploration_is_saved_run_and_leaves_as_a_file() {
    let world = World::new();
    world.database.execute(
        "create table fruit (id int primary key, name text, price numeric);
         insert into fruit values (1, 'apple', 0.50), (2, 'pear', 12345678901234567890.10), (3, 'plum', null)",
    );
    let (admin, fruit) = (world.admin(), world.oid("fruit"));
    let columns = r#"[{"alias":"what","attnum":2},{"alias":"price","attnum":3}]"#;
    let dear =
        r#"{"spec":{"greater":[{"column_name":["price"]},{"literal":[12345678901234567890.09]}]},"type":"filter"}"#;
    let schema = world.database.scalar("select 'public'::regnamespace::oid").unwrap();
    let def = |name: &str, steps: &str| {
        format!(
            r#"{{"database_id":{},"exploration_def":{{"name":"{name}","schema_oid":{schema},"base_table_oid":{fruit},"initial_columns":{columns},"transformations":[{steps}]}}}}"#,
            world.id
        )
    };
    let send = |method: &str, params: &str| {
        admin.post(&format!("/api/rpc/v0/{method}"), "application/json", params.as_bytes())
    };
    let ran = send("explorations.run", &def("Dear", dear));
    assert_eq!(ran.status(), 200, "{}", ran.body());
    assert!(
        ran.body().contains(r#""records":{"count":1,"results":[{"what":"pear","price":12345678901234567890.10}]}"#),
        "{}",
        ran.body()
    );
    // The literal comes back as it was given, which no float could hold.
    assert!(ran.body().contains("[12345678901234567890.09]"), "{}", ran.body());

    let saved: Value = serde_json::from_str(send("explorations.add", &def("Dear", dear)).body()).unwrap();
    let address = format!("/api/export/v0/explorations/?database_id={}&exploration_id=", world.id);
    let file = admin.get(&format!("{address}{}", saved["id"]));
    assert!(file.headers()["content-disposition"].to_str().unwrap().contains("filename=\"Dear.csv\""));
    assert_eq!(file.body(), "what,price\npear,12345678901234567890.10\n");
    assert_eq!(admin.get(&format!("{address}999")).status(), 404);
    assert_eq!(admin.get(&format!("{address}{}&columns=1", saved["id"])).status(), 400);

    for (steps, path) in [
        (
            r#"{"type":"order","spec":[{"field":"price","direction":"up"}]}"#,
            "transformations[0].spec[0].direction: unknown variant `up`",
        ),
        (r#"{"spec":3,"type":"take"}"#, "transformations[0].type: \"take\" is unknown"),
        (r#"{"type":"limit","spec":3,"more":1}"#, "transformations[0].more: unknown field `more`"),
        (r#"{"type":"limit","spec":-1}"#, "transformations[0].spec: invalid value"),
    ] {
        let refused = send("explorations.run", &def("x", steps));
        let expected = format!("explorations.run: exploration_def.{path}");
        let answer: Value = serde_json::from_str(refused.body()).unwrap();
        assert!(answer["message"].as_str().unwrap().starts_with(&expected), "{answer}");
    }
}

#[test]
fn a_row_that_somebody_else_changed_or_deleted_is_not_overwritten() {
    let world = World::new();
    world.database.execute(
        "create table fruit (id int primary key, name text); insert into fruit values (1, 'apple'), (2, 'pear');
         update fruit set name = 'theirs' where id = 1; delete from fruit where id = 2",
    );
    let changed = world.rename("1", "apple");
    assert_eq!(changed["error"]["code"], -24001, "{changed}");
    assert!(changed.to_string().contains("theirs"), "the present row comes along: {changed}");
    let gone = world.rename("2", "pear");
    assert_eq!(gone["error"]["data"]["reason"], "gone", "{gone}");
    assert_eq!(world.database.scalar("select string_agg(name, ' ') from fruit").as_deref(), Some("theirs"));
    assert!(world.rename("1", "theirs").get("error").is_none());
}

#[test]
fn a_role_that_may_not_update_is_told_so() {
    let world = World::working_as(|database| {
        database.execute("create table fruit (id int primary key, name text); insert into fruit values (1, 'apple')");
        let role = database.role("reader", "login");
        database.execute(&format!("grant select on fruit to {role}"));
        role
    });
    let refused = world.rename("1", "apple");
    assert_eq!(refused["error"]["code"], -30101, "{refused}");
    assert!(refused["error"]["message"].as_str().unwrap().contains("permission denied for table fruit"), "{refused}");
    assert_eq!(world.database.scalar("select name from fruit").as_deref(), Some("apple"));
}

#[test]
fn a_file_is_taken_as_a_form_and_described_as_in_the_original() {
    let world = World::new();
    let form = "--x\r\nContent-Disposition: form-data; name=\"header\"\r\n\r\nfalse\r\n--x\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n\
        name;age\nann;4\nbob;5\n\r\n--x--\r\n";
    let sent = world.admin().post("/api/db/v0/data_files/", FORM, form.as_bytes());
    assert_eq!(sent.status(), 201, "{}", sent.body());
    let file: Value = serde_json::from_str(sent.body()).unwrap();
    assert_eq!(
        (&file["file"], &file["header"], &file["delimiter"], &file["created_from"]),
        (&json!("people.csv"), &json!(false), &json!(";"), &json!("file"))
    );
    let listed: Value = serde_json::from_str(world.admin().get("/api/db/v0/data_files/").body()).unwrap();
    assert_eq!(listed["results"][0], file);
    let preview = world.admin().call("imports.preview", json!({ "data_file_id": file["id"] }));
    assert_eq!(preview["rows"], 3);

    let empty = world.admin().post("/api/db/v0/data_files/", FORM, b"--x--\r\n");
    assert_eq!(empty.status(), 400);
    let foreign = "--x\r\nContent-Disposition: form-data; name=\"sheet\"\r\n\r\n1\r\n--x--\r\n";
    let foreign = world.admin().post("/api/db/v0/data_files/", FORM, foreign.as_bytes());
    assert!(foreign.body().contains("sheet"), "{}", foreign.body());
}

#[test]
fn rows_are_inserted_by_one_form_as_in_the_original() {
    let world = World::new();
    world.database.execute("create table fruit (id int primary key, name text, price numeric)");
    let (id, oid) = (world.id.to_string(), world.oid("fruit").to_string());
    let mappings = json!([
        {"csv_column": {"index": 0, "name": "n"}, "table_column": 1},
        {"csv_column": {"index": 1, "name": "p"}, "table_column": null},
        {"csv_column": {"index": 2, "name": "cost"}, "table_column": 3},
    ])
    .to_string();
    let send =
        |fields: &[(&str, &str)], file: &str| world.admin().post("/bulk_insert/", FORM, form(fields, file).as_bytes());
    let whole = [("database_id", &*id), ("target_table_oid", &oid), ("mappings", &mappings), ("header", "true")];
    let sent = send(&whole, "n,p,cost\n1,x,1.50\n2,y,\n");
    assert_eq!((sent.status().as_u16(), sent.body().as_str()), (200, r#"{"inserted_rows":2}"#));
    let rows = world.database.scalar("select string_agg(f::text, ' ' order by id) from fruit as f");
    assert_eq!(rows.as_deref(), Some("(1,,1.50) (2,,)"));
    let twice = send(&whole, "n,p,cost\n3,x,1\n2,y,\n");
    assert!(twice.status() == 409 && twice.body().contains("Line 3"), "{} {}", twice.status(), twice.body());
    let dear = send(&whole, "n,p,cost\n4,x,dear\n");
    assert!(dear.body().contains("Line 2, column \\\"price\\\""), "{}", dear.body());
    assert_eq!(world.database.scalar("select count(*) from fruit").as_deref(), Some("2"));
    for (left_out, words) in [(0, "`database_id`"), (1, "`target_table_oid`"), (2, "`mappings`")] {
        let mut fields = whole.to_vec();
        fields.remove(left_out);
        let refused = send(&fields, "n\n1\n");
        assert!(refused.status() == 400 && refused.body().contains(words), "{}", refused.body());
    }
    for (name, value, words) in
        [("mappings", "{}", "mappings: "), ("database_id", "one", "database_id: "), ("sheet", "1", "there is no field")]
    {
        let refused = send(&[("database_id", &id), ("target_table_oid", &oid), (name, value)], "n\n1\n");
        assert!(refused.status() == 400 && refused.body().contains(words), "{}", refused.body());
    }
    let listed = world.admin().get("/api/db/v0/data_files/");
    assert_eq!(listed.body(), r#"{"count":0,"results":[]}"#);
}

#[test]
fn a_client_of_the_original_imports_in_two_steps() {
    let world = World::new();
    let sent = world.admin().post(
        "/api/db/v0/data_files/",
        FORM,
        form(&[("escapechar", "")], "name,born\nann,1990\n").as_bytes(),
    );
    assert_eq!(sent.status(), 201, "{}", sent.body());
    let file: Value = serde_json::from_str(sent.body()).unwrap();
    let schema = world.database.scalar("select 'public'::regnamespace::oid").unwrap().parse::<u32>().unwrap();
    let table =
        json!({ "database_id": world.id, "schema_oid": schema, "data_file_id": file["id"], "table_name": "people" });
    let made = world.admin().call("tables.import", table);
    assert_eq!((&made["name"], &made["renamed_columns"]), (&json!("people"), &json!({})));
    let place = json!({ "database_id": world.id, "table_oid": made["oid"] });
    let suggested = world.admin().call("data_modeling.suggest_types", place);
    let text = json!({ "type": "text" });
    assert_eq!(suggested, json!({ "1": { "type": "integer" }, "2": text, "3": { "type": "integer" } }));
    let columns = json!([{ "id": 2 }, { "id": 3, "type": "integer" }]);
    let shown = json!({ "database_id": world.id, "table_oid": made["oid"], "columns": columns });
    assert_eq!(world.admin().call("tables.get_import_preview", shown), json!([{ "name": "ann", "born": 1990 }]));
    let none = world.admin().get("/api/db/v0/data_files/first/");
    assert!(none.status() == 400 && none.body().starts_with(r#"{"code":-32602,"#), "{}", none.body());
    let escaped = world.admin().post("/api/db/v0/data_files/", FORM, form(&[("escapechar", "\\")], "a\n").as_bytes());
    assert!(escaped.status() == 400 && escaped.body().contains("doubled"), "{}", escaped.body());
}

#[test]
fn a_pasted_text_becomes_a_table() {
    let world = World::new();
    let paste = json!({ "paste": "name\tage\nann\t4\nbob\t5\n" }).to_string();
    let sent = world.admin().post("/api/db/v0/data_files/", "application/json", paste.as_bytes());
    let file: Value = serde_json::from_str(sent.body()).unwrap();
    let preview = world.admin().call("imports.preview", json!({ "data_file_id": file["id"] }));
    let columns: Vec<Value> = preview["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| json!({ "index": column["index"], "name": column["name"], "type": column["type"] }))
        .collect();
    let schema: u32 = world.database.scalar("select 'public'::regnamespace::oid").unwrap().parse().unwrap();
    let load = json!({
        "database_id": world.id, "schema_oid": schema, "data_file_id": file["id"], "table_name": "people",
        "dialect": preview["dialect"], "columns": columns,
    });
    let job = world.admin().call("imports.load", load);
    let begun = Instant::now();
    let done = loop {
        let job = world.admin().call("jobs.get", json!({ "job_id": job["id"] }));
        if !matches!(job["state"].as_str(), Some("queued" | "running")) {
            break job;
        }
        assert!(begun.elapsed() < PATIENCE, "the job does not end: {job}");
        std::thread::yield_now();
    };
    assert_eq!((&done["state"], &done["result"]["rows"]), (&json!("done"), &json!(2)), "{done}");
    assert_eq!(world.database.scalar("select sum(age) from people").as_deref(), Some("9"));
}

#[test]
fn a_read_is_cancelled_in_postgresql_when_its_client_goes_away() {
    let world = World::new();
    world.database.execute("create view slow as select 1 as id, pg_sleep(600)::text as nap");
    let body = json!({ "database_id": world.id, "table_oid": world.oid("slow"), "count": "none" }).to_string();
    let credentials = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{}:{}", ADMIN.0, ADMIN.1));
    let head = format!(
        "POST /api/rpc/v0/records.list HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut client = TcpStream::connect(world.server.address()).unwrap();
    client.write_all(head.as_bytes()).unwrap();
    let sleeping = || {
        let question =
            "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()";
        world.database.scalar(question).unwrap() == "1"
    };
    wait_until(sleeping);
    drop(client);
    wait_until(|| !sleeping());
}

fn wait_until(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "it does not happen");
        std::thread::yield_now();
    }
}

#[test]
fn an_edit_asks_one_question_of_our_own_data() {
    let cluster = Cluster::shared();
    let (internal, database) = (cluster.database(), cluster.database());
    let keeper = internal.role("keeper", "login");
    let name = internal.name();
    internal.execute(&format!(
        "grant create on database {name} to {keeper}; alter role {keeper} set log_statement = 'all'"
    ));
    database.execute("create table fruit (id int primary key, name text); insert into fruit values (1, 'apple')");
    let variables = [
        ("DATABASE_URL", &*internal.url_as(&keeper)),
        ("SECRET_KEY", "a key for the tests, long enough to pass"),
        ("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1),
    ];
    let server = Server::start(&["--allow-unix-sockets"], &variables);
    let page = server.signed_in(ADMIN.0, ADMIN.1).on_own_page();
    let connected = page.call("databases.setup.connect_existing", json!({ "url": database.url() }));
    let table: u32 = database.scalar("select 'fruit'::regclass::oid").unwrap().parse().unwrap();
    let edit = json!({
        "database_id": connected["database"]["id"], "table_oid": table, "record_id": 1, "record_def": { "2": "pear" },
    });
    // The server looks for jobs at any time, so that the cheapest of a few tries counts.
    let tries = (0..5).map(|_| {
        let start = cluster.log().len();
        page.call("records.patch", edit.clone());
        cluster.statements(&keeper, start)
    });
    let fewest = tries.min_by_key(Vec::len).unwrap();
    assert!(fewest.len() == 1 && fewest[0].starts_with("SELECT"), "{fewest:#?}");
}
