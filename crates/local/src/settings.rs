//! `postgresql.conf` and `pg_hba.conf` of the managed PostgreSQL.
//!
//! They lie outside of the cluster, where its own user cannot change them, and are written anew at each start. What `initdb` found
//! out about the system (time zone, text search) is included from the cluster; `custom.conf` beside them is the administrator's.

use std::{fmt::Write, net::SocketAddr, path::Path};

use crate::{error::Result, layout, layout::Layout, socket::PORT};

/// Limits and habits that fit a small machine that PostgreSQL shares with us.
///
/// A statement with a value in it is never logged: no statements of errors, and no details, which quote keys. JIT compiles for
/// longer than our statements run.
const HABITS: &str = "\
jit = off
ssl = off
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = '128MB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
min_wal_size = '80MB'
max_wal_size = '512MB'
cluster_name = 'mathesar'
logging_collector = on
log_destination = 'stderr'
log_filename = 'postgresql-%Y%m%d-%H%M%S.log'
log_file_mode = 0600
log_rotation_age = '1d'
log_rotation_size = '10MB'
log_line_prefix = '%m [%p] %q%u@%d '
log_min_messages = 'warning'
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
log_statement = 'none'
log_parameter_max_length_on_error = 0
";

/// Writes both files.
pub(crate) fn write(layout: &Layout, cluster: &Path, socket_dir: &Path, tcp: Option<SocketAddr>) -> Result<()> {
    layout::replace_file(&layout.config_file(), conf(layout, cluster, socket_dir, tcp).as_bytes(), 0o644)?;
    layout::replace_file(&layout.hba_file(), hba(tcp).as_bytes(), 0o644)
}

fn conf(layout: &Layout, cluster: &Path, socket_dir: &Path, tcp: Option<SocketAddr>) -> String {
    let (address, port) = tcp.map_or((String::new(), PORT), |tcp| (tcp.ip().to_string(), tcp.port()));
    let mut text = String::from("# Written at each start; put your own settings into custom.conf beside this file.\n");
    let mut line = |name: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} {}", quoted(value));
    };
    line("include_if_exists", &cluster.join("postgresql.conf").to_string_lossy());
    line("hba_file =", &layout.hba_file().to_string_lossy());
    line("listen_addresses =", &address);
    line("port =", &port.to_string());
    line("log_directory =", &layout.logs().to_string_lossy());
    line("unix_socket_directories =", &socket_dir.to_string_lossy());
    line("unix_socket_permissions =", "0700");
    text.push_str(HABITS);
    let _ = writeln!(text, "include_if_exists {}", quoted(&layout.custom_file().to_string_lossy()));
    text
}

/// Everybody proves a password, also on the socket.
fn hba(tcp: Option<SocketAddr>) -> String {
    let mut text = String::from("local all all scram-sha-256\n");
    if tcp.is_some() {
        text.push_str("host all all all scram-sha-256\n");
    }
    text
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tcp_is_off_unless_it_was_asked_for_and_never_without_a_password() {
        let layout = Layout::new(Path::new("/data/it's"));
        let quiet = conf(&layout, Path::new("/data/c"), Path::new("/run/x"), None);
        assert!(quiet.contains("listen_addresses = ''\n"), "{quiet}");
        assert!(quiet.contains("hba_file = '/data/it''s/postgres/pg_hba.conf'\n"), "{quiet}");
        let open = conf(&layout, Path::new("/data/c"), Path::new("/run/x"), Some(([127, 0, 0, 1], 6543).into()));
        assert!(open.contains("listen_addresses = '127.0.0.1'\nport = '6543'\n"), "{open}");
        for text in [hba(None), hba(Some(([127, 0, 0, 1], 6543).into()))] {
            assert!(text.lines().all(|line| line.ends_with(" scram-sha-256")), "{text}");
        }
        assert!(!hba(None).contains("host"));
    }
}
