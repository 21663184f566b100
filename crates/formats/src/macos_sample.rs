//! The report of macOS `sample`, and of `filtercalltree`, which prunes such reports.
//!
//! Its call graph is a tree: each line has the number of samples in which a frame was on the stack, counted with
//! everything below it. Lines are indented by spaces and the signs `+ ! : |`. The own samples of a frame are its
//! number without those of its children.

use firesteel_model::{
    FrameKind, Nanoseconds, Period, ProcessId, Sample, StackId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{KnownLines, TextFrame, TextReader, read_lines};
use crate::text_number::{decimal, hexadecimal};
use crate::warning::{Place, WarningKind};

/// Whether content begins like this format: its first line, or a call graph.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    let mut in_graph = false;
    for line in head.lines() {
        if line.starts_with("Analysis of sampling ") || in_graph && GraphLine::parse(line).is_some() {
            return true;
        }
        in_graph = line.trim_end() == "Call graph:";
    }
    false
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(vec![ValueType::samples()], options),
        known: KnownLines::default(),
        open: Vec::new(),
        thread: ThreadId::NONE,
        process: None,
        in_graph: false,
    };
    read_lines(content, &mut reader)?;
    reader.close(0);
    Ok(reader.builder.finish(Format::MacosSample))
}

/// A line of the graph whose children are being read.
struct Open {
    column: usize,
    stack: StackId,
    /// Its samples without those of the children so far.
    own: i64,
    place: Place,
}

struct Reader {
    builder: ProfileBuilder,
    known: KnownLines,
    open: Vec<Open>,
    thread: ThreadId,
    process: Option<u32>,
    in_graph: bool,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        if line.starts_with("Call graph:") {
            self.close(0);
            self.in_graph = true;
        } else if !self.in_graph {
            self.heading(line);
        } else if let Some(row) = GraphLine::parse(line) {
            self.row(&row, place);
        } else if !line.starts_with(' ') {
            self.close(0);
            self.in_graph = line.trim().is_empty();
            self.heading(line);
        } else {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Reader {
    /// Takes a line above the graph.
    fn heading(&mut self, line: &str) {
        let metadata = &mut self.builder.profile.metadata;
        if let Some(rest) = line.strip_prefix("Analysis of sampling ") {
            if let Some((_, rest)) = rest.rsplit_once("(pid ") {
                self.process = number_before(rest, ")");
            }
            if let Some((_, rest)) = line.rsplit_once(" every ")
                && let Some(milliseconds) = number_before(rest, " ").filter(|_| rest.contains("millisecond"))
            {
                let value = i64::from(milliseconds).saturating_mul(1_000_000);
                metadata.period = Some(Period { value_type: ValueType::new("wall", Unit::Nanoseconds), value });
            }
        } else if let Some(rest) = line.strip_prefix("Process:") {
            if let Some((name, id)) = rest.trim().rsplit_once('[') {
                self.process = self.process.or(number_before(id, "]"));
                if metadata.title.is_empty() {
                    name.trim().clone_into(&mut metadata.title);
                }
            }
        } else if let Some(date) = line.strip_prefix("Date/Time:") {
            metadata.set_property("date", date.trim());
        } else if let Some(seconds) = line.strip_prefix("Duration:").and_then(|rest| number_before(rest.trim(), ".")) {
            metadata.duration = Some(Nanoseconds(u64::from(seconds) * 1_000_000_000));
        }
    }

    fn row(&mut self, row: &GraphLine<'_>, place: Place) {
        self.close(row.column);
        if let Some(parent) = self.open.last_mut() {
            parent.own = parent.own.saturating_sub(row.count);
        }
        let parent = self.open.last().map(|open| open.stack);
        let stack = if let (None, Some((number, name))) = (parent, row.thread()) {
            let profile = &mut self.builder.profile;
            let name = profile.intern(name);
            let (process, thread) = (self.process.map(ProcessId), number.map(ThreadNumber));
            self.thread = profile.intern_thread(Thread { process, thread, name });
            StackId::ROOT
        } else {
            let builder = &mut self.builder;
            let frame = self.known.frame(row.text, || builder.text_frame(&frame(row.text)));
            builder.profile.push_stack(parent.unwrap_or(StackId::ROOT), frame)
        };
        self.open.push(Open { column: row.column, stack, own: row.count, place });
    }

    /// Adds the own samples of lines that are not above a line in this column.
    fn close(&mut self, column: usize) {
        while let Some(open) = self.open.pop_if(|open| open.column >= column) {
            if open.own > 0 {
                self.builder.add(Sample { thread: self.thread, ..Sample::new(open.stack, &[open.own]) });
            } else if open.own < 0 {
                // More samples below than here: the line is broken.
                self.builder.warnings.add(WarningKind::MalformedCount, open.place);
            }
        }
    }
}

fn number_before(text: &str, end: &str) -> Option<u32> {
    let (number, _) = text.split_once(end)?;
    decimal(number.trim()).and_then(|number| u32::try_from(number).ok())
}

/// A line of the graph: where its number stands, the number, the rest.
struct GraphLine<'a> {
    column: usize,
    count: i64,
    text: &'a str,
}

impl<'a> GraphLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let rest = line.trim_start_matches([' ', '+', '!', ':', '|']);
        let column = line.len() - rest.len();
        let (count, text) = rest.split_once(' ')?;
        let count = decimal(count)?;
        (column > 0 && !text.trim().is_empty()).then_some(Self { column, count, text: text.trim() })
    }

    /// Number and name of `Thread_1234   DispatchQueue_1: com.apple.main-thread  (serial)` or `Thread_1234: name`.
    fn thread(&self) -> Option<(Option<u32>, &'a str)> {
        let rest = self.text.strip_prefix("Thread_")?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '<' && c != '>').unwrap_or(rest.len());
        let (number, name) = rest.split_at_checked(end)?;
        let name = name.trim_start_matches(':').trim();
        let number = decimal(number).and_then(|number| u32::try_from(number).ok());
        Some((number, if name.is_empty() { self.text } else { name }))
    }
}

/// `main  (in app) + 123  [0x10f5b1234]  main.c:12`.
fn frame(text: &str) -> TextFrame<'_> {
    let (name, rest) = text.split_once("  (in ").unwrap_or((text, ""));
    let (module, rest) = rest.split_once(')').unwrap_or((rest, ""));
    let (addresses, source) = match rest.split_once('[') {
        Some((_, rest)) => rest.split_once(']').unwrap_or((rest, "")),
        None => ("", ""),
    };
    let first = addresses.split(',').next().unwrap_or_default();
    let (file, line) = match source.trim().rsplit_once(':') {
        Some((file, line)) => (file, decimal(line).and_then(|line| u32::try_from(line).ok()).unwrap_or(0)),
        None => (source.trim(), 0),
    };
    let name = name.trim();
    TextFrame {
        name: if name.starts_with("???") { "" } else { name },
        file,
        line,
        module,
        address: hexadecimal(first).unwrap_or(0),
        kind: FrameKind::Native,
        inlined: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, read};

    #[test]
    fn own_samples_are_what_the_children_leave() {
        insta::assert_snapshot!(details(&read(Format::MacosSample, "\
Analysis of sampling app (pid 12345) every 1 millisecond
Process:         app [12345]
Path:            /usr/local/bin/app
Date/Time:       2019-03-08 19:03:10.123 -0800
----

Call graph:
    2650 Thread_1234567   DispatchQueue_1: com.apple.main-thread  (serial)
    + 2650 start  (in libdyld.dylib) + 1  [0x7fff6b5c8015]
    +   2600 main  (in app) + 123,45,...  [0x10f5b1234,0x10f5b1288,...]  main.c:12
    +   ! 1500 leaf  (in app) + 4  [0x10f5b3456]
    +   ! 400 ???  (in app)  load address 0x10f5b0000 + 0x1234  [0x10f5b1234]
    +   50 idle  (in app) + 4  [0x10f5b3456]
    20 Thread_1234568: worker
      20 -[Foo bar:]  (in app) + 1  [0x1]

Total number in stack (recursive counted multiple, when >=5):
        5       foo  (in app) + 0  [0x0]

Sort by top of stack, same collapsed (when >= 5):
        leaf  (in app)        1500

Binary Images:
       0x10f5b0000 -        0x10f5b3fff +app (0) <AAAA-BBBB> /usr/local/bin/app
")), @r#"
        samples/count
        [1500] process 12345 thread 1234567 "DispatchQueue_1: com.apple.main-thread  (serial)"
          start [libdyld.dylib] 0x7fff6b5c8015 Native
          main main.c:12 [app] 0x10f5b1234 Native
          leaf [app] 0x10f5b3456 Native
        [400] process 12345 thread 1234567 "DispatchQueue_1: com.apple.main-thread  (serial)"
          start [libdyld.dylib] 0x7fff6b5c8015 Native
          main main.c:12 [app] 0x10f5b1234 Native
          [app] [app] 0x10f5b1234 Native
        [700] process 12345 thread 1234567 "DispatchQueue_1: com.apple.main-thread  (serial)"
          start [libdyld.dylib] 0x7fff6b5c8015 Native
          main main.c:12 [app] 0x10f5b1234 Native
        [50] process 12345 thread 1234567 "DispatchQueue_1: com.apple.main-thread  (serial)"
          start [libdyld.dylib] 0x7fff6b5c8015 Native
          idle [app] 0x10f5b3456 Native
        [20] process 12345 thread 1234568 "worker"
          -[Foo bar:] [app] 0x1 Native
        "#);
    }

    #[test]
    fn children_with_more_than_their_parent_are_counted() {
        let read = read(Format::MacosSample, "Call graph:\n    5 Thread_1\n      7 main  (in app) + 1  [0x1]\n");
        assert_eq!(read.warnings.count(WarningKind::MalformedCount), 1);
        assert_eq!(read.profile.totals(), [7]);
    }
}
