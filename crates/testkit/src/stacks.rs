//! A profile as plain stacks: what oracles judge.

use std::fs::File;
use std::path::Path;

use firesteel_formats::{ReadOptions, read_profile};
use firesteel_model::{FrameKind, Profile};

/// A frame with what symbols say of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedFrame {
    /// Function.
    pub name: String,
    /// Source file, empty when unknown.
    pub file: String,
    /// Line in the file, 0 when unknown.
    pub line: u32,
    /// Line where the function begins, 0 when unknown.
    pub start_line: u32,
    /// Address of the instruction.
    pub address: u64,
    /// Whether it was compiled into the next frame towards the root.
    pub inlined: bool,
    /// What kind of code it is.
    pub kind: FrameKind,
    /// The file that the code was mapped from.
    pub binary: String,
}

impl NamedFrame {
    /// Whether a symbol covers it; a stand-in such as `[libc.so.6]` does not count.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !self.name.is_empty() && !self.name.starts_with('[')
    }

    fn of(profile: &Profile, id: firesteel_model::FrameId) -> Self {
        let frame = profile.frame(id);
        let function = profile.function(frame.function);
        Self {
            name: profile.frame_name(id).to_owned(),
            file: profile.string(function.file).to_owned(),
            line: frame.line.0,
            start_line: function.start_line.0,
            address: frame.address.0,
            inlined: frame.flags.inlined,
            kind: frame.kind,
            binary: profile.string(profile.mapping(frame.mapping).file).to_owned(),
        }
    }
}

/// A stack and how many samples had it.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Frames, root first.
    pub frames: Vec<NamedFrame>,
    /// Samples: the profile's first value.
    pub samples: u64,
}

impl Stack {
    /// The frames of user space, root first. Empty for a sample of the kernel alone.
    pub fn user_frames(&self) -> impl DoubleEndedIterator<Item = &NamedFrame> {
        self.frames
            .iter()
            .filter(|frame| !matches!(frame.kind, FrameKind::Kernel | FrameKind::Marker | FrameKind::Process))
    }
}

/// Reads the stacks of a profile in any format that Firesteel reads.
#[must_use]
pub fn read_stacks(path: &Path) -> Vec<Stack> {
    let name = path.display().to_string();
    let mut file = File::open(path).unwrap_or_else(|error| panic!("cannot read {name}: {error}"));
    let read = read_profile(&name, &mut file, &ReadOptions::default());
    let profile = read.unwrap_or_else(|error| panic!("{error}")).profile;
    let stacks = profile.samples().map(|sample| {
        let mut frames: Vec<NamedFrame> =
            profile.stacks().frames(sample.stack).map(|frame| NamedFrame::of(&profile, frame)).collect();
        frames.reverse();
        let samples = sample.values.first().and_then(|&value| u64::try_from(value).ok()).unwrap_or(0);
        Stack { frames, samples }
    });
    stacks.collect()
}
