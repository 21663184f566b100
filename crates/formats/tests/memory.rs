//! Memory grows with the number of distinct stacks, not with the size of the input, for every format.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "not all of it is used here")]
mod examples;

use firesteel_formats::{ReadOptions, read_profile};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Size of the smaller input, in bytes.
const SMALL: usize = 200_000;

/// One test, so that nothing else allocates meanwhile.
#[test]
fn a_hundred_times_the_input_needs_less_than_twice_the_memory() {
    for example in examples::all() {
        let peak = |times: usize| {
            ALLOCATOR.reset_peak_usage();
            let before = ALLOCATOR.current_usage();
            let read = read_profile("x", &mut example.repeated(times), &ReadOptions::default()).unwrap();
            assert_eq!(read.format, example.format);
            ALLOCATOR.peak_usage() - before
        };
        let times = SMALL.div_ceil(example.body.len());
        let (small, large) = (peak(times), peak(times * 100));
        assert!(large < small * 2, "{}: {small} bytes, and {large} for the larger input", example.format);
    }
}
