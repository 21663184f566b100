//! The result of a row: a table of comparisons, as text and as Markdown.

use std::fmt::Write;

use super::quantity::Quantity;

/// What is demanded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Budget {
    /// At most one part in so many of the peer's.
    PartOfPeer(f64),
    /// At most so much, whatever peers do.
    AtMost(Quantity),
    /// Nothing: for information.
    None,
}

/// What a peer needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PeerResult {
    /// It ran.
    Measured(Quantity),
    /// It is not there.
    NotInstalled,
    /// There is nothing to compare with.
    None,
}

/// How a comparison came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Pass,
    Miss,
    NotCompared,
    Information,
}

/// One comparison.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// What was measured, on what.
    pub(super) what: String,
    pub(super) ours: Quantity,
    /// The peer's name; empty when there is none.
    pub(super) peer: &'static str,
    pub(super) theirs: PeerResult,
    pub(super) budget: Budget,
}

impl Line {
    fn verdict(&self) -> Verdict {
        match (self.budget, self.theirs) {
            (Budget::None, _) => Verdict::Information,
            (Budget::AtMost(limit), _) if self.ours.value() <= limit.value() => Verdict::Pass,
            (Budget::PartOfPeer(parts), PeerResult::Measured(theirs))
                if self.ours.value() * parts <= theirs.value() =>
            {
                Verdict::Pass
            }
            (Budget::AtMost(_), _) | (Budget::PartOfPeer(_), PeerResult::Measured(_)) => Verdict::Miss,
            (Budget::PartOfPeer(_), _) => Verdict::NotCompared,
        }
    }

    fn cells(&self) -> [String; 6] {
        let theirs = match self.theirs {
            PeerResult::Measured(quantity) => format!("{quantity} ({})", self.peer),
            PeerResult::NotInstalled => format!("peer not installed ({})", self.peer),
            PeerResult::None => "–".to_owned(),
        };
        let ratio = match self.theirs {
            PeerResult::Measured(theirs) => ratio(self.ours.value(), theirs.value()),
            _ => "–".to_owned(),
        };
        let budget = match self.budget {
            Budget::PartOfPeer(parts) => format!("≤ 1/{parts}"),
            Budget::AtMost(limit) if limit.value() == 0.0 => "0".to_owned(),
            Budget::AtMost(limit) => format!("≤ {limit}"),
            Budget::None => "–".to_owned(),
        };
        let verdict = match self.verdict() {
            Verdict::Pass => "pass",
            Verdict::Miss => "**miss**",
            Verdict::NotCompared | Verdict::Information => "–",
        };
        [self.what.clone(), self.ours.to_string(), theirs, ratio, budget, verdict.to_owned()]
    }
}

/// Ours to theirs: `1/9.8` when we need less, `1.3` when more.
fn ratio(ours: f64, theirs: f64) -> String {
    if ours <= 0.0 || theirs <= 0.0 {
        return "–".to_owned();
    }
    let short = |value: f64| if value < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") };
    if ours <= theirs { format!("1/{}", short(theirs / ours)) } else { short(ours / theirs) }
}

/// The result of a row.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Heading in the document, by which an earlier result is found and replaced.
    pub(super) title: &'static str,
    /// What is measured and how; a paragraph of Markdown.
    pub(super) about: &'static str,
    pub(super) lines: Vec<Line>,
    /// What else there is to know, a sentence each.
    pub(super) notes: Vec<String>,
}

const HEADINGS: [&str; 6] = ["measured", "ours", "peer", "ratio", "budget", "result"];

impl Section {
    /// Markdown, from the heading to the last note.
    pub(super) fn markdown(&self) -> String {
        let mut text = format!("## {}\n\n{}\n\n", self.title, self.about);
        let _ = writeln!(text, "| {} |", HEADINGS.join(" | "));
        text.push_str("|---|--:|--:|--:|--:|---|\n");
        for line in &self.lines {
            let _ = writeln!(text, "| {} |", line.cells().join(" | "));
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }

    /// The same for a terminal.
    pub(super) fn text(&self) -> String {
        let rows: Vec<[String; 6]> =
            self.lines.iter().map(|line| line.cells().map(|cell| cell.replace('*', ""))).collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.chain([HEADINGS[column].len()]).max().unwrap_or(0)
        };
        let widths: [usize; 6] = std::array::from_fn(width);
        let mut text = String::new();
        for row in std::iter::once(&HEADINGS.map(str::to_owned)).chain(&rows) {
            text.push(' ');
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                let _ = if column == 0 || column == 5 {
                    write!(text, " {cell:<width$}")
                } else {
                    write!(text, "  {cell:>width$}")
                };
                text.push_str(if column == 4 { " " } else { "" });
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        for note in &self.notes {
            let _ = writeln!(text, "  {note}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(ours: f64, theirs: PeerResult, budget: Budget) -> Line {
        Line { what: "CPU time".to_owned(), ours: Quantity::Time(ours), peer: "them", theirs, budget }
    }

    #[test]
    fn verdicts() {
        let check = |ours, theirs, budget, expected| assert_eq!(line(ours, theirs, budget).verdict(), expected);
        let theirs = PeerResult::Measured(Quantity::Time(1.0));
        check(0.125, theirs, Budget::PartOfPeer(8.0), Verdict::Pass);
        check(0.13, theirs, Budget::PartOfPeer(8.0), Verdict::Miss);
        check(0.13, PeerResult::NotInstalled, Budget::PartOfPeer(8.0), Verdict::NotCompared);
        check(0.3, PeerResult::None, Budget::AtMost(Quantity::Time(0.3)), Verdict::Pass);
        check(0.31, PeerResult::NotInstalled, Budget::AtMost(Quantity::Time(0.3)), Verdict::Miss);
        check(9.0, theirs, Budget::None, Verdict::Information);
    }

    #[test]
    fn markdown_of_a_section() {
        let section = Section {
            title: "Folding",
            about: "How long it takes.",
            lines: vec![
                line(0.25, PeerResult::Measured(Quantity::Time(2.0)), Budget::PartOfPeer(8.0)),
                line(2.0, PeerResult::Measured(Quantity::Time(1.0)), Budget::PartOfPeer(8.0)),
                line(2.0, PeerResult::NotInstalled, Budget::PartOfPeer(8.0)),
            ],
            notes: vec!["The outputs are the same.".to_owned()],
        };
        let expected = "## Folding\n\nHow long it takes.\n\n\
            | measured | ours | peer | ratio | budget | result |\n|---|--:|--:|--:|--:|---|\n\
            | CPU time | 250 ms | 2.00 s (them) | 1/8.0 | ≤ 1/8 | pass |\n\
            | CPU time | 2.00 s | 1.00 s (them) | 2.0 | ≤ 1/8 | **miss** |\n\
            | CPU time | 2.00 s | peer not installed (them) | – | ≤ 1/8 | – |\n\n\
            - The outputs are the same.\n";
        assert_eq!(section.markdown(), expected);
    }
}
