//! Rewriting, rooting, filtering and compacting keep what they should keep.

use firesteel_model::{FrameEdit, FrameKind, Profile, RootBy, SampleView};
use proptest::prelude::*;

use crate::described::profiles;
use crate::written_out::WrittenOut;

fn names<'a>(profile: &'a Profile, sample: &SampleView<'_>) -> Vec<&'a str> {
    let mut names: Vec<&str> = profile.stacks().frames(sample.stack).map(|frame| profile.frame_name(frame)).collect();
    names.reverse();
    names
}

/// What belongs to a sample besides its stack.
fn rest<'a>(sample: &SampleView<'a>) -> impl PartialEq + std::fmt::Debug + use<'a> {
    (sample.values, sample.labels, sample.thread, sample.time)
}

proptest! {
    #[test]
    fn keeping_every_frame_changes_nothing(described in profiles()) {
        let profile = described.build();
        let kept = profile.rewritten(|_, _, _| FrameEdit::Keep);
        prop_assert_eq!(WrittenOut::of(&kept), WrittenOut::of(&profile));
        prop_assert_eq!(kept.stacks().len(), profile.stacks().len());
    }

    #[test]
    fn dropping_and_replacing_is_done_frame_by_frame(described in profiles()) {
        let profile = described.build();
        let edited = profile.rewritten(|result, _, frame| match result.frame_name(frame) {
            "main.work" => FrameEdit::Drop,
            "runtime.memmove" => FrameEdit::Replace(result.intern_named_frame("copy", FrameKind::Marker)),
            _ => FrameEdit::Keep,
        });
        prop_assert_eq!(edited.sample_count(), profile.sample_count());
        prop_assert_eq!(edited.totals(), profile.totals());
        for (index, sample) in described.samples.iter().enumerate() {
            let expected: Vec<&str> = sample.shown_names().into_iter().filter(|&name| name != "main.work")
                .map(|name| if name == "runtime.memmove" { "copy" } else { name }).collect();
            prop_assert_eq!(names(&edited, &edited.sample(index)), expected);
            prop_assert_eq!(rest(&edited.sample(index)), rest(&profile.sample(index)));
        }
    }

    #[test]
    fn other_frames_take_the_place_of_each(described in profiles()) {
        let profile = described.build();
        let mut asked = Vec::new();
        let edited = profile.with_frames(|result, frame, replacement| {
            asked.push(frame);
            match result.frame_name(frame) {
                "main.work" => {}
                "runtime.memmove" => {
                    let outer = result.intern_named_frame("outer", FrameKind::Native);
                    replacement.extend([outer, frame]);
                }
                _ => replacement.push(frame),
            }
        });
        for (index, sample) in described.samples.iter().enumerate() {
            let mut expected = Vec::new();
            for name in sample.shown_names() {
                match name {
                    "main.work" => {}
                    "runtime.memmove" => expected.extend(["outer", name]),
                    _ => expected.push(name),
                }
            }
            prop_assert_eq!(names(&edited, &edited.sample(index)), expected);
            prop_assert_eq!(rest(&edited.sample(index)), rest(&profile.sample(index)));
        }
        let count = asked.len();
        asked.sort_unstable();
        asked.dedup();
        prop_assert_eq!(asked.len(), count, "each frame is asked for once");
    }

    #[test]
    fn asks_once_for_every_stack_parents_first(described in profiles()) {
        let profile = described.build();
        let mut asked = Vec::new();
        let _ = profile.rewritten(|_, stack, frame| {
            asked.push((stack, frame));
            FrameEdit::Keep
        });
        let expected: Vec<_> = profile.stacks().iter().map(|(stack, _, frame)| (stack, frame)).collect();
        prop_assert_eq!(asked, expected);
        for (stack, parent, _) in profile.stacks().iter() {
            prop_assert!(parent < stack);
        }
    }

    #[test]
    fn rooting_puts_one_frame_under_the_root(described in profiles()) {
        let profile = described.build();
        for by in [RootBy::Nothing, RootBy::Name, RootBy::Process, RootBy::Thread] {
            let rooted = profile.rooted(by);
            prop_assert_eq!(rooted.totals(), profile.totals());
            for (index, sample) in described.samples.iter().enumerate() {
                let root = sample.thread.as_ref().and_then(|(process, thread, name)| match by {
                    RootBy::Nothing => None,
                    RootBy::Name if name.is_empty() => Some("[unknown]".to_owned()),
                    RootBy::Name => Some(name.clone()),
                    RootBy::Process => Some(format!("{name}-{process}")),
                    RootBy::Thread => Some(format!("{name}-{process}/{thread}")),
                });
                let expected: Vec<&str> = root.as_deref().into_iter().chain(sample.shown_names()).collect();
                prop_assert_eq!(names(&rooted, &rooted.sample(index)), expected);
                prop_assert_eq!(rest(&rooted.sample(index)), rest(&profile.sample(index)));
            }
        }
    }

    #[test]
    fn compacting_adds_up_what_is_alike(described in profiles()) {
        let profile = described.build();
        let compacted = profile.compacted();
        let expected = WrittenOut::of(&profile);
        prop_assert_eq!(compacted.sample_count(), expected.samples.len(), "one row for each that is not zero");
        prop_assert_eq!(compacted.totals(), profile.totals());
        prop_assert_eq!(WrittenOut::of(&compacted), expected);
        let rows = |profile: &Profile| profile.samples().map(|sample| format!("{sample:?}")).collect::<Vec<_>>();
        prop_assert_eq!(rows(&compacted.compacted()), rows(&compacted), "compacting twice is compacting once");
    }

    #[test]
    fn filters_split_a_profile_in_two(described in profiles(), from in -9i64..1_000) {
        let profile = described.build();
        let wanted = |sample: &SampleView<'_>| sample.values[0] >= from;
        let kept = profile.retained(wanted);
        let dropped = profile.retained(|sample| !wanted(sample));
        prop_assert!(kept.samples().all(|sample| wanted(&sample)));
        prop_assert!(!dropped.samples().any(|sample| wanted(&sample)));
        prop_assert_eq!(kept.sample_count() + dropped.sample_count(), profile.sample_count());
        let sums: Vec<i64> = kept.totals().iter().zip(dropped.totals()).map(|(left, right)| left + right).collect();
        prop_assert_eq!(sums, profile.totals());
    }
}
