//! Stacks that the Go runtime cut at its depth limit.

use std::collections::BTreeSet;

use firesteel_model::{FrameId, FrameKind, FunctionId, Profile, StackId};

/// What stands for the callers that were cut off.
pub(crate) const TRUNCATED: &str = "[truncated]";

/// How deep the Go runtime records stacks: 32, 64 and since Go 1.23 128 frames, those that were inlined not counted
/// (`maxStack` and `maxProfStackDepth` in `runtime/mprof.go`, `maxCPUProfStack` in `runtime/cpuprof.go`).
const LIMITS: [u32; 3] = [32, 64, 128];

/// The first frames, as stacks, of stacks that were cut: every sample that begins so is as deep as a limit, and the
/// function is called by others elsewhere in the profile, so that it is no entry point.
pub(crate) fn truncated_roots(profile: &Profile) -> BTreeSet<StackId> {
    let stacks = profile.stacks();
    let mut is_called = vec![false; profile.frame_count()];
    for (_, parent, frame) in stacks.iter() {
        is_called[frame.index()] |= parent != StackId::ROOT;
    }
    let called_frames = (0..profile.frame_count()).map(FrameId::from_index).filter(|frame| is_called[frame.index()]);
    let called: BTreeSet<FunctionId> = called_frames.map(|frame| profile.frame(frame).function).collect();
    let called: BTreeSet<&str> = called
        .into_iter()
        .map(|function| match profile.string(profile.function(function).name) {
            "" => "[unknown]",
            name => name,
        })
        .collect();
    let may_be_cut = |&(_, frame): &(StackId, FrameId)| {
        let is_go = matches!(profile.frame(frame).kind, FrameKind::Go | FrameKind::Unknown);
        is_go && called.contains(profile.frame_name(frame))
    };
    let mut full: BTreeSet<StackId> =
        stacks.children(StackId::ROOT).filter(may_be_cut).map(|(stack, _)| stack).collect();
    // Depths take time and memory, and most profiles begin with functions that nobody calls.
    if full.is_empty() {
        return full;
    }
    // For each stack its depth and its first frame.
    let mut places = vec![(0u32, StackId::ROOT); stacks.len()];
    for (stack, parent, frame) in stacks.iter() {
        let is_counted = !profile.frame(frame).flags.inlined;
        let (depth, root) = places[parent.index()];
        let root = if parent == StackId::ROOT { stack } else { root };
        places[stack.index()] = (depth.saturating_add(u32::from(is_counted)), root);
    }
    let mut begun: BTreeSet<StackId> = BTreeSet::new();
    for sample in profile.samples() {
        let (depth, root) = places[sample.stack.index()];
        begun.insert(root);
        if !LIMITS.contains(&depth) {
            full.remove(&root);
        }
    }
    full.retain(|root| begun.contains(root));
    full
}
