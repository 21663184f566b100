//! The format of callgrind, which KCachegrind shows and many tools write: functions with their own cost by line, and
//! what they spend in whom they call.
//!
//! It is a call graph, not stacks: of a function it says how much each caller spends in it and how much it spends in
//! each callee, but not what it spends in a callee on behalf of a caller. Stacks are therefore estimated, as gprof and
//! speedscope do it: **a function's own cost and its calls are divided among the ways to it in proportion to what each
//! way spends in it**. The details:
//!
//! * Functions that call each other in a circle are taken together. What enters the circle is divided among its
//!   functions' own costs and the calls that leave it; within it, a function's stack is the shortest way from where the
//!   circle was entered. So recursion is shown once, and does not count twice.
//! * There are bounds to how many ways are followed, for graphs that have more than anybody looks at.
//! * Ways that carry less than a hundred-thousandth of everything are not followed where the function was reached
//!   another way; their part is added to the way found first, which is about the heaviest.
//! * Each own cost is divided in whole numbers of which nothing is lost: totals, and sums by function and line, are
//!   exact for every event. Only the division among callers is an estimate.
//!
//! Format: <https://valgrind.org/docs/manual/cl-format.html>. Files of cachegrind are the same without calls. Several
//! events become several columns, parts of one file add up, threads stay apart.

mod cycles;
mod event;
mod graph;
mod names;
mod reader;
mod stacks;
mod writer;

pub use writer::write;

use crate::content::Content;
use crate::error::Error;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::read::Read;
use crate::text_lines::read_lines;

/// Whether content begins like this format: its signature, or events and a function.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    let mut has_events = false;
    for line in head.lines() {
        if line.trim_end() == "# callgrind format" || has_events && line.starts_with("fn=") {
            return true;
        }
        has_events |= line.starts_with("events: ");
    }
    false
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = reader::Reader::new(options);
    read_lines(content, &mut reader)?;
    Ok(reader.finish())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::format::Format;
    use crate::test_text::{details, folded, folded_column, read};

    /// Every dialect: compressed names, relative positions, inlined code, two events, another object.
    const TEXT: &str = "\
# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 32193
cmd:  ./call
part: 1

positions: line
events: Ir Dr
summary: 100 20

ob=(1) /bin/call
fl=(1) call.c
fn=(1) main
13 10 2
+1 5
cfn=(2) slow
calls=1 +5
* 60 10
-2 0
cob=(2) /lib/libc.so.6
cfi=(2) printf.c
cfn=(3) printf
calls=1 100
15 25 8

fn=(2)
20 30 5
fi=(3) leaf.h
3 20 5
fe=(1)
cob=(2)
cfi=(2)
cfn=(3)
calls=1 100
21 10

ob=(2)
fl=(2)
fn=(3)
100 35 8

totals: 100 20
";

    #[test]
    fn costs_are_divided_among_callers() {
        insta::assert_snapshot!(details(&read(Format::Callgrind, TEXT)), @r#"
        Ir/count Dr/count
        [10, 2] process 32193 "call"
          main call.c:13 [/bin/call]
        [5, 0] process 32193 "call"
          main call.c:14 [/bin/call]
        [30, 5] process 32193 "call"
          main call.c:14 [/bin/call]
          slow call.c:20 [/bin/call]
        [20, 5] process 32193 "call"
          main call.c:14 [/bin/call]
          slow leaf.h:3 [/bin/call]
        [25, 8] process 32193 "call"
          main call.c:15 [/bin/call]
          printf printf.c:100 [/lib/libc.so.6]
        [10, 0] process 32193 "call"
          main call.c:14 [/bin/call]
          slow call.c:21 [/bin/call]
          printf printf.c:100 [/lib/libc.so.6]
        "#);
        assert_eq!(read(Format::Callgrind, TEXT).profile.totals(), [100, 20]);
    }

    #[test]
    fn circles_are_entered_once() {
        insta::assert_snapshot!(folded(Format::Callgrind, "\
events: Ir
fn=main
1 10
cfn=even
calls=1 5
2 60
cfn=odd
calls=1 5
3 30

fn=even
5 40
cfn=odd
calls=3 6
5 70

fn=odd
6 30
cfn=even
calls=3 5
6 60
cfn=leaf
calls=1 9
7 20

fn=leaf
9 20
"), @r"
        main 10
        main;even 27
        main;even;odd 20
        main;even;odd;leaf 13
        main;odd 10
        main;odd;even 13
        main;odd;leaf 7
        ");
    }

    #[test]
    fn reads_addresses_threads_and_parts() {
        insta::assert_snapshot!(details(&read(Format::Callgrind, "\
version: 1
pid: 7
positions: instr line
events: Time_(10ns)
thread: 1
fn=(1) main
0x401000 5 3
+4 * 4
thread: 2
fn=(2) work
0x402000 9 1
part: 2
thread: 1
fn=(1)
0x401000 5 1
")), @r#"
        Time/nanoseconds
        [80] process 7 thread 1 "callgrind"
          main :5
        [10] process 7 thread 2 "callgrind"
          work :9
        "#);
    }

    #[test]
    fn names_of_callees_may_lack_their_file() {
        insta::assert_snapshot!(folded(Format::Callgrind, "\
events: Ir
fl=a.c
fn=main
1 1
cfn=work
calls=1 1
1 5
fl=b.c
fn=work
1 5
"), @r"
        main 1
        main;work 5
        ");
    }

    /// Sums by function, whatever its callers.
    fn own(read: &crate::Read, column: usize) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for sample in read.profile.samples() {
            let leaf = read.profile.frame_name(read.profile.stacks().frame(sample.stack)).to_owned();
            *sums.entry(leaf).or_insert(0) += sample.values[column];
        }
        sums
    }

    #[test]
    fn what_is_written_is_read_back() {
        let first = read(Format::Callgrind, TEXT);
        let mut text = Vec::new();
        write(&first.profile, 0, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        insta::assert_snapshot!(text, @r"
        # callgrind format
        version: 1
        creator: firesteel
        cmd: ./call
        positions: line
        events: Ir(count)

        ob=(1) /bin/call
        fl=(1) call.c
        fn=(1) main
        13 10
        14 5
        cob=(1)
        cfi=(1)
        cfn=(2) slow
        calls=0 0
        14 40
        cob=(1)
        cfi=(2) leaf.h
        cfn=(2)
        calls=0 0
        14 20
        cob=(2) /lib/libc.so.6
        cfi=(3) printf.c
        cfn=(3) printf
        calls=0 0
        15 25

        ob=(1)
        fl=(1)
        fn=(2)
        20 30
        cob=(2)
        cfi=(3)
        cfn=(3)
        calls=0 0
        21 10

        ob=(1)
        fl=(2)
        fn=(2)
        3 20

        ob=(2)
        fl=(3)
        fn=(3)
        100 35

        totals: 100
        ");
        let second = read(Format::Callgrind, &text);
        assert_eq!(folded_column(&first, 0).replace("call;", ""), folded_column(&second, 0));
        assert!(write(&first.profile, 2, &mut Vec::new()).is_err());
    }

    /// A ladder of functions that all call the next two has more ways than atoms fit; a circle of many functions is
    /// entered from all sides.
    #[test]
    fn graphs_with_endless_ways_keep_their_totals() {
        use std::fmt::Write as _;
        let mut ladder = "events: Ir\n".to_owned();
        for step in 0..60 {
            write!(ladder, "fn=f{step}\n1 1000\n2 7\n").unwrap();
            for to in [step + 1, step + 2].into_iter().filter(|&to| to < 60) {
                write!(ladder, "cfn=f{to}\ncalls=1 1\n1 {}\n", 1_000 * (60 - step)).unwrap();
            }
        }
        assert_eq!(read(Format::Callgrind, &ladder).profile.totals(), [60 * 1007]);
        let mut circle = "events: Ir\n".to_owned();
        for step in 0..3_000 {
            let next = (step + 1) % 3_000;
            write!(circle, "fn=c{step}\n1 10\ncfn=c{next}\ncalls=1 1\n1 100\n").unwrap();
            write!(circle, "fn=m{step}\n1 1\ncfn=c{step}\ncalls=1 1\n1 10\n").unwrap();
        }
        assert_eq!(read(Format::Callgrind, &circle).profile.totals(), [3_000 * 11]);
    }

    proptest! {
        /// Whatever the stacks, recursive ones among them, totals and sums by function survive writing and reading.
        #[test]
        fn sums_survive_a_round_trip(
            stacks in prop::collection::vec((prop::collection::vec(0u8..6, 1..8), 1i64..1_000_000), 1..20)
        ) {
            let mut lines = String::new();
            for (stack, value) in &stacks {
                let names: Vec<String> = stack.iter().map(|name| format!("f{name}")).collect();
                lines.push_str(&names.join(";"));
                lines.extend([" ", &value.to_string(), "\n"]);
            }
            let first = read(Format::Folded, &lines);
            let mut text = Vec::new();
            write(&first.profile, 0, &mut text).unwrap();
            let second = read(Format::Callgrind, std::str::from_utf8(&text).unwrap());
            prop_assert_eq!(second.profile.totals(), first.profile.totals());
            prop_assert_eq!(own(&second, 0), own(&first, 0));
        }
    }
}
