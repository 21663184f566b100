//! What every fuzz target of a reader does.

use firesteel_formats::{Format, Limits, ReadOptions, folded, read_profile};
use firesteel_model::FlameTree;

/// How much a reader that needs its input as a whole may take.
const BYTES: u64 = 16 << 20;

/// Reads bytes as a format and makes of the result what every view is made of. Panics are findings, errors are not.
pub fn read(format: Format, data: &[u8]) {
    for times in [false, true] {
        let limits = Limits { bytes: BYTES, inflated: BYTES };
        let options = ReadOptions { format: Some(format), limits, times, ..ReadOptions::default() };
        let Ok(read) = read_profile("input", &mut { data }, &options) else { continue };
        let tree = FlameTree::build(&read.profile);
        assert_eq!(tree.totals(0), read.profile.totals());
        folded::write(&read.profile, &Default::default(), &mut Vec::new()).expect("memory takes all");
    }
}
