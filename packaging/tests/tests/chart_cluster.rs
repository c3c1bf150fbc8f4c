//! The chart in a real Kubernetes: installed as its page says, upgraded through many shapes, uninstalled; and what is left.
//!
//! Debian has the source of version 1.20, which knows neither `autoscaling/v2` nor `policy/v1`; the schemas of newer versions are what
//! `chart.rs` holds the objects of those against.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

use std::{fs, path::Path, process::Command};

use mathesar_packaging::{
    chart::{Helm, chart},
    guide::Guide,
    kubernetes::{ControlPlane, Objects, Operator},
    run,
    served::Served,
};
use serde_json::{Value, json};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const NEWER: &str = "99.0.0";
const POSTGRES: &str = "postgres://mathesar:secret@db.example.org/mathesar?sslmode=verify-full";
/// The namespace of the page.
const OF_PAGE: &str = "mathesar";
/// Another one, and the release in it.
const OFFICE: &str = "office";

#[test]
#[ignore = "`cargo xtask test kubernetes` runs it"]
fn with_helm_3_as_the_page_says() {
    as_the_page_says(&Helm::of(3));
}

#[test]
#[ignore = "`cargo xtask test kubernetes` runs it"]
fn with_helm_4_as_the_page_says() {
    as_the_page_says(&Helm::of(4));
}

#[test]
#[ignore = "`cargo xtask test kubernetes` runs it"]
fn with_helm_3_through_every_shape_and_back() {
    let plane = ControlPlane::start();
    through_every_shape(&plane, [&plane.operator(&Helm::of(3)); 2]);
}

#[test]
#[ignore = "`cargo xtask test kubernetes` runs it"]
fn with_helm_4_through_every_shape_and_back() {
    let plane = ControlPlane::start();
    through_every_shape(&plane, [&plane.operator(&Helm::of(4)); 2]);
}

/// Two people administer the release, with helm of their own.
#[test]
#[ignore = "`cargo xtask test kubernetes` runs it"]
fn with_helm_3_and_4_in_turns() {
    let plane = ControlPlane::start();
    through_every_shape(&plane, [&plane.operator(&Helm::of(3)), &plane.operator(&Helm::of(4))]);
}

#[test]
#[ignore = "`cargo xtask test kubernetes` runs it"]
fn a_kubernetes_that_is_too_old_is_refused() {
    let plane = ControlPlane::start();
    for major in [3, 4] {
        let said = plane.operator(&Helm::of(major)).refused(&format!("helm install tables {}", chart().display()));
        assert!(
            said.contains("requires kubeVersion: >=1.25.0-0 which is incompatible with Kubernetes v1.20.2"),
            "{said}"
        );
    }
    assert_eq!(plane.objects("default").keys().collect::<Vec<_>>(), ["Service/kubernetes"]);
}

#[test]
#[ignore = "`cargo xtask test kubernetes` runs it"]
fn a_trial_leaves_nothing_but_the_key() {
    let plane = ControlPlane::start();
    for major in [3, 4] {
        let office = Office { plane: &plane, operator: &plane.operator(&Helm::of(major)) };
        office.release(&json!({ "persistence": { "keep": false } }));
        office.wait_for("a pod", |objects| objects.contains_key("Pod/tables-mathesar-0"));
        office.operator.run(&format!("helm uninstall tables --namespace {OFFICE}"));
        office.wait_for("the key alone", |objects| objects.keys().eq(["Secret/tables-mathesar"]));
    }
}

/// Every block of the page but those that need a node, in their order, with a newer version in between.
fn as_the_page_says(helm: &Helm) {
    let plane = ControlPlane::start();
    let releases = tempfile::tempdir().unwrap();
    let served = Served::here(releases.path());
    let operator = plane.operator(helm);
    let guide = Guide::read("helm", &served.origin);
    let follow = |block: &str| operator.run(&guide.commands(block));
    publish(&operator, VERSION, releases.path(), &served.origin);

    follow("repository");
    let notes = follow("install");
    assert!(notes.contains("rollout status statefulset/mathesar"), "{notes}");
    let first = plane.wait_for(OF_PAGE, "a pod", |objects| objects.contains_key("Pod/mathesar-0"));
    for object in ["StatefulSet", "Service", "Secret", "PersistentVolumeClaim", "ServiceAccount"] {
        assert!(first.contains_key(&format!("{object}/mathesar")), "{object} in {:?}", first.keys());
    }
    let pod = &first["Pod/mathesar-0"];
    assert_eq!(pod["status"]["phase"], "Pending");
    assert_eq!(pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"], "mathesar");
    let key = follow("key");
    assert_eq!(key.len(), 48, "{key}");
    // There is no node for the test's pod, but the server would take it.
    operator.run(&format!("helm get hooks mathesar -n {OF_PAGE} | kubectl apply -n {OF_PAGE} --dry-run=server -f -"));

    // A newer version keeps what was said to the older one, and gets to the pod although that has never become ready.
    operator.run(&format!("helm upgrade mathesar mathesar/mathesar -n {OF_PAGE} --set settings.log_level=debug"));
    publish(&operator, NEWER, releases.path(), &served.origin);
    follow("update");
    let updated =
        plane.wait_for(OF_PAGE, "the newer pod", |objects| image(objects).is_some_and(|i| i.ends_with(NEWER)));
    assert_eq!(variable(&updated["Pod/mathesar-0"], "MATHESAR_LOG_LEVEL"), "debug");
    assert_eq!(follow("key"), key, "an update keeps the key");

    follow("uninstall");
    let kept = ["PersistentVolumeClaim/mathesar", "Secret/mathesar"];
    let left = plane.wait_for(OF_PAGE, "what the page says stays", |objects| objects.keys().eq(kept));
    follow("install");
    let again = plane.wait_for(OF_PAGE, "a pod again", |objects| objects.contains_key("Pod/mathesar-0"));
    for name in kept {
        assert_eq!(again[name]["metadata"]["uid"], left[name]["metadata"]["uid"], "{name} is another one");
    }
    assert_eq!(follow("key"), key, "the release finds its key again");

    follow("uninstall");
    follow("remove");
    plane.wait_for(OF_PAGE, "nothing at all", Objects::is_empty);
}

/// A release that was given other values again and again, by one operator after the other, and keeps its key and its volume.
fn through_every_shape(plane: &ControlPlane, operators: [&Operator; 2]) {
    let mut turns = operators.into_iter().cycle().map(|operator| Office { plane, operator });
    let first = turns.next().unwrap();
    first.release(&json!({}));
    let begun = first.wait_for("a pod", |objects| objects.contains_key("Pod/tables-mathesar-0"));
    let key = &begun["Secret/tables-mathesar"]["data"]["secret-key"];
    let claim = &begun["PersistentVolumeClaim/tables-mathesar"]["metadata"]["uid"];
    assert!(key.is_string() && claim.is_string());

    for (shape, office) in shapes().into_iter().zip(&mut turns) {
        office.release(&shape.values);
        let objects = office.wait_for(shape.name, |objects| (shape.fits)(objects));
        assert_eq!(objects["Secret/tables-mathesar"]["data"]["secret-key"], *key, "{}", shape.name);
        assert_eq!(objects["PersistentVolumeClaim/tables-mathesar"]["metadata"]["uid"], *claim, "{}", shape.name);
    }

    // A claim cannot be changed, which is said before anything is.
    let office = turns.next().unwrap();
    let before = office.plane.objects(OFFICE);
    for (values, words) in [
        (json!({ "persistence": { "accessModes": ["ReadWriteMany"] } }), "is there with accessModes [ReadWriteOnce]"),
        (json!({ "persistence": { "storageClass": "fast" } }), "is there with the storage class \"\""),
    ] {
        let said = office.refused(&values);
        assert!(said.contains(words) && said.contains("persistence.existingClaim"), "{said}");
    }
    assert_eq!(office.plane.objects(OFFICE), before);

    office.operator.run(&format!("helm uninstall tables --namespace {OFFICE}"));
    let kept = ["PersistentVolumeClaim/tables-mathesar", "Secret/tables-mathesar"];
    office.wait_for("what stays", |objects| objects.keys().eq(kept));
}

/// Values, and how to see in the cluster that they have come to pass.
struct Shape {
    name: &'static str,
    values: Value,
    fits: fn(&Objects) -> bool,
}

fn shapes() -> Vec<Shape> {
    let many =
        json!({ "replicaCount": 2, "database": { "url": POSTGRES }, "persistence": { "existingClaim": "theirs" } });
    vec![
        Shape {
            name: "metrics and a setting",
            values: json!({ "metrics": { "enabled": true }, "settings": { "log_level": "debug" } }),
            fits: |objects| {
                objects["Secret/tables-mathesar"]["data"]["metrics-token"].is_string()
                    && ports(objects) == 2
                    && pod(objects).is_some_and(|pod| variable(pod, "MATHESAR_LOG_LEVEL") == "debug")
            },
        },
        Shape {
            name: "an ingress and a policy of the network",
            values: json!({ "ingress": { "enabled": true, "host": "tables.example.org", "tlsSecret": "tls" },
                "networkPolicy": { "enabled": true } }),
            fits: |objects| {
                objects.contains_key("Ingress/tables-mathesar")
                    && objects.contains_key("NetworkPolicy/tables-mathesar")
                    && pod(objects)
                        .is_some_and(|pod| variable(pod, "MATHESAR_EXTERNAL_URL") == "https://tables.example.org")
            },
        },
        Shape {
            name: "a port of the nodes",
            values: json!({ "service": { "type": "NodePort", "nodePort": 30080 } }),
            fits: |objects| {
                objects["Service/tables-mathesar"]["spec"]["ports"][0]["nodePort"] == 30080
                    && !objects.contains_key("Ingress/tables-mathesar")
                    && !objects.contains_key("NetworkPolicy/tables-mathesar")
            },
        },
        Shape {
            name: "a service inside again, and an internal database",
            values: json!({ "database": { "url": POSTGRES } }),
            fits: |objects| {
                objects["Service/tables-mathesar"]["spec"]["type"] == "ClusterIP"
                    && ports(objects) == 1
                    && objects["Secret/tables-mathesar"]["data"]["database-url"].is_string()
                    && pod(objects).is_some_and(|pod| variable(pod, "DATABASE_URL").is_object())
            },
        },
        Shape {
            name: "a key elsewhere",
            values: json!({ "secretKey": { "existingSecret": { "name": "key", "key": "k" } } }),
            fits: |objects| {
                pod(objects).is_some_and(|pod| variable(pod, "SECRET_KEY")["secretKeyRef"]["name"] == "key")
            },
        },
        Shape { name: "the key here again", values: json!({}), fits: |objects| pod(objects).is_some() },
        Shape { name: "more than one pod", values: many, fits: |objects| pods_of_deployment(objects) == 2 },
        Shape {
            name: "nothing to keep",
            values: json!({ "database": { "url": POSTGRES }, "persistence": { "enabled": false } }),
            fits: |objects| pods_of_deployment(objects) == 1,
        },
        Shape {
            name: "as it was at first",
            values: json!({}),
            fits: |objects| pod(objects).is_some() && pods_of_deployment(objects) == 0,
        },
    ]
}

fn pod(objects: &Objects) -> Option<&Value> {
    objects.get("Pod/tables-mathesar-0")
}

fn pods_of_deployment(objects: &Objects) -> usize {
    let pods = objects.values().filter(|object| object["kind"] == "Pod");
    pods.filter(|pod| pod["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet").count()
}

fn ports(objects: &Objects) -> usize {
    objects["Service/tables-mathesar"]["spec"]["ports"].as_array().unwrap().len()
}

fn image(objects: &Objects) -> Option<&str> {
    objects.get("Pod/mathesar-0")?["spec"]["containers"][0]["image"].as_str()
}

/// The value of a variable in a pod, or where it comes from.
fn variable(pod: &Value, name: &str) -> Value {
    let all = pod["spec"]["containers"][0]["env"].as_array().unwrap();
    let one = all.iter().find(|one| one["name"] == name).cloned().unwrap_or_default();
    if one["value"].is_null() { one["valueFrom"].clone() } else { one["value"].clone() }
}

/// The release `tables` in the hands of an operator.
struct Office<'o> {
    plane: &'o ControlPlane,
    operator: &'o Operator,
}

impl Office<'_> {
    /// Installs or upgrades it with these values.
    fn release(&self, values: &Value) {
        self.operator.run(&self.command(values));
    }

    /// What helm says against these values.
    fn refused(&self, values: &Value) -> String {
        self.operator.refused(&self.command(values))
    }

    fn command(&self, values: &Value) -> String {
        let chart = for_old_kubernetes(self.operator);
        self.operator.write("values.yaml", &values.to_string());
        // Without the reset, no values at all would mean those of before.
        let upgrade = format!("helm upgrade --install tables {chart} --namespace {OFFICE} --create-namespace");
        format!("{upgrade} --reset-values --values values.yaml")
    }

    fn wait_for(&self, what: &str, fits: impl Fn(&Objects) -> bool) -> Objects {
        self.plane.wait_for(OFFICE, what, fits)
    }
}

/// A copy of the chart in the operator's home, with leave to be installed in the Kubernetes that there is here.
fn for_old_kubernetes(operator: &Operator) -> String {
    let copy = operator.home().join("chart");
    if !copy.exists() {
        run(Command::new("cp").arg("--recursive").arg(chart()).arg(&copy));
        let metadata = fs::read_to_string(copy.join("Chart.yaml")).unwrap();
        assert!(metadata.contains("\">=1.25.0-0\""), "{metadata}");
        fs::write(copy.join("Chart.yaml"), metadata.replace("\">=1.25.0-0\"", "\">=1.20.0-0\"")).unwrap();
    }
    copy.to_str().unwrap().to_owned()
}

/// Puts the chart as this version among the releases, as `cargo xtask dist helm` does.
fn publish(operator: &Operator, version: &str, releases: &Path, origin: &str) {
    let (chart, charts) = (for_old_kubernetes(operator), releases.join("charts"));
    let charts = charts.display();
    operator.run(&format!("helm package {chart} --version {version} --app-version {version} --destination {charts}"));
    operator.run(&format!("helm repo index {charts} --url {origin}/charts"));
}
