//! Cleaning stack by stack, for profiles that are no tree.

use firesteel_model::{FrameEdit, FrameId, FrameKind, Profile, SampleList};

use crate::clean::{Plan, Role, Warning};
use crate::root::ASSIST;
use crate::rule::Rule;
use crate::truncation::{TRUNCATED, truncated_roots};

/// Applies rules to the stacks of a [`SampleList`], one by one, as [`clean`](crate::clean()) does to those of a profile.
#[derive(Debug)]
pub struct StackCleaner {
    /// For each frame what takes its place among others, or [`NOT_PLAIN`]. That is all there is to do with nearly all of
    /// them, and it is a small table.
    plain: Vec<FrameId>,
    steps: Vec<Step>,
    /// What stacks that were cut begin with.
    truncated: FrameId,
    assist: FrameId,
    /// Samples that lost every frame.
    emptied: usize,
}

/// What the rules do with a frame.
#[derive(Clone, Copy, Debug)]
struct Step {
    role: Role,
    edit: FrameEdit,
    /// What it is put under where stacks begin with it, if it is work of the runtime.
    group: FrameId,
    /// Whether stacks that begin with it were cut.
    is_cut: bool,
}

/// Stands for a frame that may leave the stack, or bring another one.
const NOT_PLAIN: FrameId = FrameId::UNKNOWN;

impl Step {
    /// What takes the place of the frame where it has a caller that is neither root nor process.
    fn plain(self, frame: FrameId) -> FrameId {
        match self.edit {
            _ if self.role == Role::Assist => NOT_PLAIN,
            FrameEdit::Keep => frame,
            FrameEdit::Replace(other) | FrameEdit::Under(_, other) => other,
            FrameEdit::Drop => NOT_PLAIN,
        }
    }
}

impl StackCleaner {
    /// Makes out what the rules do with the frames of a profile that has everything but stacks. Frames they bring are
    /// added to it. `None` when one of the rules goes by more than one stack at a time: [`Rule::ChargeCallers`].
    pub fn new(profile: &mut Profile, samples: &SampleList, rules: &[Rule]) -> Option<Self> {
        if rules.contains(&Rule::ChargeCallers) {
            return None;
        }
        let truncated = rules.contains(&Rule::MarkTruncated).then(|| truncated_roots(profile, samples));
        let truncated = truncated.unwrap_or_default();
        let plan = Plan::of_frames(profile, rules);
        let frames = (0..profile.frame_count()).map(FrameId::from_index);
        let steps = frames.map(|frame| {
            let role = plan.role(frame);
            let edit = plan.edit(profile, frame);
            let group = match role {
                Role::Work(group) => profile.intern_named_frame(group, FrameKind::Marker),
                _ => FrameId::UNKNOWN,
            };
            Step { role, edit, group, is_cut: truncated.contains(&frame) }
        });
        let steps: Vec<Step> = steps.collect();
        let plain = steps.iter().enumerate().map(|(index, step)| step.plain(FrameId::from_index(index)));
        Some(Self {
            plain: plain.collect(),
            steps,
            truncated: profile.intern_named_frame(TRUNCATED, FrameKind::Marker),
            assist: profile.intern_named_frame(ASSIST, FrameKind::Marker),
            emptied: 0,
        })
    }

    /// Puts a stack, cleaned, in the place of another. Both are from the leaf to the root.
    pub fn clean(&mut self, stack: &[FrameId], cleaned: &mut Vec<FrameId>) {
        cleaned.clear();
        let Some(&leaf) = stack.first() else { return };
        let is_outer = |&&frame: &&FrameId| matches!(self.role(frame), Role::Root | Role::Process);
        let outer = stack.iter().rev().take_while(is_outer).count();
        // From here on there are only roots and processes for callers.
        let first = stack.len().saturating_sub(outer + 1);
        let inner = &stack[..first];
        let plain = |frame: FrameId| self.plain[frame.index()];
        let known = inner.iter().position(|&frame| plain(frame) == NOT_PLAIN).unwrap_or(first);
        cleaned.extend(inner[..known].iter().map(|&frame| plain(frame)));
        for (index, &frame) in stack.iter().enumerate().skip(known) {
            match plain(frame) {
                other if index < first && other != NOT_PLAIN => cleaned.push(other),
                _ => self.push_edited(stack, index, index >= first, cleaned),
            }
        }
        if cleaned.is_empty() {
            cleaned.push(leaf);
            self.emptied += 1;
        }
    }

    /// Appends what becomes of a frame of a stack. `is_first` says whether it has nothing but roots and processes for
    /// callers.
    fn push_edited(&self, stack: &[FrameId], index: usize, is_first: bool, cleaned: &mut Vec<FrameId>) {
        let Some((&frame, callers)) = stack.get(index..).and_then(<[FrameId]>::split_first) else { return };
        let step = self.steps[frame.index()];
        let edited = match step.edit {
            _ if is_first && step.role == Role::Root => return,
            FrameEdit::Drop => return,
            FrameEdit::Keep => frame,
            FrameEdit::Replace(other) | FrameEdit::Under(_, other) => other,
        };
        cleaned.push(edited);
        match step.role {
            _ if callers.is_empty() && step.is_cut => cleaned.push(self.truncated),
            Role::Work(_) if is_first => cleaned.push(step.group),
            Role::Assist if callers.first().is_none_or(|&caller| self.role(caller) != Role::AssistGroup) => {
                cleaned.push(self.assist);
            }
            _ => {}
        }
    }

    fn role(&self, frame: FrameId) -> Role {
        self.steps[frame.index()].role
    }

    /// What could not be done properly.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        if self.emptied == 0 { Vec::new() } else { vec![Warning::NothingLeft { samples: self.emptied }] }
    }
}

#[cfg(test)]
mod tests {
    use firesteel_model::{Frame, Function, Sample, StackId, TopSums, TopTable, ValueType};
    use proptest::prelude::*;

    use super::*;

    /// Names that rules look for, and others.
    const NAMES: [&str; 14] = [
        "runtime.goexit",
        "runtime.main",
        "main.main",
        "main.f",
        "main.f-fm",
        "main.g[go.shape.int]",
        "runtime.gcBgMarkWorker",
        "runtime.gcAssistAlloc",
        "[GC assist]",
        "testing.tRunner",
        "example.com/shop/v2/cart.Add",
        "runtime.mcall",
        "app",
        "",
    ];

    fn frame_of(profile: &mut Profile, number: usize) -> FrameId {
        let name = profile.intern(NAMES[number]);
        let file = profile.intern(if number == 3 { "<autogenerated>" } else { "" });
        let function = profile.intern_function(Function { name, file, ..Function::default() });
        let kind = match NAMES[number] {
            "app" => FrameKind::Process,
            "[GC assist]" => FrameKind::Marker,
            "main.f" => FrameKind::Unknown,
            _ => FrameKind::Go,
        };
        profile.intern_frame(Frame { function, kind, ..Frame::default() })
    }

    proptest! {
        /// A list and a tree of the same samples give the same table.
        #[test]
        fn stacks_are_cleaned_as_those_of_a_tree(
            stacks in proptest::collection::vec((proptest::collection::vec(0..NAMES.len(), 0..7), 1i64..9, 0usize..30), 1..12),
            rules in proptest::sample::subsequence(Rule::ALL.to_vec(), 0..=Rule::ALL.len()),
        ) {
            let rules: Vec<Rule> = rules.into_iter().filter(|&rule| rule != Rule::ChargeCallers).collect();
            let mut tree = Profile::new(vec![ValueType::samples()]);
            let mut profile = Profile::new(vec![ValueType::samples()]);
            let mut list = SampleList::new(1);
            for (stack, value, more) in &stacks {
                // Some are as deep as the runtime records stacks.
                let root_first = || stack.iter().copied().chain((*more == 0).then_some(3).into_iter().cycle().take(32 - stack.len()));
                let frames: Vec<FrameId> = root_first().map(|number| frame_of(&mut tree, number)).collect();
                let node = frames.iter().fold(StackId::ROOT, |node, &frame| tree.push_stack(node, frame));
                tree.add_sample(Sample::new(node, &[*value]));
                let frames: Vec<FrameId> = root_first().map(|number| frame_of(&mut profile, number)).collect();
                list.add([*value].into_iter(), |all| {
                    all.extend(frames.iter().rev());
                    true
                });
            }
            let (expected, expected_warnings) = crate::clean(&tree, &rules);
            let expected = table_of(&expected, &TopTable::of_profile(&expected, 0));
            let mut cleaner = StackCleaner::new(&mut profile, &list, &rules).unwrap();
            let mut sums = TopSums::new(&profile, 0);
            let mut cleaned = Vec::new();
            for (stack, values) in list.iter() {
                cleaner.clean(stack, &mut cleaned);
                sums.add(&cleaned, values);
            }
            prop_assert_eq!(table_of(&profile, &sums.table(&profile)), expected);
            prop_assert_eq!(cleaner.warnings(), expected_warnings);
        }
    }

    fn table_of(profile: &Profile, table: &TopTable) -> Vec<(String, i64, i64)> {
        table.rows.iter().map(|row| (profile.frame_name(row.frame).to_owned(), row.self_value, row.total)).collect()
    }
}
