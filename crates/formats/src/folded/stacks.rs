//! Frames and stacks of folded lines.

use firesteel_model::{FrameId, Profile, StackId};
use hashbrown::HashTable;

use super::names::{BLOCK, NameTable, SEPARATOR};
use crate::byte_table::common_prefix;

/// How many frames are taken in one step, where stacks went that way before.
const STEP: usize = 4;

/// Turns `frame;frame;frame` into stacks. A line mostly begins as the one before, so reading starts
/// where the two part.
pub(crate) struct StackReader {
    profile: Profile,
    names: NameTable,
    /// The previous line, with separators behind it so that its names can be looked at in blocks.
    previous: Vec<u8>,
    /// For each frame of the previous stack where its name ends.
    ends: Vec<usize>,
    frames: Vec<FrameId>,
    /// The stacks on the way to the previous one, a step apart; the first is empty.
    reached: Vec<Reached>,
    /// Stacks by the hash of all their frames, for those that are a whole number of steps long. Going from callee to
    /// callee through a large tree is waiting for memory, at each of them anew. What is found here depends on nothing
    /// that was found before.
    steps: HashTable<Reached>,
}

/// A stack with a hash of its frames.
#[derive(Clone, Copy)]
struct Reached {
    hash: u32,
    stack: StackId,
}

impl StackReader {
    pub(crate) fn new(profile: Profile) -> Self {
        Self {
            profile,
            names: NameTable::default(),
            previous: vec![SEPARATOR; BLOCK],
            ends: Vec::new(),
            frames: Vec::new(),
            reached: vec![Reached { hash: 0, stack: StackId::ROOT }],
            steps: HashTable::new(),
        }
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
        let is_shared = |&end: &usize| end <= common && line.get(end).is_none_or(|&byte| byte == SEPARATOR);
        let reach = self.ends.partition_point(|&end| end <= common);
        let shared = if self.ends.get(..reach).and_then(<[_]>::last).is_none_or(is_shared) { reach } else { reach - 1 };
        self.ends.truncate(shared);
        self.frames.truncate(shared);
        self.previous.truncate(common);
        self.previous.extend_from_slice(line.get(common..).unwrap_or(&[]));
        self.previous.extend_from_slice(&[SEPARATOR; BLOCK]);
        let mut position = self.ends.last().map_or(0, |&end| end + 1);
        let mut lossy = 0;
        while position < line.len() {
            let rest = self.previous.get(position..).unwrap_or(&[]);
            let (len, frame) = self.names.next(rest, &mut self.profile, &mut lossy);
            self.ends.push(position + len);
            self.frames.push(frame);
            position += len + 1;
        }
        (self.stack(shared), lossy)
    }

    /// The stack of the current frames, of which the first ones are those of the previous stack.
    fn stack(&mut self, shared: usize) -> StackId {
        let Self { profile, frames, reached, steps, .. } = self;
        reached.truncate(shared / STEP + 1);
        let mut last = reached.last().copied().unwrap_or(Reached { hash: 0, stack: StackId::ROOT });
        let (whole, rest) = frames.get((reached.len() - 1) * STEP..).unwrap_or(&[]).as_chunks::<STEP>();
        for step in whole {
            let hash = last.hash_with(step);
            let same = |known: &Reached| known.hash == hash && leads_to(profile, last.stack, step, known.stack);
            let known = steps.find(spread(hash), same).copied();
            last = known.unwrap_or_else(|| {
                let stack = step.iter().fold(last.stack, |stack, &frame| profile.push_stack(stack, frame));
                let new = Reached { hash, stack };
                steps.insert_unique(spread(hash), new, |known| spread(known.hash));
                new
            });
            reached.push(last);
        }
        rest.iter().fold(last.stack, |stack, &frame| profile.push_stack(stack, frame))
    }
}

impl Reached {
    /// The hash of the stack that is a step longer. Each half of the products takes part: the numbers are odd and
    /// without a pattern (digits of pi).
    fn hash_with(self, step: &[FrameId; STEP]) -> u32 {
        let [a, b, c, d] = step.map(|frame| u64::from(frame.as_u32()));
        let first = (a << 32 | b) ^ u64::from(self.hash);
        let product = first.wrapping_mul(0x243f_6a88_85a3_08d3) ^ (c << 32 | d).wrapping_mul(0xa409_3822_299f_31d1);
        let product = (product ^ (product >> 32)).wrapping_mul(0x082e_fa98_ec4e_6c89);
        (product >> 32) as u32
    }
}

/// Whether a stack is the one that some frames, called from another stack, make.
fn leads_to(profile: &Profile, from: StackId, step: &[FrameId; STEP], to: StackId) -> bool {
    let stacks = profile.stacks();
    let mut stack = to;
    for &frame in step.iter().rev() {
        if stacks.frame(stack) != frame {
            return false;
        }
        stack = stacks.parent(stack);
    }
    stack == from
}

/// The table looks at both ends of a hash.
fn spread(hash: u32) -> u64 {
    (u64::from(hash) << 32) | u64::from(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_what_lines_have_in_common() {
        let mut reader = StackReader::new(Profile::default());
        let lines = ["a;b;c", "a;b", "a;bc", "a;b;c", "a;;b", "a", "", "ab", "a;b;c;;", "a;b;cd;e", ";a"];
        let long =
            ["a;b;c;d;e;f;g;h;i;j", "a;b;c;d;e;f;h;h;i;j", "b", "a;b;c;d;e;f;g;h;i", "b;b;c;d;e;f;g;h", "a;b;c;d"];
        let lines: Vec<&str> = lines.into_iter().chain(long).chain(long).collect();
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
