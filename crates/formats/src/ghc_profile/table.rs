//! The table of `+RTS -p` and `-P`: totals, the most costly cost centres, then the tree.

use firesteel_model::{Nanoseconds, Period, ValueType};

use super::{columns_with_shares, columns_with_ticks, frame};
use crate::content::Content;
use crate::delimited::TreePath;
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{TextReader, read_lines};
use crate::text_number::{decimal, scaled};
use crate::warning::{Place, WarningKind};

pub(super) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(columns_with_shares(), options),
        total: Nanoseconds(0),
        tick: Nanoseconds(0),
        total_bytes: 0,
        rows: None,
        path: TreePath::default(),
    };
    read_lines(content, &mut reader)?;
    Ok(reader.builder.finish(Format::GhcProfile))
}

struct Reader {
    builder: ProfileBuilder,
    total: Nanoseconds,
    tick: Nanoseconds,
    total_bytes: i64,
    /// What the rows of the tree have, once it has begun.
    rows: Option<Rows>,
    path: TreePath,
}

#[derive(Clone, Copy)]
struct Rows {
    has_source: bool,
    has_ticks: bool,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        let text = line.trim();
        if text.is_empty() {
            return;
        }
        if line.starts_with("COST CENTRE") {
            self.heading(line);
        } else if let Some(rows) = self.rows {
            self.row(line, rows, place);
        } else if let Some(total) = text.strip_prefix("total time") {
            self.total_time(total);
        } else if let Some(total) = text.strip_prefix("total alloc") {
            let bytes = total.trim_start_matches([' ', '=']).split(' ').next().unwrap_or_default();
            self.total_bytes = scaled(bytes, 0).unwrap_or(0);
        } else if text.contains(" +RTS ") && self.builder.profile.metadata.title.is_empty() {
            text.clone_into(&mut self.builder.profile.metadata.title);
        } else if let Some((date, _)) = text.split_once(" Time and Allocation Profiling Report") {
            self.builder.profile.metadata.set_property("date", date);
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Reader {
    /// `=        0.68 secs   (68 ticks @ 10000 us, 1 processor)`.
    fn total_time(&mut self, text: &str) {
        let words: Vec<&str> = text.split([' ', '(', ')', ',']).filter(|word| !word.is_empty()).collect();
        let before = |word: &str| {
            let index = words.iter().position(|&found| found == word)?;
            words.get(index.checked_sub(1)?).and_then(|number| decimal(number))
        };
        let (ticks, microseconds) = (before("ticks").unwrap_or(0), before("us").unwrap_or(0));
        let tick = microseconds.saturating_mul(1000);
        self.tick = Nanoseconds(tick as u64);
        self.total = Nanoseconds(ticks.saturating_mul(tick) as u64);
        let metadata = &mut self.builder.profile.metadata;
        let seconds = words.iter().position(|&word| word == "secs").and_then(|index| words.get(index.checked_sub(1)?));
        let nanoseconds = seconds.and_then(|seconds| scaled(seconds, 9));
        metadata.duration = nanoseconds.map(|nanoseconds| Nanoseconds(nanoseconds as u64));
        metadata.period = Some(Period { value_type: ValueType::cpu(), value: tick });
    }

    /// Takes the heading of either table: only the tree has numbers of its nodes and their entries.
    fn heading(&mut self, line: &str) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        if !words.contains(&"entries") {
            return;
        }
        let rows = Rows { has_source: words.contains(&"SRC"), has_ticks: words.contains(&"ticks") };
        if rows.has_ticks && self.rows.is_none() {
            let metadata = std::mem::take(&mut self.builder.profile.metadata);
            self.builder.restart(columns_with_ticks());
            self.builder.profile.metadata = metadata;
            self.builder.profile.metadata.default_sample_type = 1;
        }
        self.rows = Some(rows);
        self.path = TreePath::default();
    }

    fn row(&mut self, line: &str, rows: Rows, place: Place) {
        let depth = line.len() - line.trim_start_matches(' ').len();
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        // no., entries, %time and %alloc of itself, the same inherited, and ticks and bytes.
        let numbers = if rows.has_ticks { 8 } else { 6 };
        let names = if rows.has_source { 3 } else { 2 };
        let Some((text, numbers)) = words
            .len()
            .checked_sub(numbers)
            .filter(|&text| text >= names)
            .and_then(|text| words.split_at_checked(text))
        else {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
            return;
        };
        let Some(values) = self.values(numbers, rows) else {
            self.builder.warnings.add(WarningKind::MalformedCount, place);
            return;
        };
        // Notes in place of a source may have spaces: `<no location info>`.
        let is_note = text.last().is_some_and(|word| word.ends_with('>'));
        let note = text.iter().rposition(|word| word.starts_with('<')).filter(|_| is_note);
        let source_at = if rows.has_source { note.unwrap_or(text.len() - 1) } else { text.len() };
        let (text, source) = text.split_at_checked(source_at).unwrap_or((text, &[]));
        let source = source.join(" ");
        let (module, name) = text.split_last().map_or(("", String::new()), |(module, name)| (*module, name.join(" ")));
        let parent = self.path.parent(depth);
        let frame = frame(module, &name, &source, &mut self.builder);
        let stack = self.builder.profile.push_stack(parent, frame);
        self.path.push(depth, stack);
        if values.iter().any(|&value| value != 0) {
            self.builder.add_values(stack, &values);
        }
    }

    /// The values of a row from its numbers.
    fn values(&self, numbers: &[&str], rows: Rows) -> Option<Vec<i64>> {
        let entries = decimal(numbers.get(1)?)?;
        if rows.has_ticks {
            let (ticks, bytes) = (decimal(numbers.get(6)?)?, decimal(numbers.get(7)?)?);
            return Some(vec![ticks, ticks.saturating_mul(self.tick.0 as i64), bytes, entries]);
        }
        let share = |index: usize, total: i64| {
            let permille = i128::from(scaled(numbers.get(index)?, 1)?);
            i64::try_from(permille * i128::from(total) / 1000).ok()
        };
        Some(vec![share(2, self.total.0 as i64)?, share(3, self.total_bytes)?, entries])
    }
}

#[cfg(test)]
mod tests {
    use crate::format::Format;
    use crate::test_text::{details, folded_column, read};

    const TOP: &str = "\
\tThu Oct 10 12:00 2019 Time and Allocation Profiling Report  (Final)

\t   prog +RTS -P -RTS

\ttotal time  =        0.68 secs   (68 ticks @ 10000 us, 1 processor)
\ttotal alloc = 204,677,844 bytes  (excludes profiling overheads)

COST CENTRE MODULE SRC               %time %alloc

fib         Main   Main.hs:3:1-20     90.0   80.0
main        Main   Main.hs:5:1-20     10.0   20.0


";

    #[test]
    fn reads_ticks_and_bytes() {
        let text = format!(
            "{TOP}\
                                                       individual      inherited
COST CENTRE  MODULE                SRC                  no.     entries  %time %alloc   %time %alloc  ticks     bytes

MAIN         MAIN                  <built-in>           105          0    0.0    0.0   100.0  100.0      0       504
 CAF:主要       Main                  <no location info>   209          0    0.0    0.0   100.0  100.0      0         0
  main       Main                  Main.hs:5:1-20       210          1   10.0   20.0   100.0  100.0      7  40935569
   fib       Main                  Main.hs:(3,1)-(4,20) 211     242785   90.0   80.0    90.0   80.0     61 163742275
"
        );
        let read = read(Format::GhcProfile, &text);
        assert_eq!(read.profile.metadata.title, "prog +RTS -P -RTS");
        insta::assert_snapshot!(details(&read), @r"
        samples/count cpu/nanoseconds alloc_space/bytes entries/count
        [0, 0, 504, 0]
          MAIN.MAIN
        [7, 70000000, 40935569, 1]
          MAIN.MAIN
          Main.CAF:主要
          Main.main Main.hs:5
        [61, 610000000, 163742275, 242785]
          MAIN.MAIN
          Main.CAF:主要
          Main.main Main.hs:5
          Main.fib Main.hs:3
        ");
    }

    #[test]
    fn reads_shares() {
        let text = format!(
            "{TOP}\
                                            individual      inherited
COST CENTRE  MODULE    no.     entries  %time %alloc   %time %alloc

MAIN         MAIN      105          0    0.0    0.0   100.0  100.0
 my label    Main      210          1   10.0   20.0   100.0  100.0
  fib        Main      211     242785   90.0   80.0    90.0   80.0
"
        );
        let read = read(Format::GhcProfile, &text);
        insta::assert_snapshot!(folded_column(&read, 0), @r"
        MAIN.MAIN;Main.my label 68000000
        MAIN.MAIN;Main.my label;Main.fib 612000000
        ");
        insta::assert_snapshot!(folded_column(&read, 1), @r"
        MAIN.MAIN;Main.my label 40935568
        MAIN.MAIN;Main.my label;Main.fib 163742275
        ");
    }
}
