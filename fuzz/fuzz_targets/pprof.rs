//! pprof protobuf: no bytes panic, and what was read is written and read again with the same totals.
#![no_main]

use firesteel_formats::{Limits, pprof};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(first) = pprof::read_bytes(data, Limits { bytes: 1 << 24, ..Limits::default() }) else { return };
    let bytes = pprof::write(&first.profile);
    let second = pprof::read_bytes(&bytes, Limits::default()).expect("own output is readable");
    // Sums of several samples saturate, so only profiles far from that compare.
    let is_small = first.profile.samples().all(|sample| sample.values.iter().all(|value| value.unsigned_abs() < 1 << 40));
    if is_small {
        assert_eq!(first.profile.totals(), second.profile.totals());
    }
});
