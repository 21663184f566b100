//! Folded text: what is read, what is counted, and that writing is the inverse of reading.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firesteel_formats::folded::{CountColumns, FoldedOptions, FoldedReader};
use firesteel_formats::{Column, FoldOptions, Read, ReadOptions, WarningKind, folded, read_profile};
use firesteel_model::FrameKind;
use proptest::prelude::*;

fn read(text: &[u8]) -> Read {
    let mut reader = FoldedReader::new(FoldedOptions::default());
    reader.feed(text);
    reader.finish()
}

fn write(read: &Read) -> String {
    let mut output = Vec::new();
    folded::write(&read.profile, &FoldOptions::default(), &mut output).unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn reads_lines() {
    let check = |text: &str, expect: &str| {
        let read = read(text.as_bytes());
        assert_eq!(write(&read), expect, "{text:?}");
        assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    };
    check("a;b 1\na;b 2\na 3\n", "a 3\na;b 3\n");
    check("a;b 1\r\na 3\r\n", "a 3\na;b 1\n");
    check("# a comment 5\n\n#\na 1", "a 1\n");
    check("a b;c d 5\n", "a b;c d 5\n");
    check("a\t5\n", "a 5\n");
    check("a;;b 1\n", "a;[unknown];b 1\n");
    check("a;b;; 1\n", "a;b 1\n");
    check("#hash;b 1\n", "#hash;b 1\n");
    check("a 0.1\na 0.2\nb 1\n", "a 0.3\nb 1\n");
    check("a 0\n", "");
    check(" a 1\n", " a 1\n");
}

#[test]
fn order_is_kept_when_asked() {
    let options = ReadOptions { times: true, ..ReadOptions::default() };
    let read = read_profile("test", &mut &b"first 10\nsecond 20.5\nfirst 5\n"[..], &options).unwrap();
    let profile = &read.profile;
    let samples: Vec<(String, Option<u64>, Vec<i64>)> = profile
        .samples()
        .map(|sample| {
            let name = profile.stacks().frames(sample.stack).map(|frame| profile.frame_name(frame)).collect();
            (name, sample.time.map(|time| time.0), sample.values.to_vec())
        })
        .collect();
    let expect = [("first", 0, 100), ("second", 1, 205), ("first", 2, 50)];
    assert_eq!(samples, expect.map(|(name, time, value)| (name.to_owned(), Some(time), vec![value])));
    assert_eq!(write(&read), "first 15\nsecond 20.5\n");
}

#[test]
fn differences_may_be_negative() {
    let read = read(b"a;b -5 3\na;c 2 -1.5\na;b 1 1\n");
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let column = |index| {
        let options = FoldOptions { column: Column::Index(index), ..FoldOptions::default() };
        let mut output = Vec::new();
        folded::write(&read.profile, &options, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    };
    assert_eq!((column(0).as_str(), column(1).as_str()), ("a;b -4\na;c 2\n", "a;b 4\na;c -1.5\n"));
}

#[test]
fn counts_what_it_skips() {
    let check = |line: &str, kind: WarningKind| {
        let read = read(format!("ok 1\n{line}\nok 1\n").as_bytes());
        assert_eq!(read.warnings.count(kind), 1, "{line}: {:?}", read.warnings);
        assert_eq!(write(&read), "ok 2\n", "{line}");
        assert_eq!(read.profile.metadata.losses.skipped_records, 1, "{line}");
    };
    check("a -5", WarningKind::MalformedCount);
    check("a 1e5", WarningKind::MalformedCount);
    check("a 0x10", WarningKind::MalformedCount);
    check("a 99999999999999999999", WarningKind::HugeCount);
    check("nothing", WarningKind::MissingCount);
    check("no count here", WarningKind::MissingCount);
}

#[test]
fn bytes_that_are_not_utf8_are_replaced() {
    let read = read(b"a\xff;b 1\na\xff;c 1\n");
    assert_eq!(write(&read), "a\u{fffd};b 1\na\u{fffd};c 1\n");
    assert_eq!(read.warnings.count(WarningKind::InvalidUtf8), 1);
}

#[test]
fn sums_saturate() {
    let read = read(b"a 9223372036854775807\na 9223372036854775807\nb 0.5\n");
    assert_eq!(write(&read), "a 9223372036854775807\nb 1\n", "a fraction that would overflow another is rounded");
}

#[test]
fn suffixes_say_the_kind() {
    let read = read(b"main;sys_read_[k] 1\nmain;run_[j] 1\nmain;hot_[i] 1\n");
    let leaf = |row: usize| *read.profile.frame(read.profile.stacks().frame(read.profile.sample(row).stack));
    assert_eq!(leaf(0).kind, FrameKind::Kernel);
    assert_eq!(leaf(1).kind, FrameKind::Jit);
    assert!(leaf(2).flags.inlined);
    let all = FoldOptions { annotate_kernel: true, annotate_jit: true, ..FoldOptions::default() };
    let mut output = Vec::new();
    folded::write(&read.profile, &all, &mut output).unwrap();
    assert_eq!(String::from_utf8(output).unwrap(), "main;hot_[i] 1\nmain;run_[j] 1\nmain;sys_read_[k] 1\n");
}

#[test]
fn two_counts_are_before_and_after() {
    let differential = read(b"a;b 1 2\na;c 0 5\n");
    let names: Vec<&str> = differential.profile.sample_types().iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["before", "after"]);
    assert_eq!(differential.profile.totals(), [1, 7]);
    // One line with a number in its name makes no differential file, and says so.
    let single = read(b"a;b 1\na;Thread 12 5\n");
    assert_eq!(write(&single), "a;Thread 12 5\na;b 1\n");
    assert_eq!(single.warnings.count(WarningKind::NumberInName), 1);
    assert_eq!(single.warnings.skipped_records(), 0);
    let mut options = FoldedOptions::default();
    options.columns = CountColumns::One;
    let mut reader = FoldedReader::new(options);
    reader.feed(b"Thread 12 5\n");
    assert_eq!(write(&reader.finish()), "Thread 12 5\n");
}

#[test]
fn deep_stacks_and_long_names_are_read() {
    let deep = vec!["frame"; 100_000].join(";");
    assert_eq!(write(&read(format!("{deep} 1\n{deep} 2\n").as_bytes())), format!("{deep} 3\n"));
    let long = "x".repeat(1 << 20);
    assert_eq!(write(&read(format!("a;{long} 1\n").as_bytes())), format!("a;{long} 1\n"));
}

#[test]
fn lines_beyond_the_limit_are_skipped_in_bounded_memory() {
    let mut reader = FoldedReader::new(FoldedOptions::default());
    reader.feed(b"a 1\n");
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..130 {
        reader.feed(&piece);
    }
    reader.feed(b" 5\nb 1\n");
    let read = reader.finish();
    assert_eq!(read.warnings.count(WarningKind::LongLine), 1);
    assert_eq!(write(&read), "a 1\nb 1\n");
}

fn line() -> impl Strategy<Value = (Vec<String>, u32)> {
    (proptest::collection::vec("[ -~é]{0,6}", 1..6), 0u32..1000)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Writing what was read and reading it again changes nothing, and sums are kept.
    #[test]
    fn folding_is_idempotent(lines in proptest::collection::vec(line(), 0..30)) {
        let text = lines.iter().map(|(frames, count)| format!("{} {count}\n", frames.join(";"))).collect::<Vec<_>>().concat();
        let first = read(text.as_bytes());
        let once = write(&first);
        let second = read(once.as_bytes());
        prop_assert_eq!(&write(&second), &once);
        prop_assert_eq!(first.profile.totals().iter().sum::<i64>(), second.profile.totals().iter().sum::<i64>());
        let mut sorted: Vec<&str> = once.lines().collect();
        // Sorted by stack, which is the line up to its last space.
        sorted.sort_by_key(|line| line.rsplit_once(' ').map(|(stack, _)| stack.as_bytes()));
        prop_assert_eq!(sorted, once.lines().collect::<Vec<_>>());
    }

    /// Fractions add up exactly, whatever their order.
    #[test]
    fn fractions_are_exact(counts in proptest::collection::vec((0u32..1000, 0u8..4), 1..20)) {
        let text = counts.iter().map(|(count, digits)| {
            let divisor = 10u32.pow(u32::from(*digits));
            format!("a {}.{:0width$}\n", count / divisor, count % divisor, width = usize::from(*digits))
        }).collect::<Vec<_>>().concat();
        let exact: u64 = counts.iter().map(|(count, digits)| u64::from(*count) * 10u64.pow(9 - u32::from(*digits))).sum();
        let read = read(text.as_bytes());
        let decimals = u32::from(read.profile.sample_types()[0].decimals);
        let total = read.profile.totals()[0] as u64 * 10u64.pow(9 - decimals);
        prop_assert_eq!(total, exact);
    }

    /// However the input is cut into pieces, the same comes out.
    #[test]
    fn cuts_do_not_matter(text in "([a-c]{1,2};){0,3}[a-c]{1,2} [0-9]{1,3}\n{0,2}([ -~\n]{0,40})", cut in 0usize..60) {
        let cut = cut.min(text.len());
        let mut options = FoldedOptions::default();
        options.columns = CountColumns::One;
        let mut reader = FoldedReader::new(options);
        reader.feed(&text.as_bytes()[..cut]);
        reader.feed(&text.as_bytes()[cut..]);
        let cut = reader.finish();
        let mut reader = FoldedReader::new(options);
        reader.feed(text.as_bytes());
        let whole = reader.finish();
        prop_assert_eq!(write(&cut), write(&whole));
        prop_assert_eq!(cut.warnings, whole.warnings);
    }
}
