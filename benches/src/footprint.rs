//! What the executable costs before it does anything: size, start, memory, what a browser fetches.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};

use crate::{
    server::Server,
    table::{Table, size, time},
};

/// After this long a started program has done what it does in the background.
const SETTLED: Duration = Duration::from_secs(5);
/// The pages that a first visit and a day's work begin with, as the client's build calls them.
const PAGES: [&str; 2] = ["sign-in", "table"];

/// Starts the executable and notes what that cost.
pub(crate) fn measure(executable: &Path, costs: &mut Table<2>) -> Result<Server> {
    costs.note("executable with PostgreSQL", size(std::fs::metadata(executable)?.len()));
    let server = Server::start(executable)?;
    costs.note("start to first answer, empty data directory", time(server.start));
    std::thread::sleep(SETTLED);
    costs.note("memory, idle", size(server.memory("VmRSS")?));
    note_pages(&server, costs)?;
    Ok(server)
}

/// Notes what the measured work has left of memory.
pub(crate) fn memory_after_work(server: &Server, costs: &mut Table<2>) -> Result<()> {
    costs.note("memory, after the work", size(server.memory("VmRSS")?));
    costs.note("memory, most", size(server.memory("VmHWM")?));
    Ok(())
}

/// Notes all that a browser fetches until a page shows, but fonts: the HTML, and the scripts and styles that the client's build
/// lists for the page, the imports of imports too.
fn note_pages(server: &Server, costs: &mut Table<2>) -> Result<()> {
    let files = server.get("/pages.json", None)?.body_mut().read_to_string()?;
    let files: BTreeMap<String, Vec<String>> = serde_json::from_str(&files)?;
    for page in PAGES {
        let files = files.get(page).with_context(|| format!("the client's build lists no files of the page {page}"))?;
        let (mut sent, mut gzip) = (0, 0);
        for path in std::iter::once("/".to_owned()).chain(files.iter().map(|file| format!("/{file}"))) {
            sent += body(server, &path, Some("br"))?.len() as u64;
            gzip += gzip_size(&body(server, &path, None)?)?;
        }
        let measured = format!("{} after gzip, {} as sent, {} files", size(gzip), size(sent), files.len() + 1);
        costs.note(&format!("{page} page, scripts and styles"), measured);
    }
    Ok(())
}

/// The body as it comes over the network.
fn body(server: &Server, path: &str, encoding: Option<&str>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    server.get(path, encoding)?.body_mut().as_reader().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn gzip_size(bytes: &[u8]) -> Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}
