//! The lines of the format to graphs.

use firesteel_model::{ProcessId, Thread, ThreadId, ThreadNumber, ValueType};

use super::event::column;
use super::graph::{FunctionKey, Graph};
use super::names::{NameId, Names};
use super::stacks::Stacks;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::TextReader;
use crate::text_number::{decimal, hexadecimal, signed};
use crate::warning::{Place, WarningKind};

/// Reads lines.
pub(super) struct Reader {
    builder: ProfileBuilder,
    names: AllNames,
    /// The graph of each thread.
    graphs: Vec<(Owner, Graph)>,
    /// The one that lines belong to.
    graph: usize,
    owner: Owner,
    /// For each event its column, as far as it has one, and the factor.
    events: Vec<(Option<usize>, i64)>,
    has_columns: bool,
    positions: Positions,
    state: State,
}

/// The names of the three kinds.
pub(super) struct AllNames {
    pub(super) objects: Names,
    pub(super) files: Names,
    pub(super) functions: Names,
}

/// Whose graph it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Owner {
    process: Option<u32>,
    thread: Option<u32>,
}

/// Where the lines of the file are.
#[derive(Default)]
struct State {
    object: NameId,
    /// The file of the function; within it also that of inlined code.
    file: NameId,
    function: Option<usize>,
    callee_object: Option<NameId>,
    callee_file: Option<NameId>,
    callee: Option<NameId>,
    /// The callee of the call whose cost is on the next line.
    call: Option<usize>,
}

/// The columns of positions, and the last ones, which positions may be relative to.
struct Positions {
    has_address: bool,
    has_line: bool,
    address: u64,
    line: u64,
}

impl Reader {
    pub(super) fn new(options: &ReadOptions) -> Self {
        Self {
            builder: ProfileBuilder::new(vec![ValueType::samples()], options),
            names: AllNames { objects: Names::new(), files: Names::new(), functions: Names::new() },
            graphs: Vec::new(),
            graph: 0,
            owner: Owner::default(),
            events: Vec::new(),
            has_columns: false,
            positions: Positions { has_address: false, has_line: true, address: 0, line: 0 },
            state: State::default(),
        }
    }

    /// Turns the graphs to stacks.
    pub(super) fn finish(mut self) -> Read {
        let title = self.builder.profile.metadata.title.clone();
        let program = title.split(' ').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        for (owner, mut graph) in std::mem::take(&mut self.graphs) {
            graph.resolve_callees();
            let thread = if owner == Owner::default() {
                ThreadId::NONE
            } else {
                let name = self.builder.profile.intern(if program.is_empty() { "callgrind" } else { program });
                let (process, thread) = (owner.process.map(ProcessId), owner.thread.map(ThreadNumber));
                self.builder.profile.intern_thread(Thread { process, thread, name })
            };
            Stacks::new(&graph, &self.names, &mut self.builder, thread).add();
        }
        self.builder.finish(Format::Callgrind)
    }

    /// Takes `KEY: VALUE`.
    fn heading(&mut self, key: &str, value: &str, place: Place) {
        match key {
            "cmd" if self.builder.profile.metadata.title.is_empty() => {
                value.clone_into(&mut self.builder.profile.metadata.title);
            }
            "creator" => self.builder.profile.metadata.set_property("creator", value),
            "pid" => self.set_owner(Owner { process: number(value), thread: None }),
            "thread" => self.set_owner(Owner { thread: number(value), ..self.owner }),
            "events" => self.set_events(value, place),
            "positions" => {
                self.positions.has_address = value.split_ascii_whitespace().any(|word| word == "instr");
                self.positions.has_line = value.split_ascii_whitespace().any(|word| word == "line");
            }
            _ => {}
        }
    }

    fn set_owner(&mut self, owner: Owner) {
        self.owner = owner;
        self.state = State::default();
        self.graph = self.graphs.iter().position(|(known, _)| *known == owner).unwrap_or(self.graphs.len());
    }

    fn set_events(&mut self, names: &str, place: Place) {
        let columns: Vec<(ValueType, i64)> = names.split_ascii_whitespace().map(column).collect();
        if !self.has_columns && self.graphs.is_empty() && !columns.is_empty() {
            let metadata = std::mem::take(&mut self.builder.profile.metadata);
            let types = columns.iter().map(|(column, _)| column.clone()).collect();
            self.builder.restart(types);
            self.builder.profile.metadata = metadata;
            self.has_columns = true;
        }
        let known = self.builder.profile.sample_types();
        self.events = columns
            .into_iter()
            .map(|(column, factor)| (known.iter().position(|known| known.is_same(&column)), factor))
            .collect();
        if self.events.iter().any(|(column, _)| column.is_none()) {
            self.builder.warnings.add(WarningKind::WrongValueCount, place);
        }
    }

    /// Takes `KEY=VALUE`.
    fn assignment(&mut self, key: &str, value: &str, place: Place) {
        let names = &mut self.names;
        let name = match key {
            "ob" | "cob" => names.objects.field(value),
            "fl" | "fi" | "fe" | "cfi" | "cfl" => names.files.field(value),
            "fn" | "cfn" => names.functions.field(value),
            "calls" => {
                self.call();
                return;
            }
            // Jumps are not costs.
            _ => return,
        };
        let name = name.unwrap_or_else(|| {
            self.builder.warnings.add(WarningKind::DanglingReference, place);
            0
        });
        let state = &mut self.state;
        match key {
            "ob" => state.object = name,
            "fl" | "fi" | "fe" => state.file = name,
            "fn" => {
                // A function is at home in the file that was named last.
                let key = FunctionKey { object: state.object, file: state.file, name };
                let function = self.graph_mut().function(key, true);
                self.state.function = Some(function);
            }
            "cob" => state.callee_object = Some(name),
            "cfi" | "cfl" => state.callee_file = Some(name),
            _ => state.callee = Some(name),
        }
    }

    fn graph_mut(&mut self) -> &mut Graph {
        if self.graph >= self.graphs.len() {
            self.graph = self.graphs.len();
            self.graphs.push((self.owner, Graph::new()));
        }
        &mut self.graphs[self.graph].1
    }

    /// Ends the description of a callee; the cost of the call follows.
    fn call(&mut self) {
        let state = &mut self.state;
        let key = FunctionKey {
            object: state.callee_object.take().unwrap_or(state.object),
            file: state.callee_file.take().unwrap_or(state.file),
            name: state.callee.take().unwrap_or(0),
        };
        let callee = self.graph_mut().function(key, false);
        self.state.call = Some(callee);
    }

    /// Takes positions and costs.
    fn cost(&mut self, line: &str, place: Place) {
        let mut words = line.split_ascii_whitespace();
        let Some(()) = self.positions.take(&mut words) else {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
            return;
        };
        let mut values = vec![0i64; self.builder.profile.sample_types().len()];
        for ((column, factor), word) in self.events.iter().zip(words) {
            let Some(value) = signed(word).or_else(|| word.strip_prefix("0x").and_then(hexadecimal).map(|v| v as i64))
            else {
                self.builder.warnings.add(WarningKind::MalformedCount, place);
                return;
            };
            if let Some(slot) = column.and_then(|column| values.get_mut(column)) {
                *slot = slot.saturating_add(value.saturating_mul(*factor));
            }
        }
        let line = u32::try_from(self.positions.line).unwrap_or(0);
        let call = self.state.call.take();
        let file = self.state.file;
        let Some(function) = self.state.function else {
            self.builder.warnings.add(WarningKind::OrphanFrame, place);
            return;
        };
        match call {
            Some(callee) => self.graph_mut().add_call(function, callee, line, &values),
            None if values.iter().any(|&value| value != 0) => self.graph_mut().add_cost(function, file, line, &values),
            None => {}
        }
    }
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        let text = line.trim();
        let Some(first) = text.bytes().next() else { return };
        if first == b'#' {
            return;
        }
        if first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'*') {
            self.cost(text, place);
            return;
        }
        // A name may hold either sign, so the first one counts.
        match text.find([':', '=']).and_then(|sign| Some((text.get(..sign)?, text.get(sign..)?))) {
            Some((key, rest)) if rest.starts_with(':') => {
                let value = rest.get(1..).unwrap_or_default().trim();
                self.heading(key, value, place);
            }
            Some((key, rest)) => self.assignment(key, rest.get(1..).unwrap_or_default(), place),
            None => self.builder.warnings.add(WarningKind::UnreadableLine, place),
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

impl Positions {
    /// Takes the positions off the words of a line.
    fn take<'a>(&mut self, words: &mut impl Iterator<Item = &'a str>) -> Option<()> {
        if self.has_address {
            self.address = position(words.next()?, self.address)?;
        }
        if self.has_line || !self.has_address {
            self.line = position(words.next()?, self.line)?;
        }
        Some(())
    }
}

/// A position: a number, `+5` or `-5` from the last one, or `*` for the same.
fn position(text: &str, last: u64) -> Option<u64> {
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(digits) => hexadecimal(digits),
        None => decimal(text).map(|number| number as u64),
    };
    if text == "*" {
        Some(last)
    } else if let Some(more) = text.strip_prefix('+') {
        Some(last.wrapping_add(number(more)?))
    } else if let Some(less) = text.strip_prefix('-') {
        Some(last.wrapping_sub(number(less)?))
    } else {
        number(text)
    }
}

fn number(text: &str) -> Option<u32> {
    decimal(text).and_then(|number| u32::try_from(number).ok())
}
