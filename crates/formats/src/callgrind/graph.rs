//! The call graph of one thread: functions, their own costs, their calls.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::names::NameId;

/// What tells functions apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct FunctionKey {
    pub(super) object: NameId,
    pub(super) file: NameId,
    pub(super) name: NameId,
}

/// The own cost of a function at a line. Inlined code has a file of its own.
#[derive(Clone, Debug)]
pub(super) struct Cost {
    pub(super) file: NameId,
    pub(super) line: u32,
    pub(super) values: Vec<i64>,
}

/// What a function spends in another.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) callee: usize,
    pub(super) values: Vec<i64>,
    /// The line of the call that costs the most.
    pub(super) line: u32,
    line_cost: i64,
}

/// A function of the graph.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) key: FunctionKey,
    /// Whether it has a description of its own and is not only called.
    pub(super) is_described: bool,
    pub(super) costs: Vec<Cost>,
    pub(super) calls: Vec<Call>,
}

type Lookup<K> = HashMap<K, usize, SeedableState<'static>>;

/// The graph, its functions in order of appearance.
pub(super) struct Graph {
    pub(super) functions: Vec<Function>,
    known: Lookup<FunctionKey>,
    /// For a function, file and line the position among its costs.
    costs: Lookup<(usize, NameId, u32)>,
    /// For caller and callee the position among the caller's calls.
    calls: Lookup<(usize, usize)>,
}

impl Graph {
    pub(super) fn new() -> Self {
        let state = SeedableState::fixed;
        Self {
            functions: Vec::new(),
            known: HashMap::with_hasher(state()),
            costs: HashMap::with_hasher(state()),
            calls: HashMap::with_hasher(state()),
        }
    }

    pub(super) fn function(&mut self, key: FunctionKey, is_described: bool) -> usize {
        let next = self.functions.len();
        let index = *self.known.entry(key).or_insert(next);
        if index == next {
            self.functions.push(Function { key, is_described, costs: Vec::new(), calls: Vec::new() });
        } else if let Some(function) = self.functions.get_mut(index) {
            function.is_described |= is_described;
        }
        index
    }

    pub(super) fn add_cost(&mut self, function: usize, file: NameId, line: u32, values: &[i64]) {
        let Some(costs) = self.functions.get_mut(function).map(|function| &mut function.costs) else { return };
        let position = *self.costs.entry((function, file, line)).or_insert(costs.len());
        match costs.get_mut(position) {
            Some(cost) => add(&mut cost.values, values),
            None => costs.push(Cost { file, line, values: values.to_vec() }),
        }
    }

    pub(super) fn add_call(&mut self, caller: usize, callee: usize, line: u32, values: &[i64]) {
        let Some(calls) = self.functions.get_mut(caller).map(|function| &mut function.calls) else { return };
        let position = *self.calls.entry((caller, callee)).or_insert(calls.len());
        let line_cost = values.iter().copied().find(|&value| value != 0).unwrap_or(0);
        match calls.get_mut(position) {
            Some(call) => {
                add(&mut call.values, values);
                if line_cost > call.line_cost {
                    (call.line, call.line_cost) = (line, line_cost);
                }
            }
            None => calls.push(Call { callee, values: values.to_vec(), line, line_cost }),
        }
    }

    /// Lets calls of a function that is nowhere described lead to the one of the same name that is: some tools leave
    /// out the file or the object of a callee.
    pub(super) fn resolve_callees(&mut self) {
        let mut by_name: HashMap<NameId, Option<usize>, SeedableState<'static>> =
            HashMap::with_hasher(SeedableState::fixed());
        for (index, function) in self.functions.iter().enumerate().filter(|(_, function)| function.is_described) {
            // Of several with the same name none is certain.
            by_name.entry(function.key.name).and_modify(|found| *found = None).or_insert(Some(index));
        }
        let targets: Vec<usize> = self
            .functions
            .iter()
            .enumerate()
            .map(|(index, function)| match by_name.get(&function.key.name) {
                Some(Some(described)) if !function.is_described => *described,
                _ => index,
            })
            .collect();
        for function in &mut self.functions {
            for call in &mut function.calls {
                call.callee = targets.get(call.callee).copied().unwrap_or(call.callee);
            }
        }
    }
}

fn add(sums: &mut [i64], values: &[i64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = sum.saturating_add(*value);
    }
}
