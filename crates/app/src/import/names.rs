//! Names for the columns and the table of a file.

use std::collections::HashSet;

use mathesar_sql::ident::MAX_NAME_BYTES;

/// Names that every table has already; PostgreSQL refuses them for columns.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// Names for columns from their headers: trimmed, not empty, short enough, all different, none of PostgreSQL's own.
pub fn column_names(headers: &[String]) -> Vec<String> {
    let mut taken: HashSet<String> = SYSTEM_COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let mut names = Vec::with_capacity(headers.len());
    for (index, header) in headers.iter().enumerate() {
        let header = clean(header);
        let wanted = if header.is_empty() { format!("Column {}", index + 1) } else { header };
        let name = free_name(&wanted, |name| taken.contains(name));
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// A name for the table from the name of its file: without folder and ending.
pub fn table_name(file_name: &str) -> String {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| if stem.is_empty() { base } else { stem });
    let name = clean(stem);
    if name.is_empty() { "Imported table".to_owned() } else { cut(&name, MAX_NAME_BYTES).to_owned() }
}

/// `wanted`, or `wanted 2`, `wanted 3` …, whichever first is not taken; never longer than PostgreSQL keeps.
pub fn free_name(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let whole = cut(wanted, MAX_NAME_BYTES);
    if !taken(whole) {
        return whole.to_owned();
    }
    let numbered = |number: u64| {
        let suffix = format!(" {number}");
        format!("{}{suffix}", cut(wanted, MAX_NAME_BYTES - suffix.len()))
    };
    (2..).map(numbered).find(|name| !taken(name)).expect("there are more numbers than names")
}

/// Control characters become spaces, and spaces around go.
fn clean(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}

fn cut(name: &str, bytes: usize) -> &str {
    name[..name.floor_char_boundary(bytes)].trim_end()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(headers: &[&str]) -> Vec<String> {
        column_names(&headers.iter().map(|header| (*header).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn headers_become_names_that_postgresql_takes() {
        assert_eq!(names(&[" name ", "", "name", "xmin", "a\nb"]), ["name", "Column 2", "name 2", "xmin 2", "a b"]);
        let long = "é".repeat(40);
        assert_eq!(names(&[&long, &long]), ["é".repeat(31), format!("{} 2", "é".repeat(30))]);
    }

    #[test]
    fn a_file_names_its_table() {
        assert_eq!(table_name("C:\\data\\us employment.2024.csv"), "us employment.2024");
        assert_eq!(table_name(".csv"), ".csv");
        assert_eq!(table_name(""), "Imported table");
    }

    proptest! {
        #[test]
        fn names_are_all_different_and_fit(headers in proptest::collection::vec("[ab ]{0,3}|é{30,34}", 0..30)) {
            let names = column_names(&headers);
            prop_assert!(names.iter().all(|name| (1..=MAX_NAME_BYTES).contains(&name.len())));
            prop_assert_eq!(names.iter().collect::<HashSet<_>>().len(), headers.len());
        }
    }
}
