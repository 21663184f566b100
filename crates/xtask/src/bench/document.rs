//! BENCHMARKS.md: sections of rows that ran are replaced, the others stay.

use std::fmt::Write;

use super::machine::Machine;
use super::row::Row;
use super::section::Section;

const HEAD: &str = "# Benchmarks

`make bench` measures all of this again, installs the peers it needs into the ignored folder `.tools/`, and rewrites this
file; `make bench BENCH='fold svg'` runs only those rows (`BENCH=--help` lists them). Inputs are made by a generator with a
fixed seed; the programs that are profiled are those of [examples/go](examples/go/README.md).

- Everything is a ratio against a peer in the same run on the same input: machines differ and change, ratios last.
- Time is CPU time, user and system, as the kernel counts it for the measured processes. Runs of ours and of the peers
  alternate; figures are medians, of at least 10 runs of a program and at least 7 recordings.
- Ours is a copy of what cargo built, as the peers are copies that cargo installed.
- A profiled program is started apart, and every profiler attaches to it, so that no profiler is charged for the program.
- A budget is what this project holds itself to; a miss is shown like a pass.
";

/// The document as it is.
#[derive(Debug, Default)]
pub(super) struct Document {
    machine: String,
    /// Title and text of each section, from its heading on.
    sections: Vec<(String, String)>,
}

impl Document {
    pub(super) fn parse(text: &str) -> Self {
        let mut document = Self::default();
        for part in text.split("\n## ").skip(1) {
            let title = part.lines().next().unwrap_or_default();
            let whole = format!("## {}\n", part.trim_end());
            if title == MACHINE_TITLE {
                document.machine = whole;
            } else {
                document.sections.push((title.to_owned(), whole));
            }
        }
        document
    }

    /// The document with new results; `None` when old ones that would stay are of another machine.
    pub(super) fn update(&self, machine: &Machine, results: &[Section]) -> Option<String> {
        let machine = machine_section(machine);
        let fresh = |row: Row| results.iter().find(|section| section.title == row.title());
        let old = |row: Row| self.sections.iter().find(|(title, _)| title == row.title());
        let keeps_old = Row::ALL.into_iter().any(|row| fresh(row).is_none() && old(row).is_some());
        if keeps_old && comparable(&self.machine) != comparable(&machine) {
            return None;
        }
        let mut text = format!("{HEAD}\n{machine}");
        for row in Row::ALL {
            let section = fresh(row).map(Section::markdown).or_else(|| old(row).map(|(_, text)| text.clone()));
            if let Some(section) = section {
                let _ = write!(text, "\n{section}");
            }
        }
        Some(text)
    }
}

const MACHINE_TITLE: &str = "Machine and versions";

fn machine_section(machine: &Machine) -> String {
    let mut text = format!("## {MACHINE_TITLE}\n\n| | |\n|---|---|\n");
    for (name, value) in machine {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    text
}

/// The lines that have to be the same for figures to stand beside each other: not the date, nor peers that are missing now.
fn comparable(machine: &str) -> Vec<&str> {
    machine.lines().filter(|line| !line.starts_with("| peers |") && !line.starts_with("| date |")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(processor: &str) -> Machine {
        vec![("processor", processor.to_owned()), ("peers", "inferno 1".to_owned())]
    }

    fn section(row: Row, note: &str) -> Section {
        Section { title: row.title(), about: "About.", lines: Vec::new(), notes: vec![note.to_owned()] }
    }

    #[test]
    fn rows_that_did_not_run_keep_their_results() {
        let first =
            Document::default().update(&machine("a"), &[section(Row::Svg, "one"), section(Row::Fold, "two")]).unwrap();
        assert!(first.find("- two") < first.find("- one"), "in the order of rows:\n{first}");
        let second = Document::parse(&first).update(&machine("a"), &[section(Row::Svg, "three")]).unwrap();
        assert_eq!(second, first.replace("- one", "- three"));
        // The same again changes nothing.
        assert_eq!(Document::parse(&second).update(&machine("a"), &[section(Row::Svg, "three")]), Some(second));
    }

    #[test]
    fn figures_of_two_machines_are_not_mixed() {
        let first =
            Document::default().update(&machine("a"), &[section(Row::Svg, "one"), section(Row::Fold, "two")]).unwrap();
        assert_eq!(Document::parse(&first).update(&machine("b"), &[section(Row::Svg, "three")]), None);
        let both = [section(Row::Svg, "three"), section(Row::Fold, "four")];
        let second = Document::parse(&first).update(&machine("b"), &both).unwrap();
        assert!(second.contains("| b |") && !second.contains("two"), "{second}");
    }
}
