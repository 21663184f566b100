//! A profile to a pprof protobuf.

use std::io::Write as _;

use firesteel_model::{LabelSetId, LabelValue, Profile, StackId, StringId, ThreadId};
use flate2::Compression;
use flate2::write::GzEncoder;
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::decode::field::profile as field;
use super::encode::Encoder;
use super::wire::{put_bytes, put_field, put_number};

/// How to write a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The thread of each sample as labels `comm`, `pid` and `tid`. Without, samples of all threads
    /// are added up.
    pub threads: bool,
}

/// Writes a profile as pprof protobuf, not compressed.
///
/// Samples are added up by stack and labels: the format has no place for times. Values with decimals
/// are rounded to whole numbers. Same profile, same bytes.
#[must_use]
pub fn write(profile: &Profile) -> Vec<u8> {
    write_with(profile, &WriteOptions::default())
}

/// Writes a profile as pprof protobuf, not compressed, with options.
#[must_use]
pub fn write_with(profile: &Profile, options: &WriteOptions) -> Vec<u8> {
    let mut encoder = Encoder::new(profile);
    let mut output = Vec::new();
    for sample_type in profile.sample_types() {
        let message = encoder.value_type(sample_type);
        put_bytes(field::SAMPLE_TYPE, &message, &mut output);
    }
    write_samples(profile, options, &mut encoder, &mut output);
    write_metadata(profile, &mut encoder, &mut output);
    encoder.finish(&mut output);
    output
}

/// Writes a profile as pprof protobuf in gzip, the usual form of `.pb.gz` files.
#[must_use]
pub fn write_gzip(profile: &Profile, options: &WriteOptions) -> Vec<u8> {
    let plain = write_with(profile, options);
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::default());
    match encoder.write_all(&plain).and_then(|()| encoder.finish()) {
        Ok(compressed) => compressed,
        // Writing to memory does not fail; if it ever did, the plain form is as good to every reader.
        Err(_) => plain,
    }
}

type Key = (StackId, LabelSetId, ThreadId);

fn write_samples(profile: &Profile, options: &WriteOptions, encoder: &mut Encoder<'_>, output: &mut Vec<u8>) {
    let width = profile.sample_types().len();
    let mut rows: HashMap<Key, usize, SeedableState<'static>> = HashMap::with_hasher(SeedableState::fixed());
    let mut keys: Vec<Key> = Vec::new();
    let mut sums: Vec<i64> = Vec::new();
    for sample in profile.samples() {
        let thread = if options.threads { sample.thread } else { ThreadId::NONE };
        let key = (sample.stack, sample.labels, thread);
        let row = *rows.entry(key).or_insert_with(|| {
            keys.push(key);
            keys.len() - 1
        });
        sums.resize(keys.len() * width, 0);
        let slots = sums.get_mut(row * width..).unwrap_or_default();
        for (slot, value) in slots.iter_mut().zip(sample.values) {
            *slot = slot.saturating_add(*value);
        }
    }
    let divisors: Vec<i64> =
        profile.sample_types().iter().map(|t| 10i64.saturating_pow(u32::from(t.decimals))).collect();
    let (mut message, mut packed) = (Vec::new(), Vec::new());
    for (row, &(stack, labels, thread)) in keys.iter().enumerate() {
        let values = sums.get(row * width..(row + 1) * width).unwrap_or(&[]);
        if values.iter().all(|&value| value == 0) {
            continue;
        }
        message.clear();
        packed.clear();
        encoder.push_locations(stack, &mut packed);
        put_bytes(1, &packed, &mut message);
        packed.clear();
        for (&value, &divisor) in values.iter().zip(&divisors) {
            put_number(rounded(value, divisor) as u64, &mut packed);
        }
        put_bytes(2, &packed, &mut message);
        write_labels(profile, labels, encoder, &mut message);
        if thread != ThreadId::NONE {
            write_thread(profile, thread, encoder, &mut message);
        }
        put_bytes(field::SAMPLE, &message, output);
    }
}

/// Divides, rounding half away from zero.
fn rounded(value: i64, divisor: i64) -> i64 {
    if divisor <= 1 {
        return value;
    }
    let rest = value % divisor;
    value / divisor + if rest.abs() >= divisor / 2 { rest.signum() } else { 0 }
}

fn write_labels(profile: &Profile, labels: LabelSetId, encoder: &mut Encoder<'_>, message: &mut Vec<u8>) {
    let mut text = |id: StringId| encoder.string(profile.string(id));
    for label in profile.labels(labels) {
        let mut encoded = Vec::new();
        put_field(1, text(label.key), &mut encoded);
        match label.value {
            LabelValue::Text(value) => put_field(2, text(value), &mut encoded),
            LabelValue::Number { value, unit } => {
                put_field(3, value as u64, &mut encoded);
                put_field(4, text(unit), &mut encoded);
            }
        }
        put_bytes(3, &encoded, message);
    }
}

fn write_thread(profile: &Profile, thread: ThreadId, encoder: &mut Encoder<'_>, message: &mut Vec<u8>) {
    let thread = profile.thread(thread);
    let name = profile.string(thread.name);
    let name = (!name.is_empty()).then(|| (2, encoder.string(name)));
    let process = thread.process.map(|process| (3, u64::from(process.0)));
    let number = thread.thread.map(|number| (3, u64::from(number.0)));
    for (key, value) in [("comm", name), ("pid", process), ("tid", number)] {
        if let Some((field, value)) = value {
            let mut encoded = Vec::new();
            put_field(1, encoder.string(key), &mut encoded);
            put_field(field, value, &mut encoded);
            put_bytes(3, &encoded, message);
        }
    }
}

fn write_metadata(profile: &Profile, encoder: &mut Encoder<'_>, output: &mut Vec<u8>) {
    let metadata = &profile.metadata;
    put_field(field::DROP_FRAMES, encoder.string(&metadata.drop_frames), output);
    put_field(field::KEEP_FRAMES, encoder.string(&metadata.keep_frames), output);
    put_field(field::TIME_NANOS, metadata.start.map_or(0, |start| start.0) as u64, output);
    put_field(field::DURATION_NANOS, metadata.duration.map_or(0, |duration| duration.0), output);
    if let Some(period) = &metadata.period {
        let message = encoder.value_type(&period.value_type);
        put_bytes(field::PERIOD_TYPE, &message, output);
        put_field(field::PERIOD, period.value as u64, output);
    }
    for comment in &metadata.comments {
        put_field(field::COMMENT, encoder.string(comment), output);
    }
    if let Some(sample_type) = profile.sample_types().get(profile.default_sample_type()) {
        put_field(field::DEFAULT_SAMPLE_TYPE, encoder.string(&sample_type.name), output);
    }
    put_field(field::DOC_URL, encoder.string(&metadata.documentation_url), output);
}
