//! Sizes that no generator reaches: sums saturate, and depth costs memory, never call stack.

use firesteel_model::{
    FlameTree, FrameEdit, FrameKind, Nanoseconds, Profile, RootBy, Sample, StackId, Thread, TopTable,
};
use firesteel_model::{ProcessId, ThreadNumber, ValueType};

/// Frames of the deep stack.
const DEPTH: usize = 100_000;

/// Call stack of the thread that walks the deep stack, in bytes: far below what one word a frame would take.
const CALL_STACK: usize = 512 * 1024;

fn deep_profile() -> Profile {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    let frames = ["main.even", "main.odd"].map(|name| profile.intern_named_frame(name, FrameKind::Go));
    let mut stack = StackId::ROOT;
    for depth in 0..DEPTH {
        stack = profile.push_stack(stack, frames[depth % 2]);
    }
    let name = profile.intern("deep");
    let thread = profile.intern_thread(Thread { process: Some(ProcessId(7)), thread: Some(ThreadNumber(8)), name });
    profile.add_sample(Sample { thread, ..Sample::new(stack, &[5]) });
    profile
}

#[test]
fn a_deep_stack_is_walked_without_recursion() {
    let walk = || {
        let profile = deep_profile();
        let mut twice = profile.clone();
        twice.merge(&profile).unwrap();
        let rooted = twice.compacted().rooted(RootBy::Process);
        let kept = rooted.rewritten(|_, _, _| FrameEdit::Keep);
        let leaf = kept.sample(0).stack;
        assert_eq!(kept.stacks().frames(leaf).count(), DEPTH + 1);
        let tree = FlameTree::build(&kept);
        assert_eq!((tree.nodes().len(), tree.depth(), tree.totals(0)), (DEPTH + 2, DEPTH + 1, &[10][..]));
        let table = TopTable::build(&kept, &tree, 0);
        let rows: Vec<_> = table.rows.iter().map(|row| (kept.string(row.name), row.self_value, row.total)).collect();
        assert_eq!(rows, [("main.odd", 10, 10), ("deep-7", 0, 10), ("main.even", 0, 10)]);
    };
    std::thread::Builder::new().stack_size(CALL_STACK).spawn(walk).unwrap().join().unwrap();
}

#[test]
fn sums_saturate() {
    let mut profile = Profile::new(vec![ValueType::samples(), ValueType::cpu()]);
    let frame = profile.intern_named_frame("main.main", FrameKind::Go);
    let stack = profile.push_stack(StackId::ROOT, frame);
    let extremes = [i64::MAX, i64::MIN];
    profile.add_sample(Sample::new(stack, &extremes));
    profile.add_sample(Sample::new(stack, &[1, -1]));
    profile.add_sample(Sample::new(StackId::ROOT, &extremes));
    assert_eq!(profile.totals(), extremes);
    assert_eq!(profile.compacted().sample(0).values, extremes);
    let mut twice = profile.clone();
    twice.merge(&profile).unwrap();
    assert_eq!(twice.totals(), extremes);
    let tree = FlameTree::build(&twice);
    assert_eq!((tree.totals(0), tree.self_values(1)), (&extremes[..], &extremes[..]));
    assert_eq!(TopTable::build(&twice, &tree, 1).rows[0].total, i64::MIN);
    twice.set_decimals(0, u8::MAX);
    assert_eq!(twice.sample_types()[0].decimals, ValueType::MAX_DECIMALS);
    assert_eq!(twice.totals(), extremes);
}

#[test]
fn losses_and_durations_saturate() {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    profile.metadata.losses.lost_samples = u64::MAX;
    profile.metadata.losses.skipped_records = 1;
    profile.metadata.duration = Some(Nanoseconds(u64::MAX));
    let other = profile.clone();
    profile.merge(&other).unwrap();
    assert_eq!(profile.metadata.losses.lost_samples, u64::MAX);
    assert_eq!(profile.metadata.losses.skipped_records, 2);
    assert_eq!(profile.metadata.duration, Some(Nanoseconds(u64::MAX)));
}

#[test]
fn a_name_of_a_megabyte_is_a_name() {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    let long = "x".repeat(1 << 20);
    let frame = profile.intern_named_frame(&long, FrameKind::Native);
    assert_eq!(profile.frame_name(frame), long);
    assert_eq!(profile.intern_named_frame(&long, FrameKind::Native), frame);
}
