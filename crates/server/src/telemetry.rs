//! Log lines, to standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Libraries that say at `info` what we say ourselves; a filter that names them is stronger.
const QUIET: &str = "sea_orm_migration=warn,sqlx=warn";

/// Begins to log. Values of cells, parameters, addresses of databases and tokens never reach a log line: their types have no
/// `Debug` that shows them.
pub fn init(level: &str, json: bool) {
    let filter = EnvFilter::try_new(format!("{QUIET},{level}")).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    if json {
        registry.with(lines.json().flatten_event(true)).init();
    } else {
        registry.with(lines.with_ansi(io::stderr().is_terminal()).with_target(false)).init();
    }
}
