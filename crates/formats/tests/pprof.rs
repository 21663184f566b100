//! pprof protobuf against messages that `prost` encodes and decodes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod profile_proto;

use std::fmt::Write as _;

use firesteel_formats::pprof::{self, WriteOptions};
use firesteel_formats::{
    Column, Error, FoldOptions, Format, Limits, Read, ReadOptions, WarningKind, Warnings, fold_with, folded,
    read_profile, read_samples,
};
use firesteel_model::{
    Address, Frame, FrameFlags, FrameKind, Function, Label, LabelValue, LineNumber, Mapping, Nanoseconds, Period,
    ProcessId, Profile, Sample, StackId, Thread, ThreadNumber, Unit, UnixNanoseconds, ValueType,
};
use profile_proto::{self as proto, go_profile};
use proptest::prelude::*;
use prost::Message as _;

fn read(data: &[u8]) -> Read {
    pprof::read_bytes(data, Limits::default()).unwrap()
}

/// Everything that a profile says, for comparing and for snapshots.
fn show(profile: &Profile) -> String {
    let metadata = &profile.metadata;
    let types: Vec<String> = profile.sample_types().iter().map(|t| format!("{}/{}", t.name, t.unit)).collect();
    let mut text = format!(
        "types {} default {} start {:?} duration {:?} period {:?} comments {:?} drop {:?} keep {:?} doc {:?}\n",
        types.join(" "),
        profile.default_sample_type(),
        metadata.start.map(|start| start.0),
        metadata.duration.map(|duration| duration.0),
        metadata.period.as_ref().map(|period| (period.value_type.name.as_str(), period.value)),
        metadata.comments,
        metadata.drop_frames,
        metadata.keep_frames,
        metadata.documentation_url,
    );
    for sample in profile.samples() {
        write!(text, "{:?}", sample.values).unwrap();
        for label in profile.labels(sample.labels) {
            let key = profile.string(label.key);
            match label.value {
                LabelValue::Text(value) => write!(text, " {key}={}", profile.string(value)),
                LabelValue::Number { value, unit } => write!(text, " {key}={value}{}", profile.string(unit)),
            }
            .unwrap();
        }
        text.push('\n');
        for id in profile.stacks().frames(sample.stack) {
            let frame = profile.frame(id);
            let function = profile.function(frame.function);
            let mapping = profile.mapping(frame.mapping);
            writeln!(
                text,
                "  {}{} {}:{} start {} at {} in {} {}-{}+{:x} {} {:?}{}",
                profile.frame_name(id),
                match profile.string(function.system_name) {
                    "" => String::new(),
                    name => format!(" ({name})"),
                },
                profile.string(function.file),
                frame.line,
                function.start_line,
                frame.address,
                profile.string(mapping.file),
                mapping.start,
                mapping.limit,
                mapping.file_offset,
                profile.string(mapping.build_id),
                frame.kind,
                if frame.flags.inlined { " inlined" } else { "" },
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn reads_everything() {
    let read = read(&go_profile().encode_to_vec());
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    insta::assert_snapshot!(show(&read.profile), @r#"
    types samples/count cpu/nanoseconds default 0 start Some(1700000000000000000) duration Some(5000000000) period Some(("cpu", 10000000)) comments ["a comment"] drop "drop.*" keep "keep.*" doc "https://doc"
    [3, 30000000] bytes=512bytes route=/api
      main.inner /src/main.go:11 start 10 at 0x401234 in /bin/app 0x400000-0x800000+1000 abc123 Go inlined
      main.outer /src/main.go:22 start 20 at 0x401234 in /bin/app 0x400000-0x800000+1000 abc123 Go
      main.main /src/main.go:33 start 30 at 0x402234 in /bin/app 0x400000-0x800000+1000 abc123 Go
    [1, -10]
      main.main /src/main.go:33 start 30 at 0x402234 in /bin/app 0x400000-0x800000+1000 abc123 Go
    "#);
}

#[test]
fn writes_what_it_read() {
    let first = read(&go_profile().encode_to_vec()).profile;
    let bytes = pprof::write(&first);
    assert_eq!(bytes, pprof::write(&first), "same profile, same bytes");
    assert_eq!(show(&read(&bytes).profile), show(&first));
    let decoded = proto::Profile::decode(bytes.as_slice()).unwrap();
    // One location holds the inlined chain.
    assert_eq!(decoded.location.len(), 2);
    assert_eq!(decoded.location[0].line.len(), 2);
    assert_eq!(decoded.string_table[0], "");
    assert!(decoded.mapping[0].has_functions && decoded.mapping[0].has_inline_frames);
    let zipped = pprof::write_gzip(&first, &WriteOptions::default());
    assert_eq!(&zipped[..2], [0x1f, 0x8b]);
    assert_eq!(show(&read(&zipped).profile), show(&first));
}

#[test]
fn string_table_may_stand_anywhere() {
    let whole = go_profile();
    let expect = show(&read(&whole.encode_to_vec()).profile);
    let (mut strings, mut rest) = (proto::Profile::default(), whole.clone());
    strings.string_table = std::mem::take(&mut rest.string_table);
    for parts in [[&strings, &rest], [&rest, &strings]] {
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.encode_to_vec()).collect();
        assert_eq!(show(&read(&bytes).profile), expect);
    }
}

#[test]
fn samples_alike_are_added_up() {
    let whole = go_profile();
    let mut twice = whole.clone();
    twice.sample.extend(whole.sample.clone());
    twice.sample.push(proto::Sample { label: Vec::new(), ..whole.sample[0].clone() });
    let read = read(&twice.encode_to_vec());
    let values: Vec<&[i64]> = read.profile.samples().map(|sample| sample.values).collect();
    assert_eq!(values, [[6, 60_000_000], [2, -20], [3, 30_000_000]]);
}

#[test]
fn unknown_fields_are_skipped() {
    let mut bytes =
        vec![0xa0, 0x06, 0x01, 0xa2, 0x06, 0x01, b'x', 0xa5, 0x06, 1, 2, 3, 4, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8];
    bytes.extend(go_profile().encode_to_vec());
    let read = read(&bytes);
    assert!(read.warnings.is_empty());
    assert_eq!(read.profile.sample_count(), 2);
}

#[test]
fn references_to_nothing_are_counted() {
    let mut broken = go_profile();
    broken.sample[0].location_id.push(99);
    broken.location[0].line[0].function_id = 77;
    broken.location[1].mapping_id = 55;
    broken.function[2].filename = 1000;
    let read = read(&broken.encode_to_vec());
    assert_eq!(read.warnings.count(WarningKind::DanglingReference), 4);
    assert_eq!(read.profile.totals(), [4, 29_999_990]);
}

#[test]
fn odd_samples_are_counted() {
    let mut odd = go_profile();
    odd.sample[0].value.push(7);
    odd.sample[1].value.pop();
    odd.location.push(odd.location[0].clone());
    let read = read(&odd.encode_to_vec());
    assert_eq!(read.warnings.count(WarningKind::WrongValueCount), 2);
    assert_eq!(read.warnings.count(WarningKind::DuplicateId), 1);
    assert_eq!(read.profile.totals(), [4, 30_000_000]);
}

#[test]
fn ids_may_be_anything_but_zero() {
    let mut sparse = go_profile();
    let expect = show(&read(&sparse.encode_to_vec()).profile);
    let id = |id: u64| u64::MAX - id * 1_000_000_007;
    sparse.location.reverse();
    for location in &mut sparse.location {
        location.id = id(location.id);
        location.line.iter_mut().for_each(|line| line.function_id = id(line.function_id));
    }
    sparse.function.iter_mut().for_each(|function| function.id = id(function.id));
    sparse
        .sample
        .iter_mut()
        .for_each(|sample| sample.location_id.iter_mut().for_each(|location| *location = id(*location)));
    assert_eq!(show(&read(&sparse.encode_to_vec()).profile), expect);
}

#[test]
fn what_is_cut_off_is_used_as_far_as_it_goes() {
    let bytes = go_profile().encode_to_vec();
    for cut in 0..bytes.len() {
        match pprof::read_bytes(&bytes[..cut], Limits::default()) {
            Ok(read) => assert!(read.profile.sample_count() <= 2),
            Err(Error::Empty | Error::Pprof { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    // Cut within the string table: what has a name keeps it.
    let read = read(&bytes[..bytes.len() - 60]);
    assert_eq!(read.warnings.count(WarningKind::BrokenTail), 1);
    assert_eq!(read.profile.sample_count(), 2);
}

#[test]
fn kinds_go_by_mapping_and_file() {
    let mut profile = go_profile();
    profile.string_table[8] = "[kernel.kallsyms]".to_owned();
    let read = read(&profile.encode_to_vec());
    assert!(read.profile.stacks().iter().all(|(_, _, frame)| read.profile.frame(frame).kind == FrameKind::Kernel));
}

#[test]
fn threads_become_labels_when_asked() {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    let name = profile.intern("worker");
    let frame = profile.intern_named_frame("main.main", FrameKind::Go);
    let stack = profile.push_stack(StackId::ROOT, frame);
    for thread in [8, 9] {
        let thread =
            profile.intern_thread(Thread { process: Some(ProcessId(7)), thread: Some(ThreadNumber(thread)), name });
        profile.add_sample(Sample { thread, time: Some(Nanoseconds(1)), ..Sample::new(stack, &[2]) });
    }
    assert_eq!(read(&pprof::write(&profile)).profile.sample_count(), 1, "threads are added up");
    let read = read(&pprof::write_with(&profile, &WriteOptions { threads: true }));
    let labels: Vec<String> = read
        .profile
        .samples()
        .map(|sample| format!("{:?} {}", sample.values, read.profile.labels(sample.labels).len()))
        .collect();
    assert_eq!(labels, ["[2] 3", "[2] 3"]);
}

#[test]
fn fractions_are_rounded() {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    profile.set_decimals(0, 1);
    for (name, value) in [("a", 14), ("b", 15), ("c", -15)] {
        let frame = profile.intern_named_frame(name, FrameKind::Unknown);
        let stack = profile.push_stack(StackId::ROOT, frame);
        profile.add_sample(Sample::new(stack, &[value]));
    }
    let values: Vec<i64> = read(&pprof::write(&profile)).profile.samples().map(|sample| sample.values[0]).collect();
    assert_eq!(values, [1, 2, -2]);
}

#[test]
fn folding_takes_labels_and_names_addresses() {
    let bytes = go_profile().encode_to_vec();
    let fold = |bytes: &[u8], options: &FoldOptions| {
        let mut output = Vec::new();
        let mut rewrite = |mut profile: Profile| {
            let name = profile.intern("named");
            let function = profile.intern_function(Function { name, ..Function::default() });
            profile.exchange_frames(|profile, frame| match *profile.frame(frame) {
                unnamed if unnamed.flags.unnamed => profile.intern_frame(Frame { function, ..unnamed }),
                _ => frame,
            });
            profile
        };
        let read_options = ReadOptions::default();
        fold_with("x", &mut &bytes[..], &read_options, options, &mut rewrite, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    };
    let labels = FoldOptions { labels: vec!["route".to_owned()], ..FoldOptions::default() };
    insta::assert_snapshot!(fold(&bytes, &labels), @r"
    /api;main.main;main.outer;main.inner 3
    [no route];main.main 1
    ");
    // Nothing but the address is left of a location.
    let mut unnamed = go_profile();
    unnamed.location[0].line.clear();
    insta::assert_snapshot!(fold(&unnamed.encode_to_vec(), &FoldOptions::default()), @r"
    main.main 1
    main.main;[named] 3
    ");
}

/// Frames from the root (number of the function, whether inlined), a value, which labels.
type SmallStack = (Vec<(u8, bool)>, i64, u8);

/// A profile of the model from small numbers.
fn profile_from(stacks: &[SmallStack]) -> Profile {
    let mut profile = Profile::new(vec![ValueType::cpu(), ValueType::new("space", Unit::Bytes)]);
    let (file, build_id) = (profile.intern("/bin/app"), profile.intern("c0ffee"));
    let mapping = profile.intern_mapping(Mapping {
        start: Address(0x1000),
        limit: Address(0x9000),
        file_offset: 16,
        file,
        build_id,
    });
    profile.metadata.start = Some(UnixNanoseconds(5));
    profile.metadata.duration = Some(Nanoseconds(7));
    profile.metadata.period = Some(Period { value_type: ValueType::cpu(), value: 3 });
    profile.metadata.comments = vec!["one".to_owned(), "two".to_owned()];
    for (frames, value, label) in stacks {
        let mut stack = StackId::ROOT;
        let mut address = 0x2000;
        let mut chain_open = false;
        for (index, &(number, inlined)) in frames.iter().enumerate() {
            // An inlined frame has the address of its caller, which only a caller can give.
            let inlined = inlined && index > 0;
            if !inlined || !chain_open {
                address = 0x2000 + u64::from(number);
            }
            chain_open = true;
            let name = profile.intern(&format!("main.f{number}"));
            let source = profile.intern("/src/main.go");
            let function = profile.intern_function(Function {
                name,
                file: source,
                start_line: LineNumber(u32::from(number)),
                ..Function::default()
            });
            let frame = profile.intern_frame(Frame {
                function,
                line: LineNumber(u32::from(number) + 1),
                mapping,
                address: Address(address),
                kind: FrameKind::Go,
                flags: FrameFlags { inlined, unnamed: false },
            });
            stack = profile.push_stack(stack, frame);
        }
        let key = profile.intern("key");
        let text = profile.intern("text");
        let labels = match label {
            0 => profile.intern_labels(&[]),
            1 => profile.intern_labels(&[Label { key, value: LabelValue::Text(text) }]),
            number => profile.intern_labels(&[
                Label { key, value: LabelValue::Number { value: i64::from(*number) - 3, unit: text } },
                Label { key: text, value: LabelValue::Text(key) },
            ]),
        };
        profile.add_sample(Sample { labels, ..Sample::new(stack, &[*value, 1]) });
    }
    profile
}

fn stacks() -> impl Strategy<Value = Vec<SmallStack>> {
    let frames = proptest::collection::vec((0u8..6, any::<bool>()), 1..8);
    proptest::collection::vec((frames, any::<i32>().prop_map(i64::from), 0u8..4), 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Writing and reading keeps everything but times and threads; samples alike are added up.
    #[test]
    fn round_trips(stacks in stacks()) {
        let profile = profile_from(&stacks).compacted();
        let bytes = pprof::write(&profile);
        let read = read(&bytes);
        prop_assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        let mut expect = profile.clone();
        expect.metadata.default_sample_type = profile.default_sample_type();
        prop_assert_eq!(show(&read.profile), show(&expect));
        // An independent decoder sees the same sums and only ids that exist.
        let decoded = proto::Profile::decode(bytes.as_slice()).unwrap();
        prop_assert_eq!(decoded.sample.iter().map(|sample| sample.value[0]).sum::<i64>(), profile.totals()[0]);
        for sample in &decoded.sample {
            for id in &sample.location_id {
                prop_assert!(decoded.location.iter().any(|location| location.id == *id));
            }
        }
        for line in decoded.location.iter().flat_map(|location| &location.line) {
            prop_assert!(decoded.function.iter().any(|function| function.id == line.function_id));
        }
    }

    /// Fields of different kinds may come in any order.
    #[test]
    fn fields_in_any_order(kinds in proptest::collection::vec(0usize..6, 0..60)) {
        let whole = go_profile();
        let expect = show(&read(&whole.encode_to_vec()).profile);
        // A message with one field is a field; messages one after the other are one with all of their fields.
        let mut rest = whole.clone();
        let mut bytes = Vec::new();
        for kind in kinds {
            let mut part = proto::Profile::default();
            match kind {
                0 if !rest.sample_type.is_empty() => part.sample_type.push(rest.sample_type.remove(0)),
                1 if !rest.sample.is_empty() => part.sample.push(rest.sample.remove(0)),
                2 if !rest.mapping.is_empty() => part.mapping.push(rest.mapping.remove(0)),
                3 if !rest.location.is_empty() => part.location.push(rest.location.remove(0)),
                4 if !rest.function.is_empty() => part.function.push(rest.function.remove(0)),
                5 if !rest.string_table.is_empty() => part.string_table.push(rest.string_table.remove(0)),
                _ => {}
            }
            bytes.extend(part.encode_to_vec());
        }
        bytes.extend(rest.encode_to_vec());
        let read = read(&bytes);
        prop_assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        prop_assert_eq!(show(&read.profile), expect);
    }

    /// The short way to folded stacks gives what the long one gives, however broken the input. It does not look at labels,
    /// so it has nothing to say of broken ones.
    #[test]
    fn folds_as_it_reads(stacks in stacks(), position in any::<proptest::sample::Index>(), byte in any::<u8>(), broken in any::<bool>()) {
        let mut bytes = pprof::write(&profile_from(&stacks));
        if broken {
            let position = position.index(bytes.len());
            bytes[position] = byte;
        }
        let options = ReadOptions { format: Some(Format::Pprof), ..ReadOptions::default() };
        let fold_options = FoldOptions { column: Column::Index(0), ..FoldOptions::default() };
        let mut short = Vec::new();
        let folded = firesteel_formats::fold("x", &mut bytes.as_slice(), &options, &fold_options, &mut short);
        match read_profile("x", &mut bytes.as_slice(), &options) {
            Ok(read) => {
                let mut long = Vec::new();
                match folded::write(&read.profile, &fold_options, &mut long) {
                    Ok(stacks) => {
                        let folded = folded.unwrap();
                        prop_assert_eq!(String::from_utf8_lossy(&short), String::from_utf8_lossy(&long));
                        prop_assert_eq!(folded.stacks, stacks);
                        if broken {
                            let count = |warnings: &Warnings| warnings.iter().map(|warning| warning.count).sum::<u64>();
                            prop_assert!(count(&folded.warnings) <= count(&read.warnings));
                        } else {
                            prop_assert_eq!(folded.warnings, read.warnings);
                        }
                    }
                    Err(error) => prop_assert_eq!(error.to_string(), folded.unwrap_err().problem().to_string()),
                }
            }
            Err(error) => {
                let folded = folded.unwrap_err();
                prop_assert_eq!(std::mem::discriminant(error.problem()), std::mem::discriminant(folded.problem()));
            }
        }
    }

    /// A list of samples has the stacks and values that a profile has.
    #[test]
    fn lists_what_it_reads(stacks in stacks()) {
        let bytes = pprof::write(&profile_from(&stacks));
        let (read, samples) = read_samples("x", &mut bytes.as_slice(), &ReadOptions::default()).unwrap();
        let mut listed = read.profile;
        listed.add_samples(&samples.unwrap());
        let mut profile = read_profile("x", &mut bytes.as_slice(), &ReadOptions::default()).unwrap().profile;
        let folded = |profile: &Profile, column: usize| {
            let mut output = Vec::new();
            let options = FoldOptions { column: Column::Index(column), source_lines: true, ..FoldOptions::default() };
            folded::write(profile, &options, &mut output).unwrap();
            String::from_utf8(output).unwrap()
        };
        for column in 0..profile.sample_types().len() {
            prop_assert_eq!(folded(&listed, column), folded(&profile, column));
        }
        listed.metadata.title.clone_from(&profile.metadata.title);
        profile.metadata.title.clear();
        listed.metadata.title.clear();
        prop_assert_eq!(listed.metadata, profile.metadata);
    }

    /// No bytes make the reader panic.
    #[test]
    fn survives_broken_bytes(position in 0usize..600, byte in any::<u8>(), cut in 0usize..600) {
        let mut bytes = go_profile().encode_to_vec();
        let position = position % bytes.len();
        bytes[position] = byte;
        bytes.truncate(bytes.len() - cut % 50);
        let _ = pprof::read_bytes(&bytes, Limits::default());
    }
}
