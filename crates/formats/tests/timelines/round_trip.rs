//! What is written comes back, as far as the format has a place for it.

use std::collections::BTreeMap;

use firesteel_formats::{Error, Format, firefox, otlp, speedscope, trace_events};
use firesteel_model::{
    Address, Frame, FrameFlags, FrameKind, Function, Label, LabelValue, LineNumber, Mapping, Nanoseconds, Period,
    ProcessId, Profile, Sample, StackId, Thread, ThreadId, ThreadNumber, Unit, UnixNanoseconds, ValueType,
};
use proptest::prelude::*;

use crate::{read, show_sample};

/// A sample to be made: thread, stack, labels, time since the sample before and value.
#[derive(Clone, Debug)]
struct Made {
    thread: usize,
    stack: Vec<u8>,
    label: u8,
    gap: u64,
    width: i64,
}

fn made() -> impl Strategy<Value = Made> {
    (0..4usize, prop::collection::vec(0..5u8, 1..6), 0..4u8, 0..5000u64, 1..5000i64)
        .prop_map(|(thread, stack, label, gap, width)| Made { thread, stack, label, gap, width })
}

/// A profile of two columns whose samples do not overlap.
fn profile(samples: &[Made], has_times: bool, start: Option<i64>) -> Profile {
    let mut profile = Profile::new(vec![ValueType::cpu(), ValueType::samples()]);
    "a \"service\"".clone_into(&mut profile.metadata.title);
    profile.metadata.start = start.map(UnixNanoseconds);
    profile.metadata.period = Some(Period { value_type: ValueType::cpu(), value: 1_000_000 });
    let mut threads = vec![ThreadId::NONE];
    for (process, thread, name) in [(7, 7, "main"), (7, 8, "worker\n2"), (9, 9, "main")] {
        let name = profile.intern(name);
        let (process, thread) = (Some(ProcessId(process)), Some(ThreadNumber(thread)));
        threads.push(profile.intern_thread(Thread { process, thread, name }));
    }
    let mut clocks = [500u64; 4];
    for made in samples {
        let mut stack = StackId::ROOT;
        for number in &made.stack {
            let name = profile.intern(&format!("f<{number}>"));
            let file = profile.intern("src/a.go");
            let line = LineNumber(u32::from(*number));
            let function = profile.intern_function(Function { name, file, start_line: line, ..Function::default() });
            let frame = profile.intern_frame(Frame { function, line, ..Frame::default() });
            stack = profile.push_stack(stack, frame);
        }
        let key = profile.intern("route");
        let unit = profile.intern("bytes");
        let text = LabelValue::Text(profile.intern("/é"));
        let number = LabelValue::Number { value: -5, unit };
        let labels: &[Label] = match made.label {
            0 => &[],
            1 => &[Label { key, value: text }],
            2 => &[Label { key, value: number }],
            _ => &[Label { key, value: text }, Label { key: unit, value: number }],
        };
        let labels = profile.intern_labels(labels);
        let clock = &mut clocks[made.thread];
        let time = *clock + made.gap;
        *clock = time + made.width as u64;
        let time = has_times.then_some(Nanoseconds(time));
        profile.add_sample(Sample { stack, values: &[made.width, 1], labels, thread: threads[made.thread], time });
    }
    profile
}

/// What is compared.
#[derive(Clone, Copy)]
struct Kept {
    labels: bool,
    times: bool,
}

/// The sums of a column by everything that is kept. Times count from the first.
fn sums(profile: &Profile, column: &ValueType, kept: Kept) -> BTreeMap<String, i64> {
    let index = profile.sample_types().iter().position(|known| known.is_same(column)).unwrap();
    let first = profile.samples().filter_map(|sample| sample.time).min().unwrap_or_default();
    let mut sums = BTreeMap::new();
    for sample in profile.samples() {
        let value = sample.values[index];
        let mut shown = Sample { values: &[], ..sample };
        shown.time = sample.time.filter(|_| kept.times).map(|time| Nanoseconds(time.0 - first.0));
        if !kept.labels {
            shown.labels = firesteel_model::LabelSetId::EMPTY;
        }
        *sums.entry(show_sample(profile, &shown, false)).or_insert(0) += value;
    }
    sums.retain(|_, value| *value != 0);
    sums
}

type Write = fn(&Profile, &mut dyn std::io::Write) -> Result<(), Error>;

fn there_and_back(profile: &Profile, write: Write, format: Format) -> Profile {
    let mut bytes = Vec::new();
    write(profile, &mut bytes).unwrap();
    let mut again = Vec::new();
    write(profile, &mut again).unwrap();
    assert!(bytes == again, "the same profile gives the same bytes");
    let read = read(&bytes, profile.has_times());
    assert_eq!(read.format, format);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    read.profile
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn everything_survives(samples in prop::collection::vec(made(), 1..30), has_times: bool, has_start: bool) {
        let before = profile(&samples, has_times, has_start.then_some(1_753_867_325_123_000_000));
        let (cpu, count) = (ValueType::cpu(), ValueType::samples());
        let check = |after: &Profile, theirs: &ValueType, ours: &ValueType, kept: Kept| {
            prop_assert_eq!(sums(after, theirs, kept), sums(&before, ours, kept));
            Ok(())
        };
        let all = Kept { labels: true, times: true };
        let after = there_and_back(&before, otlp::write, Format::Otlp);
        check(&after, &cpu, &cpu, all)?;
        check(&after, &count, &count, all)?;
        prop_assert_eq!(after.metadata.start, before.metadata.start);
        prop_assert_eq!(&after.metadata.period, &before.metadata.period);
        prop_assert_eq!(&after.metadata.title, &before.metadata.title);

        // Columns that are no time have no times there.
        let after = there_and_back(&before, speedscope::write, Format::Speedscope);
        check(&after, &cpu, &cpu, Kept { labels: false, times: has_times })?;
        check(&after, &count, &count, Kept { labels: false, times: false })?;
        prop_assert_eq!(&after.metadata.title, &before.metadata.title);

        let write: Write = |profile, output| firefox::write(profile, None, output);
        let after = there_and_back(&before, write, Format::Firefox);
        check(&after, &cpu, &cpu, Kept { labels: false, times: has_times })?;
        let write: Write = |profile, output| firefox::write(profile, Some(1), output);
        let after = there_and_back(&before, write, Format::Firefox);
        check(&after, &count, &count, Kept { labels: false, times: has_times })?;
        if has_times {
            check(&after, &cpu, &cpu, Kept { labels: false, times: has_times })?;
        }

        // Neighbours become one slice there.
        let write: Write = |profile, output| trace_events::write(profile, None, output);
        let after = there_and_back(&before, write, Format::TraceEvents);
        let wall = ValueType::new("wall", Unit::Nanoseconds);
        check(&after, &wall, &cpu, Kept { labels: false, times: false })?;
    }
}

/// Frames with everything that a frame may have.
fn native() -> Profile {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    let (file, build_id) = (profile.intern("/srv/app"), profile.intern("be4e976c325ee1565e1ed7d9f5bd1cfa"));
    let mapping = profile.intern_mapping(Mapping {
        start: Address(0x1000),
        limit: Address(0x9000),
        file_offset: 0x200,
        file,
        build_id,
    });
    let mut stack = StackId::ROOT;
    for (name, address, inlined, kind) in [
        ("main", 0x1010, false, FrameKind::Go),
        ("(*T).Work", 0x1020, false, FrameKind::Go),
        ("leaf", 0x1020, true, FrameKind::Go),
    ] {
        let (name, file) = (profile.intern(name), profile.intern("a.go"));
        let start_line = LineNumber(3);
        let function = profile.intern_function(Function { name, file, start_line, ..Function::default() });
        let flags = FrameFlags { inlined, ..FrameFlags::default() };
        let (line, address) = (LineNumber(9), Address(address));
        let frame = profile.intern_frame(Frame { function, line, mapping, address, kind, flags });
        stack = profile.push_stack(stack, frame);
    }
    profile.add_sample(Sample::new(stack, &[3]));
    let unnamed = profile.intern_unnamed_frame(mapping, Address(0x1400), FrameKind::Native);
    let stack = profile.push_stack(stack, unnamed);
    profile.add_sample(Sample::new(stack, &[4]));
    profile
}

#[test]
fn places_and_addresses_survive() {
    let show = |write: Write, format: Format| {
        let profile = there_and_back(&native(), write, format);
        let mappings: Vec<String> = profile
            .mappings()
            .iter()
            .skip(1)
            .map(|mapping| {
                let text = |id| profile.string(id);
                let (file, build_id) = (text(mapping.file), text(mapping.build_id));
                format!("{}-{} +{:#x} {file} {build_id}\n", mapping.start, mapping.limit, mapping.file_offset)
            })
            .collect();
        mappings.concat() + &crate::show_profile(&profile)
    };
    insta::assert_snapshot!(show(otlp::write, Format::Otlp), @"
    0x1000-0x9000 +0x200 /srv/app be4e976c325ee1565e1ed7d9f5bd1cfa
    samples/count
    main a.go:9 0x1010 Go; (*T).Work a.go:9 0x1020 Go; leaf a.go:9 0x1020 inlined Go [3]
    main a.go:9 0x1010 Go; (*T).Work a.go:9 0x1020 Go; leaf a.go:9 0x1020 inlined Go; [app] 0x1400 Native [4]
    ");
    // Relative to the library, as the format has it.
    insta::assert_snapshot!(show(|profile, output| firefox::write(profile, None, output), Format::Firefox), @"
    0x0-0x0 +0x0 /srv/app be4e976c325ee1565e1ed7d9f5bd1cfa
    samples/count
    main a.go:9 0x210 Go; (*T).Work a.go:9 0x220 Go; leaf a.go:9 0x220 inlined Go [3]
    main a.go:9 0x210 Go; (*T).Work a.go:9 0x220 Go; leaf a.go:9 0x220 inlined Go; [app] 0x600 Native [4]
    ");
    insta::assert_snapshot!(show(speedscope::write, Format::Speedscope), @"
    samples/count
    main a.go:9 Unknown; (*T).Work a.go:9 Unknown; leaf a.go:9 Unknown [3]
    main a.go:9 Unknown; (*T).Work a.go:9 Unknown; leaf a.go:9 Unknown; [app] Unknown [4]
    ");
}

#[test]
fn what_is_written_is_small_and_readable() {
    let profile = profile(
        &[
            Made { thread: 1, stack: vec![0, 1], label: 0, gap: 0, width: 1000 },
            Made { thread: 1, stack: vec![0, 2], label: 0, gap: 10, width: 1000 },
            Made { thread: 1, stack: vec![0], label: 0, gap: 9000, width: 500 },
        ],
        true,
        None,
    );
    let written = |write: Write| {
        let mut bytes = Vec::new();
        write(&profile, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    insta::assert_snapshot!(written(|profile, output| trace_events::write(profile, None, output)), @r#"
    {"displayTimeUnit":"ns","otherData":{"title":"a \"service\"","exporter":"firesteel"},"traceEvents":[
    {"ph":"M","name":"thread_name","pid":7,"tid":7,"args":{"name":"main"}},
    {"ph":"B","name":"f<0>","cat":"function","pid":7,"tid":7,"ts":0.5},
    {"ph":"B","name":"f<1>","cat":"function","pid":7,"tid":7,"ts":0.5},
    {"ph":"E","name":"f<1>","pid":7,"tid":7,"ts":1.5},
    {"ph":"B","name":"f<2>","cat":"function","pid":7,"tid":7,"ts":1.5},
    {"ph":"E","name":"f<2>","pid":7,"tid":7,"ts":2.5},
    {"ph":"E","name":"f<0>","pid":7,"tid":7,"ts":2.5},
    {"ph":"B","name":"f<0>","cat":"function","pid":7,"tid":7,"ts":11.51},
    {"ph":"E","name":"f<0>","pid":7,"tid":7,"ts":12.01}]}
    "#);
    insta::assert_snapshot!(written(speedscope::write), @r#"
    {"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"firesteel","name":"a \"service\"","activeProfileIndex":0,"shared":{"frames":[
    {"name":"[unknown]"},
    {"name":"f<0>","file":"src/a.go"},
    {"name":"f<1>","file":"src/a.go","line":1},
    {"name":"f<2>","file":"src/a.go","line":2}]},"profiles":[
    {"type":"sampled","name":"main 7/7: cpu","unit":"nanoseconds","startValue":500,"endValue":12010,"firesteel":{"thread":"main","pid":7,"tid":7,"sampleType":"cpu","unit":"nanoseconds"},"samples":[[1,2],[],[1,3],[],[1]],"weights":[1000,10,1000,9000,500]},
    {"type":"sampled","name":"main 7/7: samples","unit":"none","startValue":0,"endValue":3,"firesteel":{"thread":"main","pid":7,"tid":7,"sampleType":"samples","unit":"count"},"samples":[[1,2],[1,3],[1]],"weights":[1,1,1]}]}
    "#);
}

#[test]
fn values_that_are_no_time_are_drawn_as_microseconds() {
    let mut profile = Profile::new(vec![ValueType::new("alloc_space", Unit::Bytes)]);
    let frame = profile.intern_named_frame("main", FrameKind::Go);
    let stack = profile.push_stack(StackId::ROOT, frame);
    profile.add_sample(Sample::new(stack, &[4096]));
    let write: Write = |profile, output| trace_events::write(profile, None, output);
    assert_eq!(there_and_back(&profile, write, Format::TraceEvents).totals(), [4_096_000]);
    let write: Write = |profile, output| firefox::write(profile, None, output);
    let after = there_and_back(&profile, write, Format::Firefox);
    assert_eq!((after.sample_types()[1].name.as_str(), after.totals()[1]), ("alloc_space", 4096));
    let error = firefox::write(&profile, Some(3), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, Error::NoSuchColumn { .. }), "{error}");
}

#[test]
fn extreme_values_do_no_harm() {
    let mut profile = Profile::new(vec![ValueType::cpu(), ValueType::samples()]);
    profile.metadata.start = Some(UnixNanoseconds(i64::MIN));
    profile.set_decimals(1, ValueType::MAX_DECIMALS);
    let thread = profile.intern_thread(Thread { process: Some(ProcessId(u32::MAX)), ..Thread::default() });
    let inlined = FrameFlags { inlined: true, unnamed: true };
    let address = Address(u64::MAX);
    let frame = profile.intern_frame(Frame { address, flags: inlined, line: LineNumber(u32::MAX), ..Frame::default() });
    let stack = profile.push_stack(StackId::ROOT, frame);
    for (time, value) in [(0, i64::MAX), (1, i64::MIN), (u64::MAX - 1, i64::MAX), (1 << 63, -1)] {
        for stack in [StackId::ROOT, stack] {
            let time = Some(Nanoseconds(time));
            profile.add_sample(Sample { thread, time, ..Sample::new(stack, &[value, value]) });
        }
    }
    let writers: [Write; 7] = [
        otlp::write,
        speedscope::write,
        |profile, output| firefox::write(profile, None, output),
        |profile, output| firefox::write(profile, Some(1), output),
        |profile, output| trace_events::write(profile, None, output),
        |profile, output| trace_events::write(profile, Some(0), output),
        |profile, output| trace_events::write(profile, Some(1), output),
    ];
    for write in writers {
        let mut bytes = Vec::new();
        write(&profile, &mut bytes).unwrap();
        assert!(read(&bytes, true).profile.sample_count() > 0);
    }
}

#[test]
fn an_empty_profile_can_be_written() {
    let profile = Profile::new(vec![ValueType::samples()]);
    for write in [otlp::write, speedscope::write, |profile: &Profile, output: &mut dyn std::io::Write| {
        firefox::write(profile, None, output)
    }] {
        let mut bytes = Vec::new();
        write(&profile, &mut bytes).unwrap();
        assert!(!bytes.is_empty());
    }
}
