//! The data of ICU, cut down to what PostgreSQL asks of it: collation, the case of letters, and the encodings of databases. Names
//! of languages and currencies, time zones, units and dictionaries are three quarters of what it weighs.
//!
//! The data is one constant of the library: a header, a table of contents that is sorted by name, and the items. What is not
//! wanted leaves the table and is overwritten with zeros, which compress to nothing; everything else stays where it is, so no
//! address in the library changes. The layout is that of ICU's `ucmndata.h` and `udata.h`.

use std::{collections::BTreeSet, ops::Range};

use anyhow::{Context, Result, ensure};

/// The second and third fields of the header: the mark of ICU's data, and the name of this format.
const MARK: [u8; 2] = [0xda, 0x27];
const FORMAT: &[u8; 4] = b"CmnD";

/// Where the format stands in the header.
const FORMAT_AT: usize = 12;

/// Takes everything that PostgreSQL does not use out of the data in a library `libicudata.so`.
///
/// # Errors
/// When the library has no such data, or not in this layout.
pub(super) fn trim(library: &mut [u8]) -> Result<()> {
    let contents = Contents::read(library)?;
    let (kept, dropped): (Vec<_>, Vec<_>) = contents.items.iter().partition(|item| is_wanted(&item.name));
    ensure!(!kept.is_empty(), "nothing in the data of ICU is known");
    for item in dropped {
        library[item.bytes.clone()].fill(0);
    }
    library[contents.start..contents.start + 4].copy_from_slice(&u32::try_from(kept.len())?.to_le_bytes());
    for (index, item) in kept.iter().enumerate() {
        let at = contents.start + 4 + index * Contents::ENTRY;
        library[at..at + Contents::ENTRY].copy_from_slice(&item.entry);
    }
    Ok(())
}

/// Whether PostgreSQL uses an item, which is named by its path without the package, such as `coll/de.res`.
fn is_wanted(name: &str) -> bool {
    match name.split_once('/') {
        Some(("coll", _)) => true,
        // `initcap` looks for words; the dictionaries are of scripts that have no capitals.
        Some(("brkitr", file)) => !file.ends_with(".dict"),
        Some(_) => false,
        // Formats of dates and numbers of one language; what all languages share has names of more than one kind.
        None => !name.strip_suffix(".res").is_some_and(is_language),
    }
}

/// Whether a name is that of a language, with or without script and country: `de`, `sr_Latn_RS`.
fn is_language(name: &str) -> bool {
    let mut parts = name.split('_');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|letter| letter.is_ascii_lowercase())
        && parts.all(|part| part.starts_with(|letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit()))
}

struct Contents {
    /// Where the number of items stands; the table follows.
    start: usize,
    items: Vec<Item>,
}

struct Item {
    name: String,
    /// Its row of the table: the places of its name and of its bytes, from the start of the table.
    entry: [u8; Contents::ENTRY],
    bytes: Range<usize>,
}

impl Contents {
    const ENTRY: usize = 8;

    fn read(library: &[u8]) -> Result<Self> {
        let header = library
            .windows(FORMAT_AT + FORMAT.len())
            .position(|window| window[2..4] == MARK && window[FORMAT_AT..] == *FORMAT)
            .context("the library has no data of ICU")?;
        let start = header + usize::from(u16::from_le_bytes([library[header], library[header + 1]]));
        let count = number(library, start)?;
        let mut items = Vec::with_capacity(count);
        for index in 0..count {
            let at = start + 4 + index * Self::ENTRY;
            let entry: [u8; Self::ENTRY] =
                library.get(at..at + Self::ENTRY).context("the table ends early")?.try_into()?;
            let (name, bytes) = (start + number(library, at)?, start + number(library, at + 4)?);
            items.push(Item { name: text(library, name)?, entry, bytes: bytes..bytes });
        }
        // An item ends where the next one begins. How far the last one goes is not written down; it is left as it is.
        let starts: BTreeSet<usize> = items.iter().map(|item| item.bytes.start).collect();
        for item in &mut items {
            item.bytes.end = starts.range(item.bytes.start + 1..).next().copied().unwrap_or(item.bytes.start);
        }
        Ok(Self { start, items })
    }
}

fn number(library: &[u8], at: usize) -> Result<usize> {
    let bytes = library.get(at..at + 4).context("the table leads out of the library")?;
    Ok(u32::from_le_bytes(bytes.try_into()?) as usize)
}

/// A name, without the package that it begins with.
fn text(library: &[u8], at: usize) -> Result<String> {
    let rest = library.get(at..).context("a name lies outside the library")?;
    let name = rest.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = std::str::from_utf8(name)?;
    Ok(name.split_once('/').map_or(name, |(_, inner)| inner).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEMS: [(&str, &[u8]); 6] = [
        ("pkg/brkitr/thaidict.dict", b"THAI"),
        ("pkg/coll/de.res", b"sort"),
        ("pkg/curr/de.res", b"EURO"),
        ("pkg/de_AT.res", b"DATE"),
        ("pkg/res_index.res", b"list"),
        ("pkg/zone/de.res", b"zone"),
    ];

    /// A library with these items, something before them and something behind.
    fn library() -> Vec<u8> {
        let header = [&[24, 0][..], &MARK, &[0; 8], FORMAT, &[0; 8]].concat();
        let mut names = Vec::new();
        let mut table = u32::try_from(ITEMS.len()).unwrap().to_le_bytes().to_vec();
        let names_at = table.len() + ITEMS.len() * Contents::ENTRY;
        let bytes_at = names_at + ITEMS.iter().map(|(name, _)| name.len() + 1).sum::<usize>();
        for (index, (name, _)) in ITEMS.iter().enumerate() {
            table.extend(u32::try_from(names_at + names.len()).unwrap().to_le_bytes());
            table.extend(u32::try_from(bytes_at + index * 4).unwrap().to_le_bytes());
            names.extend(name.bytes().chain([0]));
        }
        let bytes = ITEMS.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        [b"\x7fELF code".to_vec(), header, table, names, bytes, b" more".to_vec()].concat()
    }

    #[test]
    fn what_sorts_and_what_is_shared_stays_where_it_was() {
        let before = library();
        let mut after = before.clone();
        trim(&mut after).unwrap();
        let named = |library: &[u8]| -> Vec<(String, Range<usize>)> {
            Contents::read(library).unwrap().items.into_iter().map(|item| (item.name, item.bytes)).collect()
        };
        let kept: Vec<_> = named(&before)
            .into_iter()
            .filter(|(name, _)| ["coll/de.res", "res_index.res"].contains(&name.as_str()))
            .collect();
        assert_eq!(named(&after).iter().map(|(name, _)| name).collect::<Vec<_>>(), ["coll/de.res", "res_index.res"]);
        for ((_, was), (_, is)) in kept.iter().zip(named(&after)) {
            assert_eq!(was.start, is.start);
            assert_eq!(after[was.clone()], before[was.clone()]);
        }
        let gone = String::from_utf8_lossy(&after).into_owned();
        for word in ["THAI", "EURO", "DATE"] {
            assert!(!gone.contains(word), "{word} is still there");
        }
        assert_eq!(after.len(), before.len());
        assert!(after.ends_with(b" more"));
    }

    #[test]
    fn a_library_of_another_kind_is_refused() {
        let error = trim(&mut b"\x7fELF something else altogether".to_vec()).unwrap_err();
        assert_eq!(error.to_string(), "the library has no data of ICU");
        let mut cut = library();
        cut.truncate(60);
        assert!(trim(&mut cut).is_err());
    }
}
