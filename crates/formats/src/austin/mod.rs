//! What austin, the sampler of Python, writes: text, `P42;T0:43;module:function:line;… METRIC`, or with `-b`, and always
//! since version 4, the binary MOJO format.
//!
//! A line is a sample: process, thread (with the interpreter in front since version 3), frames from the root, and what
//! the mode measures: microseconds of wall or processor time, bytes of memory, or all of them. Comment lines say the
//! mode. Times have no clock; they add up by thread.

mod mojo;

use firesteel_model::{
    FrameId, FrameKind, Label, LabelSetId, LabelValue, Metadata, Nanoseconds, Period, ProcessId, Sample, StackId,
    StringId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{KnownLines, TextFrame, TextReader, read_lines};
use crate::text_number::{decimal, hexadecimal, signed};
use crate::warning::{Place, WarningKind};

/// Whether content begins like this format: its first comment, or a sample with process and thread.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    mojo::is_mojo(head) || head.lines().any(|line| line.starts_with("# austin: ") || SampleLine::parse(line).is_some())
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    if mojo::is_mojo(content.head()) {
        return mojo::read(content, options);
    }
    let mut reader = Reader {
        builder: ProfileBuilder::new(Mode::Wall.columns(), options),
        mode: None,
        known: KnownLines::default(),
        elapsed: HashMap::with_hasher(SeedableState::fixed()),
    };
    read_lines(content, &mut reader)?;
    Ok(reader.builder.finish(Format::Austin))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Wall,
    Cpu,
    Memory,
    Full,
}

impl Mode {
    fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "wall" => Self::Wall,
            "cpu" => Self::Cpu,
            "memory" => Self::Memory,
            "full" => Self::Full,
            _ => return None,
        })
    }

    fn columns(self) -> Vec<ValueType> {
        let wall = ValueType::new("wall", Unit::Nanoseconds);
        let memory = [ValueType::new("alloc_space", Unit::Bytes), ValueType::new("free_space", Unit::Bytes)];
        let mut columns = vec![ValueType::samples()];
        match self {
            Self::Wall => columns.push(wall),
            Self::Cpu => columns.push(ValueType::cpu()),
            Self::Memory => columns.extend(memory),
            Self::Full => {
                columns.extend([wall, ValueType::cpu()]);
                columns.extend(memory);
            }
        }
        columns
    }
}

impl Mode {
    /// Gives a profile without samples the columns of the mode.
    fn begin(self, builder: &mut ProfileBuilder) {
        let metadata = std::mem::take(&mut builder.profile.metadata);
        builder.restart(self.columns());
        builder.profile.metadata = Metadata { default_sample_type: 1, ..metadata };
    }
}

struct Reader {
    builder: ProfileBuilder,
    mode: Option<Mode>,
    known: KnownLines,
    /// What the samples of each thread add up to, where that is wall time.
    elapsed: HashMap<ThreadId, u64, SeedableState<'static>>,
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        if let Some(comment) = line.strip_prefix('#') {
            self.comment(comment.trim());
        } else if line.trim().is_empty() {
        } else if let Some(sample) = SampleLine::parse(line) {
            self.sample(&sample, place);
        } else {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Reader {
    fn comment(&mut self, comment: &str) {
        let Some((key, value)) = comment.split_once(": ") else { return };
        match Mode::of_name(value).filter(|_| key == "mode") {
            Some(mode) => self.set_mode(mode),
            None => add_metadata(&mut self.builder.profile.metadata, key, value),
        }
    }

    fn set_mode(&mut self, mode: Mode) {
        // The mode of a second recording behind the first cannot change the columns.
        if self.mode.is_none() {
            mode.begin(&mut self.builder);
            self.mode = Some(mode);
        }
    }

    fn sample(&mut self, line: &SampleLine<'_>, place: Place) {
        if self.mode.is_none() {
            self.set_mode(if line.metric.contains(',') { Mode::Full } else { Mode::Wall });
        }
        let Some(values) = self.values(line.metric) else {
            self.builder.warnings.add(WarningKind::MalformedCount, place);
            return;
        };
        let (thread, labels) = whose(line.process, line.thread, line.interpreter, &mut self.builder);
        let mut stack = StackId::ROOT;
        for text in line.frames.split(';').filter(|text| !text.is_empty()) {
            let builder = &mut self.builder;
            let frame = self.known.frame(text, || frame(text, builder));
            stack = builder.profile.push_stack(stack, frame);
        }
        let mut time = None;
        if self.builder.keeps_times() && self.mode != Some(Mode::Memory) && self.mode != Some(Mode::Cpu) {
            let elapsed = self.elapsed.entry(thread).or_insert(0);
            time = Some(Nanoseconds(*elapsed));
            *elapsed = elapsed.saturating_add(values.get(1).copied().unwrap_or(0).max(0) as u64);
        }
        self.builder.add(Sample { stack, values: &values, labels, thread, time });
    }

    /// The values of a sample from its metric.
    fn values(&self, metric: &str) -> Option<Vec<i64>> {
        let mode = self.mode.unwrap_or(Mode::Wall);
        let measured = match mode {
            Mode::Wall | Mode::Cpu => Measured { microseconds: decimal(metric)?, ..Measured::default() },
            Mode::Memory => Measured { bytes: signed(metric)?, ..Measured::default() },
            Mode::Full => {
                // Time, whether the thread was idle, and how much more memory there is.
                let mut parts = metric.split(',');
                let microseconds = decimal(parts.next()?)?;
                let is_idle = parts.next()? != "0";
                Measured { microseconds, bytes: signed(parts.next()?)?, is_idle }
            }
        };
        Some(measured.values(mode))
    }
}

/// What was measured with a sample.
#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    microseconds: i64,
    /// More memory than at the sample before, or less.
    bytes: i64,
    is_idle: bool,
}

impl Measured {
    /// The values of the columns of a mode.
    fn values(self, mode: Mode) -> Vec<i64> {
        let time = self.microseconds.saturating_mul(1000);
        let memory = [self.bytes.max(0), self.bytes.min(0).saturating_neg()];
        let mut values = vec![1];
        match mode {
            Mode::Wall | Mode::Cpu => values.push(time),
            Mode::Memory => values.extend(memory),
            Mode::Full => {
                values.extend([time, if self.is_idle { 0 } else { time }]);
                values.extend(memory);
            }
        }
        values
    }
}

/// The thread of a sample, with the interpreter as label where there are several.
fn whose(process: u32, thread: Option<u32>, interpreter: i64, builder: &mut ProfileBuilder) -> (ThreadId, LabelSetId) {
    let profile = &mut builder.profile;
    let name = profile.intern("python");
    let (process, thread) = (Some(ProcessId(process)), thread.map(ThreadNumber));
    let thread = profile.intern_thread(Thread { process, thread, name });
    if interpreter <= 0 {
        return (thread, LabelSetId::EMPTY);
    }
    let value = LabelValue::Number { value: interpreter, unit: StringId::EMPTY };
    let key = profile.intern("interpreter");
    (thread, profile.intern_labels(&[Label { key, value }]))
}

/// Takes what austin says about the recording.
fn add_metadata(metadata: &mut Metadata, key: &str, value: &str) {
    let nanoseconds = decimal(value).map(|value| value.saturating_mul(1000));
    match (key, nanoseconds) {
        ("interval", Some(value)) => {
            metadata.period = Some(Period { value_type: ValueType::new("wall", Unit::Nanoseconds), value });
        }
        ("duration", Some(value)) => metadata.duration = Some(Nanoseconds(value as u64)),
        ("austin" | "python", _) => metadata.set_property(key, value),
        _ => {}
    }
}

/// A sample taken apart.
#[derive(Debug, PartialEq, Eq)]
struct SampleLine<'a> {
    process: u32,
    interpreter: i64,
    thread: Option<u32>,
    frames: &'a str,
    metric: &'a str,
}

impl<'a> SampleLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (process, rest) = line.strip_prefix('P')?.split_once(";T")?;
        let process = u32::try_from(decimal(process)?).ok()?;
        let (rest, metric) = rest.trim_end().rsplit_once(' ')?;
        let is_metric = metric.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'-'));
        let (thread, frames) = rest.split_once(';').unwrap_or((rest, ""));
        let (interpreter, thread) = match thread.split_once(':') {
            Some((interpreter, thread)) => (decimal(interpreter)?, thread),
            None => (0, thread),
        };
        let number = decimal(thread).map(|thread| thread as u64).or_else(|| hexadecimal(thread))?;
        let is_ours = frames.is_empty() || frames.contains(':');
        let thread = u32::try_from(number).ok();
        (is_metric && is_ours).then_some(Self { process, interpreter, thread, frames, metric })
    }
}

/// `module:function:line`; the module is a path or in angle brackets.
fn frame(text: &str, builder: &mut ProfileBuilder) -> FrameId {
    if matches!(text, ":INVALID:" | ":GC:" | ":IDLE:") {
        return builder.profile.intern_named_frame(&format!("[{}]", text.trim_matches(':')), FrameKind::Marker);
    }
    let parts = text.rsplit_once(':').and_then(|(rest, line)| {
        let (file, name) = rest.rsplit_once(':')?;
        Some((file, name, u32::try_from(decimal(line)?).ok()?))
    });
    let frame = match parts {
        Some((file, name, line)) => TextFrame { name, file, line, ..TextFrame::default() },
        None => TextFrame { name: text, ..TextFrame::default() },
    };
    builder.text_frame(&frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, read};

    #[test]
    fn reads_wall_time() {
        // Written by austin 3.7.0, with shorter files.
        insta::assert_snapshot!(details(&read(Format::Austin, "\
# austin: 3.7.0
# interval: 20000
# mode: wall

P7021;T0:7021 484
P7021;T0:7021;:INVALID: 20117
P7021;T0:7023;/lib/threading.py:Thread.run:982;/src/hot.py:worker:14;/src/hot.py:parse:8 20087
P7021;T0:7023;/lib/threading.py:Thread.run:982;/src/hot.py:worker:14;/src/hot.py:parse:8 20013
P7021;T1:7021;<frozen importlib._bootstrap>:FrozenImporter.exec_module:980;C:\\src\\hot.py:<module>:3 1

# duration: 2071797
")), @r#"
        samples/count wall/nanoseconds
        [1, 484000] process 7021 thread 7021 "python"
        [1, 20117000] process 7021 thread 7021 "python"
          [INVALID] Marker
        [2, 40100000] process 7021 thread 7023 "python"
          Thread.run /lib/threading.py:982
          worker /src/hot.py:14
          parse /src/hot.py:8
        [1, 1000] process 7021 thread 7021 "python" interpreter=1
          FrozenImporter.exec_module <frozen importlib._bootstrap>:980
          <module> C:\src\hot.py:3
        "#);
    }

    #[test]
    fn reads_everything_at_once() {
        insta::assert_snapshot!(details(&read(Format::Austin, "\
# austin: 3.7.0
# mode: full

P7030;T0:7030;/src/hot.py:idle:17;:GC: 50093,1,0
P7030;T0:7030;/src/hot.py:work:17 50000,0,4096
P7030;T0:7030;/src/hot.py:work:17 50000,0,-8192
")), @r#"
        samples/count wall/nanoseconds cpu/nanoseconds alloc_space/bytes free_space/bytes
        [1, 50093000, 0, 0, 0] process 7030 thread 7030 "python"
          idle /src/hot.py:17
          [GC] Marker
        [2, 100000000, 100000000, 4096, 8192] process 7030 thread 7030 "python"
          work /src/hot.py:17
        "#);
    }

    #[test]
    fn reads_memory_and_old_versions() {
        insta::assert_snapshot!(details(&read(Format::Austin, "# mode: memory\nP1;T7f1c;/src/hot.py:work:17 188416\n")), @r#"
        samples/count alloc_space/bytes free_space/bytes
        [1, 188416, 0] process 1 thread 32540 "python"
          work /src/hot.py:17
        "#);
        insta::assert_snapshot!(details(&read(Format::Austin, "P1;T0x7f1c;/src/hot.py:work:17 100\n")), @r#"
        samples/count wall/nanoseconds
        [1, 100000] process 1 thread 32540 "python"
          work /src/hot.py:17
        "#);
    }

    #[test]
    fn leaves_folded_stacks_alone() {
        for line in ["P1;Thread;main 5", "main;T1;x:y:1 5", "Parse;T1 7", "P1;T2;main 5"] {
            assert_eq!(SampleLine::parse(line), None, "{line}");
        }
    }

    #[test]
    fn times_of_a_thread_add_up() {
        let options = ReadOptions { times: true, ..ReadOptions::default() };
        let text = "# mode: wall\nP1;T0:1;a:b:1 5\nP1;T0:2;a:b:1 7\nP1;T0:1;a:b:1 9\n";
        let read = crate::read_profile("x", &mut text.as_bytes(), &options).unwrap();
        let times: Vec<_> = read.profile.samples().map(|sample| sample.time.unwrap().0).collect();
        assert_eq!(times, [0, 0, 5000]);
    }
}
