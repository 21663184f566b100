//! What was found, for people.

use std::fmt;

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, relative to the root.
    pub path: String,
    /// Its line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Finding {
    pub(super) fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, "{}: {}", self.path, self.message),
            line => write!(formatter, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Everything that was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Broken rules.
    pub findings: Vec<Finding>,
    /// Files longer than aimed for, yet below the limit: path and lines.
    pub long_files: Vec<(String, usize)>,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(formatter, "{finding}")?;
        }
        if !self.long_files.is_empty() {
            writeln!(formatter, "longer than {} lines, think about splitting:", super::size::AIM)?;
            for (path, lines) in &self.long_files {
                writeln!(formatter, "  {path}: {lines}")?;
            }
        }
        match self.findings.len() {
            0 => writeln!(formatter, "tidy: every rule is kept"),
            1 => writeln!(formatter, "tidy: 1 finding"),
            count => writeln!(formatter, "tidy: {count} findings"),
        }
    }
}

/// Messages of findings with their lines, as tests compare them.
#[cfg(test)]
pub(super) fn lines_and_messages(findings: &[Finding]) -> Vec<(usize, &str)> {
    findings.iter().map(|finding| (finding.line, finding.message.as_str())).collect()
}
