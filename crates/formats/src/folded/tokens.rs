//! Labels numbered so that lines sort as their numbers do.

use std::ops::Range;

use fearless_simd::{Level, Simd, SimdBase, dispatch, u8x64};

use super::level_sort::sort_by_levels;

/// How many bytes there are from the start of every token's text on, be it shorter.
pub(super) const WINDOW: usize = 64;

/// Texts of labels, one behind the other. Different labels may have the same text.
#[derive(Default)]
pub(super) struct Labels {
    text: Vec<u8>,
    /// End of each label's text; its start is the end of the one before.
    ends: Vec<usize>,
}

impl Labels {
    /// Adds a label and returns its number.
    pub(super) fn push(&mut self, text: &[u8]) -> u32 {
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len());
        (self.ends.len() - 1) as u32
    }

    /// How many labels there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, label: u32) -> &[u8] {
        slice(&self.text, &self.ends, label)
    }

    /// All labels in the order of their texts.
    fn sorted(&self) -> Vec<u32> {
        /// Bytes of a text at one level; the byte behind them says how many there are.
        const WIDTH: usize = 15;
        let key = |&label: &u32, level: usize| {
            let rest = self.get(label).get(level * WIDTH..).unwrap_or(&[]);
            let part = rest.get(..WIDTH).unwrap_or(rest);
            let mut bytes = [0u8; WIDTH + 1];
            for (slot, &byte) in bytes.iter_mut().zip(part) {
                *slot = byte;
            }
            bytes[WIDTH] = part.len() as u8;
            u128::from_be_bytes(bytes)
        };
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        sort_by_levels(&mut order, key, |key| key as u8 == WIDTH as u8);
        order
    }
}

fn slice<'a>(text: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let number = number as usize;
    let start = number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(number).and_then(|&end| text.get(start..end)).unwrap_or(&[])
}

/// Names as they stand in a line, numbered in the order in which lines sort.
///
/// Every label is two tokens: followed by `;`, and at the end of a stack, where it sorts before all
/// that continues. With that, lines sort as their tokens' numbers do, and no stack is the beginning
/// of another.
pub(super) struct Tokens {
    /// For each label: the token when more frames follow.
    followed: Vec<u32>,
    /// For each token of the former kind: the token of the same label at the end.
    ended: Vec<u32>,
    /// Texts in token order of labels that are followed, `;` included, and a window of nothing.
    text: Vec<u8>,
    /// Where the text of each token starts and that of the last one ends; one at the end of a stack has none of its own.
    starts: Vec<usize>,
}

impl Tokens {
    /// Numbers the tokens of all labels. Labels of the same text get the same tokens.
    pub(super) fn rank(labels: &Labels) -> Self {
        let order = labels.sorted();
        let mut tokens = Self {
            followed: vec![0; labels.len()],
            ended: vec![0; 2 * labels.len()],
            text: Vec::new(),
            starts: Vec::with_capacity(2 * labels.len() + 1),
        };
        tokens.starts.push(0);
        // Sorted labels come before what they are the beginning of, which is where they sort at the
        // end of a stack. Followed by `;` they sort behind those that go on with a lower character,
        // so such labels are still open, each the beginning of the next.
        let mut open: Vec<(&[u32], u32)> = Vec::new();
        for same in order.chunk_by(|&a, &b| labels.get(a) == labels.get(b)) {
            let text = same.first().map_or(&[][..], |&label| labels.get(label));
            while let Some(&([last, ..], _)) = open.last() {
                let behind = text.strip_prefix(labels.get(*last)).and_then(<[u8]>::first);
                if behind.is_some_and(|&next| next < b';') {
                    break;
                }
                tokens.push_followed(labels, &mut open);
            }
            let ended = tokens.push(&[]);
            open.push((same, ended));
        }
        while !open.is_empty() {
            tokens.push_followed(labels, &mut open);
        }
        tokens.text.extend_from_slice(&[0; WINDOW]);
        tokens
    }

    fn push_followed(&mut self, labels: &Labels, open: &mut Vec<(&[u32], u32)>) {
        let Some((same, ended)) = open.pop() else { return };
        let Some(&label) = same.first() else { return };
        self.text.extend_from_slice(labels.get(label));
        let followed = self.push(b";");
        for &label in same {
            if let Some(slot) = self.followed.get_mut(label as usize) {
                *slot = followed;
            }
        }
        if let Some(slot) = self.ended.get_mut(followed as usize) {
            *slot = ended;
        }
    }

    /// Adds a token, whose text ends so and which gets the next number.
    fn push(&mut self, end: &[u8]) -> u32 {
        self.text.extend_from_slice(end);
        self.starts.push(self.text.len());
        self.count() - 1
    }

    /// How many tokens there are.
    pub(super) fn count(&self) -> u32 {
        (self.starts.len() - 1) as u32
    }

    /// The token of a label when more frames follow.
    pub(super) fn followed(&self, label: u32) -> u32 {
        self.followed.get(label as usize).copied().unwrap_or(0)
    }

    /// The token at the end of the label whose token this is when more follow.
    pub(super) fn ended(&self, followed: u32) -> u32 {
        self.ended.get(followed as usize).copied().unwrap_or(0)
    }

    /// The text of a token that is followed, its `;` included.
    pub(super) fn text(&self, token: u32) -> &[u8] {
        self.range(token).and_then(|range| self.text.get(range)).unwrap_or(&[])
    }

    /// Copies the texts of tokens, the last one first, into a buffer that is used up to `len`; returns those that are
    /// left, because the next is longer than the window or there is no room, and how much of the buffer is used.
    ///
    /// Texts are copied together with what is behind them, which takes a few instructions, while copying just what is
    /// needed takes a call.
    pub(super) fn copy<'a>(&self, tokens: &'a [u32], buffer: &mut [u8], len: usize) -> (&'a [u32], usize) {
        dispatch!(Level::new(), simd => self.copy_windows(simd, tokens, buffer, len))
    }

    #[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
    #[inline(always)]
    fn copy_windows<'a, S: Simd>(
        &self,
        simd: S,
        tokens: &'a [u32],
        buffer: &mut [u8],
        len: usize,
    ) -> (&'a [u32], usize) {
        let Self { text, starts, .. } = self;
        let (text, starts) = (text.as_slice(), starts.as_slice());
        let (mut rest, mut len) = (tokens, len);
        while let [inner @ .., token] = rest
            && let Some([start, end]) = starts.get(*token as usize..*token as usize + 2)
            && let Some(window) = text.get(*start..*start + WINDOW)
            && *end - *start <= WINDOW
            && let Some(free) = buffer.get_mut(len..len + WINDOW)
        {
            u8x64::from_slice(simd, window).store_slice(free);
            len += end - start;
            rest = inner;
        }
        (rest, len)
    }

    #[inline]
    fn range(&self, token: u32) -> Option<Range<usize>> {
        let &[start, end] = self.starts.get(token as usize..)?.first_chunk()?;
        Some(start..end)
    }
}
