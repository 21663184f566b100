//! Thread dumps of Java virtual machines: `jstack`, `jcmd PID Thread.print`, `kill -3`, `Thread.dump_to_file`.
//!
//! Each thread is one sample with its state as labels. What it waits for and what it holds stand between the frames;
//! they become labels too, so that threads at the same place stay one stack. Dumps behind each other add up. The
//! repeated stacks of a report of deadlocks are not counted again.

use firesteel_model::{
    FrameKind, Label, LabelValue, ProcessId, Sample, StackId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
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

/// How many locks of one thread are kept.
const MAX_LOCKS: usize = 64;

/// Whether content begins like this format: the first line of a dump, of a thread, or a thread's state.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    let mut numbered = false;
    for line in head.lines() {
        let is_dump = line.starts_with("Full thread dump ") || line.starts_with("   java.lang.Thread.State: ");
        if is_dump || ThreadLine::parse(line).is_some_and(|thread| !thread.is_of_file) {
            return true;
        }
        if numbered && java_frame(line).is_some() {
            return true;
        }
        numbered = ThreadLine::parse(line).is_some();
    }
    false
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let builder = ProfileBuilder::new(vec![ValueType::new("threads", Unit::Count)], options);
    let mut reader = Reader { builder, known: KnownLines::default(), open: None, process: None };
    read_lines(content, &mut reader)?;
    reader.close();
    Ok(reader.builder.finish(Format::Jstack))
}

/// A thread whose lines are being read.
struct Open {
    thread: ThreadId,
    labels: Vec<(&'static str, String)>,
    stack: PendingStack,
    /// Whether frames may still come: an empty line ends them.
    takes_frames: bool,
    begin: Place,
}

struct Reader {
    builder: ProfileBuilder,
    known: KnownLines,
    open: Option<Open>,
    process: Option<u32>,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        if let Some(thread) = ThreadLine::parse(line) {
            self.close();
            self.begin_thread(&thread, place);
            return;
        }
        let text = line.trim();
        let Some(open) = &mut self.open else {
            // `jcmd` says the process first.
            if let Some(id) = text.strip_suffix(':').or(Some(text)).and_then(decimal) {
                self.process = u32::try_from(id).ok();
            }
            return;
        };
        if text.is_empty() {
            open.takes_frames &= open.stack.is_empty();
        } else if !line.starts_with([' ', '\t']) {
            // A report of deadlocks, the heap, the next dump.
            self.close();
        } else if let Some(state) = text.strip_prefix("java.lang.Thread.State: ") {
            let (state, detail) = state.split_once(' ').unwrap_or((state, ""));
            open.set("state", state);
            let detail = detail.trim_matches(['(', ')']);
            if !detail.is_empty() {
                open.set("wait", detail);
            }
        } else if let Some(note) = text.strip_prefix("- ") {
            open.note(note);
        } else if let Some(carried) = text.strip_prefix("Carrying virtual thread ") {
            open.set("carries", carried);
        } else if let Some(frame) = java_frame(line).filter(|_| open.takes_frames) {
            let builder = &mut self.builder;
            open.stack.push(self.known.frame(text, || builder.text_frame(&frame)));
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Reader {
    fn begin_thread(&mut self, line: &ThreadLine<'_>, begin: Place) {
        let profile = &mut self.builder.profile;
        let name = profile.intern(match line.name {
            "" if line.is_virtual => "virtual",
            "" => "thread",
            name => name,
        });
        let thread = line.native_id.and_then(|id| u32::try_from(id).ok()).map(ThreadNumber);
        let thread = profile.intern_thread(Thread { process: self.process.map(ProcessId), thread, name });
        let mut open = Open { thread, labels: Vec::new(), stack: PendingStack::default(), takes_frames: true, begin };
        if !line.state.is_empty() {
            open.set("wait", line.state);
        }
        if line.is_daemon {
            open.set("daemon", "yes");
        }
        if line.is_virtual {
            open.set("virtual", "yes");
        }
        self.open = Some(open);
    }

    /// Adds the thread.
    fn close(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        let stack = if open.stack.is_empty() {
            let profile = &mut self.builder.profile;
            let frame = profile.intern_named_frame("[no Java frames]", FrameKind::Marker);
            profile.push_stack(StackId::ROOT, frame)
        } else {
            open.stack.take_leaf_first(&mut self.builder, open.begin)
        };
        let profile = &mut self.builder.profile;
        let labels: Vec<Label> = open
            .labels
            .iter()
            .map(|(key, value)| Label { key: profile.intern(key), value: LabelValue::Text(profile.intern(value)) })
            .collect();
        let labels = profile.intern_labels(&labels);
        self.builder.add(Sample { labels, thread: open.thread, ..Sample::new(stack, &[1]) });
    }
}

impl Open {
    fn set(&mut self, key: &'static str, value: &str) {
        match self.labels.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => value.clone_into(known),
            None => self.labels.push((key, value.to_owned())),
        }
    }

    /// Takes `waiting on <0x…> (a java.lang.Object)` and its like.
    fn note(&mut self, note: &str) {
        const WAITS: [(&str, &str); 5] = [
            ("waiting to lock ", "waits for"),
            ("waiting to re-lock in wait() ", "waits for"),
            ("waiting on ", "waits for"),
            ("parking to wait for ", "waits for"),
            ("locked ", "holds"),
        ];
        // `-l` lists the owned synchronizers behind the frames, without a verb.
        let known = WAITS.iter().find_map(|(verb, key)| note.strip_prefix(verb).map(|lock| (*key, lock)));
        let (key, lock) = known.unwrap_or(("holds", note));
        let lock = lock.trim();
        let Some(lock) = lock.strip_prefix('<').filter(|_| self.labels.len() < MAX_LOCKS) else { return };
        let (address, class) = lock.split_once('>').unwrap_or((lock, ""));
        let class = class.trim().strip_prefix("(a ").and_then(|class| class.strip_suffix(')')).unwrap_or(class.trim());
        let lock = if class.is_empty() { address.to_owned() } else { format!("{class} {address}") };
        if !self.labels.iter().any(|(known, value)| *known == key && *value == lock) {
            self.labels.push((key, lock));
        }
    }
}

/// The line that begins a thread.
#[derive(Debug, Default, PartialEq, Eq)]
struct ThreadLine<'a> {
    name: &'a str,
    native_id: Option<u64>,
    /// `runnable`, `waiting on condition` and so on.
    state: &'a str,
    is_daemon: bool,
    is_virtual: bool,
    /// Whether it is of `Thread.dump_to_file`, where little tells it from other text.
    is_of_file: bool,
}

impl<'a> ThreadLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        if let Some(rest) = line.strip_prefix('#') {
            return Self::of_file(rest);
        }
        let rest = line.strip_prefix('"')?;
        let (name, rest) = rest.rsplit_once('"')?;
        let mut words = rest.split_ascii_whitespace();
        let found = words.by_ref().find_map(|word| word.strip_prefix("nid="));
        let native_id = found.and_then(|id| match id.strip_prefix("0x") {
            Some(digits) => hexadecimal(digits),
            None => decimal(id).map(|id| id as u64),
        });
        if found.is_none() && !rest.contains(" tid=0x") {
            return None;
        }
        let state = match found.and_then(|id| rest.find(id).map(|start| start + id.len())) {
            Some(end) => rest.get(end..).unwrap_or_default(),
            None => "",
        };
        let state = state.split('[').next().unwrap_or_default().trim();
        let is_daemon = rest.split_ascii_whitespace().any(|word| word == "daemon");
        Some(Self { name, native_id, state, is_daemon, is_virtual: false, is_of_file: false })
    }

    /// `22 "name" virtual RUNNABLE 2026-…`, without the sign before the number.
    fn of_file(rest: &'a str) -> Option<Self> {
        let (number, rest) = rest.split_once(" \"")?;
        decimal(number)?;
        let (name, rest) = rest.rsplit_once('"')?;
        let mut words = rest.split_ascii_whitespace();
        let is_virtual = rest.split_ascii_whitespace().next() == Some("virtual");
        let state = words.find(|word| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'));
        let state = state.unwrap_or_default();
        Some(Self { name, native_id: None, state, is_daemon: false, is_virtual, is_of_file: true })
    }
}

/// `at java.lang.Thread.run(java.base@17.0.15/Thread.java:840)`, or without `at` and with the module in front.
fn java_frame(line: &str) -> Option<TextFrame<'_>> {
    let text = line.trim_start();
    let call = match text.strip_prefix("at ") {
        Some(call) => call,
        None => Some(text).filter(|_| line.starts_with("      "))?,
    };
    let (method, place) = call.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let (module, place) = place.rsplit_once('/').unwrap_or(("", place));
    // A hidden class has a slash in its name, behind its dots.
    let (module, method) = match method.split_once('/') {
        Some((front, rest)) if module.is_empty() && !front.contains('$') && rest.contains('.') => (front, rest),
        _ => (module, method),
    };
    let (file, line) = match place.rsplit_once(':') {
        Some((file, line)) => (file, decimal(line).and_then(|line| u32::try_from(line).ok()).unwrap_or(0)),
        None if place.contains(' ') => ("", 0),
        None => (place, 0),
    };
    let kind = if place == "Native Method" { FrameKind::Native } else { FrameKind::Unknown };
    let is_name = !method.is_empty() && !method.starts_with('<') && !method.contains(": ");
    is_name.then_some(TextFrame { name: method, file, line, module, kind, ..TextFrame::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, folded_column, read};

    /// Printed by `jcmd PID Thread.print -l` of OpenJDK 17, with fewer threads.
    const DUMP: &str = r#"6558:
2026-11-24 09:32:52
Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6-Debian-1deb12u1 mixed mode, sharing):

Threads class SMR info:
_java_thread_list=0x00007f51c8002750, length=17, elements={
0x00007f5258017ea0, 0x00007f52580f85d0
}

"holder "one"" #12 prio=5 os_prio=0 cpu=0.10ms elapsed=3.61s tid=0x00007f5258121820 nid=0x19b2 waiting on condition  [0x00007f522932b000]
   java.lang.Thread.State: TIMED_WAITING (sleeping)
	at java.lang.Thread.sleep(java.base@17.0.15/Native Method)
	at Wait.hold(Wait.java:5)
	- locked <0x000000069ec19528> (a java.lang.Object)
	at Wait$$Lambda$1/0x00007f51d8000a08.run(Unknown Source)
	at java.lang.Thread.run(java.base@17.0.15/Thread.java:840)

   Locked ownable synchronizers:
	- <0x000000069ec19690> (a java.util.concurrent.locks.ReentrantLock$NonfairSync)

"blocked" #13 daemon prio=5 os_prio=0 cpu=0.65ms elapsed=3.31s tid=0x00007f5258122d40 nid=0x19b3 waiting for monitor entry  [0x00007f522922b000]
   java.lang.Thread.State: BLOCKED (on object monitor)
	at Wait.enter(Wait.java:6)
	- waiting to lock <0x000000069ec19528> (a java.lang.Object)
	at java.lang.Thread.run(java.base@17.0.15/Thread.java:840)

   Locked ownable synchronizers:
	- None

"VM Thread" os_prio=0 cpu=2.37ms elapsed=3.62s tid=0x00007f52580f4640 nid=0x19a6 runnable

JNI global refs: 4, weak refs: 0


Found one Java-level deadlock:
=============================
"blocked":
  waiting to lock monitor 0x00007f (object 0x000000069ec19528, a java.lang.Object),
  which is held by "holder"

Java stack information for the threads listed above:
===================================================
"blocked":
	at Wait.enter(Wait.java:6)
	- waiting to lock <0x000000069ec19528> (a java.lang.Object)

Found 1 deadlock.

"#;

    #[test]
    fn each_thread_is_a_sample() {
        insta::assert_snapshot!(details(&read(Format::Jstack, DUMP)), @r#"
        threads/count
        [1] process 6558 thread 6578 "holder \"one\"" holds="java.lang.Object 0x000000069ec19528" holds="java.util.concurrent.locks.ReentrantLock$NonfairSync 0x000000069ec19690" state="TIMED_WAITING" wait="sleeping"
          java.lang.Thread.run Thread.java:840 [java.base@17.0.15]
          Wait$$Lambda$1/0x00007f51d8000a08.run
          Wait.hold Wait.java:5
          java.lang.Thread.sleep [java.base@17.0.15] Native
        [1] process 6558 thread 6579 "blocked" daemon="yes" state="BLOCKED" wait="on object monitor" waits for="java.lang.Object 0x000000069ec19528"
          java.lang.Thread.run Thread.java:840 [java.base@17.0.15]
          Wait.enter Wait.java:6
        [1] process 6558 thread 6566 "VM Thread" wait="runnable"
          [no Java frames] Marker
        "#);
    }

    #[test]
    fn dumps_add_up() {
        let twice = format!("{DUMP}{DUMP}");
        assert_eq!(read(Format::Jstack, DUMP).profile.totals(), [3]);
        let read = read(Format::Jstack, &twice);
        assert_eq!(read.profile.totals(), [6]);
        assert_eq!(read.profile.sample_count(), 3);
        assert!(folded_column(&read, 0).contains("blocked;java.lang.Thread.run;Wait.enter 2\n"));
    }

    #[test]
    fn dumps_to_files_have_virtual_threads() {
        insta::assert_snapshot!(details(&read(Format::Jstack, r#"
12345
2026-11-24T09:32:52.123456Z
21.0.1+12

#1 "main"
      java.base/java.lang.Thread.sleep0(Native Method)
      java.base/java.lang.Thread.sleep(Thread.java:509)
      Wait.main(Wait.java:15)

#22 "" virtual
      java.base/java.lang.VirtualThread.park(VirtualThread.java:582)
      app/com.example.Work$$Lambda/0x00007f51d8000a08.run(Unknown Source)

"#)), @r#"
        threads/count
        [1] process 12345 "main"
          Wait.main Wait.java:15
          java.lang.Thread.sleep Thread.java:509 [java.base]
          java.lang.Thread.sleep0 [java.base] Native
        [1] process 12345 "virtual" virtual="yes"
          com.example.Work$$Lambda/0x00007f51d8000a08.run [app]
          java.lang.VirtualThread.park VirtualThread.java:582 [java.base]
        "#);
    }
}
