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
    // For each stack its depth and its first frame.
    let mut places = vec![(0u32, StackId::ROOT); stacks.len()];
    let mut is_called = vec![false; profile.frame_count()];
    for (stack, parent, frame) in stacks.iter() {
        let is_counted = !profile.frame(frame).flags.inlined;
        let (depth, root) = places[parent.index()];
        let depth = depth.saturating_add(u32::from(is_counted));
        places[stack.index()] = if parent == StackId::ROOT {
            (depth, stack)
        } else {
            is_called[frame.index()] = true;
            (depth, root)
        };
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
    let mut full: BTreeSet<StackId> = BTreeSet::new();
    let mut others: BTreeSet<StackId> = BTreeSet::new();
    for sample in profile.samples() {
        let (depth, root) = places[sample.stack.index()];
        if LIMITS.contains(&depth) {
            full.insert(root);
        } else {
            others.insert(root);
        }
    }
    full.retain(|root| {
        let frame: FrameId = stacks.frame(*root);
        let is_go = matches!(profile.frame(frame).kind, FrameKind::Go | FrameKind::Unknown);
        is_go && *root != StackId::ROOT && !others.contains(root) && called.contains(profile.frame_name(frame))
    });
    full
}
