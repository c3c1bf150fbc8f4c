//! A table for a terminal, and how numbers are written in it.

use std::{fmt, time::Duration};

/// Rows under a heading.
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty one.
    pub(crate) fn new(heading: [&str; N]) -> Self {
        Self { rows: vec![heading.map(str::to_owned)] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }
}

impl Table<4> {
    /// Adds a work, how long we and PostgreSQL alone took for it, and how many times longer we did.
    pub(crate) fn compare(&mut self, work: &str, ours: Duration, theirs: Duration) {
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        self.row([work.to_owned(), time(ours), time(theirs), format!("{ratio:.1}")]);
    }
}

impl Table<2> {
    /// Adds a measurement.
    pub(crate) fn note(&mut self, what: &str, measured: String) {
        self.row([what.to_owned(), measured]);
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: [usize; N] = std::array::from_fn(|column| {
            self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        });
        for (number, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            writeln!(f, "| {} |", cells.join(" | "))?;
            if number == 0 {
                writeln!(f, "|{}|", widths.map(|width| "-".repeat(width + 2)).join("|"))?;
            }
        }
        Ok(())
    }
}

/// A time with three digits: `1.44 ms`, `2.50 s`.
pub(crate) fn time(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    match milliseconds {
        _ if milliseconds >= 1e3 => format!("{:.2} s", milliseconds / 1e3),
        _ if milliseconds >= 100.0 => format!("{milliseconds:.0} ms"),
        _ => format!("{milliseconds:.2} ms"),
    }
}

/// A number of bytes: `812 B`, `64.2 kB`, `17.1 MB`.
pub(crate) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let number = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", number / 1e3),
        _ => format!("{:.1} MB", number / 1e6),
    }
}
