//! What the stack tools of bcc print: `profile`, `offcputime`, `stackcount`, `offwaketime`, `wakeuptime`.
//!
//! A block is the frames from the leaf, one a line, then `-  COMM (PID)` or `COMM [PID]` if the tool knows the process,
//! then the value, then a blank line. With `-d` a line `--` parts the kernel's frames from the program's. The folded
//! output of these tools (`-f`) is folded stacks. After `tools/*.py` of iovisor/bcc.

use firesteel_model::{FrameId, FrameKind, Nanoseconds, Period, ProcessId, Sample, Thread, ThreadId, Unit, ValueType};

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{KnownLines, PendingStack, TextFrame, TextReader, read_lines};
use crate::text_number::{decimal, hexadecimal};
use crate::warning::{Place, WarningKind};

/// Whether content begins like this format: the first line of one of the tools, or a block with its process, or the
/// blocks of `stackcount`.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    let mut previous = "";
    let mut frames = 0;
    for line in head.lines() {
        if Tool::of_heading(line).is_some() {
            return true;
        }
        let is_value = line.starts_with("    ") && decimal(line.trim()).is_some();
        if is_value && (process_of_dash(previous).is_some() || frames > 0 && line.find(|c| c != ' ') == Some(4)) {
            return true;
        }
        let is_frame = line.starts_with("  ") && line.find(|c| c != ' ') == Some(2) && !line.trim().contains(' ');
        frames = if is_frame { frames + 1 } else { 0 };
        previous = line;
    }
    false
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(Tool::Profile.columns(), options),
        tool: Tool::Profile,
        known: KnownLines::default(),
        stack: PendingStack::default(),
        thread: None,
        begin: Place::Line(1),
    };
    read_lines(content, &mut reader)?;
    let lost = reader.stack.len() as u64;
    reader.builder.warnings.add_many(WarningKind::OrphanFrame, lost, Some(reader.begin));
    Ok(reader.builder.finish(Format::Bcc))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    /// `profile`: samples.
    Profile,
    /// `offcputime`, `offwaketime`, `wakeuptime`: microseconds.
    OffCpu,
    /// `stackcount`: calls.
    StackCount,
}

impl Tool {
    fn of_heading(line: &str) -> Option<Self> {
        if line.starts_with("Sampling at ") && line.contains(" of ") && line.contains(" by ") && line.contains("stack")
        {
            Some(Self::Profile)
        } else if ["Tracing off-CPU time (us) ", "Tracing blocked time (us) "]
            .iter()
            .any(|start| line.starts_with(start))
        {
            Some(Self::OffCpu)
        } else {
            let rest = line.strip_prefix("Tracing ")?;
            let (count, rest) = rest.split_once(' ')?;
            (decimal(count).is_some() && rest.starts_with("functions for \"")).then_some(Self::StackCount)
        }
    }

    fn columns(self) -> Vec<ValueType> {
        vec![match self {
            Self::Profile => ValueType::samples(),
            Self::OffCpu => ValueType::new("off_cpu", Unit::Nanoseconds),
            Self::StackCount => ValueType::new("calls", Unit::Count),
        }]
    }

    /// What one of the printed value is in the unit of the column.
    fn factor(self) -> i64 {
        if self == Self::OffCpu { 1000 } else { 1 }
    }
}

struct Reader {
    builder: ProfileBuilder,
    tool: Tool,
    known: KnownLines,
    stack: PendingStack,
    /// The process of the pending stack, and the line that said so.
    thread: Option<(ThreadId, FrameId)>,
    /// Where the pending stack begins.
    begin: Place,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        let text = line.trim();
        if text.is_empty() || text == "Detaching..." || text == "^C" {
            return;
        }
        if !line.starts_with("  ") {
            if let Some(tool) = Tool::of_heading(line) {
                self.begin_tool(tool, line);
            } else if !is_talk(text) {
                self.builder.warnings.add(WarningKind::UnreadableLine, place);
            }
            return;
        }
        if let Some(value) = decimal(text) {
            self.value(value, place);
            return;
        }
        if let Some((_, frame)) = self.thread.take() {
            // It was not the last line before the value: a waker or a target above its stack.
            self.stack.push(frame);
        }
        if self.stack.is_empty() {
            self.begin = place;
        }
        if let Some(process) = process_of_dash(line).or_else(|| process_in_brackets(line)).or_else(|| task(text)) {
            self.thread = Some(self.process(&process, text));
            return;
        }
        match text {
            "--" => {
                let profile = &mut self.builder.profile;
                for frame in self.stack.frames_mut() {
                    let kernel = firesteel_model::Frame { kind: FrameKind::Kernel, ..*profile.frame(*frame) };
                    *frame = profile.intern_frame(kernel);
                }
            }
            // Both parts of `offwaketime`.
            "-" => {}
            _ if text.starts_with("--") && text.ends_with("--") => {
                let frame = self.builder.profile.intern_named_frame("--", FrameKind::Marker);
                self.stack.push(frame);
            }
            _ => {
                let builder = &mut self.builder;
                let frame = self.known.frame(text, || frame(text, builder));
                self.stack.push(frame);
            }
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Reader {
    /// Takes the first line of a tool, which says what it counts.
    fn begin_tool(&mut self, tool: Tool, line: &str) {
        if self.builder.profile.sample_count() == 0 && self.stack.is_empty() {
            self.builder.restart(tool.columns());
            self.known = KnownLines::default();
            self.tool = tool;
        }
        let metadata = &mut self.builder.profile.metadata;
        if let Some((rate, _)) = line.strip_prefix("Sampling at ").and_then(|rest| rest.split_once(" Hertz"))
            && let Some(rate) = decimal(rate).filter(|&rate| rate > 0)
        {
            metadata.period = Some(Period { value_type: ValueType::cpu(), value: 1_000_000_000 / rate });
        }
        let seconds =
            line.rsplit_once(" for ").and_then(|(_, rest)| rest.split_once(" secs")).map(|(number, _)| number);
        if let Some(seconds) = seconds.and_then(decimal) {
            metadata.duration = Some(Nanoseconds((seconds as u64).saturating_mul(1_000_000_000)));
        }
    }

    /// Ends a block.
    fn value(&mut self, value: i64, place: Place) {
        if self.stack.is_empty() && self.thread.is_none() {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
            return;
        }
        let stack = self.stack.take_leaf_first(&mut self.builder, self.begin);
        let thread = self.thread.take().map_or(ThreadId::NONE, |(thread, _)| thread);
        let value = value.saturating_mul(self.tool.factor());
        self.builder.add(Sample { thread, ..Sample::new(stack, &[value]) });
    }

    /// The thread of a process, and the frame that stands for it elsewhere in a stack.
    fn process(&mut self, process: &Process<'_>, text: &str) -> (ThreadId, FrameId) {
        let profile = &mut self.builder.profile;
        let name = profile.intern(process.name);
        let thread = profile.intern_thread(Thread { process: process.id.map(ProcessId), thread: None, name });
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        (thread, profile.intern_named_frame(&words.join(" "), FrameKind::Process))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process<'a> {
    name: &'a str,
    id: Option<u32>,
}

/// Whether a line is what a tool or its user says besides stacks.
fn is_talk(text: &str) -> bool {
    text.starts_with("WARN")
        || text.starts_with('[')
        || text.starts_with('#')
        || text.starts_with("possibly")
        // `stackcount -T` prints the time.
        || text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
}

/// `-                NAME (PID)` of `profile` and `offcputime`.
fn process_of_dash(line: &str) -> Option<Process<'_>> {
    let text = line.strip_prefix("    -                ")?.trim_end();
    let (name, id) = text.strip_suffix(')')?.rsplit_once(" (")?;
    Some(Process { name, id: Some(u32::try_from(decimal(id)?).ok()?) })
}

/// `    NAME [PID]` of `stackcount`.
fn process_in_brackets(line: &str) -> Option<Process<'_>> {
    let text = line.strip_prefix("    ")?.trim_end();
    let (name, id) = text.strip_suffix(']')?.rsplit_once(" [")?;
    Some(Process { name, id: Some(u32::try_from(decimal(id)?).ok()?) })
}

/// `waker:           NAME PID` and `target:          NAME PID`; old versions have no number.
fn task(text: &str) -> Option<Process<'_>> {
    let task = text.strip_prefix("waker:").or_else(|| text.strip_prefix("target:"))?.trim();
    match task.rsplit_once(' ').and_then(|(name, id)| Some((name, u32::try_from(decimal(id)?).ok()?))) {
        Some((name, id)) => Some(Process { name: name.trim_end(), id: Some(id) }),
        None => Some(Process { name: task, id: None }),
    }
}

fn frame(text: &str, builder: &mut ProfileBuilder) -> FrameId {
    if text.starts_with("[Missed ") {
        return builder.profile.intern_named_frame(text, FrameKind::Marker);
    }
    let (address, symbol) = match text.split_once(' ') {
        Some((address, symbol)) if address.len() >= 8 => match hexadecimal(address) {
            Some(address) => (address, symbol.trim()),
            None => (0, text),
        },
        _ => (0, text),
    };
    let (symbol, is_kernel) = match symbol.strip_suffix("_[k]") {
        Some(symbol) => (symbol, true),
        None => (symbol, address >> 63 == 1),
    };
    let name = match symbol.rsplit_once('+') {
        Some((name, offset)) if offset.starts_with("0x") && hexadecimal(offset).is_some() => name,
        _ => symbol,
    };
    let name = if name == "[unknown]" { "" } else { name };
    let kind = if is_kernel { FrameKind::Kernel } else { FrameKind::Unknown };
    builder.text_frame(&TextFrame { name, address, kind, ..TextFrame::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, folded, read};

    #[test]
    fn reads_profile() {
        insta::assert_snapshot!(details(&read(Format::Bcc, "\
Sampling at 49 Hertz of all threads by user + kernel stack for 5 secs.

    __clear_user_[k]
    entry_SYSCALL_64_fastpath_[k]
    read
    [unknown]
    -                dd (25036)
        4

    vfs_read
    --
    read
    -                my (odd) name (7)
        1

    [Missed Kernel Stack]
    -                cp (9036)
        2
")), @r#"
        samples/count
        [4] process 25036 "dd"
          [unknown]
          read
          entry_SYSCALL_64_fastpath Kernel
          __clear_user Kernel
        [1] process 7 "my (odd) name"
          read
          vfs_read Kernel
        [2] process 9036 "cp"
          [Missed Kernel Stack] Marker
        "#);
    }

    #[test]
    fn blocked_time_is_in_microseconds() {
        insta::assert_snapshot!(details(&read(Format::Bcc, "\
Tracing off-CPU time (us) of PID 4 by user + kernel stack... Hit Ctrl-C to end.
^C
    schedule
    ret_from_fork
    -                ksoftirqd/0 (3)
        13

")), @r#"
        off_cpu/nanoseconds
        [13000] process 3 "ksoftirqd/0"
          ret_from_fork
          schedule
        "#);
    }

    #[test]
    fn a_waker_stands_on_top_of_whom_it_wakes() {
        insta::assert_snapshot!(folded(Format::Bcc, "\
Tracing blocked time (us) by user + kernel off-CPU and waker stack for 5 secs.

    waker:           swapper/0 0
    blk_mq_complete_request
    -
    autoremove_wake_function
    --               --
    schedule
    link_path_walk
    -
    open
    target:          cksum 12
        56529

"), @r"
        cksum;open;link_path_walk;schedule;--;autoremove_wake_function;blk_mq_complete_request;waker: swapper/0 0 56529000
        ");
    }

    #[test]
    fn reads_stackcount_with_and_without_processes() {
        insta::assert_snapshot!(details(&read(Format::Bcc, "\
Tracing 1 functions for \"submit_bio\"... Hit Ctrl-C to end.
^C
  submit_bio
  read
  [unknown]
    tar [15069]
    5

  ffffffff8137897c submit_bio+0x1
  ffffffff81378930 kthread
    38

Detaching...
")), @r#"
        calls/count
        [5] process 15069 "tar"
          [unknown]
          read
          submit_bio
        [38]
          kthread 0xffffffff81378930 Kernel
          submit_bio 0xffffffff8137897c Kernel
        "#);
        insta::assert_snapshot!(folded(Format::Bcc, "  submit_bio\n  kthread\n    38\n"), @r"kthread;submit_bio 38");
    }
}
