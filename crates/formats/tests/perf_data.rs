//! What comes out of perf's recordings: stacks, values, threads, times, and what was lost.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firesteel_formats::{Error, FoldOptions, Read, ReadOptions, WarningKind, folded, read_profile};
use firesteel_model::{FrameKind, RootBy, Unit};
use firesteel_testkit::perf_recording::{ByteOrder, IN_KERNEL, IN_USER, PerfEvent, PerfRecording, PerfSample};

const CYCLES: PerfEvent = PerfEvent { kind: 0, config: 0, rate: 4000, is_frequency: true, name: "cycles:P" };
const SWITCHES: PerfEvent =
    PerfEvent { kind: 2, config: 314, rate: 1, is_frequency: false, name: "sched:sched_switch" };

fn read(data: &[u8]) -> Read {
    read_profile("perf.data", &mut &data[..], &ReadOptions::default()).unwrap()
}

fn recording(events: &[PerfEvent]) -> PerfRecording {
    PerfRecording::new(ByteOrder::Little, events)
}

/// A process 7 called `app` with a program and a library.
fn with_app(order: ByteOrder, events: &[PerfEvent]) -> PerfRecording {
    let mut recording = PerfRecording::new(order, events);
    recording.named((7, 7), 0, "app", true);
    recording.mapped(7, 0, 0x40_0000, 0x10_0000, 0x1000, "/srv/app");
    recording.mapped(7, 0, 0x7f00_0000_0000, 0x10_0000, 0x2_8000, "/lib/libc.so.6");
    recording
}

fn sample(recording: &mut PerfRecording, time: u64, chain: &[u64]) {
    recording.sample(&PerfSample { event: 0, thread: (7, 7), time, period: 100, chain });
}

/// Each sample as `comm/pid/tid: FRAME, FRAME… = values`, root first; a frame as file and address, or its name.
fn lines(read: &Read) -> Vec<String> {
    let profile = &read.profile;
    let line = |row: usize| {
        let sample = profile.sample(row);
        let mut frames: Vec<String> = profile
            .stacks()
            .frames(sample.stack)
            .map(|id| {
                let frame = profile.frame(id);
                let file = profile.string(profile.mapping(frame.mapping).file);
                if frame.flags.unnamed {
                    format!("{file}+{}", frame.address)
                } else {
                    profile.frame_name(id).to_owned()
                }
            })
            .collect();
        frames.reverse();
        let thread = profile.thread(sample.thread);
        let (process, number) = (thread.process.unwrap().0, thread.thread.unwrap().0);
        format!("{}/{process}/{number}: {} = {:?}", profile.string(thread.name), frames.join(", "), sample.values)
    };
    (0..profile.sample_count()).map(line).collect()
}

#[test]
fn addresses_become_positions_in_files() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let mut recording = with_app(order, &[PerfEvent::CPU_CLOCK]);
        recording.kernel_mapped(0xffff_ffff_8100_0000, 0x100_0000, 0xffff_ffff_8100_0000);
        recording.build_id("/srv/app", &[0xab, 0xcd, 0xef, 1]);
        recording.feature(3, recording.fact("lab"));
        let kernel = 0xffff_ffff_8120_0000;
        sample(&mut recording, 10, &[IN_USER, 0x7f00_0000_0010, 0x40_1234]);
        sample(&mut recording, 11, &[IN_KERNEL, kernel, kernel + 0x101, IN_USER, 0x40_0500, 0x40_1234]);
        sample(&mut recording, 12, &[IN_USER, 0x7f00_0000_0010, 0x40_1234]);
        sample(&mut recording, 13, &[IN_USER, 0x999, 0x40_1234]);
        for data in [recording.file(), recording.pipe()] {
            let read = read(&data);
            assert!(read.warnings.is_empty(), "{:?}", read.warnings);
            // A caller is one byte in front of where its callee returns to.
            insta::allow_duplicates! {
                insta::assert_debug_snapshot!(lines(&read), @r#"
                [
                    "app/7/7: /srv/app+0x2233, /lib/libc.so.6+0x28010 = [200]",
                    "app/7/7: /srv/app+0x2233, /srv/app+0x1500, [kernel.kallsyms]+0xffffffff81200100, [kernel.kallsyms]+0xffffffff81200000 = [100]",
                    "app/7/7: /srv/app+0x2233, +0x999 = [100]",
                ]
                "#);
            }
            let profile = &read.profile;
            assert_eq!(
                (profile.sample_types()[0].name.as_str(), &profile.sample_types()[0].unit),
                ("cpu", &Unit::Nanoseconds)
            );
            let mapping = profile.mappings().iter().find(|mapping| profile.string(mapping.file) == "/srv/app").unwrap();
            assert_eq!(profile.string(mapping.build_id), "abcdef01");
            assert_eq!(profile.metadata.property("host"), Some("lab"));
            assert_eq!(profile.metadata.property("event"), Some("cpu-clock:pppH"));
            assert_eq!(profile.metadata.property("frequency"), Some("999 Hz"));
            assert_eq!(profile.metadata.duration.map(|duration| duration.0), Some(3));
            let kinds = profile.stacks().iter().map(|(_, _, frame)| profile.frame(frame).kind);
            assert_eq!(kinds.filter(|&kind| kind == FrameKind::Kernel).count(), 2);
        }
    }
}

#[test]
fn records_happen_in_order_of_time() {
    let mut recording = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    // One processor's buffer is read before another's, which has what came earlier.
    sample(&mut recording, 30, &[IN_USER, 0x40_0010]);
    recording.named((7, 7), 20, "renamed", false);
    recording.mapped(7, 20, 0x40_0000, 0x1000, 0, "/srv/new");
    recording.round();
    sample(&mut recording, 10, &[IN_USER, 0x40_0010]);
    recording.round();
    sample(&mut recording, 25, &[IN_USER, 0x40_0010]);
    insta::assert_debug_snapshot!(lines(&read(&recording.file())), @r#"
    [
        "app/7/7: /srv/app+0x1010 = [100]",
        "renamed/7/7: /srv/new+0x10 = [200]",
    ]
    "#);
}

#[test]
fn processes_begin_as_copies_and_start_over() {
    let mut recording = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    recording.forked((7, 9), (7, 7), 10);
    recording.forked((8, 8), (7, 7), 11);
    let chain = [IN_USER, 0x40_0010];
    for (time, thread) in [(12, (7, 9)), (13, (8, 8))] {
        recording.sample(&PerfSample { event: 0, thread, time, period: 1, chain: &chain });
    }
    recording.named((8, 8), 14, "other", true);
    recording.mapped(8, 14, 0x40_0000, 0x1000, 0, "//anon");
    for (time, thread) in [(15, (8, 8)), (16, (5, 6)), (17, (0, 0))] {
        recording.sample(&PerfSample { event: 0, thread, time, period: 1, chain: &chain });
    }
    insta::assert_debug_snapshot!(lines(&read(&recording.file())), @r#"
    [
        "app/7/9: /srv/app+0x1010 = [1]",
        "app/8/8: /srv/app+0x1010 = [1]",
        "other/8/8: /tmp/perf-8.map+0x400010 = [1]",
        ":6/5/6: +0x400010 = [1]",
        "swapper/0/0: +0x400010 = [1]",
    ]
    "#);
}

#[test]
fn each_event_has_a_column_and_the_first_one_is_shown() {
    let mut recording = with_app(ByteOrder::Little, &[CYCLES, SWITCHES, PerfEvent::CPU_CLOCK]);
    let chain = [IN_USER, 0x40_0010];
    for (event, time) in [(1, 10), (0, 11), (1, 12)] {
        recording.sample(&PerfSample { event, thread: (7, 7), time, period: 5000, chain: &chain });
    }
    let data = recording.file();
    let profile = read(&data).profile;
    let columns: Vec<&str> = profile.sample_types().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["sched:sched_switch", "cycles:P"], "events without samples have none");
    assert_eq!(profile.totals(), [2, 5000]);
    assert_eq!((profile.default_sample_type(), profile.sample_count()), (0, 1));

    let mut options = ReadOptions::default();
    options.perf_script.event_filter = Some("cycles:P".to_owned());
    let read = read_profile("x", &mut data.as_slice(), &options).unwrap();
    assert_eq!(read.profile.totals(), [5000]);
    assert_eq!(read.warnings.count(WarningKind::OtherEvent), 2);
}

#[test]
fn events_without_a_name_get_one() {
    let unnamed = |event| PerfEvent { name: "", ..event };
    for (event, expect) in [(CYCLES, "cycles"), (PerfEvent { kind: 4, config: 0x1c2, ..CYCLES }, "r1c2")] {
        let mut recording = with_app(ByteOrder::Little, &[unnamed(event)]);
        sample(&mut recording, 1, &[IN_USER, 0x40_0010]);
        assert_eq!(read(&recording.pipe()).profile.sample_types()[0].name, expect);
    }
}

#[test]
fn times_are_kept_when_asked_for() {
    let mut recording = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    for time in [30, 10, 20] {
        sample(&mut recording, time, &[IN_USER, 0x40_0010]);
    }
    let options = ReadOptions { times: true, ..ReadOptions::default() };
    let profile = read_profile("x", &mut recording.file().as_slice(), &options).unwrap().profile;
    let times: Vec<u64> = profile.samples().map(|sample| sample.time.unwrap().0).collect();
    assert_eq!(times, [10, 20, 30]);
    assert_eq!(read(&recording.file()).profile.sample_count(), 1);
}

#[test]
fn compressed_records_are_cut_anywhere() {
    let mut plain = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    for time in 1..200 {
        sample(&mut plain, time, &[IN_USER, 0x40_0010 + time % 5, 0x40_1001]);
    }
    let expect = lines(&read(&plain.file()));
    for kind in [81, 83] {
        let mut recording = recording(&[PerfEvent::CPU_CLOCK]);
        let mut compressor = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        for piece in plain.records().chunks(1111) {
            std::io::Write::write_all(&mut compressor, piece).unwrap();
            std::io::Write::flush(&mut compressor).unwrap();
            let compressed = std::mem::take(compressor.get_mut());
            let length = recording.u64(compressed.len() as u64);
            // The second kind says its length and is padded.
            let padding = vec![0; compressed.len().next_multiple_of(8) - compressed.len()];
            match kind {
                81 => recording.record(81, 0, &[&compressed]),
                _ => recording.record(83, 0, &[&length, &compressed, &padding]),
            }
        }
        let read = read(&recording.file());
        assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        assert_eq!(lines(&read), expect);
    }
}

#[test]
fn what_is_lost_is_counted() {
    let mut recording = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    recording.lost(12);
    recording.record(5, 0, &[&[0; 24]]);
    let deep: Vec<u64> = std::iter::once(IN_USER).chain((0..126).map(|depth| 0x40_1000 + depth)).collect();
    sample(&mut recording, 1, &deep);
    // A chain that is longer than its record.
    let whole = recording.records().len();
    sample(&mut recording, 2, &[IN_USER, 0x40_0010]);
    let data = recording.file();
    let chain_length = data.windows(8).rposition(|window| window == 2u64.to_le_bytes()).unwrap();
    let mut broken = data.clone();
    broken[chain_length..chain_length + 8].copy_from_slice(&99u64.to_le_bytes());
    assert!(whole < chain_length);
    let read = read(&broken);
    let losses = read.profile.metadata.losses;
    assert_eq!((losses.lost_samples, losses.throttled, losses.truncated_stacks, losses.skipped_records), (12, 1, 1, 1));
    assert_eq!(read.warnings.count(WarningKind::LostEvents), 12);
    assert_eq!(read.warnings.count(WarningKind::BrokenMessage), 1);
    assert_eq!(read.profile.sample_count(), 1);
}

#[test]
fn a_recorder_that_was_killed_leaves_a_readable_file() {
    let mut recording = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    sample(&mut recording, 1, &[IN_USER, 0x40_0010]);
    let mut data = recording.file();
    let end = 104 + 8 + 152 + recording.records().len();
    data.truncate(end);
    // The size of the records is written last.
    data[48..56].fill(0);
    let read = read(&data);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    assert_eq!(read.profile.totals(), [100]);
    // And one that is cut within a record.
    data.truncate(end - 3);
    let cut = read_profile("x", &mut data.as_slice(), &ReadOptions::default()).unwrap();
    assert_eq!(cut.warnings.count(WarningKind::BrokenTail), 1);
}

#[test]
fn code_that_the_kernel_made_has_its_name() {
    let mut recording = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    let start = 0xffff_ffff_c000_0000u64;
    let (address, length) = (recording.u64(start), recording.u32(0x100));
    recording.record(17, 0, &[&address, &length, &[1, 0, 0, 0], b"bpf_prog_1234\0\0\0", &[0; 24]]);
    sample(&mut recording, 5, &[IN_KERNEL, start + 0x10, IN_USER, 0x40_0010]);
    let mut output = Vec::new();
    let options = FoldOptions { root: RootBy::Name, ..FoldOptions::default() };
    folded::write(&read(&recording.file()).profile, &options, &mut output).unwrap();
    assert_eq!(String::from_utf8(output).unwrap(), "app;[app];bpf_prog_1234 100\n");
}

#[test]
fn a_guest_and_a_sample_without_a_chain() {
    let mut recording = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    sample(&mut recording, 1, &[0u64.wrapping_sub(2176), 0xffff_ffff_8100_0010]);
    sample(&mut recording, 2, &[]);
    insta::assert_debug_snapshot!(lines(&read(&recording.file())), @r#"
    [
        "app/7/7: [guest.kernel.kallsyms]+0xffffffff81000010 = [100]",
        "app/7/7:  = [100]",
    ]
    "#);
}

#[test]
fn a_file_without_samples_is_empty_not_broken() {
    let recording = with_app(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    let profile = read(&recording.file()).profile;
    assert_eq!((profile.sample_count(), profile.sample_types().len()), (0, 1));
    let error = read_profile("x", &mut &b"PERFFILE"[..], &ReadOptions::default()).unwrap_err();
    assert!(matches!(error.problem(), Error::UnknownFormat { .. }));
}
