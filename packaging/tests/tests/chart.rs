//! The Helm chart, without a cluster: what helm makes of many kinds of values, whether Kubernetes would take it, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

use std::process::Command;

use mathesar_packaging::{
    artefacts,
    chart::{Helm, KUBERNETES, objects, objects_of_all, only},
    guide::Guide,
    run,
    served::Served,
};
use serde_json::{Value, json};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const KEY: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
const POSTGRES: &str = "postgres://mathesar:secret@db.example.org/mathesar?sslmode=verify-full";

#[test]
fn helm_4_and_the_oldest_and_newest_kubernetes_take_it() {
    takes_all(&Helm::of(4), &[KUBERNETES[0], KUBERNETES[KUBERNETES.len() - 1]]);
}

#[test]
fn helm_3_and_every_kubernetes_take_it() {
    takes_all(&Helm::of(3), &KUBERNETES);
}

#[test]
fn helm_4_and_every_kubernetes_take_it() {
    takes_all(&Helm::of(4), &KUBERNETES);
}

#[test]
fn helm_4_refuses_what_cannot_work() {
    refuses_all(&Helm::of(4));
}

#[test]
fn helm_3_refuses_what_cannot_work() {
    refuses_all(&Helm::of(3));
}

/// Both versions make the same of the same values, but for what is random.
#[test]
fn helm_3_and_helm_4_make_the_same() {
    let made = |major| {
        let helm = Helm::of(major);
        let rendered = cases().into_iter().map(|(name, mut values)| {
            values["secretKey"]["value"] = values["secretKey"]["existingSecret"].is_null().then_some(KEY).into();
            values["metrics"]["existingSecret"] = "metrics".into();
            (name, helm.template(&values).unwrap())
        });
        objects_of_all(&rendered.collect::<Vec<_>>(), &[])
    };
    for ((three, four), (name, _)) in made(3).into_iter().zip(made(4)).zip(cases()) {
        assert_eq!(three, four, "{name}");
    }
}

fn takes_all(helm: &Helm, versions: &[&str]) {
    let mut rendered = Vec::new();
    for (name, values) in cases() {
        assert_eq!(helm.lint(&values), Ok(()), "{name}");
        rendered.push((name, helm.template(&values).unwrap_or_else(|error| panic!("{name}: {error}"))));
    }
    for object in objects_of_all(&rendered, versions).concat() {
        is_labelled(&object);
        pods_are_restricted(&object);
    }
}

/// Values that somebody may well have.
fn cases() -> Vec<(&'static str, Value)> {
    [cases_of_data(), cases_of_networks(), cases_of_pods()].concat()
}

fn cases_of_data() -> Vec<(&'static str, Value)> {
    let many = || json!({ "accessModes": ["ReadWriteMany"], "storageClass": "shared" });
    vec![
        ("nothing configured", json!({})),
        ("a key of one's own", json!({ "secretKey": { "value": KEY } })),
        ("a key in a secret", json!({ "secretKey": { "existingSecret": { "name": "key", "key": "k" } } })),
        ("a database by its address", json!({ "database": { "url": POSTGRES } })),
        (
            "a database in a secret",
            json!({ "database": { "existingSecret": { "name": "db", "key": "uri" }, "caSecret": "ca" } }),
        ),
        ("a database of CloudNativePG", json!({ "database": { "cloudNativePG": { "cluster": "pg" } } })),
        ("nothing to keep", json!({ "database": { "url": POSTGRES }, "persistence": { "enabled": false } })),
        ("a trial", json!({ "persistence": { "enabled": false }, "settings": { "ephemeral": true } })),
        (
            "many pods",
            json!({ "replicaCount": 3, "database": { "url": POSTGRES }, "persistence": many(),
                "updateStrategy": "RollingUpdate", "podDisruptionBudget": { "enabled": true, "maxUnavailable": "50%" } }),
        ),
        (
            "as many pods as are needed",
            json!({ "database": { "existingSecret": { "name": "db" } }, "persistence": many(), "autoscaling": {
                "enabled": true, "minReplicas": 2, "maxReplicas": 4, "targetMemoryUtilizationPercentage": 80 } }),
        ),
        (
            "managed databases beside an internal one",
            json!({ "database": { "url": POSTGRES }, "settings": { "managed_postgres": true } }),
        ),
    ]
}

fn cases_of_networks() -> Vec<(&'static str, Value)> {
    vec![
        (
            "an ingress",
            json!({ "ingress": {
                "enabled": true, "className": "nginx", "host": "tables.example.org", "tlsSecret": "tables-tls" } }),
        ),
        (
            "an ingress below a path",
            json!({ "basePath": "/tables",
                "ingress": { "enabled": true, "host": "example.org", "tls": true, "annotations": { "a/b": "c" } } }),
        ),
        (
            "a route",
            json!({ "httpRoute": { "enabled": true, "hostnames": ["tables.example.org"],
                "parentRefs": [{ "name": "gateway", "namespace": "infra", "sectionName": "https" }],
                "redirectFrom": [{ "name": "gateway", "namespace": "infra", "sectionName": "http" }] } }),
        ),
        (
            "a route for any host, below a path",
            json!({ "basePath": "/tables", "httpRoute": { "enabled": true, "parentRefs": [{ "name": "gateway" }] } }),
        ),
        ("a port of the nodes", json!({ "service": { "type": "NodePort", "nodePort": 30080 } })),
        (
            "metrics",
            json!({ "metrics": { "enabled": true, "serviceMonitor": { "enabled": true, "labels": { "release": "p" } } } }),
        ),
        (
            "a policy of the network",
            json!({ "metrics": { "enabled": true }, "networkPolicy": { "enabled": true,
                "ingressFrom": [{ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "ingress" } } }],
                "metricsFrom": [{ "podSelector": {} }], "postgresPorts": [5432, 6432],
                "extraEgress": [{ "to": [{ "ipBlock": { "cidr": "192.0.2.0/24" } }] }] } }),
        ),
    ]
}

fn cases_of_pods() -> Vec<(&'static str, Value)> {
    vec![
        (
            "settings",
            json!({
                "settings": { "log_level": "warn", "threads": 2, "allow_unix_sockets": true,
                    "trusted_proxies": ["10.0.0.0/8", "192.168.0.0/16"], "allowed_hosts": "a.example.org,b.example.org",
                    "backup_schedule": "02:30", "managed_postgres": "on" },
                "secretSettings": { "superuser_password": { "name": "s", "key": "p" },
                    "backup_passphrase": { "name": "s", "key": "q" } } }),
        ),
        (
            "everything about pods",
            json!({
                "image": { "digest": format!("sha256:{}", "0".repeat(64)), "pullSecrets": [{ "name": "r" }] },
                "nameOverride": "grid", "priorityClassName": "high",
                "podLabels": { "team": "a" }, "podAnnotations": { "b": "c" }, "nodeSelector": { "disk": "ssd" },
                "tolerations": [{ "key": "k", "operator": "Exists" }],
                "affinity": { "podAntiAffinity": { "preferredDuringSchedulingIgnoredDuringExecution": [] } },
                "topologySpreadConstraints": [
                    { "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway" }],
                "extraEnv": [{ "name": "A", "value": "b" }],
                "extraEnvFrom": [{ "configMapRef": { "name": "c", "optional": true } }],
                "extraVolumes": [{ "name": "x", "configMap": { "name": "x" } }],
                "extraVolumeMounts": [{ "name": "x", "mountPath": "/x" }],
                "serviceAccount": { "create": false, "name": "theirs" },
                "persistence": { "existingClaim": "theirs" } }),
        ),
        (
            "a user number that the cluster chooses",
            json!({ "podSecurityContext": { "runAsUser": null, "runAsGroup": null, "fsGroup": null } }),
        ),
    ]
}

/// What is refused, and words that the refusal must have.
fn refusals() -> Vec<(Value, &'static str)> {
    vec![
        (json!({ "replicaCount": 2 }), "while the internal database is a SQLite file"),
        (json!({ "autoscaling": { "enabled": true } }), "while the internal database is a SQLite file"),
        (json!({ "replicaCount": 2, "database": { "url": POSTGRES } }), "a volume that all of them can mount"),
        (
            json!({ "replicaCount": 2, "database": { "url": POSTGRES }, "persistence": { "accessModes": ["ReadWriteMany"] },
                "settings": { "managed_postgres": "on" } }),
            "one volume holds one running PostgreSQL",
        ),
        (json!({ "persistence": { "enabled": false } }), "everything would be lost with the pod"),
        (
            json!({ "persistence": { "enabled": false }, "database": { "url": POSTGRES }, "settings": { "managed_postgres": true } }),
            "the databases that are made here would be lost",
        ),
        (
            json!({ "database": { "url": POSTGRES, "cloudNativePG": { "cluster": "pg" } } }),
            "more than one way: database.url and database.cloudNativePG.cluster",
        ),
        (json!({ "secretKey": { "value": KEY, "existingSecret": { "name": "k" } } }), "The secret key is given twice"),
        (json!({ "secretKey": { "value": "short" } }), "value"),
        (json!({ "ingress": { "enabled": true } }), "needs ingress.host"),
        (json!({ "httpRoute": { "enabled": true } }), "needs httpRoute.parentRefs"),
        (
            json!({ "httpRoute": { "enabled": true, "tls": false, "parentRefs": [{ "name": "g" }], "redirectFrom": [{ "name": "g" }] } }),
            "httpRoute.redirectFrom",
        ),
        (json!({ "metrics": { "serviceMonitor": { "enabled": true } } }), "needs metrics.enabled"),
        (
            json!({ "database": { "url": POSTGRES }, "persistence": { "accessModes": ["ReadWriteMany"] },
                "autoscaling": { "enabled": true, "minReplicas": 4, "maxReplicas": 3 } }),
            "minReplicas is greater",
        ),
        (
            json!({ "database": { "url": POSTGRES }, "persistence": { "accessModes": ["ReadWriteMany"] },
                "autoscaling": { "enabled": true, "targetCPUUtilizationPercentage": 0 } }),
            "nothing to follow",
        ),
        (
            json!({ "secretSettings": { "backup_passphrase": { "name": "s", "key": "p" } } }),
            "without settings.backup_schedule",
        ),
        // What the schema refuses, which helm says in its own words, with the place.
        (json!({ "replicas": 2 }), "replicas"),
        (json!({ "settings": { "data_dir": "/elsewhere" } }), "data_dir"),
        (json!({ "settings": { "superuser_password": "in the open" } }), "superuser_password"),
        (json!({ "settings": { "threads": "two" } }), "threads"),
        (json!({ "settings": { "backup_schedule": "nightly" } }), "backup_schedule"),
        (json!({ "database": { "url": "mysql://x" } }), "url"),
        (json!({ "basePath": "tables" }), "basePath"),
    ]
}

fn refuses_all(helm: &Helm) {
    for (values, words) in refusals() {
        let said = helm.template(&values).expect_err(words);
        assert!(said.contains(words), "{values}\n{said}");
    }
}

fn is_labelled(object: &Value) {
    let labels = &object["metadata"]["labels"];
    for name in ["name", "instance", "version", "managed-by", "component"] {
        assert!(labels[format!("app.kubernetes.io/{name}")].is_string(), "{object}");
    }
}

/// What <https://kubernetes.io/docs/concepts/security/pod-security-standards/> asks for under `restricted`, as far as a pod can fail it
/// here.
fn pods_are_restricted(object: &Value) {
    let spec = match object["kind"].as_str().unwrap() {
        "Pod" => &object["spec"],
        "StatefulSet" | "Deployment" => &object["spec"]["template"]["spec"],
        _ => return,
    };
    let name = &object["metadata"]["name"];
    for forbidden in ["hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers"] {
        assert!(spec[forbidden].is_null(), "{name}: {forbidden}");
    }
    let pod = &spec["securityContext"];
    assert_eq!(pod["runAsNonRoot"], true, "{name}");
    assert_ne!(pod["runAsUser"], 0, "{name}");
    assert_eq!(pod["seccompProfile"]["type"], "RuntimeDefault", "{name}");
    for container in spec["containers"].as_array().unwrap() {
        let security = &container["securityContext"];
        assert_eq!(security["allowPrivilegeEscalation"], false, "{name}");
        assert_eq!(security["capabilities"], json!({ "drop": ["ALL"] }), "{name}");
        assert_eq!(security["readOnlyRootFilesystem"], true, "{name}");
        assert!(security["privileged"].is_null() && security["runAsUser"].is_null(), "{name}");
        assert!(container["ports"].as_array().into_iter().flatten().all(|port| port["hostPort"].is_null()), "{name}");
    }
    let allowed = ["configMap", "emptyDir", "persistentVolumeClaim", "secret", "name"];
    for volume in spec["volumes"].as_array().into_iter().flatten() {
        assert!(volume.as_object().unwrap().keys().all(|key| allowed.contains(&key.as_str())), "{name}: {volume}");
    }
    // Kubernetes would announce a service called `mathesar` as MATHESAR_PORT, which is a setting.
    assert_eq!(spec["enableServiceLinks"], false, "{name}");
}

#[test]
fn helm_4_gives_what_the_values_say() {
    let made = |values: Value| objects(&Helm::of(4).template(&values).unwrap(), &[]);
    let variable = |objects: &[Value], kind: &str, name: &str| {
        let spec = &only(objects, kind)["spec"]["template"]["spec"];
        let all = spec["containers"][0]["env"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).cloned().unwrap_or_default()
    };

    let plain = made(json!({}));
    assert_eq!(only(&plain, "Service")["spec"]["type"], "ClusterIP");
    assert_eq!(only(&plain, "StatefulSet")["spec"]["replicas"], 1);
    for kind in ["Secret", "PersistentVolumeClaim"] {
        assert_eq!(only(&plain, kind)["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
    }
    // The test's pod must not get the server's requests.
    let selector = only(&plain, "Service")["spec"]["selector"].as_object().unwrap();
    let labels = &only(&plain, "Pod")["metadata"]["labels"];
    assert!(selector.iter().any(|(name, value)| labels[name] != *value), "{labels}");

    let below =
        made(json!({ "basePath": "/tables/", "ingress": { "enabled": true, "host": "example.org", "tls": true } }));
    assert_eq!(variable(&below, "StatefulSet", "MATHESAR_EXTERNAL_URL")["value"], "https://example.org/tables");
    assert_eq!(variable(&below, "StatefulSet", "MATHESAR_BASE_PATH")["value"], "/tables");
    assert_eq!(only(&below, "Ingress")["spec"]["rules"][0]["http"]["paths"][0]["path"], "/tables");

    let external = made(json!({ "externalUrl": "https://example.org/t", "settings": { "managed_postgres": false,
        "allowed_hosts": ["a", "b"] }, "database": { "cloudNativePG": { "cluster": "pg" } } }));
    assert_eq!(variable(&external, "StatefulSet", "MATHESAR_BASE_PATH")["value"], "/t");
    assert_eq!(variable(&external, "StatefulSet", "MATHESAR_MANAGED_POSTGRES")["value"], "off");
    assert_eq!(variable(&external, "StatefulSet", "MATHESAR_ALLOWED_HOSTS")["value"], "a,b");
    assert_eq!(variable(&external, "StatefulSet", "CLOUDNATIVEPG_URI")["valueFrom"]["secretKeyRef"]["name"], "pg-app");

    let many = made(json!({ "database": { "url": POSTGRES }, "persistence": { "accessModes": ["ReadWriteMany"] },
        "autoscaling": { "enabled": true } }));
    let deployment = only(&many, "Deployment");
    assert!(deployment["spec"]["replicas"].is_null(), "the autoscaler decides");
    assert_eq!(
        only(&many, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"],
        deployment["metadata"]["name"]
    );

    // Each part that can be left out is, unless it is asked for.
    let kinds =
        ["Ingress", "HTTPRoute", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy", "ServiceMonitor"];
    for kind in kinds {
        assert!(plain.iter().all(|object| object["kind"] != kind), "{kind}");
    }
}

#[test]
fn helm_4_tells_the_way_to_the_first_page() {
    let notes = |values: Value| Helm::of(4).notes(&values).unwrap();
    let plain = notes(json!({}));
    for words in [
        "rollout status statefulset/tables-mathesar",
        "port-forward service/tables-mathesar 8000:80",
        "exec statefulset/tables-mathesar -- mathesar setup-link",
        "get secret tables-mathesar",
    ] {
        assert!(plain.contains(words), "{words} is not in:\n{plain}");
    }
    let outside = notes(json!({ "ingress": { "enabled": true, "host": "tables.example.org", "tlsSecret": "t" } }));
    assert!(outside.contains("https://tables.example.org") && !outside.contains("port-forward"), "{outside}");
}

/// The examples of the page about the installation.
#[test]
fn every_example_of_the_page_is_taken() {
    let rendered = Guide::read("helm", "").examples().into_iter().map(|example| {
        let yaml = Helm::of(4).template_of(&example);
        yaml.unwrap_or_else(|error| panic!("{example}\n{error}"))
    });
    let rendered: Vec<_> = ["1", "2", "3", "4", "5", "6"].into_iter().zip(rendered).collect();
    assert_eq!(objects_of_all(&rendered, &["1.37.0"]).len(), 6);
}

/// What `cargo xtask dist helm` leaves: helm finds the chart in the repository, and pulls it from a registry that has the artefact.
#[test]
fn the_repository_and_a_registry_give_the_chart() {
    let charts = artefacts::find("charts", "");
    let layout = tempfile::tempdir().unwrap();
    run(Command::new("tar")
        .arg("--extract")
        .arg("--directory")
        .arg(layout.path())
        .arg("--file")
        .arg(artefacts::find("mathesar-chart-", ".oci.tar")));
    let index = std::fs::read_to_string(charts.join("index.yaml")).unwrap();
    assert!(index.contains("https://releases.example.org/charts/mathesar-"), "{index}");
    let (repository, registry) = (Served::here(&charts), Served::registry(layout.path()));
    for major in [3, 4] {
        let (home, helm) = (tempfile::tempdir().unwrap(), Helm::of(major));
        run(&mut helm.command(home.path(), &["repo", "add", "mathesar", &repository.origin]));
        let found = run(&mut helm.command(home.path(), &["search", "repo", "mathesar/mathesar", "--output=json"]));
        assert!(found.contains(VERSION), "{found}");

        let chart = registry.origin.replace("http://", "oci://") + "/charts/mathesar";
        let pull = ["pull", &chart, "--plain-http", "--version", VERSION, "--destination"];
        run(helm.command(home.path(), &pull).arg(home.path()));
        let package = home.path().join(format!("mathesar-{VERSION}.tgz"));
        let published = charts.join(package.file_name().unwrap());
        assert!(std::fs::read(&package).unwrap() == std::fs::read(published).unwrap());
        let shown = run(helm.command(home.path(), &["show", "chart"]).arg(&package));
        assert!(shown.contains("name: mathesar"), "{shown}");
    }
}
