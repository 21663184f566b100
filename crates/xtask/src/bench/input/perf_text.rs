//! Text as `perf script` prints it.

use std::io::{self, Write};

use super::program::{Call, Origin, Program, Shape};
use super::random::Random;
use super::{Counted, Input};

/// How much samples have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Variety {
    /// A few hundred stacks, some of them much more often than others: what profiles are like.
    Repetitive,
    /// Every sample has a stack of its own; lines repeat, as functions call others from a few places only.
    Stacks,
    /// Every sample has a stack of its own, and most lines occur once: the worst case.
    Lines,
}

/// Text as `perf script` prints it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct PerfText {
    pub(in super::super) variety: Variety,
    /// About so many bytes: up to the end of the sample that reaches them.
    pub(in super::super) bytes: u64,
}

/// Distinct stacks of repetitive text.
const STACKS: usize = 700;

/// A kind of thread: its name, its pid, whose code it runs, and its share of samples in percent.
const THREADS: [(&str, usize, Origin, usize); 3] = [
    ("shop", 41_873, Origin::Go, 60),
    ("postgres", 2_114, Origin::Native, 25),
    ("kworker/u8:2-ev", 97, Origin::Kernel, 15),
];

impl Input for PerfText {
    fn name(&self) -> String {
        let variety = match self.variety {
            Variety::Repetitive => "repetitive",
            Variety::Stacks => "distinct-stacks",
            Variety::Lines => "distinct-lines",
        };
        format!("perf-script-{variety}-{}.txt", self.bytes)
    }

    fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        let mut output = Counted { output, bytes: 0 };
        let program = Program::new();
        let mut random = Random::new(0xf01d);
        let shape = match self.variety {
            Variety::Repetitive => Shape { callees: 6, chains: true, places: 4 },
            Variety::Stacks => Shape { callees: 16, chains: false, places: 12 },
            Variety::Lines => Shape { callees: 16, chains: false, places: 0 },
        };
        let stacks: Vec<(usize, Vec<Call>)> = match self.variety {
            Variety::Stacks | Variety::Lines => Vec::new(),
            Variety::Repetitive => (0..STACKS).map(|_| some_stack(&program, shape, &mut random)).collect(),
        };
        let mut microseconds: u64 = 75_695_008_865;
        while output.bytes < self.bytes {
            microseconds += random.next() % 1000;
            let made;
            let (thread, stack) = if stacks.is_empty() {
                made = some_stack(&program, shape, &mut random);
                &made
            } else {
                // The product of two even spreads prefers the first stacks, as programs prefer their hot paths.
                &stacks[random.below(STACKS) * random.below(STACKS) / STACKS]
            };
            write_sample(&mut output, &program, *thread, stack, microseconds, &mut random)?;
        }
        Ok(())
    }
}

fn some_stack(program: &Program, shape: Shape, random: &mut Random) -> (usize, Vec<Call>) {
    let mut left = random.below(100);
    let thread = THREADS.iter().position(|&(_, _, _, share)| {
        let found = left < share;
        left = left.saturating_sub(share);
        found
    });
    let thread = thread.unwrap_or(0);
    let mut stack = Vec::new();
    program.walk(THREADS[thread].2, shape, random, &mut stack);
    (thread, stack)
}

fn write_sample(
    output: &mut Counted<'_>,
    program: &Program,
    thread: usize,
    stack: &[Call],
    microseconds: u64,
    random: &mut Random,
) -> io::Result<()> {
    let (name, process, _, _) = THREADS[thread];
    let (seconds, microseconds) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let (tid, cpu) = (process + random.below(12), random.below(8));
    writeln!(output, "{name} {process}/{tid} [{cpu:03}] {seconds}.{microseconds:06}:    1001001 cpu-clock:pppH: ")?;
    for &call in stack.iter().rev() {
        let function = program.function(call);
        let address = function.start + call.offset as u64;
        // One function in fifty is one that perf has no name for.
        if call.function % 50 == 49 {
            writeln!(output, "\t{address:16x} [unknown] ({})", function.object)?;
        } else {
            writeln!(output, "\t{address:16x} {}+0x{:x} ({})", function.name, call.offset, function.object)?;
        }
    }
    writeln!(output)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn text(variety: Variety) -> String {
        let mut bytes = Vec::new();
        PerfText { variety, bytes: 2_000_000 }.write(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// How many samples there are and how many distinct stacks.
    fn stacks(text: &str) -> (usize, usize) {
        let samples = || text.split_terminator("\n\n").filter_map(|sample| sample.split_once('\n'));
        (samples().count(), samples().map(|(_, stack)| stack).collect::<HashSet<_>>().len())
    }

    #[test]
    fn the_worst_case_repeats_nothing_and_the_usual_one_much() {
        for variety in [Variety::Stacks, Variety::Lines] {
            let (samples, distinct) = stacks(&text(variety));
            assert!(samples > 500 && samples == distinct, "{variety:?}: {samples} samples, {distinct} stacks");
        }
        let (samples, distinct) = stacks(&text(Variety::Repetitive));
        assert!(distinct <= STACKS && samples > 2 * distinct, "{samples} samples, {distinct} stacks");
    }

    #[test]
    fn lines_are_those_of_perf() {
        let text = text(Variety::Repetitive);
        let (header, frames) = text.split_once('\n').unwrap();
        assert!(header.contains(" [00") && header.ends_with(" 1001001 cpu-clock:pppH: "), "{header}");
        let frame = frames.lines().next().unwrap();
        assert!(frame.starts_with('\t') && frame.ends_with(')') && frame.contains("+0x"), "{frame}");
        assert!(text.ends_with(")\n\n"));
    }
}
