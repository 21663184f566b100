//! An input in this format: perf script text.

use firesteel_formats::Format;

use super::Example;

pub(crate) fn example() -> Example {
    let body = "app 1234/1240 [001] 10.500000: 250000 cpu-clock:u: \n\
                \t          46a3b2 main.parse+0x12 (/srv/app)\n\
                \t          46a100 main.main+0x40 (/srv/app)\n\
                \n\
                app 1234/1241 [000] 10.500250: 250000 cpu-clock:u: \n\
                \t          46b000 main.write+0x10 (/srv/app)\n\
                \t          46a100 main.main+0x40 (/srv/app)\n\
                \n";
    Example { format: Format::PerfScript, head: Vec::new(), body: body.into(), tail: Vec::new() }
}
