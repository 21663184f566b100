//! An example of a SystemTap aggregation.

use firesteel_formats::Format;

use super::Example;

/// As SystemTap prints `print_stack(bt)` and a count.
pub(crate) fn example() -> Example {
    let body = " 0xffffffff8103ce3b : native_safe_halt+0xb/0x10 [kernel]
 0xffffffff8101c6a3 : default_idle+0x53/0x1d0 [kernel]
 0xffffffff81013236 : cpu_idle+0x96/0x110 [kernel] (inexact)
\t2404

 0xffffffff8125d4a5 : ext4_read+0x5/0x10 [ext4]
 0x7f28c979ab1d : read+0xd/0x90 [/usr/lib64/libc-2.17.so]
\t3

";
    Example { format: Format::SystemTap, head: Vec::new(), body: body.into(), tail: Vec::new() }
}
