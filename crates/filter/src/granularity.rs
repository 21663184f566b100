//! What is one: a function, a file, a line, an address.

use std::borrow::Cow;
use std::fmt::Write;

use firesteel_model::{Frame, FrameEdit, FrameId, Function, Profile};

/// What stacks and tables tell apart, from coarse to fine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Granularity {
    /// Source files.
    Files,
    /// Functions by name.
    #[default]
    Functions,
    /// Functions by name and file.
    FileFunctions,
    /// Lines of functions.
    Lines,
    /// Addresses.
    Addresses,
}

impl Granularity {
    /// All, by pprof's names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("functions", Self::Functions),
        ("filefunctions", Self::FileFunctions),
        ("files", Self::Files),
        ("lines", Self::Lines),
        ("addresses", Self::Addresses),
    ];

    /// The profile with functions named by what is to be told apart: `main.f main.go:12` for lines. What is not known
    /// of a frame is left out of its name; a frame without a file keeps the name of its function.
    #[must_use]
    pub fn name_frames(self, profile: &Profile) -> Cow<'_, Profile> {
        if self == Self::Functions {
            return Cow::Borrowed(profile);
        }
        let mut known: Vec<Option<FrameEdit>> = vec![None; profile.frame_count()];
        Cow::Owned(
            profile
                .rewritten(|target, _, frame| *known[frame.index()].get_or_insert_with(|| self.rename(target, frame))),
        )
    }

    fn rename(self, profile: &mut Profile, frame_id: FrameId) -> FrameEdit {
        let frame = *profile.frame(frame_id);
        let function = *profile.function(frame.function);
        let file = profile.string(function.file);
        let mut name = String::new();
        if self == Self::Addresses && frame.address.0 != 0 {
            // Writing to a string cannot fail.
            let _ = write!(name, "{:016x} ", frame.address.0);
        }
        if self == Self::Files {
            if file.is_empty() {
                return FrameEdit::Keep;
            }
            name.push_str(file);
        } else {
            name.push_str(profile.frame_name(frame_id));
            if !file.is_empty() {
                name.push(' ');
                name.push_str(file);
                if matches!(self, Self::Lines | Self::Addresses) && frame.line.0 != 0 {
                    let _ = write!(name, ":{}", frame.line);
                }
            }
        }
        if name == profile.frame_name(frame_id) {
            return FrameEdit::Keep;
        }
        let name = profile.intern(&name);
        let function = profile.intern_function(Function { name, ..function });
        FrameEdit::Replace(profile.intern_frame(Frame { function, ..frame }))
    }
}
