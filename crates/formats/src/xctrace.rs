//! What `xctrace export` makes of a Time Profiler or CPU Profiler recording of Instruments, as XML.
//!
//! A row is a sample: its time, thread, weight and backtrace. Whatever was said once has an `id` and is referred to by
//! `ref` later, so what is distinct is kept by its number and nothing else.

use std::borrow::Cow;
use std::io::BufReader;

use firesteel_model::{
    Address, Frame, FrameId, FrameKind, Function, LabelSetId, LineNumber, Mapping, MappingId, Nanoseconds, ProcessId,
    Sample, StackId, StringId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};
use hashbrown::HashMap;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use rapidhash::fast::SeedableState;

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    memchr::memmem::find(head, b"<trace-query-result").is_some_and(|at| head.get(..at).is_some_and(is_prologue))
}

/// Whether nothing but declarations and comments stand in front of the document.
fn is_prologue(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.is_empty() || text.starts_with(b"<?xml") || text.starts_with(b"<!--") || text == b"\xef\xbb\xbf"
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let types = vec![ValueType::cpu(), ValueType::samples(), ValueType::new("cycles", Unit::Count)];
    let mut document = Document::new(ProfileBuilder::new(types, options));
    // A text without end would be gathered in memory, so the whole is limited.
    let mut input = std::io::Read::take(content, options.limits.bytes);
    let mut reader = Reader::from_reader(BufReader::new(&mut input));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => document.start(&tag),
            Ok(Event::Empty(tag)) => {
                document.start(&tag);
                document.end(tag.name().as_ref());
            }
            Ok(Event::End(tag)) => document.end(tag.name().as_ref()),
            Ok(Event::Text(text)) => document.text.push_str(text.as_ref()),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(quick_xml::Error::Io(error)) if error.raw_os_error().is_some() => {
                return Err(Error::reading(std::io::Error::new(error.kind(), error)));
            }
            Err(_) => {
                document.builder.warnings.add(WarningKind::BrokenTail, Place::Byte(reader.error_position()));
                break;
            }
        }
    }
    drop(reader);
    if input.limit() == 0 {
        return Err(Error::TooLarge { limit: options.limits.bytes });
    }
    Ok(document.finish())
}

type Table<T> = HashMap<u64, T, SeedableState<'static>>;

/// A frame that is being read.
#[derive(Default)]
struct PendingFrame {
    id: Option<u64>,
    name: String,
    address: u64,
    mapping: MappingId,
    line: u32,
    file: StringId,
}

/// The row that is being read.
#[derive(Default)]
struct Row {
    time: Option<u64>,
    thread: ThreadId,
    stack: StackId,
    nanoseconds: i64,
    cycles: i64,
}

struct Document {
    builder: ProfileBuilder,
    /// Text since the last tag.
    text: String,
    /// The numbers of the elements that are open and have one, by tag.
    ids: Vec<(String, Option<u64>)>,
    numbers: Table<u64>,
    threads: Table<ThreadId>,
    processes: Table<(String, Option<u32>)>,
    paths: Table<StringId>,
    mappings: Table<MappingId>,
    frames: Table<FrameId>,
    stacks: Table<StackId>,
    row: Row,
    thread: Thread,
    thread_name: String,
    process: (String, Option<u32>),
    frame: PendingFrame,
    /// Frames of the backtrace that is being read, innermost first.
    backtrace: Vec<FrameId>,
}

/// Elements may be nested this deep.
const MAX_DEPTH: usize = 64;

impl Document {
    fn new(builder: ProfileBuilder) -> Self {
        fn table<T>() -> Table<T> {
            HashMap::with_hasher(SeedableState::fixed())
        }
        Self {
            builder,
            text: String::new(),
            ids: Vec::new(),
            numbers: table(),
            threads: table(),
            processes: table(),
            paths: table(),
            mappings: table(),
            frames: table(),
            stacks: table(),
            row: Row::default(),
            thread: Thread::default(),
            thread_name: String::new(),
            process: (String::new(), None),
            frame: PendingFrame::default(),
            backtrace: Vec::new(),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        self.text.clear();
        let attribute = |name: &str| {
            let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name);
            found.and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok()).map(Cow::into_owned)
        };
        let number = |name: &str| attribute(name).and_then(|text| text.parse::<u64>().ok());
        let name = tag.name().as_ref().to_owned();
        if let Some(reference) = number("ref") {
            self.refer(&name, reference);
            self.ids.push((name, None));
            return;
        }
        let id = number("id");
        match name.as_str() {
            "row" => self.row = Row::default(),
            "thread" => {
                self.thread = Thread::default();
                self.thread_name = attribute("fmt").unwrap_or_default();
                self.process = (String::new(), None);
            }
            "process" => self.process = (attribute("fmt").unwrap_or_default(), None),
            "backtrace" => self.backtrace.clear(),
            "frame" => {
                self.frame = PendingFrame {
                    id,
                    name: attribute("name").unwrap_or_default(),
                    address: attribute("addr").as_deref().and_then(hexadecimal).unwrap_or(0),
                    ..PendingFrame::default()
                }
            }
            "source" => self.frame.line = number("line").and_then(|line| u32::try_from(line).ok()).unwrap_or(0),
            "binary" => {
                let path = attribute("path").or_else(|| attribute("name")).unwrap_or_default();
                let profile = &mut self.builder.profile;
                let mapping = Mapping {
                    start: Address(attribute("load-addr").as_deref().and_then(hexadecimal).unwrap_or(0)),
                    file: profile.intern(&path),
                    build_id: profile.intern(&attribute("UUID").unwrap_or_default()),
                    ..Mapping::default()
                };
                self.frame.mapping = profile.intern_mapping(mapping);
                if let Some(id) = id {
                    self.mappings.insert(id, self.frame.mapping);
                }
            }
            _ => {}
        }
        if self.ids.len() < MAX_DEPTH {
            self.ids.push((name, id));
        }
    }

    /// An element that was said before.
    fn refer(&mut self, name: &str, id: u64) {
        let value = || self.numbers.get(&id).copied();
        match name {
            "sample-time" | "event-time" => self.row.time = value(),
            "weight" => self.row.nanoseconds = signed(value().unwrap_or(0)),
            "cycle-weight" => self.row.cycles = signed(value().unwrap_or(0)),
            "tid" => self.thread.thread = number_of(value()).map(ThreadNumber),
            "pid" => self.process.1 = number_of(value()),
            "thread" => self.row.thread = self.threads.get(&id).copied().unwrap_or(ThreadId::NONE),
            "process" => self.process = self.processes.get(&id).cloned().unwrap_or_default(),
            "path" => self.frame.file = self.paths.get(&id).copied().unwrap_or_default(),
            "binary" => self.frame.mapping = self.mappings.get(&id).copied().unwrap_or_default(),
            "frame" => self.backtrace.extend(self.frames.get(&id).copied()),
            "backtrace" | "tagged-backtrace" => self.row.stack = self.stacks.get(&id).copied().unwrap_or_default(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        let is_last = self.ids.last().is_some_and(|(open, _)| open == name);
        let id = if is_last { self.ids.pop().and_then(|(_, id)| id) } else { None };
        let Some(id) = id else {
            match name {
                "row" => self.add_row(),
                // Without a number it is said once only.
                "frame" if self.frame.id.is_none() && !self.frame.name.is_empty() => {
                    let frame = self.finish_frame();
                    self.backtrace.push(frame);
                }
                _ => {}
            }
            return;
        };
        let value = self.text.trim().parse::<u64>().ok();
        match name {
            "sample-time" | "event-time" => {
                // Times are all different; they are worth remembering only where they are kept.
                self.row.time = value;
                if self.builder.keeps_times() {
                    self.numbers.extend(value.map(|value| (id, value)));
                }
            }
            "weight" | "cycle-weight" | "tid" | "pid" => {
                self.numbers.extend(value.map(|value| (id, value)));
                self.refer(name, id);
            }
            "path" => {
                self.frame.file = self.builder.profile.intern(self.text.trim());
                self.paths.insert(id, self.frame.file);
            }
            "process" => {
                self.processes.insert(id, self.process.clone());
            }
            "thread" => {
                let thread = self.finish_thread();
                self.threads.insert(id, thread);
                self.row.thread = thread;
            }
            "frame" => {
                let frame = self.finish_frame();
                self.frames.insert(id, frame);
                self.backtrace.push(frame);
            }
            "backtrace" => {
                let frames = std::mem::take(&mut self.backtrace);
                self.row.stack = self.builder.stack(frames.into_iter().rev());
                self.stacks.insert(id, self.row.stack);
            }
            "tagged-backtrace" => {
                self.stacks.insert(id, self.row.stack);
            }
            _ => {}
        }
    }

    /// Threads are called like `main  0x8480c1 (rust_test2, pid: 49374)`, processes like `rust_test2 (49374)`.
    fn finish_thread(&mut self) -> ThreadId {
        let own = self.thread_name.split("0x").next().unwrap_or("").trim();
        let process = self.process.0.rsplit_once(" (").map_or(self.process.0.as_str(), |(name, _)| name).trim();
        let name = if own.is_empty() || own.eq_ignore_ascii_case("main thread") { process } else { own };
        let name = self.builder.profile.intern(name);
        let thread = Thread { process: self.process.1.map(ProcessId), name, ..self.thread };
        self.builder.profile.intern_thread(thread)
    }

    fn finish_frame(&mut self) -> FrameId {
        let PendingFrame { name, address, mapping, line, file, .. } = std::mem::take(&mut self.frame);
        let profile = &mut self.builder.profile;
        // What has no symbol is called by its address.
        if name.is_empty() || hexadecimal(&name).is_some() {
            return profile.intern_unnamed_frame(mapping, Address(address), FrameKind::Native);
        }
        let name = profile.intern(&name);
        let function = profile.intern_function(Function { name, file, ..Function::default() });
        let (line, address) = (LineNumber(line), Address(address));
        profile.intern_frame(Frame { function, line, mapping, address, kind: FrameKind::Native, ..Frame::default() })
    }

    fn add_row(&mut self) {
        let Row { time, thread, stack, nanoseconds, cycles } = std::mem::take(&mut self.row);
        let values = [nanoseconds, 1, cycles];
        let time = time.map(Nanoseconds);
        self.builder.add(Sample { stack, values: &values, labels: LabelSetId::EMPTY, thread, time });
    }

    fn finish(mut self) -> Read {
        let totals = self.builder.profile.totals();
        let shown = [0, 2, 1].into_iter().find(|&column| totals.get(column).is_some_and(|&total| total > 0));
        self.builder.profile.metadata.default_sample_type = shown.unwrap_or(1);
        self.builder.finish(Format::Xctrace)
    }
}

fn hexadecimal(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn number_of(value: Option<u64>) -> Option<u32> {
    value.and_then(|value| u32::try_from(value).ok())
}
