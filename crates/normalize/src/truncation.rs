//! Stacks that the Go runtime cut at its depth limit.

use std::collections::BTreeSet;

use firesteel_model::{FrameId, FrameKind, Profile, SampleList, StackId, StringId};

use crate::root::is_goroutine_root;

/// What stands for the callers that were cut off.
pub(crate) const TRUNCATED: &str = "[truncated]";

/// What functions without a name are called.
const UNKNOWN: &str = "[unknown]";

/// How deep the Go runtime records stacks: 32, 64 and since Go 1.23 128 frames, those that were inlined not counted
/// (`maxStack` and `maxProfStackDepth` in `runtime/mprof.go`, `maxCPUProfStack` in `runtime/cpuprof.go`).
const LIMITS: [u32; 3] = [32, 64, 128];

/// The stacks of a profile, in whichever form they are there.
pub(crate) trait Stacks {
    /// The frames that stacks begin with, each at least once.
    fn first_frames(&self) -> Vec<FrameId>;

    /// Shows all frames that have callers, each at least once.
    fn each_called_frame(&self, see: impl FnMut(FrameId));

    /// For each sample the first frame of its stack, and how many of its frames `is_counted`; nothing for those without
    /// a stack.
    fn depths(&self, is_counted: impl Fn(FrameId) -> bool) -> Vec<(FrameId, u32)>;
}

/// The first frames of stacks that were cut: every sample that begins so is as deep as a limit, and the function is
/// called by others elsewhere in the profile, so that it is no entry point.
pub(crate) fn truncated_roots(profile: &Profile, stacks: &impl Stacks) -> BTreeSet<FrameId> {
    let unknown = profile.strings().find(UNKNOWN).unwrap_or(StringId::EMPTY);
    let name_of = |frame: FrameId| match profile.function(profile.frame(frame).function).name {
        StringId::EMPTY => unknown,
        name => name,
    };
    let may_be_go = |frame: FrameId| matches!(profile.frame(frame).kind, FrameKind::Go | FrameKind::Unknown);
    let may_be_cut = |&frame: &FrameId| may_be_go(frame) && !is_goroutine_root(profile.frame_name(frame));
    let first: BTreeSet<FrameId> = stacks.first_frames().into_iter().filter(may_be_cut).collect();
    // Every function of every stack is looked at now, and many profiles have but well-known beginnings.
    if first.is_empty() {
        return first;
    }
    let names: BTreeSet<StringId> = first.iter().map(|&frame| name_of(frame)).collect();
    // Those of the names that stacks begin with which are called somewhere.
    let is_wanted: Vec<bool> =
        (0..profile.frame_count()).map(|index| names.contains(&name_of(FrameId::from_index(index)))).collect();
    let mut called: BTreeSet<StringId> = BTreeSet::new();
    stacks.each_called_frame(|frame| {
        if is_wanted[frame.index()] {
            called.insert(name_of(frame));
        }
    });
    let mut full: BTreeSet<FrameId> = first.into_iter().filter(|&frame| called.contains(&name_of(frame))).collect();
    // Depths take time and memory, and most profiles begin with functions that nobody calls.
    if full.is_empty() {
        return full;
    }
    let mut begun: BTreeSet<FrameId> = BTreeSet::new();
    for (first, depth) in stacks.depths(|frame| !profile.frame(frame).flags.inlined) {
        begun.insert(first);
        if !LIMITS.contains(&depth) {
            full.remove(&first);
        }
    }
    full.retain(|first| begun.contains(first));
    full
}

impl Stacks for Profile {
    fn first_frames(&self) -> Vec<FrameId> {
        self.stacks().children(StackId::ROOT).map(|(_, frame)| frame).collect()
    }

    fn each_called_frame(&self, mut see: impl FnMut(FrameId)) {
        let called = self.stacks().iter().filter(|&(_, parent, _)| parent != StackId::ROOT);
        called.for_each(|(_, _, frame)| see(frame));
    }

    fn depths(&self, is_counted: impl Fn(FrameId) -> bool) -> Vec<(FrameId, u32)> {
        // For each stack its first frame and its depth.
        let mut places = vec![(FrameId::UNKNOWN, 0u32); self.stacks().len()];
        for (stack, parent, frame) in self.stacks().iter() {
            let (first, depth) = places[parent.index()];
            let first = if parent == StackId::ROOT { frame } else { first };
            places[stack.index()] = (first, depth.saturating_add(u32::from(is_counted(frame))));
        }
        let stacks = self.samples().map(|sample| sample.stack).filter(|&stack| stack != StackId::ROOT);
        stacks.map(|stack| places[stack.index()]).collect()
    }
}

impl Stacks for SampleList {
    fn first_frames(&self) -> Vec<FrameId> {
        let mut first: Vec<FrameId> = Vec::new();
        for &frame in self.iter().filter_map(|(frames, _)| frames.last()) {
            // Most stacks begin as the one before.
            if first.last() != Some(&frame) {
                first.push(frame);
            }
        }
        first
    }

    fn each_called_frame(&self, mut see: impl FnMut(FrameId)) {
        for (_, called) in self.iter().filter_map(|(frames, _)| frames.split_last()) {
            for &frame in called {
                see(frame);
            }
        }
    }

    fn depths(&self, is_counted: impl Fn(FrameId) -> bool) -> Vec<(FrameId, u32)> {
        let depth = |frames: &[FrameId]| frames.iter().filter(|&&frame| is_counted(frame)).count();
        let place = |frames: &[FrameId]| Some((*frames.last()?, u32::try_from(depth(frames)).unwrap_or(u32::MAX)));
        self.iter().filter_map(|(frames, _)| place(frames)).collect()
    }
}
