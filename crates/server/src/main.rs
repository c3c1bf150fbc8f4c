//! The executable.

use std::{io, process::ExitCode};

fn main() -> ExitCode {
    match mathesar_server::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads what we print has seen enough, as `head` does.
        Err(error) if error.root_cause().downcast_ref().map(io::Error::kind) == Some(io::ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
