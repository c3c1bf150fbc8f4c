//! What the executable costs before it does anything: size, start, memory, the first page.

use std::{io::Read, path::Path, time::Duration};

use anyhow::Result;

use crate::{
    server::Server,
    table::{Table, size, time},
};

/// After this long a started program has done what it does in the background.
const SETTLED: Duration = Duration::from_secs(5);

/// Starts the executable and notes what that cost.
pub(crate) fn measure(executable: &Path, costs: &mut Table<2>) -> Result<Server> {
    costs.note("executable with PostgreSQL", size(std::fs::metadata(executable)?.len()));
    let server = Server::start(executable)?;
    costs.note("start to first answer, empty data directory", time(server.start));
    std::thread::sleep(SETTLED);
    costs.note("memory, idle", size(server.memory("VmRSS")?));
    let (files, bytes) = first_page(&server)?;
    costs.note("page, script and style over the network", format!("{} in {files} files", size(bytes)));
    Ok(server)
}

/// Notes what the measured work has left of memory.
pub(crate) fn memory_after_work(server: &Server, costs: &mut Table<2>) -> Result<()> {
    costs.note("memory, after the work", size(server.memory("VmRSS")?));
    costs.note("memory, most", size(server.memory("VmHWM")?));
    Ok(())
}

/// The page and everything that its HTML names, as many bytes as a browser receives.
fn first_page(server: &Server) -> Result<(usize, u64)> {
    let html = server.get("/", None)?.body_mut().read_to_string()?;
    let mut files = vec!["/".to_owned()];
    files.extend(
        html.split(['"', '\''])
            .filter(|word| is_asset(word))
            .map(|word| format!("/{}", word.trim_start_matches(['.', '/']))),
    );
    files.sort();
    files.dedup();
    let mut bytes = 0;
    for file in &files {
        bytes += received(server, file)?;
    }
    Ok((files.len(), bytes))
}

fn is_asset(word: &str) -> bool {
    !word.contains("://") && [".js", ".css", ".woff2", ".svg", ".json"].iter().any(|ending| word.ends_with(ending))
}

/// The compressed length that the server announces, or else that of what it sends.
fn received(server: &Server, path: &str) -> Result<u64> {
    let mut answer = server.get(path, Some("br"))?;
    let announced = answer.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    match announced {
        Some(length) => Ok(length),
        None => {
            let mut body = Vec::new();
            answer.body_mut().as_reader().read_to_end(&mut body)?;
            Ok(body.len() as u64)
        }
    }
}
