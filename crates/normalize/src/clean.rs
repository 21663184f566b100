//! Cleaning rules: stacks as people think of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use firesteel_model::{Frame, FrameEdit, FrameId, FrameKind, Function, FunctionId, Profile, StackId, StringId};

use crate::address::without_addresses;
use crate::closure::stable_names;
use crate::go_name::{GoName, generated_for_type};
use crate::import_path::{may_have_version, plain_import_path};
use crate::root::{ASSIST, group_of_root, is_assist, is_goroutine_root, is_harness};
use crate::rule::Rule;
use crate::runtime_leaf::charged_to_callers;
use crate::truncation::{TRUNCATED, truncated_roots};
use crate::type_arguments::shorten_type_arguments;

/// What cleaning could not do properly.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Samples that consist only of frames which the rules remove; they keep their leaf.
    NothingLeft {
        /// Number of samples.
        samples: usize,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingLeft { samples } => {
                let have = if *samples == 1 { "sample has" } else { "samples have" };
                write!(
                    formatter,
                    "{samples} {have} only frames that cleaning removes (goroutine roots, wrappers) and the leaf is kept"
                )
            }
        }
    }
}

/// Applies rules to a profile. Values, labels, threads and times stay, so sums do too; applying the same rules
/// again changes nothing.
#[must_use]
pub fn clean<'a>(profile: &'a Profile, rules: &[Rule]) -> (Cow<'a, Profile>, Vec<Warning>) {
    let plan = Plan::new(profile, rules);
    // Rebuilding a large tree of stacks takes time that profiles of other languages need not spend.
    if plan.changes_nothing(profile) {
        return (Cow::Borrowed(profile), Vec::new());
    }
    let (cleaned, warnings) = plan.carry_out(profile);
    (Cow::Owned(cleaned), warnings)
}

/// The same for a profile that nobody needs as it was. Where only names change, nothing of it is copied.
pub fn clean_in_place(profile: &mut Profile, rules: &[Rule]) -> Vec<Warning> {
    let plan = Plan::new(profile, rules);
    if plan.changes_nothing(profile) {
        return Vec::new();
    }
    if plan.only_renames(profile) {
        profile.exchange_frames(|profile, frame| match plan.edit(profile, frame) {
            FrameEdit::Replace(other) => other,
            _ => frame,
        });
        return Vec::new();
    }
    let (cleaned, warnings) = plan.carry_out(profile);
    *profile = cleaned;
    warnings
}

/// What a frame is at the root end of a stack, as far as the rules that are on care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Nothing that matters.
    None,
    /// A process; what is called from it is the first function.
    Process,
    /// The start of a goroutine or thread, or a test runner.
    Root,
    /// Work of the runtime, with the group that it belongs to.
    Work(&'static str),
    /// Help for the collector.
    Assist,
    /// What such help stands under.
    AssistGroup,
}

/// What the rules mean for a profile.
pub(crate) struct Plan {
    roles: Vec<Role>,
    /// Frames that leave every stack.
    dropped: Vec<bool>,
    /// For each function its new name, if it gets one.
    names: Vec<Option<String>>,
    /// Stacks, of which the innermost function is charged to its caller.
    charged: Vec<bool>,
    /// Frames with which stacks begin that were cut.
    truncated: BTreeSet<FrameId>,
}

impl Plan {
    fn new(profile: &Profile, rules: &[Rule]) -> Self {
        let mut plan = Self::of_frames(profile, rules);
        let removed = |frame: FrameId| plan.dropped[frame.index()] || plan.role(frame) == Role::Root;
        if rules.contains(&Rule::ChargeCallers) {
            plan.charged = charged_to_callers(profile, removed);
        }
        if rules.contains(&Rule::MarkTruncated) {
            plan.truncated = truncated_roots(profile, profile);
        }
        plan
    }

    /// What they mean for frames, wherever these stand.
    pub(crate) fn of_frames(profile: &Profile, rules: &[Rule]) -> Self {
        let (roles, dropped) = roles_and_dropped(profile, rules);
        let names = new_names(profile, rules);
        Self { roles, dropped, names, charged: Vec::new(), truncated: BTreeSet::new() }
    }

    pub(crate) fn role(&self, frame: FrameId) -> Role {
        self.roles[frame.index()]
    }

    fn changes_nothing(&self, profile: &Profile) -> bool {
        let matters = |role: &Role| matches!(role, Role::Root | Role::Work(_) | Role::Assist);
        let renamed = |frame: usize| {
            let frame = profile.frame(FrameId::from_index(frame));
            self.names[frame.function.index()].is_some() && may_be_renamed(frame.kind)
        };
        self.truncated.is_empty()
            && !self.roles.iter().any(matters)
            && !self.dropped.contains(&true)
            && !self.charged.contains(&true)
            && !(0..profile.frame_count()).any(renamed)
    }

    /// Whether every stack keeps its frames, but for their names.
    fn only_renames(&self, profile: &Profile) -> bool {
        self.truncated.is_empty()
            && !self.roles.contains(&Role::Assist)
            && !self.dropped.contains(&true)
            && !self.charged.contains(&true)
            && !self.changes_roots(profile)
    }

    /// Whether a stack begins with something that is a root, or work of the runtime.
    fn changes_roots(&self, profile: &Profile) -> bool {
        let mut processes = vec![StackId::ROOT];
        while let Some(process) = processes.pop() {
            for (stack, frame) in profile.stacks().children(process) {
                match self.roles[frame.index()] {
                    Role::Root | Role::Work(_) => return true,
                    Role::Process => processes.push(stack),
                    Role::None | Role::Assist | Role::AssistGroup => {}
                }
            }
        }
        false
    }

    /// The profile as the rules want it.
    fn carry_out(&self, profile: &Profile) -> (Profile, Vec<Warning>) {
        // What becomes of each frame wherever it stands, once it is known.
        let mut edits: Vec<Option<FrameEdit>> = vec![None; profile.frame_count()];
        // Whether a stack has nothing but roots so far, so that the next frame may be one too.
        let mut at_root = vec![false; profile.stacks().len()];
        if let Some(root) = at_root.first_mut() {
            *root = true;
        }
        let plain = self.plain_frames(profile);
        let cleaned = profile.rewritten(|target, stack, frame| {
            // Most frames stay wherever they stand, and nothing that stands behind them is a root.
            if plain[frame.index()] {
                return FrameEdit::Keep;
            }
            let parent = profile.stacks().parent(stack);
            let is_first = at_root[parent.index()];
            let role = self.roles[frame.index()];
            at_root[stack.index()] = is_first && matches!(role, Role::Process | Role::Root);
            if (is_first && role == Role::Root) || self.charged.get(stack.index()).is_some_and(|&charged| charged) {
                return FrameEdit::Drop;
            }
            let edit = *edits[frame.index()].get_or_insert_with(|| self.edit(target, frame));
            let group = match role {
                _ if parent == StackId::ROOT && self.truncated.contains(&frame) => TRUNCATED,
                Role::Work(group) if is_first => group,
                Role::Assist if self.roles[profile.stacks().frame(parent).index()] != Role::AssistGroup => ASSIST,
                _ => return edit,
            };
            let group = target.intern_named_frame(group, FrameKind::Marker);
            match edit {
                FrameEdit::Keep => FrameEdit::Under(group, frame),
                FrameEdit::Replace(other) => FrameEdit::Under(group, other),
                dropped => dropped,
            }
        });
        keep_leaves(profile, cleaned)
    }

    /// For each frame whether no rule has anything to do with it.
    fn plain_frames(&self, profile: &Profile) -> Vec<bool> {
        let depends_on_stack = !self.truncated.is_empty() || self.charged.contains(&true);
        let is_plain = |index: usize| {
            let frame = profile.frame(FrameId::from_index(index));
            let is_renamed = self.names[frame.function.index()].is_some() && may_be_renamed(frame.kind);
            !depends_on_stack && self.roles[index] == Role::None && !self.dropped[index] && !is_renamed
        };
        (0..profile.frame_count()).map(is_plain).collect()
    }

    /// What becomes of a frame wherever it stands.
    pub(crate) fn edit(&self, target: &mut Profile, frame_id: FrameId) -> FrameEdit {
        if self.dropped[frame_id.index()] {
            return FrameEdit::Drop;
        }
        let frame = *target.frame(frame_id);
        let name = self.names[frame.function.index()].as_deref().filter(|_| may_be_renamed(frame.kind));
        let Some(name) = name else { return FrameEdit::Keep };
        let old = *target.function(frame.function);
        let name = target.intern(name);
        let system_name = if old.system_name == StringId::EMPTY { old.name } else { old.system_name };
        let function = target.intern_function(Function { name, system_name, ..old });
        FrameEdit::Replace(target.intern_frame(Frame { function, ..frame }))
    }
}

/// The role of each frame, and whether it is left out wherever it stands. Both go by its function and kind, and most
/// functions have many frames.
fn roles_and_dropped(profile: &Profile, rules: &[Rule]) -> (Vec<Role>, Vec<bool>) {
    let hides_wrappers = rules.contains(&Rule::HideWrappers);
    let mut known: Vec<Option<(FrameKind, Role, bool)>> = vec![None; profile.function_count()];
    let judge = |frame: FrameId| {
        let Frame { function, kind, .. } = *profile.frame(frame);
        match known[function.index()] {
            Some((of_kind, role, dropped)) if of_kind == kind => (role, dropped),
            _ => {
                let judged = (role_of(profile, frame, rules), hides_wrappers && is_wrapper(profile, frame));
                known[function.index()] = Some((kind, judged.0, judged.1));
                judged
            }
        }
    };
    (0..profile.frame_count()).map(FrameId::from_index).map(judge).unzip()
}

fn role_of(profile: &Profile, frame_id: FrameId, rules: &[Rule]) -> Role {
    let has = |rule: Rule| rules.contains(&rule);
    let name = profile.frame_name(frame_id);
    match profile.frame(frame_id).kind {
        FrameKind::Process => return Role::Process,
        FrameKind::Marker if name == ASSIST => return Role::AssistGroup,
        FrameKind::Kernel | FrameKind::Native | FrameKind::Marker => return Role::None,
        _ => {}
    }
    // All that have a role are of these packages.
    if !name.starts_with("runtime.") && !name.starts_with("testing.") {
        return Role::None;
    }
    if (has(Rule::TrimRoots) && is_goroutine_root(name)) || (has(Rule::TrimHarness) && is_harness(name)) {
        return Role::Root;
    }
    if !has(Rule::GroupRuntime) {
        return Role::None;
    }
    if is_assist(name) {
        return Role::Assist;
    }
    group_of_root(name).map_or(Role::None, Role::Work)
}

/// For each function its new name, if the rules give it one.
fn new_names(profile: &Profile, rules: &[Rule]) -> Vec<Option<String>> {
    let has = |rule: Rule| rules.contains(&rule);
    let stable = if has(Rule::StableClosures) { stable_names(profile) } else { BTreeMap::new() };
    let (short_generics, plain_modules) = (has(Rule::ShortGenerics), has(Rule::PlainModules));
    let plain_addresses = has(Rule::PlainAddresses);
    let new_name = |id: FunctionId| {
        let old = profile.string(profile.function(id).name);
        let mut name = Cow::Borrowed(stable.get(&id).map_or(old, String::as_str));
        // Few names have a bracket or begin a version, and only those have to be taken apart.
        let shortens = short_generics && name.as_bytes().contains(&b'[');
        let moves = plain_modules && may_have_version(&name);
        if (shortens || moves) && GoName::parse(old).is_some() {
            if shortens {
                name = Cow::Owned(shorten_type_arguments(&name).into_owned());
            }
            if moves {
                name = Cow::Owned(plain_import_path(&name).into_owned());
            }
        }
        if plain_addresses {
            let plain = without_addresses(&name);
            if *plain != *name {
                name = Cow::Owned(plain.into_owned());
            }
        }
        (name != old).then(|| name.into_owned())
    };
    (0..profile.function_count()).map(FunctionId::from_index).map(new_name).collect()
}

/// Names of the kernel, and those that are no function's, are as they are.
fn may_be_renamed(kind: FrameKind) -> bool {
    !matches!(kind, FrameKind::Kernel | FrameKind::Process | FrameKind::Marker)
}

/// Gives samples that lost every frame their leaf back.
fn keep_leaves(original: &Profile, mut cleaned: Profile) -> (Profile, Vec<Warning>) {
    let mut samples = 0;
    for row in 0..cleaned.sample_count() {
        let before = original.sample(row).stack;
        if before != StackId::ROOT && cleaned.sample(row).stack == StackId::ROOT {
            // Frame ids of the original are valid in what was rewritten from it: its tables only grew.
            let leaf = cleaned.push_stack(StackId::ROOT, original.stacks().frame(before));
            cleaned.set_stack(row, leaf);
            samples += 1;
        }
    }
    let warnings = if samples == 0 { Vec::new() } else { vec![Warning::NothingLeft { samples }] };
    (cleaned, warnings)
}

fn is_wrapper(profile: &Profile, frame: FrameId) -> bool {
    let function = profile.function(profile.frame(frame).function);
    let name = profile.string(function.name);
    let is_generated = profile.string(function.file) == "<autogenerated>";
    // Few names have to be taken apart.
    if !is_generated && !may_be_wrapper(name) {
        return false;
    }
    if !may_be_go(profile.frame(frame), name) || generated_for_type(name).is_some() {
        return false;
    }
    let Some(parsed) = GoName::parse(name) else { return false };
    // Package initialisers are in `<autogenerated>` too, but they do the work themselves.
    parsed.is_wrapper() || (is_generated && parsed.function != "init")
}

/// Whether a name ends as those of wrappers do.
fn may_be_wrapper(name: &str) -> bool {
    let number = name.trim_end_matches(|last: char| last.is_ascii_digit());
    name.ends_with("-fm") || number.ends_with("wrap")
}

fn may_be_go(frame: &Frame, name: &str) -> bool {
    match frame.kind {
        FrameKind::Go => true,
        FrameKind::Unknown => GoName::parse(name).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{Sample, ValueType};

    /// A profile from folded lines; a frame may carry its file as `name@file` and the kind process as `#name`.
    fn profile_of(folded: &str) -> Profile {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        for line in folded.lines() {
            let (stack, count) = line.trim().rsplit_once(' ').unwrap();
            let mut node = StackId::ROOT;
            for frame in stack.split('|') {
                let (name, file) = frame.split_once('@').unwrap_or((frame, ""));
                let (name, kind) = match name.strip_prefix('#') {
                    Some(name) => (name, FrameKind::Process),
                    None => (name, FrameKind::Go),
                };
                let function =
                    Function { name: profile.intern(name), file: profile.intern(file), ..Function::default() };
                let function = profile.intern_function(function);
                let frame = profile.intern_frame(Frame { function, kind, ..Frame::default() });
                node = profile.push_stack(node, frame);
            }
            profile.add_sample(Sample::new(node, &[count.parse().unwrap()]));
        }
        profile
    }

    fn folded_of(profile: &Profile) -> String {
        let mut lines: Vec<String> = Vec::new();
        for sample in profile.samples() {
            let mut names: Vec<&str> =
                profile.stacks().frames(sample.stack).map(|frame| profile.frame_name(frame)).collect();
            names.reverse();
            lines.push(format!("{} {}", names.join("|"), sample.values[0]));
        }
        lines.join("\n")
    }

    #[track_caller]
    fn check(rules: &[Rule], folded: &str, expect: &str) {
        let profile = profile_of(folded);
        let (cleaned, _) = clean(&profile, rules);
        assert_eq!(folded_of(&cleaned), expect);
        let mut in_place = profile.clone();
        let _ = clean_in_place(&mut in_place, rules);
        assert_eq!(folded_of(&in_place), expect, "in place");
        assert_eq!(in_place.stacks().len(), cleaned.stacks().len());
        let (again, warnings) = clean(&cleaned, rules);
        if warnings.is_empty() {
            assert_eq!(folded_of(&again), expect, "cleaning twice changes nothing");
        }
    }

    #[test]
    fn stacks_that_become_alike_are_one() {
        check(
            &[Rule::ShortGenerics],
            "main.f[int]|main.g 1\nmain.f[string]|main.g 2\nmain.f[...]|main.h[int] 3\nmain.k 4",
            "main.f[...]|main.g 1\nmain.f[...]|main.g 2\nmain.f[...]|main.h[...] 3\nmain.k 4",
        );
    }

    #[test]
    fn roots_are_trimmed_at_the_root_only() {
        check(
            &[Rule::TrimRoots],
            "runtime.goexit|runtime.main|main.main|main.f 3\nruntime.goexit|main.worker 2\n\
             runtime.mstart|runtime.mstart0|runtime.mstart1|runtime.schedule 1\nmain.f|runtime.main 4\n\
             #app|runtime.goexit|main.worker 5",
            "main.main|main.f 3\nmain.worker 2\nruntime.schedule 1\nmain.f|runtime.main 4\napp|main.worker 5",
        );
    }

    #[test]
    fn a_sample_of_roots_only_keeps_its_leaf() {
        let profile = profile_of("runtime.goexit|runtime.main 7\nruntime.goexit|main.f 1");
        let (cleaned, warnings) = clean(&profile, &Rule::ALL);
        assert_eq!(folded_of(&cleaned), "runtime.main 7\nmain.f 1");
        assert_eq!(warnings, [Warning::NothingLeft { samples: 1 }]);
        assert_eq!(cleaned.totals(), profile.totals());
    }

    #[test]
    fn wrappers_are_hidden() {
        check(
            &[Rule::HideWrappers],
            "main.main|main.(*T).M-fm|main.(*T).M 1\nmain.main.gowrap1|main.work 2\n\
             main.main|main.(*T).M@<autogenerated>|main.T.M@t.go 3\nmain.main|main.f.func1.deferwrap2 4\n\
             main.init@<autogenerated>|main.setup 5\nmain.f|type:.eq.main.T@<autogenerated> 6",
            "main.main|main.(*T).M 1\nmain.work 2\nmain.main|main.T.M 3\nmain.main 4\nmain.init|main.setup 5\n\
             main.f|type:.eq.main.T 6",
        );
    }

    #[test]
    fn generics_are_shortened() {
        let folded =
            "main.main|main.Map[go.shape.int]|main.Map[go.shape.int].func1 1\nmain.main|main.Map[go.shape.string] 2";
        check(
            &[Rule::ShortGenerics],
            folded,
            "main.main|main.Map[...]|main.Map[...].func1 1\nmain.main|main.Map[...] 2",
        );
        let profile = profile_of(folded);
        let (cleaned, _) = clean(&profile, &[Rule::ShortGenerics]);
        let frame = cleaned.stacks().frame(cleaned.sample(1).stack);
        let function = cleaned.function(cleaned.frame(frame).function);
        assert_eq!(cleaned.string(function.system_name), "main.Map[go.shape.string]");
    }

    #[test]
    fn work_of_the_runtime_stands_under_its_group() {
        check(
            &[Rule::TrimRoots, Rule::GroupRuntime],
            "runtime.goexit|runtime.gcBgMarkWorker|runtime.gcDrain 3\nruntime.mcall|runtime.park_m 2\n\
             main.f|runtime.mallocgc|runtime.gcAssistAlloc|runtime.gcDrainN 4\n#app|runtime.bgsweep 1\nmain.f|runtime.mcall 1",
            "[GC]|runtime.gcBgMarkWorker|runtime.gcDrain 3\n[scheduler]|runtime.mcall|runtime.park_m 2\n\
             main.f|runtime.mallocgc|[GC assist]|runtime.gcAssistAlloc|runtime.gcDrainN 4\napp|[GC]|runtime.bgsweep 1\n\
             main.f|runtime.mcall 1",
        );
    }

    #[test]
    fn test_runners_are_trimmed_at_the_root() {
        check(
            &[Rule::TrimRoots, Rule::TrimHarness],
            "runtime.goexit|testing.(*B).launch|testing.(*B).runN|main.BenchmarkF|main.F 3\n\
             testing.tRunner|main.TestF 1\nmain.f|testing.tRunner 1",
            "main.BenchmarkF|main.F 3\nmain.TestF 1\nmain.f|testing.tRunner 1",
        );
    }

    #[test]
    fn helpers_are_charged_to_their_callers() {
        check(
            &[Rule::ChargeCallers],
            "main.f|runtime.mallocgc|runtime.gcAssistAlloc 3\nmain.f|memeqbody 2\nruntime.mcall|runtime.park_m 1\n\
             main.f|runtime.reflectcall|main.g 4\nmain.f 1",
            "main.f 3\nmain.f 2\nruntime.mcall|runtime.park_m 1\nmain.f|runtime.reflectcall|main.g 4\nmain.f 1",
        );
    }

    #[test]
    fn names_lose_versions_and_addresses() {
        check(
            &[Rule::PlainModules, Rule::PlainAddresses, Rule::ShortGenerics],
            "a.b/c/v2.F[int]|x/vendor/a.b/c.(*T).M|[perf-123.map]|f 0x7f001234|runtime.f.abi0 1",
            "a.b/c.F[...]|a.b/c.(*T).M|[perf-N.map]|f 0x...|runtime.f 1",
        );
    }

    #[test]
    fn cut_stacks_are_marked() {
        let cut = (0..64).map(|index| format!("main.f{index}")).collect::<Vec<_>>().join("|");
        let deep = (0..64).map(|index| format!("main.g{index}")).collect::<Vec<_>>().join("|");
        // `main.f0` is called by others, so it is no entry point; `main.g0` may be one.
        let folded = format!("{cut} 5\nmain.main|main.f0 1\n{deep} 2");
        check(&[Rule::MarkTruncated], &folded, &format!("[truncated]|{cut} 5\nmain.main|main.f0 1\n{deep} 2"));
    }

    #[test]
    fn names_that_are_not_go_stay() {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        for (name, kind) in
            [("[kernel.kallsyms]", FrameKind::Kernel), ("f_[k]", FrameKind::Unknown), ("operator[]", FrameKind::Native)]
        {
            let frame = profile.intern_named_frame(name, kind);
            let stack = profile.push_stack(StackId::ROOT, frame);
            profile.add_sample(Sample::new(stack, &[1]));
        }
        let (cleaned, warnings) = clean(&profile, &Rule::ALL);
        assert_eq!(folded_of(&cleaned), folded_of(&profile));
        assert_eq!(warnings, []);
    }
}
