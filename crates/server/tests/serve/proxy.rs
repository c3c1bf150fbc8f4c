//! A reverse proxy as small as one can be: it passes on one request a connection, says for whom, and passes back what comes.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use crate::server::PATIENCE;

/// A running proxy; its thread ends with the test process.
pub struct Proxy {
    port: u16,
    target: Arc<Mutex<Option<String>>>,
}

impl Proxy {
    /// Listens on a free port and refuses everything until it is told where to lead.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Arc::new(Mutex::new(None));
        let leads = Arc::clone(&target);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let target: Option<String> = leads.lock().unwrap().clone();
                if let Some(target) = target {
                    let _ = pass(stream, &target);
                }
            }
        });
        Self { port, target }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Passes on to `address` from now on.
    pub fn lead_to(&self, address: &str) {
        *self.target.lock().unwrap() = Some(address.to_owned());
    }
}

fn pass(client: TcpStream, target: &str) -> std::io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let peer = client.peer_addr()?.ip();
    let mut server = TcpStream::connect(target)?;
    server.set_read_timeout(Some(PATIENCE))?;
    for line in BufReader::new(client.try_clone()?).lines() {
        match line?.as_str() {
            "" => break,
            line if line.to_ascii_lowercase().starts_with("connection:") => {}
            line => write!(server, "{line}\r\n")?,
        }
    }
    write!(server, "X-Forwarded-For: {peer}\r\nX-Forwarded-Proto: http\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    (&client).write_all(&answer)
}
