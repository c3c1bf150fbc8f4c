//! Log lines, to standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{EnvFilter, Registry, fmt, layer::SubscriberExt as _, reload, util::SubscriberInitExt as _};

/// Libraries that say at `info` what we say ourselves; a filter that names them is stronger.
const QUIET: &str = "sea_orm_migration=warn,sqlx=warn";

/// The filter of log lines, which can change while the program runs.
pub struct LogLevel(reload::Handle<EnvFilter, Registry>);

impl LogLevel {
    /// Filters by `level` from now on.
    ///
    /// # Errors
    /// When logging has ended.
    pub fn change(&self, level: &str) -> Result<(), reload::Error> {
        self.0.reload(filter(level))
    }
}

fn filter(level: &str) -> EnvFilter {
    EnvFilter::try_new(format!("{QUIET},{level}")).unwrap_or_else(|_| EnvFilter::new("info"))
}

/// Begins to log. Values of cells, parameters, addresses of databases and tokens never reach a log line: their types have no
/// `Debug` that shows them.
pub fn init(level: &str, json: bool) -> LogLevel {
    let (filter, handle) = reload::Layer::new(filter(level));
    let lines = fmt::layer().with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    if json {
        registry.with(lines.json().flatten_event(true)).init();
    } else {
        registry.with(lines.with_ansi(io::stderr().is_terminal()).with_target(false)).init();
    }
    LogLevel(handle)
}
