//! Where the running server listens, noted for the commands beside it: an unchosen port may be another than the usual one.

use std::{fs, net::SocketAddr, path::Path};

const FILE: &str = "address";

/// Notes where the server listens.
pub(super) fn note(data_dir: &Path, bound: SocketAddr) {
    if let Err(error) = fs::write(data_dir.join(FILE), format!("{bound}\n")) {
        tracing::warn!(%error, "the address could not be noted for other commands");
    }
}

/// Where the server listens, or listened when it last ran.
pub(super) fn recall(data_dir: &Path) -> Option<SocketAddr> {
    fs::read_to_string(data_dir.join(FILE)).ok()?.trim().parse().ok()
}
