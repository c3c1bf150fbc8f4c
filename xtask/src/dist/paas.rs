//! The files for platforms that are downloaded; those that platforms read in the repository stay where they are.

use std::fs;

use anyhow::Result;

use super::{Built, of_repository};

/// Leaves `fly.toml`.
pub(super) fn build(built: &Built) -> Result<()> {
    fs::copy(of_repository("packaging/paas/fly.toml"), built.folder.join("fly.toml"))?;
    Ok(())
}
