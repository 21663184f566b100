//! Call trees of Visual Studio's profiler as CSV (`vsperfreport /summary:calltree`).
//!
//! Rows have a level and exclusive values. Which values there are depends on how was profiled: samples, or calls with
//! their times in milliseconds. Level 0 is the process, so it names the thread of the stacks below it.

use firesteel_model::{FrameKind, Sample, Thread, ThreadId, Unit, ValueType};

use crate::content::Content;
use crate::delimited::{TreePath, delimiter, fields};
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{TextFrame, TextReader, read_lines};
use crate::text_number::{decimal, scaled};
use crate::warning::{Place, WarningKind};

/// Nanoseconds of a millisecond, as a number of decimals.
const MILLISECOND: u8 = 6;

/// Whether content begins like this format: a heading of levels and functions.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    head.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| Heading::parse(line).is_some())
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let builder = ProfileBuilder::new(vec![ValueType::samples()], options);
    let mut reader = Reader { builder, heading: None, path: TreePath::default(), process: ThreadId::NONE };
    read_lines(content, &mut reader)?;
    Ok(reader.builder.finish(Format::VisualStudio))
}

struct Reader {
    builder: ProfileBuilder,
    heading: Option<Heading>,
    path: TreePath,
    process: ThreadId,
}

#[derive(Clone, Copy)]
enum Value {
    /// A number as it stands.
    Count(usize),
    /// Milliseconds.
    Time(usize),
    /// Milliseconds of one call, and the number of calls.
    AverageTime(usize, usize),
}

/// Where what stands in a row.
struct Heading {
    delimiter: char,
    level: usize,
    function: usize,
    module: Option<usize>,
    values: Vec<(Value, ValueType)>,
}

impl Heading {
    fn parse(line: &str) -> Option<Self> {
        let line = line.trim_start_matches('\u{feff}');
        let delimiter = delimiter(line);
        let names = fields(line, delimiter);
        let position = |name: &str| names.iter().position(|field| field.trim() == name);
        let (level, function) = (position("Level")?, position("Function Name")?);
        let mut values = Vec::new();
        if let Some(index) = position("Exclusive Samples") {
            values.push((Value::Count(index), ValueType::samples()));
        }
        let calls = position("Number of Calls");
        if let Some(index) = calls {
            values.push((Value::Count(index), ValueType::new("calls", Unit::Count)));
        }
        for (kind, name) in [("Elapsed", "elapsed"), ("Application", "application")] {
            let column = ValueType::new(name, Unit::Nanoseconds);
            if let Some(index) = position(&format!("{kind} Exclusive Time")) {
                values.push((Value::Time(index), column));
            } else if let (Some(index), Some(calls)) = (position(&format!("Avg {kind} Exclusive Time")), calls) {
                values.push((Value::AverageTime(index, calls), column));
            }
        }
        let module = position("Module Name");
        (!values.is_empty()).then_some(Self { delimiter, level, function, module, values })
    }
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        if line.trim().is_empty() {
            return;
        }
        let Some(heading) = &self.heading else {
            self.heading = Heading::parse(line);
            match &self.heading {
                Some(heading) => {
                    let columns = heading.values.iter().map(|(_, column)| column.clone()).collect();
                    self.builder.restart(columns);
                }
                None => self.builder.warnings.add(WarningKind::UnreadableLine, place),
            }
            return;
        };
        let row = fields(line, heading.delimiter);
        let text = |index: usize| row.get(index).map_or("", |field| field.trim());
        let level = decimal(text(heading.level)).and_then(|level| usize::try_from(level).ok());
        let (Some(level), name) = (level, text(heading.function)) else {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
            return;
        };
        let number = |index: usize, decimals: u8| match text(index) {
            "" => Some(0),
            field => scaled(field, decimals),
        };
        let values: Option<Vec<i64>> = heading
            .values
            .iter()
            .map(|(value, _)| match *value {
                Value::Count(index) => number(index, 0),
                Value::Time(index) => number(index, MILLISECOND),
                Value::AverageTime(index, calls) => {
                    Some(number(index, MILLISECOND)?.saturating_mul(number(calls, 0)?.max(0)))
                }
            })
            .collect();
        let parent = self.path.parent(level);
        let stack = if level == 0 {
            let name = self.builder.profile.intern(name);
            self.process = self.builder.profile.intern_thread(Thread { name, ..Thread::default() });
            parent
        } else {
            let module = heading.module.map_or("", text);
            let kind = FrameKind::Native;
            let frame = self.builder.text_frame(&TextFrame { name, module, kind, ..TextFrame::default() });
            self.builder.profile.push_stack(parent, frame)
        };
        self.path.push(level, stack);
        match values {
            Some(values) if values.iter().any(|&value| value != 0) => {
                self.builder.add(Sample { thread: self.process, ..Sample::new(stack, &values) });
            }
            Some(_) => {}
            None => self.builder.warnings.add(WarningKind::MalformedCount, place),
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, read};

    #[test]
    fn reads_calls_with_their_times() {
        insta::assert_snapshot!(details(&read(Format::VisualStudio, "\u{feff}\
Level,Function Name,Number of Calls,Elapsed Inclusive Time %,Elapsed Exclusive Time %,Avg Elapsed Inclusive Time,Avg Elapsed Exclusive Time,Module Name,\r
0,\"prog.exe\",0,100.00,0.00,\"5,106.38\",0.00,\"prog.exe\",\r
1,\"main\",1,100.00,0.00,\"5,106.29\",0.02,\"prog.exe\",\r
2,\"leaf(int, char)\",\"1,000\",12.00,12.00,1.50,1.25,\"prog.exe\",\r
1,\"print\",1,2.00,2.00,2.00,2.00,\"\",\r
")), @r#"
        calls/count elapsed/nanoseconds
        [1, 20000] "prog.exe"
          main [prog.exe] Native
        [1000, 1250000000] "prog.exe"
          main [prog.exe] Native
          leaf(int, char) [prog.exe] Native
        [1, 2000000] "prog.exe"
          print Native
        "#);
    }

    #[test]
    fn reads_samples() {
        insta::assert_snapshot!(details(&read(Format::VisualStudio, "\
\"Function Name\";\"Level\";\"Inclusive Samples\";\"Exclusive Samples\";\"Exclusive Samples %\";\"Module Name\"
\"prog.exe\";\"0\";\"8.160\";\"0\";\"0,00\";\"\"
\"main\";\"1\";\"8.160\";\"2\";\"0,02\";\"prog.exe\"
")), @r#"
        samples/count
        [2] "prog.exe"
          main [prog.exe] Native
        "#);
    }
}
