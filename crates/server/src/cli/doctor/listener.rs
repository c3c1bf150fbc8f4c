//! Who listens at our port.

use std::{fs, net::SocketAddr, path::Path};

use super::{Patient, report::Report};
use crate::cli::whereabouts::Whereabouts;

/// Looks at the port; gives the server when it is ours and runs.
pub(super) fn check(patient: &Patient<'_>, report: &mut Report) -> Option<Whereabouts> {
    let server = Whereabouts::of(patient.config);
    let (origin, port) = (server.origin(), server.address.port());
    match server.ask("/healthz", &[]) {
        // Only ours numbers its answers and says just this.
        Ok(answer) if answer.body() == "ok\n" && answer.headers().contains_key("x-request-id") => {
            report.good("port", format!("the server runs and answers at {origin}"));
            return ready(server, report);
        }
        answered => match holder(server.address) {
            None if answered.is_err() => {
                report.good("port", format!("port {port} is free; the server does not run"));
            }
            holder => {
                let by = holder.unwrap_or_else(|| "another program".to_owned());
                report.bad(
                    "port",
                    format!("port {port} is taken by {by}, which is not Mathesar"),
                    "Stop that program, or choose another port: --bind 127.0.0.1:PORT.",
                );
            }
        },
    }
    None
}

fn ready(server: Whereabouts, report: &mut Report) -> Option<Whereabouts> {
    match server.ask("/readyz", &[]) {
        Ok(answer) if answer.status() == 200 => {}
        _ => report.bad("port", "the server is not ready: its internal database does not answer", "Its log says why."),
    }
    Some(server)
}

/// The program that listens at a port of this address, as far as this user can see it.
fn holder(address: SocketAddr) -> Option<String> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening(&table, address.port()))
        .collect();
    let first = sockets.first()?;
    let processes = fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let owner = processes.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).find(|process| {
        let open = fs::read_dir(Path::new("/proc").join(process).join("fd")).into_iter().flatten().flatten();
        open.filter_map(|file| fs::read_link(file.path()).ok())
            .any(|target| sockets.iter().any(|socket| target.as_os_str() == format!("socket:[{socket}]").as_str()))
    });
    Some(match owner {
        Some(process) => {
            let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
            format!("{} (process {process})", name.trim())
        }
        None => format!("another user's program (socket {first})"),
    })
}

/// The numbers of the sockets that listen at `port`, from a table such as `/proc/net/tcp` (proc_pid_net(5)).
fn listening(table: &str, port: u16) -> Vec<String> {
    const LISTEN: &str = "0A";
    let lines = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let of_port = lines.filter(|fields| {
        let local = fields.get(1).and_then(|address| address.rsplit(':').next());
        local.and_then(|hex| u16::from_str_radix(hex, 16).ok()) == Some(port) && fields.get(3) == Some(&LISTEN)
    });
    of_port.filter_map(|fields| fields.get(9).map(|socket| (*socket).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn whoever_holds_a_port_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let named = holder(taken.local_addr().unwrap()).unwrap();
        assert!(named.contains(&format!("(process {})", std::process::id())), "{named}");
        let free = taken.local_addr().unwrap();
        drop(taken);
        assert_eq!(holder(free), None);
    }
}
