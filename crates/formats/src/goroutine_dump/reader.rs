//! Reads line by line.

use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, FrameKind, Function, Label, LabelValue, MappingId, Sample, Unit, ValueType,
};

use super::frame::{CallPlace, CalledFunction, creator};
use super::header::GoroutineHeader;
use crate::format::Format;
use crate::go_labels::read_labels;
use crate::options::ReadOptions;
use crate::pprof::language;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// How many reasons of crashes are kept.
const MAX_REASONS: usize = 8;

/// What a line with a place belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Expected {
    #[default]
    Nothing,
    /// A function of the stack, and the number of its line.
    Frame(String, u64),
    /// What started the goroutine.
    Creator,
}

/// A reader of a dump.
pub(super) struct DumpReader {
    builder: ProfileBuilder,
    is_open: bool,
    /// Bytes in front of each line of the goroutine.
    prefix: usize,
    /// Frames of the goroutine, leaf first.
    frames: Vec<FrameId>,
    labels: Vec<Label>,
    expected: Expected,
    is_truncated: bool,
}

impl DumpReader {
    pub(super) fn new(options: &ReadOptions) -> Self {
        Self {
            builder: ProfileBuilder::new(vec![ValueType::new("goroutine", Unit::Count)], options),
            is_open: false,
            prefix: 0,
            frames: Vec::new(),
            labels: Vec::new(),
            expected: Expected::default(),
            is_truncated: false,
        }
    }

    /// Takes a line.
    pub(super) fn take(&mut self, number: u64, line: &[u8]) {
        if let Some(header) = GoroutineHeader::find(line.trim_ascii_end()) {
            self.end();
            self.begin(&header);
            return;
        }
        if !self.is_open {
            self.around(line);
            return;
        }
        let line = line.get(self.prefix..).unwrap_or(&[]).trim_ascii_end();
        if line.is_empty() {
            self.end();
            return;
        }
        let text = String::from_utf8_lossy(line);
        if text.starts_with(['\t', ' ']) {
            self.place(&text);
            return;
        }
        self.nameless_place();
        if let Some(name) = creator(&text) {
            self.label("created by", name);
            self.expected = Expected::Creator;
        } else if text.starts_with("...") && text.ends_with("elided...") {
            self.is_truncated = true;
        } else if let Some(pc) = text.strip_prefix("non-Go function at pc=") {
            let address = u64::from_str_radix(pc.trim_start_matches("0x"), 16).unwrap_or(0);
            let profile = &mut self.builder.profile;
            let frame = profile.intern_unnamed_frame(MappingId::NONE, Address(address), FrameKind::Native);
            self.frames.push(frame);
        } else {
            self.expected = Expected::Frame(text.into_owned(), number);
        }
    }

    fn begin(&mut self, header: &GoroutineHeader<'_>) {
        self.is_open = true;
        self.prefix = header.prefix;
        self.labels = read_labels(header.labels, &mut self.builder.profile);
        self.label("state", header.state);
        if header.is_locked {
            self.label("locked", "to thread");
        }
        for (key, value, unit) in [("waiting", header.minutes, "minutes"), ("synctest bubble", header.bubble, "")] {
            if let Some(value) = value {
                let profile = &mut self.builder.profile;
                let (key, unit) = (profile.intern(key), profile.intern(unit));
                self.labels.push(Label { key, value: LabelValue::Number { value, unit } });
            }
        }
    }

    fn label(&mut self, key: &str, value: &str) {
        let profile = &mut self.builder.profile;
        let (key, value) = (profile.intern(key), profile.intern(value));
        self.labels.push(Label { key, value: LabelValue::Text(value) });
    }

    /// Keeps why the program crashed.
    fn around(&mut self, line: &[u8]) {
        let reasons = [&b"panic: "[..], b"fatal error: ", b"SIGQUIT: ", b"SIGABRT: ", b"[signal "];
        let comments = &mut self.builder.profile.metadata.comments;
        if comments.len() < MAX_REASONS && reasons.iter().any(|reason| line.starts_with(reason)) {
            comments.push(String::from_utf8_lossy(line).into_owned());
        }
    }

    fn place(&mut self, text: &str) {
        let place = CallPlace::parse(text);
        match std::mem::take(&mut self.expected) {
            Expected::Nothing => {}
            Expected::Creator => {
                if let Some(place) = place {
                    self.label("created at", &format!("{}:{}", place.file, place.line));
                }
            }
            Expected::Frame(line, number) => self.frame(&line, number, place),
        }
    }

    /// Ends a function whose place does not follow. What has no arguments either belongs to what stands around.
    fn nameless_place(&mut self) {
        if let Expected::Frame(line, number) = std::mem::take(&mut self.expected)
            && line.ends_with(')')
        {
            self.frame(&line, number, None);
        }
    }

    fn frame(&mut self, line: &str, number: u64, place: Option<CallPlace<'_>>) {
        let CalledFunction { name, is_inlined } = CalledFunction::parse(line);
        if name.contains(char::REPLACEMENT_CHARACTER) {
            self.builder.warnings.add(WarningKind::InvalidUtf8, Place::Line(number));
        }
        let file = place.map_or("", |place| place.file);
        let profile = &mut self.builder.profile;
        let function = Function { name: profile.intern(name), file: profile.intern(file), ..Function::default() };
        let frame = Frame {
            function: profile.intern_function(function),
            line: place.map_or_else(Default::default, |place| place.line),
            address: place.map_or(Address(0), |place| place.address),
            kind: language::kind(name, file, "", true),
            flags: FrameFlags { inlined: is_inlined, unnamed: false },
            ..Frame::default()
        };
        self.frames.push(profile.intern_frame(frame));
    }

    /// Ends the goroutine.
    pub(super) fn end(&mut self) {
        if !self.is_open {
            return;
        }
        self.nameless_place();
        let stack = self.builder.stack(self.frames.drain(..).rev());
        let labels = self.builder.profile.intern_labels(&self.labels);
        self.builder.add(Sample { labels, ..Sample::new(stack, &[1]) });
        let losses = &mut self.builder.profile.metadata.losses;
        losses.truncated_stacks = losses.truncated_stacks.saturating_add(u64::from(self.is_truncated));
        self.is_open = false;
        self.is_truncated = false;
        self.expected = Expected::Nothing;
        self.labels.clear();
    }

    /// The profile.
    pub(super) fn finish(mut self) -> Read {
        self.end();
        self.builder.finish(Format::GoroutineDump)
    }
}
