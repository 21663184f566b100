//! Frames and stacks of folded lines.

use firesteel_model::{FrameId, Profile, StackId};

use super::names::{BLOCK, NameTable, SEPARATOR};
use crate::byte_table::common_prefix;

/// Turns `frame;frame;frame` into stacks. A line mostly begins as the one before, so reading starts
/// where the two part.
pub(crate) struct StackReader {
    profile: Profile,
    names: NameTable,
    /// The previous line, with separators behind it so that its names can be looked at in blocks.
    previous: Vec<u8>,
    /// For each frame of the previous stack: where its name ends, and the stack up to it.
    ends: Vec<(usize, StackId)>,
    /// The frames of a line that those before it do not tell, with the ends of their names.
    frames: Vec<(usize, FrameId)>,
}

impl StackReader {
    pub(crate) fn new(profile: Profile) -> Self {
        let previous = vec![SEPARATOR; BLOCK];
        Self { profile, names: NameTable::default(), previous, ends: Vec::new(), frames: Vec::new() }
    }

    pub(crate) fn into_profile(self) -> Profile {
        self.profile
    }

    /// The stack of a line without its count, and how many new names in it were not UTF-8. Empty
    /// frames inside are kept, at the end they vanish, as in `flamegraph.pl`.
    pub(crate) fn read(&mut self, line: &[u8]) -> (StackId, u64) {
        let trailing = line.iter().rev().take_while(|&&byte| byte == SEPARATOR).count();
        let line = line.get(..line.len() - trailing).unwrap_or(line);
        self.previous.truncate(self.previous.len() - BLOCK);
        let common = common_prefix(line, &self.previous);
        let is_shared = |&(end, _): &(usize, StackId)| end <= common && line.get(end).is_none_or(|&byte| byte == SEPARATOR);
        let reach = self.ends.partition_point(|&(end, _)| end <= common);
        let shared = if self.ends.get(..reach).and_then(<[_]>::last).is_none_or(is_shared) { reach } else { reach - 1 };
        self.ends.truncate(shared);
        self.previous.truncate(common);
        self.previous.extend_from_slice(line.get(common..).unwrap_or(&[]));
        self.previous.extend_from_slice(&[SEPARATOR; BLOCK]);
        let (mut position, mut stack) = match self.ends.last() {
            Some(&(end, stack)) => (end + 1, stack),
            None => (0, StackId::ROOT),
        };
        let mut lossy = 0;
        // Names first, then stacks: finding a name need not wait for a stack that is far away in memory.
        self.frames.clear();
        while position < line.len() {
            let rest = self.previous.get(position..).unwrap_or(&[]);
            let (len, frame) = self.names.next(rest, &mut self.profile, &mut lossy);
            self.frames.push((position + len, frame));
            position += len + 1;
        }
        for &(end, frame) in &self.frames {
            stack = self.profile.push_stack(stack, frame);
            self.ends.push((end, stack));
        }
        (stack, lossy)
    }
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
