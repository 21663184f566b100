//! The command's own arguments.

use std::fmt::Write;
use std::path::PathBuf;

use super::row::Row;

/// Runs of each program on each input.
const RUNS: usize = 11;

/// Rounds of recordings.
const ROUNDS: usize = 7;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    rows: Vec<Row>,
    /// A real `perf script` text, plain or gzip, to fold a hundred times over beside the made ones.
    pub(super) corpus: Option<PathBuf>,
    pub(super) runs: usize,
    pub(super) rounds: usize,
    /// Whether peers that are missing may be installed.
    pub(super) install: bool,
    /// Whether BENCHMARKS.md is written.
    pub(super) write: bool,
}

impl Arguments {
    /// Reads arguments; the error is what is wrong with them, empty when it is help that was asked for.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut parsed =
            Self { rows: Vec::new(), corpus: None, runs: RUNS, rounds: ROUNDS, install: true, write: true };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().ok_or_else(|| format!("`{argument}` needs a value\n\n"));
            let number = |text: &String| {
                text.parse::<usize>()
                    .ok()
                    .filter(|&number| number > 0)
                    .ok_or_else(|| format!("`{text}` is no count\n\n"))
            };
            match argument.as_str() {
                "--corpus" => parsed.corpus = Some(value()?.into()),
                "--runs" => parsed.runs = number(value()?)?,
                "--rounds" => parsed.rounds = number(value()?)?,
                "--no-install" => parsed.install = false,
                "--no-write" => parsed.write = false,
                "--help" | "-h" => return Err(String::new()),
                name => match Row::ALL.into_iter().find(|row| row.name() == name) {
                    Some(row) => parsed.rows.push(row),
                    None => return Err(format!("no row or option `{name}`\n\n")),
                },
            }
        }
        Ok(parsed)
    }

    /// Whether a row is to run: all do when none is named.
    pub(super) fn wants(&self, row: Row) -> bool {
        self.rows.is_empty() || self.rows.contains(&row)
    }
}

/// The help.
pub(super) fn usage() -> String {
    let mut text = String::from(
        "usage: cargo run --release --package firesteel-xtask -- bench [OPTION…] [ROW…]\n\n\
         Compares with the peers and writes BENCHMARKS.md. Rows, all if none is named:\n",
    );
    for row in Row::ALL {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {:<12} {}", row.name(), row.about());
    }
    let _ = write!(
        text,
        "\nOptions:\n  --corpus FILE  also fold this `perf script` text (.gz or plain), a hundred times over\n  \
         --runs N       runs of each program on each input ({RUNS})\n  \
         --rounds N     rounds of recordings ({ROUNDS})\n  \
         --no-install   leave peers out that are missing, instead of installing them into .tools/peers\n  \
         --no-write     leave BENCHMARKS.md as it is\n"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Arguments, String> {
        Arguments::parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn rows_and_options_come_in_any_order() {
        let arguments = parse("fold --runs 3 --corpus a.gz pprof --no-write").unwrap();
        assert!(arguments.wants(Row::Fold) && arguments.wants(Row::Pprof) && !arguments.wants(Row::Svg));
        assert_eq!((arguments.runs, arguments.corpus), (3, Some(PathBuf::from("a.gz"))));
        assert!(!arguments.write && arguments.install);
        assert!(Row::ALL.into_iter().all(|row| parse("").unwrap().wants(row)));
    }

    #[test]
    fn mistakes_are_named() {
        let refused = |text, part: &str| assert!(parse(text).unwrap_err().contains(part), "{text}");
        refused("fould", "no row or option `fould`");
        refused("--runs", "`--runs` needs a value");
        refused("--runs 0", "`0` is no count");
        assert_eq!(parse("--help"), Err(String::new()));
    }
}
