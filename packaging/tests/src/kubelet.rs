//! A pod of Kubernetes under podman: the image with exactly the environment, the user, the rights and the volumes that the pod's
//! description says, as a kubelet would prepare them.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use tempfile::TempDir;

use crate::podman::{Container, Podman};

/// A node of a cluster: Secrets, and volumes that outlive pods.
pub struct Node {
    folder: TempDir,
    secrets: BTreeMap<String, BTreeMap<String, String>>,
}

impl Node {
    /// A node that knows the Secrets among these objects.
    ///
    /// # Panics
    /// When a Secret is no text.
    pub fn with(objects: &[Value]) -> Self {
        let folder = tempfile::Builder::new().prefix("mathesar-node-").tempdir_in("/var/tmp").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut node = Self { folder, secrets: BTreeMap::new() };
        for secret in objects.iter().filter(|object| object["kind"] == "Secret") {
            let text =
                |value: &Value| String::from_utf8(BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
            let data = secret["data"].as_object().unwrap();
            let data = data.iter().map(|(key, value)| (key.clone(), text(value))).collect();
            node.secrets.insert(secret["metadata"]["name"].as_str().unwrap().to_owned(), data);
        }
        node
    }

    /// Adds a Secret that somebody else has made.
    pub fn add_secret(&mut self, name: &str, data: &[(&str, &str)]) {
        let data = data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.secrets.insert(name.to_owned(), data);
    }

    /// Starts a pod of this specification. `network` are the options of podman for the network; without them the pod has one of its
    /// own with nothing in it.
    ///
    /// # Panics
    /// When the specification asks for what is not known here, or podman refuses it.
    pub fn start<'p>(&self, podman: &'p Podman, spec: &Value, network: &[String]) -> Container<'p> {
        let container = &spec["containers"][0];
        let mut options = self.rights(spec, container);
        options.extend(self.environment(container).into_iter().map(|(name, value)| format!("--env={name}={value}")));
        // What a kubelet announces even where links to services are turned off.
        options.push("--env=KUBERNETES_SERVICE_HOST=10.96.0.1".to_owned());
        options.extend(self.mounts(spec, container));
        options.extend(network.iter().cloned());
        let words = |name: &str| -> Vec<String> {
            let list = container[name].as_array().into_iter().flatten();
            list.map(|word| word.as_str().unwrap().to_owned()).collect()
        };
        if let [program, arguments @ ..] = words("command").as_slice() {
            options.push(format!("--entrypoint={program}"));
            return podman.start(&as_words(&options), &as_words(arguments));
        }
        podman.start(&as_words(&options), &as_words(&words("args")))
    }

    /// The rights that both security contexts leave.
    fn rights(&self, spec: &Value, container: &Value) -> Vec<String> {
        let pod = &spec["securityContext"];
        let security = &container["securityContext"];
        let mut options = vec![format!("--user={}:{}", pod["runAsUser"], pod["runAsGroup"])];
        options.push(format!("--group-add={}", pod["fsGroup"]));
        if security["readOnlyRootFilesystem"] == true {
            options.extend(["--read-only".to_owned(), "--read-only-tmpfs=false".to_owned()]);
        }
        if security["allowPrivilegeEscalation"] == false {
            options.push("--security-opt=no-new-privileges".to_owned());
        }
        for capability in security["capabilities"]["drop"].as_array().into_iter().flatten() {
            options.push(format!("--cap-drop={}", capability.as_str().unwrap()));
        }
        options
    }

    /// The container's environment, with what it takes from Secrets and from itself.
    fn environment(&self, container: &Value) -> Vec<(String, String)> {
        let mut known: Vec<(String, String)> = Vec::new();
        for variable in container["env"].as_array().into_iter().flatten() {
            let reference = &variable["valueFrom"]["secretKeyRef"];
            let value = match variable["value"].as_str() {
                Some(text) => {
                    known.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("$({name})"), value))
                }
                None => self.secret(reference["name"].as_str().unwrap(), reference["key"].as_str().unwrap()),
            };
            known.push((variable["name"].as_str().unwrap().to_owned(), value));
        }
        known
    }

    fn secret(&self, name: &str, key: &str) -> String {
        let secret = self.secrets.get(name).unwrap_or_else(|| panic!("there is no Secret {name}"));
        secret.get(key).unwrap_or_else(|| panic!("the Secret {name} has no {key}")).clone()
    }

    fn mounts(&self, spec: &Value, container: &Value) -> Vec<String> {
        let group = u32::try_from(spec["securityContext"]["fsGroup"].as_u64().unwrap()).unwrap();
        let volumes = spec["volumes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut options = Vec::new();
        for mount in container["volumeMounts"].as_array().into_iter().flatten() {
            let volume = volumes.iter().find(|volume| volume["name"] == mount["name"]).unwrap();
            let at = mount["mountPath"].as_str().unwrap();
            if let Some(size) = volume["emptyDir"]["sizeLimit"].as_str() {
                assert_eq!((at, volume["emptyDir"]["medium"].as_str()), ("/dev/shm", Some("Memory")));
                options.push(format!("--shm-size={}", size.trim_end_matches('i').to_lowercase()));
                continue;
            }
            let folder = self.volume(volume, group);
            let read_only = if mount["readOnly"] == true { ":ro" } else { "" };
            options.push(format!("--volume={}:{at}{read_only}", folder.display()));
        }
        options
    }

    /// The folder that is mounted, with the owner and the rights that a kubelet gives it.
    fn volume(&self, volume: &Value, group: u32) -> PathBuf {
        let name = volume["name"].as_str().unwrap();
        if let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() {
            let folder = self.folder.path().join(claim);
            if !folder.exists() {
                // `fsGroup` on a volume whose top is not the group's yet.
                made(&folder, 0o2775);
                chown(&folder, Some(0), Some(group)).unwrap();
            }
            return folder;
        }
        let folder = tempfile::Builder::new().prefix(name).tempdir_in(self.folder.path()).unwrap().keep();
        if let Some(secret) = volume["secret"]["secretName"].as_str() {
            for item in volume["secret"]["items"].as_array().into_iter().flatten() {
                let file = folder.join(item["path"].as_str().unwrap());
                fs::write(&file, self.secret(secret, item["key"].as_str().unwrap())).unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
                chown(&file, Some(0), Some(group)).unwrap();
            }
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        } else {
            assert!(volume["emptyDir"].is_object(), "{volume}");
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o2777)).unwrap();
            chown(&folder, Some(0), Some(group)).unwrap();
        }
        folder
    }
}

fn made(folder: &Path, mode: u32) {
    fs::create_dir(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
}

fn as_words(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
