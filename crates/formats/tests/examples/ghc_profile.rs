//! An example of a profile of GHC.

use firesteel_formats::Format;

use super::Example;

/// As a program writes it with `+RTS -P`.
pub(crate) fn example() -> Example {
    let head = "\tThu Oct 10 12:00 2019 Time and Allocation Profiling Report  (Final)

\t   prog +RTS -P -RTS

\ttotal time  =        0.68 secs   (68 ticks @ 10000 us, 1 processor)
\ttotal alloc = 204,677,844 bytes  (excludes profiling overheads)

                                                      individual      inherited
COST CENTRE  MODULE    SRC              no.     entries  %time %alloc   %time %alloc  ticks     bytes

MAIN         MAIN      <built-in>       105          0    0.0    0.0   100.0  100.0      0       504
";
    let body = " main        Main      Main.hs:5:1-20   210          1   10.0   20.0   100.0  100.0      7  40935569
  fib        Main      Main.hs:3:1-20   211     242785   90.0   80.0    90.0   80.0     61 163742275
";
    Example { format: Format::GhcProfile, head: head.into(), body: body.into(), tail: Vec::new() }
}
