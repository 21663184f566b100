//! Java Flight Recorder: no bytes panic or take memory without bound.
#![no_main]

use firesteel_formats::Format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| firesteel_fuzz::read(Format::Jfr, data));
