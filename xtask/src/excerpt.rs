//! What matters of a long log: where something failed, and its end.

use std::{collections::VecDeque, fmt};

/// Lines in which cargo's tests, Playwright or a compiler say that something failed.
const SIGNS: &[&str] = &["FAILED", "panicked at", "✘", "Error: ", "error: ", "error["];
/// So many lines are kept from each of those on: what it was usually follows.
const AFTER_SIGN: usize = 4;
/// No more than the first of them, since one failure can bring hundreds.
const MOST_SIGNS: usize = 12;
/// So many lines are kept of the end.
const END: usize = 30;

/// Takes a log line by line and keeps of it what [`fmt::Display`] then gives.
#[derive(Debug, Default)]
pub struct Excerpt {
    failures: Vec<String>,
    signs: usize,
    /// Lines to keep yet for the last sign.
    wanted: usize,
    end: VecDeque<String>,
}

impl Excerpt {
    /// The next line.
    pub fn push(&mut self, line: String) {
        // What leaves the end is looked at only then, so that no line is given twice.
        if self.end.len() == END
            && let Some(left) = self.end.pop_front()
        {
            self.keep_if_telling(left);
        }
        self.end.push_back(line);
    }

    fn keep_if_telling(&mut self, line: String) {
        if self.signs < MOST_SIGNS && SIGNS.iter().any(|sign| line.contains(sign)) {
            self.signs += 1;
            self.wanted = AFTER_SIGN;
        }
        if self.wanted > 0 {
            self.wanted -= 1;
            self.failures.push(line);
        }
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.failures.iter().chain(&self.end);
        lines.into_iter().try_for_each(|line| writeln!(formatter, "  {line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(lines: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut excerpt = Excerpt::default();
        lines.into_iter().for_each(|line| excerpt.push(line));
        excerpt.to_string().lines().map(|line| line.trim_start().to_owned()).collect()
    }

    #[test]
    fn a_failure_long_before_the_end_is_kept_with_what_follows_it() {
        let mut lines: Vec<String> = (0..200).map(|number| format!("line {number}")).collect();
        lines[50] = "test grid::undo ... FAILED".to_owned();
        let kept = excerpt(lines);
        assert_eq!(kept[..5], ["test grid::undo ... FAILED", "line 51", "line 52", "line 53", "line 170"]);
        assert_eq!(kept.len(), AFTER_SIGN + END);
    }

    #[test]
    fn a_short_log_is_kept_whole_and_in_order() {
        let lines = ["error: no", "line 1"].map(str::to_owned);
        assert_eq!(excerpt(lines.clone()), lines);
    }

    #[test]
    fn a_thousand_failures_do_not_hide_the_first() {
        let kept = excerpt((0..1000).map(|number| format!("test {number} ... FAILED")));
        assert_eq!(kept[0], "test 0 ... FAILED");
        assert!(kept.len() <= MOST_SIGNS * AFTER_SIGN + END, "{} lines", kept.len());
    }
}
