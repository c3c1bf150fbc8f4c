//! The image as the rendered chart runs it, pod by pod.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

use std::{thread, time::Duration};

use mathesar_packaging::{
    chart::{Helm, objects, only},
    kubelet::Node,
    network::SharedNetwork,
    podman::Podman,
};
use mathesar_testkit::{Certificates, Cluster};
use serde_json::{Value, json};

/// The objects of a release with these values, and the specification of its pods.
fn rendered(values: &Value) -> (Vec<Value>, Value) {
    let objects = objects(&Helm::of(4).template(values).unwrap(), &["1.37.0"]);
    let workload =
        objects.iter().find(|object| ["StatefulSet", "Deployment"].contains(&object["kind"].as_str().unwrap()));
    let spec = workload.unwrap()["spec"]["template"]["spec"].clone();
    (objects, spec)
}

#[test]
fn a_release_with_nothing_configured_lives_and_outlives_its_pod() {
    let podman = Podman::new();
    let (objects, spec) = rendered(&json!({}));
    let node = Node::with(&objects);
    let first = node.start(&podman, &spec, &[]);
    let edit = first.inside(|newcomer| {
        // What the notes say, and not what the log says.
        let link = first.exec(&["mathesar", "setup-link"]);
        newcomer.set_up(link.trim());
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let path = spec["containers"][0][probe]["httpGet"]["path"].as_str().unwrap();
            assert_eq!(newcomer.status_as("10.1.2.3:8000", path), Some(200), "{probe}");
        }
        newcomer.make_and_edit()
    });
    first.stop();
    let second = node.start(&podman, &spec, &[]);
    second.inside(|newcomer| newcomer.finds(&edit));
    second.stop();
}

#[test]
fn below_a_path_with_metrics_and_settings_it_is_where_the_chart_says() {
    let podman = Podman::new();
    let (objects, spec) = rendered(&json!({
        "basePath": "/tables",
        "ingress": { "enabled": true, "host": "example.org", "tls": true },
        "metrics": { "enabled": true },
        "settings": { "log_level": "debug", "threads": 1, "trusted_proxies": ["10.0.0.0/8"], "managed_postgres": true },
    }));
    let node = Node::with(&objects);
    let running = node.start(&podman, &spec, &[]);
    running.inside(|newcomer| {
        assert_eq!(newcomer.status_as("example.org", "/tables/"), Some(200));
        assert_eq!(newcomer.status_as("localhost", "/readyz"), Some(200));
    });
    assert!(running.link().starts_with("https://example.org/tables/setup#token="), "{}", running.link());
    let settings = running.exec(&["mathesar", "config", "show"]);
    // The port of the metrics is another one, and they are for who has the token.
    running.exec(&[
        "bash",
        "-c",
        "exec 3<>/dev/tcp/127.0.0.1/9100; echo -e 'GET /metrics HTTP/1.0\\r\\n\\r' >&3; grep -q 401 <&3",
    ]);
    for name in spec["containers"][0]["env"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()) {
        assert!(settings.contains(&format!("environment variable {name}\n")), "{name} is no setting:\n{settings}");
    }
    running.stop();
}

#[test]
fn with_a_cluster_of_cloudnativepg_its_server_is_verified_and_no_postgresql_runs_inside() {
    let podman = Podman::new();
    let host = "pg-rw.office";
    let network = SharedNetwork::new(&podman, host);
    let postgres = network.postgres(host);
    let (objects, spec) = rendered(&json!({ "database": { "cloudNativePG": { "cluster": "pg" } } }));
    let mut node = Node::with(&objects);
    node.add_secret("pg-app", &[("uri", &postgres.database("app"))]);
    node.add_secret("pg-ca", &[("ca.crt", &postgres.certificates.authority_pem)]);
    let running = node.start(&podman, &spec, &network.options());
    running.inside(|newcomer| newcomer.set_up(&running.link()));
    assert!(!running.processes().contains("postgres -D"), "{}", running.processes());
    assert!(!running.logs().contains("somebody between could read it"), "{}", running.logs());
    running.stop();

    // A server that another authority vouches for is not believed.
    let stranger = Certificates::for_names(&[host]);
    node.add_secret("pg-ca", &[("ca.crt", &stranger.authority_pem)]);
    let refused = node.start(&podman, &spec, &network.options());
    assert_ne!(refused.exit_code(), 0);
    assert!(refused.logs().contains("certificate"), "{}", refused.logs());
}

#[test]
fn the_test_of_the_release_passes_beside_the_server_and_fails_without() {
    let podman = Podman::new();
    let (objects, spec) = rendered(&json!({ "fullnameOverride": "tables", "service": { "port": 8000 } }));
    let node = Node::with(&objects);
    let network = SharedNetwork::new(&podman, "tables");
    let test = || {
        let pod = node.start(&podman, &only(&objects, "Pod")["spec"], &network.options());
        (pod.exit_code(), pod.logs())
    };
    assert_ne!(test().0, 0);
    let server = node.start(&podman, &spec, &network.options());
    server.inside(|newcomer| assert_eq!(newcomer.status_as("localhost", "/readyz"), Some(200)));
    let (code, said) = test();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("/readyz gave 200"), "{said}");
    server.stop();
}

/// A file that one pod receives is looked at and loaded by the other.
#[test]
fn two_pods_on_one_volume_share_accounts_and_uploads() {
    let podman = Podman::new();
    let elsewhere = Cluster::start();
    let (internal, theirs) = (elsewhere.database(), elsewhere.database());
    let (objects, spec) = rendered(&json!({
        "replicaCount": 2,
        "database": { "url": internal.url() },
        "persistence": { "accessModes": ["ReadWriteMany"] },
        "settings": { "allow_unix_sockets": true },
    }));
    let node = Node::with(&objects);
    let socket = elsewhere.socket_directory().display();
    let start = || node.start(&podman, &spec, &[format!("--volume={socket}:{socket}")]);
    let (first, second) = (start(), start());

    let (database, file) = first.inside(|newcomer| {
        newcomer.set_up(first.exec(&["mathesar", "setup-link"]).trim());
        let connected = newcomer.call("databases.setup.connect_existing", &json!({ "url": theirs.url() }));
        (connected["database"]["id"].as_i64(), newcomer.upload("people.csv", "name,age\nann,4\nbob,5\n"))
    });
    second.inside(|newcomer| {
        let preview = newcomer.call("imports.preview", &json!({ "data_file_id": file }));
        let columns = preview["columns"].as_array().unwrap().iter();
        let columns: Vec<Value> = columns
            .map(|column| json!({ "index": column["index"], "name": column["name"], "type": column["type"] }))
            .collect();
        let schema = newcomer.oid("schemas.list", json!({ "database_id": database }), "public");
        let load = json!({ "database_id": database, "schema_oid": schema, "data_file_id": file, "columns": columns,
            "table_name": "people", "dialect": preview["dialect"] });
        let mut job = newcomer.call("imports.load", &load);
        while ["queued", "running"].contains(&job["state"].as_str().unwrap()) {
            thread::sleep(Duration::from_millis(200));
            job = newcomer.call("jobs.get", &json!({ "job_id": job["id"] }));
        }
        assert_eq!((&job["state"], &job["result"]["rows"]), (&json!("done"), &json!(2)), "{job}");
    });
    assert_eq!(theirs.scalar("select sum(age) from people").as_deref(), Some("9"));
    first.stop();
    second.stop();
}
