//! An example of a top-down report of VTune.

use firesteel_formats::Format;

use super::Example;

/// As VTune reports `-report top-down -column "CPU Time:Self","Module" -format csv`.
pub(crate) fn example() -> Example {
    let head = "Function Stack,CPU Time:Self,Module\nTotal,0,\n";
    let body = " _start,0,prog
  main,0.010000,prog
   \"leaf<int, char>\",0.500000,prog
   [Unknown stack frame(s)],0.250000,
";
    Example { format: Format::Vtune, head: head.into(), body: body.into(), tail: Vec::new() }
}
