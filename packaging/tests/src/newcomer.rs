//! Somebody who has just installed the program and uses it in their browser.

use std::{
    fs::File,
    os::fd::AsFd as _,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use nix::sched::{CloneFlags, setns};
use serde_json::{Value, json};

/// How long a start on a busy machine may take, a new cluster included, also where QEMU is the processor.
const PATIENCE: Duration = Duration::from_secs(600);
const NAME: &str = "newcomer";
const PASSWORD: &str = "seven small steps to a table";

/// A person at a browser, who makes the first account and then works with it.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Scheme, host and port.
    pub origin: String,
    agent: ureq::Agent,
}

/// A cell that was edited, by which the person recognises their data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    database: i64,
    record: Value,
    text: String,
}

/// The table of books in the sample. Its numbers are other ones after a restore, so they are looked up each time.
struct Books {
    table: i64,
    id: String,
    title: String,
}

impl Newcomer {
    /// Goes to `origin`, such as `http://127.0.0.1:8000`, and waits until it answers.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn at(origin: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        let newcomer = Self { origin: origin.to_owned(), agent: config.build().into() };
        let start = Instant::now();
        while newcomer.status("/healthz") != Some(200) {
            assert!(start.elapsed() < PATIENCE, "{origin} does not answer");
            thread::sleep(Duration::from_millis(100));
        }
        newcomer
    }

    /// Opens the link that the program printed and makes the first account.
    ///
    /// # Panics
    /// When the page or the account is refused.
    pub fn set_up(&self, link: &str) {
        let (page, token) = link.split_once("#token=").unwrap_or_else(|| panic!("{link} is no setup link"));
        assert_eq!(self.agent.get(page).call().unwrap().status(), 200, "{page}");
        let answer =
            self.post("setup.complete", &json!({ "token": token, "username": NAME, "password": PASSWORD }), false);
        assert_eq!(answer["error"], Value::Null, "{answer}");
    }

    /// Makes a database with a sample, edits a cell of it, and gives what to look for later.
    ///
    /// # Panics
    /// When something is refused.
    pub fn make_and_edit(&self) -> Edit {
        let database = json!({ "database": "first steps", "sample_data": ["library_management"] });
        let made = self.call("databases.setup.create_new", &database);
        self.edit_a_book(made["database"]["id"].as_i64().unwrap())
    }

    /// Connects a database by its address, makes a sample in it, edits a cell of it, and gives what to look for later.
    ///
    /// # Panics
    /// When something is refused.
    pub fn connect_and_edit(&self, url: &str) -> Edit {
        let database = json!({ "url": url, "sample_data": ["library_management"] });
        let connected = self.call("databases.setup.connect_existing", &database);
        self.edit_a_book(connected["database"]["id"].as_i64().unwrap())
    }

    /// Edits the title of the first book of the sample.
    fn edit_a_book(&self, database: i64) -> Edit {
        let Books { table, id, title } = self.books(database);
        let rows = self.call("records.list", &json!({ "database_id": database, "table_oid": table, "limit": 1 }));
        let edit = Edit {
            database, record: rows["results"][0][id].clone(), text: "Zażółć gęślą jaźń 🚲".to_owned()
        };
        let change = json!({
            "database_id": database, "table_oid": table, "record_id": edit.record,
            "record_def": { title: edit.text },
        });
        self.call("records.patch", &change);
        self.finds(&edit);
        edit
    }

    /// Looks whether the edit is there.
    ///
    /// # Panics
    /// When it is not.
    pub fn finds(&self, edit: &Edit) {
        let Books { table, title, .. } = self.books(edit.database);
        let place = json!({ "database_id": edit.database, "table_oid": table, "record_id": edit.record });
        let record = self.call("records.get", &place);
        assert_eq!(record["results"][0][title], edit.text.as_str(), "{record}");
    }

    fn books(&self, database: i64) -> Books {
        let schema = self.oid("schemas.list", json!({ "database_id": database }), "Library Management");
        let table = self.oid("tables.list", json!({ "database_id": database, "schema_oid": schema }), "Books");
        let columns = self.call("columns.list", &json!({ "database_id": database, "table_oid": table }));
        let named = |name: &str| {
            let column = columns.as_array().unwrap().iter().find(|column| column["name"] == name);
            column.unwrap_or_else(|| panic!("no column {name} in {columns}"))["id"].to_string()
        };
        Books { table, id: named("id"), title: named("Title") }
    }

    /// Uploads a file as the first account, and gives its number.
    ///
    /// # Panics
    /// When it is refused.
    pub fn upload(&self, name: &str, content: &str) -> i64 {
        let form = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n--x--\r\n"
        );
        let request = self.agent.post(format!("{}/api/db/v0/data_files/", self.origin));
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        let mut answer = request.header("authorization", credentials()).send(form).unwrap();
        let answer = answer.body_mut().read_to_string().unwrap();
        let file: Value = serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{name} gave {answer}"));
        file["id"].as_i64().unwrap_or_else(|| panic!("{name} gave {answer}"))
    }

    /// Calls a method as the first account.
    ///
    /// # Panics
    /// When it is refused.
    pub fn call(&self, method: &str, params: &Value) -> Value {
        let answer = self.post(method, params, true);
        assert_eq!(answer["error"], Value::Null, "{method} {params} gave {answer}");
        answer["result"].clone()
    }

    /// Calls a method as the first account, and gives the error with which it is refused.
    ///
    /// # Panics
    /// When it is not refused.
    pub fn refused(&self, method: &str, params: &Value) -> Value {
        let answer = self.post(method, params, true);
        assert_ne!(answer["error"], Value::Null, "{method} {params} gave {answer}");
        answer["error"].clone()
    }

    /// The number of what is called `name` in a list.
    ///
    /// # Panics
    /// When there is nothing of that name.
    pub fn oid(&self, method: &str, params: Value, name: &str) -> i64 {
        let all = self.call(method, &params);
        let found = all.as_array().unwrap().iter().find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("{method} has no {name}: {all}"))["oid"].as_i64().unwrap()
    }

    fn post(&self, method: &str, params: &Value, as_account: bool) -> Value {
        let mut request =
            self.agent.post(format!("{}/api/rpc/v0/", self.origin)).header("content-type", "application/json");
        if as_account {
            request = request.header("authorization", credentials());
        }
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = request.send(body.to_string()).unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{method} gave {answer}"))
    }

    /// The status of the answer to a request for `path`, as somebody sends it who knows the program as `host`, such as `example.org`;
    /// `None` when there is no answer.
    pub fn status_as(&self, host: &str, path: &str) -> Option<u16> {
        let request = self.agent.get(format!("{}{path}", self.origin)).header("host", host);
        request.call().ok().map(|answer| answer.status().as_u16())
    }

    fn status(&self, path: &str) -> Option<u16> {
        Some(self.agent.get(format!("{}{path}", self.origin)).call().ok()?.status().as_u16())
    }
}

/// The first account's, as HTTP Basic has them.
fn credentials() -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{NAME}:{PASSWORD}")))
}

/// Does `work` inside the network of the process `pid`, as a container has one of its own.
///
/// # Panics
/// When there is no such process, or we are not root.
pub fn in_network_of<T: Send>(pid: u32, work: impl FnOnce() -> T + Send) -> T {
    let network = File::open(format!("/proc/{pid}/ns/net")).unwrap();
    // A namespace belongs to a thread, which ends with the work.
    let inside = move || {
        setns(network.as_fd(), CloneFlags::CLONE_NEWNET).unwrap();
        work()
    };
    thread::scope(|scope| scope.spawn(inside).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}
