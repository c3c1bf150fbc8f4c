//! The way of a newcomer through a channel, from nothing to the first row on screen: how many commands, how long. `cargo xtask docs
//! --tours` puts what the tests found into the page where people choose a channel.

use std::{fs, path::Path, time::Instant};

use crate::artefacts;

/// A newcomer on their way; the clock runs.
pub struct Tour {
    /// The page of `docs/install` that they follow.
    page: &'static str,
    commands: usize,
    begun: Instant,
}

impl Tour {
    /// Starts with the first command of a page.
    pub fn begin(page: &'static str) -> Self {
        Self { page, commands: 0, begun: Instant::now() }
    }

    /// Counts what the newcomer now enters, and gives it back.
    pub fn enter(&mut self, commands: String) -> String {
        self.commands += count(&commands);
        commands
    }

    /// The first row is there: leaves page, commands and seconds for the table, and looks whether the table says so many commands.
    ///
    /// # Panics
    /// When the table has other commands, or nothing can be left.
    pub fn arrive(self) {
        let Self { page, commands, begun } = self;
        let folder = artefacts::folder().join("stage/tours");
        fs::create_dir_all(&folder).unwrap();
        let seconds = begun.elapsed().as_secs_f64().ceil();
        println!("{page}: {commands} commands, {seconds} s");
        fs::write(folder.join(page), format!("{commands}\t{seconds}\n")).unwrap();
        let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/install/index.md");
        let says = format!("]({page}.md) | {commands} |");
        let shown = fs::read_to_string(table).unwrap();
        assert!(
            shown.contains(&says),
            "docs/install/index.md has no row with {says}; `cargo xtask docs --tours` writes it"
        );
    }
}

/// How many commands a block has. Lines that go on, and what is fed to a command, are part of it.
fn count(commands: &str) -> usize {
    let mut count = 0;
    let mut fed_until: Option<String> = None;
    let mut goes_on = false;
    for line in commands.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(end) = &fed_until {
            if line == end {
                fed_until = None;
            }
            continue;
        }
        if !goes_on && !line.starts_with('#') {
            count += 1;
        }
        goes_on = line.ends_with('\\');
        fed_until = line.split_once("<<'").and_then(|(_, rest)| rest.split_once('\'')).map(|(end, _)| end.to_owned());
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_entered_at_a_prompt_is_counted() {
        assert_eq!(count("a --long \\\n  --words\nb\n\n# why\nc\n"), 3);
        assert_eq!(count("tee file <<'END'\nTypes: deb\nEND\napt-get update\n"), 2);
    }
}
