//! Profiles with other stacks: frames dropped, replaced, or put at the root.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::frame::FrameKind;
use crate::id::{FrameId, StackId, ThreadId};
use crate::profile::Profile;
use crate::sample::{Sample, Samples};

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameEdit {
    /// It stays.
    Keep,
    /// It leaves the stack; its callees are then called by its caller.
    Drop,
    /// Another frame takes its place.
    Replace(FrameId),
    /// The second frame takes its place, and the first comes between it and its caller.
    Under(FrameId, FrameId),
}

/// Which frame is put under the root of every stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RootBy {
    /// None.
    #[default]
    Nothing,
    /// The thread's name: `comm`.
    Name,
    /// Name and process: `comm-pid`; `?` for a process that is not known.
    Process,
    /// Name, process and thread: `comm-pid/tid`.
    Thread,
}

impl Profile {
    /// Rewrites every stack by asking `edit` once for each node of the stack tree, parents first,
    /// with (profile, stack, its leaf frame). Values, labels, threads and times stay as they are.
    #[must_use]
    pub fn rewritten(&self, mut edit: impl FnMut(&mut Self, StackId, FrameId) -> FrameEdit) -> Self {
        let mut result = self.without_stacks();
        let mut moved = Vec::with_capacity(self.stacks.len());
        moved.push(StackId::ROOT);
        for (stack, parent, frame) in self.stacks.iter() {
            let parent = moved[parent.index()];
            moved.push(match edit(&mut result, stack, frame) {
                FrameEdit::Keep => result.push_stack(parent, frame),
                FrameEdit::Drop => parent,
                FrameEdit::Replace(other) => result.push_stack(parent, other),
                FrameEdit::Under(between, other) => {
                    let between = result.push_stack(parent, between);
                    result.push_stack(between, other)
                }
            });
        }
        result.samples = Samples::new(self.sample_types.len());
        for sample in self.samples() {
            result.add_sample(Sample { stack: moved[sample.stack.index()], ..sample });
        }
        result
    }

    /// Puts another frame in the place of each, or the same: `other` is asked once for each frame that stacks have, in the
    /// order of stacks. Stacks that are then alike become one. The others stay what they are, and no table is copied.
    pub fn exchange_frames(&mut self, mut other: impl FnMut(&mut Self, FrameId) -> FrameId) {
        let mut stacks = std::mem::take(&mut self.stacks);
        let mut others: Vec<Option<FrameId>> = vec![None; self.frame_count()];
        for (_, _, frame) in stacks.iter() {
            others[frame.index()].get_or_insert_with(|| other(self, frame));
        }
        let exchanged = |frame: FrameId| others[frame.index()].unwrap_or(frame);
        let mut is_taken = vec![false; self.frame_count()];
        if others.iter().flatten().all(|other| !std::mem::replace(&mut is_taken[other.index()], true)) {
            stacks.exchange_frames(exchanged);
            self.stacks = stacks;
            return;
        }
        let mut moved = Vec::with_capacity(stacks.len());
        moved.push(StackId::ROOT);
        for (_, parent, frame) in stacks.iter() {
            moved.push(self.push_stack(moved[parent.index()], exchanged(frame)));
        }
        for row in 0..self.sample_count() {
            self.set_stack(row, moved[self.sample(row).stack.index()]);
        }
    }

    /// Puts other frames in the place of each: `frames_of` is asked once for each frame that stacks have, and adds those
    /// that stand for it, outermost first; none to leave it out. Values, labels, threads and times stay as they are.
    #[must_use]
    pub fn with_frames(&self, mut frames_of: impl FnMut(&mut Self, FrameId, &mut Vec<FrameId>)) -> Self {
        let mut result = self.without_stacks();
        let mut replacements: Vec<FrameId> = Vec::new();
        let mut known: Vec<Option<(usize, usize)>> = vec![None; self.frame_count()];
        let mut moved = Vec::with_capacity(self.stacks.len());
        moved.push(StackId::ROOT);
        for (_, parent, frame) in self.stacks.iter() {
            let (start, end) = *known[frame.index()].get_or_insert_with(|| {
                let start = replacements.len();
                frames_of(&mut result, frame, &mut replacements);
                (start, replacements.len())
            });
            let parent = moved[parent.index()];
            moved.push(replacements[start..end].iter().fold(parent, |stack, &frame| result.push_stack(stack, frame)));
        }
        result.samples = Samples::new(self.sample_types.len());
        for sample in self.samples() {
            result.add_sample(Sample { stack: moved[sample.stack.index()], ..sample });
        }
        result
    }

    /// Puts the thread, process or name that a sample belongs to under the root of its stack, as
    /// `stackcollapse-perf.pl` does. Samples without a thread stay as they are.
    #[must_use]
    pub fn rooted(&self, by: RootBy) -> Self {
        if by == RootBy::Nothing {
            return self.clone();
        }
        let mut result = self.without_stacks();
        result.samples = Samples::new(self.sample_types.len());
        let roots: Vec<StackId> =
            (0..self.threads.items().len()).map(|index| result.root_of(by, ThreadId::from_index(index))).collect();
        let mut moved: HashMap<(StackId, StackId), StackId, SeedableState<'static>> =
            HashMap::with_hasher(SeedableState::fixed());
        let mut pending = Vec::new();
        for sample in self.samples() {
            let root = roots[sample.thread.index()];
            // Walk towards the root until a stack that was moved under this root before.
            let mut current = sample.stack;
            let mut target = loop {
                if current == StackId::ROOT {
                    break root;
                }
                if let Some(&known) = moved.get(&(root, current)) {
                    break known;
                }
                pending.push(current);
                current = self.stacks.parent(current);
            };
            while let Some(stack) = pending.pop() {
                target = result.push_stack(target, self.stacks.frame(stack));
                moved.insert((root, stack), target);
            }
            result.add_sample(Sample { stack: target, ..sample });
        }
        result
    }

    fn root_of(&mut self, by: RootBy, thread: ThreadId) -> StackId {
        let thread = *self.thread(thread);
        let name = self.string(thread.name);
        if name.is_empty() && thread.process.is_none() && thread.thread.is_none() {
            return StackId::ROOT;
        }
        let number = |number: Option<u32>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        let process = number(thread.process.map(|process| process.0));
        let label = match by {
            RootBy::Nothing => return StackId::ROOT,
            RootBy::Name => name.to_owned(),
            RootBy::Process => format!("{name}-{process}"),
            RootBy::Thread => format!("{name}-{process}/{}", number(thread.thread.map(|thread| thread.0))),
        };
        let frame = self.intern_named_frame(&label, FrameKind::Process);
        self.push_stack(StackId::ROOT, frame)
    }
}
