//! The binary format of austin, MOJO: a stream of events, each a byte and its fields. Names and frames are told once and
//! referred to by number within their process.
//!
//! Source: <https://github.com/P403n1x87/austin/wiki/The-MOJO-file-format>, and what austin 3.7 writes.

use std::io::{self, BufRead, BufReader};
use std::path::Path;

use firesteel_model::{Frame, FrameId, FrameKind, Function, LineNumber, Sample, StringId, ValueType};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::{Measured, Mode, add_metadata, whose};
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_number::hexadecimal;
use crate::warning::{Place, WarningKind};

const MAGIC: &[u8] = b"MOJ";

/// The newest version that is known; its number fits a byte.
const MAX_VERSION: u8 = 0x3f;

/// Longest text that is kept.
const MAX_TEXT: usize = 1 << 20;

/// Most frames of a stack: ten times what Python allows unless told otherwise. A sample can say in one byte that it
/// repeats the last stack, so more would let a small file cost a lot.
const MAX_DEPTH: usize = 10_000;

/// The string that austin has for what it could not read.
const UNKNOWN_STRING: i64 = 1;

/// Whether content begins like this format.
pub(super) fn is_mojo(head: &[u8]) -> bool {
    head.strip_prefix(MAGIC).and_then(<[u8]>::first).is_some_and(|version| (1..=MAX_VERSION).contains(version))
}

/// Reads content of this format.
pub(super) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        input: Input { bytes: BufReader::new(content), position: 0 },
        version: 0,
        builder: ProfileBuilder::new(vec![ValueType::samples()], options),
        mode: None,
        strings: HashMap::with_hasher(SeedableState::fixed()),
        frames: HashMap::with_hasher(SeedableState::fixed()),
        last: HashMap::with_hasher(SeedableState::fixed()),
        sample: None,
        task_frames: 0,
    };
    let result = reader.run();
    reader.end_sample();
    let place = Place::Byte(reader.input.position);
    match result {
        Ok(()) => {}
        Err(Stop::Broken) => reader.builder.warnings.add(WarningKind::BrokenTail, place),
        Err(Stop::Io(error)) => return Err(Error::reading(error)),
    }
    Ok(reader.builder.finish(Format::Austin))
}

/// Why reading ends early.
enum Stop {
    /// An event that is unknown or cut off.
    Broken,
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The bytes of the input.
struct Input<R> {
    bytes: R,
    position: u64,
}

impl<R: BufRead> Input<R> {
    fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.bytes.fill_buf()?.first().copied();
        if byte.is_some() {
            self.bytes.consume(1);
            self.position += 1;
        }
        Ok(byte)
    }

    fn byte(&mut self) -> Result<u8, Stop> {
        self.next()?.ok_or(Stop::Broken)
    }

    /// A number: six bits and a sign, then seven bits a byte, the lowest first.
    fn number(&mut self) -> Result<i64, Stop> {
        let mut byte = self.byte()?;
        let is_negative = byte & 0x40 != 0;
        let mut value = u64::from(byte & 0x3f);
        let mut shift = 6u32;
        while byte & 0x80 != 0 {
            byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            shift = shift.saturating_add(7);
        }
        let value = i64::try_from(value).map_err(|_| Stop::Broken)?;
        Ok(if is_negative { -value } else { value })
    }

    /// A text that ends with a zero.
    fn text(&mut self) -> Result<String, Stop> {
        let mut text = Vec::new();
        loop {
            match self.byte()? {
                0 => return Ok(String::from_utf8_lossy(&text).into_owned()),
                byte if text.len() < MAX_TEXT => text.push(byte),
                _ => {}
            }
        }
    }
}

/// A sample that is being read.
#[derive(Default)]
struct Open {
    process: u32,
    interpreter: i64,
    thread: String,
    frames: Vec<FrameId>,
    is_cut: bool,
    measured: Measured,
}

type Table<K, V> = HashMap<K, V, SeedableState<'static>>;

struct Reader<R> {
    input: Input<R>,
    version: i64,
    builder: ProfileBuilder,
    mode: Option<Mode>,
    /// By process and number.
    strings: Table<(u32, i64), StringId>,
    frames: Table<(u32, i64), FrameId>,
    /// The last stack of each thread.
    last: Table<(u32, String), Vec<FrameId>>,
    sample: Option<Open>,
    /// How many of the next frames belong to a report about a task.
    task_frames: i64,
}

impl<R: BufRead> Reader<R> {
    fn run(&mut self) -> Result<(), Stop> {
        for _ in MAGIC {
            self.input.byte()?;
        }
        self.version = self.input.number()?;
        while let Some(event) = self.input.next()? {
            self.event(event)?;
        }
        Ok(())
    }

    fn event(&mut self, event: u8) -> Result<(), Stop> {
        match event {
            1 => {
                let (key, value) = (self.input.text()?, self.input.text()?);
                match Mode::of_name(&value).filter(|_| key == "mode" && self.mode.is_none()) {
                    Some(mode) if self.strings.is_empty() => self.set_mode(mode),
                    _ => add_metadata(&mut self.builder.profile.metadata, &key, &value),
                }
            }
            2 => {
                self.end_sample();
                if self.mode.is_none() && self.strings.is_empty() {
                    self.set_mode(Mode::Wall);
                }
                let process = u32::try_from(self.input.number()?).unwrap_or(0);
                let interpreter = if self.version >= 3 { self.input.number()? } else { 0 };
                let thread = self.input.text()?;
                self.sample = Some(Open { process, interpreter, thread, ..Open::default() });
            }
            3 => self.frame()?,
            4 => self.marker("[INVALID]", FrameKind::Marker),
            5 => {
                let key = self.input.number()?;
                let frame = self.frames.get(&(self.process(), key)).copied();
                self.push(frame);
            }
            6 => {
                let name = self.input.text()?;
                self.marker(&name, FrameKind::Kernel);
            }
            7 => self.marker("[GC]", FrameKind::Marker),
            8 => self.measured(|measured| measured.is_idle = true),
            9 => {
                let value = self.input.number()?;
                self.measured(|measured| measured.microseconds = measured.microseconds.saturating_add(value.max(0)));
            }
            10 => {
                let value = self.input.number()?;
                self.measured(|measured| measured.bytes = measured.bytes.saturating_add(value));
            }
            11 => {
                let (key, text) = (self.input.number()?, self.input.text()?);
                let id = self.builder.profile.intern(&text);
                self.strings.insert((self.process(), key), id);
            }
            12 | 16 => {
                self.input.number()?;
            }
            13 => self.repeat(),
            14 => {
                // A report about a task: its number, that of its name, and how many frames follow.
                self.input.number()?;
                self.input.number()?;
                self.task_frames = self.input.number()?;
            }
            15 => {
                self.input.number()?;
                self.input.number()?;
            }
            _ => return Err(Stop::Broken),
        }
        Ok(())
    }

    fn set_mode(&mut self, mode: Mode) {
        mode.begin(&mut self.builder);
        self.mode = Some(mode);
    }

    fn process(&self) -> u32 {
        self.sample.as_ref().map_or(0, |sample| sample.process)
    }

    fn measured(&mut self, change: impl FnOnce(&mut Measured)) {
        if let Some(sample) = &mut self.sample {
            change(&mut sample.measured);
        }
    }

    /// Takes the description of a frame; a reference to it follows.
    fn frame(&mut self) -> Result<(), Stop> {
        let (key, file, name) = (self.input.number()?, self.input.number()?, self.input.number()?);
        let line = LineNumber(u32::try_from(self.input.number()?).unwrap_or(0));
        if self.version >= 2 {
            // The end of the line's range, and its columns.
            for _ in 0..3 {
                self.input.number()?;
            }
        }
        let process = self.process();
        let mut string = |key: i64| match self.strings.get(&(process, key)) {
            Some(&id) => id,
            None if key == UNKNOWN_STRING => StringId::EMPTY,
            None => {
                let place = Place::Byte(self.input.position);
                self.builder.warnings.add(WarningKind::DanglingReference, place);
                StringId::EMPTY
            }
        };
        let (file, name) = (string(file), string(name));
        let profile = &mut self.builder.profile;
        let function = profile.intern_function(Function { name, file, ..Function::default() });
        let frame = profile.intern_frame(Frame { function, line, ..Frame::default() });
        self.frames.insert((process, key), frame);
        Ok(())
    }

    fn marker(&mut self, name: &str, kind: FrameKind) {
        let frame = self.builder.profile.intern_named_frame(name, kind);
        self.push(Some(frame));
    }

    /// Adds a frame to the sample; `None` for one that was never described.
    fn push(&mut self, frame: Option<FrameId>) {
        if self.task_frames > 0 {
            self.task_frames -= 1;
            return;
        }
        let frame = frame.unwrap_or_else(|| {
            self.builder.warnings.add(WarningKind::DanglingReference, Place::Byte(self.input.position));
            FrameId::UNKNOWN
        });
        if let Some(sample) = &mut self.sample {
            if sample.frames.len() < MAX_DEPTH {
                sample.frames.push(frame);
            } else {
                sample.is_cut = true;
            }
        }
    }

    /// Puts the thread's last stack below the frames of the sample. Native frames on top of it are gone.
    fn repeat(&mut self) {
        let profile = &self.builder.profile;
        let is_native = |frame: &FrameId| {
            let file = profile.string(profile.function(profile.frame(*frame).function).file);
            let is_python = Path::new(file).extension().is_some_and(|extension| extension == "py");
            !(is_python || file.starts_with('<') && file.ends_with('>'))
        };
        let Some(sample) = &mut self.sample else { return };
        let Some(last) = self.last.get(&(sample.process, sample.thread.clone())) else { return };
        let kept = last.iter().rposition(|frame| !is_native(frame)).map_or(0, |position| position + 1);
        let room = MAX_DEPTH.saturating_sub(sample.frames.len());
        sample.frames.splice(0..0, last.iter().take(kept.min(room)).copied());
    }

    fn end_sample(&mut self) {
        let Some(sample) = self.sample.take() else { return };
        self.task_frames = 0;
        if sample.is_cut {
            self.builder.warnings.add(WarningKind::DeepStack, Place::Byte(self.input.position));
        }
        let thread = hexadecimal(&sample.thread).and_then(|thread| u32::try_from(thread).ok());
        let (thread, labels) = whose(sample.process, thread, sample.interpreter, &mut self.builder);
        let stack = self.builder.stack(sample.frames.iter().copied());
        let values = match self.mode {
            Some(mode) => sample.measured.values(mode),
            None => vec![1],
        };
        self.builder.add(Sample { thread, labels, ..Sample::new(stack, &values) });
        self.last.insert((sample.process, sample.thread), sample.frames);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::details;

    /// A stream as austin 3.7 writes it with `-b`, with shorter names, and a stack told as a repetition.
    fn stream(mode: &[u8]) -> Vec<u8> {
        let mut bytes = b"MOJ\x03\x01austin\x003.7.0\x00\x01interval\x0050000\x00\x01mode\x00".to_vec();
        bytes.extend_from_slice(mode);
        bytes.push(0);
        // Process 7057, interpreter 0, thread 0x1b91.
        let stack = b"\x02\x91\x6e\x001b91\x00";
        bytes.extend_from_slice(stack);
        bytes.extend_from_slice(b"\x0b\x05/src/hot.py\x00\x0b\x06worker\x00\x0b\x07parse\x00");
        // Lines 14 and 147.
        bytes.extend_from_slice(
            b"\x03\x08\x05\x06\x0e\x0e\x01\x02\x05\x08\x03\x09\x05\x07\x93\x02\x93\x02\x01\x02\x05\x09",
        );
        // 1451 µs.
        bytes.extend_from_slice(b"\x09\xab\x16");
        bytes.extend_from_slice(stack);
        bytes.extend_from_slice(b"\x0d\x04\x08\x09\x0a\x0a\x4a");
        bytes
    }

    fn read_stream(bytes: &[u8]) -> Read {
        crate::read_profile("x", &mut &*bytes, &ReadOptions::default()).unwrap()
    }

    #[test]
    fn reads_events() {
        insta::assert_snapshot!(details(&read_stream(&stream(b"full"))), @r#"
        samples/count wall/nanoseconds cpu/nanoseconds alloc_space/bytes free_space/bytes
        [1, 1451000, 1451000, 0, 0] process 7057 thread 7057 "python"
          worker /src/hot.py:14
          parse /src/hot.py:147
        [1, 10000, 0, 0, 10] process 7057 thread 7057 "python"
          worker /src/hot.py:14
          parse /src/hot.py:147
          [INVALID] Marker
        "#);
        insta::assert_snapshot!(details(&read_stream(&stream(b"wall"))), @r#"
        samples/count wall/nanoseconds
        [1, 1451000] process 7057 thread 7057 "python"
          worker /src/hot.py:14
          parse /src/hot.py:147
        [1, 10000] process 7057 thread 7057 "python"
          worker /src/hot.py:14
          parse /src/hot.py:147
          [INVALID] Marker
        "#);
    }

    #[test]
    fn what_comes_before_the_end_is_used() {
        let bytes = stream(b"wall");
        let cut = read_stream(&bytes[..bytes.len() - 6]);
        assert_eq!((cut.profile.totals()[0], cut.warnings.is_empty()), (2, true));
        let cut = read_stream(&bytes[..bytes.len() - 1]);
        assert_eq!(cut.warnings.count(WarningKind::BrokenTail), 1);
    }

    #[test]
    fn numbers_have_a_sign_and_end() {
        let number = |bytes: &[u8]| Input { bytes, position: 0 }.number().ok();
        assert_eq!(number(b"\x0a"), Some(10));
        assert_eq!(number(b"\x4a"), Some(-10));
        assert_eq!(number(b"\x91\x6e"), Some(7057));
        assert_eq!(number(b"\x80"), None);
        assert_eq!(number(&[0xff; 30]), None);
    }
}
