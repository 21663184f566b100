//! An example of a DTrace aggregation.

use firesteel_formats::Format;

use super::Example;

/// As DTrace prints `@[stack()] = count()`.
pub(crate) fn example() -> Example {
    let head = "CPU     ID                    FUNCTION:NAME
  0  64091                        :tick-60s\x20


";
    let body = "              genunix`cv_broadcast+0x1
              genunix`vn_vfsunlock+0x28
              genunix`open+0x25
              unix`sys_syscall+0x17a
                1

              unix`do_splx+0x65
              unix`0xfffffffffb800c91
             1971

";
    Example { format: Format::Dtrace, head: head.into(), body: body.into(), tail: Vec::new() }
}
