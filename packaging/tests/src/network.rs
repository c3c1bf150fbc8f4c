//! A network that containers share, with nothing in it but what the test puts there.

use std::{fs, os::unix::fs::PermissionsExt as _};

use mathesar_testkit::{Certificates, Cluster, ClusterOptions};
use tempfile::NamedTempFile;

use crate::{
    newcomer::in_network_of,
    podman::{Container, Podman},
};

/// The network of a container that does nothing else than to hold it, as each pod of Kubernetes has one.
pub struct SharedNetwork<'p> {
    holder: Container<'p>,
    hosts: NamedTempFile,
}

impl<'p> SharedNetwork<'p> {
    /// A network in which `host` is the name of the machine.
    ///
    /// # Panics
    /// When podman cannot make it.
    pub fn new(podman: &'p Podman, host: &str) -> Self {
        let hosts = NamedTempFile::new_in("/var/tmp").unwrap();
        fs::write(&hosts, format!("127.0.0.1 localhost {host}\n")).unwrap();
        fs::set_permissions(hosts.path(), fs::Permissions::from_mode(0o644)).unwrap();
        Self { holder: podman.start(&["--entrypoint=sleep"], &["infinity"]), hosts }
    }

    /// The options of podman that put a container into it.
    pub fn options(&self) -> Vec<String> {
        vec![
            format!("--network=container:{}", self.holder.id),
            "--no-hosts".to_owned(),
            format!("--volume={}:/etc/hosts:ro", self.hosts.path().display()),
        ]
    }

    /// A PostgreSQL in it that takes nothing but TLS and passwords, with a certificate for `host`; it has an authority of its own.
    pub fn postgres(&self, host: &str) -> Postgres {
        let certificates = Certificates::for_names(&[host]);
        let options = ClusterOptions {
            tcp: true,
            tls: Some(certificates.clone()),
            hba: Some("local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n".to_owned()),
            ..ClusterOptions::default()
        };
        let cluster = in_network_of(self.holder.pid(), || Cluster::start_with(&options));
        Postgres { cluster, host: host.to_owned(), certificates }
    }
}

/// A PostgreSQL as a service of a platform.
pub struct Postgres {
    /// The server.
    pub cluster: Cluster,
    host: String,
    /// Its certificate, and that of the authority that signed it.
    pub certificates: Certificates,
}

impl Postgres {
    /// Makes a database that belongs to a role of the same name, which is allowed nothing else, and gives its address.
    ///
    /// # Panics
    /// When they are there already.
    pub fn database(&self, name: &str) -> String {
        let password = format!("p@ss/{name}");
        self.cluster.execute(&format!("create role {name} login password '{password}'"));
        self.cluster.execute(&format!("create database {name} owner {name}"));
        format!("postgres://{name}:p%40ss%2F{name}@{}:{}/{name}", self.host, self.cluster.port())
    }

    /// The connections that a role has open at this moment.
    ///
    /// # Panics
    /// When the server does not say.
    pub fn connections(&self, role: &str) -> u32 {
        let database = self.cluster.database();
        let count = format!("select count(*) from pg_stat_activity where usename = '{role}'");
        database.scalar(&count).unwrap().parse().unwrap()
    }
}
