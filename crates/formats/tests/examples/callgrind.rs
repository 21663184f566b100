//! An example of callgrind's file.

use firesteel_formats::Format;

use super::Example;

/// As callgrind writes it.
pub(crate) fn example() -> Example {
    let head = "\
# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 32193
cmd:  ./call
part: 1

desc: I1 cache:\x20

positions: line
events: Ir

ob=(1) /bin/call
fl=(1) call.c
fn=(1) main
fn=(2) work
";
    let body = "
fl=(1)
fn=(1)
13 10
+1 5
cfn=(2)
calls=1 -10
* 85

fn=(2)
4 50
fi=(2) leaf.h
3 35
fe=(1)
";
    let tail = "\ntotals: 100\n";
    Example { format: Format::Callgrind, head: head.into(), body: body.into(), tail: tail.into() }
}
