//! Stacks as lines: names with suffixes, sorted bytewise, equal ones added up.

use std::cmp::Ordering;
use std::io::{self, Write as _};
use std::ops::Range;

use firesteel_model::{Address, FrameKind};

use super::count::write_scaled;
use super::options::{FoldOptions, InlinedSuffix};
use crate::byte_table::ByteTable;
use crate::error::Error;

/// How many bytes are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// What the name of a frame in folded text depends on.
pub(crate) struct Annotated<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) kind: FrameKind,
    pub(crate) inlined: bool,
    pub(crate) unnamed: bool,
    /// Whether perf printed white space in place of a symbol, which the collapser takes for the name.
    pub(crate) blank: bool,
    pub(crate) mapping_file: &'a [u8],
    pub(crate) address: Address,
}

/// Appends the name of a frame with the suffixes that the options ask for.
///
/// The kernel suffix follows `stackcollapse-perf.pl`: every mapping in brackets has it, the vdso
/// included, so that text that was folded before compares equal.
pub(crate) fn annotated(frame: &Annotated<'_>, options: &FoldOptions, text: &mut Vec<u8>) {
    let start = text.len();
    let file = frame.mapping_file;
    let in_brackets = file.starts_with(b"[") && memchr::memmem::find(file, b"unknown").is_none();
    if frame.blank {
        text.push(b' ');
    } else if frame.unnamed {
        // The collapser puts the name of the mapping in brackets, those that are in brackets too.
        let name = frame.name.strip_prefix(b"[").and_then(|name| name.strip_suffix(b"]")).unwrap_or(frame.name);
        let (open, close): (&[u8], &[u8]) = if in_brackets { (b"[[", b"]") } else { (b"[", b"") };
        text.extend_from_slice(open);
        text.extend_from_slice(name);
        text.extend_from_slice(close);
        if options.addresses {
            // Writing to a vector cannot fail.
            let _ = write!(text, " <{:x}>", frame.address.0);
        }
        text.push(b']');
    } else {
        text.extend_from_slice(frame.name);
    }
    escape(text.get_mut(start..).unwrap_or_default());
    let suffix: &[u8] = if frame.inlined {
        match options.annotate_inlined {
            InlinedSuffix::Always => b"_[i]",
            InlinedSuffix::JitOnly if frame.kind == FrameKind::Jit => b"_[i]",
            _ => b"",
        }
    } else if options.annotate_kernel && (frame.kind == FrameKind::Kernel || in_brackets) {
        b"_[k]"
    } else if options.annotate_jit && frame.kind == FrameKind::Jit {
        b"_[j]"
    } else {
        b""
    };
    if !suffix.is_empty() && !text.get(start..).unwrap_or_default().ends_with(suffix) {
        text.extend_from_slice(suffix);
    }
}

/// Replaces what separates frames and lines.
fn escape(name: &mut [u8]) {
    for byte in name {
        match byte {
            b';' => *byte = b':',
            b'\n' | b'\r' => *byte = b' ',
            _ => {}
        }
    }
}

/// The label of a thread's root frame.
pub(crate) fn root_label(label: &str) -> Vec<u8> {
    let mut label = label.as_bytes().to_vec();
    escape(&mut label);
    for byte in &mut label {
        if *byte == b' ' {
            *byte = b'_';
        }
    }
    label
}

/// A name of a [`StackList`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LabelId(u32);

/// A stack: a root, if any, over frames.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Where its frames are, leaf first.
    start: usize,
    len: u32,
    /// Label of the root, or [`NO_ROOT`].
    root: u32,
    value: i64,
}

const NO_ROOT: u32 = u32::MAX;

/// Stacks of labels with values, to be written as folded text.
#[derive(Default)]
pub(crate) struct StackList {
    labels: ByteTable,
    frames: Vec<u32>,
    entries: Vec<Entry>,
}

impl StackList {
    /// Interns a label.
    pub(crate) fn label(&mut self, label: &[u8]) -> LabelId {
        LabelId(self.labels.intern(label).0)
    }

    /// Adds a stack, from the leaf to the root, and what is put under its root.
    pub(crate) fn push(&mut self, root: Option<LabelId>, frames: impl Iterator<Item = LabelId>, value: i64) {
        let start = self.frames.len();
        self.frames.extend(frames.map(|label| label.0));
        self.push_range(root, start..self.frames.len(), value);
    }

    /// Takes over many stacks' frames at once, each a number for `labels` to translate. Stacks are
    /// then ranges of them.
    pub(crate) fn set_frames(&mut self, mut frames: Vec<u32>, labels: &[LabelId]) {
        for frame in &mut frames {
            *frame = labels.get(*frame as usize).map_or(0, |label| label.0);
        }
        self.frames = frames;
    }

    /// Adds a stack whose frames, leaf first, are a range of those that are here.
    pub(crate) fn push_range(&mut self, root: Option<LabelId>, frames: Range<usize>, value: i64) {
        let root = root.map_or(NO_ROOT, |label| label.0);
        self.entries.push(Entry { start: frames.start, len: frames.len() as u32, root, value });
    }

    /// Writes one line for each distinct stack whose sum is not zero, sorted bytewise. Returns their number.
    pub(crate) fn write(self, decimals: u8, output: &mut dyn io::Write) -> Result<u64, Error> {
        let Self { labels, mut frames, mut entries } = self;
        let tokens = Tokens::rank(&labels);
        for frame in &mut frames {
            *frame = tokens.followed(*frame);
        }
        for entry in entries.iter_mut().filter(|entry| entry.root != NO_ROOT) {
            entry.root = tokens.followed(entry.root);
        }
        let stacks = Stacks { tokens: &tokens, frames: &frames };
        stacks.sort(&mut entries);
        stacks.write(&entries, decimals, output)
    }
}

/// Names as they stand in a line, numbered in the order in which lines sort.
///
/// Every label is two tokens: followed by `;`, and at the end of a stack, where it sorts before all
/// that continues. With that, lines sort as their tokens' numbers do, and no stack is the beginning
/// of another.
struct Tokens {
    /// For each label: the token when more frames follow.
    followed: Vec<u32>,
    /// For each token of the former kind: the token of the same label at the end.
    ended: Vec<u32>,
    /// Texts in token order, `;` included.
    text: Vec<u8>,
    /// End of each token's text.
    ends: Vec<usize>,
}

impl Tokens {
    fn rank(labels: &ByteTable) -> Self {
        let mut order: Vec<(u32, bool)> =
            (0..labels.len() as u32).flat_map(|label| [(label, false), (label, true)]).collect();
        order.sort_unstable_by(|&(a, a_ends), &(b, b_ends)| {
            compare_labels(labels.get(a), a_ends, labels.get(b), b_ends)
        });
        let mut tokens = Self {
            followed: vec![0; labels.len()],
            ended: vec![0; order.len()],
            text: Vec::new(),
            ends: Vec::with_capacity(order.len()),
        };
        let mut ended_of_label = vec![0u32; labels.len()];
        for (token, &(label, ends)) in order.iter().enumerate() {
            let slots = if ends { &mut ended_of_label } else { &mut tokens.followed };
            if let Some(slot) = slots.get_mut(label as usize) {
                *slot = token as u32;
            }
            tokens.text.extend_from_slice(labels.get(label));
            if !ends {
                tokens.text.push(b';');
            }
            tokens.ends.push(tokens.text.len());
        }
        for (&followed, ended) in tokens.followed.iter().zip(ended_of_label) {
            if let Some(slot) = tokens.ended.get_mut(followed as usize) {
                *slot = ended;
            }
        }
        tokens
    }

    fn followed(&self, label: u32) -> u32 {
        self.followed.get(label as usize).copied().unwrap_or(0)
    }

    fn ended(&self, followed: u32) -> u32 {
        self.ended.get(followed as usize).copied().unwrap_or(0)
    }

    fn text(&self, token: u32) -> &[u8] {
        let token = token as usize;
        let start = token.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(token).and_then(|&end| self.text.get(start..end)).unwrap_or(&[])
    }
}

/// Compares two labels as they sort in a line, each at the end of its stack or followed by `;`.
fn compare_labels(a: &[u8], a_ends: bool, b: &[u8], b_ends: bool) -> Ordering {
    let common = a.len().min(b.len());
    let (a_head, a_tail) = a.split_at(common);
    let (b_head, b_tail) = b.split_at(common);
    let next = |tail: &[u8], ends: bool| match tail.first() {
        Some(&byte) => Some(byte),
        None if ends => None,
        None => Some(b';'),
    };
    a_head.cmp(b_head).then_with(|| next(a_tail, a_ends).cmp(&next(b_tail, b_ends))).then_with(|| a.len().cmp(&b.len()))
}

/// Groups up to this size are sorted by comparing whole stacks.
const SMALL_GROUP: usize = 24;

/// How many levels are sorted at once.
const LEVELS: usize = 4;

/// Stacks of tokens.
struct Stacks<'a> {
    tokens: &'a Tokens,
    frames: &'a [u32],
}

impl Stacks<'_> {
    /// The token at a depth, counted from the root; `None` behind the leaf.
    fn token(&self, entry: &Entry, depth: usize) -> Option<u32> {
        let len = entry.len as usize;
        let rooted = usize::from(entry.root != NO_ROOT);
        if depth < rooted {
            return Some(if len == 0 { self.tokens.ended(entry.root) } else { entry.root });
        }
        // Frames stand leaf first.
        let position = (len + rooted).checked_sub(depth + 1)?;
        let token = *self.frames.get(entry.start + position)?;
        Some(if position == 0 { self.tokens.ended(token) } else { token })
    }

    /// Sorts by tokens, four levels at a time: stacks that agree on them are a group, whose next four
    /// levels are sorted next.
    fn sort(&self, entries: &mut [Entry]) {
        let mut pending = vec![(0..entries.len(), 0usize)];
        let mut keyed: Vec<(u128, Entry)> = Vec::new();
        while let Some((range, depth)) = pending.pop() {
            let Some(group) = entries.get_mut(range.clone()) else { continue };
            if group.len() <= SMALL_GROUP {
                group.sort_unstable_by(|a, b| self.compare(a, b, depth));
                continue;
            }
            keyed.clear();
            keyed.extend(group.iter().map(|entry| (self.key(entry, depth), *entry)));
            if keyed.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a > b)) {
                keyed.sort_unstable_by_key(|&(key, _)| key);
                for (slot, (_, entry)) in group.iter_mut().zip(&keyed) {
                    *slot = *entry;
                }
            }
            let mut start = range.start;
            for run in keyed.chunk_by(|(a, _), (b, _)| a == b) {
                let end = start + run.len();
                // Stacks that end here are all the same.
                let continues = run.first().is_some_and(|&(key, _)| key as u32 != 0);
                if run.len() > 1 && continues {
                    pending.push((start..end, depth + LEVELS));
                }
                start = end;
            }
        }
    }

    /// The tokens of four levels as one number; zero stands for what is behind the leaf.
    fn key(&self, entry: &Entry, depth: usize) -> u128 {
        (depth..depth + LEVELS).fold(0, |key, depth| {
            key << 32 | self.token(entry, depth).map_or(0, |token| u128::from(token) + 1)
        })
    }

    fn compare(&self, a: &Entry, b: &Entry, from: usize) -> Ordering {
        let mut depth = from;
        loop {
            match (self.token(a, depth), self.token(b, depth)) {
                (Some(a), Some(b)) if a == b => depth += 1,
                (a, b) => return a.cmp(&b),
            }
        }
    }

    fn is_same(&self, a: &Entry, b: &Entry) -> bool {
        if (a.root == NO_ROOT) != (b.root == NO_ROOT) {
            // A frame of one may be the root of the other.
            return self.compare(a, b, 0) == Ordering::Equal;
        }
        a.root == b.root && a.len == b.len && self.frames_of(a) == self.frames_of(b)
    }

    fn frames_of(&self, entry: &Entry) -> &[u32] {
        self.frames.get(entry.start..entry.start + entry.len as usize).unwrap_or(&[])
    }

    /// Writes sorted stacks, adding up equal ones. A line mostly begins as the one before, which is
    /// copied in one piece.
    fn write(&self, entries: &[Entry], decimals: u8, output: &mut dyn io::Write) -> Result<u64, Error> {
        let mut lines = 0;
        let mut line = Line::default();
        let mut rest = entries.iter().peekable();
        while let Some(entry) = rest.next() {
            let mut value = entry.value;
            while let Some(same) = rest.next_if(|next| self.is_same(next, entry)) {
                value = value.saturating_add(same.value);
            }
            if value != 0 {
                lines += 1;
                line.append(self, entry, value, decimals);
                if line.buffer.len() >= BUFFER {
                    line.flush(output)?;
                }
            }
        }
        line.flush(output)?;
        Ok(lines)
    }
}

/// The lines being written.
#[derive(Default)]
struct Line {
    buffer: Vec<u8>,
    /// Where the last line in the buffer starts.
    start: usize,
    /// The tokens of the last line, and where in it each ends.
    tokens: Vec<(u32, usize)>,
}

impl Line {
    fn append(&mut self, stacks: &Stacks<'_>, entry: &Entry, value: i64, decimals: u8) {
        let same = |&(depth, &(token, _)): &(usize, &(u32, usize))| stacks.token(entry, depth) == Some(token);
        let mut depth = self.tokens.iter().enumerate().take_while(same).count();
        self.tokens.truncate(depth);
        let shared = self.tokens.last().map_or(0, |&(_, end)| end);
        let start = self.buffer.len();
        self.buffer.extend_from_within(self.start..self.start + shared);
        self.start = start;
        while let Some(token) = stacks.token(entry, depth) {
            self.buffer.extend_from_slice(stacks.tokens.text(token));
            self.tokens.push((token, self.buffer.len() - start));
            depth += 1;
        }
        if depth == 0 {
            self.buffer.extend_from_slice(b"[unknown]");
        }
        self.buffer.push(b' ');
        // A line that begins so would be a comment.
        if let Some([hash @ b'#', b' ', ..]) = self.buffer.get_mut(start..) {
            *hash = b'_';
        }
        write_scaled(value, decimals, &mut self.buffer);
        self.buffer.push(b'\n');
    }

    fn flush(&mut self, output: &mut dyn io::Write) -> Result<(), Error> {
        output.write_all(&self.buffer).map_err(Error::writing)?;
        self.buffer.clear();
        self.start = 0;
        self.tokens.clear();
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
            stacks.iter().map(|stack| format!("{stack} 1\n")).collect::<String>()
        };
        assert_eq!(fold(&stacks.map(|stack| (stack, 1))), expect);
    }

    #[test]
    fn adds_up_and_drops_zeros() {
        assert_eq!(fold(&[("b", 2), ("a;b", 1), ("b", 3), ("c", 0), ("d", 1), ("d", -1)]), "a;b 1\nb 5\n");
        assert_eq!(fold(&[("# a", 1)]), "_ a 1\n");
    }
}
