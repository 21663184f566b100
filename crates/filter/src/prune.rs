//! Cutting stacks at the leaf end: the profile's own drop_frames and keep_frames, and prune_from.

use firesteel_model::{FrameId, FunctionId, Profile};

use crate::located::Located;
use crate::pattern::Pattern;

/// A function's name as far as its argument list, which C++ names may still have.
fn without_arguments(name: &str) -> &str {
    // The ABI of 64-bit PowerPC puts a dot in front.
    let name = name.strip_prefix('.').unwrap_or(name);
    let mut from = 0;
    while let Some(at) = name[from..].find(['(', 'o']).map(|at| at + from) {
        let rest = &name[at..];
        // Names that have a bracket without being a list of arguments.
        let reserved = ["(anonymous namespace)", "operator()"].into_iter().find(|reserved| rest.starts_with(reserved));
        match reserved {
            Some(reserved) => from = at + reserved.len(),
            None if rest.starts_with('(') => return &name[..at],
            None => from = at + 1,
        }
    }
    name
}

/// For each function whether it is where to cut.
fn matching(tables: &Profile, cut: impl Fn(&str) -> bool) -> Vec<bool> {
    let names = tables.functions().iter().map(|function| tables.string(function.name));
    names.map(|name| !name.is_empty() && cut(without_arguments(name))).collect()
}

/// Whether a line is one to cut at. What has no symbol is not.
fn is_cut(tables: &Profile, cut: &[bool], line: FrameId) -> bool {
    let frame = tables.frame(line);
    let function: FunctionId = frame.function;
    !frame.flags.unnamed && cut.get(function.index()).copied().unwrap_or(false)
}

/// The expressions of a profile's `drop_frames` and `keep_frames`, which match whole names.
pub(crate) struct DropFrames {
    drop: Pattern,
    keep: Option<Pattern>,
}

impl DropFrames {
    /// `None` when the profile has none; the reason when they are no expressions.
    pub(crate) fn of(profile: &Profile) -> Result<Option<Self>, String> {
        let metadata = &profile.metadata;
        if metadata.drop_frames.is_empty() {
            return Ok(None);
        }
        let whole = |text: &str| Pattern::new("drop_frames", &format!("^({text})$")).map_err(|error| error.to_string());
        let keep = (!metadata.keep_frames.is_empty()).then(|| whole(&metadata.keep_frames)).transpose()?;
        Ok(Some(Self { drop: whole(&metadata.drop_frames)?, keep }))
    }

    /// Drops the frames that match with all that they called, seen from the root, save where nothing would be left.
    pub(crate) fn apply(&self, located: &mut Located<'_>) {
        let kept = |name: &str| self.keep.as_ref().is_some_and(|keep| keep.matches(name));
        let cut = matching(&located.tables, |name| self.drop.matches(name) && !kept(name));
        let tables = &located.tables;
        // What is to be done at a location: nothing, cut above it, or cut within it.
        let mut cuts: Vec<Option<Cut>> = Vec::with_capacity(located.locations.len());
        for location in &mut located.locations {
            let found = location.lines.iter().rposition(|&line| is_cut(tables, &cut, line));
            cuts.push(found.map(|index| {
                if index + 1 == location.lines.len() {
                    return Cut::Whole;
                }
                location.lines.drain(..=index);
                Cut::Inner
            }));
        }
        for stack in &mut located.stacks {
            // What comes before the first frame of the user's is no reason to cut.
            let mut found_user = false;
            for index in (0..stack.len()).rev() {
                match cuts[stack[index] as usize] {
                    None => found_user = true,
                    Some(_) if !found_user => {}
                    Some(Cut::Whole) => {
                        stack.drain(..=index);
                        break;
                    }
                    Some(Cut::Inner) => {
                        stack.drain(..index);
                        break;
                    }
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Cut {
    /// The outermost line matches: the location goes, too.
    Whole,
    /// A line inlined into others matches: the others stay.
    Inner,
}

/// Drops what was called by the innermost frame that matches; the frame itself stays.
pub(crate) fn prune_from(located: &mut Located<'_>, pattern: &Pattern) {
    let cut = matching(&located.tables, |name| pattern.matches(name));
    let tables = &located.tables;
    let mut found = Vec::with_capacity(located.locations.len());
    for location in &mut located.locations {
        let innermost = location.lines.iter().position(|&line| is_cut(tables, &cut, line));
        if let Some(innermost) = innermost {
            location.lines.drain(..innermost);
        }
        found.push(innermost.is_some());
    }
    for stack in &mut located.stacks {
        if let Some(innermost) = stack.iter().position(|&location| found[location as usize]) {
            stack.drain(..innermost);
        }
    }
}

/// Whether the profile asks for frames to be dropped.
pub(crate) fn asks_to_drop(profile: &Profile) -> bool {
    !profile.metadata.drop_frames.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argument_lists_are_no_part_of_names() {
        for (name, expect) in [
            ("main.f", "main.f"),
            (".f", "f"),
            ("foo(int, char)", "foo"),
            ("(anonymous namespace)::foo(int)", "(anonymous namespace)::foo"),
            ("a::operator()(int) const", "a::operator()"),
            ("operators(x)", "operators"),
            ("main.(*T).M", "main."),
            ("größe(o)", "größe"),
            ("", ""),
        ] {
            assert_eq!(without_arguments(name), expect);
        }
    }
}
