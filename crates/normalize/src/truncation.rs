//! Stacks that the Go runtime cut at its depth limit.

use std::collections::BTreeSet;

use firesteel_model::{FrameId, FrameKind, Profile, StackId};

/// What stands for the callers that were cut off.
pub(crate) const TRUNCATED: &str = "[truncated]";

/// How deep the Go runtime records stacks: 32, 64 and since Go 1.23 128 frames, those that were inlined not counted
/// (`maxStack` and `maxProfStackDepth` in `runtime/mprof.go`, `maxCPUProfStack` in `runtime/cpuprof.go`).
const LIMITS: [u32; 3] = [32, 64, 128];

/// The first frames, as stacks, of stacks that were cut: every sample that begins so is as deep as a limit, and the
/// function is called by others elsewhere in the profile, so that it is no entry point.
pub(crate) fn truncated_roots(profile: &Profile) -> BTreeSet<StackId> {
    let stacks = profile.stacks();
    let mut depths = vec![0u32; stacks.len()];
    let mut roots = vec![StackId::ROOT; stacks.len()];
    let mut called: BTreeSet<&str> = BTreeSet::new();
    for (stack, parent, frame) in stacks.iter() {
        let is_counted = !profile.frame(frame).flags.inlined;
        depths[stack.index()] = depths[parent.index()].saturating_add(u32::from(is_counted));
        if parent == StackId::ROOT {
            roots[stack.index()] = stack;
        } else {
            roots[stack.index()] = roots[parent.index()];
            called.insert(profile.frame_name(frame));
        }
    }
    let mut full: BTreeSet<StackId> = BTreeSet::new();
    let mut others: BTreeSet<StackId> = BTreeSet::new();
    for sample in profile.samples() {
        let root = roots[sample.stack.index()];
        let is_full = LIMITS.contains(&depths[sample.stack.index()]);
        if is_full {
            full.insert(root)
        } else {
            others.insert(root)
        };
    }
    full.retain(|root| {
        let frame: FrameId = stacks.frame(*root);
        let is_go = matches!(profile.frame(frame).kind, FrameKind::Go | FrameKind::Unknown);
        is_go && *root != StackId::ROOT && !others.contains(root) && called.contains(profile.frame_name(frame))
    });
    full
}
