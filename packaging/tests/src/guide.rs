//! The pages that say how to install: their commands are what the tests run.

use std::{fs, path::Path};

/// The address of the releases in the pages, in whose place a test has one of its own.
const RELEASES: &str = "https://releases.example.org";

/// A page of `docs/install`.
pub struct Guide {
    text: String,
    releases: String,
}

impl Guide {
    /// Reads a page; `releases` is where its downloads come from.
    ///
    /// # Panics
    /// When there is no such page.
    pub fn read(page: &str, releases: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/install").join(page).with_extension("md");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { text, releases: releases.to_owned() }
    }

    /// The commands of the block that is marked with `<!-- run: name -->`, for root's shell.
    ///
    /// # Panics
    /// When there is no such block.
    pub fn commands(&self, name: &str) -> String {
        let mark = format!("<!-- run: {name} -->\n```sh\n");
        let block = self.text.split_once(&mark).and_then(|(_, rest)| rest.split_once("```")).map(|(block, _)| block);
        let block = block.unwrap_or_else(|| panic!("the page has no block {name}"));
        block.replace("sudo ", "").replace(RELEASES, &self.releases)
    }

    /// The examples in YAML that are marked with `<!-- values: name -->`, without the indentation of the list that they are in.
    pub fn examples(&self) -> Vec<String> {
        let after_mark = self.text.split("<!-- values: ").skip(1);
        let blocks = after_mark.filter_map(|rest| rest.split_once("```yaml\n")?.1.split_once("```"));
        blocks
            .map(|(block, _)| {
                block.lines().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line))).collect()
            })
            .collect()
    }

    /// The names of all blocks, or why they are not run (`<!-- not run: reason -->`), and how many blocks of commands there are, marked
    /// or not.
    pub fn blocks(&self) -> (Vec<&str>, usize) {
        let marks = self.text.split("run: ").skip(1).filter_map(|rest| rest.split_once(" -->\n```sh\n"));
        (marks.map(|(mark, _)| mark).collect(), self.text.matches("```sh\n").count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_of_every_page_is_marked() {
        let pages = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/install")).unwrap();
        for page in pages.map(|entry| entry.unwrap().path()) {
            let guide = Guide::read(page.to_str().unwrap(), "");
            let (names, blocks) = guide.blocks();
            assert_eq!(names.len(), blocks, "{}: {names:?}", page.display());
        }
    }
}
