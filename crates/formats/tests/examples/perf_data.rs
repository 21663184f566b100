//! An example of perf.data.

use firesteel_formats::Format;
use firesteel_testkit::perf_recording::{ByteOrder, IN_KERNEL, IN_USER, PerfEvent, PerfRecording, PerfSample};

use super::Example;

/// Written to a pipe, which is the way to a recording of any length.
pub(crate) fn example() -> Example {
    let mut recording = PerfRecording::new(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    recording.kernel_mapped(0xffff_ffff_8100_0000, 0x100_0000, 0xffff_ffff_8100_0000);
    recording.named((7, 7), 0, "app", false);
    recording.mapped(7, 0, 0x40_0000, 0x10_0000, 0, "/srv/app");
    let head = [recording.pipe_head(), recording.records().to_vec()].concat();
    let mut recording = PerfRecording::new(ByteOrder::Little, &[PerfEvent::CPU_CLOCK]);
    let stacks: [&[u64]; 2] = [
        &[IN_USER, 0x40_1234, 0x40_2001, 0x40_3001],
        &[IN_KERNEL, 0xffff_ffff_8120_0000, IN_USER, 0x40_1300, 0x40_3001],
    ];
    for (number, chain) in stacks.iter().enumerate() {
        let time = 1000 + number as u64;
        recording.sample(&PerfSample { event: 0, thread: (7, 8), time, period: 1_001_001, chain });
    }
    recording.round();
    Example { format: Format::PerfData, head, body: recording.records().to_vec(), tail: Vec::new() }
}
