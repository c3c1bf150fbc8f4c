//! A Kubernetes without nodes: the real API server, on etcd, and the real controllers. What a release describes is checked and kept,
//! its pods are made, and wait for ever for somewhere to run; [`crate::kubelet`] runs them.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs::{self, File},
    os::unix::fs::symlink,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use mathesar_testkit::Certificates;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    chart::{Helm, named},
    process::free_address,
    run,
};

/// How long the control plane may take for a step on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);
/// What says who the administrator is.
const TOKEN: &str = "administrator";

/// The objects of a namespace by kind and name, such as `Secret/mathesar`.
pub type Objects = BTreeMap<String, Value>;

/// A running control plane; it ends with this guard.
pub struct ControlPlane {
    folder: TempDir,
    processes: RefCell<Vec<Child>>,
}

impl ControlPlane {
    /// Starts one and waits until it does its work.
    ///
    /// # Panics
    /// When it does not.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("mathesar-kubernetes-").tempdir_in("/var/tmp").unwrap();
        let plane = Self { folder, processes: RefCell::default() };
        let (store, peers, api) = (free_address(), free_address(), free_address());
        plane.start_etcd(&store, &peers);
        plane.start_api_server(&store, &api);
        plane.start_controllers();
        // Controllers have begun once they have given an account to the first namespace.
        plane.wait_for("default", "the account of pods", |_| {
            plane.kubectl().args(["get", "serviceaccount", "default"]).output().unwrap().status.success()
        });
        plane
    }

    fn start_etcd(&self, store: &str, peers: &str) {
        let (store, peers) = (format!("http://{store}"), format!("http://{peers}"));
        let data = self.path("etcd");
        self.spawn(
            "etcd",
            &[
                ("data-dir", &data),
                ("listen-client-urls", &store),
                ("advertise-client-urls", &store),
                ("listen-peer-urls", &peers),
                ("initial-advertise-peer-urls", &peers),
                ("initial-cluster", &format!("default={peers}")),
            ],
        );
    }

    fn start_api_server(&self, store: &str, api: &str) {
        let (host, port) = api.split_once(':').unwrap();
        let certificates = Certificates::for_names(&[host]);
        let write = |name: &str, text: &str| {
            fs::write(self.path(name), text).unwrap();
            self.path(name)
        };
        let certificate = write("server.crt", &certificates.server_pem);
        // The accounts of pods are signed with the same key.
        let key = write("server.key", &certificates.server_key_pem);
        let tokens = write("tokens.csv", &format!("{TOKEN},admin,admin,system:masters\n"));
        let authority = write("authority.crt", &certificates.authority_pem);
        let config = json!({ "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{ "name": "c",
                "cluster": { "server": format!("https://{api}"), "certificate-authority": authority } }],
            "users": [{ "name": "u", "user": { "token": TOKEN } }],
            "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }] });
        write("config", &config.to_string());
        self.spawn(
            "kube-apiserver",
            &[
                ("etcd-servers", &format!("http://{store}")),
                ("bind-address", host),
                ("secure-port", port),
                // Nothing reaches the server through the cluster itself.
                ("advertise-address", "10.0.0.1"),
                ("endpoint-reconciler-type", "none"),
                ("service-cluster-ip-range", "10.96.0.0/16"),
                ("tls-cert-file", &certificate),
                ("tls-private-key-file", &key),
                ("token-auth-file", &tokens),
                ("authorization-mode", "RBAC"),
                ("service-account-issuer", "https://kubernetes.default.svc"),
                ("service-account-signing-key-file", &key),
                ("service-account-key-file", &certificate),
            ],
        );
        self.wait_until("the API server is ready", || {
            self.kubectl().args(["get", "--raw", "/readyz"]).output().unwrap().status.success()
        });
    }

    fn start_controllers(&self) {
        let (config, key, authority) = (self.path("config"), self.path("server.key"), self.path("authority.crt"));
        self.spawn(
            "kube-controller-manager",
            &[
                ("kubeconfig", &config),
                ("service-account-private-key-file", &key),
                ("root-ca-file", &authority),
                ("leader-elect", "false"),
                ("port", "0"),
                ("secure-port", "0"),
            ],
        );
    }

    /// Starts one of its programs with these options; what it says goes to a file.
    fn spawn(&self, program: &str, options: &[(&str, &str)]) {
        let log = File::create(self.path(&format!("{program}.log"))).unwrap();
        let mut command = Command::new(named("MATHESAR_TEST_CONTROL_PLANE").join(program));
        command.args(options.iter().map(|(name, value)| format!("--{name}={value}")));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.processes.borrow_mut().push(command.spawn().unwrap());
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn kubectl(&self) -> Command {
        let mut kubectl = Command::new(named("MATHESAR_TEST_KUBECTL"));
        kubectl.env("HOME", self.folder.path()).env("KUBECONFIG", self.path("config"));
        kubectl
    }

    /// Somebody who administers the cluster with this helm.
    ///
    /// # Panics
    /// When their home cannot be made.
    pub fn operator(&self, helm: &Helm) -> Operator {
        let home = tempfile::tempdir().unwrap();
        for folder in ["bin", ".kube"] {
            fs::create_dir(home.path().join(folder)).unwrap();
        }
        fs::copy(self.path("config"), home.path().join(".kube/config")).unwrap();
        symlink(&helm.program, home.path().join("bin/helm")).unwrap();
        symlink(named("MATHESAR_TEST_KUBECTL"), home.path().join("bin/kubectl")).unwrap();
        Operator { home }
    }

    /// Everything that a namespace holds, but for what every namespace holds.
    ///
    /// # Panics
    /// When the server does not say.
    pub fn objects(&self, namespace: &str) -> Objects {
        let kinds = run(self.kubectl().args(["api-resources", "--namespaced", "--verbs=list", "--output=name"]));
        let kinds: Vec<&str> = kinds.lines().filter(|kind| !kind.starts_with("events")).collect();
        let get = ["get", &kinds.join(","), "--namespace", namespace, "--output=json"];
        let listed: Value = serde_json::from_str(&run(self.kubectl().args(get))).unwrap();
        let objects = listed["items"].as_array().unwrap().iter().filter(|object| !is_of_every_namespace(object));
        objects.map(|object| (name_of(object), object.clone())).collect()
    }

    /// The objects of a namespace, once they are as they have to be.
    ///
    /// # Panics
    /// When they do not become so.
    pub fn wait_for(&self, namespace: &str, what: &str, fits: impl Fn(&Objects) -> bool) -> Objects {
        let mut objects = Objects::new();
        self.wait_until(what, || {
            objects = self.objects(namespace);
            fits(&objects)
        });
        objects
    }

    fn wait_until(&self, what: &str, mut fits: impl FnMut() -> bool) {
        let start = Instant::now();
        while !fits() {
            let ended = self.processes.borrow_mut().iter_mut().any(|process| process.try_wait().unwrap().is_some());
            assert!(!ended && start.elapsed() < PATIENCE, "{what}: it did not come to that");
            thread::sleep(Duration::from_millis(500));
        }
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        for process in self.processes.get_mut().iter_mut().rev() {
            let _ = process.kill();
            let _ = process.wait();
        }
        if thread::panicking() {
            for log in ["etcd", "kube-apiserver", "kube-controller-manager"] {
                let text = fs::read_to_string(self.path(&format!("{log}.log"))).unwrap_or_default();
                let last: Vec<&str> = text.lines().rev().take(20).collect();
                println!("── {log} ──\n{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"));
            }
        }
    }
}

fn name_of(object: &Value) -> String {
    format!("{}/{}", object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap())
}

fn is_of_every_namespace(object: &Value) -> bool {
    ["ServiceAccount/default", "ConfigMap/kube-root-ca.crt"].contains(&name_of(object).as_str())
        || object["type"] == "kubernetes.io/service-account-token"
}

/// Somebody at a shell whose `helm` and `kubectl` know the cluster.
pub struct Operator {
    home: TempDir,
}

impl Operator {
    /// Runs these commands, which must succeed, and gives what they print.
    ///
    /// # Panics
    /// When they fail.
    pub fn run(&self, commands: &str) -> String {
        run(&mut self.shell(commands))
    }

    /// Runs these commands, which must fail, and gives what they say about it.
    ///
    /// # Panics
    /// When they succeed.
    pub fn refused(&self, commands: &str) -> String {
        let output = self.shell(commands).output().unwrap();
        assert!(!output.status.success(), "{commands} was not refused");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Writes a file into their home, where the commands run.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.home.path().join(name), text).unwrap();
    }

    /// Their home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    fn shell(&self, commands: &str) -> Command {
        let home = self.home.path();
        let mut shell = Command::new("sh");
        shell.args(["-ec", commands]).current_dir(home).env_clear().env("HOME", home);
        shell.env("PATH", format!("{}:/usr/bin:/bin", home.join("bin").display()));
        shell
    }
}
