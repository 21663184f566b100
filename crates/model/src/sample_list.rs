//! Samples with their stacks written out.

use crate::id::FrameId;

/// Samples with their stacks written out, one behind the other, for those who look at each stack once: making a tree of
/// stacks takes longer than that. Frames are those of a profile that has everything but stacks and samples.
#[derive(Clone, Debug, Default)]
pub struct SampleList {
    width: usize,
    /// Frames of all stacks, each from the leaf to the root.
    frames: Vec<FrameId>,
    /// Where the frames of each sample end; they begin where those before end.
    ends: Vec<usize>,
    values: Vec<i64>,
}

impl SampleList {
    /// An empty list of samples that have so many values each.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Adds a sample, of which `push` appends the frames from the leaf to the root; or not, if it says `false`. Missing
    /// values count as zero.
    pub fn add(&mut self, values: impl Iterator<Item = i64>, push: impl FnOnce(&mut Vec<FrameId>) -> bool) {
        let start = self.frames.len();
        if !push(&mut self.frames) {
            self.frames.truncate(start);
            return;
        }
        self.ends.push(self.frames.len());
        self.values.extend(values.take(self.width));
        self.values.resize(self.ends.len() * self.width, 0);
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The samples in the order they were added: the frames from the leaf to the root, and the values.
    pub fn iter(&self) -> impl Iterator<Item = (&[FrameId], &[i64])> {
        let mut start = 0;
        self.ends.iter().enumerate().map(move |(row, &end)| {
            let frames = &self.frames[start..end];
            start = end;
            (frames, &self.values[row * self.width..][..self.width])
        })
    }
}
