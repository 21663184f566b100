//! The boxes of a flame chart: samples one after another, with only neighbours merged.

use std::collections::HashMap;

use firesteel_model::{FrameId, Nanoseconds, Profile, RootBy, StringId, ThreadId};

use crate::svg::layout::Placed;

/// A flame chart in the making.
pub(super) struct FlameChart<'a> {
    profile: &'a Profile,
    boxes: Vec<Placed>,
    /// The boxes that are open, the root first.
    open: Vec<usize>,
    /// What was drawn so far.
    position: i64,
    samples: i64,
}

/// The boxes of a flame chart.
pub(super) struct Chart {
    /// In the order of the document: a box is followed by what it called.
    pub(super) boxes: Vec<Placed>,
    /// How many are left out though their callers are not.
    pub(super) left_out: usize,
}

impl Chart {
    /// Lays out a value column; boxes below `minimum` are left out with all that they call. `samples` is a second
    /// column to sum up.
    pub(super) fn new(profile: &Profile, column: usize, samples: Option<usize>, minimum: i64) -> Self {
        let root = Placed {
            frame: FrameId::UNKNOWN,
            name: StringId::EMPTY,
            depth: 0,
            start: 0,
            total: 0,
            samples: 0,
            index: 0,
        };
        let mut chart = FlameChart { profile, boxes: vec![root], open: vec![0], position: 0, samples: 0 };
        let mut path = Vec::new();
        for row in in_order(profile) {
            let sample = profile.sample(row);
            let value = |column: usize| sample.values.get(column).copied().unwrap_or(0);
            if value(column) <= 0 {
                continue;
            }
            path.clear();
            path.extend(profile.stacks().frames(sample.stack));
            path.reverse();
            chart.enter(&path);
            chart.position = chart.position.saturating_add(value(column));
            chart.samples = chart.samples.saturating_add(samples.map_or(0, value));
        }
        chart.close(0);
        chart.pruned(minimum)
    }
}

impl FlameChart<'_> {
    /// Closes what the next sample does not continue, and opens what it begins.
    fn enter(&mut self, path: &[FrameId]) {
        let name = |frame: FrameId| self.profile.function(self.profile.frame(frame).function).name;
        let open = self.open.iter().skip(1).map(|&index| self.boxes[index].name);
        let same = open.zip(path).take_while(|&(open, &frame)| open == name(frame)).count();
        self.close(same + 1);
        for (depth, &frame) in path.iter().enumerate().skip(same) {
            self.open.push(self.boxes.len());
            let (start, samples) = (self.position, self.samples);
            let (name, depth) = (name(frame), depth + 1);
            self.boxes.push(Placed { frame, name, depth, start, total: 0, samples, index: 0 });
        }
    }

    /// Closes every box from a depth on.
    fn close(&mut self, depth: usize) {
        for index in self.open.drain(depth..) {
            let placed = &mut self.boxes[index];
            placed.total = self.position - placed.start;
            placed.samples = self.samples - placed.samples;
        }
    }

    fn pruned(self, minimum: i64) -> Chart {
        let mut chart = Chart { boxes: Vec::with_capacity(self.boxes.len()), left_out: 0 };
        // Depth of the box that was left out, with all that follow above it.
        let mut below: Option<usize> = None;
        for placed in self.boxes {
            if below.is_some_and(|depth| placed.depth > depth) {
                continue;
            }
            below = None;
            if placed.depth > 0 && placed.total < minimum {
                below = Some(placed.depth);
                chart.left_out += 1;
            } else {
                chart.boxes.push(placed);
            }
        }
        chart
    }
}

/// Sample rows thread by thread, those of a thread by time. What has no time stays behind what it came after.
fn in_order(profile: &Profile) -> Vec<usize> {
    let mut rows: Vec<(ThreadId, Nanoseconds, usize)> = Vec::with_capacity(profile.sample_count());
    let mut latest: HashMap<ThreadId, Nanoseconds> = HashMap::new();
    for (row, sample) in profile.samples().enumerate() {
        let latest = latest.entry(sample.thread).or_insert(Nanoseconds(0));
        *latest = sample.time.unwrap_or(*latest);
        rows.push((sample.thread, *latest, row));
    }
    if profile.has_times() {
        // Threads are in the order in which they were first seen.
        rows.sort_unstable();
    }
    rows.into_iter().map(|(_, _, row)| row).collect()
}

/// The profile with each thread under the root of its stacks, if samples have times and threads: else those of several
/// threads would seem to be one after another in one.
pub(super) fn with_threads(profile: &Profile) -> Option<Profile> {
    let has_threads = profile.has_times() && profile.samples().any(|sample| sample.thread != ThreadId::NONE);
    has_threads.then(|| profile.rooted(RootBy::Thread))
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{FrameKind, Sample, StackId, Thread, ThreadNumber, ValueType};

    /// Draws samples as (thread, time, stack, value).
    fn check(samples: &[(u32, Option<u64>, &str, i64)], minimum: i64, expect: &[&str], left_out: usize) {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        for &(thread, time, names, value) in samples {
            let name = profile.intern("worker");
            let thread = profile.intern_thread(Thread {
                name,
                thread: (thread > 0).then_some(ThreadNumber(thread)),
                ..Thread::default()
            });
            let mut stack = StackId::ROOT;
            for name in names.split(';') {
                let frame = profile.intern_named_frame(name, FrameKind::Go);
                stack = profile.push_stack(stack, frame);
            }
            let time = time.map(Nanoseconds);
            profile.add_sample(Sample { thread, time, ..Sample::new(stack, &[value]) });
        }
        let threads = with_threads(&profile);
        let profile = threads.as_ref().unwrap_or(&profile);
        let chart = Chart::new(profile, 0, Some(0), minimum);
        let told = chart.boxes.iter().skip(1).map(|placed| {
            let Placed { frame, depth, start, total, samples, .. } = *placed;
            format!("{depth}: {start}+{total} ({samples}) {}", profile.frame_name(frame))
        });
        assert_eq!(told.collect::<Vec<_>>(), expect);
        assert_eq!(chart.left_out, left_out);
    }

    #[test]
    fn time_runs_from_left_to_right() {
        let samples = [(0, None, "first", 10), (0, None, "second", 20), (0, None, "first", 5)];
        check(&samples, 0, &["1: 0+10 (10) first", "1: 10+20 (20) second", "1: 30+5 (5) first"], 0);
        let samples = [(1, Some(30), "a;c", 1), (1, Some(10), "a;b", 2), (1, Some(20), "a;b", 3)];
        check(&samples, 0, &["1: 0+6 (6) worker-?/1", "2: 0+6 (6) a", "3: 0+5 (5) b", "3: 5+1 (1) c"], 0);
    }

    #[test]
    fn threads_are_beside_one_another() {
        let samples = [(1, Some(3), "a", 1), (2, Some(1), "b", 2), (1, Some(2), "c", 3)];
        let expect = ["1: 0+4 (4) worker-?/1", "2: 0+3 (3) c", "2: 3+1 (1) a", "1: 4+2 (2) worker-?/2", "2: 4+2 (2) b"];
        check(&samples, 0, &expect, 0);
    }

    #[test]
    fn narrow_boxes_leave_their_space() {
        let samples = [(0, None, "a;b;c", 1), (0, None, "a;d", 9), (0, None, "e", 0)];
        check(&samples, 2, &["1: 0+10 (10) a", "2: 1+9 (9) d"], 1);
    }
}
