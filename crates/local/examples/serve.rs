//! Runs the managed PostgreSQL of one data directory until SIGTERM: the program that the tests start, stop and kill.
//!
//! `serve DATA_DIR BUNDLE`: prints the socket's folder when PostgreSQL runs, or why it does not.

use std::path::PathBuf;

use mathesar_local::Managed;
use mathesar_pg::Host;
use tokio::signal::unix::{SignalKind, signal};

#[path = "../tests/support/mod.rs"]
#[expect(unreachable_pub, reason = "the file is a module of the tests too")]
mod support;

#[tokio::main]
async fn main() {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let data_dir = words.next().expect("the data directory");
    let managed = Managed::new(support::config(&data_dir, words.next()), support::Reversed);
    let mut terminated = signal(SignalKind::terminate()).expect("a handler of SIGTERM");
    match managed.ensure_running().await {
        Ok(endpoint) => {
            let Host::Unix { directory, .. } = endpoint.host else { unreachable!("it listens on a Unix socket") };
            println!("running {}", directory.display());
            terminated.recv().await;
            managed.stop().await;
            println!("stopped");
        }
        Err(error) => {
            println!("refused {error}");
            std::process::exit(1);
        }
    }
}
