//! Profiles as plain nested data: what the generators make, and what naive computations read.

use firesteel_model::{
    Address, Frame, FrameFlags, FrameKind, Function, Label, LabelValue, LineNumber, Mapping, Nanoseconds, ProcessId,
    Profile, Sample, StackId, Thread, ThreadNumber, Unit, ValueType,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::subsequence;

/// Function names, few enough that stacks share prefixes and recurse, one of them empty.
const NAMES: [&str; 6] = ["main.main", "main.work", "runtime.memmove", "日本.語", "[unknown]", ""];

/// A profile before any interning.
#[derive(Clone, Debug)]
pub(crate) struct DescribedProfile {
    pub(crate) sample_types: Vec<ValueType>,
    pub(crate) samples: Vec<DescribedSample>,
    pub(crate) lost_samples: u64,
}

/// A sample with everything spelled out; `frames` from the root to the leaf.
#[derive(Clone, Debug)]
pub(crate) struct DescribedSample {
    pub(crate) frames: Vec<DescribedFrame>,
    pub(crate) values: Vec<i64>,
    pub(crate) labels: Vec<(String, DescribedLabel)>,
    pub(crate) thread: Option<(u32, u32, String)>,
    pub(crate) time: Option<u64>,
}

/// A frame with everything spelled out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DescribedFrame {
    pub(crate) name: &'static str,
    pub(crate) line: u32,
    pub(crate) address: u64,
    pub(crate) mapping: Option<&'static str>,
    pub(crate) kind: FrameKind,
    pub(crate) inlined: bool,
}

/// The value of a label.
#[derive(Clone, Debug)]
pub(crate) enum DescribedLabel {
    Text(String),
    Number(i64, String),
}

impl DescribedProfile {
    /// The profile, interned in the order of the samples.
    pub(crate) fn build(&self) -> Profile {
        let mut profile = Profile::new(self.sample_types.clone());
        profile.metadata.losses.lost_samples = self.lost_samples;
        for sample in &self.samples {
            let mut stack = StackId::ROOT;
            for frame in &sample.frames {
                let frame = frame.intern(&mut profile);
                stack = profile.push_stack(stack, frame);
            }
            let labels = intern_labels(&mut profile, &sample.labels);
            let thread = match &sample.thread {
                None => firesteel_model::ThreadId::NONE,
                Some((process, thread, name)) => {
                    let name = profile.intern(name);
                    let (process, thread) = (Some(ProcessId(*process)), Some(ThreadNumber(*thread)));
                    profile.intern_thread(Thread { process, thread, name })
                }
            };
            let time = sample.time.map(Nanoseconds);
            profile.add_sample(Sample { stack, values: &sample.values, labels, thread, time });
        }
        profile
    }
}

impl DescribedSample {
    /// Names of the frames as they are shown, from the root to the leaf.
    pub(crate) fn shown_names(&self) -> Vec<&'static str> {
        self.frames.iter().map(|frame| if frame.name.is_empty() { "[unknown]" } else { frame.name }).collect()
    }
}

impl DescribedFrame {
    fn intern(&self, profile: &mut Profile) -> firesteel_model::FrameId {
        let name = profile.intern(self.name);
        let function = profile.intern_function(Function { name, ..Function::default() });
        let mapping = match self.mapping {
            None => firesteel_model::MappingId::NONE,
            Some(file) => {
                let file = profile.intern(file);
                profile.intern_mapping(Mapping { file, limit: Address(4096), ..Mapping::default() })
            }
        };
        profile.intern_frame(Frame {
            function,
            line: LineNumber(self.line),
            mapping,
            address: Address(self.address),
            kind: self.kind,
            flags: FrameFlags { inlined: self.inlined, unnamed: false },
        })
    }
}

/// Interns labels in the order given.
pub(crate) fn intern_labels(profile: &mut Profile, labels: &[(String, DescribedLabel)]) -> firesteel_model::LabelSetId {
    let labels: Vec<Label> = labels
        .iter()
        .map(|(key, value)| Label {
            key: profile.intern(key),
            value: match value {
                DescribedLabel::Text(text) => LabelValue::Text(profile.intern(text)),
                DescribedLabel::Number(value, unit) => LabelValue::Number { value: *value, unit: profile.intern(unit) },
            },
        })
        .collect();
    profile.intern_labels(&labels)
}

/// Profiles with `samples/count` and a choice of other columns, in any order. Values are small enough that no
/// sum saturates: what happens beyond is tested in `extremes`.
pub(crate) fn profiles() -> impl Strategy<Value = DescribedProfile> {
    let others = vec![
        ValueType::cpu(),
        ValueType::new("weight", Unit::Count),
        ValueType::new("space", Unit::Other("pages".to_owned())),
    ];
    let columns = (subsequence(others, 0..=3), 0u8..4)
        .prop_map(|(mut columns, decimals)| {
            columns.push(ValueType::samples());
            for column in columns.iter_mut().filter(|column| column.name == "weight") {
                column.decimals = decimals;
            }
            columns
        })
        .prop_shuffle();
    columns.prop_flat_map(|sample_types| {
        let width = sample_types.len();
        (vec(samples(width), 0..16), 0u64..3).prop_map(move |(samples, lost_samples)| DescribedProfile {
            sample_types: sample_types.clone(),
            samples,
            lost_samples,
        })
    })
}

fn samples(width: usize) -> impl Strategy<Value = DescribedSample> {
    let thread = option::of((1u32..4, 1u32..4, one_of(["", "a", "b"])));
    (vec(frames(), 0..7), vec(-9i64..1_000, width), labels(), thread, option::weighted(0.3, 0u64..4))
        .prop_map(|(frames, values, labels, thread, time)| DescribedSample { frames, values, labels, thread, time })
}

fn frames() -> impl Strategy<Value = DescribedFrame> {
    let mapping = prop_oneof![Just(None), Just(Some("/bin/app")), Just(Some("[vdso]"))];
    let kind = prop_oneof![Just(FrameKind::Go), Just(FrameKind::Native)];
    (prop::sample::select(&NAMES[..]), 0u32..2, 0u64..2, mapping, kind, any::<bool>()).prop_map(
        |(name, line, address, mapping, kind, inlined)| DescribedFrame { name, line, address, mapping, kind, inlined },
    )
}

/// Sets of labels with few keys and values, so that equal and nearly equal ones meet.
pub(crate) fn labels() -> impl Strategy<Value = Vec<(String, DescribedLabel)>> {
    let value = prop_oneof![
        one_of(["", "x", "y"]).prop_map(DescribedLabel::Text),
        (0i64..3, one_of(["", "bytes"])).prop_map(|(value, unit)| DescribedLabel::Number(value, unit)),
    ];
    vec((one_of(["k", "l"]), value), 0..4)
}

fn one_of<const N: usize>(texts: [&'static str; N]) -> impl Strategy<Value = String> {
    prop::sample::select(texts.to_vec()).prop_map(str::to_owned)
}
