//! Runtime helpers at the leaf end of stacks.

use firesteel_model::{FrameId, FrameKind, Profile, StackId};

use crate::go_name::package_of;
use crate::standard_library::is_runtime;

/// For each stack whether its innermost function is a helper of the runtime: it was called by other code, and calls no
/// other code. Frames that are `removed` are not code.
pub(crate) fn charged_to_callers(profile: &Profile, removed: impl Fn(FrameId) -> bool) -> Vec<bool> {
    let stacks = profile.stacks();
    let frames = (0..profile.frame_count()).map(FrameId::from_index);
    let runtime: Vec<bool> = frames.map(|frame| removed(frame) || is_runtime_function(profile, frame)).collect();
    // Whether other code is above (nearer to the root) and below each stack.
    let mut above = vec![false; stacks.len()];
    let mut below = vec![false; stacks.len()];
    for (stack, parent, _) in stacks.iter() {
        let parent_is_other = parent != StackId::ROOT && !runtime[stacks.frame(parent).index()];
        above[stack.index()] = above[parent.index()] || parent_is_other;
    }
    for (stack, parent, frame) in stacks.iter().rev() {
        if below[stack.index()] || !runtime[frame.index()] {
            below[parent.index()] = true;
        }
    }
    let mut charged = vec![false; stacks.len()];
    for (stack, _, frame) in stacks.iter() {
        let index = stack.index();
        charged[index] = runtime[frame.index()] && above[index] && !below[index];
    }
    charged
}

fn is_runtime_function(profile: &Profile, frame: FrameId) -> bool {
    let kind = profile.frame(frame).kind;
    let name = profile.frame_name(frame);
    let may_be_go = matches!(kind, FrameKind::Go | FrameKind::Unknown);
    // Assembly helpers such as `memeqbody` have no package.
    let is_assembly = kind == FrameKind::Go && !name.contains('.') && !name.starts_with('[');
    may_be_go && (is_assembly || is_runtime(&package_of(name)))
}
