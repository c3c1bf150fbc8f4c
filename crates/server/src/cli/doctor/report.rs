//! What was found, told as it is found, or all together as JSON.

use serde::Serialize;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Warning,
    Problem,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

#[derive(Serialize)]
struct Finding {
    level: Level,
    area: &'static str,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The findings.
pub(super) struct Report {
    json: bool,
    findings: Vec<Finding>,
}

impl Report {
    /// An empty one.
    pub(super) fn new(json: bool) -> Self {
        Self { json, findings: Vec::new() }
    }

    /// Something is as it should be.
    pub(super) fn good(&mut self, area: &'static str, what: impl Into<String>) {
        self.add(Finding { level: Level::Ok, area, what: what.into(), next: None });
    }

    /// Something works and could bite later; `next` says what to do.
    pub(super) fn warn(&mut self, area: &'static str, what: impl Into<String>, next: impl Into<String>) {
        self.add(Finding { level: Level::Warning, area, what: what.into(), next: Some(next.into()) });
    }

    /// Something does not work; `next` says what to do.
    pub(super) fn bad(&mut self, area: &'static str, what: impl Into<String>, next: impl Into<String>) {
        self.add(Finding { level: Level::Problem, area, what: what.into(), next: Some(next.into()) });
    }

    fn add(&mut self, finding: Finding) {
        if !self.json {
            println!("{:8} {:10} {}", finding.level.as_str(), finding.area, finding.what);
            if let Some(next) = &finding.next {
                println!("{:19} → {next}", "");
            }
        }
        self.findings.push(finding);
    }

    /// Tells what is still to be told, and gives the number of problems.
    pub(super) fn end(&self) -> anyhow::Result<usize> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(&self.findings)?);
        } else {
            println!("\n{} problems, {} warnings", self.problems(), self.count(Level::Warning));
        }
        Ok(self.problems())
    }

    /// How much does not work.
    pub(super) fn problems(&self) -> usize {
        self.count(Level::Problem)
    }

    fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// Every finding in words.
    #[cfg(test)]
    pub(super) fn words(&self) -> String {
        self.findings.iter().map(|finding| format!("{}: {}\n", finding.level.as_str(), finding.what)).collect()
    }
}
