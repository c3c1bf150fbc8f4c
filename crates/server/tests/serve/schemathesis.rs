//! schemathesis calls everything that the OpenAPI document describes with whatever the document allows and some of what it does not,
//! and none of it may be answered by a fault of ours.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mathesar_testkit::{Cluster, TORTURE, TestDatabase};
use serde_json::{Value, json};

use crate::server::{ADMIN, Browser, Server, cookies};

const FIRST: &str = "first of all passwords";
const SECOND: &str = "second of all passwords";

/// What takes away from the others what they work with, or from the caller the right to go on: called when all else has been.
const ENDING: &str = concat!(
    r"\.delete$|^session\.(sign_out|revoke)$|^pages\.sign_out\.send$|^users\.(password\.replace_own|tokens\.revoke)$",
    r"|^(databases|servers)\.configured\.(patch|disconnect)$|^databases\.setup\.c|^roles\.configured\.set_password$",
    r"|^forms\.(regenerate_token|set_publish_public)$|^data_modeling\.move_columns$",
);
/// What listens at an address of its own, which this server does not open.
const ELSEWHERE: &str = "metrics";
/// Tables of each kind: enough for every way through the code, few enough for calls to meet each other's changes.
const TABLES: &[&str] = &[
    "torture.every_type",
    "torture.key_composite",
    "torture.key_none",
    "torture.book",
    "\"Cross.Schema\".person",
    "torture.letter",
    "torture.measured",
    "torture.town",
    "torture.policed",
    "torture.filled",
    "torture.refused",
    "torture.view_updatable",
    "torture.view_grouped",
    "torture.view_materialized",
];

/// A server with somebody of each kind and something of everything that can be named.
struct World {
    server: Server,
    /// By the names of parameters, which numbers and words mean something.
    known: BTreeMap<&'static str, Value>,
}

/// Who calls: headers that say so.
struct Caller {
    name: &'static str,
    headers: Vec<String>,
}

impl World {
    fn new(database: &TestDatabase<'_>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut flags = vec!["--allow-unix-sockets", "--managed-postgres", "on"];
        let programs = mathesar_testkit::programs();
        if let Some(executable) = variable("MATHESAR_TEST_EXECUTABLE") {
            fs::copy(executable, home.path().join("mathesar")).unwrap();
        } else {
            flags.extend(["--managed-postgres-bin-dir", programs.to_str().unwrap()]);
        }
        let variables = [("MATHESAR_SUPERUSER_USERNAME", ADMIN.0), ("MATHESAR_SUPERUSER_PASSWORD", ADMIN.1)];
        let server = Server::start_in(home, &flags, &variables);
        let known = fill(&server.script(ADMIN.0, ADMIN.1), &server, database);
        Self { server, known }
    }

    /// Somebody with a session, as a page of ours sends it.
    fn signed_in(&self, name: &'static str, password: &str) -> Caller {
        let sent = json!({ "username": name, "password": password }).to_string();
        let answer = self.server.visitor().post("/api/rpc/v0/session.sign_in", "application/json", sent.as_bytes());
        let headers =
            vec![format!("Cookie: {}", cookies(&answer).join("; ")), format!("Origin: {}", self.server.origin())];
        Caller { name, headers }
    }

    /// A program with a token, which signing out does not take away.
    fn with_token(&self) -> Caller {
        let token = self.server.script(ADMIN.0, ADMIN.1).call("users.tokens.add", json!({ "name": "schemathesis" }));
        let header = format!("Authorization: Bearer {}", token["token"].as_str().unwrap());
        Caller { name: "a superuser's token", headers: vec![header] }
    }

    /// Lets schemathesis call what `selection` leaves in, and gives how many operations were called and how many succeeded.
    fn run(&self, caller: &Caller, selection: &[&str]) -> (usize, usize) {
        let tally = self.server.home().join("tally.json");
        let world = json!({ "known": self.known, "tally": tally });
        let mut command = schemathesis();
        command.arg("run").arg(format!("{}/api/openapi.json", self.server.origin()));
        for header in &caller.headers {
            command.args(["--header", header]);
        }
        command.args(["--exclude-operation-id", ELSEWHERE]).args(selection).args(OPTIONS);
        let status = command.env("MATHESAR_TEST_WORLD", world.to_string()).current_dir(self.server.home()).status();
        assert!(status.unwrap().success(), "schemathesis found something, as {}", caller.name);
        let log = self.server.log();
        let faults: Vec<_> = log.lines().filter(|line| line.contains("ERROR") || line.contains("panicked")).collect();
        assert!(faults.is_empty(), "the server has logged faults of its own: {faults:#?}");
        assert_eq!(self.server.visitor().get("/readyz").status(), 200);
        let tally: BTreeMap<String, BTreeMap<String, u32>> =
            serde_json::from_str(&fs::read_to_string(tally).unwrap()).unwrap();
        let succeeded = |statuses: &&BTreeMap<String, u32>| statuses.keys().any(|status| status.starts_with('2'));
        (tally.len(), tally.values().filter(succeeded).count())
    }
}

const OPTIONS: &[&str] = &[
    "--checks",
    "not_a_server_error,not_an_internal_error,status_code_conformance,content_type_conformance,response_schema_conformance",
    "--phases",
    "fuzzing",
    "--seed",
    "1",
    "--generation-database",
    "none",
    "--generation-with-security-parameters",
    "false",
    "--continue-on-failure",
    "--warnings",
    "off",
    "--no-color",
    "--max-redirects",
    "0",
];

/// The program, and what it is told by `hooks.py`.
fn schemathesis() -> Command {
    let packages = variable("MATHESAR_TEST_SCHEMATHESIS").expect("`cargo xtask test full` says where schemathesis is");
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemathesis");
    let mut command = Command::new("python3");
    command.args(["-m", "schemathesis.cli"]).env("SCHEMATHESIS_HOOKS", "hooks").env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("PYTHONPATH", std::env::join_paths([packages, hooks]).unwrap());
    command
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings to read the environment for them")]
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

/// Connects the database, makes users, a file, an exploration and a form, and gives everything that can be named.
fn fill(admin: &Browser<'_>, server: &Server, database: &TestDatabase<'_>) -> BTreeMap<&'static str, Value> {
    let connected = admin.call("databases.setup.connect_existing", json!({ "url": database.url() }));
    let (id, home) = (&connected["database"]["id"], &connected["server"]["id"]);
    let in_database = |more: Value| {
        let mut params = json!({ "database_id": id });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let reader = database.role("reader", "login");
    database.execute(&format!(
        "grant usage on schema torture to {reader}; grant select, insert on torture.book to {reader}"
    ));
    let role = admin.call("roles.configured.add", json!({ "server_id": home, "name": reader, "password": reader }));
    let mut users = Vec::new();
    for name in ["collaborator", "bystander"] {
        let def = json!({ "username": name, "password": FIRST });
        users.push(admin.call("users.add", json!({ "user_def": def }))["id"].clone());
        let change = json!({ "old_password": FIRST, "new_password": SECOND });
        server.script(name, FIRST).call("users.password.replace_own", change);
    }
    let place = in_database(json!({ "user_id": users[0], "configured_role_id": role["id"] }));
    let collaborator = admin.call("collaborators.add", place)["id"].clone();

    let oid = |sql: &str| json!(database.scalar(sql).unwrap().parse::<u32>().unwrap());
    let tables: Vec<Value> = TABLES.iter().map(|name| oid(&format!("select '{name}'::regclass::oid"))).collect();
    let schema = oid("select 'torture'::regnamespace::oid");
    let book = oid("select 'torture.book'::regclass::oid");
    let exploration = admin.call("explorations.add", in_database(json!({ "exploration_def": {
        "name": "Books", "schema_oid": schema, "base_table_oid": book, "initial_columns": [{ "alias": "a", "attnum": 2 }],
    } })));
    let field = json!({ "key": "k", "index": 0, "label": "Title", "kind": "scalar_column", "column_attnum": 2 });
    let form = admin.call(
        "forms.add",
        in_database(json!({ "form_def": {
        "name": "A book", "schema_oid": schema, "base_table_oid": book, "associated_role_id": role["id"],
        "publish_public": true, "version": 1, "fields": [field],
    } })),
    );
    let sent = admin.post("/api/db/v0/data_files/", "application/json", br#"{"paste":"a,b\n1,2\n"}"#);
    let file = serde_json::from_str::<Value>(sent.body()).unwrap()["id"].clone();

    let mut known = BTreeMap::new();
    let mut note = |names: &[&'static str], values: Value| {
        known.extend(names.iter().map(|name| (*name, values.clone())));
    };
    note(&["database_id"], json!([id]));
    note(&["server_id"], json!([home]));
    note(&["schema_oid", "schema_oids"], json!([schema, oid("select '\"Cross.Schema\"'::regnamespace::oid")]));
    let with_none: Vec<Value> = tables.iter().cloned().chain([json!(1)]).collect();
    note(&["table_oid", "target_table_oid"], json!(with_none));
    note(&["base_table_oid", "source_table_oid", "referent_table_oid", "referrer_table_oid"], json!(tables));
    note(&["fkey_relation_id", "related_table_oid"], json!(tables));
    let roles = json!([oid(&format!("select '{reader}'::regrole::oid")), 10]);
    note(&["role_oid", "role_oids", "members", "parent_role_oid", "new_owner_oid", "owner_oid"], roles);
    note(&["configured_role_id", "associated_role_id"], json!([role["id"], connected["configured_role"]["id"]]));
    note(&["enum_oid"], json!([oid("select 'torture.mood'::regtype::oid"), 1]));
    note(&["constraint_oid"], json!([oid("select min(oid) from pg_constraint where conrelid <> 0"), 1]));
    note(&["policy_oid"], json!([oid("select min(oid) from pg_policy"), 1]));
    note(&["user_id"], json!([users[0], users[1], 999]));
    note(&["collaborator_id"], json!([collaborator, 999]));
    note(&["exploration_id", "ExplorationDef.id"], json!([exploration["id"], 999]));
    note(&["form_id", "FormPatch.id"], json!([form["id"], 999]));
    note(&["form_token"], json!([form["token"], "none"]));
    note(&["field_key", "form_field_key"], json!(["k", "none"]));
    note(&["data_file_id", "id"], json!([file, 999]));
    note(&["job_id"], json!([1, 2, 3, 999]));
    note(&["session_id", "token_id"], json!([999]));
    // An address that does not exist, rather than one somewhere on the network.
    note(&["host"], json!(["localhost", "nowhere.invalid", "/nowhere", ""]));
    note(&["port"], json!([1, database.cluster().port()]));
    note(&["url"], json!([database.url(), "postgresql://nobody@localhost:1/x", "postgres://", "x"]));
    note(&["sample_data"], json!(["library_management", "none"]));
    note(&["ConfiguredAddParams.name", "ConfiguredAddParams.password"], json!([reader, "nobody"]));
    known
}

#[test]
#[ignore = "`cargo xtask test full` runs it: it takes minutes and needs schemathesis"]
fn whatever_is_sent_is_answered_without_a_fault_of_ours() {
    let database = Cluster::shared().database();
    database.execute(TORTURE);
    let world = World::new(&database);
    let visitor = Caller { name: "a visitor", headers: Vec::new() };
    let [superuser, collaborator] =
        [(ADMIN.0, ADMIN.1), ("collaborator", SECOND)].map(|(name, password)| world.signed_in(name, password));
    let program = world.with_token();
    let lasting = ["--exclude-operation-id-regex", ENDING];
    let ending = ["--include-operation-id-regex", ENDING];
    let (_, of_collaborator) = world.run(&collaborator, &[&lasting[..], &["--max-examples", "6"]].concat());
    let (called, succeeded) = world.run(&superuser, &[&lasting[..], &["--max-examples", "24"]].concat());
    world.run(&visitor, &["--max-examples", "4"]);
    let (_, ended) = world.run(&program, &[&ending[..], &["--max-examples", "12"]].concat());
    println!(
        "{called} operations, of which {succeeded} succeeded for a superuser; {of_collaborator} for a collaborator; {ended} at the end"
    );
    // What is refused at the door shows nothing.
    assert!(succeeded * 10 > called * 7 && of_collaborator * 10 > called * 4 && ended > 4, "too little was admitted");
}
