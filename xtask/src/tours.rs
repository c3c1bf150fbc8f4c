//! The table that says how long a newcomer's way is through each channel, from nothing to the first row on screen.

use std::fs;

use anyhow::{Context, Result};

use crate::{dist, shell::root};

/// Where the table is.
const PAGE: &str = "docs/install/index.md";
const BEGIN: &str = "<!-- tours -->\n";
const END: &str = "<!-- end of tours -->";

/// The pages of the channels, as the table has them, and what it calls them.
const CHANNELS: &[(&str, &str)] =
    &[("docker", "Docker"), ("debian", "Debian"), ("executable", "the executable"), ("pypi", "PyPI")];

/// Writes the table from what `packaging/tests/tests/tour.rs` has left.
///
/// # Errors
/// When a tour was not made, or the page has no place for the table.
pub fn write() -> Result<()> {
    let mut table = "| | Commands | Seconds |\n|---|---|---|\n".to_owned();
    for (page, name) in CHANNELS {
        let found = dist::folder().join("stage/tours").join(page);
        let found = fs::read_to_string(&found)
            .with_context(|| format!("{} is missing; `cargo xtask test dist` leaves it", found.display()))?;
        let (commands, seconds) = found.trim().split_once('\t').context("a tour has commands and seconds")?;
        table += &format!("| [{name}]({page}.md) | {commands} | {seconds} |\n");
    }
    let path = root().join(PAGE);
    let text = fs::read_to_string(&path)?;
    let replaced = with_table(&text, &table).with_context(|| format!("{PAGE} has no place for the table"))?;
    Ok(fs::write(path, replaced)?)
}

fn with_table(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_between_its_marks() {
        let text = format!("a\n{BEGIN}old\n{END}\nb\n");
        assert_eq!(with_table(&text, "new\n").unwrap(), format!("a\n{BEGIN}new\n{END}\nb\n"));
        assert_eq!(with_table("no marks", ""), None);
    }
}
