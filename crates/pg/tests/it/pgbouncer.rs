use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use mathesar_pg::{Endpoint, Host, PoolLimits, Pools, TxOptions};
use mathesar_testkit::Cluster;

use crate::{endpoint, eventually, number, sql};

/// PgBouncer that hands one single server connection from transaction to transaction: the hardest way to share it.
struct PgBouncer {
    process: Child,
    directory: PathBuf,
}

impl PgBouncer {
    /// `None` on a machine that has none: there is nothing to test then.
    fn start(cluster: &Cluster) -> Option<Self> {
        let program =
            ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().find(|path| Path::new(path).exists())?;
        let directory = tempfile::Builder::new().prefix("mtk-").tempdir_in("/tmp").unwrap().keep();
        let owner = std::fs::metadata(cluster.socket_directory()).unwrap();
        let (uid, gid) = (std::os::unix::fs::MetadataExt::uid(&owner), std::os::unix::fs::MetadataExt::gid(&owner));
        let configuration = format!(
            "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {}\n\
             auth_type = trust\nauth_file = {2}/users\npool_mode = transaction\ndefault_pool_size = 1\n",
            cluster.socket_directory().display(),
            cluster.port(),
            directory.display(),
        );
        std::fs::write(directory.join("users"), "\"postgres\" \"\"\n").unwrap();
        std::fs::write(directory.join("pgbouncer.ini"), configuration).unwrap();
        std::os::unix::fs::chown(&directory, Some(uid), Some(gid)).unwrap();
        let mut command = Command::new(program);
        std::os::unix::process::CommandExt::uid(&mut command, uid);
        std::os::unix::process::CommandExt::gid(&mut command, gid);
        for file in ["users", "pgbouncer.ini"] {
            std::os::unix::fs::chown(directory.join(file), Some(uid), Some(gid)).unwrap();
        }
        let process = command.arg(directory.join("pgbouncer.ini")).stderr(Stdio::null()).spawn().unwrap();
        Some(Self { process, directory })
    }

    fn in_front_of(&self, endpoint: Endpoint) -> Endpoint {
        Endpoint { host: Host::Unix { directory: self.directory.clone(), port: 6432 }, ..endpoint }
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

#[tokio::test]
async fn transactions_survive_a_shared_server_connection_and_changes_of_structure() {
    let database = Cluster::shared().database();
    let Some(bouncer) = PgBouncer::start(database.cluster()) else { return };
    let pools = Pools::new(PoolLimits::default());
    let endpoint = bouncer.in_front_of(endpoint(&database));
    eventually("PgBouncer answers", || async { pools.session(&endpoint).await.is_ok() }).await;

    let (mut one, mut two) = (pools.session(&endpoint).await.unwrap(), pools.session(&endpoint).await.unwrap());
    database.execute("create table t (a int)");
    for round in 1..=5 {
        let tx = one.begin(&TxOptions::write());
        let mut sink = tx.copy_in(&sql("COPY t (a) FROM STDIN")).await.unwrap();
        sink.send(Bytes::from_static(b"1\n2\n")).await.unwrap();
        sink.finish().await.unwrap();
        tx.commit().await.unwrap();
        // A plan kept by name would break here: "cached plan must not change result type".
        database.execute(&format!("alter table t add column c{round} text default 'x'"));
        let tx = two.begin(&TxOptions::read());
        assert_eq!(tx.rows(&sql("SELECT * FROM t LIMIT 1")).await.unwrap()[0].len(), round + 1);
        let settings = tx.rows(&sql("SELECT pg_catalog.current_setting('statement_timeout')")).await.unwrap();
        assert_eq!(settings[0].get::<&str>(0).unwrap(), "1min");
        tx.rollback().await.unwrap();
    }
    let tx = one.begin(&TxOptions::read());
    assert_eq!(number(&tx.rows(&sql("SELECT count(*) FROM t")).await.unwrap()), 10);
}
