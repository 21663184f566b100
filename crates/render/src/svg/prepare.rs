//! What becomes of stacks before they are laid out.

use std::borrow::Cow;

use firesteel_model::{Profile, Sample, StackId, StringId};

use crate::svg::options::SvgOptions;
use crate::svg::palette::Palette;

/// The profile with the stacks that are to be drawn.
pub(super) fn prepared<'a>(profile: &'a Profile, options: &SvgOptions) -> Cow<'a, Profile> {
    let mut result = Cow::Borrowed(profile);
    if options.colors == Palette::Chain {
        result = Cow::Owned(with_wakers_marked(&result));
    }
    if !options.base.is_empty() {
        result = Cow::Owned(from_the_base(&result, &options.base));
    }
    if options.reverse {
        result = Cow::Owned(from_the_leaf(&result));
    }
    result
}

/// The same samples with stacks turned around.
fn from_the_leaf(profile: &Profile) -> Profile {
    let mut turned = profile.emptied();
    for sample in profile.samples() {
        let mut stack = StackId::ROOT;
        for frame in profile.stacks().frames(sample.stack) {
            stack = turned.push_stack(stack, frame);
        }
        turned.add_sample(Sample { stack, ..sample });
    }
    turned
}

/// The samples with one of the functions on their stacks; these begin with the outermost of them.
fn from_the_base(profile: &Profile, base: &[String]) -> Profile {
    let names: Vec<StringId> = base.iter().filter_map(|name| profile.strings().find(name)).collect();
    let mut rooted = profile.emptied();
    // For each stack the one that it becomes, once a base is on it.
    let mut moved: Vec<Option<StackId>> = vec![None; profile.stacks().len()];
    for (stack, parent, frame) in profile.stacks().iter() {
        let is_base = names.contains(&profile.function(profile.frame(frame).function).name);
        let under = moved[parent.index()].or_else(|| is_base.then_some(StackId::ROOT));
        moved[stack.index()] = under.map(|parent| rooted.push_stack(parent, frame));
    }
    for sample in profile.samples() {
        if let Some(stack) = moved[sample.stack.index()] {
            rooted.add_sample(Sample { stack, ..sample });
        }
    }
    rooted
}

/// The frame between the stacks of a chain.
const LINK: &str = "--";

/// The samples with the functions behind the first `--` marked as those that woke others up.
fn with_wakers_marked(profile: &Profile) -> Profile {
    let Some(link) = profile.strings().find(LINK) else { return profile.clone() };
    let mut marked = profile.emptied();
    // For each stack the one that it becomes, and whether a link is on it.
    let mut moved = vec![(StackId::ROOT, false)];
    for (_, parent, frame) in profile.stacks().iter() {
        let (parent, is_behind) = moved[parent.index()];
        let details = *profile.frame(frame);
        let is_link = profile.function(details.function).name == link;
        let frame = if is_behind && !is_link {
            let name = format!("{}_[w]", profile.frame_name(frame));
            marked.intern_named_frame(&name, details.kind)
        } else {
            frame
        };
        moved.push((marked.push_stack(parent, frame), is_behind || is_link));
    }
    for sample in profile.samples() {
        marked.add_sample(Sample { stack: moved[sample.stack.index()].0, ..sample });
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{FrameKind, ValueType};

    fn check(stacks: &[(&str, i64)], options: &SvgOptions, expect: &[&str]) {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        for (names, value) in stacks {
            let mut stack = StackId::ROOT;
            for name in names.split(';') {
                let frame = profile.intern_named_frame(name, FrameKind::Unknown);
                stack = profile.push_stack(stack, frame);
            }
            profile.add_sample(Sample::new(stack, &[*value]));
        }
        let result = prepared(&profile, options);
        let told = result.samples().map(|sample| {
            let mut names: Vec<&str> =
                result.stacks().frames(sample.stack).map(|frame| result.frame_name(frame)).collect();
            names.reverse();
            format!("{} {}", names.join(";"), sample.values[0])
        });
        assert_eq!(told.collect::<Vec<_>>(), expect);
    }

    #[test]
    fn stacks_begin_with_the_base() {
        let stacks = [("a;f;b;f;c", 1), ("a;d", 2), ("f", 3), ("g;f", 4)];
        let base = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let options = SvgOptions { base: base(&["f"]), ..SvgOptions::default() };
        check(&stacks, &options, &["f;b;f;c 1", "f 3", "f 4"]);
        check(&stacks, &SvgOptions { reverse: true, ..options }, &["c;f;b;f 1", "f 3", "f 4"]);
        let options = SvgOptions { base: base(&["d", "none", "c"]), ..SvgOptions::default() };
        check(&stacks, &options, &["c 1", "d 2"]);
    }

    #[test]
    fn wakers_are_marked() {
        let options = SvgOptions { colors: Palette::Chain, ..SvgOptions::default() };
        check(&[("a;b;--;c;d;--;e", 1), ("a;b", 2)], &options, &["a;b;--;c_[w];d_[w];--;e_[w] 1", "a;b 2"]);
        check(&[("a;b", 2)], &options, &["a;b 2"]);
    }
}
