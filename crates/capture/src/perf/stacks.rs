//! The stacks of a recording, kept as addresses until it ends.

use std::hash::BuildHasher;

use firesteel_model::{FrameId, StackId, StackTree};
use hashbrown::{HashMap, HashTable};
use rapidhash::fast::SeedableState;

use crate::perf::process::CodeAddress;
use crate::perf::unwind::Unwound;

/// A frame before it has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RawFrame {
    /// Code of user space.
    User(CodeAddress),
    /// Code of the kernel.
    Kernel(u64),
    /// The kernel's limit cut the stack here.
    Truncated,
}

/// A sample before its frames have names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawSample {
    pub(crate) stack: StackId,
    /// Index in [`RawStacks::threads`].
    pub(crate) thread: u32,
    pub(crate) time: u64,
    pub(crate) period: u64,
}

/// A thread that was sampled, under one name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RawThread {
    pub(crate) process: u32,
    pub(crate) thread: u32,
    pub(crate) name: String,
}

/// Every distinct stack once, and the samples as a few integers each.
#[derive(Debug, Default)]
pub(crate) struct RawStacks {
    frames: Vec<RawFrame>,
    by_frame: HashTable<u32>,
    pub(crate) tree: StackTree,
    pub(crate) samples: Vec<RawSample>,
    pub(crate) threads: Vec<RawThread>,
    thread_index: HashMap<u32, u32, SeedableState<'static>>,
}

impl RawStacks {
    /// Keeps the stack of a sample.
    pub(crate) fn add_stack(&mut self, unwound: &Unwound) -> StackId {
        let mut stack = StackId::ROOT;
        for &frame in unwound.frames.iter().rev() {
            let frame = self.frame(frame);
            stack = self.tree.push(stack, frame);
        }
        stack
    }

    /// Index of a thread under its present name.
    pub(crate) fn thread(&mut self, process: u32, thread: u32, name: &str) -> u32 {
        if let Some(&index) = self.thread_index.get(&thread) {
            let known = &self.threads[index as usize];
            if known.process == process && known.name == name {
                return index;
            }
        }
        let index = self.threads.len() as u32;
        self.threads.push(RawThread { process, thread, name: name.to_owned() });
        self.thread_index.insert(thread, index);
        index
    }

    /// The frame of an id of [`RawStacks::tree`].
    pub(crate) fn raw_frame(&self, id: FrameId) -> RawFrame {
        self.frames[id.index()]
    }

    /// The kernel's addresses, each once.
    pub(crate) fn kernel_addresses(&self) -> impl Iterator<Item = u64> {
        self.frames.iter().filter_map(|frame| if let RawFrame::Kernel(address) = *frame { Some(address) } else { None })
    }

    /// Number of distinct frames.
    pub(crate) fn frame_count(&self) -> usize {
        self.frames.len()
    }

    fn frame(&mut self, frame: RawFrame) -> FrameId {
        let Self { frames, by_frame, .. } = self;
        let state = SeedableState::fixed();
        let hash = state.hash_one(frame);
        if let Some(&index) = by_frame.find(hash, |&index| frames[index as usize] == frame) {
            return FrameId::from_index(index as usize);
        }
        let index = frames.len();
        frames.push(frame);
        by_frame.insert_unique(hash, index as u32, |&index| state.hash_one(frames[index as usize]));
        FrameId::from_index(index)
    }
}
