//! Python stacks as people meet them: what the `faulthandler` module prints, and `py-spy dump`.
//!
//! Each thread is one sample, dumps behind each other add up. `faulthandler` names threads by a number of 64 bits (and
//! by name since Python 3.14), py-spy by number and name with what the thread is doing.

mod py_spy;

use firesteel_model::{
    FrameKind, Label, LabelSetId, LabelValue, ProcessId, Sample, StackId, Thread, ThreadId, ThreadNumber, Unit,
    ValueType,
};

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{KnownLines, PendingStack, TextFrame, TextReader, read_lines};
use crate::text_number::{decimal, hexadecimal};
use crate::warning::Place;

const MOST_RECENT_FIRST: &str = "(most recent call first):";

/// Whether content begins like this format: the first line of a thread.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    head.lines().any(|line| ThreadLine::parse(line).is_some())
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(vec![ValueType::new("threads", Unit::Count)], options),
        known: KnownLines::default(),
        stack: PendingStack::default(),
        process: None,
        open: None,
    };
    read_lines(content, &mut reader)?;
    reader.close();
    Ok(reader.builder.finish(Format::Faulthandler))
}

/// A thread whose frames are being read.
struct Open {
    thread: ThreadId,
    labels: LabelSetId,
    is_py_spy: bool,
    begin: Place,
}

struct Reader {
    builder: ProfileBuilder,
    known: KnownLines,
    stack: PendingStack,
    process: Option<u32>,
    open: Option<Open>,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        if let Some(thread) = ThreadLine::parse(line) {
            self.close();
            self.begin_thread(&thread, place);
            return;
        }
        if let Some(process) = py_spy::process(line) {
            self.close();
            self.process = Some(process);
            return;
        }
        let Some(open) = &self.open else { return };
        if line.trim().is_empty() || !line.starts_with("  ") {
            self.close();
            return;
        }
        let builder = &mut self.builder;
        let frame = if open.is_py_spy { py_spy::frame(line) } else { frame(line) };
        if let Some(frame) = frame {
            self.stack.push(self.known.frame(line, || builder.text_frame(&frame)));
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Reader {
    fn begin_thread(&mut self, line: &ThreadLine<'_>, begin: Place) {
        let profile = &mut self.builder.profile;
        let mut labels = Vec::new();
        if !line.state.is_empty() {
            let (key, value) = (profile.intern("state"), profile.intern(line.state));
            labels.push(Label { key, value: LabelValue::Text(value) });
        }
        let labels = profile.intern_labels(&labels);
        let thread = if line.id.is_empty() && line.name.is_empty() {
            ThreadId::NONE
        } else {
            // An identifier of 64 bits is no thread number of the system, so it is a name.
            let number = decimal(line.id).and_then(|id| u32::try_from(id).ok());
            let name = profile.intern(if line.name.is_empty() { line.id } else { line.name });
            let process = self.process.map(ProcessId);
            profile.intern_thread(Thread { process, thread: number.map(ThreadNumber), name })
        };
        self.open = Some(Open { thread, labels, is_py_spy: line.is_py_spy, begin });
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let stack = if self.stack.is_empty() {
            let frame = self.builder.profile.intern_named_frame("<no Python frame>", FrameKind::Marker);
            self.builder.profile.push_stack(StackId::ROOT, frame)
        } else {
            self.stack.take_leaf_first(&mut self.builder, open.begin)
        };
        self.builder.add(Sample { thread: open.thread, labels: open.labels, ..Sample::new(stack, &[1]) });
    }
}

/// The line that begins a thread, of either tool.
#[derive(Debug, Default, PartialEq, Eq)]
struct ThreadLine<'a> {
    id: &'a str,
    name: &'a str,
    state: &'a str,
    is_py_spy: bool,
}

impl<'a> ThreadLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let Some(rest) = line.trim_end().strip_suffix(MOST_RECENT_FIRST) else { return py_spy::thread(line) };
        let rest = rest.trim_end();
        if rest == "Stack" {
            return Some(Self::default());
        }
        let (rest, state) = match rest.strip_prefix("Current thread ") {
            Some(rest) => (rest, "current"),
            None => (rest.strip_prefix("Thread ")?, ""),
        };
        let (id, name) = match rest.split_once(" [") {
            Some((id, name)) => (id, name.strip_suffix(']')?),
            None => (rest, ""),
        };
        id.strip_prefix("0x").and_then(hexadecimal)?;
        Some(Self { id, name, state, is_py_spy: false })
    }
}

/// `  File "x.py", line 2 in waits`; `  ...` says that there were more.
fn frame(line: &str) -> Option<TextFrame<'_>> {
    let text = line.trim();
    if matches!(text, "..." | "<no Python frame>" | "<tstate is freed>" | "Garbage-collecting") {
        return Some(TextFrame { name: text, kind: FrameKind::Marker, ..TextFrame::default() });
    }
    let (file, rest) = text.strip_prefix("File ")?.rsplit_once(", line ")?;
    let (line, name) = rest.split_once(" in ")?;
    let line = decimal(line).and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
    Some(TextFrame { name, file: file.trim_matches('"'), line, ..TextFrame::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, read};

    #[test]
    fn reads_dumps_behind_each_other() {
        // Printed by Python 3.11, with shorter files; the last thread as Python 3.14 has it.
        insta::assert_snapshot!(details(&read(Format::Faulthandler, r#"Fatal Python error: Aborted

Thread 0x00007fd0fedda6c0 (most recent call first):
  File "/src/fh.py", line 2 in waits
  File "/lib/threading.py", line 982 in run

Current thread 0x00007fd0ffc20b80 (most recent call first):
  Garbage-collecting
  File "/src/fh.py", line 3 in inner
  File "/src/fh.py", line 9 in <module>

Extension modules: numpy.core._multiarray_umath (total: 1)
Timeout (0:00:01)!
Thread 0x00007fd0fedda6c0 (most recent call first):
  File "/src/fh.py", line 2 in waits
  File "/lib/threading.py", line 982 in run

Thread 0x00007fd0ffc20b80 [MainThread] (most recent call first):
  <no Python frame>

Current thread's C stack trace (most recent call first):
  Binary file "/usr/bin/python", at _Py_DumpStack+0x28 [0x7f1c]
"#)), @r#"
        threads/count
        [2] "0x00007fd0fedda6c0"
          run /lib/threading.py:982
          waits /src/fh.py:2
        [1] "0x00007fd0ffc20b80" state="current"
          <module> /src/fh.py:9
          inner /src/fh.py:3
          Garbage-collecting Marker
        [1] "MainThread"
          <no Python frame> Marker
        "#);
    }
}
