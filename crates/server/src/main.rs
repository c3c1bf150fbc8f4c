//! The executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    match mathesar_server::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
