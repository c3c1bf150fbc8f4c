//! The Helm chart: a chart repository, ready to be put on any static host, and an artefact for registries.

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Built, VERSION, archive, fresh_folder, of_repository};
use crate::{
    kubernetes,
    postgres::sha256,
    shell::{command, output, run},
};

/// The address that the page about the installation names; whoever publishes elsewhere writes the index anew with `helm repo index`.
const REPOSITORY: &str = "https://releases.example.org/charts";

/// Leaves the folder `charts`, the repository, and `mathesar-chart-X.oci.tar`, an OCI layout.
pub(super) fn build(built: &Built) -> Result<()> {
    let helm = kubernetes::helm("4")?;
    let chart = of_repository("packaging/helm/mathesar");
    let metadata = metadata(&chart)?;
    for key in ["version", "appVersion"] {
        ensure!(metadata[key] == VERSION, "Chart.yaml says {key} {}, but this is {VERSION}", metadata[key]);
    }
    run(command(&helm, ["lint", "--strict"]).arg(&chart))?;
    let charts = fresh_folder(&built.folder.join("charts"))?;
    // helm's own `package` writes the present time into the archive, so that no two are the same.
    let package = charts.join(format!("mathesar-{VERSION}.tgz"));
    archive(&chart, "mathesar", &package)?;
    write_index(&helm, &charts)?;

    let layout = fresh_folder(&built.folder.join("stage/chart"))?;
    write_layout(&layout, &metadata, &fs::read(&package)?)?;
    run(command("tar", ["--create", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mode=go=rX,u+rw"])
        .arg(format!("--mtime=@{}", Built::time()?))
        .arg("--file")
        .arg(built.folder.join(format!("mathesar-chart-{VERSION}.oci.tar")))
        .arg("--directory")
        .arg(layout)
        .args(["oci-layout", "index.json", "blobs"]))
}

/// `Chart.yaml` as JSON.
fn metadata(chart: &Path) -> Result<Value> {
    const TO_JSON: &str = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
    let python = &mut command("python3", ["-c", TO_JSON]);
    python.arg(chart.join("Chart.yaml")).env("PYTHONPATH", kubernetes::validator()?);
    Ok(serde_json::from_str(&output(python)?)?)
}

/// `index.yaml`, which clients of the repository read, with the time of the commit instead of the present one.
fn write_index(helm: &Path, charts: &Path) -> Result<()> {
    run(command(helm, ["repo", "index", "--url", REPOSITORY]).arg(charts))?;
    let path = charts.join("index.yaml");
    let time = output(&mut command("git", ["log", "-1", "--format=%cI"]))?;
    let with_time = |line: &str| match line.split_once(':') {
        Some((key, _)) if ["created", "generated"].contains(&key.trim()) => format!("{key}: \"{time}\"\n"),
        _ => format!("{line}\n"),
    };
    fs::write(&path, fs::read_to_string(&path)?.lines().map(with_time).collect::<String>())?;
    Ok(())
}

/// A folder as the OCI Image Layout Specification has it, with one artefact of the form that helm pushes
/// (<https://helm.sh/docs/topics/registries/>).
fn write_layout(layout: &Path, metadata: &Value, package: &[u8]) -> Result<()> {
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    let blobs = fresh_folder(&layout.join("blobs/sha256"))?;
    let add = |media_type: &str, content: &[u8]| -> Result<Value> {
        let digest = hex::encode(sha256(content)?);
        fs::write(blobs.join(&digest), content)?;
        Ok(json!({ "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": content.len() }))
    };
    let config = add("application/vnd.cncf.helm.config.v1+json", &serde_json::to_vec(metadata)?)?;
    let layer = add("application/vnd.cncf.helm.chart.content.v1.tar+gzip", package)?;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config,
        "layers": [layer],
        "annotations": {
            "org.opencontainers.image.title": metadata["name"],
            "org.opencontainers.image.version": metadata["version"],
            "org.opencontainers.image.description": metadata["description"],
        },
    });
    let mut reference = add(MANIFEST, &serde_json::to_vec(&manifest)?)?;
    reference["annotations"] = json!({ "org.opencontainers.image.ref.name": VERSION });
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [reference],
    });
    fs::write(layout.join("index.json"), serde_json::to_vec(&index)?)?;
    fs::write(layout.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
    Ok(())
}
