//! Frames and stacks of folded lines.

use std::borrow::Cow;

use firesteel_model::{Frame, FrameFlags, FrameId, FrameKind, Function, Profile, StackId};

use crate::byte_table::{ByteTable, common_prefix};

/// Turns `frame;frame;frame` into stacks. A line mostly begins as the one before, so reading starts
/// where the two part.
pub(crate) struct StackReader {
    profile: Profile,
    names: NameTable,
    previous: Vec<u8>,
    /// For each frame of the previous stack: where its name ends, and the stack up to it.
    ends: Vec<(usize, StackId)>,
}

impl StackReader {
    pub(crate) fn new(profile: Profile) -> Self {
        Self { profile, names: NameTable::default(), previous: Vec::new(), ends: Vec::new() }
    }

    pub(crate) fn into_profile(self) -> Profile {
        self.profile
    }

    /// The stack of a line without its count, and how many new names in it were not UTF-8. Empty
    /// frames inside are kept, at the end they vanish, as in `flamegraph.pl`.
    pub(crate) fn read(&mut self, line: &[u8]) -> (StackId, u64) {
        let trailing = line.iter().rev().take_while(|&&byte| byte == b';').count();
        let line = line.get(..line.len() - trailing).unwrap_or(line);
        let common = common_prefix(line, &self.previous);
        let is_shared = |&(end, _): &(usize, StackId)| end <= common && line.get(end).is_none_or(|&byte| byte == b';');
        let reach = self.ends.partition_point(|&(end, _)| end <= common);
        let shared = if self.ends.get(..reach).and_then(<[_]>::last).is_none_or(is_shared) { reach } else { reach - 1 };
        self.ends.truncate(shared);
        self.previous.truncate(common);
        self.previous.extend_from_slice(line.get(common..).unwrap_or(&[]));
        let (mut position, mut stack) = match self.ends.last() {
            Some(&(end, stack)) => (end + 1, stack),
            None => (0, StackId::ROOT),
        };
        let mut lossy = 0;
        while position < line.len() {
            let rest = line.get(position..).unwrap_or(&[]);
            let len = memchr::memchr(b';', rest).unwrap_or(rest.len());
            let name = rest.get(..len).unwrap_or(rest);
            let frame = self.names.frame(name, &mut self.profile, &mut lossy);
            stack = self.profile.push_stack(stack, frame);
            self.ends.push((position + len, stack));
            position += len + 1;
        }
        (stack, lossy)
    }
}

/// Frames by name as it stands in the input.
#[derive(Default)]
struct NameTable {
    names: ByteTable,
    frames: Vec<FrameId>,
}

impl NameTable {
    fn frame(&mut self, name: &[u8], profile: &mut Profile, lossy: &mut u64) -> FrameId {
        let (id, is_new) = self.names.intern(name);
        if is_new {
            let readable = String::from_utf8_lossy(name);
            *lossy += u64::from(matches!(readable, Cow::Owned(_)));
            self.frames.push(intern_frame(&readable, profile));
        }
        self.frames.get(id as usize).copied().unwrap_or(FrameId::UNKNOWN)
    }
}

/// A frame by its name, which stays as it is; suffixes of `stackcollapse-perf.pl` say what kind it is.
fn intern_frame(name: &str, profile: &mut Profile) -> FrameId {
    let kind = if name.ends_with("_[k]") {
        FrameKind::Kernel
    } else if name.ends_with("_[j]") {
        FrameKind::Jit
    } else {
        FrameKind::Unknown
    };
    let flags = FrameFlags { inlined: name.ends_with("_[i]"), ..FrameFlags::default() };
    let name = profile.intern(name);
    let function = profile.intern_function(Function { name, ..Function::default() });
    profile.intern_frame(Frame { function, kind, flags, ..Frame::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_what_lines_have_in_common() {
        let mut reader = StackReader::new(Profile::default());
        let lines = ["a;b;c", "a;b", "a;bc", "a;b;c", "a;;b", "a", "", "ab", "a;b;c;;", "a;b;cd;e", ";a"];
        let stacks: Vec<StackId> = lines.iter().map(|line| reader.read(line.as_bytes()).0).collect();
        let profile = reader.into_profile();
        for (line, stack) in lines.iter().zip(stacks) {
            let mut names: Vec<&str> = profile
                .stacks()
                .frames(stack)
                .map(|frame| profile.string(profile.function(profile.frame(frame).function).name))
                .collect();
            names.reverse();
            assert_eq!(names.join(";"), line.trim_end_matches(';'), "{line}");
        }
    }
}
