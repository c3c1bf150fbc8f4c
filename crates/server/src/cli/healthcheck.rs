//! `mathesar healthcheck`: for containers and process supervisors that have no HTTP client.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, bail};

use super::whereabouts;
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let noted = whereabouts::recall(&config.data_dir).filter(|_| !config.listen.chosen);
    let address = address(noted.unwrap_or(config.listen.address));
    let status = ask(address).with_context(|| format!("Nothing answers at {address}. Is the server running?"))?;
    if status != 200 {
        bail!("The server at {address} answers, but is not ready (status {status}). Its log says why.");
    }
    println!("ready");
    Ok(())
}

fn address(listen: SocketAddr) -> SocketAddr {
    let ip = match listen {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other.ip(),
    };
    SocketAddr::new(ip, listen.port())
}

/// The status of `/readyz`. One request is too little for an HTTP client of its own.
fn ask(address: SocketAddr) -> anyhow::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    let status = std::str::from_utf8(&head)?.strip_prefix("HTTP/1.1 ").context("The answer is not HTTP.")?;
    Ok(status.parse()?)
}
