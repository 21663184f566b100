//! Functions that call themselves, shown once.

use firesteel_model::{FrameId, StringId};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::located::{KnownLocations, Located, Location};
use crate::options::Recursion;

/// Rewrites every stack. Of several calls of a function the innermost stays, so that what was sampled in the function
/// stays at its line.
pub(crate) fn collapse(located: &mut Located<'_>, recursion: Recursion) {
    if recursion == Recursion::Keep {
        return;
    }
    let mut known = KnownLocations::default();
    let Located { tables, locations, stacks, .. } = located;
    let name = |line: FrameId| tables.function(tables.frame(line).function).name;
    for stack in stacks {
        // Lines with the position of their location in the stack, outermost first.
        let lines: Vec<(usize, FrameId)> = stack
            .iter()
            .enumerate()
            .rev()
            .flat_map(|(position, &location)| {
                locations[location as usize].lines.iter().rev().map(move |&line| (position, line))
            })
            .collect();
        let kept = match recursion {
            Recursion::Keep => continue,
            Recursion::Direct => without_repetition(&lines, name),
            Recursion::Cycles => without_cycles(&lines, name),
        };
        if kept.len() == lines.len() {
            continue;
        }
        let mut rebuilt = Vec::with_capacity(stack.len());
        for run in kept.chunk_by(|a, b| a.0 == b.0).rev() {
            let mapping = run.first().and_then(|&(at, _)| stack.get(at)).map(|&at| locations[at as usize].mapping);
            let lines = run.iter().rev().map(|&(_, line)| line).collect();
            rebuilt.push(known.intern(Location { lines, mapping: mapping.unwrap_or_default() }, locations));
        }
        *stack = rebuilt;
    }
}

fn without_repetition(lines: &[(usize, FrameId)], name: impl Fn(FrameId) -> StringId) -> Vec<(usize, FrameId)> {
    let runs = lines.chunk_by(|&(_, a), &(_, b)| name(a) == name(b));
    runs.filter_map(|run| run.last().copied()).collect()
}

fn without_cycles(lines: &[(usize, FrameId)], name: impl Fn(FrameId) -> StringId) -> Vec<(usize, FrameId)> {
    let mut kept: Vec<(usize, FrameId)> = Vec::with_capacity(lines.len());
    let mut at: HashMap<StringId, usize, SeedableState<'static>> = HashMap::with_hasher(SeedableState::fixed());
    for &(position, line) in lines {
        if let Some(&first) = at.get(&name(line)) {
            for (_, gone) in kept.drain(first..) {
                at.remove(&name(gone));
            }
        }
        at.insert(name(line), kept.len());
        kept.push((position, line));
    }
    kept
}
