//! What holds of filters whatever the profile: they part it, they lose nothing unsaid, doing them twice changes nothing.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use firesteel_filter::{Filter, FilterOptions, Filtered, Granularity, Recursion, Warning};
use firesteel_model::{
    Address, Frame, FrameFlags, FrameKind, Function, Label, LabelValue, LineNumber, Mapping, Nanoseconds, ProcessId,
    Profile, Sample, StackId, Thread, ThreadNumber, ValueType,
};
use proptest::prelude::*;

/// One location: lines by number of function, innermost first, and whether it is in the library.
type Lines = (Vec<usize>, bool);

#[derive(Clone, Debug)]
struct Described {
    /// Locations from the root to the leaf.
    stack: Vec<Lines>,
    values: Vec<i64>,
    group: Option<usize>,
    time: Option<u64>,
    thread: usize,
}

const NAMES: [&str; 6] = ["main", "alpha", "beta(int)", "gamma", "delta", "alpha.inner"];
const FILES: [&str; 6] = ["main.go", "a.go", "b.cc", "a.go", "", "a.go"];

fn described() -> impl Strategy<Value = Vec<Described>> {
    let location = (proptest::collection::vec(0..NAMES.len(), 1..4), any::<bool>());
    let sample = (
        proptest::collection::vec(location, 0..6),
        proptest::collection::vec(-50i64..1000, 2),
        proptest::option::of(0usize..3),
        proptest::option::of(0u64..100),
        0usize..3,
    );
    let sample =
        sample.prop_map(|(stack, values, group, time, thread)| Described { stack, values, group, time, thread });
    proptest::collection::vec(sample, 1..12)
}

fn build(samples: &[Described]) -> Profile {
    let mut profile = Profile::new(vec![ValueType::samples(), ValueType::cpu()]);
    let mut mappings = Vec::new();
    for (number, file) in ["/bin/app", "/lib/lib.so"].into_iter().enumerate() {
        let file = profile.intern(file);
        let start = Address(0x1000 * (number as u64 + 1));
        mappings.push(profile.intern_mapping(Mapping { start, file, ..Mapping::default() }));
    }
    for sample in samples {
        let mut stack = StackId::ROOT;
        for (lines, in_library) in &sample.stack {
            let mapping = mappings[usize::from(*in_library)];
            for (depth, &number) in lines.iter().enumerate().rev() {
                let function = Function {
                    name: profile.intern(NAMES[number]),
                    file: profile.intern(FILES[number]),
                    ..Function::default()
                };
                let function = profile.intern_function(function);
                let frame = Frame {
                    function,
                    line: LineNumber(number as u32 + 1),
                    mapping,
                    address: Address(number as u64 + 0x1000),
                    kind: FrameKind::Native,
                    flags: FrameFlags { inlined: depth + 1 < lines.len(), unnamed: false },
                };
                let frame = profile.intern_frame(frame);
                stack = profile.push_stack(stack, frame);
            }
        }
        let labels: Vec<Label> = sample
            .group
            .iter()
            .flat_map(|group| {
                let value = LabelValue::Text(profile.intern(&format!("g{group}")));
                let text = Label { key: profile.intern("group"), value };
                let unit = profile.intern("bytes");
                let value = LabelValue::Number { value: 1024 << group, unit };
                [text, Label { key: profile.intern("size"), value }]
            })
            .collect();
        let labels = profile.intern_labels(&labels);
        let name = profile.intern(["worker", "main", "gc"][sample.thread]);
        let thread =
            Thread { process: Some(ProcessId(7)), thread: Some(ThreadNumber(100 + sample.thread as u32)), name };
        let thread = profile.intern_thread(thread);
        let time = sample.time.map(Nanoseconds);
        profile.add_sample(Sample { stack, values: &sample.values, labels, thread, time });
    }
    profile
}

/// A sample as names from the root to the leaf, `+` before an inlined one, with values and labels.
fn lines(profile: &Profile) -> Vec<String> {
    let sample = |sample: Sample<'_>| {
        let mut names: Vec<String> = profile
            .stacks()
            .frames(sample.stack)
            .map(|frame| {
                let inlined = if profile.frame(frame).flags.inlined { "+" } else { "" };
                format!("{inlined}{}", profile.frame_name(frame))
            })
            .collect();
        names.reverse();
        let keys: Vec<&str> = profile.labels(sample.labels).iter().map(|label| profile.string(label.key)).collect();
        format!("{} {:?} {}", names.join(";"), sample.values, keys.join(","))
    };
    profile.samples().map(sample).collect()
}

fn filter(profile: &Profile, options: &FilterOptions) -> Filtered<'static> {
    let Filtered { profile, outcome } = Filter::new(options).unwrap().apply(profile).unwrap();
    Filtered { profile: std::borrow::Cow::Owned(profile.into_owned()), outcome }
}

fn with(set: impl FnOnce(&mut FilterOptions)) -> FilterOptions {
    let mut options = FilterOptions::default();
    set(&mut options);
    options
}

fn sum(a: &[i64], b: &[i64]) -> Vec<i64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Expressions over what the profiles have: functions, files, mapped files.
fn pattern() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["alpha", "^alpha$", "a.go", "lib.so", "beta|gamma", "nothing", ".", "main"])
        .prop_map(str::to_owned)
}

/// Options of every kind.
fn options() -> impl Strategy<Value = FilterOptions> {
    let names = proptest::array::uniform6(proptest::option::of(pattern()));
    let tags = proptest::option::of(proptest::sample::select(vec!["g1", "group=g0", "1kb:2kb", "size=4kb:"]));
    (names, tags.clone(), tags, any::<bool>(), 0usize..3).prop_map(
        |(names, tag_focus, tag_ignore, no_inlines, recursion)| {
            let [focus, ignore, hide, show, show_from, prune_from] = names;
            let recursion = [Recursion::Keep, Recursion::Direct, Recursion::Cycles][recursion];
            FilterOptions {
                focus,
                ignore,
                hide,
                show,
                show_from,
                prune_from,
                tag_focus: tag_focus.map(str::to_owned),
                tag_ignore: tag_ignore.map(str::to_owned),
                no_inlines,
                recursion,
                ..FilterOptions::default()
            }
        },
    )
}

proptest! {
    /// What is focused and what is ignored are the two parts of a profile. Empty stacks are in neither, as in pprof.
    #[test]
    fn focus_and_ignore_part_a_profile(samples in described(), pattern in pattern()) {
        let profile = build(&samples);
        let focused = filter(&profile, &with(|options| options.focus = Some(pattern.clone())));
        let ignored = filter(&profile, &with(|options| options.ignore = Some(pattern.clone())));
        let empty = profile.retained(|sample| sample.stack == StackId::ROOT);
        let parts = sum(&sum(&focused.profile.totals(), &ignored.profile.totals()), &empty.totals());
        prop_assert_eq!(parts, profile.totals());
        let count = focused.profile.sample_count() + ignored.profile.sample_count() + empty.sample_count();
        prop_assert_eq!(count, profile.sample_count());
    }

    /// The same for labels.
    #[test]
    fn tags_part_a_profile(samples in described(), tags in proptest::sample::select(vec!["g1", "group=g0", "1kb:2kb"])) {
        let profile = build(&samples);
        let focused = filter(&profile, &with(|options| options.tag_focus = Some(tags.into())));
        let ignored = filter(&profile, &with(|options| options.tag_ignore = Some(tags.into())));
        prop_assert_eq!(sum(&focused.profile.totals(), &ignored.profile.totals()), profile.totals());
    }

    /// Hiding changes no sum but that of samples of which nothing is left, and those are counted.
    #[test]
    fn hiding_keeps_what_was_counted(samples in described(), pattern in pattern()) {
        let samples: Vec<Described> = samples.into_iter().filter(|sample| !sample.stack.is_empty()).collect();
        let profile = build(&samples);
        let hidden = filter(&profile, &with(|options| options.hide = Some(pattern.clone())));
        let emptied = hidden.outcome.warnings.iter().find_map(|warning| match warning {
            Warning::Emptied { samples } => Some(*samples),
            _ => None,
        });
        let lost = profile.sample_count() - hidden.profile.sample_count();
        prop_assert_eq!(lost, emptied.unwrap_or(0));
        if lost == 0 {
            prop_assert_eq!(hidden.profile.totals(), profile.totals());
        }
        prop_assert_eq!((hidden.outcome.samples_before, hidden.outcome.samples_after), (profile.sample_count(), profile.sample_count() - lost));
    }

    /// What keeps all samples keeps all sums.
    #[test]
    fn rewriting_stacks_keeps_sums(samples in described(), no_inlines in any::<bool>(), cycles in any::<bool>()) {
        let profile = build(&samples);
        let recursion = if cycles { Recursion::Cycles } else { Recursion::Direct };
        let options = FilterOptions {
            no_inlines, recursion, prune_from: Some("alpha".into()), tag_root: Some("group,size".into()), tag_leaf: Some("size".into()),
            tag_hide: Some("group".into()), ..FilterOptions::default()
        };
        prop_assert_eq!(filter(&profile, &options).profile.totals(), profile.totals());
    }

    /// Filtering what was filtered changes nothing. (Labels as frames are the exception: they would be added again.)
    #[test]
    fn filtering_twice_is_filtering_once(samples in described(), options in options()) {
        // What one filter hides, another may look for: a second pass may find less. So one at a time.
        let single = [
            with(|o| o.focus.clone_from(&options.focus)),
            with(|o| o.ignore.clone_from(&options.ignore)),
            with(|o| o.hide.clone_from(&options.hide)),
            with(|o| o.show.clone_from(&options.show)),
            with(|o| o.show_from.clone_from(&options.show_from)),
            with(|o| o.tag_focus.clone_from(&options.tag_focus)),
            with(|o| o.tag_ignore.clone_from(&options.tag_ignore)),
            with(|o| o.no_inlines = options.no_inlines),
            with(|o| o.recursion = options.recursion),
            with(|o| o.tag_show = Some("group".into())),
            with(|o| o.thread = Some("main".into())),
        ];
        let profile = build(&samples);
        for options in single {
            let once = filter(&profile, &options);
            let twice = filter(&once.profile, &options);
            prop_assert_eq!(lines(&once.profile), lines(&twice.profile), "{:?}", options);
        }
    }

    /// pprof applies its filters in one fixed order, so those that only choose samples may be given in any.
    #[test]
    fn choosing_samples_needs_no_order(samples in described(), options in options()) {
        let profile = build(&samples);
        let names = with(|o| { o.focus.clone_from(&options.focus); o.ignore.clone_from(&options.ignore); });
        let tags = with(|o| { o.tag_focus.clone_from(&options.tag_focus); o.tag_ignore.clone_from(&options.tag_ignore); });
        let threads = with(|o| o.comm = Some("main|gc".into()));
        let together = FilterOptions { tag_focus: tags.tag_focus.clone(), tag_ignore: tags.tag_ignore.clone(), comm: threads.comm.clone(), ..names.clone() };
        let expect = lines(&filter(&profile, &together).profile);
        for [a, b, c] in [[&names, &tags, &threads], [&threads, &tags, &names], [&tags, &names, &threads]] {
            let first = filter(&profile, a);
            let second = filter(&first.profile, b);
            prop_assert_eq!(&lines(&filter(&second.profile, c).profile), &expect);
        }
    }

    /// All at once, nothing breaks: values are those of some samples, and every stack is made of whole locations.
    #[test]
    fn any_options_give_a_sound_profile(samples in described(), options in options()) {
        let profile = build(&samples);
        let filtered = filter(&profile, &options);
        prop_assert!(filtered.profile.sample_count() <= profile.sample_count());
        prop_assert_eq!(filtered.outcome.samples_after, filtered.profile.sample_count());
        prop_assert_eq!(filtered.outcome.totals, profile.totals());
        for sample in filtered.profile.samples() {
            let outermost = filtered.profile.stacks().frames(sample.stack).last();
            prop_assert!(outermost.is_none_or(|frame| !filtered.profile.frame(frame).flags.inlined));
        }
        for (_, granularity) in Granularity::ALL {
            prop_assert_eq!(granularity.name_frames(&filtered.profile).totals(), filtered.profile.totals());
        }
    }

    /// Times are counted from the first sample, and two ranges that touch part what has a time.
    #[test]
    fn times_part_a_profile(samples in described(), at in 0u64..100) {
        let profile = build(&samples);
        let before = Filter::new(&with(|options| options.to = Some(Nanoseconds(at)))).unwrap();
        let after = Filter::new(&with(|options| options.from = Some(Nanoseconds(at)))).unwrap();
        let timed = profile.retained(|sample| sample.time.is_some());
        if timed.sample_count() == 0 {
            prop_assert!(before.apply(&profile).is_err());
        } else {
            let parts = [before, after].map(|filter| filter.apply(&profile).unwrap().profile.totals());
            prop_assert_eq!(sum(&parts[0], &parts[1]), timed.totals());
        }
    }
}

#[track_caller]
fn check(folded: &str, options: &FilterOptions, expect: &[&str]) {
    let number = |name: &str| NAMES.iter().position(|known| *known == name).unwrap();
    let samples: Vec<Described> = folded
        .lines()
        .enumerate()
        .map(|(index, line)| {
            // Locations with `;` between, lines of one with `+` between, outermost first.
            let location = |location: &str| {
                let mut lines: Vec<usize> = location.split('+').map(number).collect();
                lines.reverse();
                (lines, false)
            };
            let stack = line.split(';').map(location).collect();
            Described { stack, values: vec![1, 1], group: None, time: Some(1000 + index as u64), thread: index % 3 }
        })
        .collect();
    let filtered = filter(&build(&samples), options);
    let stacks: Vec<String> =
        lines(&filtered.profile).iter().map(|line| line.replace(" [1, 1] ", "").replace(";+", "+")).collect();
    assert_eq!(stacks, expect, "{options:?}");
}

#[test]
fn recursion_is_collapsed() {
    let direct = with(|options| options.recursion = Recursion::Direct);
    let cycles = with(|options| options.recursion = Recursion::Cycles);
    let folded = "main;alpha;alpha;alpha;gamma\nmain;alpha;gamma;alpha;gamma;delta\nmain+alpha;alpha+gamma\nmain";
    check(folded, &direct, &["main;alpha;gamma", "main;alpha;gamma;alpha;gamma;delta", "main;alpha+gamma", "main"]);
    check(folded, &cycles, &["main;alpha;gamma", "main;alpha;gamma;delta", "main;alpha+gamma", "main"]);
}

#[test]
fn samples_are_chosen_by_thread_and_time() {
    let folded = "main\nalpha\ngamma\ndelta";
    check(folded, &with(|options| options.thread = Some("^worker-7/100$".into())), &["main", "delta"]);
    check(folded, &with(|options| options.comm = Some("gc".into())), &["gamma"]);
    check(folded, &with(|options| options.from = Some(Nanoseconds(2))), &["gamma", "delta"]);
    check(folded, &with(|options| options.to = Some(Nanoseconds(2))), &["main", "alpha"]);
}

#[test]
fn frames_are_named_by_what_is_told_apart() {
    let samples = [Described {
        stack: vec![(vec![1, 0], false), (vec![4], true)],
        values: vec![1, 1],
        group: None,
        time: None,
        thread: 0,
    }];
    let profile = build(&samples);
    let expect = [
        ("functions", "main;+alpha;delta [1, 1] "),
        ("filefunctions", "main main.go;+alpha a.go;delta [1, 1] "),
        ("files", "main.go;+a.go;delta [1, 1] "),
        ("lines", "main main.go:1;+alpha a.go:2;delta [1, 1] "),
        ("addresses", "0000000000001000 main main.go:1;+0000000000001001 alpha a.go:2;0000000000001004 delta [1, 1] "),
    ];
    let got = Granularity::ALL.map(|(name, granularity)| (name, lines(&granularity.name_frames(&profile)).remove(0)));
    assert_eq!(got.each_ref().map(|(name, line)| (*name, line.as_str())), expect);
}

#[test]
fn a_profile_of_which_nothing_is_filtered_is_not_copied() {
    let profile = build(&[]);
    let filter = Filter::new(&FilterOptions { focus: Some(String::new()), ..FilterOptions::default() }).unwrap();
    assert!(filter.is_empty());
    assert!(matches!(filter.apply(&profile).unwrap().profile, std::borrow::Cow::Borrowed(_)));
}

#[test]
fn a_filtered_profile_says_what_was_filtered() {
    let options = FilterOptions {
        focus: Some("main".into()),
        tag_root: Some("group".into()),
        from: Some(Nanoseconds(1_500_000_000)),
        recursion: Recursion::Cycles,
        ..FilterOptions::default()
    };
    let samples = Described { stack: vec![], values: vec![1, 1], group: None, time: Some(0), thread: 0 };
    let filtered = filter(&build(&[samples]), &options);
    let expect = "focus=main, tagroot=group, from=1.50s, collapse_recursion=cycles";
    assert_eq!(filtered.profile.metadata.property("filters"), Some(expect));
    assert_eq!(filtered.outcome.active, ["focus=main"], "what pprof names");
}
