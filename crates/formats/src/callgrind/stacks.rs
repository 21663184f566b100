//! The stacks of a call graph: see the module's description for what is estimated and what is exact.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use firesteel_model::{FrameId, FrameKind, Sample, StackId, ThreadId};

use super::cycles::circles;
use super::graph::{Cost, Graph};
use super::names::NameId;
use super::reader::AllNames;
use crate::profile_builder::ProfileBuilder;
use crate::text_lines::TextFrame;

/// Ways with a smaller share of everything are not followed to functions that were reached before.
const LEAST_SHARE: f64 = 1e-5;

/// How many ways are followed, but for those to functions that were not reached yet.
const MAX_WAYS: usize = 200_000;

/// How many stacks are made, but for those of functions that were not reached yet.
const MAX_STACKS: usize = 2_000_000;

/// Circles of more functions are entered once.
const MAX_CIRCLE: usize = 1_000;

/// The ways within circles of at most so many functions are kept, others are found anew.
const MAX_KEPT_STEPS: usize = 64;

/// Makes the stacks of a graph.
pub(super) struct Stacks<'a> {
    graph: &'a Graph,
    names: &'a AllNames,
    builder: &'a mut ProfileBuilder,
    thread: ThreadId,
    /// For each function its circle.
    circle: Vec<usize>,
    /// For each circle the number of its functions.
    sizes: Vec<usize>,
    /// For each circle what it costs with everything it calls.
    inclusive: Vec<Vec<f64>>,
    /// What everything costs.
    total: Vec<f64>,
    /// For each function, for each of its own costs, how much is given away.
    given: Vec<Vec<Given>>,
    /// For each function the way it was reached first.
    first: Vec<Option<StackId>>,
    /// For each function the shortest ways from it within its circle, once they are known.
    within: Vec<Option<Vec<Step>>>,
    /// Number of stacks made.
    made: usize,
}

/// How much of a cost is given to stacks.
#[derive(Clone)]
struct Given {
    shares: Vec<f64>,
    values: Vec<i64>,
}

/// A function within a circle: who calls it and where, if it is not where the circle was entered.
#[derive(Clone, Copy)]
struct Step {
    function: usize,
    /// Position among the steps, and line.
    caller: Option<(usize, u32)>,
}

/// A way to a function that is to be followed.
struct Way {
    /// Its share of everything.
    weight: f64,
    number: usize,
    function: usize,
    /// The stack of the callers.
    callers: StackId,
    /// Which part of the circle's cost comes this way, by event.
    shares: Vec<f64>,
}

impl Ord for Way {
    fn cmp(&self, other: &Self) -> Ordering {
        self.weight.total_cmp(&other.weight).then_with(|| Reverse(self.number).cmp(&Reverse(other.number)))
    }
}

impl PartialOrd for Way {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Way {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Way {}

impl<'a> Stacks<'a> {
    pub(super) fn new(
        graph: &'a Graph,
        names: &'a AllNames,
        builder: &'a mut ProfileBuilder,
        thread: ThreadId,
    ) -> Self {
        let functions = &graph.functions;
        let events = builder.profile.sample_types().len();
        let callees: Vec<Vec<usize>> =
            functions.iter().map(|function| function.calls.iter().map(|call| call.callee).collect()).collect();
        let circle = circles(&callees);
        let mut sizes = vec![0usize; functions.len()];
        for &circle in &circle {
            sizes[circle] += 1;
        }
        let mut inclusive = vec![vec![0.0; events]; functions.len()];
        let mut total = vec![0.0; events];
        for (index, function) in functions.iter().enumerate() {
            for cost in &function.costs {
                add(&mut inclusive[circle[index]], &cost.values);
                add(&mut total, &cost.values);
            }
            for call in function.calls.iter().filter(|call| circle[call.callee] != circle[index]) {
                add(&mut inclusive[circle[index]], &call.values);
            }
        }
        let given = functions
            .iter()
            .map(|function| vec![Given { shares: vec![0.0; events], values: vec![0; events] }; function.costs.len()])
            .collect();
        let (first, within) = (vec![None; functions.len()], vec![None; functions.len()]);
        Self { graph, names, builder, thread, circle, sizes, inclusive, total, given, first, within, made: 0 }
    }

    /// Adds the stacks to the profile.
    pub(super) fn add(mut self) {
        let mut ways = self.roots();
        let mut number = ways.len();
        let mut followed = 0;
        while let Some(way) = ways.pop() {
            let is_enough = followed >= MAX_WAYS || self.made >= MAX_STACKS;
            let is_enough = is_enough || self.sizes[self.circle[way.function]] > MAX_CIRCLE;
            if is_enough && self.first[way.function].is_some() {
                continue;
            }
            followed += 1;
            self.follow(&way, &mut number, &mut ways);
        }
        self.add_rest();
    }

    /// The ways that begin with no caller: what nobody says to have spent in a circle.
    fn roots(&mut self) -> BinaryHeap<Way> {
        let functions = &self.graph.functions;
        let mut received = vec![vec![0.0; self.total.len()]; functions.len()];
        // A circle is entered at its first function if nobody calls it.
        let mut entry = vec![None; functions.len()];
        for (index, function) in functions.iter().enumerate() {
            entry[self.circle[index]].get_or_insert(index);
            for call in function.calls.iter().filter(|call| self.circle[call.callee] != self.circle[index]) {
                add(&mut received[self.circle[call.callee]], &call.values);
            }
        }
        let mut ways = BinaryHeap::new();
        for (circle, received) in received.iter().enumerate() {
            let Some(function) = entry[circle] else { continue };
            let inclusive = &mut self.inclusive[circle];
            let mut shares = Vec::with_capacity(received.len());
            for (inclusive, &received) in inclusive.iter_mut().zip(received) {
                // Callers that claim more than there is share what there is.
                *inclusive = inclusive.max(received);
                shares.push(if *inclusive > 0.0 { (*inclusive - received) / *inclusive } else { 0.0 });
            }
            let weight = self.weight(circle, &shares);
            if weight > 0.0 {
                let number = ways.len();
                ways.push(Way { weight, number, function, callers: StackId::ROOT, shares });
            }
        }
        ways
    }

    /// The share of everything that comes to a circle, the greatest of all events.
    fn weight(&self, circle: usize, shares: &[f64]) -> f64 {
        let costs = self.inclusive[circle].iter().zip(shares).zip(&self.total);
        costs
            .filter(|&(_, &total)| total > 0.0)
            .map(|((&cost, &share), &total)| cost * share / total)
            .fold(0.0, f64::max)
    }

    /// Gives the functions of a circle their part, and goes on to whom they call.
    fn follow(&mut self, way: &Way, number: &mut usize, ways: &mut BinaryHeap<Way>) {
        let graph = self.graph;
        let steps = self.within[way.function].take().unwrap_or_else(|| self.steps(way.function));
        let mut callers = Vec::with_capacity(steps.len());
        for step in &steps {
            let above = match step.caller {
                None => way.callers,
                Some((caller, line)) => {
                    let frame = self.frame(steps[caller].function, None, line);
                    self.builder.profile.push_stack(callers[caller], frame)
                }
            };
            callers.push(above);
            self.give(step.function, above, &way.shares);
            let circle = self.circle[step.function];
            for call in &graph.functions[step.function].calls {
                let to = self.circle[call.callee];
                if to == circle {
                    continue;
                }
                let part = |((&share, &value), &whole): ((&f64, &i64), &f64)| {
                    if whole > 0.0 { share * (value.max(0) as f64) / whole } else { 0.0 }
                };
                let shares: Vec<f64> = way.shares.iter().zip(&call.values).zip(&self.inclusive[to]).map(part).collect();
                let weight = self.weight(to, &shares);
                if weight <= 0.0 || weight < LEAST_SHARE && self.first[call.callee].is_some() {
                    continue;
                }
                let frame = self.frame(step.function, None, call.line);
                let callers = self.builder.profile.push_stack(above, frame);
                ways.push(Way { weight, number: *number, function: call.callee, callers, shares });
                *number += 1;
            }
        }
        if steps.len() <= MAX_KEPT_STEPS {
            self.within[way.function] = Some(steps);
        }
    }

    /// The functions of a circle by their distance from the one where it is entered.
    fn steps(&self, entry: usize) -> Vec<Step> {
        let mut steps = vec![Step { function: entry, caller: None }];
        let mut seen = std::collections::HashSet::from([entry]);
        let mut next = VecDeque::from([0]);
        while let Some(position) = next.pop_front() {
            let function = steps[position].function;
            for call in &self.graph.functions[function].calls {
                if self.circle[call.callee] == self.circle[entry] && seen.insert(call.callee) {
                    next.push_back(steps.len());
                    steps.push(Step { function: call.callee, caller: Some((position, call.line)) });
                }
            }
        }
        steps
    }

    /// Gives a stack its part of a function's own costs.
    fn give(&mut self, function: usize, callers: StackId, shares: &[f64]) {
        self.first[function].get_or_insert(callers);
        let graph = self.graph;
        for (index, cost) in graph.functions[function].costs.iter().enumerate() {
            let given = &mut self.given[function][index];
            let mut values = Vec::with_capacity(shares.len());
            for (event, &share) in shares.iter().enumerate() {
                given.shares[event] = (given.shares[event] + share).min(1.0);
                let until_now = (cost.values[event] as f64 * given.shares[event]).round() as i64;
                let until_now = until_now.clamp(cost.values[event].min(0), cost.values[event].max(0));
                values.push(until_now - given.values[event]);
                given.values[event] = until_now;
            }
            self.sample(function, cost, callers, &values);
        }
    }

    /// Adds what rounding and ways that were not followed have left.
    fn add_rest(&mut self) {
        let graph = self.graph;
        for (index, function) in graph.functions.iter().enumerate() {
            let callers = self.first[index].unwrap_or(StackId::ROOT);
            for (position, cost) in function.costs.iter().enumerate() {
                let given = &self.given[index][position].values;
                let rest: Vec<i64> = cost.values.iter().zip(given).map(|(cost, given)| cost - given).collect();
                self.sample(index, cost, callers, &rest);
            }
        }
    }

    fn sample(&mut self, function: usize, cost: &Cost, callers: StackId, values: &[i64]) {
        if values.iter().all(|&value| value == 0) {
            return;
        }
        let frame = self.frame(function, Some(cost.file), cost.line);
        let stack = self.builder.profile.push_stack(callers, frame);
        self.made += 1;
        self.builder.add(Sample { thread: self.thread, ..Sample::new(stack, values) });
    }

    /// The frame of a function at a line, of its own file if no other is said.
    fn frame(&mut self, function: usize, file: Option<NameId>, line: u32) -> FrameId {
        let key = self.graph.functions[function].key;
        self.builder.text_frame(&TextFrame {
            name: self.names.functions.get(key.name),
            file: self.names.files.get(file.unwrap_or(key.file)),
            line,
            module: self.names.objects.get(key.object),
            kind: FrameKind::Unknown,
            ..TextFrame::default()
        })
    }
}

fn add(sums: &mut [f64], values: &[i64]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += value.max(0) as f64;
    }
}
