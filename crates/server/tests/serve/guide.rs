//! The pages of the documentation: the tests run what they tell.

use std::{fs, path::Path};

/// A page.
pub struct Page(String);

impl Page {
    /// Reads a page by its path in `docs`.
    pub fn read(path: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(path);
        Self(fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
    }

    /// The block that is marked with `<!-- run: name -->`.
    pub fn block(&self, name: &str) -> &str {
        let marked = self.blocks().find(|block| block.name == name);
        marked.unwrap_or_else(|| panic!("the page has no block {name}")).text
    }

    /// All marked blocks, in their order.
    pub fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        self.0.split("<!-- run: ").skip(1).map(|rest| {
            let (name, rest) = rest.split_once(" -->\n```").unwrap();
            let (text, rest) = rest.split_once('\n').unwrap().1.split_once("```\n").unwrap();
            let (before, after) = rest.split_once("```").unwrap_or((rest, ""));
            // What it prints stands in the next block, where there is no word between the two.
            let printed = before.trim().is_empty().then(|| after.split_once('\n')?.1.split_once("```")).flatten();
            Block { name, text, printed: printed.map(|(printed, _)| printed) }
        })
    }
}

/// A block that is run.
pub struct Block<'p> {
    pub name: &'p str,
    pub text: &'p str,
    /// What the page says that it prints.
    pub printed: Option<&'p str>,
}
