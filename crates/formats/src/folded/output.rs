//! Stacks as lines: sorted bytewise, equal ones added up.

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::io;
use std::ops::Range;

use hashbrown::HashTable;
use rapidhash::fast::SeedableState;

use super::count::write_scaled;
use super::level_sort::sort_by_levels;
use super::tokens::{Labels, Tokens, WINDOW};
use crate::error::Error;

/// How many stacks are touched before they are written.
const AHEAD: usize = 32;

/// How many bytes are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// A name of a [`StackList`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LabelId(u32);

impl LabelId {
    /// Its position among the labels.
    pub(crate) fn number(self) -> u32 {
        self.0
    }
}

/// A line: a root, if any, over a stack. As small as it can be, for there may be millions.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Label of the root, or [`NO_ROOT`].
    root: u32,
    stack: u32,
    value: i64,
}

const NO_ROOT: u32 = u32::MAX;

/// In place of the root of a stack of nothing: a line has to name something.
const UNNAMED: &[u8] = b"[unknown]";

impl Entry {
    /// How many roots there are, over the frames.
    fn rooted(&self) -> usize {
        usize::from(self.root != NO_ROOT)
    }
}

/// Stacks of labels with values, to be written as folded text.
#[derive(Default)]
pub(crate) struct StackList {
    labels: Labels,
    /// Frames of all stacks, each leaf first: labels, or numbers that `translation` turns into labels.
    frames: Vec<u32>,
    /// Where the frames of each stack end; they begin where those of the stack before end.
    ends: Vec<usize>,
    translation: Option<Vec<LabelId>>,
    entries: Vec<Entry>,
    /// The hash of a stack that was added with [`add`](Self::add), and its entry.
    lookup: HashTable<(u64, u32)>,
}

impl StackList {
    /// Adds a label. A line that begins with `# ` would be a comment, so no label does.
    pub(crate) fn label(&mut self, label: &[u8]) -> LabelId {
        if label == b"#" || label.starts_with(b"# ") {
            let harmless = [b"_", label.get(1..).unwrap_or(&[])].concat();
            return LabelId(self.labels.push(&harmless));
        }
        LabelId(self.labels.push(label))
    }

    /// Adds a stack, from the leaf to the root, and what is put under its root.
    pub(crate) fn push(&mut self, root: Option<LabelId>, frames: impl Iterator<Item = LabelId>, value: i64) {
        let start = self.frames.len();
        self.frames.extend(frames.map(|label| label.0));
        self.push_behind(root, start, value);
    }

    /// Adds a stack, of which `push` appends the numbers of labels from the leaf to the root; or not, if it says
    /// `false`, as this then does. A stack that is there already gets the value: where many read the same, this is less
    /// work than sorting them all.
    pub(crate) fn add(&mut self, value: i64, push: impl FnOnce(&mut Vec<u32>) -> bool) -> bool {
        let Self { frames, ends, entries, lookup, .. } = self;
        let start = frames.len();
        if !push(frames) {
            frames.truncate(start);
            return false;
        }
        let (before, added) = frames.split_at(start);
        let hash = SeedableState::fixed().hash_one(added);
        let same = |&(of, entry): &(u64, u32)| {
            let stack = entries.get(entry as usize).map(|entry| range(ends, entry.stack));
            of == hash && stack.and_then(|stack| before.get(stack)) == Some(added)
        };
        if let Some(&(_, entry)) = lookup.find(hash, same) {
            if let Some(entry) = entries.get_mut(entry as usize) {
                entry.value = entry.value.saturating_add(value);
            }
            frames.truncate(start);
            return true;
        }
        lookup.insert_unique(hash, (hash, entries.len() as u32), |&(hash, _)| hash);
        self.push_behind(None, start, value);
        true
    }

    /// Takes over the frames of all stacks, where those of each stack end, the label of each frame, and lines: root,
    /// stack and value. Where they are a vector of as small things, its memory is used again.
    pub(crate) fn set_stacks(
        &mut self,
        frames: Vec<u32>,
        ends: Vec<usize>,
        labels: Vec<LabelId>,
        lines: impl Iterator<Item = (Option<LabelId>, u32, i64)>,
    ) {
        let unnamed = self.label(UNNAMED).0;
        self.frames = frames;
        self.translation = Some(labels);
        self.ends = ends;
        let ends = &self.ends;
        let is_empty = |stack: u32| range(ends, stack).is_empty();
        self.entries = lines
            .map(|(root, stack, value)| {
                let root = root.map_or_else(|| if is_empty(stack) { unnamed } else { NO_ROOT }, |label| label.0);
                Entry { root, stack, value }
            })
            .collect();
    }

    /// Adds a stack of the frames from a position on.
    fn push_behind(&mut self, root: Option<LabelId>, start: usize, value: i64) {
        let end = self.frames.len();
        let root = if start == end { root.or_else(|| Some(self.label(UNNAMED))) } else { root };
        let root = root.map_or(NO_ROOT, |label| label.0);
        self.entries.push(Entry { root, stack: self.ends.len() as u32, value });
        self.ends.push(end);
    }

    /// Writes one line for each distinct stack whose sum is not zero, sorted bytewise. Returns their number.
    pub(crate) fn write(self, decimals: u8, output: &mut dyn io::Write) -> Result<u64, Error> {
        let Self { labels, mut frames, ends, translation, mut entries, lookup } = self;
        drop(lookup);
        let tokens = Tokens::rank(&labels);
        let token_of: Vec<u32> = match translation {
            Some(labels) => labels.iter().map(|label| tokens.followed(label.0)).collect(),
            None => (0..labels.len() as u32).map(|label| tokens.followed(label)).collect(),
        };
        // Once and in order rather than each time that a stack is looked at.
        for frame in &mut frames {
            *frame = token_of.get(*frame as usize).copied().unwrap_or(0);
        }
        drop(token_of);
        for entry in entries.iter_mut().filter(|entry| entry.root != NO_ROOT) {
            entry.root = tokens.followed(entry.root);
        }
        let stacks = Stacks { tokens: &tokens, frames: &frames, ends: &ends, entries: &entries };
        stacks.write(&stacks.sorted(), decimals, output)
    }
}

/// Where the frames of a stack are.
fn range(ends: &[usize], stack: u32) -> Range<usize> {
    let stack = stack as usize;
    let start = stack.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    start..ends.get(stack).copied().unwrap_or(start)
}

/// Tokens to sort by, the first one highest. In halves it takes three quarters of the room that one number would take
/// beside the number of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Key([u64; 2]);

impl Key {
    fn number(self) -> u128 {
        let [high, low] = self.0;
        u128::from(high) << u64::BITS | u128::from(low)
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number().cmp(&other.number())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Stacks of tokens.
struct Stacks<'a> {
    tokens: &'a Tokens,
    /// The tokens of all frames, as they are followed by others.
    frames: &'a [u32],
    ends: &'a [usize],
    entries: &'a [Entry],
}

impl Stacks<'_> {
    /// The token at a depth, counted from the root; `None` behind the leaf.
    fn token(&self, entry: &Entry, depth: usize) -> Option<u32> {
        let frames = self.frames_of(entry);
        let rooted = entry.rooted();
        if depth < rooted {
            return Some(if frames.is_empty() { self.tokens.ended(entry.root) } else { entry.root });
        }
        // Frames stand leaf first.
        let position = (frames.len() + rooted).checked_sub(depth + 1)?;
        let token = *frames.get(position)?;
        Some(if position == 0 { self.tokens.ended(token) } else { token })
    }

    /// The numbers of all entries in the order of their lines.
    fn sorted(&self) -> Vec<u32> {
        // As many tokens as fit into each half of a key, of which zero stands for what is behind the leaf.
        let bits = (u32::BITS - self.tokens.count().leading_zeros()).max(1);
        let half = (u64::BITS / bits) as usize;
        let last = (1u64 << bits) - 1;
        let key = |&number: &u32, level: usize| {
            let Some(entry) = self.entries.get(number as usize) else { return Key::default() };
            let mut depth = 2 * half * level;
            let mut rest = self.frames_of(entry);
            rest = rest.get(..rest.len().saturating_sub(depth.saturating_sub(entry.rooted()))).unwrap_or(&[]);
            let mut next = || {
                let token = if depth < entry.rooted() {
                    self.token(entry, depth)
                } else if let Some((&token, inner)) = rest.split_last() {
                    rest = inner;
                    Some(if inner.is_empty() { self.tokens.ended(token) } else { token })
                } else {
                    None
                };
                depth += 1;
                token.map_or(0, |token| u64::from(token) + 1)
            };
            let mut pack = || (0..half).fold(0, |key: u64, _| key << bits | next());
            Key([pack(), pack()])
        };
        let mut order: Vec<u32> = (0..self.entries.len() as u32).collect();
        sort_by_levels(&mut order, key, |Key([_, low])| low & last != 0);
        order
    }

    /// Whether two stacks read the same.
    fn is_same(&self, a: &Entry, b: &Entry) -> bool {
        if (a.root == NO_ROOT) != (b.root == NO_ROOT) {
            // A frame of one may be the root of the other.
            let tokens = |entry| (0..).map_while(move |depth| self.token(entry, depth));
            return tokens(a).eq(tokens(b));
        }
        a.root == b.root && self.frames_of(a) == self.frames_of(b)
    }

    fn frames_of(&self, entry: &Entry) -> &[u32] {
        self.frames.get(range(self.ends, entry.stack)).unwrap_or(&[])
    }

    /// Reads a little of each stack. Sorted stacks are scattered over memory: touched one right after
    /// the other, the processor waits for all of them at once rather than for each.
    fn touch(&self, order: &[u32]) {
        let all = order.iter().filter_map(|&number| self.entries.get(number as usize)).fold(0, |all, entry| {
            let frames = self.frames_of(entry);
            all ^ frames.first().copied().unwrap_or(0) ^ frames.last().copied().unwrap_or(0)
        });
        std::hint::black_box(all);
    }

    /// Writes stacks in an order, adding up equal ones, which stand next to each other.
    fn write(&self, order: &[u32], decimals: u8, output: &mut dyn io::Write) -> Result<u64, Error> {
        let mut count = 0;
        let mut lines = Lines::default();
        let mut rest = order.iter().filter_map(|&number| self.entries.get(number as usize)).peekable();
        let mut position = 0;
        while let Some(entry) = rest.next() {
            if position % AHEAD == 0 {
                self.touch(order.get(position..order.len().min(position + AHEAD)).unwrap_or(&[]));
            }
            position += 1;
            let mut value = entry.value;
            while let Some(same) = rest.next_if(|next| self.is_same(next, entry)) {
                value = value.saturating_add(same.value);
                position += 1;
            }
            if value != 0 {
                count += 1;
                lines.append(self.tokens, Stack { root: entry.root, frames: self.frames_of(entry) });
                lines.end(value, decimals);
                if lines.len >= BUFFER {
                    lines.flush(output)?;
                }
            }
        }
        lines.flush(output)?;
        Ok(count)
    }
}

/// The tokens of a line.
#[derive(Clone, Copy)]
struct Stack<'a> {
    /// The token of the root, or [`NO_ROOT`].
    root: u32,
    /// Leaf first.
    frames: &'a [u32],
}

impl Default for Stack<'_> {
    fn default() -> Self {
        Self { root: NO_ROOT, frames: &[] }
    }
}

impl Stack<'_> {
    /// How many frames another one has in common with this at the root, without the leaf of this, behind which there
    /// is a space in its line. `None` when not even their roots are the same or one of them is its own leaf.
    fn in_common(&self, other: &Self) -> Option<usize> {
        let (_, inner) = self.frames.split_first().filter(|_| self.root == other.root)?;
        Some(inner.iter().rev().zip(other.frames.iter().rev()).take_while(|(a, b)| a == b).count())
    }
}

/// The lines being written. A line mostly begins as the one before, which is copied in one piece.
#[derive(Default)]
struct Lines<'a> {
    /// What is written, and room behind it.
    buffer: Vec<u8>,
    /// How much of the buffer is written.
    len: usize,
    /// Where the last line in the buffer starts, and its stack.
    start: usize,
    last: Stack<'a>,
    number: Vec<u8>,
}

impl<'a> Lines<'a> {
    /// Appends the stack of a line and the space behind it.
    fn append(&mut self, tokens: &Tokens, stack: Stack<'a>) {
        let in_common = self.last.in_common(&stack);
        let (rest, same) = stack.frames.split_at(stack.frames.len() - in_common.unwrap_or(0));
        self.last = stack;
        let root = Some(stack.root).filter(|&root| root != NO_ROOT);
        let mut shared = 0;
        if in_common.is_some() {
            shared = root.iter().chain(same).map(|&token| tokens.text(token).len()).sum();
            self.reserve(shared);
            self.buffer.copy_within(self.start..self.start + shared, self.len);
        }
        self.start = self.len;
        self.len += shared;
        if let Some(root) = root.filter(|_| in_common.is_none()) {
            self.append_text(tokens.text(root));
        }
        let mut rest = rest;
        while let Some((&outermost, inner)) = rest.split_last() {
            let len = rest.len();
            (rest, self.len) = tokens.copy(rest, &mut self.buffer, self.len);
            if rest.len() == len {
                self.append_text(tokens.text(outermost));
                rest = inner;
            }
        }
        // In place of the `;` behind the leaf.
        if let Some(behind) = self.len.checked_sub(1).and_then(|last| self.buffer.get_mut(last)) {
            *behind = b' ';
        }
    }

    fn append_text(&mut self, text: &[u8]) {
        self.reserve(text.len());
        if let Some(free) = self.buffer.get_mut(self.len..self.len + text.len()) {
            free.copy_from_slice(text);
        }
        self.len += text.len();
    }

    /// Appends the value of a line and its end.
    fn end(&mut self, value: i64, decimals: u8) {
        self.number.clear();
        write_scaled(value, decimals, &mut self.number);
        self.number.push(b'\n');
        let number = std::mem::take(&mut self.number);
        self.append_text(&number);
        self.number = number;
    }

    /// Makes room for so many bytes.
    fn reserve(&mut self, len: usize) {
        let needed = self.len + len + WINDOW;
        if needed > self.buffer.len() {
            self.buffer.resize(needed.max(2 * self.buffer.len()).max(BUFFER + BUFFER / 4), 0);
        }
    }

    fn flush(&mut self, output: &mut dyn io::Write) -> Result<(), Error> {
        output.write_all(self.buffer.get(..self.len).unwrap_or(&[])).map_err(Error::writing)?;
        self.len = 0;
        self.start = 0;
        self.last = Stack::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(stacks: &[(&str, i64)]) -> String {
        let mut list = StackList::default();
        for (stack, value) in stacks {
            let labels: Vec<LabelId> = stack.split(';').map(|label| list.label(label.as_bytes())).collect();
            list.push(None, labels.into_iter().rev(), *value);
        }
        let mut output = Vec::new();
        list.write(0, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn sorts_as_the_joined_text_sorts() {
        let stacks = ["a;b", "a+x;b", "a", "a+x", "a;b;c", "a;b c;d", "a<;z", "a;b+x", "b", "a<", "a;a;a"];
        let expect = {
            let mut stacks = stacks;
            stacks.sort_unstable();
            stacks.map(|stack| format!("{stack} 1\n")).concat()
        };
        assert_eq!(fold(&stacks.map(|stack| (stack, 1))), expect);
    }

    #[test]
    fn adds_up_and_drops_zeros() {
        assert_eq!(fold(&[("b", 2), ("a;b", 1), ("b", 3), ("c", 0), ("d", 1), ("d", -1)]), "a;b 1\nb 5\n");
        assert_eq!(fold(&[("# a", 1)]), "_ a 1\n");
    }
}
