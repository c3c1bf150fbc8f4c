//! The licences of everything that this executable carries, as `cargo xtask build` gathered them.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use anyhow::Context as _;
use serde::Deserialize;

use crate::http::assets;

/// Written by `xtask` (`licences.rs`), which has the same shape.
const FILE: &str = "licences.json.zst";

/// Everything that is carried.
#[derive(Deserialize)]
pub struct Licences {
    /// The parts, sorted by where they come from and by name.
    pub components: Vec<Component>,
    texts: Vec<String>,
}

/// A part.
#[derive(Deserialize)]
pub struct Component {
    /// `crate`, `npm`, `docs` or `postgres`.
    pub origin: String,
    /// Its name there.
    pub name: String,
    /// Its version.
    pub version: String,
    /// An SPDX expression.
    pub licence: String,
    texts: Vec<usize>,
}

/// A text, and the parts that it is the licence of.
pub struct Text<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The parts.
    pub of: Vec<&'a Component>,
}

impl Licences {
    /// Those of this executable.
    ///
    /// # Errors
    /// When they were not gathered, as in a plain `cargo build`.
    pub fn read() -> anyhow::Result<Self> {
        let packed = assets::file(FILE).context(
            "The licences are not part of this build. Build it with `cargo xtask build`, which gathers them.",
        )?;
        serde_json::from_slice(&zstd::decode_all(&*packed)?).context("The licences cannot be read.")
    }

    /// Every text once.
    pub fn texts(&self) -> Vec<Text<'_>> {
        let mut of = BTreeMap::<usize, Vec<&Component>>::new();
        for component in &self.components {
            component.texts.iter().for_each(|place| of.entry(*place).or_default().push(component));
        }
        of.into_iter().filter_map(|(place, of)| Some(Text { text: self.texts.get(place)?, of })).collect()
    }

    /// Writes a line for each part, and the texts where they are wanted.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write, full: bool) -> io::Result<()> {
        for component in &self.components {
            let Component { origin, name, version, licence, .. } = component;
            writeln!(out, "{origin}\t{name}\t{version}\t{licence}")?;
        }
        if full {
            for Text { text, of } in self.texts() {
                let of: Vec<_> = of.iter().map(|part| format!("{} {}", part.name, part.version)).collect();
                writeln!(out, "\n{}\n{}\n\n{text}", "─".repeat(80), of.join(", "))?;
            }
        }
        Ok(())
    }
}
