//! A profile to folded text.

use std::io;

use firesteel_model::{FrameId, LabelSetId, LabelValue, Profile, RootBy, StackId, Thread, ThreadId};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::annotation::{Annotated, annotated, root_label};
use super::options::FoldOptions;
use super::output::{LabelId, StackList};
use crate::error::Error;
use crate::perf_script::BLANK;

/// Writes a profile as folded text: stacks that read alike are one line, lines are sorted bytewise.
/// Returns the number of lines.
///
/// In names, `;` becomes `:` and line breaks become spaces. Times have no place in the format, labels only as frames, where
/// the options ask for it. Stacks whose sum is zero are left out; a stack without frames is `[unknown]`.
///
/// # Errors
///
/// [`Error::NoSuchColumn`], and when writing fails.
pub fn write(profile: &Profile, options: &FoldOptions, output: &mut impl io::Write) -> Result<u64, Error> {
    let column = options.column.resolve(profile)?;
    let decimals = profile.sample_types().get(column).map_or(0, |sample_type| sample_type.decimals);
    let mut list = StackList::default();
    let mut labels = FrameLabels::new(profile, options);
    let mut roots: HashMap<ThreadId, Option<LabelId>, SeedableState<'static>> =
        HashMap::with_hasher(SeedableState::fixed());
    let mut label_frames: HashMap<LabelSetId, Vec<LabelId>, SeedableState<'static>> =
        HashMap::with_hasher(SeedableState::fixed());
    let mut frames = Vec::new();
    for ((thread, labels_of, stack), value) in sums(profile, column, options) {
        frames.clear();
        for frame in profile.stacks().frames(stack) {
            frames.push(labels.of(frame, &mut list));
            if !options.skip_after.is_empty() && options.skips_after(profile.frame_name(frame)) {
                break;
            }
        }
        // Frames stand leaf first.
        let values = label_frames.entry(labels_of).or_insert_with(|| {
            let keys = options.labels.iter().rev();
            keys.map(|key| list.label(&label_text(profile, labels_of, key))).collect()
        });
        frames.extend_from_slice(values);
        let root = *roots.entry(thread).or_insert_with(|| {
            let thread = profile.thread(thread);
            root_text(options.root, thread, profile.string(thread.name)).map(|text| list.label(&root_label(&text)))
        });
        list.push(root, frames.iter().copied(), value);
    }
    list.write(decimals, output)
}

/// The frame that stands for a label of a set.
fn label_text(profile: &Profile, labels: LabelSetId, key: &str) -> Vec<u8> {
    let mut text = Vec::new();
    for label in profile.labels(labels).iter().filter(|label| profile.string(label.key) == key) {
        if !text.is_empty() {
            text.push(b',');
        }
        match label.value {
            LabelValue::Text(value) => text.extend_from_slice(profile.string(value).as_bytes()),
            LabelValue::Number { value, unit } => {
                text.extend_from_slice(value.to_string().as_bytes());
                text.extend_from_slice(profile.string(unit).as_bytes());
            }
        }
    }
    if text.is_empty() {
        return format!("[no {key}]").into_bytes();
    }
    for byte in &mut text {
        *byte = match *byte {
            b';' => b':',
            b'\n' | b'\r' => b' ',
            other => other,
        };
    }
    text
}

/// What a line is about: thread and labels as far as the options ask for them, and the stack.
type LineKey = (ThreadId, LabelSetId, StackId);

/// The sums of a column by thread, labels and stack, in order of first appearance.
fn sums(profile: &Profile, column: usize, options: &FoldOptions) -> Vec<(LineKey, i64)> {
    let mut rows: HashMap<LineKey, usize, SeedableState<'static>> = HashMap::with_hasher(SeedableState::fixed());
    let mut sums: Vec<(LineKey, i64)> = Vec::new();
    for sample in profile.samples() {
        let thread = if options.root == RootBy::Nothing { ThreadId::NONE } else { sample.thread };
        let labels = if options.labels.is_empty() { LabelSetId::EMPTY } else { sample.labels };
        let key = (thread, labels, sample.stack);
        let row = *rows.entry(key).or_insert_with(|| {
            sums.push((key, 0));
            sums.len() - 1
        });
        let value = sample.values.get(column).copied().unwrap_or(0);
        if let Some((_, sum)) = sums.get_mut(row) {
            *sum = sum.saturating_add(value);
        }
    }
    sums
}

/// What frames are called in folded text.
pub(crate) struct FrameLabels<'a> {
    profile: &'a Profile,
    options: &'a FoldOptions,
    known: Vec<Option<LabelId>>,
    /// Labels of functions whose frames show nothing but the name.
    plain: Vec<Option<LabelId>>,
    text: Vec<u8>,
}

impl<'a> FrameLabels<'a> {
    pub(crate) fn new(profile: &'a Profile, options: &'a FoldOptions) -> Self {
        Self {
            profile,
            options,
            known: vec![None; profile.frame_count()],
            plain: vec![None; profile.function_count()],
            text: Vec::new(),
        }
    }

    /// The label of a frame in a list.
    pub(crate) fn of(&mut self, id: FrameId, list: &mut StackList) -> LabelId {
        if let Some(&Some(known)) = self.known.get(id.index()) {
            return known;
        }
        let frame = self.profile.frame(id);
        let function = frame.function.index();
        let shown = Annotated {
            name: self.profile.frame_name(id).as_bytes(),
            kind: frame.kind,
            inlined: frame.flags.inlined,
            unnamed: frame.flags.unnamed,
            blank: self.profile.string(self.profile.function(frame.function).system_name) == BLANK,
            mapping_file: self.profile.string(self.profile.mapping(frame.mapping).file).as_bytes(),
            address: frame.address,
            source_file: self.profile.string(self.profile.function(frame.function).file).as_bytes(),
            source_line: frame.line.0,
        };
        let is_plain = shown.is_plain(self.options);
        let known = self.plain.get(function).copied().flatten().filter(|_| is_plain);
        let label = known.unwrap_or_else(|| {
            self.text.clear();
            annotated(&shown, self.options, &mut self.text);
            list.label(&self.text)
        });
        if let Some(slot) = self.plain.get_mut(function).filter(|_| is_plain) {
            *slot = Some(label);
        }
        if let Some(slot) = self.known.get_mut(id.index()) {
            *slot = Some(label);
        }
        label
    }
}

/// What is put under the root for a thread: `comm`, `comm-pid` or `comm-pid/tid`, `?` for a process
/// that is not known, nothing for a name that is not known.
pub(crate) fn root_text(by: RootBy, thread: &Thread, name: &str) -> Option<String> {
    if *thread == Thread::default() {
        return None;
    }
    let process = thread.process.map_or_else(|| "?".to_owned(), |process| process.to_string());
    Some(match by {
        RootBy::Nothing => return None,
        RootBy::Name if name.is_empty() => return None,
        RootBy::Name => name.to_owned(),
        RootBy::Process => format!("{name}-{process}"),
        RootBy::Thread => {
            let thread = thread.thread.map_or_else(|| "?".to_owned(), |thread| thread.to_string());
            format!("{name}-{process}/{thread}")
        }
    })
}

#[cfg(test)]
mod tests {
    use firesteel_model::{
        Frame, FrameFlags, FrameKind, Function, Label, ProcessId, Sample, ThreadNumber, Unit, ValueType,
    };

    use super::*;
    use crate::folded::{Column, InlinedSuffix};

    fn sample_profile() -> Profile {
        let mut profile = Profile::new(vec![ValueType::samples(), ValueType::new("bytes", Unit::Bytes)]);
        let name = profile.intern("my app");
        let thread = profile.intern_thread(Thread { process: Some(ProcessId(7)), thread: Some(ThreadNumber(8)), name });
        let main = profile.intern_named_frame("main;x", FrameKind::Go);
        let jit = profile.intern_named_frame("Jit::run", FrameKind::Jit);
        let kernel = profile.intern_named_frame("sys\nread", FrameKind::Kernel);
        let name = profile.intern("hot");
        let function = profile.intern_function(Function { name, ..Function::default() });
        let flags = FrameFlags { inlined: true, ..FrameFlags::default() };
        let inlined = profile.intern_frame(Frame { function, flags, ..Frame::default() });
        let mut stack = StackId::ROOT;
        for (frame, value) in [(main, 1), (jit, 2), (inlined, 4), (kernel, 8)] {
            stack = profile.push_stack(stack, frame);
            profile.add_sample(Sample { thread, ..Sample::new(stack, &[value, 100]) });
        }
        profile
    }

    fn folded(options: &FoldOptions) -> String {
        let mut output = Vec::new();
        write(&sample_profile(), options, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn labels_become_frames() {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        let frame = profile.intern_named_frame("main", FrameKind::Go);
        let stack = profile.push_stack(StackId::ROOT, frame);
        let (route, size, unit) = (profile.intern("route"), profile.intern("size"), profile.intern("bytes"));
        let texts = ["/a;b", "/c"].map(|text| LabelValue::Text(profile.intern(text)));
        let number = LabelValue::Number { value: 512, unit };
        let sets = [
            vec![],
            vec![(route, texts[0]), (size, number)],
            vec![(route, texts[0]), (route, texts[1])],
            vec![(route, texts[0])],
        ];
        for (index, set) in sets.iter().enumerate() {
            let labels: Vec<Label> = set.iter().map(|&(key, value)| Label { key, value }).collect();
            let labels = profile.intern_labels(&labels);
            profile.add_sample(Sample { labels, ..Sample::new(stack, &[1 << index]) });
        }
        let check = |labels: &[&str]| {
            let options = FoldOptions {
                labels: labels.iter().map(|&label| label.to_owned()).collect(),
                ..FoldOptions::default()
            };
            let mut output = Vec::new();
            write(&profile, &options, &mut output).unwrap();
            String::from_utf8(output).unwrap()
        };
        insta::assert_snapshot!(check(&[]), @"main 15");
        insta::assert_snapshot!(check(&["route"]), @r"
        /a:b,/c;main 4
        /a:b;main 10
        [no route];main 1
        ");
        insta::assert_snapshot!(check(&["size", "route"]), @r"
        512bytes;/a:b;main 2
        [no size];/a:b,/c;main 4
        [no size];/a:b;main 8
        [no size];[no route];main 1
        ");
    }

    #[test]
    fn root_suffixes_and_column_are_chosen() {
        insta::assert_snapshot!(folded(&FoldOptions::default()), @r"
        my_app;main:x 1
        my_app;main:x;Jit::run 2
        my_app;main:x;Jit::run;hot 4
        my_app;main:x;Jit::run;hot;sys read 8
        ");
        insta::assert_snapshot!(folded(&FoldOptions {
            root: RootBy::Thread,
            annotate_kernel: true,
            annotate_jit: true,
            annotate_inlined: InlinedSuffix::Always,
            column: Column::Named("bytes".to_owned()),
            ..FoldOptions::default()
        }), @r"
        my_app-7/8;main:x 100
        my_app-7/8;main:x;Jit::run_[j] 100
        my_app-7/8;main:x;Jit::run_[j];hot_[i] 100
        my_app-7/8;main:x;Jit::run_[j];hot_[i];sys read_[k] 100
        ");
        let error = write(
            &sample_profile(),
            &FoldOptions { column: Column::Index(2), ..FoldOptions::default() },
            &mut Vec::new(),
        );
        insta::assert_snapshot!(error.unwrap_err().to_string(), @"no sample type `2` in the profile; there are: samples, bytes");
    }
}
