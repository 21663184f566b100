//! Backtraces of gdb: `thread apply all bt`, `bt`, and any number of them behind each other, as a poor man's profiler
//! makes them.
//!
//! Each backtrace is one sample of its thread. A frame whose line has no address is one into which the compiler put
//! the frame above it: gdb leaves out the address where a frame is not at the beginning of a line of its own.

mod frame_line;

use firesteel_model::{FrameKind, ProcessId, Sample, Thread, ThreadId, ThreadNumber, Unit, ValueType};

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{PendingStack, TextFrame, TextReader, read_lines};
use crate::text_number::decimal;
use crate::warning::Place;
use frame_line::FrameLine;

/// Longest frame that is gathered when gdb wraps its lines.
const MAX_FRAME: usize = 1 << 16;

/// Whether content begins like this format: the first line of a thread or of a backtrace.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    head.lines().any(|line| {
        ThreadLine::parse(line).is_some()
            || line.starts_with("#0  ") && FrameLine::parse(line).is_some_and(|frame| frame.is_certain)
    })
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(vec![ValueType::new("threads", Unit::Count)], options),
        stack: PendingStack::default(),
        thread: ThreadId::NONE,
        begin: Place::Line(1),
        frame: String::new(),
        frame_place: Place::Line(1),
    };
    read_lines(content, &mut reader)?;
    reader.end_stack();
    Ok(reader.builder.finish(Format::Gdb))
}

struct Reader {
    builder: ProfileBuilder,
    stack: PendingStack,
    thread: ThreadId,
    /// Where the pending stack begins.
    begin: Place,
    /// The frame that may go on in the next line.
    frame: String,
    frame_place: Place,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        if line.starts_with('#') {
            self.end_frame();
            line.clone_into(&mut self.frame);
            self.frame_place = place;
        } else if let Some(thread) = ThreadLine::parse(line) {
            self.end_stack();
            let profile = &mut self.builder.profile;
            let name = profile.intern(if thread.name.is_empty() { "thread" } else { thread.name });
            self.thread = profile.intern_thread(Thread {
                process: thread.process.map(ProcessId),
                thread: thread.number.map(ThreadNumber),
                name,
            });
        } else if !line.starts_with(' ') {
            self.end_stack();
        } else if !self.frame.is_empty() && self.frame.len() + line.len() < MAX_FRAME {
            // A wrapped line goes on with arguments or the place; the lines of `bt full` are local variables.
            let text = line.trim_start();
            let is_place = text.starts_with("at ") || text.starts_with("from ");
            if is_place || FrameLine::parse(&self.frame).is_none_or(|frame| !frame.is_complete) {
                if !self.frame.ends_with(' ') {
                    self.frame.push(' ');
                }
                self.frame.push_str(text);
            }
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Reader {
    fn end_frame(&mut self) {
        if self.frame.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.frame);
        let Some(frame) = FrameLine::parse(&text) else { return };
        if frame.number == 0 {
            self.end_samples();
        }
        if self.stack.is_empty() {
            self.begin = self.frame_place;
        }
        let mut address = frame.address;
        if frame.number > 0
            && !frame.has_address
            && !frame.is_marker
            && let Some(callee) = self.stack.frames_mut().last_mut()
        {
            let profile = &mut self.builder.profile;
            let mut inlined = *profile.frame(*callee);
            inlined.flags.inlined = inlined.kind == FrameKind::Native;
            address = inlined.address.0;
            *callee = profile.intern_frame(inlined);
        }
        let kind = if frame.is_marker { FrameKind::Marker } else { FrameKind::Native };
        let frame = self.builder.text_frame(&TextFrame {
            name: frame.name,
            file: frame.file,
            line: frame.line,
            module: frame.module,
            address,
            kind,
            inlined: false,
        });
        self.stack.push(frame);
    }

    /// Ends a backtrace; the next one may be of the same thread.
    fn end_samples(&mut self) {
        if !self.stack.is_empty() {
            let stack = self.stack.take_leaf_first(&mut self.builder, self.begin);
            self.builder.add(Sample { thread: self.thread, ..Sample::new(stack, &[1]) });
        }
    }

    fn end_stack(&mut self) {
        self.end_frame();
        self.end_samples();
    }
}

/// `Thread 2 (Thread 0x7f425ab406c0 (LWP 32201) "name"):` and older forms.
#[derive(Debug, Default, PartialEq, Eq)]
struct ThreadLine<'a> {
    process: Option<u32>,
    number: Option<u32>,
    name: &'a str,
}

impl<'a> ThreadLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let rest = line.strip_prefix("Thread ")?;
        let (number, rest) = rest.split_once(" (")?;
        decimal(number)?;
        let inside = rest.trim_end().strip_suffix(':')?.strip_suffix(')')?;
        let (inside, name) = match inside.strip_suffix('"').and_then(|inside| inside.split_once(" \"")) {
            Some((inside, name)) => (inside, name),
            None => (inside, ""),
        };
        let after = |word: &str| {
            let start = inside.find(word)? + word.len();
            let digits = inside.get(start..)?;
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            u32::try_from(decimal(digits.get(..end)?)?).ok()
        };
        let process = after("process ");
        let thread = after("LWP ").or_else(|| after("Thread ").filter(|_| !inside.contains("0x")));
        let is_thread = process.is_some() || thread.is_some() || inside.starts_with("Thread 0x");
        is_thread.then_some(Self { process, number: thread, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, read};

    #[test]
    fn reads_all_threads_with_inlined_frames() {
        // Printed by gdb 13 for a program at -O1, with shorter files.
        insta::assert_snapshot!(details(&read(Format::Gdb, r#"[New LWP 32201]
[Thread debugging using libthread_db enabled]
0x00007f425ac13545 in clock_nanosleep (clock_id=clock_id@entry=0) at ../sysdeps/clock_nanosleep.c:48

Thread 2 (Thread 0x7f425ab406c0 (LWP 32201) "waits "a""):
#0  clock_nanosleep (req=req@entry=0x7ffe116fd4c0) at ../sysdeps/clock_nanosleep.c:71
#1  0x00007f3ccb8bfd8a in __sleep (seconds=0, seconds@entry=100) at ../sysdeps/posix/sleep.c:55
#2  0x000055cc0f6d816a in leaf (n=3) at inl.c:5
#3  middle (n=3) at inl.c:8
#4  outer (n=n@entry=3, text=text@entry=0x55cc0f6d9004 "a (b) at c:1") at inl.c:11
#5  0x00007f425abcd1f5 in ?? () from /lib/libc.so.6
#6  0x0000000000000000 in ?? ()

Thread 1 (Thread 0x7f425ab41740 (LWP 32199) "call"):
#0  0x00007f425ac13545 in raise () from /lib/libc.so.6
#1  <signal handler called>
#2  0x000055d2804522bc in main (argc=2, argv=<optimized out>) at call.c:13
[Inferior 1 (process 32199) detached]
"#)), @r#"
        threads/count
        [1] thread 32201 "waits \"a\""
          [unknown] Native
          [libc.so.6] [/lib/libc.so.6] 0x7f425abcd1f5 Native
          outer inl.c:11 0x55cc0f6d816a Native
          middle inl.c:8 0x55cc0f6d816a Native inlined
          leaf inl.c:5 0x55cc0f6d816a Native inlined
          __sleep ../sysdeps/posix/sleep.c:55 0x7f3ccb8bfd8a Native
          clock_nanosleep ../sysdeps/clock_nanosleep.c:71 Native
        [1] thread 32199 "call"
          main call.c:13 0x55d2804522bc Native
          <signal handler called> Marker
          raise [/lib/libc.so.6] 0x7f425ac13545 Native
        "#);
    }

    #[test]
    fn wrapped_lines_and_local_variables() {
        insta::assert_snapshot!(details(&read(Format::Gdb, r#"#0  0x00007f425ac13545 in clock_nanosleep (
    clock_id=clock_id@entry=0, req=req@entry=0x7ffdd0b1c260)
    at ../sysdeps/clock_nanosleep.c:48
        r = -516
        text = "at (x"
#1  0x000055cc0f6d818c in std::function<void (int)>::operator()(int) const (this=0x1)
    at /usr/include/function.h:13
No locals.
#0  0x00007f425ac13545 in clock_nanosleep () at ../sysdeps/clock_nanosleep.c:48
"#)), @r"
        threads/count
        [1]
          std::function<void (int)>::operator()(int) const /usr/include/function.h:13 0x55cc0f6d818c Native
          clock_nanosleep ../sysdeps/clock_nanosleep.c:48 0x7f425ac13545 Native
        [1]
          clock_nanosleep ../sysdeps/clock_nanosleep.c:48 0x7f425ac13545 Native
        ");
    }

    #[test]
    fn knows_the_forms_of_threads() {
        let check = |line: &str, process: Option<u32>, number: Option<u32>, name: &str| {
            assert_eq!(ThreadLine::parse(line), Some(ThreadLine { process, number, name }), "{line}");
        };
        check("Thread 12 (Thread 0x7f425ab406c0 (LWP 32201) \"a b\"):", None, Some(32201), "a b");
        check("Thread 1 (Thread 0x7f425ab406c0 (LWP 32201)):", None, Some(32201), "");
        check("Thread 1 (process 1234):", Some(1234), None, "");
        check("Thread 1 (LWP 77):", None, Some(77), "");
        assert_eq!(ThreadLine::parse("Thread 0x00007fd0fedda6c0 (most recent call first):"), None);
        assert_eq!(ThreadLine::parse("Thread 32545 (idle): \"MainThread\""), None);
    }
}
