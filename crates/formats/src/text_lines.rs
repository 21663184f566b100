//! How readers of text that people could read take their input: line by line, from frames to stacks.

use std::borrow::Cow;

use firesteel_model::{Address, Frame, FrameFlags, FrameId, FrameKind, Function, LineNumber, Mapping, StackId};

use crate::byte_table::ByteTable;
use crate::content::{Content, Line};
use crate::error::Error;
use crate::head::readable;
use crate::profile_builder::ProfileBuilder;
use crate::warning::{Place, WarningKind};

/// How many frames a stack may have. More than any runtime allows, few enough for memory.
const MAX_DEPTH: usize = 1_000_000;

/// Takes an input line by line.
pub(crate) trait TextReader {
    /// Takes the next line.
    fn line(&mut self, line: &str, place: Place);

    /// What the profile is built with.
    fn builder(&mut self) -> &mut ProfileBuilder;
}

/// Hands the lines of the content to a reader. Bytes that are not UTF-8 are replaced, lines that are too long are
/// skipped, both counted.
pub(crate) fn read_lines(content: &mut Content<'_>, reader: &mut impl TextReader) -> Result<(), Error> {
    content.each_line(|number, line| {
        let place = Place::Line(number);
        match line {
            Line::Whole(line) => {
                let text = readable(line);
                if matches!(text, Cow::Owned(_)) {
                    reader.builder().warnings.add(WarningKind::InvalidUtf8, place);
                }
                reader.line(&text, place);
            }
            Line::TooLong => reader.builder().warnings.add(WarningKind::LongLine, place),
        }
    })
}

/// What a line of text says about a frame.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TextFrame<'a> {
    /// The function, as it is to be shown. Empty: no symbol is known.
    pub(crate) name: &'a str,
    /// Source file, or empty.
    pub(crate) file: &'a str,
    /// Line in the source file, or 0.
    pub(crate) line: u32,
    /// Binary or module, or empty.
    pub(crate) module: &'a str,
    /// Address, or 0.
    pub(crate) address: u64,
    /// What kind of code it is.
    pub(crate) kind: FrameKind,
    /// Whether the compiler put it into its caller.
    pub(crate) inlined: bool,
}

impl ProfileBuilder {
    /// The frame that a line of text speaks of.
    pub(crate) fn text_frame(&mut self, text: &TextFrame<'_>) -> FrameId {
        let profile = &mut self.profile;
        let mapping = if text.module.is_empty() {
            firesteel_model::MappingId::NONE
        } else {
            let file = profile.intern(text.module);
            profile.intern_mapping(Mapping { file, ..Mapping::default() })
        };
        let address = Address(text.address);
        if text.name.is_empty() {
            return profile.intern_unnamed_frame(mapping, address, text.kind);
        }
        let (name, file) = (profile.intern(text.name), profile.intern(text.file));
        let function = profile.intern_function(Function { name, file, ..Function::default() });
        let flags = FrameFlags { inlined: text.inlined, ..FrameFlags::default() };
        profile.intern_frame(Frame { function, line: LineNumber(text.line), mapping, address, kind: text.kind, flags })
    }
}

/// The frames of lines seen before, so that a line is taken apart once.
#[derive(Default)]
pub(crate) struct KnownLines {
    lines: ByteTable,
    frames: Vec<FrameId>,
}

impl KnownLines {
    /// The frame of a line, which `make` makes when the line is new.
    pub(crate) fn frame(&mut self, line: &str, make: impl FnOnce() -> FrameId) -> FrameId {
        let (id, is_new) = self.lines.intern(line.as_bytes());
        if is_new {
            self.frames.push(make());
        }
        self.frames.get(id as usize).copied().unwrap_or(FrameId::UNKNOWN)
    }
}

/// The frames of a stack that is being read.
#[derive(Default)]
pub(crate) struct PendingStack {
    frames: Vec<FrameId>,
    is_cut: bool,
}

impl PendingStack {
    /// Adds the next frame of the input.
    pub(crate) fn push(&mut self, frame: FrameId) {
        if self.frames.len() < MAX_DEPTH {
            self.frames.push(frame);
        } else {
            self.is_cut = true;
        }
    }

    /// Number of frames.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Forgets the frames.
    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.is_cut = false;
    }

    /// The frames, to be changed.
    pub(crate) fn frames_mut(&mut self) -> &mut [FrameId] {
        &mut self.frames
    }

    /// The stack of frames that came from the leaf to the root; then there are none.
    pub(crate) fn take_leaf_first(&mut self, builder: &mut ProfileBuilder, place: Place) -> StackId {
        if self.is_cut {
            builder.warnings.add(WarningKind::DeepStack, place);
        }
        let stack = builder.stack(self.frames.iter().rev().copied());
        self.clear();
        stack
    }
}
