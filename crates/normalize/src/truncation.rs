//! Stacks that the Go runtime cut at its depth limit.

use std::collections::BTreeSet;

use firesteel_model::{FrameId, FrameKind, Profile, StackId, StringId};

/// What stands for the callers that were cut off.
pub(crate) const TRUNCATED: &str = "[truncated]";

/// What functions without a name are called.
const UNKNOWN: &str = "[unknown]";

/// How deep the Go runtime records stacks: 32, 64 and since Go 1.23 128 frames, those that were inlined not counted
/// (`maxStack` and `maxProfStackDepth` in `runtime/mprof.go`, `maxCPUProfStack` in `runtime/cpuprof.go`).
const LIMITS: [u32; 3] = [32, 64, 128];

/// The first frames, as stacks, of stacks that were cut: every sample that begins so is as deep as a limit, and the
/// function is called by others elsewhere in the profile, so that it is no entry point.
pub(crate) fn truncated_roots(profile: &Profile) -> BTreeSet<StackId> {
    let stacks = profile.stacks();
    let unknown = profile.strings().find(UNKNOWN).unwrap_or(StringId::EMPTY);
    let name_of = |frame: FrameId| match profile.function(profile.frame(frame).function).name {
        StringId::EMPTY => unknown,
        name => name,
    };
    let may_be_go = |frame: FrameId| matches!(profile.frame(frame).kind, FrameKind::Go | FrameKind::Unknown);
    let first: Vec<(StackId, FrameId)> =
        stacks.children(StackId::ROOT).filter(|&(_, frame)| may_be_go(frame)).collect();
    let names: BTreeSet<StringId> = first.iter().map(|&(_, frame)| name_of(frame)).collect();
    // Those of the names that stacks begin with which are called somewhere.
    let is_wanted: Vec<bool> =
        (0..profile.frame_count()).map(|index| names.contains(&name_of(FrameId::from_index(index)))).collect();
    let called = stacks.iter().filter(|&(_, parent, frame)| parent != StackId::ROOT && is_wanted[frame.index()]);
    let called: BTreeSet<StringId> = called.map(|(_, _, frame)| name_of(frame)).collect();
    let may_be_cut = |&(_, frame): &(StackId, FrameId)| called.contains(&name_of(frame));
    let mut full: BTreeSet<StackId> = first.into_iter().filter(may_be_cut).map(|(stack, _)| stack).collect();
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
