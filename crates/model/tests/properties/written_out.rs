//! The canonical form of a profile: equal for profiles that say the same, whatever their ids and their order.

use std::collections::BTreeMap;

use firesteel_model::{LabelValue, Losses, Profile, SampleView};

/// What a sample is of, in text.
type Key = (Vec<String>, Vec<String>, String, Option<u64>);

/// A profile with every id replaced by what it stands for, columns and samples sorted, alike samples added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenOut {
    /// Name, unit and decimals of the columns.
    pub(crate) columns: Vec<(String, String, u8)>,
    /// The values by sample, in the order of `columns`.
    pub(crate) samples: BTreeMap<Key, Vec<i64>>,
    pub(crate) losses: Losses,
}

impl WrittenOut {
    pub(crate) fn of(profile: &Profile) -> Self {
        let mut order: Vec<usize> = (0..profile.sample_types().len()).collect();
        order.sort_by_key(|&column| &profile.sample_types()[column]);
        let mut samples: BTreeMap<Key, Vec<i64>> = BTreeMap::new();
        for sample in profile.samples() {
            let sums = samples.entry(key(profile, &sample)).or_insert_with(|| vec![0; order.len()]);
            for (sum, &column) in sums.iter_mut().zip(&order) {
                *sum += sample.values[column];
            }
        }
        samples.retain(|_, sums| sums.iter().any(|&sum| sum != 0));
        let columns = order.iter().map(|&column| {
            let column = &profile.sample_types()[column];
            (column.name.clone(), column.unit.to_string(), column.decimals)
        });
        Self { columns: columns.collect(), samples, losses: profile.metadata.losses }
    }
}

fn key(profile: &Profile, sample: &SampleView<'_>) -> Key {
    let frames = profile.stacks().frames(sample.stack).map(|id| frame_text(profile, id)).collect();
    let labels = profile.labels(sample.labels).iter().map(|label| {
        let key = profile.string(label.key);
        match label.value {
            LabelValue::Text(text) => format!("{key}={:?}", profile.string(text)),
            LabelValue::Number { value, unit } => format!("{key}={value} {}", profile.string(unit)),
        }
    });
    let thread = profile.thread(sample.thread);
    let thread = format!("{:?} {:?} {}", thread.process, thread.thread, profile.string(thread.name));
    (frames, labels.collect(), thread, sample.time.map(|time| time.0))
}

fn frame_text(profile: &Profile, id: firesteel_model::FrameId) -> String {
    let frame = profile.frame(id);
    let function = profile.function(frame.function);
    let mapping = profile.mapping(frame.mapping);
    let string = |id| profile.string(id);
    format!(
        "{} ({}) at {}:{} from {}, {:?} {} in {} {}..{}+{} {}, {:?}",
        string(function.name),
        string(function.system_name),
        string(function.file),
        frame.line,
        function.start_line,
        frame.kind,
        frame.address,
        string(mapping.file),
        mapping.start,
        mapping.limit,
        mapping.file_offset,
        string(mapping.build_id),
        frame.flags,
    )
}
