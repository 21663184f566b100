//! Samples in the order in which they were taken, thread by thread, for formats that have a line of time.

use firesteel_model::{Profile, SampleView, ThreadId, Unit};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

/// The samples of a thread.
pub(crate) struct Track {
    /// The thread.
    pub(crate) thread: ThreadId,
    /// Its samples by time, those without a time first; equal ones in the order of the profile.
    pub(crate) rows: Vec<usize>,
}

/// A sample with its place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    /// The sample.
    pub(crate) row: usize,
    /// When it begins, in the unit of the column (nanoseconds if that is time).
    pub(crate) start: i64,
    /// How long it lasts, its value: never negative.
    pub(crate) width: i64,
}

/// The threads of a profile in order of first appearance.
pub(crate) fn tracks(profile: &Profile) -> Vec<Track> {
    let mut numbers: HashMap<ThreadId, usize, SeedableState<'static>> = HashMap::with_hasher(SeedableState::fixed());
    let mut tracks: Vec<Track> = Vec::new();
    for (row, sample) in profile.samples().enumerate() {
        let number = *numbers.entry(sample.thread).or_insert(tracks.len());
        if number == tracks.len() {
            tracks.push(Track { thread: sample.thread, rows: Vec::new() });
        }
        if let Some(track) = tracks.get_mut(number) {
            track.rows.push(row);
        }
    }
    if profile.has_times() {
        for track in &mut tracks {
            track.rows.sort_by_key(|&row| profile.sample(row).time);
        }
    }
    tracks
}

/// The value column that is time: the wanted one if it is, else the default one, else the first that is.
pub(crate) fn time_column(profile: &Profile, wanted: Option<usize>) -> Option<usize> {
    let is_time = |column: &usize| {
        profile.sample_types().get(*column).is_some_and(|known| known.unit == Unit::Nanoseconds && known.decimals == 0)
    };
    match wanted {
        Some(column) => Some(column).filter(is_time),
        None => Some(profile.default_sample_type())
            .filter(is_time)
            .or_else(|| (0..profile.sample_types().len()).find(|column| is_time(column))),
    }
}

/// The value of a sample in a column, zero when it has none.
pub(crate) fn value(sample: &SampleView<'_>, column: usize) -> i64 {
    sample.values.get(column).copied().unwrap_or(0)
}

/// Lays samples out one after the other, each as long as its value. A sample with a time begins then, unless those before
/// it last longer; without a time it begins when the one before ends. Gaps of less than `1 / joined` of the sample are
/// closed by letting it begin earlier, so that what went on without a break is drawn so; zero closes none.
pub(crate) fn layout(profile: &Profile, track: &Track, column: usize, joined: i64) -> Vec<Slice> {
    let mut end: Option<i64> = None;
    let mut slices = Vec::with_capacity(track.rows.len());
    for &row in &track.rows {
        let sample = profile.sample(row);
        let width = value(&sample, column).max(0);
        let time = sample.time.and_then(|time| i64::try_from(time.0).ok());
        let start = match (time, end) {
            (Some(time), Some(end)) if time > end => {
                let closes = joined > 0 && time.saturating_sub(end) < width / joined;
                if closes { end } else { time }
            }
            (_, Some(end)) => end,
            (time, None) => time.unwrap_or(0),
        };
        end = Some(start.saturating_add(width));
        slices.push(Slice { row, start, width });
    }
    slices
}

/// What a thread is called: its name and numbers.
pub(crate) fn thread_title(profile: &Profile, id: ThreadId) -> String {
    let thread = profile.thread(id);
    let name = profile.string(thread.name);
    let numbers = match (thread.process, thread.thread) {
        (Some(process), Some(thread)) => format!("{process}/{thread}"),
        (Some(process), None) => process.to_string(),
        (None, Some(thread)) => format!("?/{thread}"),
        (None, None) => String::new(),
    };
    match (name, numbers.as_str()) {
        ("", "") => "all samples".to_owned(),
        (name, "") => name.to_owned(),
        ("", numbers) => numbers.to_owned(),
        (name, numbers) => format!("{name} {numbers}"),
    }
}

#[cfg(test)]
mod tests {
    use firesteel_model::{Nanoseconds, Sample, StackId, ValueType};

    use super::*;

    #[test]
    fn samples_keep_their_times_where_they_can() {
        let check = |samples: &[(Option<u64>, i64)], joined: i64, expect: &[(i64, i64)]| {
            let mut profile = Profile::new(vec![ValueType::cpu()]);
            for &(time, value) in samples {
                let time = time.map(Nanoseconds);
                profile.add_sample(Sample { time, ..Sample::new(StackId::ROOT, &[value]) });
            }
            let track = tracks(&profile).pop().unwrap();
            let slices = layout(&profile, &track, 0, joined);
            let places: Vec<(i64, i64)> = slices.iter().map(|slice| (slice.start, slice.width)).collect();
            assert_eq!(places, expect, "{samples:?}");
        };
        check(&[(None, 3), (None, 4)], 0, &[(0, 3), (3, 4)]);
        check(&[(Some(30), 5), (Some(10), 5)], 0, &[(10, 5), (30, 5)]);
        // The first lasts into the second.
        check(&[(Some(10), 50), (Some(30), 5)], 0, &[(10, 50), (60, 5)]);
        check(&[(Some(10), 10), (Some(21), 10), (Some(40), 10)], 2, &[(10, 10), (20, 10), (40, 10)]);
        check(&[(Some(10), -1)], 0, &[(10, 0)]);
    }
}
